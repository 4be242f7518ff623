"""What all commands share: the global options, where the workspace is, how to print, and what day it is."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from aimsctl.assessment.calendar import parse_date
from aimsctl.errors import UsageError
from aimsctl.source.config import Config, load
from aimsctl.source.files import WorkTree, find_root

if TYPE_CHECKING:
    from aimsctl.diagnostics import Diagnostic


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
    tree: WorkTree
    policy: WorkTree | None
    config: Config
    findings: tuple[Diagnostic, ...]

    @property
    def provenance(self) -> dict[str, str]:
        """Where the configuration came from, with its digest, and whether the audited tree's own differs."""
        own = digest(self.tree)
        if self.policy is None:
            return {"policy": f"the workspace's own (self-asserted trust); aimsctl.yaml {own}"}
        theirs = digest(self.policy)
        differs = "the same as" if own == theirs else "differs from"
        return {"policy": f"{self.policy.label}; aimsctl.yaml {theirs}, {differs} the workspace's own"}


def digest(tree: WorkTree) -> str:
    """The first characters of the SHA-256 of a tree's configuration."""
    import hashlib  # noqa: PLC0415 - only here

    return f"sha256:{hashlib.sha256(tree.read('aimsctl.yaml')).hexdigest()[:12]}"


def place(session: Session, policy_from: Path | None = None) -> Place:
    """Find the workspace and read its configuration, or that of --policy-from."""
    root = session.root()
    tree = WorkTree(root)
    policy = None if policy_from is None else WorkTree(find_root(policy_from, walk=False))
    config, findings = load(policy or tree)
    return Place(root, tree, policy, config, tuple(findings))


def day(as_of: str | None) -> date:
    """The day of judgement: --as-of, else today in UTC. The only place where a clock is read."""
    if as_of is None:
        return datetime.now(UTC).date()
    found = parse_date(as_of)
    if found is None:
        raise UsageError(f"--as-of {as_of!r} is no date", hint="write it as 2026-11-01")
    return found
