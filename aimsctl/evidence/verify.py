"""Whether a ledger holds: the signed root, the tree below it, every entry, what was pinned before, and the witnesses.

Nothing is believed because the ledger says so: keys, logs and witnesses come from the trust that the caller gives.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Final

from aimsctl.errors import AimsError
from aimsctl.evidence import tiles
from aimsctl.evidence.check import Checker, Receipt
from aimsctl.evidence.ledger import Ledger
from aimsctl.evidence.notes import NOTE_LIMIT, Checkpoint, Note, Verifier, claims, read_checkpoint, read_note, signed_by
from aimsctl.evidence.parts import parts
from aimsctl.evidence.problems import BrokenError, Fault, MalformedError, Problem, problem_of
from aimsctl.evidence.report import Report
from aimsctl.evidence.seal import CHECKPOINTS, checkpoint_sizes
from aimsctl.evidence.tree import SealedTree, judged
from aimsctl.evidence.trust import Trust

_ATTEMPTS: Final = 5


@dataclass(frozen=True, slots=True)
class Anchor:
    """A checkpoint that the verifier kept, and what to call it."""

    name: str
    note: Note
    checkpoint: Checkpoint


@dataclass(frozen=True, slots=True)
class Opened:
    """A ledger whose signed root was verified: who signed it and the tree it stands for."""

    note: Note
    checkpoint: Checkpoint
    log: Verifier
    pinned: bool
    tree: SealedTree


def read_anchor(content: bytes, name: str) -> Anchor:
    """The checkpoint in these bytes. Raises MalformedError."""
    note = read_note(content, name)
    return Anchor(name, note, read_checkpoint(note, name))


def verified(
    ledger: Ledger, trust: Trust, window: tuple[int, int] | None = None, now: datetime | None = None
) -> Iterator[Receipt]:
    """The sealed receipts of the window (all without one), each with its verdict, in their order and streaming.

    Each was found under the signed root; what could not be read or is not what the root stands for comes as a receipt
    without a statement whose problem says so, one for each entry of the bundle. Raises BrokenError, MalformedError and
    LedgerError where the root itself does not hold.
    """
    opened = open_sealed(ledger, trust)
    start, end = window or (0, opened.checkpoint.size)
    yield from judged(opened.tree, Checker(trust, ledger.origin, now), start, min(end, opened.checkpoint.size))


def open_sealed(ledger: Ledger, trust: Trust, pinned: Verifier | None = None) -> Opened:
    """The ledger's newest root, verified. A seal in the meantime is waited for by reading again."""
    for attempt in range(_ATTEMPTS):
        note, checkpoint = ledger.checkpoint()
        known = pinned or log_of(ledger.origin, trust)
        log = known or ledger.log
        refuse_unsigned(note, checkpoint, log, "checkpoint")
        try:
            return Opened(note, checkpoint, log, known is not None, SealedTree(ledger.folder, checkpoint))
        except AimsError:
            if attempt == _ATTEMPTS - 1 or ledger.checkpoint()[1] == checkpoint:
                raise
    raise AssertionError  # the last attempt returns or raises


def log_of(origin: str, trust: Trust) -> Verifier | None:
    """The verifier's own key for the log of that name; None where the policy of the trust names none."""
    return trust.policy.log(origin) if trust.policy is not None else None


def refuse_unsigned(note: Note, checkpoint: Checkpoint, log: Verifier, where: str) -> None:
    """Nothing if the log signed it under its name; raises BrokenError otherwise."""
    if checkpoint.origin != log.name:
        raise BrokenError(f"it is a checkpoint of {checkpoint.origin}, not of {log.name}", where=where)
    if signed_by(note, log) is None:
        raise BrokenError(f"the signature of the log {log.name} does not hold", where=where)


