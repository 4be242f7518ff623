"""How readiness moved: the counts of the gap analysis at several moments of the history, oldest first."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from aimsctl.assessment.readiness import Summary, summarise

if TYPE_CHECKING:
    from aimsctl.assessment.gap import GapReport

By = Literal["month", "tag", "commit"]
_SHORT: Final = 10  # characters of a commit's id
GOOD: Final = {"documented": "complete", "implemented": "complete", "operating": "current"}
"""The word that counts as good, for each of the three states."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A state of the history to look at: what to call it, its commit, and the day it is judged on."""

    label: str
    commit: str
    as_of: dt.date


@dataclass(frozen=True, slots=True)
class Point:
    """What the gap analysis counted at a moment."""

    moment: Moment
    summary: Summary

    @property
    def good(self) -> Mapping[str, int]:
        """For each state, of how many requirements it is good."""
        return {state: self.summary.states[state].get(word, 0) for state, word in GOOD.items()}


def point(moment: Moment, report: GapReport) -> Point:
    """The counts of a report."""
    return Point(moment, summarise(report))


def dated(line: Iterable[tuple[str, int]]) -> list[tuple[str, dt.date]]:
    """The commits of a line, newest first with the Unix time they claim, as commits with days, oldest first.

    A commit never counts as older than the one before it, whatever it claims; what lies outside the calendar counts as
    its end.
    """
    newest, found = dt.date.min, []
    for identifier, seconds in reversed(list(line)):
        newest = max(newest, _day(seconds))
        found.append((identifier, newest))
    return found


def _day(seconds: int) -> dt.date:
    try:
        return dt.datetime.fromtimestamp(seconds, dt.UTC).date()
    except (ValueError, OverflowError, OSError):
        return dt.date.max


def by_month(commits: Sequence[tuple[str, dt.date]], first: dt.date | None, last: dt.date) -> Iterator[Moment]:
    """The state at the end of each month, judged on that day; the last month on the last day. Nothing lies after it."""
    begun = [day for _, day in commits if day <= last]
    if not begun:
        return
    day, position = max(begun[0], first or begun[0]), 0
    while day <= last:
        end = min(day.replace(day=calendar.monthrange(day.year, day.month)[1]), last)
        while position + 1 < len(commits) and commits[position + 1][1] <= end:
            position += 1
        yield Moment(end.strftime("%Y-%m"), commits[position][0], end)
        if end == last:
            return
        day = end + dt.timedelta(days=1)


def by_commit(commits: Sequence[tuple[str, dt.date]], first: dt.date | None, last: dt.date) -> Iterator[Moment]:
    """Every commit, judged on its day."""
    for identifier, day in commits:
        if (first is None or day >= first) and day <= last:
            yield Moment(identifier[:_SHORT], identifier, day)


def by_tag(
    commits: Sequence[tuple[str, dt.date]], tags: Iterable[tuple[str, str]], first: dt.date | None, last: dt.date
) -> Iterator[Moment]:
    """Every tagged commit of the line, under the name of its tag, judged on its day."""
    names: dict[str, list[str]] = {}
    for name, identifier in tags:
        names.setdefault(identifier, []).append(name)
    for moment in by_commit(commits, first, last):
        for name in sorted(names.get(moment.commit, ())):
            yield Moment(name, moment.commit, moment.as_of)
