"""`render --check`: whether documents are what the artefacts say, and were rendered from the commit that they name."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aimsctl.cli.provenance import is_of_commit
from aimsctl.cli.rendered import Asked, Folder, State, produced
from aimsctl.cli.session import Place, Session, place
from aimsctl.errors import AimsError, GitError
from aimsctl.workspace.workspace import load

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from aimsctl.workspace.workspace import Workspace


@dataclass(eq=False)
class Check:
    """What is checked: the documents asked for, of this workspace."""

    session: Session
    here: Place
    workspace: Workspace
    asked: Asked
    replaced: Mapping[str, str]
    policy_from: str | None
    _then: dict[str, tuple[Place, Workspace]] = field(default_factory=dict)

    def now(self, state: State) -> Mapping[str, bytes]:
        """What the artefacts say, rendered from the state that documents name."""
        return produced(self.session, self.workspace, self.here, self.asked, state, self.replaced)

    def then(self, state: State) -> Mapping[str, bytes] | None:
        """What the commit says that documents name, where it holds something else than what was read; None if not.

        The state is written in the folder that is checked, so nobody has to believe it. A commit that is not there, or
        that has errors, says nothing. Raises GitError without the whole history.
        """
        if not state.commit or state.differs is not False:
            return None
        try:
            if is_of_commit(self.session, self.here, self.workspace, state.commit):
                return None
            if state.commit not in self._then:
                there = place(self.session, self.policy_from, state.commit)
                self._then[state.commit] = there, load(there.tree, there.config, policy=there.policy)
            there, workspace = self._then[state.commit]
            return produced(self.session, workspace, there, self.asked, state, self.replaced)
        except GitError:
            raise
        except AimsError:
            return {}


def differing(check: Check, folder: Folder, states: Sequence[State]) -> list[str]:
    """A line for each document that is missing, or is not what the artefacts or the commit it names say."""
    return sorted({line for state in states for line in _of(check, folder, state, states)})


def _of(check: Check, folder: Folder, state: State, states: Sequence[State]) -> Iterator[str]:
    known = folder.manifest.files
    now, then = check.now(state), check.then(state)
    for name, content in now.items():
        if name in known and State.of(known[name]) != state and State.of(known[name]) in states:
            continue  # it is compared with its rendering from the state that it names
        there = folder.read(name)
        if there is None:
            yield f"{folder.path / name} is missing"
        elif there != content:
            yield f"{folder.path / name} is not what the artefacts say"
        elif then is not None and there != then.get(name):
            yield f"{folder.path / name} is not what commit {state.commit[:12]} says, which it names"
