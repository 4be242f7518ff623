"""A bar on standard error for work that takes long enough to wonder about; nowhere else, and never in the output."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress

    from aimsctl.cli.session import Session

Tell = Callable[[int, int], None]
WAIT = 0.5  # seconds before anything is shown


@contextmanager
def reading(session: Session) -> Iterator[Tell | None]:
    """A function that is told how many files of how many were read; None where nobody watches."""
    if session.quiet or not sys.stderr.isatty():
        yield None
        return
    bar = _Bar()
    try:
        yield bar.tell
    finally:
        bar.stop()


class _Bar:
    def __init__(self) -> None:
        self.begin = time.monotonic()
        self.progress: Progress | None = None

    def tell(self, done: int, total: int) -> None:
        """Show how far it is, once it has taken a while."""
        if self.progress is None:
            if time.monotonic() - self.begin < WAIT:
                return
            self.progress = _started()
            self.progress.add_task("Reading artefacts", total=total)
        self.progress.update(self.progress.task_ids[0], completed=done)

    def stop(self) -> None:
        """Take the bar away."""
        if self.progress is not None:
            self.progress.stop()


def _started() -> Progress:
    from rich.console import Console  # noqa: PLC0415 - a quarter of a second that only long work pays
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn  # noqa: PLC0415 - the same

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
    progress = Progress(*columns, console=Console(stderr=True), transient=True)
    progress.start()
    return progress
