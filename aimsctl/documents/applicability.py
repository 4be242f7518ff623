"""The rows of the statement of applicability: every control of Annex A, own controls, and what shows each of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from aimsctl.assessment import ageing
from aimsctl.assessment.computed.registry import listed
from aimsctl.assessment.predicates import Result
from aimsctl.documents.plain import Plain, Record, Records
from aimsctl.workspace.kinds import kind, kind_names

if TYPE_CHECKING:
    from aimsctl.assessment.gap import Assessed, GapReport
    from aimsctl.assessment.items import Item
    from aimsctl.assessment.states import Answer

_MOST: Final = 3
_WORST: Final = ("failing", "missing", "stale", "unknown", "fresh")
_MISSING_ROW: Final = "The statement has no row for this control."


def rows(report: GapReport, records: Records) -> list[Record]:
    """One row a control, in the order of the standard, then the organisation's own controls."""
    proof = Evidence(report, records)
    annex = [_row(report, records, proof, one) for one in report.requirements if one.requirement.type == "control"]
    own = [_own(records, proof, item) for name, item in report.facts.soa_rows.items() if not name.startswith("A.")]
    return [{**row, "newest_evidence": _newest(row)} for row in (*annex, *own)]


def _newest(row: Record) -> Plain | None:
    return max((one["date"] for one in row["evidence"] if one["date"]), default=None)


def _row(report: GapReport, records: Records, proof: Evidence, one: Assessed) -> Record:
    item = report.facts.soa_rows.get(one.id)
    return {
        **_entry(records, item),
        "control": records.link(one.id),
        "group": {"id": one.requirement.parent, "title": _group_title(report, one.requirement.parent)},
        "own": False,
        "in_statement": item is not None,
        **one.states,
        "grade": one.grade,
        "waived": records.link(one.waived.id) if one.waived is not None else None,
        "evidence": proof.of(one, item) if one.applicable else [],
    }


def _own(records: Records, proof: Evidence, item: Item) -> Record:
    name = str(item.data.get("control"))
    return {
        **_entry(records, item),
        "control": records.link(name),
        "group": {"id": "own", "title": "Controls of the organisation's own"},
        "own": True,
        "in_statement": True,
        "documented": None,
        "implemented": None,
        "operating": None,
        "grade": None,
        "waived": None,
        "evidence": proof.of_control([name]),
    }


def _entry(records: Records, item: Item | None) -> Record:
    """The fields of a row; all empty where the statement has no row for the control."""
    known = kind("soa")
    fields = [path.removeprefix("entries.") for path in known.fields if path.startswith("entries.")] if known else []
    if item is None or item.artefact is None:
        many = {"reasons", "risks", "obligations", "implemented_by"}
        empty: Record = {name: [] if name in many else None for name in fields}
        return {**empty, "justification": Plain(_MISSING_ROW)}
    return dict(records.entry(item, "entries"))


def _group_title(report: GapReport, identifier: str) -> str:
    catalogue = report.facts.catalogue
    return next((one.title for one in catalogue.objectives if one.id == identifier), identifier)


class Evidence:
    """What shows that a control is in place: signed receipts, dated records, else the approved documents."""

    def __init__(self, report: GapReport, records: Records) -> None:
        self.facts = report.facts
        self.records = records
        self.owed: dict[str, list[Record]] = defaultdict(list)
        for row in ageing.evidence(report)["rows"]:
            self.owed[row["control"]].append(row)

    def of(self, one: Assessed, entry: Item | None) -> list[Record]:
        """The evidence of a control of Annex A: what controls owe for it, its newest records, or its documents."""
        owing = self._receipts(one.answers)
        dated = self._dated(one)
        if owing or dated:
            return [*owing, *dated]
        named = listed(entry.data.get("implemented_by")) if entry is not None else []
        return [found for name in named[:_MOST] if (found := self._approved(name)) is not None]

    def of_control(self, names: Iterable[str]) -> list[Record]:
        """The evidence that controls owe, each control once with its worst row."""
        return [self._worst(name, self.owed[name]) for name in names if name in self.owed]

    def _receipts(self, answers: Iterable[Answer]) -> list[Record]:
        named: dict[str, None] = {}
        for answer in answers:
            if answer.test.predicate == "receipts":
                named |= {outcome.item.top.id: None for outcome in answer.outcomes if outcome.item is not None}
        return self.of_control(named)

    def _worst(self, name: str, owed: list[Record]) -> Record:
        worst = min(owed, key=lambda row: _WORST.index(row["state"]))
        newest = max((str(row["newest"]) for row in owed if row["newest"]), default=None)
        return self._told("owed by", name, newest, worst["state"])

    def _dated(self, one: Assessed) -> list[Record]:
        """The newest dated artefacts behind the operating state; what controls owe is told apart."""
        found: dict[str, str] = {}
        for item in (*_looked_at(one.answers), *self._served(one.id)):
            day = self.facts.dated(item)
            if (
                day is not None
                and day <= self.facts.as_of
                and item.kind.partition(".")[0] not in ("ai-system", "control")
            ):
                found[item.top.id] = max(found.get(item.top.id, ""), day.isoformat())
        newest = sorted(found.items(), key=lambda pair: (pair[1], pair[0]), reverse=True)[:_MOST]
        return [self._told("record", name, day, "") for name, day in newest]

    def _served(self, requirement: str) -> Iterator[Item]:
        """The records of the kinds that serve the requirement."""
        for name in kind_names():
            known = kind(name)
            if known is not None and known.klass == "record" and requirement in known.serves:
                yield from self.facts.standing(name)

    def _approved(self, name: object) -> Record | None:
        item = self.facts.find(name)
        day = self.facts.dated(item) if item is not None else None
        return None if item is None else self._told("document", item.id, day.isoformat() if day else None, "")

    def _told(self, what: str, name: str, day: str | None, state: str) -> Record:
        return {"what": what, "artefact": self.records.link(name), "date": self.records.text(day), "state": state}


def _looked_at(answers: Iterable[Answer]) -> Iterator[Item]:
    for answer in answers:
        if answer.state == "operating" and answer.test.predicate != "receipts":
            for outcome in answer.outcomes:
                if outcome.item is not None and outcome.item.artefact is not None and outcome.result is not Result.FAIL:
                    yield outcome.item


def counts(rows_: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """How many rows there are, apply, do not apply, are the organisation's own, and stand at which status."""
    found: dict[str, int] = defaultdict(int)
    for row in rows_:
        found["all"] += 1
        found["own" if row["own"] else "annex_a"] += 1
        found["applicable" if row["applicable"] else "excluded"] += 1
        if row["applicable"] and row["status"]:
            found[str(row["status"])] += 1
    return {name: found[name] for name in ("all", "annex_a", "own", "applicable", "excluded", *_STATUS)}


_STATUS: Final = ("implemented", "partly", "planned")
