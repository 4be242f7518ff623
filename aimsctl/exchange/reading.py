"""The rows of a sheet that hold something, with the rest accounted for: blank, section, heading and template rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from aimsctl.assessment.filled import is_placeholder
from aimsctl.exchange.headings import Layout, Map, layout, normal
from aimsctl.exchange.plan import Plan, Row, SheetPlan, Told
from aimsctl.exchange.sources import Read, Sheet, letters
from aimsctl.exchange.tables import ID
from aimsctl.exchange.workbook import ABOUT
from aimsctl.workspace.hints import shown

_BRACKETED: Final = re.compile(r"[<\[{][^<>\[\]{}]*[>\]}]")
_NOTHING: Final = frozenset({"-", "\u2013", "\u2014", "n/a", "N/A"})
_MOST_NAMED: Final = 8
_WIDE_TABLE: Final = 3


@dataclass(frozen=True, slots=True)
class Filled:
    """A row with its cells that hold something, by the path of their field: the value and the column."""

    sheet: Sheet
    layout: Layout
    row: int
    cells: dict[str, tuple[Read, int]]

    @property
    def number(self) -> int:
        """The row's number in the file."""
        return self.sheet.number(self.row)

    def address(self, path: str) -> str:
        """The name of the cell of a field; of the first cell where the row has none for it."""
        column = self.cells[path][1] if path in self.cells else min((at for _, at in self.cells.values()), default=0)
        return self.sheet.address(self.row, column)

    def text(self, path: str) -> str:
        """What the cell of a field says as text; nothing where it is empty."""
        return str(self.cells[path][0]) if path in self.cells else ""


def understood(plan: Plan, sheet: Sheet, said: Map) -> Layout | None:
    """How the sheet is laid out; None, with the reason in the plan, where it is not read."""
    about = SheetPlan(sheet.name, len(sheet.rows))
    plan.sheets.append(about)
    named = sheet.name in said.sheets
    found = None
    if named and said.sheets[sheet.name] is None:
        about.reason = "left out by the map"
    elif sheet.name == ABOUT:
        about.reason = "it explains the other sheets"
    elif sheet.hidden and not named:
        about.reason = "hidden; name it in the map to have it read"
    elif not any(value is not None for row in sheet.rows for value in row):
        about.reason = "empty"
    else:
        found = layout(sheet, said)
        about.reason = "" if found else "no row with the headings of a known table; the map can name it"
    if found is not None:
        about.table, about.head = found.table.name, sheet.number(found.head)
        _columns(plan, sheet, found)
    return found


def _columns(plan: Plan, sheet: Sheet, found: Layout) -> None:
    """Tells which columns are not taken, with how many cells hold something in each."""
    below = range(found.head + 1, len(sheet.rows))
    for place, guess in {**found.unknown, **dict.fromkeys(found.skipped, "")}.items():
        filled = sum(1 for row in below if _at(sheet, row, place) is not None)
        heading = shown(_at(sheet, found.head, place) or f"column {letters(place)}, which has no heading")
        why = "the map leaves it out" if place in found.skipped else "no field has that name"
        said = f"{heading}: not taken, {why}; it has {filled} filled cells"
        hint = f"did you mean `{guess}`? The map can say so" if guess else ""
        plan.told.append(_told("remark", sheet, found.head, place, said, hint))
    for place, path in sorted(found.twice.items()):
        said = f"{shown(_at(sheet, found.head, place))}: not taken, for another column is {path} too"
        hint = f"say in the map which one is: columns: {{{letters(place)}: {path}}}"
        plan.told.append(_told("problem", sheet, found.head, place, said, hint))


def _told(weight: str, sheet: Sheet, row: int, column: int, message: str, hint: str = "") -> Told:  # noqa: PLR0913, PLR0917
    return Told(weight, sheet.name, sheet.number(row), sheet.address(row, column), message, hint)  # type: ignore[arg-type]


