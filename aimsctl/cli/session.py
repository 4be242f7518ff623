"""What all commands share: the global options, where the workspace is, how to print, and what day it is."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from aimsctl.assessment.calendar import parse_date
from aimsctl.errors import UsageError
from aimsctl.source.config import CONFIG_PATH, Config, load
from aimsctl.source.files import FileRefusedError, Tree, WorkTree, find_root

if TYPE_CHECKING:
    from aimsctl.diagnostics import Diagnostic
    from aimsctl.source.history import Repository


STRANGE: Final[dict[str, str]] = {}
"""What was taken out of the environment so that it changes nothing here; a user's own command gets it back."""


@dataclass(frozen=True, slots=True)
class Session:
    """The global options of one run."""

    root_option: Path | None = None
    quiet: bool = False
    exit_zero: bool = False
    debug: bool = False
    color: str = "auto"

    def root(self) -> Path:
        """The workspace's root: -C/--root, else AIMSCTL_ROOT, else found by walking up. Raises WorkspaceError."""
        named = self.root_option or (Path(value) if (value := os.environ.get("AIMSCTL_ROOT")) else None)
        return find_root(Path.cwd() if named is None else named, walk=named is None)

    @property
    def colour(self) -> bool:
        """Whether standard output gets colour: --color, then NO_COLOR and FORCE_COLOR, then a terminal that can."""
        if self.color != "auto":
            return self.color == "always"
        if os.environ.get("NO_COLOR"):
            return False
        if os.environ.get("FORCE_COLOR"):
            return True
        return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"

    @property
    def width(self) -> int:
        """How many columns the output may take: those of the terminal up to 120, else 80."""
        return min(120, shutil.get_terminal_size((80, 24)).columns)

    def leave(self, code: int) -> int:
        """The exit code of a finished run; 0 where --exit-zero was given and only findings would fail it."""
        return 0 if self.exit_zero and code == 1 else code


@dataclass(frozen=True, slots=True)
class Place:
    """The workspace a command works on, and where its policy (configuration, rules, waivers) comes from."""

    root: Path
    tree: Tree
    policy: Tree | None
    config: Config
    findings: tuple[Diagnostic, ...]
    committed: date | None = None
    shown: dict[str, str] = field(default_factory=dict, compare=False)

    @property
    def provenance(self) -> dict[str, str]:
        """What was read, where the configuration came from with its digest, and whether the tree's own differs.

        After a judgement also which ledgers it read, and by whose trust (`shown`).
        """
        return self._policy() | self.shown

    def _policy(self) -> dict[str, str]:
        read = {} if isinstance(self.tree, WorkTree) else {"artefacts": f"from {self.tree.label}"}
        own = digest(self.tree)
        if self.policy is None:
            return {**read, "policy": f"the workspace's own (self-asserted trust); {CONFIG_PATH} {own}"}
        theirs = digest(self.policy)
        differs = "the same as" if own == theirs else "differs from"
        return {**read, "policy": f"{self.policy.label}; {CONFIG_PATH} {theirs}, {differs} the workspace's own"}

    def day(self, as_of: str | None) -> date:
        """The day of judgement: --as-of, else the day of the commit that is read, else today in UTC."""
        if as_of is None and self.committed is not None:
            return self.committed
        return day(as_of)


def digest(tree: Tree) -> str:
    """The first characters of the SHA-256 of a tree's configuration."""
    import hashlib  # noqa: PLC0415 - only here

    try:
        return f"sha256:{hashlib.sha256(tree.read(CONFIG_PATH)).hexdigest()[:12]}"
    except FileRefusedError:
        return "is missing"


def place(session: Session, policy_from: str | None = None, rev: str | None = None, *, staged: bool = False) -> Place:
    """Find the workspace in the work tree, in a commit or as it is staged, and read its configuration."""
    if rev is not None and staged:
        raise UsageError("--rev and --staged exclude each other")
    root = session.root()
    tree: Tree = WorkTree(root)
    committed = None
    if rev is not None or staged:
        tree, committed = _from_git(session, root, rev)
    policy = None if policy_from is None else policy_tree(session, root, policy_from)
    config, findings = load(policy or tree)
    return Place(root, tree, policy, config, tuple(findings), committed)


def policy_tree(session: Session, root: Path, named: str) -> Tree:
    """The state that --policy-from names: a folder if there is one of that name, else a revision."""
    if named and Path(named).is_dir():
        return WorkTree(find_root(Path(named), walk=False))
    return _from_git(session, root, named)[0]


def _from_git(session: Session, root: Path, rev: str | None) -> tuple[Tree, date | None]:
    """The workspace in a commit, with the commit's day, or in the index."""
    found, inside = history_of(session, root)
    if rev is None:
        return found.index(inside), None
    commit = found.resolve(rev)
    return found.state(commit, inside), commit.day


def state_at(session: Session, root: Path, rev: str) -> Tree:
    """The workspace as it stood in a commit. Raises UsageError and GitError."""
    return _from_git(session, root, rev)[0]


def history_of(session: Session, root: Path) -> tuple[Repository, str]:
    """The repository that the workspace lies in, and the workspace's folder within it. Raises GitError."""
    found = _repository(root, named=session.root_option is not None)
    folder = root.relative_to(found.top).as_posix()
    return found, "" if folder == "." else folder


@cache
def _repository(root: Path, *, named: bool) -> Repository:
    """One repository, and so one git process that reads objects, for a whole run."""
    from aimsctl.source.history import repository  # noqa: PLC0415 - git is loaded only where history is read

    return repository(root, named=named)


def since(session: Session, here: Place, rev: str) -> Tree:
    """The workspace where the branch of `rev` and this one part: their merge base."""
    found, inside = history_of(session, here.root)
    ours = getattr(here.tree, "commit", None) or found.resolve("HEAD")
    return found.state(found.merge_base(ours, found.resolve(rev)), inside)


def day(as_of: str | None) -> date:
    """The day of judgement: --as-of, else today in UTC. The only place where a clock is read."""
    if as_of is None:
        return datetime.now(UTC).date()
    found = parse_date(as_of)
    if found is None:
        raise UsageError(f"--as-of {as_of!r} is no date", hint="write it as 2026-11-01")
    return found
