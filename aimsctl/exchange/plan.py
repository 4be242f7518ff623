"""What an import would do, row by row: nothing is left out without a word, and nothing is written here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from aimsctl.exchange.cells import Cell

if TYPE_CHECKING:
    from aimsctl.exchange.sources import Source
    from aimsctl.workspace.artefacts import Artefact

Action = Literal["create", "change", "same", "ignore", "problem"]
Weight = Literal["problem", "finding", "remark"]
Record = dict[str, Any]
ACTIONS: Final[tuple[Action, ...]] = ("create", "change", "same", "ignore", "problem")


@dataclass(frozen=True, slots=True)
class Told:
    """Something to know about a sheet or a cell: a problem keeps its row from being written, a finding does not."""

    weight: Weight
    sheet: str
    row: int
    cell: str
    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that a cell changes: what stood there, what the cell says, and the value it becomes."""

    field: str
    cell: str
    old: Cell
    new: Cell
    value: Any


@dataclass(slots=True)
class Row:
    """One row of a sheet: what becomes of it. `entry` is its place in the list `rows` of an artefact; None if new."""

    sheet: str
    row: int
    action: Action
    kind: str = ""
    id: str = ""
    title: str = ""
    reason: str = ""
    changes: list[FieldChange] = field(default_factory=list)
    artefact: Artefact | None = None
    rows: str = ""
    entry: int | None = None


@dataclass(slots=True)
class SheetPlan:
    """One sheet: the table it was read as and the row of its headings, or why it was not read."""

    name: str
    height: int
    table: str = ""
    head: int = 0
    reason: str = ""


@dataclass(slots=True)
class Plan:
    """The whole file. Each row below the headings of a sheet that was read is in `rows`, once."""

    source: Source
    sheets: list[SheetPlan] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)

    def of(self, action: Action) -> Iterator[Row]:
        """The rows with that action."""
        return (row for row in self.rows if row.action == action)

    @property
    def troubled(self) -> bool:
        """Whether something needs to be looked at."""
        return any(one.weight != "remark" for one in self.told)

    def record(self) -> Record:
        """The plan as plain data (schemas/output/import.schema.json); rows that change nothing are only counted."""
        counts = Counter((row.sheet, row.action) for row in self.rows)
        return {
            "file": self.source.name,
            "form": self.source.form,
            "notes": list(self.source.notes),
            "sheets": [
                {
                    "name": sheet.name,
                    "table": sheet.table,
                    "head": sheet.head,
                    "not_read": sheet.reason,
                    "rows": {
                        "sheet": sheet.height,
                        **{action: counts[sheet.name, action] for action in ACTIONS},
                    },
                }
                for sheet in self.sheets
            ],
            "rows": [_row(row) for row in self.rows if row.action != "same"],
            "told": [
                {
                    "weight": one.weight,
                    "sheet": one.sheet,
                    "row": one.row,
                    "cell": one.cell,
                    "message": one.message,
                    "hint": one.hint,
                }
                for one in self.told
            ],
        }


def _row(row: Row) -> Record:
    return {
        "sheet": row.sheet,
        "row": row.row,
        "action": row.action,
        "kind": row.kind,
        "id": row.id,
        "title": row.title,
        "reason": row.reason,
        "changes": [{"field": one.field, "cell": one.cell, "old": one.old, "new": one.new} for one in row.changes],
    }
