"""Floor 1, the only module that starts git: states of a repository and its history, and nothing of it executed.

Every call comes from one table of fixed arguments and runs in an environment in which neither the repository's nor the
user's configuration names a program to run: no hooks, no fsmonitor, no filters, no pager, no fetch; and in which no
replacement or graft tells another history. Only plumbing is called. Revisions are resolved to full object ids first,
by `cat-file`, where no text is an option, and an object whose bytes are not what its id says is refused.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final, cast

from aimsctl.errors import GitError, UsageError
from aimsctl.source.git_batch import Batch
from aimsctl.source.git_log import Touch, touches
from aimsctl.source.git_objects import BrokenObjectError, Commit, Entry, commit
from aimsctl.source.git_trees import Committed, Folders, Staged, StoredTree

_ENVIRONMENT: Final = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "",
    "GIT_PAGER": "cat",
    "LC_ALL": "C.UTF-8",
}
_SETTINGS: Final = (
    "safe.bareRepository=explicit",
    "core.fsmonitor=false",
    f"core.hooksPath={os.devnull}",
    f"core.attributesFile={os.devnull}",
    "core.quotePath=false",
    "core.commitGraph=false",
    "diff.external=",
    "log.showSignature=false",
    "protocol.allow=never",
)
_CALLS: Final = {
    "shallow": ("rev-parse", "--git-path", "shallow"),
    "base": ("merge-base",),
    "staged": ("ls-files", "-z", "--stage", "--"),
    "objects": ("cat-file", "--batch"),
    "line": ("rev-list", "--first-parent", "--timestamp"),
    "touching": ("rev-list", "--max-count=1"),
    "walk": ("rev-list", "--topo-order", "--full-history"),
    "differences": ("diff-tree", "--stdin", "-r", "-c", "-z", "--raw", "--root", "--no-renames"),
    "tags": ("for-each-ref", "--format=%(objectname) %(*objectname) %(refname:strip=2)"),
}
"""All that git is ever asked. What follows are full object ids, and folders behind `--`; only `objects` reads text."""

_RAW: Final = ("--no-ext-diff", "--no-textconv", "--no-abbrev")
_SECONDS: Final = 120
_ID: Final = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


@dataclass(eq=False)
class Repository:
    """A git repository, opened by its own `.git` and nothing else: a bare one that lies inside it is just files."""

    top: Path
    git_dir: Path
    _commits: dict[str, Commit] = field(default_factory=dict, repr=False)

    @cached_property
    def shallow(self) -> bool:
        """Whether the history was cut off when it was fetched: nothing may be concluded from what is missing."""
        return bool(self.boundary)

    @cached_property
    def boundary(self) -> frozenset[str]:
        """The ids of the commits below which a shallow history was cut off; empty where it is whole."""
        try:
            return frozenset((self.top / self._text("shallow")).read_text(encoding="ascii").split())
        except FileNotFoundError:
            return frozenset()
        except (OSError, UnicodeDecodeError) as error:
            raise GitError("git's list of what a shallow history lacks cannot be read") from error

    @cached_property
    def folders(self) -> Folders:
        """The tree objects of this repository."""
        return Folders(self)

    # commits

    def resolve(self, revision: str) -> Commit:
        """The commit that a revision names. Raises UsageError if it names none, GitError if git refuses."""
        if not revision or revision.startswith("-") or any(ord(character) < 32 for character in revision):  # noqa: PLR2004
            raise UsageError(f"{revision!r} is no revision")
        try:
            found, content = self._objects.find(f"{revision}^{{commit}}", "commit")
            return self._commits.setdefault(found, commit(found, content))
        except BrokenObjectError as error:
            hint = "the history is shallow; fetch all of it" if self.shallow else "`git log` lists what there is"
            raise UsageError(f"there is no revision {revision}", hint=hint) from error

    def commit(self, identifier: str) -> Commit:
        """The commit of that full id. Raises GitError where the repository is damaged."""
        if identifier not in self._commits:
            try:
                self._commits[identifier] = commit(identifier, self.read(identifier, "commit"))
            except BrokenObjectError as error:
                raise GitError(
                    f"commit {identifier[:12]} cannot be read: {error}", hint="`git fsck` says more"
                ) from error
        return self._commits[identifier]

    def merge_base(self, one: Commit, other: Commit) -> Commit:
        """The newest commit that both histories share. Raises UsageError if they share none."""
        if one.id == other.id:
            return one
        found = self._first_line("base", one.id, other.id)
        if not _ID.fullmatch(found):
            said = f"{one.short} and {other.short} share no history"
            raise UsageError(said, hint="the history is shallow; fetch all of it" if self.shallow else "")
        return self.commit(found)

    def line(self, last: Commit) -> list[tuple[str, int]]:
        """The commits of the main line, newest first, each followed by its first parent: id and claimed Unix time."""
        rows = (row.split(" ") for row in self._text("line", last.id).split("\n") if row)
        return [(identifier, int(seconds)) for seconds, identifier in rows]

    def touching(self, last: Commit, paths: Sequence[str]) -> Commit | None:
        """The newest commit up to that one that changed any of the paths; None if none did."""
        found = self._text("touching", last.id, "--", *paths)
        return self.commit(found) if found else None

    def tags(self) -> list[tuple[str, str]]:
        """The tags by name, each with the id of what it names in the end."""
        rows = (row.split(" ", 2) for row in self._text("tags", "refs/tags").split("\n") if row)
        return [(name, peeled or plain) for plain, peeled, name in rows]

    def touches(self, last: Commit, folder: str) -> Iterator[Touch]:
        """Every change to a file below a folder of the repository, newest first; a merge changes what no parent has."""
        limits = ("--", folder) if folder else ()
        with self._started("walk", last.id, *limits) as walk:
            listed = self._started("differences", *_RAW, *limits, reads=walk.stdout)
            with listed as differences:
                yield from touches(differences.stdout)

    # states

    def state(self, at: Commit, folder: str) -> StoredTree:
        """The files of a commit below a folder of the repository, as a tree."""
        return StoredTree(f"commit {at.short}", Committed(self.folders, at.tree, folder), self, at)

    def index(self, folder: str) -> StoredTree:
        """The files as they are staged, as a tree."""
        rows = self._run("staged", *([folder] if folder else [])).split(b"\0")
        prefix = f"{folder}/" if folder else ""
        listed = (_staged(row.decode("utf-8", "surrogateescape"), prefix) for row in rows if row)
        files = {entry.path: entry for entry in listed if entry is not None}
        return StoredTree("the index", Staged(files), self)

    def read(self, identifier: str, kind: str, limit: int | None = None) -> bytes:
        """The bytes of an object, no more than the limit, through one process for all. Raises BrokenObjectError."""
        return self._objects.read(identifier, kind, limit)

    @cached_property
    def _objects(self) -> Batch:
        return Batch(lambda: self._process("objects", reads=subprocess.PIPE))

    # the only places where git is started

    def _run(self, call: str, *operands: str) -> bytes:
        """What git prints. Raises GitError with its first line where it fails."""
        status, output, errors = _git(self.top).execute(
            self.command(call, *operands),
            env=self.environment(),
            with_extended_output=True,
            with_exceptions=False,
            stdout_as_string=False,
            strip_newline_in_stdout=False,
            kill_after_timeout=_SECONDS if os.name == "posix" else None,
        )
        if status:
            first = str(errors).strip().splitlines()[:1] or ["no reason given"]
            raise GitError(f"git {_CALLS[call][0]} failed: {first[0][:200]}")
        return cast("bytes", output)

    def _text(self, call: str, *operands: str) -> str:
        """What git prints, as text without the last line end."""
        return self._run(call, *operands).decode("utf-8", "surrogateescape").rstrip("\n")

    def _first_line(self, call: str, *operands: str) -> str:
        """The first line that git prints, empty if none; without GitPython, which takes long to load."""
        with self._process(call, *operands, reads=subprocess.DEVNULL) as process:
            line = process.stdout.readline() if process.stdout is not None else b""
        return line.decode("ascii", "replace").rstrip("\n")

    @contextmanager
    def _started(self, call: str, *operands: str, reads: Any = subprocess.DEVNULL) -> Iterator[subprocess.Popen[bytes]]:
        """A process whose output is read as it comes; it ends when nobody reads on. Raises GitError if it fails."""
        process = self._process(call, *operands, reads=reads)
        read_all = False
        try:
            yield process
            read_all = True
        finally:
            if process.stdout is not None:
                process.stdout.close()
            process.terminate()
            status = process.wait(timeout=_SECONDS)
        if read_all and status > 0:
            raise GitError(f"git {_CALLS[call][0]} failed", hint="`git fsck` says more")

    def _process(self, call: str, *operands: str, reads: Any) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(
                self.command(call, *operands),
                cwd=self.top,
                env=self.environment(),
                stdin=reads,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        except OSError as error:
            raise GitError("there is no git program", hint=_NO_GIT) from error

    def command(self, call: str, *operands: str) -> list[str]:
        """The whole argument list of a call of the table."""
        settings = [part for setting in _SETTINGS for part in ("-c", setting)]
        places = [f"--git-dir={self.git_dir}", f"--work-tree={self.top}"]
        return ["git", "--no-pager", "--literal-pathspecs", *places, *settings, *_CALLS[call], *operands]

    def environment(self) -> dict[str, str]:
        """The environment of a call: no variable of git from outside but the index that a hook names."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        index = os.environ.get("GIT_INDEX_FILE")
        return {**kept, **_ENVIRONMENT, **({"GIT_INDEX_FILE": str(Path(index).absolute())} if index else {})}