def verify_ledger(
    ledger: Ledger,
    trust: Trust,
    anchors: Sequence[Anchor] = (),
    now: datetime | None = None,
    pinned: Verifier | None = None,
) -> Report:
    """Everything about a ledger. Never raises on what the ledger holds."""
    report = Report(kind="ledger", origin=ledger.origin, trust=trust)
    try:
        opened = open_sealed(ledger, trust, pinned)
    except AimsError as error:
        report.add(problem_of(error, "checkpoint"))
        return report
    report.signed(opened.checkpoint, opened.log, pinned=opened.pinned)
    check_witnesses(report, opened.note, trust)
    _check_kept(report, ledger, opened, anchors)
    checker = Checker(trust, ledger.origin, now)
    _check_entries(report, opened, checker)
    _check_waiting(report, ledger, checker)
    return report


def check_witnesses(report: Report, note: Note, trust: Trust) -> None:
    """Who cosigned, and whether that is enough for the verifier."""
    for name, witness in (trust.policy.witnesses if trust.policy is not None else {}).items():
        seconds = signed_by(note, witness)
        if seconds is not None:
            report.witnesses[name] = seconds
        elif claims(note, witness):
            report.add(Problem(Fault.BROKEN, "checkpoint", f"the cosignature of the witness {name} does not hold"))
    if trust.policy is not None and not trust.policy.met_by(report.witnesses):
        report.add(Problem(Fault.UNMET, "checkpoint", f"not cosigned as the policy asks ({trust.policy.quorum})"))


def _check_kept(report: Report, ledger: Ledger, opened: Opened, anchors: Sequence[Anchor]) -> None:
    """Every earlier checkpoint, kept here or by the verifier, is of the same tree when it was smaller."""
    for anchor in anchors:
        report.add_all(extends(opened, anchor))
        report.anchors.append(anchor.name)
    for size in sorted(checkpoint_sizes(ledger.folder)):
        path = f"{CHECKPOINTS}/{size}"
        try:
            kept = read_anchor(tiles.read_file(ledger.folder, path, NOTE_LIMIT), path)
            if kept.checkpoint.size != size:
                raise MalformedError(f"it is a checkpoint of {kept.checkpoint.size} entries")
        except AimsError as error:
            report.add(problem_of(error, path))
            continue
        report.add_all(extends(opened, kept))


def extends(opened: Opened, anchor: Anchor) -> Iterator[Problem]:
    """Nothing if the ledger continues the checkpoint; else what tells against it."""
    old, new = anchor.checkpoint, opened.checkpoint
    try:
        refuse_unsigned(anchor.note, old, opened.log, anchor.name)
        if old.size > new.size:
            message = f"entries are gone: it signs {old.size}, the ledger has {new.size}"
        elif opened.tree.root(old.size) != old.root:
            message = f"fork: its root over {old.size} entries is not that of this ledger of {new.size}"
        else:
            return
    except AimsError as error:
        yield problem_of(error, anchor.name)
    else:
        yield Problem(Fault.BROKEN, anchor.name, message)


def _check_entries(report: Report, opened: Opened, checker: Checker) -> None:
    seen = array("Q")
    for part in parts(opened.tree, checker):
        report.take(part.counted)
        seen.extend(part.seen)
    ordered = sorted(seen)
    repeated = {one for one, following in pairwise(ordered) if one == following}
    if repeated:
        report.add_all(_repeats(opened.tree, checker, repeated, seen))


def _repeats(tree: SealedTree, checker: Checker, repeated: set[int], seen: array[int]) -> Iterator[Problem]:
    """The entries that say again what an earlier one says; only those that may are read again."""
    first: dict[str | bytes, int] = {}
    for index, fingerprint in enumerate(seen):
        if fingerprint not in repeated:
            continue
        receipt = next(judged(tree, checker, index, index + 1))
        statement = receipt.statement
        key = statement.text("id") if statement is not None and statement.is_execution else receipt.entry
        if key and first.setdefault(key, index) != index:
            yield Problem(Fault.UNMET, f"entry {index}", f"repeats the receipt of entry {first[key]}")


def _check_waiting(report: Report, ledger: Ledger, checker: Checker) -> None:
    """What waits to be sealed is judged as well, but proves nothing yet."""
    try:
        for line in ledger.waiting():
            if line.torn:
                report.torn.append(line.where)
                continue
            report.unsealed += 1
            report.add_all(checker.receipt(line.where, None, line.content).problems)
    except AimsError as error:
        report.add(problem_of(error, "wal"))
