"""The Merkle tree of RFC 9162, section 2.1 (the hashes of RFC 6962): roots, inclusion and consistency.

Verification is strict beyond the letter of the RFC: hashes have 32 bytes, and a tree without entries proves nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from typing import Final, TypeAlias

HASH_SIZE: Final = 32
EMPTY_ROOT: Final = sha256().digest()
NodeReader: TypeAlias = Callable[[int, int], bytes]
"""The hash of the complete subtree `index` at `level`: it covers the entries from index << level on."""


def leaf_hash(entry: bytes) -> bytes:
    """The hash of an entry."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees side by side."""
    return sha256(b"\x01" + left + right).digest()


def fold(peaks: Sequence[bytes]) -> bytes:
    """The root over complete subtrees from left to right, each smaller than the one before."""
    if not peaks:
        return EMPTY_ROOT
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = node_hash(peak, root)
    return root


def pairs(hashes: Sequence[bytes]) -> list[bytes]:
    """The level above; a last hash without a neighbour is left out."""
    return [sha256(b"\x01" + left + right).digest() for left, right in zip(hashes[::2], hashes[1::2], strict=False)]


def peaks_of(hashes: Sequence[bytes]) -> list[bytes]:
    """The roots of the complete subtrees that make up a row of leaf or node hashes, from left to right."""
    found: list[bytes] = []
    level = list(hashes)
    while level:
        if len(level) % 2:
            found.append(level[-1])
        level = pairs(level)
    return found[::-1]


class Frontier:
    """A tree that remembers its right edge only, so a million entries take as much memory as one."""

    def __init__(self, size: int = 0, peaks: Iterable[bytes] = ()) -> None:
        self.size = size
        self.peaks = list(peaks)
        if len(self.peaks) != size.bit_count() or any(len(peak) != HASH_SIZE for peak in self.peaks):
            raise ValueError(f"a tree of {size} entries has {size.bit_count()} peaks of {HASH_SIZE} bytes")

    def append(self, leaf: bytes) -> None:
        """One more entry, by its hash."""
        node, size = leaf, self.size
        while size & 1:
            node = sha256(b"\x01" + self.peaks.pop() + node).digest()
            size >>= 1
        self.peaks.append(node)
        self.size += 1

    def root(self) -> bytes:
        """The root of the tree as it is now."""
        return fold(self.peaks)


def includes(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether the proof shows the leaf at that place of the tree (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size or any(len(part) != HASH_SIZE for part in (leaf, root, *proof)):
        return False
    node, last, at = leaf, size - 1, index
    for part in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            node = node_hash(part, node)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            node = node_hash(node, part)
        at, last = at >> 1, last >> 1
    return last == 0 and node == root


def extends(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the proof shows that the larger tree starts with the smaller one (RFC 9162, 2.1.4.2)."""
    if old == new > 0:
        return not proof and old_root == new_root
    if not 0 < old < new or any(len(part) != HASH_SIZE for part in (old_root, new_root, *proof)):
        return False
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not path:
        return False
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    first = second = path[0]
    for part in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            first, second = node_hash(part, first), node_hash(part, second)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            second = node_hash(second, part)
        at, last = at >> 1, last >> 1
    return last == 0 and first == old_root and second == new_root


def inclusion_proof(index: int, size: int, node: NodeReader) -> list[bytes]:
    """The hashes beside the way from the leaf to the root (RFC 9162, 2.1.3.1)."""
    return _path(index, 0, size, node)


def consistency_proof(old: int, new: int, node: NodeReader) -> list[bytes]:
    """The hashes that lead from the smaller root to the larger one (RFC 9162, 2.1.4.1)."""
    return _subproof(old, 0, new, node, known=True) if 0 < old < new else []


def range_hash(start: int, end: int, node: NodeReader) -> bytes:
    """The hash over the entries from start up to end, where start begins a subtree of that size."""
    return fold([node(level, at >> level) for level, at in _subtrees(start, end)])


def peak_nodes(size: int) -> list[tuple[int, int]]:
    """Level and index of each complete subtree that makes up a tree, from left to right."""
    return [(level, at >> level) for level, at in _subtrees(0, size)]


def _subtrees(start: int, end: int) -> Iterable[tuple[int, int]]:
    while start < end:
        level = (end - start).bit_length() - 1
        yield level, start
        start += 1 << level


def _split(count: int) -> int:
    """The largest power of two smaller than the count."""
    return 1 << (count - 1).bit_length() - 1


def _path(index: int, start: int, end: int, node: NodeReader) -> list[bytes]:
    if end - start == 1:
        return []
    middle = start + _split(end - start)
    if index < middle:
        return [*_path(index, start, middle, node), range_hash(middle, end, node)]
    return [*_path(index, middle, end, node), range_hash(start, middle, node)]


def _subproof(old: int, start: int, end: int, node: NodeReader, *, known: bool) -> list[bytes]:
    if old == end:
        return [] if known else [range_hash(start, end, node)]
    middle = start + _split(end - start)
    if old <= middle:
        return [*_subproof(old, start, middle, node, known=known), range_hash(middle, end, node)]
    return [*_subproof(old, middle, end, node, known=False), range_hash(start, middle, node)]
