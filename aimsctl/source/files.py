"""Floor 1: the files of a work tree, read so that nothing outside it and nothing that blocks is ever opened."""

from __future__ import annotations

import errno
import os
import posixpath
import re
import stat
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from aimsctl.diagnostics import Diagnostic, Related, Span
from aimsctl.errors import WorkspaceError
from aimsctl.source import rules

CONFIG_NAME: Final = "aimsctl.yaml"
FILE_LIMIT: Final = 1_000_000  # bytes; a larger YAML file is told by the reader, which needs one byte more to see it
FILES_LIMIT: Final = 100_000
_SUFFIXES: Final = (".yaml", ".yml")
_NO_LINK: Final = getattr(os, "O_NOFOLLOW", 0)
_FILE: Final = os.O_RDONLY | _NO_LINK | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_FOLDER: Final = os.O_RDONLY | _NO_LINK | getattr(os, "O_DIRECTORY", 0)
_BY_DESCRIPTOR: Final = os.open in os.supports_dir_fd and os.scandir in os.supports_fd
_WINDOWS: Final = os.name == "nt"


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

    def blob_id(self, path: str) -> str:
        """The id under which git keeps the bytes of a regular file; empty where only reading tells what they are."""


@dataclass(slots=True)
class _Found:
    """A listing in the making."""

    files: list[str] = field(default_factory=list)
    not_checked: list[tuple[str, str]] = field(default_factory=list)
    problems: list[Diagnostic] = field(default_factory=list)


class WorkTree:
    """The files below a folder on disk. Symbolic links below it are never followed, wherever they lead."""

    _release = staticmethod(os.close)  # kept here, since at the end of the interpreter `os` may be gone first

    def __init__(self, root: Path) -> None:
        self.root = root
        self._folder: tuple[str, int] | None = None  # the folder opened last: files are mostly read folder by folder

    def __del__(self) -> None:
        self._close()

    @property
    def label(self) -> str:
        """`work tree` with the folder's name, never its absolute path."""
        return f"work tree {self.root.name}" if self.root.name else "work tree"

    def listing(self, folder: str) -> Listing:
        """The YAML files below the folder, by path; what is left out, and folders that cannot be read, are told."""
        if why := refusal(folder):
            return Listing((), ((folder, why),))
        found = _Found()
        waiting = [posixpath.normpath(folder)]
        top = waiting[0]
        while waiting:
            here = waiting.pop()
            try:
                entries = self._entries(here)
            except FileRefusedError as error:
                if here != top or error.reason != _ABSENT:
                    _refused(here, error.reason, found)
                continue
            if here != top and any(entry.name == ".git" for entry in entries):
                found.not_checked.append((here, "a repository of its own (submodule)"))
                continue
            for entry in entries:
                path = entry.name if here == "." else f"{here}/{entry.name}"
                if path != CONFIG_NAME and _look_into(entry, path, found):
                    waiting.append(path)
            if len(found.files) > FILES_LIMIT:
                raise WorkspaceError(f"more than {FILES_LIMIT} files lie below {folder}/")
        found.files.sort()
        found.not_checked.sort()
        names = sorted([*found.files, *(path for path, _ in found.not_checked)])
        return Listing(tuple(found.files), tuple(found.not_checked), (*found.problems, *alike(names)))

    @staticmethod
    def blob_id(_path: str) -> str:
        """Nothing: a file on disk may change at any time."""
        return ""

    def read(self, path: str, limit: int = FILE_LIMIT) -> bytes:
        """The bytes of a regular file below the root, at most one more than the limit. Raises FileRefusedError.

        No folder on the way and not the file itself may be a symbolic link; the descriptor is looked at after opening,
        so that nothing can be put in the place of what was checked.
        """
        if _leaves(path):
            raise FileRefusedError("its path leads outside the workspace")
        try:
            descriptor = self._open(path, _FILE)
        except OSError as error:
            raise FileRefusedError(_why(error)) from error
        try:
            state = os.fstat(descriptor)
            if not stat.S_ISREG(state.st_mode):
                raise FileRefusedError(_what(state.st_mode))
            return _content(descriptor, min(state.st_size, limit) + 1, limit + 1)
        except OSError as error:
            raise FileRefusedError(_why(error)) from error
        finally:
            os.close(descriptor)

    def _entries(self, folder: str) -> Sequence[os.DirEntry[str]]:
        try:
            with os.scandir(self._descriptor(folder) if _BY_DESCRIPTOR else self._checked(folder)) as entries:
                return list(entries)
        except OSError as error:
            raise FileRefusedError(_why(error)) from error

    def _open(self, path: str, flags: int) -> int:
        """A descriptor of the path, reached without following a link."""
        folder, _, name = path.rpartition("/")
        if _BY_DESCRIPTOR:
            return os.open(name, flags, dir_fd=self._descriptor(folder))
        return os.open(self._checked(path), flags)

    def _descriptor(self, folder: str) -> int:
        """A descriptor of the folder; it stays open until another folder is asked for."""
        if self._folder is not None and self._folder[0] == folder:
            return self._folder[1]
        self._close()
        descriptor = os.open(self.root, _FOLDER & ~_NO_LINK)
        for part in filter(None, folder.split("/")):
            try:
                below = os.open(part, _FOLDER, dir_fd=descriptor)
            finally:
                os.close(descriptor)
            descriptor = below
        self._folder = folder, descriptor
        return descriptor

    def _checked(self, path: str) -> Path:
        """The path on disk, where the system opens nothing relative to a folder; no part of it is a link."""
        here = self.root
        for part in filter(None, path.split("/")):
            here /= part
            if here.is_symlink():
                raise FileRefusedError(_LINK)
        return here

    def _close(self) -> None:
        if self._folder is not None:
            self._release(self._folder[1])
            self._folder = None


