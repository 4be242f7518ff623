"""What is to be done, by whom, and by when: dated duties first, then the gaps that no date is set for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aimsctl.assessment import commitments
from aimsctl.assessment.commitments import Duty
from aimsctl.assessment.grades import CONFORMS, NOT_APPLICABLE, WORST_FIRST
from aimsctl.assessment.responsible import owner_id, title_of
from aimsctl.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from aimsctl.assessment.facts import Facts
    from aimsctl.assessment.gap import Assessed, GapReport, Reason
    from aimsctl.assessment.items import Item
    from aimsctl.diagnostics import Span

Record = dict[str, Any]
_TOLD_BY_EVIDENCE: Final = "receipts"
_TOLD_BY_ASSESSMENT: Final = "risks-on-time"


def duties(report: GapReport, owner: str = "") -> Record:
    """Everything that is due, most urgent first; with `owner`, of that role, person or title. Raises UsageError.

    A gap that follows from something with a date stands there, under `requirements`. Undated gaps come last, the
    heaviest first. `warn_before` is how long ahead reviews and evidence are told.
    """
    facts = report.facts
    wanted = _owner(facts, owner) if owner else None
    dated = list(commitments.dated(report))
    found = [*dated, *_gaps(report, dated)]
    found = [one for one in found if wanted is None or one.owner in wanted]
    rows = [_row(facts, one) for one in sorted(found, key=_urgency)]
    return {
        "as_of": report.as_of.isoformat(),
        "warn_before": facts.period("warn_before").words,
        "owner": owner,
        "counts": {
            "overdue": sum(row["overdue"] for row in rows),
            "soon": sum(row["soon"] for row in rows),
            "later": sum(row["due"] is not None and not row["overdue"] and not row["soon"] for row in rows),
            "undated": sum(row["due"] is None for row in rows),
        },
        "duties": rows,
    }


def _owner(facts: Facts, named: str) -> frozenset[str]:
    """The ids of the roles that a role's id or title, or a person's id or name, stands for."""
    folded = named.casefold()
    roles = [item for item in facts.items("role") if folded in (item.id.casefold(), str(item.get("title")).casefold())]
    people = {
        item.id for item in facts.items("person") if folded in (item.id.casefold(), str(item.get("title")).casefold())
    }
    found = {*(role.id for role in roles), *people}
    found |= {role.id for role in facts.items("role") if role.get("holder") in people}
    if not found:
        raise UsageError(f"there is no role or person {named}", hint="`aimsctl list role` shows the roles")
    return frozenset(found)


def _urgency(one: Duty) -> tuple[object, ...]:
    weight = WORST_FIRST.index(one.grade) if one.grade in WORST_FIRST else len(WORST_FIRST)
    return (one.due is None, one.due.isoformat() if one.due else "", weight, one.source, one.id, one.what)


def _row(facts: Facts, one: Duty) -> Record:
    role = facts.find(one.owner, "role")
    holder = title_of(facts, role.get("holder")) if role is not None else ""
    overdue = one.due is not None and one.due < facts.as_of
    return {
        "due": one.due.isoformat() if one.due is not None else None,
        "overdue": overdue,
        "soon": one.due is not None and not overdue and one.due <= facts.period("warn_before").after(facts.as_of),
        "source": one.source,
        "what": one.what,
        "id": one.id,
        "title": one.title,
        "owner": one.owner,
        "owner_title": title_of(facts, one.owner),
        "holder": holder,
        "grade": one.grade,
        "requirements": list(one.requirements),
        "path": one.span.path,
        "line": one.span.line,
    }


def _gaps(report: GapReport, dated: list[Duty]) -> Iterator[Duty]:
    """The gaps, each once; one that a dated duty answers is noted there instead."""
    owners = _Owners(report)
    told: dict[tuple[str, int, str], Duty] = {}
    for one in report.requirements:
        if one.grade in (CONFORMS, NOT_APPLICABLE) or one.waived is not None:
            continue
        for reason in _told(one):
            key = (reason.span.path, reason.span.line, reason.do)
            answered = told.get(key) or next((duty for duty in dated if _answers(duty, reason)), None)
            if answered is not None:
                answered.counts_for(one.id, reason.grade)
                continue
            what = f"{reason.message} {reason.do}".strip()
            owner = owners.of(reason.span, one.id)
            told[key] = Duty(
                None, "gap", what, one.id, one.requirement.title, owner, reason.span, reason.grade, [one.id]
            )
    return iter(told.values())


def _told(one: Assessed) -> Iterator[Reason]:
    """The reasons to act on: those told here, without what rows of evidence and other reasons say already.

    That evidence lapsed in the past is no row of it.
    """
    receipts = (answer.test for answer in one.answers if answer.test.predicate == _TOLD_BY_EVIDENCE)
    evidence = {test.id for test in receipts if "lapses" not in test.args}
    reasons = [reason for reason in one.reasons if not reason.home and reason.grade in WORST_FIRST]
    for reason in reasons:
        summing_up = not reason.state and len(reasons) > 1
        if reason.test not in evidence and not summing_up and reason.grade not in (CONFORMS, NOT_APPLICABLE):
            yield reason


def _answers(duty: Duty, reason: Reason) -> bool:
    if duty.span.path != reason.span.path:
        return False
    if duty.source == "assessment":
        return reason.test == _TOLD_BY_ASSESSMENT and duty.span.pointer == reason.span.pointer
    inside = reason.span.pointer == duty.span.pointer or reason.span.pointer.startswith(f"{duty.span.pointer}/")
    return bool(duty.span.pointer) and inside


class _Owners:
    """Who acts on a gap: the owner of the artefact it points at, else of the requirement."""

    def __init__(self, report: GapReport) -> None:
        self._facts = report.facts
        self._items: dict[str, list[tuple[str, Item]]] = {}
        for item in report.facts.by_id.values():
            span = item.span()
            if span is not None and item.kind != "soa":
                self._items.setdefault(span.path, []).append((span.pointer, item))

    def of(self, span: Span, requirement: str) -> str:
        """The id of the role; empty where nobody is named."""
        around = self._around(span)
        for item in sorted(around, key=lambda pair: -len(pair[0])):
            owner = item[1].get("owner")
            if isinstance(owner, str):
                return owner
        return owner_id(self._facts, requirement)

    def _around(self, span: Span) -> Iterable[tuple[str, Item]]:
        for pointer, item in self._items.get(span.path, ()):
            if not pointer or span.pointer == pointer or span.pointer.startswith(f"{pointer}/"):
                yield pointer, item
