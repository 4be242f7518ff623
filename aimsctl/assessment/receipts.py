"""How a row of owed evidence stands by the signed receipts of the ledgers, and where it lapsed.

Days end at midnight UTC. Counts and coverage are those of the day before the day of judgement, the last whole one.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from aimsctl.assessment.calendar import Duration, parse_duration, parse_limit

if TYPE_CHECKING:
    from aimsctl.assessment.items import Item
    from aimsctl.evidence.summary import Evidence, Run

FRESH, STALE, FAILING, MISSING, UNVERIFIED = "fresh", "stale", "failing", "missing", "unverified"
NOTHING_RECENT, TOO_FEW = "nothing recent enough", "too few receipts"
LOW_COVERAGE, LATE_REVIEW = "coverage too low", "a review ended late"
CAUSES: Final = (NOTHING_RECENT, TOO_FEW, LOW_COVERAGE, LATE_REVIEW)
_DAY: Final = timedelta(days=1)
_BAD: Final = ("failed", "error")
_RAN: Final = ("passed", *_BAD)


@dataclass(frozen=True, slots=True)
class Owed:
    """One row of evidence that a control owes; `lost` is the id that it names where that leads to no AI system."""

    control: Item
    entry: Mapping[str, object]
    index: int
    system: Item | None
    version: str
    lost: str = ""


def standing(row: Owed) -> tuple[str, str | None]:
    """fresh, stale, failing, missing or unverified, with the day of the newest receipt that counts.

    Unverified: there are receipts that fit, and none that counts, or a ledger could not be read, or nobody took the
    count that coverage is measured by.
    """
    key = row.control.id, row.index, "" if row.system is None else row.system.id, row.version
    known = row.control.facts.standings
    if key not in known:
        known[key] = _standing(row)
    return known[key]


def _standing(row: Owed) -> tuple[str, str | None]:
    evidence = row.control.facts.evidence
    if evidence is None:
        return MISSING, None
    if evidence.unreadable:
        return UNVERIFIED, None
    runs = _runs(row, evidence)
    good = [run for run in runs if not refusal(row.entry, run)]
    passed = [run for run in good if run.result == "passed"]
    bad = [run for run in good if run.result in _BAD]
    if not passed and not bad:
        return (UNVERIFIED if runs else MISSING), None
    newest = max([*passed, *bad], key=lambda run: run.finished)
    if newest.result in _BAD:
        return FAILING, newest.day.isoformat()
    return _fresh_enough(row, passed, evidence), newest.day.isoformat()


def _fresh_enough(row: Owed, passed: list[Run], evidence: Evidence) -> str:
    as_of = row.control.facts.as_of
    limit = parse_duration(row.entry.get("max_age"))
    if limit is None or passed[-1].day < limit.before(as_of):
        return STALE
    if not _enough(row, passed, as_of - _DAY):
        return STALE
    of_all = [run for run in _runs(replace(row, version=""), evidence) if not refusal(row.entry, run)]
    covered = _coverage(row, [run for run in of_all if run.result == "passed"], evidence, as_of - _DAY)
    if covered is None:
        return FRESH
    return UNVERIFIED if covered < 0 else FRESH if covered >= asked_share(row.entry) else STALE


def doubt(row: Owed) -> str:
    """Why the evidence of an unverified row does not count, in words."""
    evidence = row.control.facts.evidence
    if evidence is None:
        return "no ledger was read"
    if evidence.unreadable:
        return f"a ledger could not be read ({evidence.unreadable[0]})"
    refusals = dict.fromkeys(refusal(row.entry, run) for run in _runs(row, evidence))
    refusals.pop("", None)
    return "; ".join(list(refusals)[:2]) or f"nobody counted {row.entry.get('coverage_of')} on the day before"


def lapses(row: Owed, first: date) -> Iterator[tuple[date, str]]:
    """The days since then on which the row was not as it should be, each with what was wrong, one of CAUSES.

    Today apart. A lapse is the control's, whatever version of the model ran that day. A run that failed spoke up: it is
    no lapse while a good one still can follow in time, that is within the row's longest age.
    """
    evidence = row.control.facts.evidence
    if evidence is None:
        return
    row = replace(row, version="")
    good = [run for run in _runs(row, evidence) if not refusal(row.entry, run)]
    passed = [run for run in good if run.result == "passed"]
    late = {run.day for run in good if lateness(row.entry, run, evidence.made) is not None}
    told, days = _told(good), [run.day for run in passed]
    day = max([first, *days[:1]])
    while day < row.control.facts.as_of:
        so_far = passed[: bisect_right(days, day)]
        cause = _cause(row, told[bisect_right(good, day, key=_day) - 1], so_far, evidence, day)
        if cause or day in late:
            yield day, cause or LATE_REVIEW
        day += _DAY


def _day(run: Run) -> date:
    return run.day


def _told(runs: list[Run]) -> list[date]:
    """For each run the day it holds from: its own, or that of the first of those that failed one after another."""
    found: list[date] = []
    failing = False
    for run in runs:
        bad = run.result in _BAD
        found.append(found[-1] if bad and failing else run.day)
        failing = bad
    return found


def lateness(entry: Mapping[str, object], run: Run, made_times: Mapping[tuple[str, str], datetime]) -> timedelta | None:
    """By how much a review of an output ended too late; None if it did not, or nothing says when that was made."""
    limit, made = parse_limit(entry.get("within")), made_times.get((run.system, run.output))
    if limit is None or made is None or run.finished - made <= limit:
        return None
    return run.finished - made - limit


def _cause(row: Owed, told: date, passed: list[Run], evidence: Evidence, day: date) -> str:
    limit = parse_duration(row.entry.get("max_age"))
    if limit is None or told < limit.before(day):
        return NOTHING_RECENT
    if not _enough(row, passed, day):
        return TOO_FEW
    covered = _coverage(row, passed, evidence, day)
    return LOW_COVERAGE if covered is not None and 0 <= covered < asked_share(row.entry) else ""


def _runs(row: Owed, evidence: Evidence) -> list[Run]:
    """The receipts that fit the row, oldest first."""
    return [
        run
        for run in evidence.of(row.control.id)
        if run.day <= row.control.facts.as_of
        and (row.system is None or run.system == row.system.id)
        and (not row.version or run.version == row.version)
        and not misfit(row.entry, run)
    ]


def misfit(entry: Mapping[str, object], run: Run) -> str:
    """Why the receipt is not of an executor or an environment that the evidence is owed of; empty if it is."""
    kinds, environments = entry.get("executor_types"), entry.get("environments")
    if isinstance(kinds, list) and run.executor not in kinds:
        return f"it is by {run.executor}, and runs by {' or '.join(map(str, kinds))} are owed"
    if isinstance(environments, list) and run.environment not in environments:
        owed = " or ".join(map(str, environments))
        return f"it is of {run.environment or 'no environment'}, and runs of {owed} are owed"
    return ""


def strays(row: Owed) -> str:
    """Of a row that no receipt fits: how many there are of its control and system, and why the newest does not fit.

    Empty where there is none.
    """
    evidence, system = row.control.facts.evidence, row.system
    runs = () if evidence is None else evidence.of(row.control.id)
    found = [run for run in runs if run.day <= row.control.facts.as_of and (system is None or run.system == system.id)]
    if not found:
        return ""
    why = misfit(row.entry, found[-1]) or f"it is of version {found[-1].version or 'unknown'}"
    return f"{len(found)} that are there do not fit, the newest since {why}"


def refusal(entry: Mapping[str, object], run: Run) -> str:
    """Why the receipt does not count for the evidence that is owed; empty if it does."""
    if run.why:
        return run.why
    if run.result not in _RAN:
        return f"the control did not run: {run.result}"
    if entry.get("attested_by") == "executor" and run.attested_by != "executor":
        return "only a collector attests it"
    return "no witness saw it" if entry.get("witness") == "required" and not run.witnessed else ""


def _enough(row: Owed, passed: list[Run], last: date) -> bool:
    """Whether there were as many as asked: in the period that ends that day, or since ever where no period is given."""
    count, per = row.entry.get("min_count"), parse_duration(row.entry.get("per"))
    if not isinstance(count, int):
        return True
    if per is None:
        return len(passed) >= count
    return bisect_right(passed, last, key=_day) - bisect_right(passed, per.before(last), key=_day) >= count


def _coverage(row: Owed, passed: list[Run], evidence: Evidence, day: date) -> float | None:
    """The share of what was counted elsewhere that day; None where none is asked; below 0 where nobody counted.

    Counts are of a system, so the receipts of all versions that were live that day are set against them.
    """
    source = row.entry.get("coverage_of")
    if not isinstance(source, str) or row.system is None:
        return None
    there = evidence.counted(source, row.system.id, day)
    if there is None:
        return -1.0
    that_day = passed[bisect_left(passed, day, key=_day) : bisect_right(passed, day, key=_day)]
    seen = sum(run.total or 0 for run in that_day)
    return 1.0 if there == 0 else seen / there


def asked_share(entry: Mapping[str, object]) -> float:
    """The share of a count that is to have a receipt: all of it unless the evidence says less."""
    share = entry.get("coverage_at_least")
    return float(share) if isinstance(share, int | float) else 1.0


def first_needed(controls: Iterable[Item], as_of: date, window: Duration) -> date:
    """The first day whose receipts can matter: the longest age of any evidence owed, or the window of lapses."""
    first = window.before(as_of)
    for control in controls:
        entries = control.data.get("evidence")
        for entry in entries if isinstance(entries, list) else ():
            limit = parse_duration(entry.get("max_age")) if isinstance(entry, Mapping) else None
            if limit is not None:
                first = min(first, limit.before(as_of))
    return first - _DAY
