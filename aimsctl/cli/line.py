"""The main line of the history as commands look at it: its states by day, judged with the rules of today."""

from __future__ import annotations

import gc
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from aimsctl.assessment.calendar import parse_date
from aimsctl.assessment.gap import assess
from aimsctl.assessment.trend import Point, dated, point
from aimsctl.cli.evidence_summary import Ledgers
from aimsctl.cli.progress import reading
from aimsctl.cli.session import Place, Session, history_of
from aimsctl.workspace.workspace import Workspace, load

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime

    from aimsctl.assessment.trend import Moment
    from aimsctl.evidence.summary import Evidence
    from aimsctl.source.git_objects import Commit
    from aimsctl.source.git_trees import StoredTree
    from aimsctl.source.history import Repository
    from aimsctl.workspace.artefacts import Artefact
    from aimsctl.workspace.contents import Known

_COLLECTED: Final = 20  # states after which the memory of those that are judged is given back


@dataclass(eq=False)
class Line:
    """Each commit's first parent, up to the one that is read or HEAD."""

    session: Session
    here: Place
    known: Known

    @cached_property
    def repository(self) -> Repository:
        """The repository. Raises GitError where the workspace lies in none."""
        return history_of(self.session, self.here.root)[0]

    @cached_property
    def last(self) -> Commit:
        """Its newest commit. Raises UsageError where there is none yet."""
        return getattr(self.here.tree, "commit", None) or self.repository.resolve("HEAD")

    @cached_property
    def commits(self) -> list[tuple[str, date]]:
        """The commits with their days, oldest first."""
        return dated(self.repository.line(self.last))

    def at(self, day: date) -> Commit | None:
        """The newest commit of that day or before; None where the line begins later."""
        found = [identifier for identifier, when in self.commits if when <= day]
        return self.repository.commit(found[-1]) if found else None

    def before(self, moment: datetime) -> Commit | None:
        """The newest commit at that moment or before, by the times they claim; None where the line begins later."""
        newest, found = 0, ""
        for identifier, seconds in reversed(self.repository.line(self.last)):
            newest = max(newest, seconds)  # a commit never counts as older than the one before it
            if newest > moment.timestamp():
                break
            found = identifier
        return self.repository.commit(found) if found else None

    def state(self, commit: Commit) -> StoredTree:
        """The workspace as it stood there."""
        return self.repository.state(commit, history_of(self.session, self.here.root)[1])

    def load(self, commit: Commit) -> Workspace:
        """The same, loaded."""
        return load(self.state(commit), self.here.config, policy=self.here.policy, known=self.known)

    def points(self, moments: Sequence[Moment]) -> Iterator[Point]:
        """The counts at each moment that had artefacts; a state that did not change since the day is judged once."""
        judged: dict[tuple[str, date], Point] = {}
        evidence = self._evidence(moments)
        with reading(self.session) as tell:
            for done, moment in enumerate(moments):
                commit = self.repository.commit(moment.commit)
                key = (self.state(commit).folder_id(self.here.config.policies), moment.as_of)
                if key[0] and key not in judged:
                    judged[key] = point(moment, assess(self.load(commit), moment.as_of, evidence=evidence))
                    if len(judged) % _COLLECTED == 0:
                        gc.collect()
                if key[0]:
                    yield Point(moment, judged[key].summary)
                if tell is not None:
                    tell(done + 1, len(moments))

    def _evidence(self, moments: Sequence[Moment]) -> Evidence | None:
        """What the ledgers show over all the moments, read once; each moment sees what was there by its day."""
        ledgers = Ledgers(self.session, self.here)
        if not moments or not ledgers.folders:
            return None
        workspace = load(self.here.tree, self.here.config, policy=self.here.policy, known=self.known)
        return ledgers.evidence(workspace, moments[-1].as_of, moments[0].as_of)


def last_audit(workspace: Workspace, day: date) -> tuple[Artefact, date] | None:
    """The newest internal audit that was held by that day."""
    audits = (one for one in workspace.of("audit") if one.get("type") == "internal")
    held = [(one, when) for one in audits if (when := parse_date(one.get("date"))) is not None and when <= day]
    return max(held, key=lambda pair: pair[1], default=None)
