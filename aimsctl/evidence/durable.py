"""Files that are there whole or not at all, and still there after the power was cut (Pillai et al., OSDI 2014)."""

from __future__ import annotations

import contextlib
import os
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from aimsctl.evidence.problems import LedgerError

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

DRAFTS: Final = ".drafts"
_THREADS: Final = 4  # a disk that is asked for several files at once makes them last in one go
_PENDING: Final = 8  # files whose content is held in memory
_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_FOLDER: Final = getattr(os, "O_DIRECTORY", None)


class Writer:
    """Writes files below a folder: each appears whole; `settle` waits until all of them are there to stay.

    Every method raises OSError as the system gives it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._known: set[Path] = set()
        self._touched: set[Path] = set()
        self._pending: deque[Future[None]] = deque()
        self._pool: ThreadPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=False)

    def _threads(self) -> ThreadPoolExecutor:
        if self._pool is None:
            from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - recording does without threads

            self._pool = ThreadPoolExecutor(_THREADS)
        return self._pool

    def write(self, path: str, content: bytes) -> None:
        """The file will hold the content after `settle`; until then it holds that or what it held before."""
        file = self.folder / path
        self._prepare(file.parent)
        draft = self.folder / DRAFTS / os.urandom(8).hex()
        self._prepare(draft.parent)
        if len(self._pending) >= _PENDING:
            self._pending.popleft().result()
        self._pending.append(self._threads().submit(_publish, draft, content, file))
        self._touched.add(file.parent)

    def wait(self) -> None:
        """Every file that was written is in its place and its content on the disk."""
        while self._pending:
            self._pending.popleft().result()

    def remove(self, path: str) -> None:
        """The file is gone; nothing happens if it was not there."""
        with contextlib.suppress(FileNotFoundError):
            (self.folder / path).unlink()
            self._touched.add((self.folder / path).parent)

    def remove_folder(self, path: str) -> None:
        """The empty folder is gone; one that is not empty or not there stays as it is."""
        with contextlib.suppress(OSError):
            (self.folder / path).rmdir()
            self._touched.discard(self.folder / path)
            self._known.discard(self.folder / path)

    def settle(self) -> None:
        """What was written and removed is so on the disk, content and names. Raises the OSError of any part of it."""
        self.wait()
        for folder in sorted(self._touched):
            sync_folder(folder)
        self._touched.clear()

    def clean(self) -> None:
        """Drafts that a run which was killed left behind are gone. Only while nobody else writes."""
        folder = self.folder / DRAFTS
        if folder.is_symlink() or not folder.is_dir():
            return
        for draft in folder.iterdir():
            draft.unlink()

    def _prepare(self, folder: Path) -> None:
        """The folder is there, and no link on the way to it leads out of the ledger."""
        if folder in self._known:
            return
        if folder != self.folder:
            self._prepare(folder.parent)
            if folder.is_symlink():
                raise LedgerError(f"{folder.relative_to(self.folder)} is a link; a ledger is written through none")
            if not folder.is_dir():
                folder.mkdir(exist_ok=True)
                self._touched.add(folder.parent)
        self._known.add(folder)


def _publish(draft: Path, content: bytes, file: Path) -> None:
    try:
        descriptor = os.open(draft, _NEW, 0o666)
        try:
            write_all(descriptor, content)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        draft.replace(file)
    except BaseException:
        _discard(draft)
        raise


def _discard(draft: Path) -> None:
    with contextlib.suppress(OSError):
        draft.unlink()


def write_all(descriptor: int, content: bytes) -> None:
    """Writes every byte; a system may take fewer than it was given."""
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def sync_folder(folder: Path) -> None:
    """The names in the folder are on the disk; where folders cannot be opened the system does so by itself."""
    if _FOLDER is None:
        return
    descriptor = os.open(folder, os.O_RDONLY | _FOLDER)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
