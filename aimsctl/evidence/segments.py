"""Receipts that were accepted and have no place in the tree yet: segments of lines, one line an envelope.

Each process writes segments of its own and never into one that was there before it, so that two branches of a
repository never change the same file, and a line that a crash tore is never continued by another.
"""

from __future__ import annotations

import contextlib
import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aimsctl.evidence.durable import sync_folder, write_all
from aimsctl.evidence.envelope import ENTRY_LIMIT
from aimsctl.evidence.problems import LedgerError, MalformedError
from aimsctl.evidence.tiles import OPEN

WAL: Final = "wal"
TORN: Final = ".torn"
SEGMENT_LIMIT: Final = 16 * 1024 * 1024  # bytes; then the next segment is begun
_BLOCK: Final = 1024 * 1024
_NAME: Final = re.compile(r"([0-9]{7,9})-[0-9a-f]{8}\.jsonl")
_NEW: Final = (
    os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
)


@dataclass(slots=True)
class Line:
    """A line of a segment: the segment's path in the ledger, the line's number, and its bytes."""

    path: str
    number: int
    content: bytes
    torn: bool = False

    @property
    def where(self) -> str:
        """How messages name it."""
        return f"{self.path}, line {self.number}"


def refuse_entry(entry: bytes) -> None:
    """Nothing if the bytes can be an entry; raises MalformedError if they cannot."""
    if not 0 < len(entry) <= ENTRY_LIMIT:
        raise MalformedError(f"the envelope has {len(entry)} bytes; 1 to {ENTRY_LIMIT} are allowed")
    if b"\n" in entry or b"\r" in entry:
        raise MalformedError("the envelope has a line break; an entry is one line")


def segments(folder: Path) -> list[str]:
    """The paths of the segments in the order in which they are sealed. Raises LedgerError for what is none."""
    try:
        with os.scandir(folder / WAL) as found:
            names = [(entry.name, entry.is_file(follow_symlinks=False)) for entry in found]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise LedgerError(f"{WAL} cannot be read: {error.strerror}") from error
    for name, regular in names:
        if not regular or not (_NAME.fullmatch(name) or name.endswith(TORN)):
            raise LedgerError(f"{WAL}/{name} is no segment of this ledger", hint="move it away")
    return sorted(f"{WAL}/{name}" for name, _ in names if not name.endswith(TORN))


def lines(folder: Path, path: str) -> Iterator[Line]:
    """The lines of a segment, one after the other; one without its line break, which only the last can be, is torn.

    Raises LedgerError where it cannot be read, MalformedError for a line that can be no entry.
    """
    try:
        descriptor = os.open(folder / path, OPEN)
    except OSError as error:
        raise LedgerError(f"{path} cannot be read: {error.strerror}") from error
    with os.fdopen(descriptor, "rb") as stream:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise LedgerError(f"{path} is not a regular file")
        number, rest = 0, b""
        while block := stream.read(_BLOCK):
            *whole, rest = (rest + block).split(b"\n")
            for number, content in enumerate(whole, number + 1):  # noqa: B020 - the count goes on
                yield _checked(Line(path, number, content))
            if len(rest) > ENTRY_LIMIT:
                break
        if rest:
            torn = Line(path, number + 1, rest, torn=True)
            yield torn if len(rest) <= ENTRY_LIMIT else _checked(torn)


def _checked(line: Line) -> Line:
    """The line, if it can be an entry; raises MalformedError, which names it, if it cannot."""
    if 0 < len(line.content) <= ENTRY_LIMIT and b"\r" not in line.content:
        return line
    try:
        refuse_entry(line.content)
    except MalformedError as error:
        raise MalformedError(f"{line.where}: {error.message}") from error
    return line


class Segment:
    """The segment that this process writes, begun at the first append. Only used while the ledger is locked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._descriptor = -1
        self._name = ""
        self._size = 0

    def append(self, entries: Sequence[bytes]) -> None:
        """All entries are on the disk, or none is: then OSError says why, and the segment is as it was."""
        content = b"\n".join(entries) + b"\n"
        fresh = self._begin() if not self._usable() else False
        try:
            write_all(self._descriptor, content)
            os.fsync(self._descriptor)
            if fresh:
                sync_folder(self.folder / WAL)
        except BaseException:
            self._undo()
            raise
        self._size += len(content)

    def close(self) -> None:
        """The segment is left; the next append begins another."""
        if self._descriptor >= 0:
            descriptor, self._descriptor = self._descriptor, -1
            os.close(descriptor)

    def _usable(self) -> bool:
        """Whether the file is still the one that was begun, with what was written to it and no more.

        It is not after a seal took it in, after git put another in its place, or in a child of this process.
        """
        if self._descriptor < 0 or self._size >= SEGMENT_LIMIT:
            self.close()
            return False
        ours = os.fstat(self._descriptor)
        try:
            named = (self.folder / WAL / self._name).lstat()
        except OSError:
            named = None
        if named is not None and os.path.samestat(ours, named) and ours.st_size == self._size:
            return True
        self.close()
        return False

    def _begin(self) -> bool:
        wal = self.folder / WAL
        if wal.is_symlink():
            raise LedgerError(f"{WAL} is a link; a ledger is written through none")
        if not wal.is_dir():
            wal.mkdir()
            sync_folder(self.folder)
        numbers = [int(found[1]) for file in wal.iterdir() if (found := _NAME.match(file.name))]
        self._name = f"{max(numbers, default=0) + 1:07d}-{os.urandom(4).hex()}.jsonl"
        self._descriptor = os.open(wal / self._name, _NEW, 0o666)
        self._size = 0
        return True

    def _undo(self) -> None:
        """Takes back what part was written. A segment that knew an error is never written again."""
        with contextlib.suppress(OSError):
            os.ftruncate(self._descriptor, self._size)
            os.fsync(self._descriptor)
        if not self._size:
            with contextlib.suppress(OSError):
                (self.folder / WAL / self._name).unlink()
        with contextlib.suppress(OSError):
            self.close()
