"""What an incident question is about: a system, and a time, a model version or one output."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from aimsctl.assessment.calendar import parse_date
from aimsctl.errors import UsageError
from aimsctl.evidence.summary import made_times
from aimsctl.workspace.hints import closest, did_you_mean

if TYPE_CHECKING:
    from datetime import date

    from aimsctl.assessment.facts import Facts
    from aimsctl.assessment.items import Item
    from aimsctl.evidence.summary import Run

WINDOW, VERSION, OUTPUT = "window", "version", "output"
_DAY: Final = timedelta(days=1)
_NEVER: Final = datetime.min.replace(tzinfo=UTC)
_ALWAYS: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Scope:
    """The question: from `begin` up to `end`, of one system; of one version or one output where it is named.

    `version` is the one that was live where none is asked for; empty where nothing tells. A candidate that was never
    `live` owes nothing but what its gate asks. Counts are judged up to `settled`, where the day of judgement begins.
    """

    kind: str
    system: str
    begin: datetime
    end: datetime
    version: str = ""
    output: str = ""
    made: datetime | None = None
    live: bool = True
    settled: datetime = _ALWAYS

    @property
    def last_day(self) -> date:
        """Its last day; it may end at a midnight."""
        return (self.end - timedelta(microseconds=1)).date()

    @property
    def judged_until(self) -> datetime:
        """Where what is missing ends to be a gap and may still come."""
        return min(self.end, self.settled)

    def holds(self, moment: datetime) -> bool:
        """Whether the moment lies in it."""
        return self.begin <= moment < self.end


@dataclass(frozen=True, eq=False)
class Seen:
    """What the ledgers and the counts show of one system: its runs, oldest first, each with the columns of its receipt.

    `counts` are taken elsewhere, by source; `texts` is the SHA-256 of each control's file as it stood then. Where a
    part of a ledger could not be read it is not `whole`, and what is missing may stand there.
    """

    runs: tuple[tuple[Run, Mapping[str, Any]], ...]
    counts: Mapping[str, Mapping[tuple[str, date], int]]
    texts: Mapping[str, str]
    whole: bool = True

    @cached_property
    def made(self) -> Mapping[tuple[str, str], datetime]:
        """When each output was made, by its receipts."""
        return made_times(run for run, _ in self.runs)

    def of(self, control: str) -> list[tuple[Run, Mapping[str, Any]]]:
        """The runs of a control."""
        return [pair for pair in self.runs if pair[0].control == control]


def system_named(facts: Facts, name: str) -> Item:
    """The AI system of that id, model name or title, whatever the case. Raises UsageError with the nearest id."""
    systems = facts.items("ai-system")
    for system in systems:
        if name.casefold() in {spelling.casefold() for spelling in _spellings(system)}:
            return system
    near = closest(name.upper(), tuple(system.id for system in systems))
    ids = ", ".join(system.id for system in systems) or "none"
    raise UsageError(f"there is no AI system {name!r}", hint=did_you_mean(near) if near else f"there are: {ids}")


def _spellings(system: Item) -> Iterable[str]:
    yield from (system.id, str(system.get("title")))
    yield from (str(row["name"]) for row in models_of(system) if "name" in row)


def models_of(system: Item) -> list[Mapping[str, Any]]:
    """The model versions of a system, as its artefact lists them."""
    rows = system.data.get("models")
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def of_window(system: Item, begin: datetime, end: datetime) -> Scope:
    """A time. Raises UsageError where it ends before it begins."""
    if end <= begin:
        raise UsageError("--to lies before --from", hint="--to of a day means its end")
    return Scope(WINDOW, system.id, begin, end, _live(system, begin, end))


def of_version(system: Item, version: str, runs: Iterable[Run], now: datetime) -> Scope:
    """A model version, from its release to its retirement, else to now. Raises UsageError where nothing knows it."""
    row = next((one for one in models_of(system) if str(one.get("version")) == version), None)
    first = min((run.started for run in runs if run.version == version), default=None)
    released = _midnight(row.get("released")) if row is not None else None
    begin = released or first
    if begin is None:
        known = ", ".join(str(one.get("version")) for one in models_of(system))
        hint = f"its artefact lists {known}" if known else "its artefact lists no version"
        raise UsageError(f"neither {system.id} nor a receipt knows a version {version!r}", hint=hint)
    retired = _midnight(row.get("retired")) if row is not None else None
    return Scope(VERSION, system.id, begin, max(begin, min(retired or now, now)), version, live=released is not None)


def of_output(system: Item, output: str, seen: Seen, given: tuple[datetime, datetime] | None) -> Scope:
    """One output and the day on which it was made, by its receipts. Raises UsageError where no receipt names it."""
    runs = [run for run, _ in seen.runs if run.output == output]
    made = seen.made.get((system.id, output))
    if given is None and made is None:
        told = "no receipt of it says when it was made" if runs else f"no receipt of {system.id} names it"
        raise UsageError(f"when was the output {output!r} made? {told}", hint="say when with --from and --to")
    day = datetime.combine(made.date(), time.min, UTC) if made is not None else _NEVER
    begin, end = given or (day, day + _DAY)
    version = next((run.version for run in runs if run.version), "") or _live(system, begin, end)
    return Scope(OUTPUT, system.id, begin, end, version, output, made)


def _live(system: Item, begin: datetime, end: datetime) -> str:
    """The version that was live for the longest part of that time; days are all that the artefact says."""
    best, longest = "", timedelta()
    for row in models_of(system):
        released, retired = _midnight(row.get("released")), _midnight(row.get("retired"))
        if released is not None:
            shared = min(end, retired or end) - max(begin, released)
            if shared > longest:
                best, longest = str(row.get("version")), shared
    return best


def _midnight(value: object) -> datetime | None:
    day = parse_date(value)
    return None if day is None else datetime.combine(day, time.min, UTC)
