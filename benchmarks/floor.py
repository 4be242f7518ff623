"""The least that checking YAML against a schema can cost here: read, libyaml's events, jsonschema-rs. A script.

    python benchmarks/floor.py SCHEMAS ROOT

No positions, no duplicate keys, no limits, no links, no rules: what aimsctl does on top is the distance to this.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import jsonschema_rs
from yaml import events
from yaml._yaml import CParser

INTEGER = re.compile(r"0|-?[1-9][0-9]*")
DECIMAL = re.compile(r"-?[0-9]+\.[0-9]+")


def scalar(event: Any) -> object:
    """A number or a truth value where it is written plainly, else the text."""
    value: str = event.value
    if event.style:
        return value
    if INTEGER.fullmatch(value):
        return int(value)
    if DECIMAL.fullmatch(value):
        return float(value)
    return {"true": True, "false": False, "null": None, "": None}.get(value, value)


def plain(content: bytes) -> Any:
    """The document as plain data, built from the events."""
    parser = CParser(content)
    root: list[Any] = []
    stack: list[Any] = [root]
    keys: list[Any] = []
    while not isinstance(event := parser.get_event(), events.StreamEndEvent):
        if isinstance(event, events.ScalarEvent):
            value: Any = scalar(event)
        elif isinstance(event, events.MappingStartEvent):
            value = {}
        elif isinstance(event, events.SequenceStartEvent):
            value = []
        else:
            if isinstance(event, events.MappingEndEvent | events.SequenceEndEvent):
                stack.pop()
                keys.pop()
            continue
        target = stack[-1]
        if isinstance(target, list):
            target.append(value)
        elif keys[-1] is None:
            keys[-1] = value
            continue
        else:
            target[keys[-1]] = value
            keys[-1] = None
        if isinstance(value, dict | list):
            stack.append(value)
            keys.append(None)
    return root[0]


def main() -> int:
    """0 when every file satisfies the schema of its kind."""
    schemas, root = map(Path, sys.argv[1:])
    validators: dict[str, Any] = {}
    bad = 0
    for path in sorted((root / "policies").rglob("*.yaml")):
        data = plain(path.read_bytes())
        kind = data["kind"]
        if kind not in validators:
            validators[kind] = jsonschema_rs.Draft202012Validator(
                (schemas / f"{kind}.schema.json").read_text(encoding="utf-8"), validate_formats=True
            )
        bad += not validators[kind].is_valid(data)
    print(bad, "bad")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
