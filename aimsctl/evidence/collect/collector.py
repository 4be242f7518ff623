"""From what a file tells and what the mapping says to receipts that a collector signs.

The result of a run with items is theirs: an error weighs more than a failure, a failure more than a pass, and nothing
that the file does not say is a pass.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from aimsctl.evidence.collect.filling import filled
from aimsctl.evidence.collect.mapping import Entry, ImportMapping
from aimsctl.evidence.collect.reading import Facts, Item, Reading, Run, State
from aimsctl.evidence.problems import KeyRefusedError, MalformedError
from aimsctl.evidence.receipts import Notary
from aimsctl.evidence.statement import id_of

Refuse: TypeAlias = Callable[[Mapping[str, Any]], None]
_SHOWN: Final = 3
_STATES: Final[tuple[State, ...]] = ("passed", "failed", "skipped", "error")


@dataclass(frozen=True, slots=True)
class Source:
    """The file as receipts name it: its format, the SHA-256 of its bytes, and a time for runs that tell none."""

    form: str
    digest: str
    finished: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt ready for the ledger, and what a person is told of it."""

    id: str
    envelope: bytes
    place: str
    control: str
    result: str


@dataclass(slots=True)
class Collected:
    """The receipts of a file, and a line for each thing in it that made none."""

    receipts: list[Receipt] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)


def collect(
    reading: Reading, mapping: ImportMapping, notary: Notary, source: Source, refuse: Refuse = lambda _: None
) -> Collected:
    """A receipt for each run that an entry of the mapping takes and `refuse` does not raise KeyRefusedError for.

    Raises AimsError where a control does not exist.
    """
    collector = _Collector(mapping, notary, source, refuse)
    collector.found.unread += reading.unread
    for run in reading.runs:
        collector.take(run)
    return collector.found


class _Collector:
    def __init__(self, mapping: ImportMapping, notary: Notary, source: Source, refuse: Refuse) -> None:
        self.found = Collected()
        self._mapping = mapping
        self._notary = notary
        self._source = source
        self._refuse = refuse

    def take(self, run: Run) -> None:
        """A receipt for each entry that takes the run or some of its items, and a line for what none takes."""
        facts = [{**run.facts, **item.facts} for item in run.items]
        left = set(range(len(run.items)))
        taken = False
        for entry in self._mapping.entries:
            chosen = [index for index, one in enumerate(facts) if entry.takes(one)]
            if not chosen and (run.items or not entry.takes(run.facts)):
                continue
            taken = True
            left.difference_update(chosen)
            try:
                self.found.receipts.append(self._receipt(run, entry, chosen))
            except (MalformedError, KeyRefusedError) as error:
                self.found.unread.append(f"{run.place}: {error.message}")
        if not taken:
            self.found.unread.append(f"{run.place}: no entry of the mapping takes it{_described(run.facts)}")
        elif left:
            first = ", ".join(_named(run.items[index]) for index in sorted(left)[:_SHOWN])
            more = ", ..." if len(left) > _SHOWN else ""
            self.found.unread.append(
                f"{run.place}: no entry takes {len(left)} of {len(run.items)} items: {first}{more}"
            )

    def _receipt(self, run: Run, entry: Entry, chosen: Sequence[int]) -> Receipt:
        items = [run.items[index] for index in chosen]
        fields = filled(run, entry, self._mapping, items, self._source.finished)
        if run.empty is not None:
            states = Counter[str](
                "skipped" if entry.ignores({**run.facts, **item.facts}) else item.state for item in items
            )
            fields["result"] = result_of(run, states)
            if items:
                fields["counts"] = {"total": len(items), **{state: states[state] for state in _STATES}}
        part = "" if len(items) == len(run.items) else hashlib.sha256(repr(list(chosen)).encode()).hexdigest()
        digest = self._source.digest
        fields |= {
            "id": id_of(digest, run.place, entry.control, part),
            "control": entry.control,
            "attestedBy": "collector",
            "source": {"format": self._source.form, "digest": {"sha256": digest}, "locator": run.place},
        }
        predicate = self._notary.predicate(fields)
        envelope = self._notary.envelope(predicate)
        self._refuse(predicate)
        return Receipt(predicate["id"], envelope, run.place, entry.control, predicate["result"])


def result_of(run: Run, states: Mapping[str, int]) -> str:
    """The result of a run from how many of its items are in which state."""
    if run.broken:
        return "error"
    if not states:
        return str(run.empty)
    return next(state for state in ("error", "failed", "passed", "skipped") if states.get(state))


def _described(facts: Facts) -> str:
    told = ", ".join(f"{name}: {value}" for name, value in list(facts.items())[:_SHOWN])
    return f" ({told})" if told else ""


def _named(item: Item) -> str:
    return item.facts.get("rule") or item.facts.get("name") or item.place
