"""Writes the table of all rules in docs/rules.md from the rules themselves.

python tools/document_rules.py            writes docs/rules.md
python tools/document_rules.py --check    exits 1 if it is not up to date
"""

from __future__ import annotations

import sys
from pathlib import Path

from aimsctl.assessment.rules import all_rules

PAGE = Path(__file__).resolve().parent.parent / "docs" / "rules.md"
MARK = "<!-- written by tools/document_rules.py -->"


def table() -> str:
    """A row a rule: code, weight, name, what it finds, how to mend it."""
    head = "| Code | Weight | Name | Finds | Mend |\n| --- | --- | --- | --- | --- |\n"
    rows = (f"| {one.code} | {one.severity.word} | {one.name} | {one.summary} | {one.fix} |\n" for one in all_rules())
    return head + "".join(rows)


def page(text: str) -> str:
    """The page with the table of today below the mark."""
    return f"{text.partition(MARK)[0]}{MARK}\n\n{table()}"


def main(arguments: list[str]) -> int:
    """Writes the page if it differs; with --check only says so. Returns the exit code."""
    text = PAGE.read_text(encoding="utf-8")
    if page(text) == text:
        return 0
    if "--check" not in arguments:
        PAGE.write_text(page(text), encoding="utf-8")
    sys.stdout.write(f"docs/rules.md: {'not up to date' if '--check' in arguments else 'written'}\n")
    return 1 if "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
