"""One writer at a time: an advisory lock that dies with its process, so that no lock outlives a crash."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from aimsctl.evidence.problems import LedgerError

NAME: Final = "lock"
PATIENCE: Final = 30.0  # seconds
_FIRST_WAIT, _LONGEST_WAIT = 0.0005, 0.02
_NOTE_SIZE: Final = 32
_FLAGS: Final = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
_BUSY: Final = frozenset({errno.EAGAIN, errno.EACCES, errno.EWOULDBLOCK, errno.EDEADLK})

if sys.platform == "win32":
    import msvcrt

    def _take(descriptor: int) -> None:
        os.lseek(descriptor, _NOTE_SIZE, os.SEEK_SET)  # the note before it stays readable
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _take(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextlib.contextmanager
def locked(folder: Path, work: str, patience: float = PATIENCE) -> Iterator[None]:
    """Holds the folder's lock; the file is opened anew each time, so threads and forked children exclude each other.

    Raises LedgerError where the lock stays taken, with who holds it, and where the file system has no locks.
    """
    try:
        descriptor = os.open(folder / NAME, _FLAGS, 0o666)
    except OSError as error:
        raise LedgerError(f"the ledger cannot be locked: {error.strerror}") from error
    try:
        _wait(descriptor, patience)
        with contextlib.suppress(OSError):  # on a full disk the lock still holds, it only does not say whose it is
            _note(descriptor, f"{work}, process {os.getpid()}")
        yield
    finally:
        with contextlib.suppress(OSError):  # the lock is gone with the descriptor, and nothing else was in the file
            os.close(descriptor)


def _wait(descriptor: int, patience: float) -> None:
    until = time.monotonic() + patience
    pause = _FIRST_WAIT
    while True:
        try:
            _take(descriptor)
        except OSError as error:
            if error.errno not in _BUSY:
                raise LedgerError(f"the file system does not lock files ({error.strerror})") from error
        else:
            return
        if time.monotonic() >= until:
            raise LedgerError(f"the ledger is in use by another process ({_holder(descriptor)})", hint="try again")
        time.sleep(pause)
        pause = min(pause * 2, _LONGEST_WAIT)


def _note(descriptor: int, text: str) -> None:
    os.lseek(descriptor, 0, os.SEEK_SET)
    os.write(descriptor, text[: _NOTE_SIZE - 1].ljust(_NOTE_SIZE - 1).encode("ascii", "replace") + b"\n")


def _holder(descriptor: int) -> str:
    os.lseek(descriptor, 0, os.SEEK_SET)
    text = os.read(descriptor, _NOTE_SIZE).decode("ascii", "replace").strip()
    return text if text.isprintable() and text else "which one is not known"
