"""The sheets of workbooks: which rows, which columns, in which order. Columns are added at the end, never moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from aimsctl.workspace.kinds import kind

BETWEEN: Final = "; "
YES_NO: Final = ("Yes", "No")
STATES: Final = ("complete", "partial", "planned", "absent", "suspect", "not expected")
OPERATING: Final = ("current", "stale", "failing", "absent", "not expected", "unknown")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, the dotted path of its value in a row, and the words it may hold."""

    heading: str
    path: str
    choices: tuple[str, ...] = ()

    def of(self, row: Mapping[str, Any]) -> object:
        """The value of the column in a row: plain, with the values of a list parted by semicolons."""
        return _flat(_at(row, self.path.split(".")))


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its name, where its rows stand in the context, and its columns."""

    name: str
    path: str
    columns: tuple[Column, ...]

    def rows(self, context: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
        """The rows; those of a list below several artefacts carry their artefact as `of`."""
        first, _, below = self.path.partition("/")
        rows: list[Mapping[str, Any]] = list(_at(context, first.split(".")))
        if not below:
            return rows
        return [{**one, "of": row} for row in rows for one in row[below]]


def _at(value: Any, steps: Sequence[str]) -> Any:
    for place, step in enumerate(steps):
        if isinstance(value, list):
            return [_at(one, steps[place:]) for one in value]
        if value is None:
            return None
        value = value[step]
    return value


def _flat(value: Any) -> object:
    if isinstance(value, list):
        return BETWEEN.join(str(_flat(one)) for one in value if one is not None) or None
    if isinstance(value, str):
        return value.replace("_", " ") if value.islower() and " " not in value else value
    return value


def choices(kind_name: str, path: str) -> tuple[str, ...]:
    """The words that the schema allows for a field, as they are shown."""
    known = kind(kind_name)
    return tuple(word.replace("_", " ") for word in known.fields[path].enum) if known is not None else ()


STATEMENT: Final = Sheet(
    "Statement of applicability",
    "statement",
    (
        Column("Control", "control.id"),
        Column("Title", "control.title"),
        Column("Own control", "own", YES_NO),
        Column("Applicable", "applicable", YES_NO),
        Column("Justification", "justification"),
        Column("Drivers", "reasons"),
        Column("Risks", "risks.id"),
        Column("Obligations", "obligations.id"),
        Column("Claimed status", "status", ("implemented", "partly", "planned")),
        Column("Planned for", "planned_for"),
        Column("Owner", "owner.title"),
        Column("Implemented by", "implemented_by.id"),
        Column("Evidence", "evidence.artefact.id"),
        Column("Newest evidence", "newest_evidence"),
        Column("Documented", "documented", STATES),
        Column("Implemented", "implemented", STATES),
        Column("Operating", "operating", OPERATING),
        Column("Grade", "grade"),
        Column("Waived by", "waived.id"),
        Column("Exclusion reviewed by", "exclusion_review"),
    ),
)
