"""Receipts on their way to the ledger: a queue, a thread that writes batches, and what happens at fork and at exit."""

from __future__ import annotations

import atexit
import logging
import os
import sys
import threading
import weakref
from collections import deque
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Final, Protocol

from aimsctl.evidence.problems import MalformedError

LOG: Final = logging.getLogger("aimsctl.evidence")
_LONGEST_PAUSE: Final = 60.0  # seconds between two attempts at a ledger that cannot be written


class Sink(Protocol):
    """Where receipts go: a ledger, or anything else that takes them."""

    def append(self, envelopes: Sequence[bytes]) -> object:
        """Keeps all of them or, raising, none."""


class Outbox:
    """Takes envelopes from any thread and brings them to the ledger in batches, in the order they came.

    A ledger that cannot be written is tried again until the process ends; what waits is bounded, and what is lost is
    counted and logged.
    """

    def __init__(
        self, sink: Sink, *, interval: float, batch: int, most: int, reborn: Callable[[], None] = lambda: None
    ) -> None:
        self.sink = sink
        self.lost = 0
        self._interval = interval
        self._batch = batch
        self._most = most
        self._reborn = reborn
        self._fresh()
        _OPEN.add(self)

    def _fresh(self) -> None:
        """Empty and without a thread, as in a process that was just forked: what waits is its parent's."""
        self._waiting: deque[bytes] = deque()
        self._sending = threading.Lock()
        self._life = threading.Lock()  # of the thread: it is begun or given up, never both at once
        self._idle()

    def _idle(self) -> None:
        """Without a thread; the next one has signals of its own, so an old one cannot take them."""
        self._some, self._full, self._closing = threading.Event(), threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None

    def put(self, envelope: bytes) -> bool:
        """Whether it was taken; a full queue takes nothing more. One caller at a time, whoever closes meanwhile."""
        if len(self._waiting) >= self._most:
            self.lose("the ledger has not been writable for long, and the queue is full")
            return False
        self._waiting.append(envelope)
        if self._thread is None:
            self._start()
        if not self._some.is_set():
            self._some.set()
        if len(self._waiting) >= self._batch:
            self._full.set()
        return True

    def now(self, envelope: bytes) -> None:
        """Writes this one before it returns. Raises what the ledger raises."""
        with self._sending:
            self.sink.append([envelope])

    def send(self) -> None:
        """Writes what waits by now. Raises what the ledger raises; what is not written then still waits.

        What comes meanwhile waits for the next time, or a quick caller would make the disk wait for each few receipts.
        """
        with self._sending:
            left = len(self._waiting)
            while count := min(self._batch, left, len(self._waiting)):
                left -= count
                batch = list(islice(self._waiting, count))
                try:
                    self.sink.append(batch)
                except MalformedError:
                    self._one_by_one(count)
                    continue
                for _ in batch:
                    self._waiting.popleft()

    def _one_by_one(self, count: int) -> None:
        """One receipt that no ledger takes must not hold up the others."""
        for _ in range(count):
            try:
                self.sink.append([self._waiting[0]])
            except MalformedError as error:
                self.lose(str(error))
            self._waiting.popleft()

    def lose(self, why: str) -> None:
        """Counts a receipt that will not be written, and says so; never with any of its content."""
        self.lost += 1
        LOG.error("a receipt is lost (%d so far): %s", self.lost, why)

    def close(self) -> None:
        """Stops the thread and writes what waits; what cannot be written even now is lost."""
        with self._life:
            thread, signals = self._thread, (self._closing, self._full, self._some)
            self._idle()
        for event in signals:
            event.set()
        if thread is not None and thread is not threading.current_thread():
            thread.join()
        try:
            self.send()
        except Exception as error:  # noqa: BLE001 - the end of the caller's program is not the place to break it
            for _ in range(len(self._waiting)):
                self.lose(f"{type(error).__name__}: {error}")
            self._waiting.clear()

    def _start(self) -> None:
        with self._life:
            signals = (self._some, self._full, self._closing)
            self._thread = threading.Thread(target=self._run, args=signals, name="aimsctl-evidence", daemon=True)
            self._thread.start()
        if "multiprocessing.util" in sys.modules:  # its children leave without running what atexit holds
            from multiprocessing.util import Finalize  # noqa: PLC0415 - it is loaded already, or not needed

            Finalize(None, close_all, exitpriority=100)

    def _run(self, some: threading.Event, full: threading.Event, closing: threading.Event) -> None:
        pause = self._interval
        while not closing.is_set():
            some.wait()
            full.wait(self._interval)
            some.clear()
            full.clear()
            try:
                self.send()
                pause = self._interval
            except Exception as error:  # noqa: BLE001 - whatever it is, the receipts wait for the next attempt
                LOG.warning("%d receipts wait: %s: %s", len(self._waiting), type(error).__name__, error)
                pause = min(_LONGEST_PAUSE, pause * 2)
                some.set()
                closing.wait(pause)

    def hold(self) -> None:
        """Before a fork: nothing is half written when the process is copied."""
        self._sending.acquire()

    def resume(self) -> None:
        """After a fork, in the parent."""
        self._sending.release()

    def begin_again(self) -> None:
        """After a fork, in the child."""
        self.lost = 0
        self._fresh()
        self._reborn()


def close_all() -> None:
    """At the end of a process: nothing that was taken is left behind."""
    for outbox in list(_OPEN):
        outbox.close()


def _before_fork() -> None:
    _HELD.extend(_OPEN)
    for outbox in _HELD:
        outbox.hold()


def _in_parent() -> None:
    while _HELD:
        _HELD.pop().resume()


def _in_child() -> None:
    while _HELD:
        _HELD.pop().begin_again()


_OPEN: Final[weakref.WeakSet[Outbox]] = weakref.WeakSet()
_HELD: Final[list[Outbox]] = []
atexit.register(close_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before_fork, after_in_parent=_in_parent, after_in_child=_in_child)
