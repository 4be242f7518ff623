"""Which artefact a row is, and which entry of its list: by id, by title, by number or by control."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from aimsctl.authoring.ids import new_id
from aimsctl.exchange.export import control_titles
from aimsctl.exchange.parsing import control_id
from aimsctl.exchange.plan import Plan, Row, Told, Weight
from aimsctl.exchange.tables import ID, ROW, SOA

if TYPE_CHECKING:
    from aimsctl.assessment.facts import Facts
    from aimsctl.exchange.parsing import Reader
    from aimsctl.exchange.reading import Filled
    from aimsctl.workspace.artefacts import Artefact
    from aimsctl.workspace.kinds import Kind

_ID: Final = re.compile(r"[A-Z][A-Z0-9]*(-[A-Z0-9]+)+")
_LONGEST_ID: Final = 60  # a longer one is no id but a text
_NOT_YET: Final = "none has it; import it first, or use the id of one that is there"


class Finder:
    """Finds what each row of a file is about, and tells where it is about nothing."""

    def __init__(self, plan: Plan, facts: Facts, reader: Reader) -> None:
        self.plan = plan
        self.facts = facts
        self.reader = reader
        self.by_id = facts.workspace.by_id
        self.ids: dict[tuple[str, int], str] = {}  # of the rows that are artefacts
        self.seen: dict[tuple[str, str, object], str] = {}  # which row said it first
        self.titles: dict[tuple[str, str], list[Artefact]] = {}
        for artefact in facts.workspace.artefacts:
            self.titles.setdefault((artefact.kind, artefact.title.casefold()), []).append(artefact)

    def tell(self, weight: Weight, row: Filled, path: str, message: str, hint: str = "") -> None:
        """Notes something about the cell of a field."""
        told = Told(weight, row.sheet.name, row.number, row.address(path), message, hint)
        self.plan.told.append(told)

    def find(self, row: Filled, planned: Row) -> bool:
        """Fills in which artefact and which entry the row is; False, with a word, where it can be none."""
        return self._entry(row, planned) if row.layout.table.parts[0].rows else self._artefact(row, planned)

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
            if not found and written and len(written) <= _LONGEST_ID:
                found = written if _ID.fullmatch(written) else f"{kind.prefix}-{written}"
                self.tell("remark", row, ID, f"{said} is no id here; taken as {found}")
            return found
        known = self.titles.get((kind.name, title.casefold()), [])
        if not title or len(known) > 1:
            return ""
        return known[0].id if known else new_id(kind, title, self.by_id)

    def _artefact(self, row: Filled, planned: Row) -> bool:
        planned.id = self.ids[row.sheet.name, row.row]
        planned.artefact = self.by_id.get(planned.id)
        if not planned.id:
            known = self.titles.get((planned.kind, planned.title.casefold()), [])
            several = f"there are several of that title: {', '.join(one.id for one in known)}" if known else ""
            self.tell("problem", row, ID, several or "neither an id nor a title", "give the row its id")
            return False
        if planned.artefact is None and not planned.title:
            self.tell("problem", row, ID, f"there is no {planned.kind} {planned.id}, and no title to make one of")
            return False
        planned.title = planned.title or (planned.artefact.title if planned.artefact else "")
        return self._usable(row, planned)

    def _usable(self, row: Filled, planned: Row) -> bool:
        artefact = planned.artefact
        if artefact is None or (artefact.kind == planned.kind and artefact.valid):
            return True
        if artefact.kind != planned.kind:
            self.tell("problem", row, ID, f"{artefact.id} is a {artefact.kind}, not a {planned.kind}")
        else:
            said = f"{artefact.id} has errors ({artefact.document.path}:{artefact.span().line})"
            self.tell("problem", row, ID, said, "correct them first: `aimsctl validate`")
        return False

    def first(self, row: Filled, planned: Row) -> bool:
        """Whether no other row has set something of the same artefact, or of the same entry of its list."""
        here = f"{row.sheet.name} row {row.number}"
        named = planned.title if planned.kind == SOA else planned.entry
        key = None if not planned.rows else here if named is None else named
        first = self.seen.setdefault((planned.id, planned.rows, key), here)
        if first != here:
            said = planned.title if planned.rows else planned.id
            self.tell("problem", row, "control" if planned.rows else ID, f"{said} is there already, in {first}")
        return first == here

    def _entry(self, row: Filled, planned: Row) -> bool:
        """Finds the entry of the artefact's list that the row is; a row without a number that is known is a new one."""
        table = row.layout.table
        planned.id = row.text(ID) or (self._statement() if table.name == SOA else "")
        planned.artefact = self.by_id.get(planned.id)
        if planned.artefact is not None:
            planned.kind = planned.artefact.kind
        part = next((part for part in table.parts if part.kind.name == planned.kind), None)
        if part is None or (planned.artefact is None and table.name != SOA):
            self.tell("problem", row, ID, f"{planned.id or 'the row'} is no artefact of this table", _NOT_YET)
            return False
        planned.rows = part.rows
        if not self._usable(row, planned):
            return False
        listed = planned.artefact.data.get(part.rows) if planned.artefact is not None else None
        entries = listed if isinstance(listed, list) else []
        return self._key(row, planned, entries)

    def _statement(self) -> str:
        statements = self.facts.workspace.of(SOA)
        return statements[0].id if len(statements) == 1 else "" if statements else "SOA-01"

    def _key(self, row: Filled, planned: Row, entries: list[Any]) -> bool:
        """Finds which entry of the list the row is; False, with a word, where it names none that can be there."""
        if row.layout.table.name == SOA:
            return self._control(row, planned, entries)
        number = row.cells.get(ROW, (None, 0))[0]
        planned.title = planned.title or row.text("what") or planned.id
        if number is None:
            return True
        if not isinstance(number, int):
            number = int(number) if isinstance(number, str) and number.isdecimal() else 0
        if not 1 <= number <= len(entries):
            self.tell("problem", row, ROW, f"{planned.id} has no row {row.text(ROW)}", "leave it empty for a new one")
            return False
        planned.entry = number - 1
        return True

    def _control(self, row: Filled, planned: Row, entries: list[Any]) -> bool:
        said = row.text("control")
        own = said.partition("\n")[0].partition(" ")[0]
        if own in self.by_id and own != said:  # with its title behind it
            said, row.cells["control"] = own, (own, row.cells["control"][1])
        control = said if said in self.by_id else control_id(said)
        if control is None or (control not in self.by_id and control not in control_titles()):
            self.tell("problem", row, "control", f"{said or 'an empty cell'} is no control of Annex A or of our own")
            return False
        planned.title = control
        places = [at for at, one in enumerate(entries) if isinstance(one, dict) and one.get("control") == control]
        planned.entry = places[0] if places else None
        return True
