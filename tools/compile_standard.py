"""Writes the JSON that the tool loads at run time from the YAML that people edit.

    python tools/compile_standard.py            writes aimsctl/standard/compiled/*.json
    python tools/compile_standard.py --check    exits 1 if one of them is not up to date

Parsing the YAML takes about twenty-five times as long as reading the JSON, and each run of the tool would pay for it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import yaml

STANDARD = Path(__file__).resolve().parent.parent / "aimsctl" / "standard"


def compiled(source: Path) -> bytes:
    """The compiled form of one data file: the same structure, in the same order, on one line."""
    data = yaml.load(source.read_bytes(), Loader=yaml.CSafeLoader)
    return (json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def main(arguments: list[str]) -> int:
    """Writes what differs and names it; with --check only names it. Returns the exit code."""
    check = "--check" in arguments
    stale = []
    for source in sorted(STANDARD.glob("*.yaml")):
        target = STANDARD / "compiled" / f"{source.stem}.json"
        content = compiled(source)
        if target.exists() and target.read_bytes() == content:
            continue
        stale.append(source.name)
        if not check:
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(content)
    for name in stale:
        sys.stdout.write(f"{name}: {'compiled form is not up to date' if check else 'compiled'}\n")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