_NO_GIT: Final = "install git, or leave the option away"


def repository(root: Path, *, named: bool = False) -> Repository:
    """The repository that the folder lies in, found by a `.git` in it or above it.

    Raises GitError where there is none, or where it belongs to somebody else and the user did not name the folder
    himself (`named`).
    """
    for folder in (root, *root.parents):
        git_dir = folder / ".git"
        if git_dir.exists():
            _ensure_ours(git_dir, named=named)
            return Repository(folder, git_dir)
    raise GitError(
        f"{root.name or root} is in no git repository", hint="`git init` starts one; or leave the option away"
    )


def _ensure_ours(git_dir: Path, *, named: bool) -> None:
    """A repository of somebody else is read only if the user named it: CVE-2022-24765."""
    owner = git_dir.stat().st_uid
    ours = os.geteuid() if hasattr(os, "geteuid") else owner
    if owner not in (ours, int(os.environ.get("SUDO_UID") or ours)) and not named:
        raise GitError(
            "the git repository belongs to another user", hint="name its folder yourself if you trust it: -C DIR"
        )


def _git(folder: Path) -> Any:
    """GitPython's command runner. Raises GitError where there is no git program."""
    os.environ["GIT_PYTHON_REFRESH"] = "quiet"
    from git.cmd import Git  # noqa: PLC0415 - only runs that read history load it
    from git.exc import GitCommandNotFound  # noqa: PLC0415 - the same

    runner = Git(str(folder))

    class Runner:
        """Turns a missing program into our error."""

        @staticmethod
        def execute(command: list[str], **options: Any) -> Any:
            try:
                return runner.execute(command, **options)
            except GitCommandNotFound as error:
                raise GitError("there is no git program", hint=_NO_GIT) from error

    return Runner


def _staged(row: str, prefix: str) -> Entry | None:
    head, _, path = row.partition("\t")
    mode, identifier, stage = head.split(" ")
    return Entry(int(mode, 8), identifier, path.removeprefix(prefix)) if stage == "0" else None
