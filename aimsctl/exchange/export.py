"""Artefacts as rows of cells, and rows as CSV (RFC 4180, UTF-8 with a byte order mark, which Excel needs)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from aimsctl.assessment.items import Item
from aimsctl.exchange.cells import Cell, cell, inert
from aimsctl.exchange.tables import ID, ROW, TITLE, Column, Table, entries
from aimsctl.standard import catalogue

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aimsctl.assessment.facts import Facts
    from aimsctl.diagnostics import Span
    from aimsctl.workspace.artefacts import Artefact


@dataclass(frozen=True, slots=True)
class Filled:
    """A table with its rows, and the places of what has errors and therefore is in no row."""

    table: Table
    rows: tuple[tuple[Cell, ...], ...]
    broken: tuple[Span, ...]


def filled(table: Table, facts: Facts) -> Filled:
    """The table with everything that the workspace holds for it."""
    workspace = facts.workspace
    items = {id(item.artefact): item for part in table.parts for item in facts.items(part.kind.name)}
    rows = []
    for artefact, number in entries(table, workspace):
        item = items.get(id(artefact)) or Item(facts, artefact.kind, artefact.data, artefact)
        rows.append(tuple(_cells(table, item, artefact, number)))
    names = dict.fromkeys([*(part.kind.name for part in table.parts), "*"])
    broken = (span for name in names for span in workspace.broken.get(name, ()))
    return Filled(table, tuple(rows), tuple(broken))


def _cells(table: Table, item: Item, artefact: Artefact, number: int | None) -> Iterator[Cell]:
    row: Mapping[str, Any] = artefact.data
    if number is not None:
        part = next(part for part in table.parts if part.kind.name == artefact.kind)
        row = artefact.data[part.rows][number]  # type: ignore[index, assignment]
    for column in table.columns:
        yield _cell(column, item, row, number)


def _cell(column: Column, item: Item, row: Mapping[str, Any], number: int | None) -> Cell:
    if column.field is not None:
        return cell(at(row, column.path), column.field)
    if column.path == ID:
        return item.id
    if column.path == ROW:
        return None if number is None else number + 1
    if column.path == TITLE:
        return control_title(row.get("control"))
    return cell(item.get(column.path))


def control_title(name: object) -> str | None:
    """The title of a control of Annex A; None for one of the organisation's own."""
    return control_titles().get(str(name))


@cache
def control_titles() -> dict[str, str]:
    """The titles of the controls of Annex A, by their numbers, in order."""
    return {one.id: one.title for one in catalogue().requirements if one.type == "control"}


def at(row: Mapping[str, Any], path: str) -> Any:
    """The value at a dotted path; None if there is none."""
    value: Any = row
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def csv_bytes(table: Filled) -> bytes:
    """The rows below their headings, every text in quotes and none of it a formula; numbers stay numbers."""
    target = io.StringIO(newline="")
    writer = csv.writer(target, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    writer.writerow([inert(column.path) for column in table.table.columns])
    writer.writerows([_inert(row) for row in table.rows])
    return target.getvalue().encode("utf-8-sig")


def _inert(row: Iterable[Cell]) -> list[Cell]:
    return ["" if one is None else inert(one) if isinstance(one, str) else one for one in row]
