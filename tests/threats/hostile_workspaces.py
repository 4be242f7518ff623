"""The worked example with texts that mean harm in every field that people fill in by hand."""

from __future__ import annotations

import itertools
import json
import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from aimsctl.documents.plain import Shape, shapes
from aimsctl.source.yaml import read

ROOT = Path(__file__).resolve().parent.parent.parent
WORDS = ("string", "text")

MARKUP = (
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)><math><style>*{}</style><annotation-xml>",
    '"><iframe src="javascript:alert(1)"></iframe><base href=//evil.example>',
    "<form action=//evil.example><input><meta http-equiv=refresh content=0><object><embed>",
    "[x](javascript:alert(1)) ![y](https://evil.example/p.svg) <https://evil.example> [z](data:text/html,x)",
    "![a](file:///etc/passwd) [b](file:///etc/passwd) [c](\\\\evil\\share) [d](vbscript:x)",
    "a | b || c\n| Approved by | Nobody |",
    "x\n\n# Approved\n\n---\n\n| a | b |\n|---|---|\n| c | d |",
    '<br><a id="x"></a> \U0001f7e9 **approved** Table: none',
    "@team #1 `code` ``` $x$ ~~y~~ _q_ &amp; &lt;b&gt; &#60;i&#62;",
)
CODE = (
    "{{7*7}} {% include '../../etc/passwd' %} {# gone #}",
    '#let x = 1 $ y $ @ref <label> #read("/etc/passwd") \\ _x_ *y*',
    "${{ secrets.TOKEN }} {0} %s %(x)s `${7*7}`",
    "</w:t></w:r><w:r><w:t>]]> <!ENTITY x SYSTEM 'file:///etc/passwd'> &x;",
)
FORMULAS = ("=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1+1", "\r=1+1", "\uff1d1+1", '=HYPERLINK("http://evil.example")')


def hostile(target: Path, payloads: tuple[str, ...], *, organisation: str = "Fernlough") -> Path:
    """The example in that folder; each text field says what it said, and one of the payloads behind it."""
    turn = itertools.cycle(payloads)
    target.mkdir(parents=True)
    shutil.copytree(ROOT / "evidence", target / "evidence")
    settings = {"schema": 1, "organisation": organisation + next(turn).replace("\n", " ")}
    (target / "aimsctl.yaml").write_text(json.dumps(settings))
    for path in sorted((ROOT / "policies").rglob("*")):
        if path.is_dir():
            continue
        copy = target / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix not in (".yaml", ".yml"):
            shutil.copy(path, copy)
            continue
        data = read(path.name, path.read_bytes()).data
        assert data is not None, path
        copy.write_text(json.dumps(_spoilt(data, lambda text: f"{text} {next(turn)}"), ensure_ascii=False))
    return target


def _spoilt(data: Mapping[str, Any], spoil: Callable[[str], str]) -> dict[str, Any]:
    if data.get("kind") != "register":
        return _fields(shapes(str(data.get("kind"))), data, spoil)
    below = shapes(str(data["of"]))
    items = [_fields(below, item, spoil) for item in data["items"]]
    defaults = _fields(below, data.get("defaults", {}), spoil)
    return {**data, "defaults": defaults, "items": items}


def _fields(below: Mapping[str, Shape], data: Mapping[str, Any], spoil: Callable[[str], str]) -> dict[str, Any]:
    return {name: _value(below.get(name), value, spoil) for name, value in data.items()}


def _value(shape: Shape | None, value: Any, spoil: Callable[[str], str]) -> Any:
    if shape is None or value is None:
        return value
    if isinstance(value, list):
        return [_value(shape, one, spoil) for one in value]
    if isinstance(value, dict):
        return _fields(shape.below, value, spoil)
    if shape.field.type == "number" and isinstance(value, str):
        return float(value)
    free = isinstance(value, str) and shape.field.type in WORDS and not shape.field.enum
    if not free or shape.field.path in FIXED or NUMBER.fullmatch(value):
        return value
    said = spoil(value)
    return said if shape.field.type == "text" else re.sub(r"[\n\r\t]+", " ", said)


FIXED = frozenset({"id", "kind", "status", "version", "evidence.environments", "evidence.within"})
"""Words that are compared with others."""
NUMBER = re.compile(r"-?\d+(\.\d+)?")
