"""Floor 1, the only module that starts git: states of a repository read as trees, and nothing of it executed.

Every call has a fixed argument list and an environment in which neither the repository's nor the user's configuration
names a program to run: no hooks, no fsmonitor, no filters, no pager, no replaced objects, no fetch. Only plumbing that
runs nothing is called; revisions are resolved to full object ids first, behind `--end-of-options`.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import stat
import subprocess
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, cast

from aimsctl.errors import GitError, UsageError
from aimsctl.source.files import FILE_LIMIT, FileRefusedError, Listing, contained

if TYPE_CHECKING:
    from collections.abc import Iterator

_ENVIRONMENT: Final = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",
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
    "diff.external=",
    "log.showSignature=false",
    "protocol.allow=never",
)
_SECONDS: Final = 120
_ID: Final = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_LINK, _SUBMODULE = "120000", "160000"
_SUFFIXES: Final = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit by its full id, and the day (UTC) that its committer claims."""

    id: str
    day: dt.date

    @property
    def short(self) -> str:
        """The first twelve characters of the id, for people."""
        return self.id[:12]


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a tree: mode, object id and path."""

    mode: str
    id: str
    path: str


@dataclass(eq=False)
class Repository:
    """A git repository, opened by its own `.git` and nothing else: a bare one that lies inside it is just files."""

    top: Path
    git_dir: Path
    _blobs: _Batch | None = field(default=None, repr=False)

    @cached_property
    def shallow(self) -> bool:
        """Whether the history was cut off when it was fetched."""
        return self.text("rev-parse", "--is-shallow-repository") == "true"

    def resolve(self, revision: str) -> Commit:
        """The commit that a revision names. Raises UsageError if it names none, GitError if git refuses."""
        if not revision or revision.startswith("-") or any(ord(character) < 32 for character in revision):  # noqa: PLR2004
            raise UsageError(f"{revision!r} is no revision")
        asked = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        found = self.text(*asked, missing_ok=True)
        if not _ID.fullmatch(found):
            hint = "the history is shallow; fetch all of it" if self.shallow else "`git log` lists what there is"
            raise UsageError(f"there is no revision {revision}", hint=hint)
        return self.commit(found)

    def commit(self, identifier: str) -> Commit:
        """The commit of that full id."""
        seconds = self.text("rev-list", "--max-count=1", "--no-commit-header", "--format=%ct", identifier)
        return Commit(identifier, _day(seconds))

    def merge_base(self, one: Commit, other: Commit) -> Commit:
        """The newest commit that both histories share. Raises UsageError if they share none."""
        found = self.text("merge-base", one.id, other.id, missing_ok=True).split("\n")[0]
        if not _ID.fullmatch(found):
            said = f"{one.short} and {other.short} share no history"
            raise UsageError(said, hint="fetch all of it" if self.shallow else "")
        return self.commit(found)

    def revision(self, revision: str, folder: str) -> Revision:
        """The files of a commit below a folder of the repository, as a tree."""
        commit = self.resolve(revision)
        return Revision(self, f"commit {commit.short}", folder, tuple(self._listed(commit.id, folder)), commit)

    def index(self, folder: str) -> Revision:
        """The files as they are staged, as a tree."""
        listed = self.run("ls-files", "-z", "--stage", "--", *([folder] if folder else []))
        rows = (_staged(row) for row in _records(listed))
        return Revision(self, "the index", folder, tuple(_below(row, folder) for row in rows if row is not None), None)

    def _listed(self, commit: str, folder: str) -> Iterator[Entry]:
        listed = self.run("ls-tree", "-r", "-z", "--full-tree", commit, *(["--", folder] if folder else []))
        for row in _records(listed):
            head, _, path = row.partition("\t")
            mode, _, identifier = head.split(" ")
            yield _below(Entry(mode, identifier, path), folder)

    def blob(self, identifier: str) -> bytes:
        """The bytes of an object, through one process for all of them."""
        if self._blobs is None:
            self._blobs = _Batch(self)
        return self._blobs.read(identifier)

    # the only places where git is started

    def run(self, *arguments: str, missing_ok: bool = False) -> bytes:
        """What git prints. Raises GitError with its first line where it fails, unless that only means 'not there'."""
        status, output, errors = _git(self.top).execute(
            self.command(*arguments),
            env=self.environment(),
            with_extended_output=True,
            with_exceptions=False,
            stdout_as_string=False,
            strip_newline_in_stdout=False,
            kill_after_timeout=_SECONDS if os.name == "posix" else None,
        )
        if status and not missing_ok:
            first = str(errors).strip().splitlines()[:1] or ["no reason given"]
            raise GitError(f"git {arguments[0]} failed: {first[0][:200]}")
        return cast("bytes", output)

    def text(self, *arguments: str, missing_ok: bool = False) -> str:
        """What git prints, as text without the last line end."""
        return self.run(*arguments, missing_ok=missing_ok).decode("utf-8", "surrogateescape").rstrip("\n")

    def command(self, *arguments: str) -> list[str]:
        """The whole argument list of a call."""
        settings = [part for setting in _SETTINGS for part in ("-c", setting)]
        places = [f"--git-dir={self.git_dir}", f"--work-tree={self.top}"]
        return ["git", "--no-pager", "--literal-pathspecs", *places, *settings, *arguments]

    def environment(self) -> dict[str, str]:
        """The environment of a call: no variable of git from outside but the index that a hook names."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        index = os.environ.get("GIT_INDEX_FILE")
        return {**kept, **_ENVIRONMENT, **({"GIT_INDEX_FILE": index} if index else {})}


