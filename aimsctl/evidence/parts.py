"""Many entries judged by several processes: each judges a part of the ledger, and the parts are put together in order.

Threads would take turns at reading JSON, which costs about half of what a signature does; processes do not.
"""

from __future__ import annotations

import os
import signal
import threading
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from aimsctl.evidence.check import Checker
from aimsctl.evidence.report import Counted
from aimsctl.evidence.tiles import WIDTH
from aimsctl.evidence.tree import SealedTree, judged

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

_MANY: Final = 4096  # entries; fewer are judged before other processes would have begun
_WORKERS: Final = 8


@dataclass(slots=True)
class Part:
    """What was found in a part: the counts, and eight bytes of each receipt by which repeated ones are found."""

    counted: Counted = field(default_factory=Counted)
    seen: array[int] = field(default_factory=lambda: array("Q"))


def parts(tree: SealedTree, checker: Checker) -> Iterator[Part]:
    """The entries of the tree, judged; one part where there are few of them, or where processes cannot be forked."""
    workers = _workers() if tree.size >= _MANY else 1
    step = -(-tree.size // (workers * WIDTH)) * WIDTH or WIDTH
    ranges = [(start, min(start + step, tree.size)) for start in range(0, tree.size, step)]
    if len(ranges) < 2:  # noqa: PLR2004 - one part or none
        yield from (judge(tree, checker, *one) for one in ranges)
        return
    yield from _forked(tree, checker, ranges)


def judge(tree: SealedTree, checker: Checker, start: int, end: int) -> Part:
    """One part."""
    part = Part()
    for receipt in judged(tree, checker, start, end):
        part.counted.count(receipt)
        part.seen.append(int.from_bytes(receipt.fingerprint))
    return part


def _workers() -> int:
    """As many as there are cores to use; one where a fork would copy other threads' locks, or there is no fork."""
    if not hasattr(os, "fork") or threading.active_count() > 1:
        return 1
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(_WORKERS, cores)


def _forked(tree: SealedTree, checker: Checker, ranges: list[tuple[int, int]]) -> Iterator[Part]:
    from multiprocessing import get_context  # noqa: PLC0415 - only for large ledgers

    context = get_context("fork")
    running = []
    for one in ranges[1:]:
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(target=_child, args=(theirs, tree, checker, one), daemon=True)
        process.start()
        theirs.close()
        running.append((process, ours, one))
    try:
        yield judge(tree, checker, *ranges[0])
        for _, ours, one in running:
            try:
                yield ours.recv()
            except EOFError:  # the process was killed; what it did not tell is judged here
                yield judge(tree, checker, *one)
    finally:
        for process, ours, _ in running:
            ours.close()
            process.terminate()
            process.join()


def _child(tell: Connection, tree: SealedTree, checker: Checker, one: tuple[int, int]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is told, and ends its children
    tell.send(judge(tree, checker, *one))
