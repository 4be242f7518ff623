"""What is handed to others so that they can verify without the ledger: proofs of one entry, and complete windows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aimsctl.evidence.keys import decode_base64
from aimsctl.evidence.merkle import HASH_SIZE, inclusion_proof
from aimsctl.evidence.notes import Proof
from aimsctl.evidence.problems import MalformedError
from aimsctl.evidence.strict import parse_object
from aimsctl.evidence.verify import Opened


@dataclass(frozen=True, slots=True)
class Window:
    """All entries from `start` up to `end`; on top of the peaks of the smaller tree they make the larger one."""

    start: int
    end: int
    peaks: tuple[bytes, ...]

    def to_dict(self) -> dict[str, Any]:
        """The data of window.json."""
        return {"from": self.start, "to": self.end, "peaks": [peak.hex() for peak in self.peaks]}


def proof_of(opened: Opened, index: int) -> Proof:
    """The proof that the entry is in the tree of the newest checkpoint. Raises MalformedError if it has none such."""
    if not 0 <= index < opened.tree.size:
        raise MalformedError(f"the ledger has {opened.tree.size} entries, none at {index}")
    hashes = inclusion_proof(index, opened.tree.size, opened.tree.node)
    return Proof(index, tuple(hashes), opened.note)


def window_of(opened: Opened, start: int, end: int) -> Window:
    """The window from start up to end, which should be sizes that checkpoints were signed for."""
    if not 0 <= start <= end <= opened.tree.size:
        raise MalformedError(f"the ledger has {opened.tree.size} entries, not {start} to {end}")
    return Window(start, end, tuple(opened.tree.peaks(start)))


def read_window(content: bytes, what: str = "window.json") -> Window:
    """The window in these bytes. Raises MalformedError. Peaks may be hexadecimal or base64."""
    data = parse_object(content, what)
    start, end, peaks = data.get("from"), data.get("to"), data.get("peaks")
    if type(start) is not int or type(end) is not int or not isinstance(peaks, list) or not 0 <= start <= end:
        raise MalformedError(f"{what} does not say from where to where it goes")
    hashes = tuple(_hash(peak) for peak in peaks)
    if len(hashes) != start.bit_count() or any(one is None for one in hashes):
        raise MalformedError(f"{what} must hold the {start.bit_count()} peaks of a tree of {start} entries")
    return Window(start, end, tuple(one for one in hashes if one is not None))


def _hash(text: object) -> bytes | None:
    if not isinstance(text, str):
        return None
    try:
        value = bytes.fromhex(text) if len(text) == 2 * HASH_SIZE else decode_base64(text)
    except ValueError:
        return None
    return value if value is not None and len(value) == HASH_SIZE else None
