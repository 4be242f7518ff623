"""Floor 1: the files of a work tree, read so that nothing outside it and nothing that blocks is ever opened."""

from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Final, Protocol

from aimsctl.diagnostics import Diagnostic, Related, Span
from aimsctl.errors import WorkspaceError
from aimsctl.source import rules

CONFIG_NAME: Final = "aimsctl.yaml"
FILE_LIMIT: Final = 1_000_000  # bytes; a larger YAML file is told by the reader, which needs one byte more to see it
FILES_LIMIT: Final = 100_000
_SUFFIXES: Final = (".yaml", ".yml")
_FLAGS: Final = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)


class FileRefusedError(Exception):
    """A file that is not read, and in a few words why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Listing:
    """The YAML files below a folder, what was passed over with the reason, and what is wrong with the names."""

    files: tuple[str, ...]
    not_checked: tuple[tuple[str, str], ...] = ()
    problems: tuple[Diagnostic, ...] = ()


class Tree(Protocol):
    """A state of the files: the work tree, or a revision of it."""

    @property
    def label(self) -> str:
        """What to call it in output."""

    def listing(self, folder: str) -> Listing:
        """The YAML files below the folder, by path."""

    def read(self, path: str, limit: int = FILE_LIMIT) -> bytes:
        """The bytes of a file, at most one more than the limit. Raises FileRefusedError."""


@dataclass(slots=True)
class _Walk:
    files: list[str] = field(default_factory=list)
    not_checked: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class WorkTree:
    """The files below a folder on disk."""

    root: Path

    @property
    def label(self) -> str:
        """`work tree` with the folder's name, never its absolute path."""
        return f"work tree {self.root.name}" if self.root.name else "work tree"

    def listing(self, folder: str) -> Listing:
        """The YAML files below the folder, by path; nothing is followed out of it."""
        walk = _Walk()
        if not contained(folder):
            return Listing((), ((folder, "outside the workspace"),))
        self._walk(folder, walk)
        files = tuple(sorted(walk.files))
        return Listing(files, tuple(sorted(walk.not_checked)), tuple(_alike(files)))

    def _walk(self, folder: str, walk: _Walk) -> None:
        top = self.root / folder
        if not os.path.lexists(top):
            return
        if top.is_symlink():
            walk.not_checked.append((folder, "a symbolic link"))
            return
        waiting = [folder]
        while waiting:
            here = waiting.pop()
            try:
                entries = sorted(os.scandir(self.root / here), key=lambda entry: entry.name)
            except OSError as error:
                walk.not_checked.append((here, _why(error)))
                continue
            for entry in entries:
                path = f"{here}/{entry.name}" if here not in ("", ".") else entry.name
                if _enter(entry, path, walk):
                    waiting.append(path)
            if len(walk.files) > FILES_LIMIT:
                raise WorkspaceError(f"more than {FILES_LIMIT} files lie below {folder}/")

    def read(self, path: str, limit: int = FILE_LIMIT) -> bytes:
        """The bytes of a regular file below the root, at most one more than the limit. Raises FileRefusedError.

        No folder on the way and not the file itself may be a symbolic link.
        """
        if not contained(path):
            raise FileRefusedError("its path leads outside the workspace")
        at = self.root
        for part in PurePosixPath(path).parts[:-1]:
            at /= part
            if at.is_symlink():
                raise FileRefusedError("a folder on its path is a symbolic link")
        try:
            descriptor = os.open(self.root / path, _FLAGS)
        except OSError as error:
            raise FileRefusedError(_why(error)) from error
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise FileRefusedError("not a regular file")
            return file.read(limit + 1)


def contained(path: str) -> bool:
    """Whether a POSIX path stays below the root it is relative to and touches no repository's own files."""
    parts = path.split("/")
    plain = not any(character in path for character in "\\\0:%") and not path.startswith(("/", "~"))
    return plain and bool(path) and ".." not in parts and not any(part.lower() == ".git" for part in parts)


def _enter(entry: os.DirEntry[str], path: str, walk: _Walk) -> bool:
    """Take note of one entry; returns whether it is a folder to look into."""
    name = entry.name
    if entry.is_symlink():
        if _is_yaml(name) or entry.is_dir():
            walk.not_checked.append((path, "a symbolic link"))
        return False
    if entry.is_dir():
        return _enter_folder(entry, path, walk)
    if not _is_yaml(name):
        return False
    if name.startswith("."):
        walk.not_checked.append((path, "a hidden file"))
    elif not name.endswith(_SUFFIXES):
        walk.not_checked.append((path, "its name does not end in .yaml or .yml in small letters"))
    elif not entry.is_file(follow_symlinks=False):
        walk.not_checked.append((path, "not a regular file"))
    else:
        walk.files.append(path)
    return False


def _enter_folder(entry: os.DirEntry[str], path: str, walk: _Walk) -> bool:
    if entry.name == ".git":
        return False
    if entry.name.startswith("."):
        walk.not_checked.append((path, "a hidden folder"))
        return False
    if os.path.lexists(os.path.join(entry.path, ".git")):  # noqa: PTH118 - a DirEntry's path is a string
        walk.not_checked.append((path, "a repository of its own (submodule)"))
        return False
    return True


def _is_yaml(name: str) -> bool:
    return name.lower().endswith(_SUFFIXES)


def _why(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "it does not exist"
    if isinstance(error, PermissionError):
        return "no permission to read it"
    if error.errno == getattr(os, "ELOOP", 40):
        return "a symbolic link"
    return (error.strerror or "it cannot be read").lower()


def _alike(files: tuple[str, ...]) -> Iterator[Diagnostic]:
    """Files whose names differ only in case or in the form of accents: on some systems they are one file."""
    seen: dict[str, str] = {}
    for path in files:
        folded = unicodedata.normalize("NFC", path).casefold()
        if folded in seen:
            said = (
                f"This file and {seen[folded]} have the same name but for case or accents; some systems keep only one."
            )
            yield Diagnostic(
                rules.PATH_COLLISION,
                Span(path),
                said,
                "Rename one.",
                related=(Related(Span(seen[folded]), "the other"),),
            )
        seen.setdefault(folded, path)


def find_root(start: Path, *, walk: bool = True) -> Path:
    """The nearest folder with an aimsctl.yaml, from `start` upward to the top of its git repository.

    Without `walk`, `start` itself must have it. Raises WorkspaceError with what to do.
    """
    folder = Path(os.path.abspath(start))  # noqa: PTH100 - links are not resolved: the root is what the user named
    if not folder.is_dir():
        raise WorkspaceError(f"there is no folder {start}")
    for here in (folder, *folder.parents) if walk else (folder,):
        if (here / CONFIG_NAME).is_file():
            return here
        if (here / ".git").exists():
            break
    where = f"in {start} or above it" if walk else f"in {start}"
    raise WorkspaceError(
        f"no {CONFIG_NAME} {where}", hint="`aimsctl init` starts a workspace; -C names the folder of one"
    )