def filled_rows(plan: Plan, sheet: Sheet, found: Layout) -> Iterator[Filled]:
    """The rows that hold something; every other row below the headings is put into the plan as ignored."""
    _spread(plan, sheet, found)
    _unseen(plan, sheet, found)
    heads = [normal(value) for value in sheet.rows[found.head]]
    cached: dict[int, list[str]] = {}
    for row in range(found.head + 1, len(sheet.rows)):
        values = sheet.rows[row]
        reason = _reason(values, found, heads)
        cells: dict[str, tuple[Read, int]] = {
            column.path: (value, place)
            for place, column in found.columns.items()
            if (value := _at(sheet, row, place)) is not None
        }
        unknown = [place for place in found.columns if (row, place) in sheet.unknown]
        if reason or not (cells or unknown):
            why = reason or "nothing in the columns that are taken"
            plan.rows.append(Row(sheet.name, sheet.number(row), "ignore", title=_first(values), reason=why))
            continue
        for place in unknown:
            said = "a formula without a value, or with an error"
            plan.told.append(_told("problem", sheet, row, place, said, "let a spreadsheet work it out and save it"))
        if unknown:
            plan.rows.append(Row(sheet.name, sheet.number(row), "problem", title=_first(values)))
            continue
        for _, place in cells.values():
            if (row, place) in sheet.cached:
                cached.setdefault(place, []).append(sheet.address(row, place))
        yield Filled(sheet, found, row, cells)
    for place, addresses in cached.items():
        said = f"formulas: the values taken are those of the last save, in {listed(addresses)}"
        plan.told.append(_told("remark", sheet, found.head, place, said))


def _unseen(plan: Plan, sheet: Sheet, found: Layout) -> None:
    """Tells which hidden rows and columns are read: a filter hides rows that are meant all the same."""
    hidden_rows, hidden_columns = sheet.unseen
    rows = [row for row in range(found.head + 1, len(sheet.rows)) if row in hidden_rows and any(sheet.rows[row])]
    columns = sorted(hidden_columns & found.columns.keys())
    hint = "delete what is not meant, or show it and look at it"
    if rows:
        said = f"hidden rows are read like any other: {listed([str(sheet.number(row)) for row in rows])}"
        plan.told.append(_told("remark", sheet, rows[0], 0, said, hint))
    if columns:
        said = f"hidden columns are read like any other: {listed([letters(place) for place in columns])}"
        plan.told.append(_told("remark", sheet, found.head, columns[0], said, hint))


def listed(addresses: list[str]) -> str:
    """The names of the first cells, and how many more there are."""
    more = f" and {len(addresses) - _MOST_NAMED} more" if len(addresses) > _MOST_NAMED else ""
    return ", ".join(addresses[:_MOST_NAMED]) + more


def _reason(values: list[Read], found: Layout, heads: list[str]) -> str:
    """Why a row says nothing of its own; empty for one that does."""
    filled = [value for value in values if value is not None]
    if not filled:
        return "blank"
    if len(filled) == 1 and len(found.columns) >= _WIDE_TABLE and not _is_key(values, found):
        return "section row"
    words = zip(values, heads, strict=False)
    if len(filled) > 1 and all(normal(value) == head for value, head in words if value is not None):
        return "the headings again"
    said = [
        value
        for place, column in found.columns.items()
        if column.path != ID and (value := values[place] if place < len(values) else None) is not None
    ]
    return "template row: nothing but placeholders" if said and all(is_filler(str(value)) for value in said) else ""


def _is_key(values: list[Read], found: Layout) -> bool:
    """Whether the one value is an id or a number: such a row says too little, but it is no section."""
    keys = (str(values[place]) for place, column in found.columns.items() if column.path == ID and place < len(values))
    return any(re.search(r"\d", key) for key in keys)


def is_filler(text: str) -> bool:
    """Whether a cell holds a placeholder rather than an answer."""
    return text in _NOTHING or is_placeholder(text) or (text[:1] in "<[{" and _BRACKETED.fullmatch(text) is not None)


def _spread(plan: Plan, sheet: Sheet, found: Layout) -> None:
    """Gives each row of a merged cell the cell's value, and says so."""
    for (top, left), (bottom, right) in sheet.merged:
        if top <= found.head or left not in found.columns or bottom >= len(sheet.rows):
            continue
        if bottom == top:
            continue
        for row in range(top + 1, bottom + 1):
            sheet.rows[row][left] = sheet.rows[top][left]
        where = f"{sheet.address(top, left)}:{sheet.address(bottom, right)}"
        plan.told.append(
            _told("remark", sheet, top, left, f"merged cell {where}: its value is taken for each of its rows")
        )


def _at(sheet: Sheet, row: int, column: int) -> Read:
    values = sheet.rows[row]
    return values[column] if column < len(values) else None


def _first(values: list[Read]) -> str:
    return shown(next((value for value in values if value is not None), ""))
