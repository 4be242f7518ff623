"""Floor 1: a state of a workspace that git keeps, a commit's or the index's, read as a tree like the work tree.

A commit is walked folder by folder, and a folder that another commit had too is not read again; so many states cost
what differs between them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Protocol

from aimsctl.errors import GitError, WorkspaceError
from aimsctl.source.files import CONFIG_NAME, FILE_LIMIT, FILES_LIMIT, FileRefusedError, Listing, alike, refusal
from aimsctl.source.git_objects import FOLDER, LINK, SUBMODULE, BrokenObjectError, Commit, Entry, entries

_SUFFIXES: Final = (".yaml", ".yml")
_DEEPEST: Final = 100  # folders in folders
_SUBMODULE: Final = "a repository of its own (submodule)"


class Objects(Protocol):
    """Where objects are read."""

    def read(self, identifier: str, kind: str, limit: int | None = None) -> bytes:
        """The bytes of the object, no more than the limit. Raises BrokenObjectError."""


@dataclass(eq=False)
class Folders:
    """The tree objects of a repository, each read once."""

    objects: Objects
    _known: dict[str, dict[str, Entry]] = field(default_factory=dict, repr=False)

    def entries(self, tree: str) -> Mapping[str, Entry]:
        """The entries of a tree object by name; of several with one name, the first. Raises GitError."""
        if tree not in self._known:
            known: dict[str, Entry] = {}
            try:
                for entry in entries(self.objects.read(tree, "tree"), len(tree)):
                    known.setdefault(entry.path, entry)
            except BrokenObjectError as error:
                said = f"the folder {tree[:12]} of a commit cannot be read: {error}"
                raise GitError(said, hint="fetch all of it; `git fsck` says more") from error
            self._known[tree] = known
        return self._known[tree]

    def find(self, tree: str, path: str) -> Entry | None:
        """The entry at a path below a tree; the tree itself at an empty path."""
        here = Entry(FOLDER, tree, "")
        for part in filter(None, path.split("/")):
            if here.mode != FOLDER:
                return None
            found = self.entries(here.id).get(part)
            if found is None:
                return None
            here = found
        return here

    def walk(self, tree: str, path: str) -> Iterator[Entry]:
        """Every file below a tree, its path beginning with the one given. Raises WorkspaceError where it never ends."""
        waiting, count = [(tree, path)], 0
        while waiting:
            here, at = waiting.pop()
            if at.count("/") > _DEEPEST:
                raise WorkspaceError(f"folders lie more than {_DEEPEST} deep below {path}/")
            for entry in self.entries(here).values():
                full = f"{at}/{entry.path}" if at else entry.path
                count += 1
                if count > FILES_LIMIT:
                    raise WorkspaceError(f"more than {FILES_LIMIT} files lie below {path}/")
                if entry.mode == FOLDER and not entry.path.startswith("."):
                    waiting.append((entry.id, full))
                else:
                    yield Entry(entry.mode, entry.id, full)


class Stored(Protocol):
    """What both kinds of stored state are asked."""

    def entry(self, path: str) -> Entry | None:
        """The entry at that path, below the workspace's root."""

    def below(self, folder: str) -> Iterator[Entry]:
        """Every file below a folder, by its path from the workspace's root."""


@dataclass(frozen=True, eq=False)
class Committed:
    """The files of a commit below the workspace's folder."""

    folders: Folders
    tree: str
    folder: str

    @cached_property
    def _top(self) -> str | None:
        found = self.folders.find(self.tree, self.folder)
        return None if found is None or found.mode != FOLDER else found.id

    def entry(self, path: str) -> Entry | None:
        """The entry at that path."""
        return None if self._top is None else self.folders.find(self._top, path)

    def below(self, folder: str) -> Iterator[Entry]:
        """Every file below a folder."""
        path = "" if folder == "." else folder
        found = self.entry(path)
        if found is not None and found.mode == FOLDER:
            yield from self.folders.walk(found.id, path)
        elif found is not None:
            yield Entry(found.mode, found.id, path)


@dataclass(frozen=True, eq=False)
class Staged:
    """The files of the index below the workspace's folder, by path."""

    files: Mapping[str, Entry]

    def entry(self, path: str) -> Entry | None:
        """The entry at that path."""
        return self.files.get(path)

    def below(self, folder: str) -> Iterator[Entry]:
        """Every file below a folder."""
        prefix, hidden = "" if folder in ("", ".") else f"{folder}/", set[str]()
        for path, entry in self.files.items():
            if not path.startswith(prefix):
                continue
            at = f"/{path}".find("/.", len(prefix))
            end = path.find("/", at) if at >= 0 else -1
            if end < 0:
                yield entry
            elif path[:end] not in hidden:
                hidden.add(path[:end])
                yield Entry(FOLDER, "", path[:end])


@dataclass(eq=False)
class StoredTree:
    """A state of a workspace in git, read without touching the work tree. It is a Tree like the work tree."""

    label: str
    state: Stored
    objects: Objects
    commit: Commit | None = None

    def listing(self, folder: str) -> Listing:
        """The YAML files below the folder, by path; what is left out is named as not checked."""
        if why := refusal(folder):
            return Listing((), ((folder, why),))
        files, not_checked = [], []
        for entry in self.state.below(folder):
            if entry.path == CONFIG_NAME:
                continue
            reason = _passed_over(entry)
            if reason:
                not_checked.append((entry.path, reason))
            elif entry.path.endswith(_SUFFIXES):
                files.append(entry.path)
        files.sort()
        not_checked.sort()
        names = sorted([*files, *(path for path, _ in not_checked)])
        return Listing(tuple(files), tuple(not_checked), tuple(alike(names)))

    def read(self, path: str, limit: int = FILE_LIMIT) -> bytes:
        """The bytes of a file, at most one more than the limit. Raises FileRefusedError."""
        if refusal(path):
            raise FileRefusedError("its path leads outside the workspace")
        entry = self.state.entry(path)
        if entry is None:
            raise FileRefusedError("it does not exist")
        if not entry.regular:
            raise FileRefusedError(_what(entry))
        try:
            return self.objects.read(entry.id, "blob", limit + 1)
        except BrokenObjectError as error:
            raise FileRefusedError(f"git cannot give it: {error}") from error

    def blob_id(self, path: str) -> str:
        """The object id of a regular file; empty if there is none. Equal ids mean equal bytes."""
        entry = None if refusal(path) else self.state.entry(path)
        return entry.id if entry is not None and entry.regular else ""

    def folder_id(self, path: str) -> str:
        """The object id of a folder of a commit; empty if there is none. Equal ids mean equal files below it."""
        entry = self.state.entry("" if path == "." else path)
        return entry.id if entry is not None and entry.mode == FOLDER else ""


def _passed_over(entry: Entry) -> str:
    """Why an entry is not read; empty for a regular file with a usual name, and for what no name says is YAML."""
    name = entry.path.rpartition("/")[2]
    yaml = name.lower().endswith(_SUFFIXES)
    if entry.mode == FOLDER:
        return "" if name == ".git" else "a hidden folder"
    if not entry.regular:
        told = yaml or entry.mode == SUBMODULE or "." not in name
        return _what(entry) if told else ""
    if not yaml:
        return ""
    if name.startswith("."):
        return "a hidden file"
    return "" if name.endswith(_SUFFIXES) else "its name does not end in .yaml or .yml in small letters"


def _what(entry: Entry) -> str:
    known = {LINK: "a symbolic link", SUBMODULE: _SUBMODULE, FOLDER: "a folder"}
    return known.get(entry.mode, "not a regular file")
