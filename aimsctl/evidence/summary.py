"""What the ledgers show about controls: verified runs of the owed window, and counts taken elsewhere.

Ledgers grow at their end, so they are read from the end backwards, and no further than the window.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from aimsctl.errors import AimsError
from aimsctl.evidence.check import Checker, Receipt
from aimsctl.evidence.ledger import Ledger
from aimsctl.evidence.notes import signed_by
from aimsctl.evidence.problems import BrokenError
from aimsctl.evidence.seal import checkpoint_sizes
from aimsctl.evidence.statement import parse_time
from aimsctl.evidence.tiles import WIDTH
from aimsctl.evidence.tree import SealedTree
from aimsctl.evidence.trust import Trust
from aimsctl.evidence.verify import Opened, open_sealed

COUNTS: Final = "counts"
"""Folder of counts that others took: `counts/otlp-chat.csv` for the source `otlp:chat`."""
_COLUMNS: Final = ("ai_system", "date", "count")
_BLOCK: Final = 4096  # entries verified at a time
_THREADS: Final = 2  # verifying takes no turns with reading JSON, and is little more work than that
_MARGIN: Final = timedelta(days=7)  # entries may be sealed out of their order by so much


@dataclass(frozen=True, slots=True)
class Run:
    """One receipt that says a control ran. `why` says why it does not count; empty where it is verified.

    `about` is the time that its target is of: the period that was looked at, or when the output was made.
    """

    control: str
    system: str
    version: str
    executor: str
    attested_by: str
    result: str
    started: datetime
    finished: datetime
    total: int | None
    origin: str
    index: int
    witnessed: bool
    output: str = ""
    environment: str = ""
    about: tuple[datetime, datetime] | None = None
    why: str = ""

    @property
    def day(self) -> date:
        """The day (UTC) on which it finished."""
        return self.finished.date()


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """The runs by control, oldest first; the ledgers read, and those that could not be, with the reason.

    `made` says when an output of a system was made, as `made_times` tells.
    """

    runs: Mapping[str, tuple[Run, ...]] = field(default_factory=dict)
    counts: Mapping[str, Mapping[tuple[str, date], int]] = field(default_factory=dict)
    read: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()
    trust: str = ""
    made: Mapping[tuple[str, str], datetime] = field(default_factory=dict)

    def of(self, control: str) -> tuple[Run, ...]:
        """The runs of a control, oldest first."""
        return self.runs.get(control, ())

    def counted(self, source: str, system: str, day: date) -> int | None:
        """How much there was that day by a count taken elsewhere; None where nobody counted."""
        return self.counts.get(source, {}).get((system, day))


def summarise(ledgers: Iterable[Ledger], trust: Trust, since: date, until: date) -> Evidence:
    """The runs that finished in these days, both included. What could not be verified is there, and says why.

    Raises nothing for what a ledger holds: one whose root or an entry does not hold is named as unreadable.
    """
    runs: dict[str, list[Run]] = {}
    read, unreadable = [], []
    for ledger in ledgers:
        try:
            opened = open_sealed(ledger, trust)
            for run in list(_backwards(ledger, opened, trust, since, until)):
                runs.setdefault(run.control, []).append(run)
            read.append(f"{ledger.origin} at {opened.checkpoint.size}")
        except AimsError as error:
            unreadable.append(f"{ledger.folder.name}: {error.message}")
    ordered = {control: tuple(sorted(found, key=lambda run: run.finished)) for control, found in runs.items()}
    made = made_times(run for found in ordered.values() for run in found)
    return Evidence(ordered, read=tuple(read), unreadable=tuple(unreadable), trust=trust.provenance, made=made)


def made_times(runs: Iterable[Run]) -> dict[tuple[str, str], datetime]:
    """When each output of a system was made by the verified receipts about it: the earliest that any of them says.

    A receipt says so by the window of its target; one of a machine, which looks at an output as it comes, by its start.
    """
    found: dict[tuple[str, str], datetime] = {}
    for run in runs:
        said = run.about[0] if run.about is not None else run.started if run.executor != "human" else None
        if run.output and not run.why and said is not None:
            key = run.system, run.output
            found[key] = min(said, found.get(key, said))
    return found


def _backwards(ledger: Ledger, opened: Opened, trust: Trust, since: date, until: date) -> Iterator[Run]:
    checker = Checker(trust, ledger.origin, datetime.combine(until, time.max, UTC))
    witnessed = witnessed_up_to(ledger, opened, trust)
    end = opened.checkpoint.size
    while end > 0:
        start = max(0, (end - 1) // _BLOCK * _BLOCK)
        newest = date.min
        for receipt in _judged(opened.tree, checker, start, end):
            if receipt.statement is None:
                raise BrokenError(receipt.problems[0].message, where=receipt.where)
            run = run_of(receipt, ledger.origin, witnessed)
            if run is not None:
                newest = max(newest, run.day)
                if since <= run.day <= until:
                    yield run
        if newest + _MARGIN < since:
            return
        end = start


def _judged(tree: SealedTree, checker: Checker, start: int, end: int) -> Iterator[Receipt]:
    """As `judged`, from the begin of a bundle to the end of one, with a signature verified while another is read.

    Raises the error of a bundle that is not what the root stands for.
    """
    bundles = (_whole(found, first) for first, found in tree.bundles(start, end))
    if end - start <= WIDTH:
        yield from (receipt for first, entries in bundles for receipt in checker.receipts(first, entries))
        return
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - only where there are many

    with ThreadPoolExecutor(_THREADS) as pool:
        for receipts in pool.map(lambda bundle: list(checker.receipts(*bundle)), bundles):
            yield from receipts


def _whole(found: list[bytes] | AimsError, first: int) -> tuple[int, list[bytes]]:
    if isinstance(found, AimsError):
        raise found
    return first, found


def witnessed_up_to(ledger: Ledger, opened: Opened, trust: Trust) -> int:
    """The size of the newest checkpoint that was cosigned as the policy asks; 0 if none was, or none is asked."""
    policy = trust.policy
    if policy is None or not policy.witnesses:
        return 0
    for size in sorted({opened.checkpoint.size, *checkpoint_sizes(ledger.folder)}, reverse=True):
        note = opened.note if size == opened.checkpoint.size else ledger.kept(size)
        cosigned = {name for name, witness in policy.witnesses.items() if signed_by(note, witness) is not None}
        if cosigned and policy.met_by(cosigned):
            return size
    return 0


def run_of(receipt: Receipt, origin: str, witnessed: int) -> Run | None:
    """The receipt as a run; None where it says nothing about a control, or cannot be read at all."""
    statement, index = receipt.statement, receipt.index
    if statement is None or index is None or not statement.is_execution:
        return None
    said = statement.predicate  # has the shape of its schema, or there would be no statement
    started, finished = parse_time(said["startedOn"]), parse_time(said["finishedOn"])
    if started is None or finished is None:
        return None
    target, system = said["target"], said["aiSystem"]
    return Run(
        control=said["control"]["id"],
        system=system["id"],
        version=said["model"]["version"] if "model" in said else "",
        executor=said["executor"]["type"],
        attested_by=said["attestedBy"],
        result=said["result"],
        started=started,
        finished=finished,
        total=said["counts"].get("total") if target["kind"] == "period" and "counts" in said else None,
        origin=origin,
        index=index,
        witnessed=index < witnessed,
        output=target["id"] if target["kind"] == "output" else "",
        environment=system.get("environment", ""),
        about=_window(target),
        why=receipt.why,
    )


def _window(target: Mapping[str, Any]) -> tuple[datetime, datetime] | None:
    if "window" not in target:
        return None
    begin, end = (parse_time(target["window"][name]) for name in ("from", "to"))
    return None if begin is None or end is None else (begin, end)


def read_counts(content: bytes) -> dict[tuple[str, date], int]:
    """Counts by system and day from CSV with the columns ai_system, date, count. Raises ValueError with the line."""
    rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig", "replace")))
    if tuple(rows.fieldnames or ()) != _COLUMNS:
        raise ValueError(f"the columns must be {', '.join(_COLUMNS)}")
    found: dict[tuple[str, date], int] = {}
    for number, row in enumerate(rows, start=2):
        day, count = row["date"] or "", row["count"] or ""
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", day) or not re.fullmatch(r"\d{1,12}", count):
            raise ValueError(f"line {number} has no date or no count")
        found[row["ai_system"] or "", date.fromisoformat(day)] = int(count)
    return found


def source_file(source: str) -> str:
    """The name of the file with the counts of a source."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", source).strip(".-") + ".csv"
