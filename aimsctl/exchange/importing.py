"""A file of tables against a workspace: which rows would be created, which change what, and what is wrong with them."""

from __future__ import annotations

import re
from copy import deepcopy
from typing import TYPE_CHECKING, Any, Final

from aimsctl.authoring.ids import new_id
from aimsctl.exchange.cells import TOO_LONG, Cell, cell
from aimsctl.exchange.export import at, control_titles
from aimsctl.exchange.judging import checked_levels, checked_statement
from aimsctl.exchange.parsing import CellProblemError, Reader, control_id
from aimsctl.exchange.plan import FieldChange, Plan, Row, Told
from aimsctl.exchange.reading import Filled, filled_rows, is_filler, listed, understood
from aimsctl.exchange.tables import ID, ROW, SOA
from aimsctl.source import yaml
from aimsctl.workspace.artefacts import Artefact
from aimsctl.workspace.explain import explain
from aimsctl.workspace.schema import check
from aimsctl.workspace.view import dotted

if TYPE_CHECKING:
    from aimsctl.assessment.facts import Facts
    from aimsctl.exchange.headings import Map
    from aimsctl.exchange.sources import Read, Source
    from aimsctl.exchange.tables import Column
    from aimsctl.workspace.kinds import Kind

_ID: Final = re.compile(r"[A-Z][A-Z0-9]*(-[A-Z0-9]+)+")
_NOT_YET: Final = "none has it; import it first, or use the id of one that is there"
_NO_DOCUMENT: Final = "policies/new.yaml"


