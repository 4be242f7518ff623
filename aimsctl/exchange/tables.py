"""Which tables a workspace has: one row an artefact, or one row an entry of a list within artefacts.

Columns have the names of the fields, in the order of the schema, so that they are the same in every file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from aimsctl.errors import UsageError
from aimsctl.workspace.hints import closest, did_you_mean
from aimsctl.workspace.kinds import Field, Kind, kind, kind_names

if TYPE_CHECKING:
    from aimsctl.workspace.artefacts import Artefact
    from aimsctl.workspace.workspace import Workspace

ACTION: Final = "action"
SOA: Final = "soa"
USUAL: Final = ("risk", "ai-system", SOA, "supplier", ACTION)
ID, ROW, TITLE = "id", "row", "control_title"
LEVELS: Final = ("level", "target_level", "residual_level")
_ACTION_FIELDS: Final = frozenset({"what", "by", "due", "done"})
_NOT_IN_CELLS: Final = frozenset({"kind", "approval"})


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, which is the path of its field, and the field; without one it is worked out."""

    path: str
    field: Field | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """Where rows of a table stand: a kind, and the list within its artefacts; without one, the artefacts themselves."""

    kind: Kind
    rows: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its name, where its rows stand, its columns, and the fields of the kind that do not fit into cells."""

    name: str
    parts: tuple[Part, ...]
    columns: tuple[Column, ...]
    left_out: tuple[str, ...] = ()

    @property
    def column_of(self) -> dict[str, Column]:
        """The columns by their headings."""
        return {column.path: column for column in self.columns}


def tables(names: Iterable[str]) -> tuple[Table, ...]:
    """The tables of those names, each once; the usual ones without a name. Raises UsageError for an unknown name."""
    return tuple(table(name) for name in dict.fromkeys(names or USUAL))


def table(name: str) -> Table:
    """The table of that name: a kind, `action`, or a list within a kind such as `ai-system.models`."""
    if name == ACTION:
        return _actions()
    of, _, rows = ("soa", ".", "entries") if name == SOA else name.partition(".")
    known = kind(of)
    if known is None:
        near = closest(name, table_names())
        hint = did_you_mean(near) if near else "`aimsctl schema` lists the kinds; `action` is all their actions"
        raise UsageError(f"there is no table {name}", hint=hint)
    if not rows:
        return _artefacts(known)
    if rows not in _lists(known):
        lists = ", ".join(f"{of}.{one}" for one in _lists(known))
        raise UsageError(f"{of} has no list {rows}", hint=f"its lists are {lists}" if lists else "it has no lists")
    return _rows(name, known, rows)


def table_names() -> tuple[str, ...]:
    """The names of all kinds and of the tables that gather rows of several."""
    return (*kind_names(), ACTION)


def entries(table: Table, workspace: Workspace) -> Iterator[tuple[Artefact, int | None]]:
    """The rows of the table in the order of the files: the artefact, and which entry of its list."""
    for part in table.parts:
        for artefact in workspace.of(part.kind.name):
            if not part.rows:
                yield artefact, None
                continue
            found = artefact.data.get(part.rows)
            for number in range(len(found) if isinstance(found, list) else 0):
                yield artefact, number


def _artefacts(of: Kind) -> Table:
    lists = _lists(of)
    columns = [Column(field.path, field) for field in of.fields.values() if _fits(field, lists)]
    worked = [Column(name) for name in LEVELS] if of.name == "risk" else []
    left = (*(f"{name} (export {of.name}.{name})" for name in lists), "approval")
    return Table(of.name, (Part(of, ""),), (*columns, *worked), left)


def _rows(name: str, of: Kind, rows: str) -> Table:
    inner = [field for field in of.fields.values() if field.path.startswith(f"{rows}.")]
    columns = [Column(field.path.removeprefix(f"{rows}."), field) for field in inner if field.type != "object"]
    key = Column(TITLE) if name == SOA else Column(ROW)
    of_row = [Column(ID), *columns[:1], key, *columns[1:]] if name == SOA else [Column(ID), key, *columns]
    return Table(name, (Part(of, rows),), tuple(of_row))


def _actions() -> Table:
    kinds = [known for name in kind_names() if (known := kind(name)) is not None]
    parts = [Part(known, rows) for known in kinds for rows in _lists(known) if _inner(known, rows) >= _ACTION_FIELDS]
    return Table(ACTION, tuple(parts), _rows(ACTION, parts[0].kind, parts[0].rows).columns)


def _lists(of: Kind) -> tuple[str, ...]:
    return tuple(field.path for field in of.fields.values() if field.many and field.type == "object")


def _inner(of: Kind, rows: str) -> set[str]:
    return {path.removeprefix(f"{rows}.") for path in of.fields if path.startswith(f"{rows}.")}


def _fits(field: Field, lists: tuple[str, ...]) -> bool:
    """Whether the field is one value or a plain list, and no part of a decision that has a command of its own."""
    first, _, last = field.path.partition(".")
    return not (field.type == "object" or first in _NOT_IN_CELLS or first in lists or last == "fingerprint")
