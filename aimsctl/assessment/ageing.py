"""How old things are: reviews by how near they are, and the evidence that controls owe by its newest record."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from aimsctl.assessment.calendar import parse_date
from aimsctl.assessment.predicates import Result
from aimsctl.assessment.responsible import title_of
from aimsctl.assessment.sentences import joined

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from aimsctl.assessment.facts import Facts
    from aimsctl.assessment.gap import GapReport
    from aimsctl.assessment.items import Item

Record = dict[str, Any]
EVIDENCE_STATES: Final = ("fresh", "stale", "failing", "missing", "unknown")
_NEXT: Final = 12  # reviews listed that are not overdue yet


def reviews(facts: Facts) -> Record:
    """How many reviews are overdue, fall due within the warning time, or are in time; the overdue and the next ones."""
    last = facts.period("warn_before").after(facts.as_of)
    dated = [(parse_date(item.get("next_review")), item) for item in facts.by_id.values() if facts.counts(item)]
    known = sorted((day.isoformat(), item.id, item) for day, item in dated if day is not None)
    today, limit = facts.as_of.isoformat(), last.isoformat()
    overdue = [row for row in known if row[0] < today]
    ahead = [row for row in known if row[0] >= today]
    soon = sum(day <= limit for day, _, _ in ahead)
    return {
        "overdue": len(overdue),
        "soon": soon,
        "in_time": len(ahead) - soon,
        "warn_before": facts.period("warn_before").words,
        "next": [_review(facts, date.fromisoformat(day), item) for day, _, item in (*overdue, *ahead[:_NEXT])],
    }


def _review(facts: Facts, day: date, item: Item) -> Record:
    return {
        "id": item.id,
        "title": str(item.get("title")),
        "owner": title_of(facts, item.get("owner")),
        "due": day.isoformat(),
        "days_left": (day - facts.as_of).days,
        "overdue": day < facts.as_of,
    }


def evidence(report: GapReport) -> Record:
    """Every row of evidence that controls owe, each once, with its newest record; and how many are in which state.

    `note` says of evidence that does not count why, and of evidence that is good today when it was not.
    """
    rows = {_key(row): row for row in _owed(report)}
    counted = Counter(row["state"] for row in rows.values())
    return {"counts": {state: counted.get(state, 0) for state in EVIDENCE_STATES}, "rows": list(rows.values())}


def _owed(report: GapReport) -> Iterator[Record]:
    lapsed = dict(_lapsed(report))
    for one in report.requirements:
        for answer in one.answers:
            if answer.test.predicate == "receipts":
                for outcome in answer.outcomes:
                    if outcome.item is not None and outcome.words.get("state"):
                        row = _row(report.as_of, outcome.item.top, outcome.words, one.id, outcome.result)
                        told = outcome.words.get("doubt") or outcome.words.get("strays")
                        yield {**row, "note": str(told or lapsed.get(_key(row), ""))}


def _lapsed(report: GapReport) -> Iterator[tuple[tuple[str, ...], str]]:
    """The rows that are good today and were not always, with when and why."""
    answers = (answer for one in report.requirements for answer in one.answers if answer.test.predicate == "receipts")
    for outcome in (outcome for answer in answers for outcome in answer.having(Result.FAIL)):
        words, causes = outcome.words, outcome.words.get("causes")
        if outcome.item is not None and isinstance(causes, list):
            yield _names(outcome.item.top, words), f"not good {words['lapses']}: {joined(causes)}"


def _names(control: Item, words: Mapping[str, object]) -> tuple[str, ...]:
    """What tells one row from another: control, evidence, system and version."""
    said = (str(words.get(name) or "") for name in ("evidence", "system", "model_version"))
    return (control.id, *said)


def _key(row: Record) -> tuple[str, ...]:
    return row["control"], row["evidence"], row["system"], row["version"]


def _row(as_of: date, control: Item, words: Mapping[str, object], requirement: str, result: Result) -> Record:
    state, newest = words.get("state"), parse_date(words.get("newest"))
    return {
        **dict(zip(("control", "evidence", "system", "version"), _names(control, words), strict=True)),
        "title": str(control.get("title")),
        "requirement": requirement,
        "state": state if state in EVIDENCE_STATES and result is not Result.UNKNOWN else "unknown",
        "newest": words.get("newest"),
        "age_days": (as_of - newest).days if newest is not None else None,
        "due_since": words.get("due_since"),
    }
