"""Receipts found again: by system, model version, output, control, executor, result and time.

A plain scan of the ledgers, streaming. The bytes of every entry are held against the signed root, the signatures only
of what is asked for. A hit carries its ledger and its index, so whoever finds hits otherwise can bring them back here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from aimsctl.errors import AimsError
from aimsctl.evidence.check import Checker, Receipt
from aimsctl.evidence.envelope import read_envelope
from aimsctl.evidence.ledger import Ledger
from aimsctl.evidence.problems import Problem, problem_of
from aimsctl.evidence.statement import Statement, parse_time
from aimsctl.evidence.tiles import WIDTH
from aimsctl.evidence.trust import Trust
from aimsctl.evidence.verify import Opened, open_sealed


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for; what is empty is not asked. Times are of the end of a run: from `since` up to `until`."""

    system: str = ""
    version: str = ""
    output: str = ""
    control: str = ""
    executor: str = ""
    result: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def fits(self, statement: Statement) -> bool:
        """Whether the statement is a run of a control as asked for. An executor fits by its type, id or name."""
        if not statement.is_execution:
            return False
        named = (
            (self.system, {statement.text("aiSystem", "id")}),
            (self.version, {statement.text("model", "version")}),
            (self.output, {statement.text("target", "id")} if statement.text("target", "kind") == "output" else set()),
            (self.control, {statement.text("control", "id")}),
            (self.executor, {statement.text("executor", name) for name in ("type", "id", "name")}),
            (self.result, {statement.text("result")}),
        )
        return all(not asked or asked in found for asked, found in named) and self._in_time(statement)

    def _in_time(self, statement: Statement) -> bool:
        if self.since is None and self.until is None:
            return True
        finished = parse_time(statement.text("finishedOn"))
        if finished is None:
            return False
        return (self.since is None or finished >= self.since) and (self.until is None or finished < self.until)

    def needles(self) -> tuple[bytes, ...]:
        """What the payload of a receipt that fits holds, as JSON writes it."""
        texts = (self.system, self.version, self.output, self.control, self.executor, self.result)
        return tuple(json.dumps(text, ensure_ascii=False).encode("utf-8", "surrogatepass") for text in texts if text)


@dataclass(frozen=True, slots=True)
class Hit:
    """A receipt that fits, verified or not, and the ledger it stands in."""

    origin: str
    receipt: Receipt
    signer: str = ""

    @property
    def index(self) -> int:
        """Its place in the ledger."""
        return -1 if self.receipt.index is None else self.receipt.index

    def row(self) -> dict[str, Any]:
        """Its columns, the same for every hit: empty texts and nulls where the receipt does not say."""
        statement = self.receipt.statement
        said = statement.text if statement is not None else _nothing
        predicate = statement.predicate if statement is not None else {}
        control, counts = predicate.get("control", {}), predicate.get("counts", {})
        return {
            "ledger_origin": self.origin,
            "ledger_index": self.index,
            "entry_sha256": self.receipt.digest,
            "statement_sha256": _payload_digest(self.receipt.entry),
            "receipt_id": said("id"),
            "sequence": predicate.get("sequence"),
            "keyid": self.receipt.signers[0] if self.receipt.signers else "",
            "signer": self.signer,
            "attested_by": said("attestedBy"),
            "control_id": said("control", "id"),
            "control_digest": said("control", "digest", "sha256"),
            "annex_a": list(control.get("annexA", [])),
            "ai_system": said("aiSystem", "id"),
            "environment": said("aiSystem", "environment"),
            "model_name": said("model", "name"),
            "model_version": said("model", "version"),
            "model_digest": said("model", "digest", "sha256"),
            "executor_type": said("executor", "type"),
            "executor_id": said("executor", "id"),
            "executor_name": said("executor", "name"),
            "target_kind": said("target", "kind"),
            "target_id": said("target", "id"),
            "trace_id": said("target", "traceId"),
            "total": counts.get("total"),
            "result": said("result"),
            "verdict": said("verdict"),
            "action": said("action"),
            "review_outcome": said("review", "outcome"),
            "reason_code": said("review", "reasonCode"),
            "started_on": said("startedOn"),
            "finished_on": said("finishedOn"),
            "verified": self.receipt.verified,
            "why_not": self.receipt.why,
        }


@dataclass(frozen=True, slots=True)
class Unread:
    """A part of a ledger that could not be read, so that nobody can say whether it holds a hit."""

    origin: str
    problem: Problem

    @property
    def told(self) -> str:
        """Where and why, in one line."""
        return f"{self.origin}: {self.problem.told}"


def query(
    ledgers: Iterable[Ledger], trust: Trust, wanted: Wanted, now: datetime | None = None
) -> Iterator[Hit | Unread]:
    """The sealed receipts that fit, ledger by ledger in their order, and what could not be read. Raises nothing."""
    for ledger in ledgers:
        try:
            yield from found_in(open_sealed(ledger, trust), trust, wanted, now)
        except AimsError as error:
            yield Unread(ledger.origin, problem_of(error, ledger.folder.name))


def found_in(opened: Opened, trust: Trust, wanted: Wanted, now: datetime | None = None) -> Iterator[Hit | Unread]:
    """The same of one ledger, up to the root that was verified when it was opened."""
    origin = opened.checkpoint.origin
    checker, needles = Checker(trust, origin, now), wanted.needles()
    for first, found in opened.tree.bundles(0, opened.checkpoint.size):
        if not isinstance(found, list):
            last = min(first + WIDTH, opened.checkpoint.size) - 1
            yield Unread(origin, problem_of(found, f"entries {first} to {last}"))
            continue
        for index, entry in enumerate(found, first):
            if not _may_hold(entry, needles):
                continue
            receipt = checker.receipt(f"entry {index}", index, entry)
            if receipt.statement is None:
                yield Unread(origin, receipt.problems[0])
            elif wanted.fits(receipt.statement):
                yield hit(origin, receipt, trust)


def _may_hold(entry: bytes, needles: tuple[bytes, ...]) -> bool:
    """False only where the entry cannot fit, which its bytes tell without its signature being verified.

    A text stands in JSON as it is unless a backslash does; an entry with one is read.
    """
    try:
        payload = read_envelope(entry).payload
    except AimsError:
        return True
    return b"\\" in payload or all(needle in payload for needle in needles)


def hit(origin: str, receipt: Receipt, trust: Trust) -> Hit:
    """The receipt with what the trust calls the key that signed it."""
    return Hit(origin, receipt, trust.name(receipt.signers[0]) if receipt.signers else "")


def _payload_digest(entry: bytes) -> str:
    """Of the statement; empty where a ledger was sealed unchecked and the entry is no envelope."""
    try:
        return sha256(read_envelope(entry).payload).hexdigest()
    except AimsError:
        return ""


def _nothing(*_: str) -> str:
    return ""
