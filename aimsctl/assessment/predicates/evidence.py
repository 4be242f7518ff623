"""The predicate about proof that controls run: receipts.

A control owes evidence row by row: an evidence entry for one AI system and, where the entry asks for it, one current
model version. Dated records are read from the workspace; signed receipts come from the ledger's summary.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from aimsctl.assessment.calendar import Duration, parse_date, parse_duration
from aimsctl.assessment.predicates.base import Outcome, Question, Result, predicate, unless_unreadable
from aimsctl.assessment.receipts import CAUSES, MISSING, UNVERIFIED, Owed, doubt, lapses, standing, strays

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from aimsctl.assessment.items import Item

_BAD = {"failed", "error", "inconclusive", "problem", "do_not_release", "rework"}


@predicate("receipts")
def receipts(question: Question) -> list[Outcome]:
    """An answer a row owed: fresh passes, stale, failing and missing fail; gives the words that name the row.

    Where a record of the row's kind could not be read, fresh is unknown: what could not be read may be the newest.
    """
    found = question.select()
    rows = [row for control in found.items for row in owed_rows(control)]
    if "lapses" in question.args:
        window = question.facts.period(question.text("lapses"))
        return [answer for row in rows if (answer := _lapsed(row, window)) is not None]
    return [_answer(row, question) for row in rows] + _untold(question, found.items)


def _untold(question: Question, controls: list[Item]) -> list[Outcome]:
    """An unknown for each control that owes for all systems while one of them could not be read."""
    if not question.unreadable(("ai-system",)):
        return []
    return [Outcome(Result.UNKNOWN, control, reads=("ai-system",)) for control in controls if _owes_for_all(control)]


def _owes_for_all(control: Item) -> bool:
    return not control.data.get("ai_systems") and any(
        entry.get("kind") != "records" and not entry.get("ai_systems") for entry in _entries(control)
    )


def owed_rows(control: Item) -> Iterable[Owed]:
    """The rows of evidence that a control owes."""
    for index, entry in enumerate(_entries(control)):
        for named, system in _systems(control, entry):
            for version in _versions(system, entry):
                yield Owed(control, entry, index, system, version, named if system is None else "")


def _entries(control: Item) -> list[Mapping[str, object]]:
    entries = control.data.get("evidence")
    return [entry for entry in entries if isinstance(entry, Mapping)] if isinstance(entries, list) else []


def _systems(control: Item, entry: Mapping[str, object]) -> list[tuple[str, Item | None]]:
    """The AI systems by the id that names them; an id that leads nowhere takes no duty away."""
    named = entry.get("ai_systems") or control.data.get("ai_systems")
    if isinstance(named, list) and named:
        return [(str(name), control.facts.find(name, "ai-system")) for name in named]
    if entry.get("kind") == "records":
        return [("", None)]  # a record of the organisation, not of a system
    return [(system.id, system) for system in control.facts.systems_of(control)]


def _versions(system: Item | None, entry: Mapping[str, object]) -> list[str]:
    if system is None or entry.get("per_model_version") is not True:
        return [""]
    rows = (row for row in model_rows(system) if row.get("current") is True)
    return [str(row.data.get("version")) for row in rows] or [""]


def model_rows(system: Item) -> Iterable[Item]:
    """The model versions of a system."""
    return (row for row in system.facts.items("ai-system.models") if row.holder is system)


def _answer(row: Owed, question: Question) -> Outcome:
    if row.lost:
        state, day = "missing", None
    elif row.entry.get("kind") == "records":
        state, day = _records(row)
    else:
        state, day = standing(row)
    due_since = _due_since(row)
    words = {
        "due_since": due_since.isoformat() if due_since is not None else None,
        "evidence": row.entry.get("id"),
        "system": row.lost or ("all systems" if row.system is None else row.system.get("title")),
        "model_version": row.version,
        "state": state,
        "newest": day,
        "strays": strays(row) if state == MISSING and not row.lost and row.entry.get("kind") != "records" else "",
        "row_system": row.system,
    }
    at = f"evidence.{row.index}"
    reads = (str(row.entry.get("record")).partition(".")[0],) if row.entry.get("kind") == "records" else ()
    if state == UNVERIFIED:
        return Outcome(Result.UNKNOWN, row.control, {**words, "doubt": doubt(row)}, at, reads=reads)
    if state == "fresh":
        result = Result.UNKNOWN if question.unreadable(reads) else Result.PASS
        return Outcome(result, row.control, words, at, reads=reads)
    shows = {"stale": "stale", "failing": "failing", "missing": "absent"}[state]
    failure = Outcome(Result.FAIL, row.control, words, at, shows, reads)
    return unless_unreadable(question, ("ai-system",), failure) if row.lost else failure


def _lapsed(row: Owed, window: Duration) -> Outcome | None:
    """Of a row that is fresh today: whether it lapsed within that time; gives `lapses`, `since`, `causes`."""
    if row.lost or row.entry.get("kind") == "records" or standing(row)[0] != "fresh":
        return None
    found = dict(lapses(row, window.before(row.control.facts.as_of)))
    days = sorted(found)
    words = {
        "evidence": row.entry.get("id"),
        "system": "all systems" if row.system is None else row.system.get("title"),
        "model_version": row.version,
        "lapses": _days(days),
        "since": days[0].isoformat() if days else None,
        "causes": [cause for cause in CAUSES if cause in found.values()],
        "row_system": row.system,
    }
    return Outcome(Result.FAIL if found else Result.PASS, row.control, words, f"evidence.{row.index}", "stale")


def _days(days: list[date]) -> str:
    """The days as people say them: on 2026-09-15, or on 10 days from 2026-09-15 to 2026-09-24."""
    if len(days) < 2:  # noqa: PLR2004 - one day is no span
        return "".join(f"on {day.isoformat()}" for day in days)
    return f"on {len(days)} days from {days[0].isoformat()} to {days[-1].isoformat()}"


def _due_since(row: Owed) -> date | None:
    """The day by which the first evidence was due: its longest age after the row began to be owed."""
    limit = parse_duration(row.entry.get("max_age"))
    begins = [parse_date(row.control.get("in_force_since")), parse_date(row.entry.get("owed_from"))]
    begins += [parse_date(model.get("released")) for model in _models(row)]
    known = [day for day in begins if day is not None]
    return limit.after(max(known)) if limit is not None and known else None


def _models(row: Owed) -> Iterable[Item]:
    if row.system is None or not row.version:
        return ()
    return (model for model in model_rows(row.system) if model.data.get("version") == row.version)


def _records(row: Owed) -> tuple[str, str | None]:
    """fresh, stale, failing or missing, with the day of the newest record that fits the row."""
    facts = row.control.facts
    dated = [(facts.dated(item), item) for item in facts.standing(str(row.entry.get("record"))) if _fits(row, item)]
    past = [(day, item) for day, item in dated if day is not None and day <= facts.as_of]
    if not past:
        return "missing", None
    day, newest = max(past, key=lambda pair: pair[0])
    if newest.get("result") in _BAD:
        return "failing", day.isoformat()
    limit = parse_duration(row.entry.get("max_age"))
    fresh = limit is not None and limit.before(facts.as_of) <= day and _enough(row, [day for day, _ in past])
    return ("fresh" if fresh else "stale"), day.isoformat()


def _enough(row: Owed, days: list[object]) -> bool:
    count, per = row.entry.get("min_count"), parse_duration(row.entry.get("per"))
    if not isinstance(count, int) or per is None:
        return True
    start = per.before(row.control.facts.as_of)
    return sum(1 for day in days if str(day) >= start.isoformat()) >= count


def _fits(row: Owed, item: Item) -> bool:
    """A record fits unless it names other controls, other systems or another version."""
    checks, version = item.get("checks"), item.get("model_version")
    if isinstance(checks, list) and row.control.id not in checks:
        return False
    if row.version and isinstance(version, str) and version != row.version:
        return False
    named = item.get("ai_systems") or item.get("ai_system")
    ids = named if isinstance(named, list) else [named] if named else []
    return row.system is None or not ids or row.system.id in ids
