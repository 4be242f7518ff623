"""The confined process: makes Markdown of templates of others, and PDF. Started by `confined`, never imported by it.

It reads jobs from standard input and writes answers to standard output. It sets its own limits before the first job:
memory, processor time for each job, no files written, no core dumps. It is given everything a job needs, and no more.
"""

from __future__ import annotations

import json
import pickle
import struct
import sys
from collections.abc import Callable
from typing import BinaryIO, Final

from aimsctl.errors import RenderError

MEMORY: Final = 4 << 30  # bytes of address space; Typst reserves more than it uses
SECONDS: Final = 120  # of processor time for one job
FILES: Final = 256  # descriptors, for fonts and libraries
HEADER: Final = struct.Struct(">cQ")
DONE, FAILED = b"=", b"!"


def main() -> None:
    """Answers jobs until there are no more."""
    answers, jobs = sys.stdout.buffer, sys.stdin.buffer
    sys.stdout = sys.stderr  # whatever prints must not mix with answers
    _confine()
    while (job := _received(jobs)) is not None:
        _allow_time()
        sign, content = _answered(job)
        answers.write(HEADER.pack(sign, len(content)) + content)
        answers.flush()


def _received(stream: BinaryIO) -> tuple[str, tuple[object, ...]] | None:
    head = stream.read(HEADER.size)
    if len(head) < HEADER.size:
        return None
    _, length = HEADER.unpack(head)
    found: tuple[str, tuple[object, ...]] = pickle.loads(stream.read(length))  # noqa: S301 - of the process above us
    return found


def _answered(job: tuple[str, tuple[object, ...]]) -> tuple[bytes, bytes]:
    name, arguments = job
    try:
        return DONE, _JOBS[name](*arguments)
    except RenderError as error:
        return FAILED, json.dumps([error.message, error.hint]).encode("utf-8")
    except MemoryError:
        return FAILED, json.dumps(["it needs more memory than a document may take", ""]).encode("utf-8")


def _markdown(name: str, replaced: dict[str, str], context: dict[str, object]) -> bytes:
    from aimsctl.documents.environment import rendered  # noqa: PLC0415 - a worker for PDF needs no templates
    from aimsctl.documents.sources import with_overrides  # noqa: PLC0415 - the same

    return rendered(with_overrides(replaced), name, context).encode("utf-8", "replace")


def _pdf(document: str, timestamp: int) -> bytes:
    from aimsctl.documents.pdf import compiled  # noqa: PLC0415 - a worker for templates needs no Typst

    return compiled(document, timestamp)


_JOBS: Final[dict[str, Callable[..., bytes]]] = {"markdown": _markdown, "pdf": _pdf}


def _confine() -> None:
    """Limits for the whole process; systems without them have the time limit of the process above."""
    try:
        import resource  # noqa: PLC0415 - POSIX only
    except ImportError:
        return
    for limit, value in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, FILES),
    ):
        _, hard = resource.getrlimit(limit)
        ceiling = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(limit, (ceiling, ceiling))


def _allow_time() -> None:
    try:
        import resource  # noqa: PLC0415 - POSIX only
    except ImportError:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    wanted = int(used.ru_utime + used.ru_stime) + 1 + SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))


if __name__ == "__main__":
    main()
