"""Floor 1: one long-lived `git cat-file --batch` through which all objects are read."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from contextlib import suppress
from typing import IO, Final

from aimsctl.errors import GitError
from aimsctl.source.git_objects import BrokenObjectError, object_id

_HUGE: Final = 64_000_000  # bytes; a larger object is not looked at
_SECONDS: Final = 10
_HEAD: Final = re.compile(rb"([0-9a-f]{40}(?:[0-9a-f]{24})?) ([a-z]+) ([0-9]{1,18})\n")


class Batch:
    """Reads objects by their full ids, and checks that the bytes are what the id says."""

    def __init__(self, start: Callable[[], subprocess.Popen[bytes]]) -> None:
        self._start = start
        self._process: subprocess.Popen[bytes] | None = None

    def __del__(self) -> None:
        self.close()

    def read(self, identifier: str, kind: str, limit: int | None = None) -> bytes:
        """The bytes of the object, no more than the limit. Raises BrokenObjectError."""
        return self._asked(identifier, kind)[1][:limit]

    def find(self, expression: str, kind: str) -> tuple[str, bytes]:
        """The full id and the bytes of the object that an expression of one line names. Raises BrokenObjectError."""
        return self._asked(expression, kind)

    def _asked(self, name: str, kind: str) -> tuple[str, bytes]:
        ask, answer = self._pipes()
        try:
            ask.write(name.encode("utf-8", "surrogateescape") + b"\n")
            ask.flush()
            head = _HEAD.fullmatch(answer.readline())
            if head is None:
                raise BrokenObjectError("its object is not in the repository")
            content = self._content(answer, int(head[3]))
        except OSError as error:
            self.close()
            raise BrokenObjectError("git stopped answering") from error
        identifier, found = head[1].decode("ascii"), head[2].decode("ascii")
        if found != kind:
            raise BrokenObjectError(f"its object is a {found}, not a {kind}")
        if object_id(kind, content, len(identifier)) != identifier:
            raise BrokenObjectError("its object is not what its id says")
        return identifier, content

    def _content(self, answer: IO[bytes], size: int) -> bytes:
        """The bytes that follow; the process ends where they are too many, or fewer than it promised."""
        if size > _HUGE:
            self.close()
            raise BrokenObjectError(f"its object is larger than {_HUGE // 1_000_000} MB")
        content = answer.read(size + 1)  # and the line end after it
        if len(content) <= size:
            self.close()
            raise BrokenObjectError("git stopped in the middle of it")
        return content[:size]

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        if self._process is None:
            self._process = self._start()
        if self._process.stdin is None or self._process.stdout is None:
            raise GitError("git cat-file gave no pipes")
        return self._process.stdin, self._process.stdout

    def close(self) -> None:
        """End the process; another one is started if there is more to read."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):  # what was still to be written has no reader any more
                    pipe.close()
        process.wait(timeout=_SECONDS)
