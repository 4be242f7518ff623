"""Where a document was rendered from: the commit, whether what was read differs from it, and earlier versions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

NO_HISTORY = "no git history was available"


@dataclass(frozen=True, slots=True)
class Revision:
    """One approved state of an artefact: its version, the day of approval, the commit, who wrote and approved it."""

    version: str
    day: str
    commit: str
    author: str
    approver: str
    what: str


Revisions = Callable[[str], tuple[Revision, ...]]
"""Gives the revisions of the artefact of an id, newest first."""


def no_revisions(_identifier: str) -> tuple[Revision, ...]:
    """What is known without a history."""
    return ()


@dataclass(frozen=True, slots=True)
class Provenance:
    """The commit, its day, whether the artefacts read differ from it, and the revisions of artefacts.

    Without a commit `missing` says why. `differs` is None where nobody can tell. A `shallow` history has no revisions
    to tell.
    """

    commit: str = ""
    day: date | None = None
    differs: bool | None = None
    missing: str = NO_HISTORY
    shallow: bool = False
    revisions: Revisions = field(default=no_revisions, compare=False)

    @property
    def words(self) -> str:
        """The sentence of the control block."""
        if not self.commit:
            return f"Not from a commit: {self.missing}"
        dated = f" of {self.day.isoformat()}" if self.day is not None else ""
        state = {
            True: "; the artefacts read differ from it",
            False: "; the artefacts read are those of the commit",
            None: "; whether the artefacts read differ from it is unknown",
        }[self.differs]
        cut = "; the history is shallow, so no revisions are listed" if self.shallow else ""
        return f"Commit {self.commit[:12]}{dated}{state}{cut}"

    @property
    def short(self) -> str:
        """The same for a footer."""
        if not self.commit:
            return "no commit"
        return f"commit {self.commit[:12]}{'' if self.differs is False else ' + changes' if self.differs else ' ?'}"
