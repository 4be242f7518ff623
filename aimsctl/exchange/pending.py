"""The artefacts as the rows so far leave them, and whether each still satisfies its schema.

An entry of a list is checked beside its artefact alone, and the list as a whole once at the end, so that a list of
thousands takes time that grows with its rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import TYPE_CHECKING, Any, Final

from aimsctl.source import yaml
from aimsctl.workspace.artefacts import Artefact
from aimsctl.workspace.schema import check

if TYPE_CHECKING:
    from aimsctl.exchange.plan import Row
    from aimsctl.exchange.reading import Filled

Data = dict[str, Any]
_NO_DOCUMENT: Final = "policies/new.yaml"


class Pending:
    """What has been taken of the rows."""

    def __init__(self) -> None:
        self._data: dict[str, Data] = {}
        self._lists: dict[str, list[tuple[Filled, Row]]] = {}
        self._blank = yaml.read(_NO_DOCUMENT, b"kind: none\n")

    def data(self, planned: Row) -> Data | None:
        """The artefact of the row with all that was taken; None where nothing was."""
        return self._data.get(planned.id)

    def take(self, row: Filled, planned: Row) -> Artefact | None:
        """Takes the row in and returns None; or leaves it and returns the artefact that its schema refuses with it."""
        return self._entry(row, planned) if planned.rows else self._own(planned)

    def refused(self) -> Iterator[tuple[Artefact, list[tuple[Filled, Row]]]]:
        """The artefacts whose lists are refused as a whole, with the rows that were taken into them."""
        for identifier, rows in self._lists.items():
            whole = self._artefact(rows[0][1], self._data[identifier])
            if not check(whole):
                yield whole, rows

    def _own(self, planned: Row) -> Artefact | None:
        data = deepcopy(self._before(planned))
        for change in planned.changes:
            put(data, change.field, change.value)
        changed = self._artefact(planned, data)
        if not check(changed):
            return changed
        self._data[planned.id] = data
        return None

    def _entry(self, row: Filled, planned: Row) -> Artefact | None:
        data = self._data.get(planned.id)
        if data is None:
            before = self._before(planned)
            data = {**before, planned.rows: list(before.get(planned.rows, ()))}
        entries = data.setdefault(planned.rows, [])
        place = len(entries) if planned.entry is None else planned.entry
        entry = deepcopy(entries[place]) if place < len(entries) else {}
        for change in planned.changes:
            put(entry, change.field, change.value)
        if not check(self._artefact(planned, {**data, planned.rows: [entry]})):
            whole = self._artefact(planned, {**data, planned.rows: [*entries[:place], entry, *entries[place + 1 :]]})
            if not check(whole):
                return whole
        entries[place : place + 1] = [entry]
        self._data[planned.id] = data
        self._lists.setdefault(planned.id, []).append((row, planned))
        return None

    def _before(self, planned: Row) -> Data:
        if planned.id in self._data:
            return self._data[planned.id]
        if planned.artefact is not None:
            return planned.artefact.data
        title = "Statement of applicability" if planned.rows else planned.title
        return {"kind": planned.kind, "id": planned.id, "title": title, "status": "draft"}

    def _artefact(self, planned: Row, data: Data) -> Artefact:
        there = planned.artefact
        document, pointer = (there.document, there.pointer) if there is not None else (self._blank, ())
        own = {**there.own, **data} if there is not None and there.pointer else {}
        return Artefact(planned.kind, planned.id, data, document, pointer, own)


def put(data: Data, path: str, value: Any) -> None:
    """Sets the value at a dotted path, making the groups on its way."""
    *groups, last = path.split(".")
    for group in groups:
        data = data.setdefault(group, {})
    data[last] = value
