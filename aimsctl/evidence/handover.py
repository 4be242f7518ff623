"""What is handed on from ledgers: the receipts that were asked for with their proofs, or a complete window.

Each ledger gives a part, which `bundle.verify_bundle` verifies by itself. Nothing is handed on but what stands under a
root whose signature was verified.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from aimsctl.errors import UsageError
from aimsctl.evidence import tiles
from aimsctl.evidence.bundle import PROOFS, RECEIPTS, WINDOW
from aimsctl.evidence.check import Checker
from aimsctl.evidence.control_texts import Named, named_by
from aimsctl.evidence.ledger import Ledger
from aimsctl.evidence.notes import NOTE_LIMIT, Verifier, signed_by
from aimsctl.evidence.problems import BrokenError
from aimsctl.evidence.proofs import Window, proof_of, window_of
from aimsctl.evidence.query import Hit, Unread, Wanted, found_in, hit
from aimsctl.evidence.seal import CHECKPOINT, CHECKPOINTS, checkpoint_sizes
from aimsctl.evidence.tree import judged
from aimsctl.evidence.trust import Trust
from aimsctl.evidence.verify import Anchor, Opened, extends, open_sealed, read_anchor

Row = Mapping[str, Any]
NOTHING: Final[Mapping[str, Collection[int]]] = MappingProxyType({})
_STRANGE: Final = re.compile(r"[^A-Za-z0-9._-]+")
_NAMED: Final = 8  # sizes in a hint


@dataclass(slots=True)
class Part:
    """What one ledger gives: the rows of its receipts, and its files by their path in the part.

    `between` names the checkpoints around receipts that were chosen, by how many entries each signs; `besides` counts
    those that were named by their place and do not fit what was asked.
    """

    name: str
    anchor: Anchor
    log: Verifier
    rows: list[Row] = field(default_factory=list)
    entries: list[bytes] = field(default_factory=list)
    signers: Counter[str] = field(default_factory=Counter)
    controls: Counter[Named] = field(default_factory=Counter)
    unread: list[str] = field(default_factory=list)
    witnesses: dict[Verifier, int] = field(default_factory=dict)
    window: Window | None = None
    between: tuple[int, int] | None = None
    besides: int = 0
    proofs: dict[str, bytes] = field(default_factory=dict)
    earlier: dict[str, bytes] = field(default_factory=dict)

    @property
    def verified(self) -> int:
        """How many of its receipts are verified."""
        return sum(row["verified"] for row in self.rows)

    @property
    def files(self) -> dict[str, bytes]:
        """All of its files, those of the same part always the same bytes."""
        window = {} if self.window is None else {WINDOW: json.dumps(self.window.to_dict(), indent=1).encode() + b"\n"}
        receipts = b"".join(entry + b"\n" for entry in self.entries)
        head = {RECEIPTS: receipts, CHECKPOINT: str(self.anchor.note).encode()}
        return {**head, **self.earlier, **window, **self.proofs}

    def take(self, found: Hit) -> None:
        """One more receipt."""
        self.rows.append(found.row())
        self.entries.append(found.receipt.entry)
        self.signers.update(found.receipt.signers)
        if found.receipt.statement is not None and found.receipt.statement.is_execution:
            self.controls[named_by(found.receipt.statement)] += 1


def asked(
    ledgers: Sequence[Ledger],
    trust: Trust,
    wanted: Wanted,
    now: datetime | None = None,
    also: Mapping[str, Collection[int]] = NOTHING,
) -> list[Part]:
    """The receipts that fit, and those at places named besides by ledger and index: each with its proof, verified or
    not; what could not be read is named.

    Raises what `open_sealed` raises where a ledger's root does not hold, UsageError for two ledgers of one name.
    """
    parts = []
    for name, ledger in sorted(_named(ledgers).items()):
        opened = open_sealed(ledger, trust)
        part = _part(name, opened, trust, Anchor(CHECKPOINT, opened.note, opened.checkpoint))
        hits = {one.index: one for one in _read(part, found_in(opened, trust, wanted, now))}
        more = {one.index: one for one in _read(part, _at(opened, trust, also.get(ledger.origin, ()), now))}
        part.besides = len(more.keys() - hits.keys())
        for index, found in sorted((more | hits).items()):
            part.take(found)
            part.proofs[f"{PROOFS}/{index:09d}.tlog-proof"] = str(proof_of(opened, index)).encode()
        part.between = _between(part, checkpoint_sizes(ledger.folder))
        parts.append(part)
    return parts


def complete(ledger: Ledger, trust: Trust, start: int, end: int | None, now: datetime | None = None) -> Part:
    """All receipts between two checkpoints, by the number of entries each was signed for; without end, the newest.

    Raises UsageError where no such checkpoint was signed, BrokenError where an entry in it cannot be read, and what
    `open_sealed` raises.
    """
    opened = open_sealed(ledger, trust)
    last = opened.checkpoint.size if end is None else end
    if not 0 <= start < last:
        raise UsageError(f"there is no window from {start} to {last}", hint="the second checkpoint is the larger one")
    (name,) = _named([ledger])
    part = _part(name, opened, trust, _kept(ledger, opened, last))
    part.window = window_of(opened, start, last)
    if start:
        part.earlier[f"{CHECKPOINTS}/{start}"] = str(_kept(ledger, opened, start).note).encode()
    for receipt in judged(opened.tree, Checker(trust, ledger.origin, now), start, last):
        if not receipt.entry:
            raise BrokenError(f"{receipt.problems[0].message}; the window would not be complete", where=receipt.where)
        part.take(hit(ledger.origin, receipt, trust))
    return part


def _read(part: Part, found: Iterable[Hit | Unread]) -> Iterator[Hit]:
    """The hits; what could not be read is noted in the part."""
    for one in found:
        if isinstance(one, Unread):
            part.unread.append(one.problem.told)
        else:
            yield one


def _at(opened: Opened, trust: Trust, places: Collection[int], now: datetime | None) -> Iterator[Hit | Unread]:
    """The receipts at these places."""
    origin = opened.checkpoint.origin
    for index in sorted(places):
        for receipt in judged(opened.tree, Checker(trust, origin, now), index, min(index + 1, opened.tree.size)):
            yield hit(origin, receipt, trust) if receipt.entry else Unread(origin, receipt.problems[0])


def _between(part: Part, sizes: Iterable[int]) -> tuple[int, int] | None:
    """The checkpoints between which the receipts lie, so that who wants all of a period knows what to ask for."""
    if not part.rows:
        return None
    first, last = part.rows[0]["ledger_index"], part.rows[-1]["ledger_index"]
    known = sorted({0, part.anchor.checkpoint.size, *sizes})
    return max(size for size in known if size <= first), min(size for size in known if size > last)


def _part(name: str, opened: Opened, trust: Trust, anchor: Anchor) -> Part:
    known = trust.policy.witnesses.values() if trust.policy is not None else ()
    seen = {one: when for one in known if (when := signed_by(anchor.note, one)) is not None}
    return Part(name, anchor, opened.log, witnesses=seen)


def _kept(ledger: Ledger, opened: Opened, size: int) -> Anchor:
    """The checkpoint over so many entries, verified to be one of this ledger's own."""
    if size == opened.checkpoint.size:
        return Anchor(CHECKPOINT, opened.note, opened.checkpoint)
    sizes = sorted(checkpoint_sizes(ledger.folder))
    if size not in sizes:
        near = sorted(sorted(sizes, key=lambda one: abs(one - size))[:_NAMED])
        hint = f"the nearest were signed over {', '.join(map(str, near))}" if near else ""
        raise UsageError(f"{ledger.origin} has no checkpoint over {size} entries", hint=hint)
    path = f"{CHECKPOINTS}/{size}"
    anchor = read_anchor(tiles.read_file(ledger.folder, path, NOTE_LIMIT), path)
    if anchor.checkpoint.size != size:
        raise BrokenError(f"it is a checkpoint of {anchor.checkpoint.size} entries", where=path)
    for problem in extends(opened, anchor):
        raise BrokenError(problem.message, where=problem.where)
    return anchor


def _named(ledgers: Sequence[Ledger]) -> dict[str, Ledger]:
    """The ledgers by what their folders in the bundle are called: the last word of their names, if that tells them."""
    short = [_slug(ledger.origin.rpartition("/")[2]) for ledger in ledgers]
    whole = [_slug(ledger.origin) for ledger in ledgers]
    names = short if len({one.lower() for one in short}) == len(ledgers) else whole
    if len({one.lower() for one in names}) < len(ledgers):
        raise UsageError("two of these ledgers have the same name", hint="--ledger names those that are meant")
    return dict(zip(names, ledgers, strict=True))


def _slug(name: str) -> str:
    return _STRANGE.sub("-", name).strip(".-")[:100] or "ledger"
