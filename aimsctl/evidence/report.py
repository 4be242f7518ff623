"""What a verification found: who signed what, what is wrong, and what no signature can show."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, Literal

from aimsctl.evidence.check import Receipt
from aimsctl.evidence.notes import Checkpoint, Verifier
from aimsctl.evidence.problems import Fault, Problem
from aimsctl.evidence.trust import NOBODY, Trust

LISTED: Final = 1000  # problems; more are only counted
_NAMED: Final = 100


@dataclass(slots=True)
class Tally:
    """What one key signed."""

    count: int = 0
    first: int = -1
    last: int = -1
    says: dict[str, int] = field(default_factory=dict)

    def add(self, receipt: Receipt) -> None:
        """One more receipt."""
        self.count += 1
        if receipt.index is not None:
            self.first = receipt.index if self.first < 0 else self.first
            self.last = receipt.index
        statement = receipt.statement
        if statement is not None:
            by = f" ({statement.text('attestedBy')})" if statement.is_execution else ""
            what = statement.text("executor", "type") + by if statement.is_execution else statement.predicate_type
            if what in self.says or len(self.says) < _NAMED:
                self.says[what] = self.says.get(what, 0) + 1

    def take(self, more: Tally) -> None:
        """The receipts that follow, counted elsewhere."""
        self.count += more.count
        self.first = more.first if self.first < 0 else self.first
        self.last = max(self.last, more.last)
        for what, count in more.says.items():
            if what in self.says or len(self.says) < _NAMED:
                self.says[what] = self.says.get(what, 0) + count


@dataclass(slots=True)
class Counted:
    """Entries that were counted: how many, how many are verified, by whose keys, and what is wrong."""

    entries: int = 0
    verified: int = 0
    signers: dict[str, Tally] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    counts: dict[Fault, int] = field(default_factory=dict)

    def count(self, receipt: Receipt) -> None:
        """One more entry."""
        self.entries += 1
        self.verified += receipt.verified
        for keyid in receipt.signers:
            self.signers.setdefault(keyid, Tally()).add(receipt)
        self.add_all(receipt.problems)

    def add(self, problem: Problem) -> None:
        """One more thing that is wrong."""
        self.counts[problem.fault] = self.counts.get(problem.fault, 0) + 1
        if len(self.problems) < LISTED:
            self.problems.append(problem)

    def add_all(self, problems: Iterable[Problem]) -> None:
        """The same for several."""
        for problem in problems:
            self.add(problem)

    def take(self, more: Counted) -> None:
        """The entries that follow, counted elsewhere."""
        self.entries += more.entries
        self.verified += more.verified
        for keyid, tally in more.signers.items():
            self.signers.setdefault(keyid, Tally()).take(tally)
        self.problems += more.problems[: LISTED - len(self.problems)]
        for fault, count in more.counts.items():
            self.counts[fault] = self.counts.get(fault, 0) + count


@dataclass(slots=True)
class Report(Counted):
    """The outcome of a verification; `code` is the exit code."""

    kind: Literal["ledger", "bundle", "proof"] = "ledger"
    origin: str = ""
    trust: Trust = NOBODY
    checkpoint: Checkpoint | None = None
    log: Verifier | None = None
    pinned: bool = False
    witnesses: dict[str, int] = field(default_factory=dict)
    anchors: list[str] = field(default_factory=list)
    unsealed: int = 0
    torn: list[str] = field(default_factory=list)
    complete: tuple[int, int] | None = None

    def signed(self, checkpoint: Checkpoint, log: Verifier, *, pinned: bool) -> None:
        """The root that was verified and the key that signed it, which the verifier gave or the ledger itself."""
        self.checkpoint, self.log, self.pinned = checkpoint, log, pinned
        if not pinned and self.trust.policy is not None and self.trust.policy.log(log.name) is None:
            self.add(Problem(Fault.UNMET, "checkpoint", f"the log {log.name} is not among those of the policy"))

    @property
    def code(self) -> int:
        """0 valid, 1 cryptographic failure, 10 malformed, 11 valid but the policy is not met; the worst of them."""
        if self.checkpoint is None and not self.counts:
            return Fault.MALFORMED
        return min(self.counts, default=0)

    @property
    def verdict(self) -> str:
        """The same in words."""
        return {
            0: "valid",
            Fault.BROKEN: "broken: a signature or hash does not hold",
            Fault.MALFORMED: "malformed: not what it should be",
            Fault.UNMET: "valid signatures and hashes, but the policy is not met",
        }[self.code]

    @property
    def limits(self) -> list[str]:
        """What was not shown, and by its nature cannot be."""
        told = []
        if not self.anchors and not self.witnesses:
            told.append(
                "Entries cut off the end cannot be excluded: neither a checkpoint kept elsewhere nor a witness vouches."
            )
        if not self.pinned:
            told.append("That this is the ledger you mean: the key of the log is taken from the ledger itself.")
        if not self.witnesses:
            told.append("Who holds the log's key could have written the whole ledger anew, and at any time.")
        if self.kind != "ledger" and self.complete is None:
            told.append("That these are all receipts of a period: there is no proof of a complete window.")
        if self.unsealed:
            told.append(f"{self.unsealed} receipts wait to be sealed; they have no place that could be proved.")
        told.append("That every run of a control was recorded, and that what was signed is true.")
        if self.trust.self_asserted:
            told.append("Independence: keys and policy are the workspace's own (self-asserted trust).")
        return told

    def to_dict(self) -> dict[str, Any]:
        """The report as data for JSON; see schemas/output/evidence-verify.schema.json."""
        checkpoint = self.checkpoint
        root = "" if checkpoint is None else base64.b64encode(checkpoint.root).decode()
        return {
            "schema": 1,
            "kind": self.kind,
            "origin": self.origin,
            "verdict": self.verdict,
            "exit_code": int(self.code),
            "trust": {"source": self.trust.provenance, "self_asserted": self.trust.self_asserted},
            "checkpoint": None if checkpoint is None else {"size": checkpoint.size, "root": root},
            "log_key_pinned": self.pinned,
            "log_key": "" if self.log is None else self.log.text,
            "witnesses": [{"name": name, "time": utc(seconds)} for name, seconds in sorted(self.witnesses.items())],
            "anchors": self.anchors,
            "complete": None if self.complete is None else {"from": self.complete[0], "to": self.complete[1]},
            "entries": self.entries,
            "verified": self.verified,
            "unsealed": self.unsealed,
            "torn": self.torn,
            "signers": [self._signer(keyid, tally) for keyid, tally in sorted(self.signers.items())],
            "problems": [one.to_dict() for one in self.problems],
            "problem_counts": {fault.word: self.counts.get(fault, 0) for fault in Fault},
            "cannot_prove": self.limits,
        }

    def _signer(self, keyid: str, tally: Tally) -> dict[str, Any]:
        return {
            "keyid": keyid,
            "name": self.trust.name(keyid),
            "receipts": tally.count,
            "first": tally.first,
            "last": tally.last,
            "attested": dict(sorted(tally.says.items())),
        }


def utc(seconds: int) -> str:
    """RFC 3339; a number that is no time of this era as it is."""
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")
    except (OverflowError, ValueError, OSError):
        return str(seconds)