@dataclass(eq=False)
class Revision:
    """A state of a workspace in git, read without touching the work tree. It is a Tree like the work tree."""

    repository: Repository
    label: str
    folder: str
    entries: tuple[Entry, ...]
    commit: Commit | None

    @cached_property
    def _by_path(self) -> dict[str, Entry]:
        return {entry.path: entry for entry in self.entries}

    def listing(self, folder: str) -> Listing:
        """The YAML files below the folder, by path; links and submodules are named as not checked."""
        files, not_checked = [], []
        for entry in self.entries:
            if folder not in ("", ".") and not entry.path.startswith(f"{folder}/"):
                continue
            reason = _passed_over(entry)
            if reason:
                not_checked.append((entry.path, reason))
            elif entry.path.endswith(_SUFFIXES):
                files.append(entry.path)
        return Listing(tuple(sorted(files)), tuple(sorted(not_checked)))

    def read(self, path: str, limit: int = FILE_LIMIT) -> bytes:
        """The bytes of a file, at most one more than the limit. Raises FileRefusedError."""
        entry = self._by_path.get(path)
        if not contained(path):
            raise FileRefusedError("its path leads outside the workspace")
        if entry is None:
            raise FileRefusedError("it does not exist")
        if entry.mode in (_LINK, _SUBMODULE):
            raise FileRefusedError(_passed_over(entry) or "not a regular file")
        return self.repository.blob(entry.id)[: limit + 1]


class _Batch:
    """One `git cat-file --batch` for all objects of a run."""

    def __init__(self, repository: Repository) -> None:
        self._process = subprocess.Popen(
            repository.command("cat-file", "--batch"),
            env=repository.environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def read(self, identifier: str) -> bytes:
        """The bytes of the object. Raises FileRefusedError if it is not there."""
        ask, answer = self._pipes()
        ask.write(f"{identifier}\n".encode("ascii"))
        ask.flush()
        head = answer.readline().split()
        if len(head) != 3 or head[1] != b"blob":  # noqa: PLR2004 - id, type, size
            raise FileRefusedError("its object is not in the repository")
        content = answer.read(int(head[2]))
        answer.read(1)
        return content

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        if self._process.stdin is None or self._process.stdout is None:
            raise GitError("git cat-file gave no pipes")
        return self._process.stdin, self._process.stdout

    def close(self) -> None:
        """End the process."""
        for pipe in self._pipes():
            pipe.close()
        self._process.wait(timeout=_SECONDS)

    def __del__(self) -> None:
        self.close()


def repository(root: Path, *, named: bool = False) -> Repository:
    """The repository that the folder lies in, found by a `.git` in it or above it.

    Raises GitError where there is none, where git is missing, or where it belongs to somebody else and the user did not
    name the folder himself (`named`).
    """
    for folder in (root, *root.parents):
        git_dir = folder / ".git"
        if git_dir.exists():
            _ensure_ours(git_dir, named=named)
            found = Repository(folder, git_dir)
            found.text("rev-parse", "--git-dir")
            return found
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
    """GitPython's command runner in that folder. Raises GitError where there is no git program."""
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
                raise GitError("there is no git program", hint="install git, or leave the option away") from error

    return Runner


def _day(seconds: str) -> dt.date:
    """The day of a commit's claimed time; forged times outside the calendar count as its end."""
    try:
        return dt.datetime.fromtimestamp(int(seconds), dt.UTC).date()
    except (ValueError, OverflowError, OSError):
        return dt.date.max


def _records(output: bytes) -> Iterator[str]:
    return (row.decode("utf-8", "surrogateescape") for row in output.split(b"\0") if row)


def _staged(row: str) -> Entry | None:
    head, _, path = row.partition("\t")
    mode, identifier, stage = head.split(" ")
    return Entry(mode, identifier, path) if stage == "0" else None


def _below(entry: Entry, folder: str) -> Entry:
    return Entry(entry.mode, entry.id, entry.path.removeprefix(f"{folder}/")) if folder else entry


def _passed_over(entry: Entry) -> str:
    """Why an entry is not read; empty for a regular file with a usual name."""
    if entry.mode == _SUBMODULE:
        return "a repository of its own (submodule)"
    name = entry.path.rpartition("/")[2]
    if not name.lower().endswith(_SUFFIXES):
        return ""
    if entry.mode == _LINK:
        return "a symbolic link"
    if not stat.S_ISREG(int(entry.mode, 8)):
        return "not a regular file"
    if any(part.startswith(".") for part in entry.path.split("/")):
        return "a hidden file"
    return "" if name.endswith(_SUFFIXES) else "its name does not end in .yaml or .yml in small letters"
