"""The other end of the confined process: starts it when it is first needed, hands it jobs, ends it."""

from __future__ import annotations

import importlib.util
import json
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from typing import IO, Any, Final, Self, cast

from aimsctl.documents import worker
from aimsctl.errors import MissingExtraError, RenderError

SECONDS: Final = 180  # of waiting for one job
_KEPT: Final = ("PATH", "PYTHONPATH", "PYTHONHOME", "SYSTEMROOT", "LD_LIBRARY_PATH", "VIRTUAL_ENV")


class Confined:
    """One process for a run. Use it as a context: leaving it ends the process."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self.seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def markdown(self, name: str, replaced: Mapping[str, str], context: Mapping[str, Any]) -> str:
        """What a template, or the one that replaces it, makes of the context. Raises RenderError."""
        return self._done("markdown", (name, dict(replaced), dict(context)), f"template {name}").decode("utf-8")

    def pdf(self, document: str, timestamp: int) -> bytes:
        """The PDF of a document's data. Raises MissingExtraError without typst, RenderError."""
        if importlib.util.find_spec("typst") is None:
            raise MissingExtraError("writing PDF", "pdf")
        return self._done("pdf", (document, timestamp), "the PDF")

    def close(self) -> None:
        """End the process, if there is one."""
        process, self._process = self._process, None
        if process is not None:
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()
            process.kill()
            process.wait()

    def _done(self, job: str, arguments: tuple[object, ...], what: str) -> bytes:
        process = self._process = self._process or _started()
        late = threading.Timer(self.seconds, process.kill)
        late.start()
        try:
            return _asked(process, pickle.dumps((job, arguments)))
        except (OSError, EOFError) as error:
            self.close()
            raise RenderError(
                f"{what} could not be made: {self._why(process, late)}", hint="nothing was written"
            ) from error
        finally:
            late.cancel()

    def _why(self, process: subprocess.Popen[bytes], late: threading.Timer) -> str:
        """Why the process ended, in words."""
        if late.finished.is_set():
            return f"it took longer than {self.seconds:g} seconds"
        if os.name == "posix" and process.returncode == -signal.SIGXCPU:
            return f"it took longer than {worker.SECONDS} seconds"
        return "it needed more than a document may take"


def _started() -> subprocess.Popen[bytes]:
    """The process, with nothing of the surroundings but where Python finds its modules."""
    kept = {name: value for name in _KEPT if (value := os.environ.get(name)) is not None}
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "aimsctl.documents.worker"],
        env={**kept, "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


def _asked(process: subprocess.Popen[bytes], job: bytes) -> bytes:
    """The answer. Raises RenderError for a refusal, EOFError where the process ended instead."""
    jobs, answers = cast("IO[bytes]", process.stdin), cast("IO[bytes]", process.stdout)
    jobs.write(worker.HEADER.pack(worker.DONE, len(job)) + job)
    jobs.flush()
    head = answers.read(worker.HEADER.size)
    if len(head) < worker.HEADER.size:
        raise EOFError
    sign, length = worker.HEADER.unpack(head)
    content = answers.read(length)
    if len(content) < length:
        raise EOFError
    if sign == worker.FAILED:
        message, hint = json.loads(content)
        raise RenderError(message, hint=hint)
    return content
