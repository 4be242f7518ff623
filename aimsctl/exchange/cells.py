"""A value as a cell: plain, one line an entry of a list of texts, and never longer than a cell may be."""

from __future__ import annotations

import re
from typing import Any, Final

from aimsctl.workspace.kinds import Field

Cell = str | int | float | bool | None
LONGEST: Final = 32_767  # characters that a cell of a workbook holds
TOO_LONG: Final = "(too long for a cell; it stands in the YAML alone)"
_ACTIVE: Final = "=+\\-@\t\r\uff1d\uff0b\uff0d\uff20"
_OPENING: Final = re.compile(f"((?:^|[,;|\t\n\r])[ ]*)('*)(?=[{_ACTIVE}])")
_OPENED: Final = re.compile(f"((?:^|[,;|\t\n\r])[ ]*)'('*)(?=[{_ACTIVE}])")


def cell(value: Any, field: Field | None = None) -> Cell:
    """The value as it stands in a cell: yes or no, a number, or text."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None or isinstance(value, int | float):
        return value
    if isinstance(value, list):
        apart = "; " if field is None or field.type in ("link", "enum", "requirement", "annex_a") else "\n"
        value = apart.join(_nested(one) for one in value)
    text = str(value)
    return text if len(text) <= LONGEST else TOO_LONG


def _nested(value: Any) -> str:
    return "[" + ", ".join(_nested(one) for one in value) + "]" if isinstance(value, list) else str(cell(value))


def inert(text: str) -> str:
    """The text of a CSV cell that no spreadsheet takes for a formula; also where it parts cells at another mark.

    An apostrophe goes before each sign that opens a formula at the start, or behind something that could part cells.
    """
    return _OPENING.sub(r"\1'\2", text)


def plain(text: str) -> str:
    """The text before it was made inert."""
    return _OPENED.sub(r"\1\2", text)
