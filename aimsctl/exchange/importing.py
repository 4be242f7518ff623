"""A file of tables against a workspace: which rows would be created, which change what, and what is wrong with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aimsctl.exchange.cells import TOO_LONG, Cell, cell
from aimsctl.exchange.export import at
from aimsctl.exchange.finding import Finder
from aimsctl.exchange.judging import checked_levels, checked_statement
from aimsctl.exchange.parsing import CellProblemError, Reader
from aimsctl.exchange.pending import Pending
from aimsctl.exchange.plan import FieldChange, Plan, Row, Told
from aimsctl.exchange.reading import Filled, filled_rows, is_filler, listed, understood
from aimsctl.exchange.tables import ID, SOA
from aimsctl.workspace.explain import explain
from aimsctl.workspace.view import dotted

if TYPE_CHECKING:
    from aimsctl.assessment.facts import Facts
    from aimsctl.exchange.headings import Map
    from aimsctl.exchange.sources import Read, Source
    from aimsctl.exchange.tables import Column
    from aimsctl.workspace.artefacts import Artefact


def plan_of(source: Source, facts: Facts, map_: Map) -> Plan:
    """What the import would do. Every row below the headings of a sheet that was read is in the plan, once."""
    plan = Plan(source)
    reader = Reader(facts, map_.values)
    finder = Finder(plan, facts, reader)
    importer = _Importer(plan, facts, reader, finder)
    filled = []
    for sheet in source.sheets:
        found = understood(plan, sheet, map_)
        if found is not None:
            rows = list(filled_rows(plan, sheet, found))
            filled.append((found, rows))
    finder.identify([row for _, rows in filled for row in rows])
    for _, rows in filled:
        for row in rows:
            importer.row(row)
    importer.whole()
    statement = [row for found, rows in filled if found.table.name == SOA for row in rows]
    plan.told += checked_statement(statement, facts) if statement else ()
    for name, cells in importer.emptied.items():
        said = f"empty cells take nothing away: {listed(cells)} are empty where the YAML has a value"
        plan.told.append(Told("remark", name, 0, "", said, "delete the line in the YAML if that is meant"))
    if not filled:
        plan.told.append(Told("problem", "", 0, "", "no sheet holds a table that can be read", "a map can name it"))
    places = {sheet.name: place for place, sheet in enumerate(source.sheets)}
    plan.rows.sort(key=lambda row: (places[row.sheet], row.row))
    plan.told.sort(key=lambda one: (places.get(one.sheet, -1), one.row))
    return plan


class _Importer:
    def __init__(self, plan: Plan, facts: Facts, reader: Reader, finder: Finder) -> None:
        self.plan = plan
        self.facts = facts
        self.reader = reader
        self.finder = finder
        self.pending = Pending()
        self.emptied: dict[str, list[str]] = {}

    # one row

    def row(self, row: Filled) -> None:
        """Puts the row into the plan."""
        table = row.layout.table
        planned = Row(row.sheet.name, row.number, "problem", table.parts[0].kind.name, title=row.text("title"))
        self.plan.rows.append(planned)
        if not self.finder.find(row, planned) or not self._fields(row, planned):
            return
        if planned.changes and not self.finder.first(row, planned):
            return
        if not planned.changes:
            planned.action = "same" if self._exists(planned) else "problem"
            if planned.action == "problem":
                self.finder.tell("problem", row, ID, "the row says nothing that can be taken")
        elif self._valid(row, planned):
            planned.action = "change" if self._exists(planned) else "create"
        if planned.action != "problem":
            data = self.pending.data(planned) or self._current(planned)
            self.plan.told += checked_levels(row, planned, self.facts, data)

    @staticmethod
    def _exists(planned: Row) -> bool:
        return planned.artefact is not None and (not planned.rows or planned.entry is not None)

    # its fields

    def _fields(self, row: Filled, planned: Row) -> bool:
        """Reads each cell that differs from what is there; False, with a word for each, if some cannot be read."""
        current = self._current(planned)
        self._emptied(row, current)
        well = True
        for path, (said, _) in row.cells.items():
            column = row.layout.columns[row.cells[path][1]]
            if column.field is None or path == ID:
                continue
            old = cell(at(current, path), column.field) if current else None
            if _same(said, old) or said == TOO_LONG:
                continue
            if isinstance(said, str) and is_filler(said):
                self.finder.tell("remark", row, path, f"{path}: a placeholder is not taken")
            elif planned.rows == "" and path == "status" and str(said).casefold() == "approved":
                hint = f"aimsctl approve {planned.id} --by ROLE"
                self.finder.tell("remark", row, path, "no sheet approves; the status is not taken", hint)
            else:
                well &= self._field(row, planned, column, old, current)
        return well

    def _emptied(self, row: Filled, current: dict[str, Any]) -> None:
        """Remembers the cells that are empty where a value stands: an empty cell takes nothing away."""
        for place, column in row.layout.columns.items() if current else ():
            if column.path not in row.cells and column.field is not None and at(current, column.path) not in (None, []):
                self.emptied.setdefault(row.sheet.name, []).append(row.sheet.address(row.row, place))

    def _current(self, planned: Row) -> dict[str, Any]:
        if planned.artefact is None:
            return {}
        data: Any = planned.artefact.data
        if planned.rows:
            data = {} if planned.entry is None else data[planned.rows][planned.entry]
        return data if isinstance(data, dict) else {}

    def _field(self, row: Filled, planned: Row, column: Column, old: Cell, current: dict[str, Any]) -> bool:
        said = row.cells[column.path][0]
        assert column.field is not None  # noqa: S101 - only such columns are read
        before = at(current, column.path)
        if isinstance(before, list) and any(isinstance(one, list) for one in before):
            self.finder.tell("problem", row, column.path, f"{column.path} cannot be changed in a sheet")
            return False
        try:
            value = self.reader.value(said, column.field)
        except CellProblemError as error:
            self.finder.tell("problem", row, column.path, error.message, error.hint)
            return False
        if value != before or isinstance(value, bool) != isinstance(before, bool):
            new = cell(value, column.field)
            planned.changes.append(FieldChange(column.path, row.address(column.path), old, new, value))
        return True

    # the whole

    def _valid(self, row: Filled, planned: Row) -> bool:
        """Whether the artefact still satisfies its schema with this row; else a problem at each cell at fault."""
        refused = self.pending.take(row, planned)
        if refused is not None:
            self._refused(row, planned, refused)
        return refused is None

    def whole(self) -> None:
        """Turns the rows of a list that its schema refuses as a whole into problems."""
        for artefact, rows in self.pending.refused():
            self._refused(*rows[-1], artefact)
            for _, planned in rows:
                planned.action = "problem"

    def _refused(self, row: Filled, planned: Row, artefact: Artefact) -> None:
        for finding in explain(artefact):
            path = dotted(_pointer(finding.span.pointer)).removeprefix(f"{planned.rows}.")
            named = next((one for one in row.cells if f"`{one}`" in finding.message or one == path), ID)
            self.finder.tell("problem", row, named, finding.message, finding.hint)


def _same(said: Read, old: Cell) -> bool:
    """Whether a cell says what an export of the present value would say."""
    if isinstance(said, bool):
        said = "yes" if said else "no"
    if isinstance(said, int | float) and isinstance(old, int | float):
        return said == old
    if isinstance(old, str):
        old = old.replace("\r\n", "\n").strip()
    return str(said) == str(old)


def _pointer(text: str) -> tuple[str | int, ...]:
    return tuple(int(part) if part.isdigit() else part for part in text.split("/")[1:])
