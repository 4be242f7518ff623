"""Predicates about time: reviewed, recent, closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimsctl.assessment.calendar import parse_date, parse_duration
from aimsctl.assessment.predicates.base import Outcome, Question, Result, predicate, undecided, unless_unreadable
from aimsctl.assessment.selection import newest

if TYPE_CHECKING:
    from datetime import date

    from aimsctl.assessment.calendar import Duration
    from aimsctl.assessment.facts import Facts
    from aimsctl.assessment.items import Item


def _lateness(facts: Facts, due: date) -> Result:
    """PASS by the due day, LATE within the grace after it, FAIL beyond."""
    if due >= facts.as_of:
        return Result.PASS
    return Result.LATE if facts.period("grace").after(due) >= facts.as_of else Result.FAIL


@predicate("reviewed")
def reviewed(question: Question) -> list[Outcome]:
    """An answer an item: whether its next review is not due yet; gives `due`."""
    found = question.select()
    return [_reviewed(item) for item in found.items] + undecided(found)


def _reviewed(item: Item) -> Outcome:
    due = parse_date(item.get("next_review"))
    result = Result.FAIL if due is None else _lateness(item.facts, due)
    at = "review.last" if item.get("review.last") else "review"
    return Outcome(result, item, {"due": None if due is None else due.isoformat()}, at=at)


@predicate("recent")
def recent(question: Question) -> list[Outcome]:
    """One answer: whether the newest item is recent enough; gives `newest`, `limit`. Nothing there shows absent."""
    found = question.select()
    name = question.text("date") or None
    limit = _limit(question)
    latest = newest(found.items, name)
    if not latest:
        absent = Outcome(Result.FAIL, words={"newest": None, "limit": limit.words}, shows="absent")
        return [unless_unreadable(question, found.kinds, absent)]
    day = question.facts.dated(latest[0], name)
    if day is None:
        return []
    words = {"newest": day.isoformat(), "limit": limit.words}
    answer = Outcome(_lateness(question.facts, limit.after(day)), latest[0], words, at=name or "date")
    return [answer if answer.passes else unless_unreadable(question, found.kinds, answer)]


def _limit(question: Question) -> Duration:
    within = question.text("within")
    return parse_duration(within) or question.facts.period(within)


@predicate("closed")
def closed(question: Question) -> list[Outcome]:
    """An answer an action: whether it is not overdue. With tolerate, one answer about the share of overdue ones."""
    found = question.select()
    answers = [_closed(item) for item in found.items]
    overdue = [answer for answer in answers if answer.result is Result.FAIL]
    words = {"overdue_count": len(overdue), "total": len(answers)}
    if "tolerate" not in question.args:
        return [Outcome(answer.result, answer.item, words, at="due") for answer in answers]
    if not answers:
        return []
    tolerated = question.facts.number(question.text("tolerate"))
    if len(overdue) / len(answers) <= tolerated:
        return [Outcome(Result.PASS)]
    return [Outcome(Result.FAIL, overdue[0].item, words, at="due")]


def _closed(item: Item) -> Outcome:
    due = parse_date(item.data.get("due"))
    if item.get("overdue") is not True or due is None:
        return Outcome(Result.PASS, item)
    return Outcome(_lateness(item.facts, due), item)