_LINK: Final = "a symbolic link"
_ABSENT: Final = "it does not exist"


def refusal(path: str) -> str:
    """Why a path that a person typed is not followed, in a few words; empty if it stays inside the workspace."""
    if not path or "\0" in path:
        return "no path"
    if path.startswith(("/", "~", "$")) or re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", path):
        return "not a path inside the workspace"
    if "\\" in path or re.search(r"%[0-9A-Fa-f]{2}", path):
        return "written with backslashes or % codes instead of plain names and slashes"
    return "its path leads outside the workspace" if _leaves(path) else ""


def contained(path: str) -> bool:
    """Whether a path that a person typed stays below the root and touches no repository's own files."""
    return not refusal(path)


def _leaves(path: str) -> bool:
    """Whether a path relative to the root is absolute, climbs, or enters a repository's own files."""
    parts = path.split("/")
    if not path or path.startswith("/") or "\0" in path or ".." in parts:
        return True
    if _WINDOWS and ("\\" in path or ":" in path):
        return True
    return any(part.lower().rstrip(". ") == ".git" for part in parts)


def _content(descriptor: int, expected: int, most: int) -> bytes:
    """Up to `most` bytes; a file that grows while it is read, or hides its size, is read on."""
    content = os.read(descriptor, expected)
    while expected <= len(content) < most and (more := os.read(descriptor, min(most - len(content), 65_536))):
        content += more
        expected = len(content)
    return content


def _refused(folder: str, why: str, found: _Found) -> None:
    found.not_checked.append((folder, why))
    if why != _LINK:
        said = f"The folder was not read: {why}."
        found.problems.append(Diagnostic(rules.UNREADABLE, Span(folder), said, rules.UNREADABLE.fix))


def _look_into(entry: os.DirEntry[str], path: str, found: _Found) -> bool:
    """Takes note of one entry; returns whether it is a folder to look into."""
    name = entry.name
    if entry.is_symlink():
        # Only a name says what a link that is not followed is about.
        if _is_yaml(name) or "." not in name:
            found.not_checked.append((path, _LINK))
    elif entry.is_dir():
        if not name.startswith("."):
            return True
        if name != ".git":
            found.not_checked.append((path, "a hidden folder"))
    elif not _is_yaml(name):
        return False
    elif name.startswith("."):
        found.not_checked.append((path, "a hidden file"))
    elif not name.endswith(_SUFFIXES):
        found.not_checked.append((path, "its name does not end in .yaml or .yml in small letters"))
    elif not entry.is_file(follow_symlinks=False):
        found.not_checked.append((path, "not a regular file"))
    else:
        found.files.append(path)
    return False


def _is_yaml(name: str) -> bool:
    return name.lower().endswith(_SUFFIXES)


def _what(mode: int) -> str:
    """What a file is that is not a regular one."""
    known = {stat.S_IFDIR: "a folder", stat.S_IFIFO: "a named pipe", stat.S_IFSOCK: "a socket"}
    return known.get(stat.S_IFMT(mode), "a device")


def _why(error: OSError) -> str:
    """Why a path could not be opened, in a few words."""
    if isinstance(error, FileNotFoundError):
        return _ABSENT
    if isinstance(error, PermissionError):
        return "no permission to read it"
    if isinstance(error, NotADirectoryError):
        return "a folder on its path is a symbolic link or a file"
    known = {errno.ELOOP: _LINK, errno.ENXIO: "a socket or a device", errno.ENAMETOOLONG: "its path is too long"}
    return known.get(error.errno or 0) or (error.strerror or "it cannot be read").lower()


def alike(paths: Sequence[str]) -> Iterator[Diagnostic]:
    """Findings for files, in order, whose names differ only in case or accents: some systems keep only one of them."""
    seen: dict[str, str] = {}
    for path in paths:
        folded = path.lower() if path.isascii() else unicodedata.normalize("NFC", path).casefold()
        first = seen.setdefault(folded, path)
        if first != path:
            said = f"This file and {first} have the same name but for case or accents; some systems keep only one."
            related = (Related(Span(first), "the other"),)
            yield Diagnostic(rules.PATH_COLLISION, Span(path), said, rules.PATH_COLLISION.fix, related=related)


def find_root(start: Path, *, walk: bool = True) -> Path:
    """The nearest folder with an aimsctl.yaml, from `start` upward to the top of its git repository.

    Without `walk`, `start` itself must have it. Raises WorkspaceError with what to do.
    """
    folder = Path(os.path.abspath(start))  # noqa: PTH100 - links are not resolved: the root is what the user named
    if not os.path.isdir(folder):  # noqa: PTH112 - unlike Path's, it says no where permission is lacking
        raise WorkspaceError(f"there is no folder {start}")
    for here in (folder, *folder.parents) if walk else (folder,):
        if os.path.isfile(here / CONFIG_NAME):  # noqa: PTH113 - the same
            return here
        if os.path.lexists(here / ".git"):
            break
    where = f"in {start} or above it" if walk else f"in {start}"
    raise WorkspaceError(
        f"no {CONFIG_NAME} {where}", hint="`aimsctl init` starts a workspace; -C names the folder of one"
    )
