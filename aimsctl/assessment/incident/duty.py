"""What one control owed in the time that is asked about, and what of it was done.

It ran: there are verified runs, as many as it owes. In part: there are, and some that it owes are missing. Held: none
was due in that time, and the newest run before it was still young enough. Not due: the first run was to come later. It
did not run. Runs that nobody may attest, or only somebody whose word does not count, are none of these: unverified.
That something is missing can be told of ledgers that could be read from end to end, and is unknown otherwise.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from aimsctl.assessment.calendar import parse_date, parse_duration
from aimsctl.assessment.incident.scope import OUTPUT, VERSION, Scope, Seen
from aimsctl.assessment.receipts import asked_share, lateness, misfit, refusal

if TYPE_CHECKING:
    from aimsctl.assessment.items import Item
    from aimsctl.evidence.summary import Run

RAN, IN_PART, HELD, NOT_DUE, UNVERIFIED, DID_NOT_RUN = "ran", "in_part", "held", "not_due", "unverified", "did_not_run"
UNKNOWN: Final = "unknown"
DUE: Final = (RAN, IN_PART, UNVERIFIED, DID_NOT_RUN, UNKNOWN)
STATUSES: Final = (RAN, IN_PART, DID_NOT_RUN, UNVERIFIED, UNKNOWN, HELD, NOT_DUE)
_OF_WHAT_IS_MISSING: Final = (IN_PART, DID_NOT_RUN, UNVERIFIED)
BAD: Final = ("failed", "error")
_DAY: Final = timedelta(days=1)
Receipt: TypeAlias = "tuple[Run, Mapping[str, Any]]"


@dataclass(frozen=True, eq=False)
class Duty:
    """A row of evidence that a control owed of the system, in the light of the receipts."""

    control: Item
    entry: Mapping[str, Any]
    scope: Scope
    seen: Seen
    released: date | None

    @cached_property
    def _all(self) -> list[Receipt]:
        return self.seen.of(self.control.id)

    @cached_property
    def good(self) -> list[Receipt]:
        """The receipts that count, of all times, oldest first."""
        return [pair for pair in self._all if not (misfit(self.entry, pair[0]) or refusal(self.entry, pair[0]))]

    @cached_property
    def inside(self) -> list[Receipt]:
        """Those of the question: that ended in its time, or are about its output; of its version where it is of one."""
        return [pair for pair in self.good if self._asked(pair[0])]

    @cached_property
    def weak(self) -> list[tuple[Receipt, str]]:
        """The receipts of the question that do not count, with the reason."""
        found = []
        for pair in self._all:
            run = pair[0]
            why = misfit(self.entry, run) or refusal(self.entry, run)
            about = run.about is not None and not run.output and self._overlaps(run.about)
            if why and (about or self._asked(run)):
                found.append((pair, why))
        return found

    def _asked(self, run: Run) -> bool:
        if self.scope.kind == VERSION:
            return run.version == self.scope.version and run.finished < self.scope.end
        if self.scope.kind == OUTPUT and run.output:
            return run.output == self.scope.output
        return self.scope.holds(run.finished)

    def _overlaps(self, about: tuple[datetime, datetime]) -> bool:
        return about[0] < self.scope.end and self.scope.begin < about[1]

    @property
    def status(self) -> str:
        """One of the answers."""
        found = self._found
        return UNKNOWN if found in _OF_WHAT_IS_MISSING and not self.seen.whole else found

    @property
    def _found(self) -> str:
        """The answer by what could be read."""
        missing = bool(self.too_few or self.outputs_missed or self.days_uncovered)
        if self.inside:
            return IN_PART if missing or self.silences else RAN
        if self.weak and any(not misfit(self.entry, run) for (run, _), _ in self.weak):
            return UNVERIFIED
        if missing:
            return DID_NOT_RUN
        if not self.scope.live:
            return NOT_DUE
        if self.before is not None and self._young(self.before):
            return HELD
        return NOT_DUE if self.before is None and not self._overdue else DID_NOT_RUN

    @cached_property
    def before(self) -> Run | None:
        """The newest run that counts and ended before; of the version, where the control owes runs of each."""
        return self._newest("")

    @property
    def last(self) -> Run | None:
        """The newest run that counts and ended before the question, of whatever version."""
        return next((run for run, _ in reversed(self.good) if run.finished < self.scope.begin), None)

    @cached_property
    def passed_before(self) -> Run | None:
        """The newest one of them that passed."""
        return self._newest("passed")

    def _newest(self, result: str) -> Run | None:
        ended = (run for run, _ in reversed(self.good) if run.finished < self.scope.end and self._of_version(run))
        return next((run for run in ended if result in ("", run.result)), None)

    def _of_version(self, run: Run) -> bool:
        each = self.entry.get("per_model_version") is True and self.scope.version
        return not each or run.version == self.scope.version

    def _young(self, run: Run) -> bool:
        limit = parse_duration(self.entry.get("max_age"))
        return limit is not None and run.day >= limit.before(self.scope.last_day)

    @property
    def _owed_from(self) -> date | None:
        begins = [parse_date(self.control.get("in_force_since")), parse_date(self.entry.get("owed_from"))]
        return max((day for day in begins if day is not None), default=None)

    @property
    def _overdue(self) -> bool:
        """Whether the first run was due by then: its longest age after it began to be owed."""
        limit, owed = parse_duration(self.entry.get("max_age")), self._owed_from
        if self.entry.get("per_model_version") is True and self.released is not None:
            owed = max(owed or self.released, self.released)
        return limit is None or owed is None or limit.after(owed) <= self.scope.last_day

    @cached_property
    def next_by(self) -> date | None:
        """For a control with a rhythm: the day by which a run was due, after the last one before the question."""
        rhythm = parse_duration(self.control.get("every"))
        if rhythm is None:
            return None
        last = [run.day for run, _ in self.good if run.finished < self.scope.begin]
        if last:
            return rhythm.after(last[-1])
        return None if self._owed_from is None else rhythm.after(self._owed_from) - _DAY

    @cached_property
    def came(self) -> Run | None:
        """The first run after the question."""
        later = [run for run, _ in self.good if run.finished >= self.scope.end and self._of_version(run)]
        return later[0] if later else None

    @cached_property
    def _rate(self) -> tuple[int, timedelta] | None:
        """How many runs it owes in each period, where it owes so many days by days."""
        count, per = self.entry.get("min_count"), parse_duration(self.entry.get("per"))
        return (count, timedelta(per.days)) if isinstance(count, int) and per and per.days and not per.months else None

    @cached_property
    def too_few(self) -> list[tuple[datetime, int]]:
        """The periods that lie in the question as a whole and have fewer runs than owed: when each begins, how many."""
        if self._rate is None:
            return []
        (count, step), begin, found = self._rate, self._begin, []
        passed = [run.finished for run, _ in self.inside if run.result == "passed"]
        while begin + step <= self.scope.judged_until:
            there = bisect_left(passed, begin + step) - bisect_left(passed, begin)
            if there < count:
                found.append((begin, there))
            begin += step
        return found

    @property
    def _begin(self) -> datetime:
        """When the question begins to count for the control: not before it owed anything, never for a candidate."""
        if not self.scope.live:
            return self.scope.end
        owed = self._owed_from
        return self.scope.begin if owed is None else max(self.scope.begin, datetime.combine(owed, time.min, UTC))

    @cached_property
    def owed_runs(self) -> int:
        """How many it owed in the whole periods of the question."""
        if self._rate is None:
            return 0
        count, step = self._rate
        return count * max(0, (self.scope.judged_until - self._begin) // step)

    @property
    def missed_runs(self) -> int:
        """How many of them are missing."""
        return 0 if self._rate is None else sum(self._rate[0] - there for _, there in self.too_few)

    @cached_property
    def outputs_owed(self) -> list[str]:
        """Where every output is to be looked at: the outputs of the question that any receipt names."""
        if "coverage_of" not in self.entry:
            return []
        if self.scope.kind == OUTPUT:
            return [self.scope.output]
        return sorted({run.output for run, _ in self.seen.runs if run.output and self._output_asked(run)})

    def _output_asked(self, run: Run) -> bool:
        made = self.seen.made.get((run.system, run.output), run.finished)
        return self.scope.holds(made) and made >= self._begin and self._asked_version(run)

    def _asked_version(self, run: Run) -> bool:
        return self.scope.kind != VERSION or run.version == self.scope.version

    @cached_property
    def outputs_missed(self) -> list[str]:
        """Those of them that no run of the control is about."""
        there = {run.output for run, _ in self.good}
        return [output for output in self.outputs_owed if output not in there]

    @cached_property
    def days_uncovered(self) -> list[tuple[date, int, int]]:
        """The whole days of the question on which too little was looked at: the day, how much, of how much."""
        source = self.entry.get("coverage_of")
        counted = self.seen.counts.get(str(source), {}) if isinstance(source, str) else {}
        found = []
        for day in self._whole_days() if counted else ():
            there = counted.get((self.scope.system, day))
            looked = sum(run.total or 0 for run, _ in self.good if run.day == day and run.result == "passed")
            if there and looked / there < asked_share(self.entry):
                found.append((day, looked, there))
        return found

    def _whole_days(self) -> Iterator[date]:
        day = self._begin.date() if self._begin.time() == time.min else self._begin.date() + _DAY
        while day < self.scope.judged_until.date():
            yield day
            day += _DAY

    @cached_property
    def silences(self) -> list[tuple[datetime, datetime]]:
        """The times within the question between two runs that are longer than a run may be old."""
        limit = parse_duration(self.entry.get("max_age"))
        if limit is None:
            return []
        moments = [
            self._begin,
            *(run.finished for run, _ in self.inside if run.finished > self._begin),
            self.scope.judged_until,
        ]
        return [
            (one, other)
            for one, other in pairwise(moments)
            if limit.after(one.date()) < (other - timedelta(microseconds=1)).date() and self.scope.kind != OUTPUT
        ]

    @cached_property
    def late(self) -> list[tuple[Run, timedelta]]:
        """The reviews of the question that ended too late, with by how much."""
        late = ((run, lateness(self.entry, run, self.seen.made)) for run, _ in self.inside)
        return [(run, much) for run, much in late if much is not None]

    @cached_property
    def results(self) -> Counter[str]:
        """How the runs of the question ended."""
        return Counter(run.result for run, _ in self.inside)

    @cached_property
    def of_version(self) -> Counter[str]:
        """How the runs for the version of the question ended, up to its end."""
        runs = (run for run, _ in self.good if run.finished < self.scope.end)
        return Counter(run.result for run in runs if self.scope.version and run.version == self.scope.version)

    @cached_property
    def texts(self) -> Counter[str]:
        """By which text of the control they ran: the one that stood then (`same`), an `other`, or they do not say."""
        known = self.seen.texts.get(self.control.id, "")
        said = Counter(str(row["control_digest"]) for _, row in self.inside)
        found: Counter[str] = Counter()
        for digest, count in said.items():
            found["unsaid" if not digest or not known else "same" if digest == known else "other"] += count
        return found
