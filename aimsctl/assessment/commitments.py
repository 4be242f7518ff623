"""What carries a date: actions, reviews, assessments, evidence that will be stale, waivers, acceptances, plans."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aimsctl.assessment.calendar import Duration, parse_date, parse_duration
from aimsctl.assessment.computed.common import action_open
from aimsctl.assessment.grades import OPPORTUNITY, UNKNOWN, WORST_FIRST
from aimsctl.assessment.predicates import Result
from aimsctl.workspace.kinds import kind, kind_names

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from aimsctl.assessment.facts import Facts
    from aimsctl.assessment.gap import Assessed, GapReport
    from aimsctl.assessment.items import Item
    from aimsctl.assessment.predicates import Outcome
    from aimsctl.assessment.states import Answer
    from aimsctl.diagnostics import Span


@dataclass(slots=True, eq=False)
class Duty:
    """One thing to do. `requirements` are those that it keeps from conforming, `grade` the heaviest of these."""

    due: date | None
    source: str
    what: str
    id: str
    title: str
    owner: str
    span: Span
    grade: str = ""
    requirements: list[str] = field(default_factory=list)

    def counts_for(self, requirement: str, grade: str) -> None:
        """Note that this also answers a gap of the requirement."""
        if requirement not in self.requirements:
            self.requirements.append(requirement)
        if not self.grade or WORST_FIRST.index(grade) < WORST_FIRST.index(self.grade):
            self.grade = grade


def dated(report: GapReport) -> Iterator[Duty]:
    """Everything with a date: actions and plans whenever they fall due, what ages only from the warning time on."""
    facts = report.facts
    last = facts.period("warn_before").after(facts.as_of)
    yield from _actions(facts)
    yield from _plans(facts)
    assessments = list(_assessments(facts))
    again = {(one.id, one.due) for one in assessments}  # assessing a risk again is its review
    reviews = [one for one in _reviews(facts) if (one.id, one.due) not in again]
    ageing = (*reviews, *assessments, *_lapsing(facts), *_evidence(report), *_records(report))
    yield from (one for one in ageing if one.due is None or one.due <= last)


def _duty(item: Item, due: date | None, source: str, what: str, at: str = "") -> Duty:
    """A duty about an artefact, done by the owner; `at` is the field that says so."""
    top = item.top
    owner = top.get("owner")
    span = item.span(at)
    if span is None:
        raise ValueError(at)  # everything with a date stands in an artefact
    return Duty(due, source, what, top.id, str(top.get("title")), owner if isinstance(owner, str) else "", span)


def _actions(facts: Facts) -> Iterator[Duty]:
    """The open actions of every list that has the shape of one: what, by whom, due."""
    for name in kind_names():
        known = kind(name)
        paths = () if known is None else known.fields
        for path in paths:
            if f"{path}.what" in paths and f"{path}.due" in paths:
                rows = (row for row in facts.standing(f"{name}.{path}") if action_open(row) is True)
                yield from (_action(row) for row in rows)


def _action(row: Item) -> Duty:
    found = _duty(row, parse_date(row.data.get("due")), "action", str(row.data.get("what") or ""))
    by = row.data.get("by")
    if isinstance(by, str):
        found.owner = by
    return found


def _plans(facts: Facts) -> Iterator[Duty]:
    for row in facts.standing("audit-programme.planned"):
        if row.get("done") is not True:
            yield _duty(row, parse_date(row.data.get("due")), "plan", f"Carry out the planned audit {row.id}.")
    for row in facts.standing("soa.entries"):
        planned = parse_date(row.data.get("planned_for"))
        if planned is not None and row.data.get("status") in ("planned", "partial"):
            what = f"Have control {row.data.get('control')} in place."
            found = _duty(row, planned, "plan", what, "planned_for")
            owner = row.data.get("owner")
            found.owner = owner if isinstance(owner, str) else found.owner
            yield found
        again = parse_date(row.data.get("exclusion_review"))
        if again is not None and row.data.get("applicable") is False:
            what = f"Look again at why control {row.data.get('control')} is excluded."
            yield _duty(row, again, "review", what, "exclusion_review")
    for objective in facts.standing("objective"):
        if objective.get("progress") != "reached" and (due := parse_date(objective.data.get("due"))) is not None:
            yield _duty(objective, due, "plan", "Reach the objective.", "due")


def _reviews(facts: Facts) -> Iterator[Duty]:
    for item in facts.by_id.values():
        if facts.counts(item) and (due := parse_date(item.get("next_review"))) is not None:
            yield _duty(item, due, "review", "Review it.", "review.last")


def _assessments(facts: Facts) -> Iterator[Duty]:
    for risk in facts.standing("risk"):
        if (due := parse_date(risk.get("next_due"))) is not None:
            yield _duty(risk, due, "assessment", "Assess the risk again.")


def _lapsing(facts: Facts) -> Iterator[Duty]:
    for waiver in facts.standing("waiver"):
        if (until := parse_date(waiver.data.get("until"))) is not None:
            yield _duty(waiver, until, "waiver", "Close the gap before the waiver ends, or renew it.", "until")
    for risk in facts.standing("risk"):
        if (until := parse_date(risk.data.get("accepted_until"))) is not None:
            yield _duty(risk, until, "acceptance", "Accept what remains again, or treat it further.", "accepted_until")


def _evidence(report: GapReport) -> Iterator[Duty]:
    """Rows of evidence that controls owe: what is missing, stale or failing, and what soon will be stale.

    Of what ages faster than the warning time only what is not good: a warning that is always on warns nobody.
    """
    fast = report.facts.period("warn_before")
    seen: dict[tuple[object, ...], Duty] = {}
    for one, answer, outcome in _outcomes(report, "receipts"):
        words = outcome.words
        if outcome.item is None or not words.get("state"):
            continue
        if words["state"] == "fresh" and not _outlasts(report.facts, _limit_of(outcome.item.top, outcome), fast):
            continue
        key = (outcome.item.top.id, words["evidence"], words.get("system"), words.get("model_version"))
        if key not in seen:
            seen[key] = _owed(outcome.item.top, outcome)
        if outcome.result is Result.FAIL or words.get("doubt"):
            grade = answer.test.fails_as if answer.test.fails_as in WORST_FIRST else one.grade
            seen[key].counts_for(one.id, UNKNOWN if words.get("doubt") and grade != OPPORTUNITY else grade)
    yield from seen.values()


def _owed(control: Item, outcome: Outcome) -> Duty:
    words = outcome.words
    newest, limit = parse_date(words.get("newest")), _limit_of(control, outcome)
    goes_stale = limit.after(newest) if newest is not None and limit is not None else None
    due = goes_stale or parse_date(words.get("due_since"))
    about = " ".join(str(word) for word in (words.get("system"), words.get("model_version")) if word)
    state = str(words.get("state") or "unknown")
    if words.get("doubt"):
        said = f"does not count: {words['doubt']}"
    elif state == "fresh":
        said = "goes stale then: run the control again"
    elif due is not None and due >= control.facts.as_of:
        said = "is owed by then"
    else:
        said = f"is {state}: run the control and record it"
    return _duty(control, due, "evidence", f"Evidence {words['evidence']} for {about} {said}.", outcome.at)


def _limit_of(control: Item, outcome: Outcome) -> Duration | None:
    """How old the newest evidence of the row may be."""
    rows, index = control.data.get("evidence"), outcome.at.rpartition(".")[2]
    if isinstance(rows, list) and index.isdigit() and int(index) < len(rows) and isinstance(rows[int(index)], dict):
        return parse_duration(rows[int(index)].get("max_age"))
    return None


def _outlasts(facts: Facts, limit: Duration | None, other: Duration) -> bool:
    return limit is not None and limit.after(facts.as_of) > other.after(facts.as_of)


def _records(report: GapReport) -> Iterator[Duty]:
    """Records of the management system that must be renewed: audit, review, training and the like."""
    facts = report.facts
    seen: set[tuple[str, str]] = set()
    for one, answer, outcome in _outcomes(report, "recent"):
        item = outcome.item
        if item is None or not outcome.passes or (answer.test.id, one.id) in seen or not answer.at_home:
            continue
        seen.add((answer.test.id, one.id))
        name = answer.test.args.get("date")
        day = facts.dated(item, name if isinstance(name, str) else None)
        limit = _limit(facts, str(answer.test.args.get("within")))
        if day is not None and limit is not None:
            duty = _duty(item, limit.after(day), "evidence", f"The newest record for {one.id} goes stale then.")
            duty.requirements.append(one.id)
            yield duty


def _limit(facts: Facts, within: str) -> Duration | None:
    found = parse_duration(within) or facts.limit(within)
    return found if isinstance(found, Duration) else None


def _outcomes(report: GapReport, predicate: str) -> Iterator[tuple[Assessed, Answer, Outcome]]:
    for one in report.requirements:
        for answer in one.answers:
            if answer.test.predicate == predicate:
                yield from ((one, answer, outcome) for outcome in answer.outcomes)