def plan_of(source: Source, facts: Facts, map_: Map) -> Plan:
    """What the import would do. Every row below the headings of a sheet that was read is in the plan, once."""
    plan = Plan(source)
    importer = _Importer(plan, facts, Reader(facts, map_.values))
    filled = []
    for sheet in source.sheets:
        found = understood(plan, sheet, map_)
        if found is not None:
            rows = list(filled_rows(plan, sheet, found))
            filled.append((found, rows))
    importer.identify([row for _, rows in filled for row in rows])
    for found, rows in filled:
        for row in rows:
            importer.row(row)
        if found.table.name == SOA and rows:
            plan.told += checked_statement(rows, facts)
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
    def __init__(self, plan: Plan, facts: Facts, reader: Reader) -> None:
        self.plan = plan
        self.facts = facts
        self.reader = reader
        self.by_id = facts.workspace.by_id
        self.pending: dict[str, dict[str, Any]] = {}  # the data of artefacts as the rows so far leave them
        self.ids: dict[tuple[str, int], str] = {}  # of the rows that are artefacts
        self.seen: dict[tuple[str, object], str] = {}  # which row said it first
        self.titles: dict[tuple[str, str], list[Artefact]] = {}
        for artefact in facts.workspace.artefacts:
            self.titles.setdefault((artefact.kind, artefact.title.casefold()), []).append(artefact)
        self.emptied: dict[str, list[str]] = {}
        self.blank = yaml.read(_NO_DOCUMENT, b"kind: none\n")

    # which artefact a row is

    def identify(self, rows: list[Filled]) -> None:
        """Gives each row that is an artefact its id, so that rows may link to each other in whatever order."""
        for row in rows:
            table = row.layout.table
            if table.parts[0].rows:
                continue
            kind = table.parts[0].kind
            found = self._identity(row, kind)
            self.ids[row.sheet.name, row.row] = found
            if found and found not in self.by_id:
                self.reader.add(found, row.text("title"), kind.name)

    def _identity(self, row: Filled, kind: Kind) -> str:
        said, title = row.text(ID), row.text("title")
        if said:
            written = re.sub(r"[^A-Z0-9]+", "-", said.upper()).strip("-")
            found = said if said in self.by_id or _ID.fullmatch(said) else ""
            if not found and written and len(written) <= 60:  # noqa: PLR2004 - a longer one is no id but a text
                found = written if _ID.fullmatch(written) else f"{kind.prefix}-{written}"
                self._tell("remark", row, ID, f"{said} is no id here; taken as {found}")
            return found
        known = self.titles.get((kind.name, title.casefold()), [])
        if not title or len(known) > 1:
            return ""
        return known[0].id if known else new_id(kind, title, {})

    # one row

    def row(self, row: Filled) -> None:
        """Puts the row into the plan."""
        table = row.layout.table
        planned = Row(row.sheet.name, row.number, "problem", table.parts[0].kind.name, title=row.text("title"))
        self.plan.rows.append(planned)
        ready = self._entry(row, planned) if table.parts[0].rows else self._artefact(row, planned)
        if not ready or not self._fields(row, planned):
            return
        if not planned.changes:
            planned.action = "same" if self._exists(planned) else "problem"
            if planned.action == "problem":
                self._tell("problem", row, ID, "the row says nothing that can be taken")
        elif self._valid(row, planned):
            planned.action = "change" if self._exists(planned) else "create"
        if planned.action != "problem":
            data = self.pending.get(planned.id) or self._current(planned)
            self.plan.told += checked_levels(row, planned, self.facts, data)

    @staticmethod
    def _exists(planned: Row) -> bool:
        return planned.artefact is not None and (not planned.rows or planned.entry is not None)

    def _tell(self, weight: str, row: Filled, path: str, message: str, hint: str = "") -> None:
        told = Told(weight, row.sheet.name, row.number, row.address(path), message, hint)  # type: ignore[arg-type]
        self.plan.told.append(told)

    def _artefact(self, row: Filled, planned: Row) -> bool:
        planned.id = self.ids[row.sheet.name, row.row]
        planned.artefact = self.by_id.get(planned.id)
        if not planned.id:
            known = self.titles.get((planned.kind, planned.title.casefold()), [])
            several = f"there are several of that title: {', '.join(one.id for one in known)}" if known else ""
            self._tell("problem", row, ID, several or "neither an id nor a title", "give the row its id")
            return False
        if planned.artefact is None and not planned.title:
            self._tell("problem", row, ID, f"there is no {planned.kind} {planned.id}, and no title to make one of")
            return False
        planned.title = planned.title or (planned.artefact.title if planned.artefact else "")
        return self._usable(row, planned) and self._first(row, planned, planned.id)

    def _usable(self, row: Filled, planned: Row) -> bool:
        artefact = planned.artefact
        if artefact is None or (artefact.kind == planned.kind and artefact.valid):
            return True
        if artefact.kind != planned.kind:
            self._tell("problem", row, ID, f"{artefact.id} is a {artefact.kind}, not a {planned.kind}")
        else:
            said = f"{artefact.id} has errors ({artefact.document.path}:{artefact.span().line})"
            self._tell("problem", row, ID, said, "correct them first: `aimsctl validate`")
        return False

    def _first(self, row: Filled, planned: Row, key: object) -> bool:
        first = self.seen.setdefault((planned.id, key), f"{row.sheet.name} row {row.number}")
        if first == f"{row.sheet.name} row {row.number}":
            return True
        self._tell("problem", row, "control" if planned.rows else ID, f"{key} is there already, in {first}")
        return False

    def _entry(self, row: Filled, planned: Row) -> bool:
        """Finds the entry of the artefact's list that the row is; a row without a number that is known is a new one."""
        table = row.layout.table
        planned.id = row.text(ID) or (self._statement() if table.name == SOA else "")
        planned.artefact = self.by_id.get(planned.id)
        if planned.artefact is not None:
            planned.kind = planned.artefact.kind
        part = next((part for part in table.parts if part.kind.name == planned.kind), None)
        if part is None or (planned.artefact is None and table.name != SOA):
            self._tell("problem", row, ID, f"{planned.id or 'the row'} is no artefact of this table", _NOT_YET)
            return False
        planned.rows = part.rows
        if not self._usable(row, planned):
            return False
        listed = planned.artefact.data.get(part.rows) if planned.artefact is not None else None
        entries = listed if isinstance(listed, list) else []
        key = self._key(row, planned, entries)
        return key is not None and self._first(row, planned, key)

    def _statement(self) -> str:
        statements = self.facts.workspace.of(SOA)
        return statements[0].id if len(statements) == 1 else "" if statements else "SOA-01"

    def _key(self, row: Filled, planned: Row, entries: list[Any]) -> object:
        """What names the entry within its list; None, with a word, where the row names none that is there."""
        if row.layout.table.name == SOA:
            said = row.text("control")
            control = said if said in self.by_id else control_id(said)
            if control is None or (control not in self.by_id and control not in control_titles()):
                self._tell(
                    "problem", row, "control", f"{said or 'an empty cell'} is no control of Annex A or of our own"
                )
                return None
            planned.title = control
            places = [at for at, one in enumerate(entries) if isinstance(one, dict) and one.get("control") == control]
            planned.entry = places[0] if places else None
            return control
        number = row.cells.get(ROW, (None, 0))[0]
        planned.title = planned.title or row.text("what") or planned.id
        if number is None:
            return f"new row {row.number}"
        if not isinstance(number, int):
            number = int(number) if isinstance(number, str) and number.isdecimal() else 0
        if not 1 <= number <= len(entries):
            self._tell("problem", row, ROW, f"{planned.id} has no row {row.text(ROW)}", "leave it empty for a new one")
            return None
        planned.entry = number - 1
        return number

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
            old = cell(at(current, path), column.field)
            if _same(said, old) or said == TOO_LONG:
                continue
            if isinstance(said, str) and is_filler(said):
                self._tell("remark", row, path, f"{path}: a placeholder is not taken")
            elif planned.rows == "" and path == "status" and str(said).casefold() == "approved":
                hint = f"aimsctl approve {planned.id} --by ROLE"
                self._tell("remark", row, path, "no sheet approves; the status is not taken", hint)
            else:
                well &= self._field(row, planned, column, old, current)
        return well

    def _emptied(self, row: Filled, current: dict[str, Any]) -> None:
        """Remembers the cells that are empty where a value stands: an empty cell takes nothing away."""
        for place, column in row.layout.columns.items():
            if column.path not in row.cells and column.field is not None and at(current, column.path) is not None:
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
            self._tell("problem", row, column.path, f"{column.path} cannot be changed in a sheet")
            return False
        try:
            value = self.reader.value(said, column.field)
        except CellProblemError as error:
            self._tell("problem", row, column.path, error.message, error.hint)
            return False
        if value != before or isinstance(value, bool) != isinstance(before, bool):
            new = cell(value, column.field)
            planned.changes.append(FieldChange(column.path, row.address(column.path), old, new, value))
        return True

    # the whole

    def _valid(self, row: Filled, planned: Row) -> bool:
        """Whether the artefact still satisfies its schema with this row; else a problem at each cell at fault."""
        artefact = planned.artefact
        before = self.pending.get(planned.id) or (artefact.data if artefact is not None else self._new(planned))
        data: dict[str, Any] = deepcopy(before)
        target: Any = data
        if planned.rows:
            entries = data.setdefault(planned.rows, [])
            if planned.entry is None:
                entries.append({})
            target = entries[-1 if planned.entry is None else planned.entry]
        for change in planned.changes:
            put(target, change.field, change.value)
        document, pointer = (artefact.document, artefact.pointer) if artefact else (self.blank, ())
        own = {**artefact.own, **data} if artefact is not None and artefact.pointer else {}
        changed = Artefact(planned.kind, planned.id, data, document, pointer, own)
        if check(changed):
            self.pending[planned.id] = data
            return True
        for finding in explain(changed):
            path = dotted(_pointer(finding.span.pointer)).removeprefix(f"{planned.rows}.")
            named = next((one for one in row.cells if f"`{one}`" in finding.message or one == path), ID)
            self._tell("problem", row, named, finding.message, finding.hint)
        return False

    @staticmethod
    def _new(planned: Row) -> dict[str, Any]:
        title = "Statement of applicability" if planned.rows else planned.title
        return {"kind": planned.kind, "id": planned.id, "title": title, "status": "draft"}


def put(data: dict[str, Any], path: str, value: Any) -> None:
    """Sets the value at a dotted path, making the groups on its way."""
    *groups, last = path.split(".")
    for group in groups:
        data = data.setdefault(group, {})
    data[last] = value


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
