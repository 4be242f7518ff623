"""The files of a ledger as C2SP tlog-tiles lays them out: hash tiles and entry bundles, 256 to a file.

Everything is read with a limit and without following links; a file of the wrong length is malformed, not shortened.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from aimsctl.evidence.envelope import ENTRY_LIMIT
from aimsctl.evidence.merkle import HASH_SIZE, Frontier, fold, pairs, peaks_of
from aimsctl.evidence.problems import LedgerError, MalformedError

WIDTH: Final = 256
HEIGHT: Final = 8
ENTRIES: Final = "entries"
BUNDLE_LIMIT: Final = WIDTH * (2 + ENTRY_LIMIT)
OPEN: Final = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def tile_path(level: int | str, index: int, width: int = WIDTH) -> str:
    """The path of a tile below the ledger's folder: groups of three digits, x before all but the last."""
    groups = [f"{index % 1000:03d}"]
    while index >= 1000:  # noqa: PLR2004 - three digits
        index //= 1000
        groups.insert(0, f"x{index % 1000:03d}")
    partial = "" if width == WIDTH else f".p/{width}"
    return f"tile/{level}/{'/'.join(groups)}{partial}"


def widths(size: int, level: int) -> Iterator[tuple[int, int]]:
    """Index and width of each tile that a tree of that size has at the level."""
    count = size >> (HEIGHT * level)
    for index in range(count // WIDTH):
        yield index, WIDTH
    if count % WIDTH:
        yield count // WIDTH, count % WIDTH


def levels(size: int) -> int:
    """How many levels of tiles a tree of that size has."""
    return max(1, -(-max(size.bit_length(), 1) // HEIGHT)) if size else 0


def read_file(folder: Path, path: str, limit: int) -> bytes:
    """The bytes of a regular file. Raises LedgerError if there is none, MalformedError if it is too large."""
    try:
        descriptor = os.open(folder / path, OPEN)
    except OSError as error:
        raise LedgerError(f"{path} cannot be read: {error.strerror}") from error
    with os.fdopen(descriptor, "rb") as stream:
        state = os.fstat(descriptor)
        if not stat.S_ISREG(state.st_mode):
            raise LedgerError(f"{path} is not a regular file")
        try:
            content = stream.read(min(state.st_size, limit) + 1)  # as much memory as there is to read, and no more
        except OSError as error:
            raise LedgerError(f"{path} cannot be read: {error.strerror}") from error
    if len(content) > limit:
        raise MalformedError(f"{path} is larger than the {limit} bytes it may have")
    return content


def read_tile(folder: Path, level: int, index: int, width: int) -> list[bytes]:
    """The hashes of a tile. Raises MalformedError if it has not exactly so many."""
    path = tile_path(level, index, width)
    content = read_file(folder, path, WIDTH * HASH_SIZE)
    if len(content) != width * HASH_SIZE:
        raise MalformedError(f"{path} holds {len(content)} bytes, not the {width * HASH_SIZE} of {width} hashes")
    return split_tile(content)


def split_tile(content: bytes) -> list[bytes]:
    """The hashes in a tile's bytes."""
    return [content[at : at + HASH_SIZE] for at in range(0, len(content), HASH_SIZE)]


def read_bundle(folder: Path, index: int, width: int) -> list[bytes]:
    """The entries of a bundle. Raises MalformedError if they are not exactly so many."""
    path = tile_path(ENTRIES, index, width)
    return split_bundle(read_file(folder, path, BUNDLE_LIMIT), width, path)


def split_bundle(content: bytes, width: int, path: str) -> list[bytes]:
    """The entries in a bundle's bytes: each has its length, two bytes big-endian, before it."""
    entries: list[bytes] = []
    at = 0
    while at < len(content) and len(entries) < width:
        end = at + 2 + int.from_bytes(content[at : at + 2])
        entries.append(content[at + 2 : end])
        at = end
    if at != len(content) or len(entries) != width:
        raise MalformedError(f"{path} does not hold exactly {width} entries")
    return entries


def entries(folder: Path, size: int, start: int, end: int) -> Iterator[tuple[int, bytes]]:
    """Index and bytes of the entries from start up to end of a tree of that size, a bundle read at a time."""
    for index in range(start // WIDTH, -(-end // WIDTH)):
        first = index * WIDTH
        bundle = read_bundle(folder, index, min(WIDTH, size - first))
        for at in range(max(start, first), min(end, first + len(bundle))):
            yield at, bundle[at - first]


def bundle_bytes(entries: Sequence[bytes]) -> bytes:
    """The bytes of a bundle."""
    return b"".join(part for entry in entries for part in (len(entry).to_bytes(2), entry))


class TileTree:
    """A tree that grows and gives off its tiles: per level it keeps the tile that is not full yet, and no more."""

    def __init__(self, size: int = 0, rows: Sequence[Sequence[bytes]] = ()) -> None:
        self.size = size
        self.rows = [list(row) for row in rows]

    @classmethod
    def load(cls, folder: Path, size: int) -> TileTree:
        """The tree of that size as its partial tiles tell it. Raises LedgerError and MalformedError."""
        rows = []
        for level in range(levels(size)):
            count = size >> (HEIGHT * level)
            index, width = divmod(count, WIDTH)
            rows.append(read_tile(folder, level, index, width) if width else [])
        return cls(size, rows)

    def extend(self, leaves: Sequence[bytes]) -> Iterator[tuple[int, int, list[bytes]]]:
        """More entries, by their hashes; yields level, index and hashes of each tile that became full."""
        at = 0
        while at < len(leaves):
            row = self._row(0)
            taken = leaves[at : at + WIDTH - len(row)]
            row.extend(taken)
            at += len(taken)
            self.size += len(taken)
            if len(row) == WIDTH:
                yield from self._full(0)

    def partial(self) -> Iterator[tuple[int, int, list[bytes]]]:
        """Level, index and hashes of the tiles that are not full."""
        for level, row in enumerate(self.rows):
            if row:
                yield level, self.size >> HEIGHT * (level + 1), row

    def root(self) -> bytes:
        """The root of the tree as it is now."""
        return fold(self.peaks())

    def peaks(self) -> list[bytes]:
        """The roots of the complete subtrees that make it up, from left to right."""
        return [peak for row in reversed(self.rows) for peak in peaks_of(row)]

    def frontier(self) -> Frontier:
        """The right edge alone."""
        return Frontier(self.size, self.peaks())

    def _row(self, level: int) -> list[bytes]:
        if level == len(self.rows):
            self.rows.append([])
        return self.rows[level]

    def _full(self, level: int) -> Iterator[tuple[int, int, list[bytes]]]:
        row = self.rows[level]
        yield level, (self.size >> HEIGHT * (level + 1)) - 1, row
        self.rows[level] = []
        top = row
        while len(top) > 1:
            top = pairs(top)
        above = self._row(level + 1)
        above.extend(top)
        if len(above) == WIDTH:
            yield from self._full(level + 1)


class TileReader:
    """Hashes of complete subtrees out of the tiles of a tree, a tile read once."""

    def __init__(self, folder: Path, size: int) -> None:
        self.folder = folder
        self.size = size
        self._tiles: dict[tuple[int, int], list[bytes]] = {}

    def node(self, level: int, index: int) -> bytes:
        """The hash of the complete subtree `index` at `level`. Raises LedgerError and MalformedError."""
        tile_level, inside = divmod(level, HEIGHT)
        first = index << inside
        tile = self._tile(tile_level, first // WIDTH)
        row = tile[first % WIDTH : first % WIDTH + (1 << inside)]
        while len(row) > 1:
            row = pairs(row)
        return row[0]

    def _tile(self, level: int, index: int) -> list[bytes]:
        if (level, index) not in self._tiles:
            width = min(WIDTH, (self.size >> HEIGHT * level) - index * WIDTH)
            self._tiles[level, index] = read_tile(self.folder, level, index, width)
        return self._tiles[level, index]
