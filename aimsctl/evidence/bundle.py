"""Whether what was handed on holds without its ledger: a bundle, or one proof with its receipt.

receipts.intoto.jsonl        envelopes, one a line, in the order of the ledger
checkpoint, checkpoints/N    signed roots
proofs/NNNNNNNNN.tlog-proof  the place of each receipt; or
window.json                  all receipts between two checkpoints, with nothing left out
manifest.json                the digests of the files: {"files": {PATH: SHA-256}}
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Final

from aimsctl.errors import AimsError
from aimsctl.evidence import tiles
from aimsctl.evidence.check import Checker
from aimsctl.evidence.envelope import ENTRY_LIMIT
from aimsctl.evidence.merkle import Frontier, includes, leaf_hash
from aimsctl.evidence.notes import NOTE_LIMIT, Checkpoint, Note, Verifier, read_checkpoint, read_proof
from aimsctl.evidence.problems import BrokenError, Fault, MalformedError, Problem, problem_of
from aimsctl.evidence.proofs import Window, read_window
from aimsctl.evidence.report import Report
from aimsctl.evidence.segments import lines
from aimsctl.evidence.strict import parse_object
from aimsctl.evidence.trust import Trust
from aimsctl.evidence.verify import Anchor, check_witnesses, log_of, read_anchor, refuse_unsigned

RECEIPTS: Final = "receipts.intoto.jsonl"
PROOFS: Final = "proofs"
WINDOW: Final = "window.json"
MANIFEST: Final = "manifest.json"
MANIFEST_LIMIT: Final = 16 * 1024 * 1024
_FILE_LIMIT: Final = 1024 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Given:
    """What a verification of handed-on evidence works with."""

    trust: Trust
    log: Verifier | None
    now: datetime | None


def verify_proof(proof: bytes, entry: bytes, given: Given) -> Report:
    """Whether the receipt stands where the proof says, under a root that the log signed. Never raises on content."""
    report = Report(kind="proof", origin="", trust=given.trust)
    try:
        found = read_proof(proof)
        checkpoint = _signed(report, found.note, given)
        check_witnesses(report, found.note, given.trust)
        _refuse_elsewhere(entry, found.index, found.hashes, checkpoint, "the proof")
        report.count(Checker(given.trust, checkpoint.origin, given.now).receipt("the receipt", found.index, entry))
    except AimsError as error:
        report.add(problem_of(error, "the proof"))
    return report


def verify_bundle(folder: Path, given: Given) -> Report:
    """Everything about a bundle. Never raises on what it holds."""
    report = Report(kind="bundle", origin="", trust=given.trust)
    try:
        anchor = _anchor(folder, "checkpoint")
        _signed(report, anchor.note, given)
        check_witnesses(report, anchor.note, given.trust)
        report.add_all(changed(folder))
        if (folder / WINDOW).exists():
            _check_window(report, folder, anchor, given)
        else:
            _check_proofs(report, folder, anchor, given)
    except AimsError as error:
        report.add(problem_of(error, "the bundle"))
    return report


def _signed(report: Report, note: Note, given: Given) -> Checkpoint:
    checkpoint = read_checkpoint(note)
    report.origin = checkpoint.origin
    log = given.log or log_of(checkpoint.origin, given.trust)
    if log is None:
        raise MalformedError(f"no key is known for the log {checkpoint.origin}; its signature cannot be verified")
    refuse_unsigned(note, checkpoint, log, "checkpoint")
    report.signed(checkpoint, log, pinned=True)
    return checkpoint


def _anchor(folder: Path, path: str) -> Anchor:
    return read_anchor(tiles.read_file(folder, path, NOTE_LIMIT), path)


def _refuse_elsewhere(entry: bytes, index: int, hashes: tuple[bytes, ...], root: Checkpoint, where: str) -> None:
    if not includes(leaf_hash(entry), index, root.size, hashes, root.root):
        raise BrokenError(f"the receipt is not entry {index} of the ledger {root.origin}", where=where)


def _receipts(folder: Path) -> Iterator[bytes]:
    for line in lines(folder, RECEIPTS):
        if line.torn and len(line.content) > ENTRY_LIMIT:
            raise MalformedError(f"{line.where}: longer than an entry can be")
        yield line.content  # a last line without its break is whole in a file that was handed on


def _check_window(report: Report, folder: Path, newest: Anchor, given: Given) -> None:
    """All receipts between two sizes, each read once: what is judged is what the root is made of."""
    window = read_window(tiles.read_file(folder, WINDOW, MANIFEST_LIMIT))
    checker = Checker(given.trust, report.origin, given.now)
    tree = Frontier(window.start, window.peaks)
    before = tree.root()
    for entry in _receipts(folder):
        if tree.size == window.end:
            raise BrokenError(f"there are more receipts than the {window.end - window.start} it says", where=WINDOW)
        report.count(checker.receipt(f"entry {tree.size}", tree.size, entry))
        tree.append(leaf_hash(entry))
    if tree.size != window.end:
        message = f"it says {window.end - window.start} receipts, the bundle has {tree.size - window.start}"
        raise BrokenError(message, where=WINDOW)
    last = newest if newest.checkpoint.size == window.end else _anchor(folder, f"checkpoints/{window.end}")
    for root, anchor in ((tree.root(), last), *_first(folder, window, before)):
        if report.log is not None:
            refuse_unsigned(anchor.note, anchor.checkpoint, report.log, anchor.name)
        if anchor.checkpoint.root != root:
            raise BrokenError("the receipts of the window do not make the root that is signed", where=anchor.name)
    report.complete = (window.start, window.end)


def _first(folder: Path, window: Window, root: bytes) -> Iterator[tuple[bytes, Anchor]]:
    path = f"checkpoints/{window.start}"
    if window.start and (folder / path).exists():
        yield root, _anchor(folder, path)


def _check_proofs(report: Report, folder: Path, newest: Anchor, given: Given) -> None:
    """Each receipt has the proof that comes at its turn; a receipt without one, or one too many, fails."""
    found = (file.name for file in (folder / PROOFS).iterdir()) if (folder / PROOFS).is_dir() else ()
    names = sorted(name for name in found if not name.startswith("."))  # what desktops leave behind is no proof
    checker = Checker(given.trust, report.origin, given.now)
    entries = _receipts(folder)
    last = -1
    for name, entry in zip(names, entries, strict=False):
        where = f"{PROOFS}/{name}"
        try:
            proof = read_proof(tiles.read_file(folder, where, NOTE_LIMIT), where)
            checkpoint = read_checkpoint(proof.note, where)
            if report.log is not None:
                refuse_unsigned(proof.note, checkpoint, report.log, where)
            if proof.index <= last:
                raise MalformedError("the receipts are not in the order of the ledger, or one is there twice")
            last = proof.index
            _refuse_elsewhere(entry, proof.index, proof.hashes, checkpoint, where)
            report.count(checker.receipt(f"entry {proof.index}", proof.index, entry))
        except AimsError as error:
            report.add(problem_of(error, where))
    without = sum(1 for _ in _receipts(folder)) - len(names)
    if without:
        what = f"{without} receipts have no proof" if without > 0 else f"{-without} proofs have no receipt"
        report.add(Problem(Fault.MALFORMED, newest.name if without < 0 else RECEIPTS, what))


def changed(folder: Path) -> Iterator[Problem]:
    """The files that are not as the manifest says. It is signed by nobody: it finds accidents, not attacks."""
    if not (folder / MANIFEST).exists():
        return
    files = parse_object(tiles.read_file(folder, MANIFEST, MANIFEST_LIMIT), MANIFEST).get("files")
    if not isinstance(files, dict):
        yield Problem(Fault.MALFORMED, MANIFEST, "it lists no files")
        return
    for path, digest in files.items():
        if Path(path).is_absolute() or ".." in Path(path).parts:
            yield Problem(Fault.MALFORMED, MANIFEST, f"{path} is outside the bundle")
            continue
        try:
            content = tiles.read_file(folder, path, _FILE_LIMIT)
        except AimsError as error:
            yield problem_of(error, path)
            continue
        if sha256(content).hexdigest() != digest:
            yield Problem(Fault.BROKEN, path, "it is not what the manifest says; it was changed after the export")
