"""The sealed tree as it is on disk, read so that every hash and entry that comes out is one the signed root stands for.

The right edge is read at once and folded to the root; whatever else is read afterwards is a full tile or bundle, which
no later seal changes, and is held against the tile above it. So a part of a ledger is verified without reading the
rest, and a reader is not disturbed by a seal.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from aimsctl.errors import AimsError
from aimsctl.evidence import tiles
from aimsctl.evidence.check import Checker, Receipt
from aimsctl.evidence.merkle import fold, leaf_hash, pairs, peak_nodes
from aimsctl.evidence.notes import Checkpoint
from aimsctl.evidence.problems import BrokenError, problem_of
from aimsctl.evidence.tiles import ENTRIES, HEIGHT, WIDTH, TileTree, tile_path

_CACHED: Final = 64


class SealedTree:
    """The tree of a checkpoint. Raises BrokenError where the bytes are not what the root stands for."""

    def __init__(self, folder: Path, checkpoint: Checkpoint) -> None:
        self.folder = folder
        self.checkpoint = checkpoint
        self.size = checkpoint.size
        edge = TileTree.load(folder, self.size)
        self._rows = edge.rows
        index, width = divmod(self.size, WIDTH)
        self._edge = tiles.read_bundle(folder, index, width) if width else []
        if edge.root() != checkpoint.root:
            names = ", ".join(tile_path(level, at, len(row)) for level, at, row in edge.partial()) or "no tile"
            raise BrokenError(f"the root over {names} is not the one that is signed", where="checkpoint")
        self._tiles: dict[tuple[int, int], list[bytes]] = {}

    def bundles(self, start: int, end: int) -> Iterator[tuple[int, list[bytes] | AimsError]]:
        """First index and entries of each bundle that overlaps the range; in place of a bundle that is not what the
        root stands for, the error that says what is wrong with it.
        """
        for index in range(start // WIDTH, -(-end // WIDTH)):
            try:
                yield index * WIDTH, self.bundle(index)
            except AimsError as error:
                yield index * WIDTH, error

    def bundle(self, index: int) -> list[bytes]:
        """The entries of a bundle, each one the tree's."""
        width = min(WIDTH, self.size - index * WIDTH)
        entries = self._edge if width < WIDTH else tiles.read_bundle(self.folder, index, width)
        known = self._tile(0, index)
        for at, entry in enumerate(entries):
            if leaf_hash(entry) != known[at]:
                where = f"entry {index * WIDTH + at}"
                raise BrokenError(f"{tile_path(ENTRIES, index, width)} holds another entry than the tree", where=where)
        return entries

    def node(self, level: int, index: int) -> bytes:
        """The hash of the complete subtree `index` at `level`."""
        above, inside = divmod(level, HEIGHT)
        first = index << inside
        row = self._tile(above, first // WIDTH)[first % WIDTH : first % WIDTH + (1 << inside)]
        while len(row) > 1:
            row = pairs(row)
        return row[0]

    def root(self, size: int) -> bytes:
        """The root of the tree when it had that many entries, which must not be more than it has."""
        return fold(self.peaks(size))

    def peaks(self, size: int) -> list[bytes]:
        """The complete subtrees that made it up then, from left to right."""
        return [self.node(level, index) for level, index in peak_nodes(size)]

    def _tile(self, level: int, index: int) -> list[bytes]:
        count = self.size >> HEIGHT * level
        if index == count // WIDTH:
            return self._rows[level]
        known = self._tiles.get((level, index))
        if known is None:
            known = tiles.read_tile(self.folder, level, index, WIDTH)
            top = known
            while len(top) > 1:
                top = pairs(top)
            if self._tile(level + 1, index // WIDTH)[index % WIDTH] != top[0]:
                path = tile_path(level, index)
                raise BrokenError(f"{path} does not fit the tile above it", where=path)
            if len(self._tiles) >= _CACHED:
                self._tiles.pop(next(iter(self._tiles)))
            self._tiles[level, index] = known
        return known


def judged(tree: SealedTree, checker: Checker, start: int, end: int) -> Iterator[Receipt]:
    """The receipts from start up to end, each found in the tree and judged, in their order."""
    for first, found in tree.bundles(start, end):
        if isinstance(found, list):
            lowest = max(start - first, 0)
            yield from checker.receipts(first + lowest, found[lowest : end - first])
            continue
        for index in range(max(start, first), min(end, first + WIDTH, tree.size)):
            where = f"entry {index}"
            yield Receipt(where, index, b"", problems=(problem_of(found, where),))
