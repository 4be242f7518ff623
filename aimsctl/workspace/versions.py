"""Floor 2: how each artefact came to be what it is, commit by commit, wherever its file lay.

A version is a commit that changed what an artefact says, or the Markdown text it names. Layout, comments, a file moved
or an item taken into a register are no change. Each distinct file content is parsed once.
"""

from __future__ import annotations

import posixpath
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING, Final

from aimsctl.source.git_objects import BrokenObjectError

if TYPE_CHECKING:
    from aimsctl.source.git_log import Touch
    from aimsctl.source.git_objects import Commit
    from aimsctl.source.history import Repository
    from aimsctl.workspace.artefacts import Artefact
    from aimsctl.workspace.contents import Known

_SUFFIXES: Final = (".yaml", ".yml")


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """An artefact as it stood at a time, with the bytes of the Markdown text it named."""

    artefact: Artefact
    text: bytes | None

    def text_of(self, _artefact: Artefact) -> bytes | None:
        """The text, as a fingerprint asks for it."""
        return self.text


@dataclass(frozen=True, slots=True, eq=False)
class Version:
    """A commit that changed an artefact: how it stood before, None where it did not exist, and after, None if gone.

    `position` counts the commits from the newest, which is 0.
    """

    position: int
    commit: Commit
    before: Snapshot | None
    after: Snapshot | None


@dataclass(frozen=True, slots=True, eq=False)
class _Event:
    """What a commit did to one artefact. Positions count commits from the newest, which is 0."""

    position: int
    commit: str
    before: Artefact | None
    after: Artefact | None


@dataclass(eq=False)
class Versions:
    """The versions of the artefacts up to a commit. With `wanted`, only those of these ids are read."""

    repository: Repository
    last: Commit
    inside: str
    policies: str
    known: Known
    wanted: frozenset[str] | None = None
    _events: dict[str, list[_Event]] = field(default_factory=dict, repr=False)
    _passed_over: set[str] = field(default_factory=set, repr=False)
    _texts: dict[str, list[tuple[int, str, str]]] = field(default_factory=dict, repr=False)

    @property
    def complete(self) -> bool:
        """Whether the history is whole; nothing may be concluded from what a shallow one lacks."""
        return not self.repository.shallow

    def of(self, identifier: str) -> tuple[Version, ...]:
        """The versions of an artefact, newest first; empty where no commit knows it. Raises GitError."""
        return self._all.get(identifier, ())

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """Every id that a version is known of, sorted."""
        return tuple(sorted(self._all))

    @cached_property
    def _all(self) -> Mapping[str, tuple[Version, ...]]:
        folder = "/".join(filter(None, (self.inside, self.policies if self.policies != "." else "")))
        changes = groupby(self.repository.touches(self.last, folder), key=lambda touch: touch.commit)
        for position, (commit, touches) in enumerate(changes):
            self._take(position, commit, list(touches))
        return {identifier: tuple(self._versions(identifier)) for identifier in self._events}

    def _take(self, position: int, commit: str, touches: list[Touch]) -> None:
        """Note what one commit did."""
        before: dict[str, Artefact] = {}
        after: dict[str, Artefact] = {}
        for touch in touches:
            path = touch.path.removeprefix(f"{self.inside}/") if self.inside else touch.path
            if path.endswith(_SUFFIXES):
                before |= self._artefacts(path, touch.before[0])
                after |= self._artefacts(path, touch.after)
            else:
                self._texts.setdefault(path, []).append((position, commit, touch.after))
        for identifier in sorted(before.keys() | after.keys()):
            was, is_now = before.get(identifier), after.get(identifier)
            if was is None or is_now is None or was.data != is_now.data or commit in self.repository.boundary:
                self._events.setdefault(identifier, []).append(_Event(position, commit, was, is_now))

    def _artefacts(self, path: str, blob: str) -> dict[str, Artefact]:
        """The artefacts of a file's content by id; of several with one id, the first."""
        if not blob or blob in self._passed_over:
            return {}
        try:
            contents = self.known.contents(path, blob, lambda: self._content(blob))
        except BrokenObjectError:
            self._passed_over.add(blob)
            return {}
        found: dict[str, Artefact] = {}
        for artefact in contents.artefacts:
            if artefact.id and (self.wanted is None or artefact.id in self.wanted):
                found.setdefault(artefact.id, artefact)
        return found

    def _content(self, blob: str) -> bytes:
        """The bytes of a file that may hold a wanted artefact. Raises BrokenObjectError for any other."""
        content = self.repository.read(blob, "blob")
        if self.wanted is not None and not any(name.encode() in content for name in self.wanted):
            raise BrokenObjectError("it names nothing that is wanted")
        return content

    def _blob(self, identifier: str) -> bytes | None:
        try:
            return self.repository.read(identifier, "blob") if identifier else None
        except BrokenObjectError:
            return None

    def _versions(self, identifier: str) -> Iterator[Version]:
        events = self._events[identifier]
        paths = {path for event in events for one in (event.before, event.after) if (path := _text_path(one))}
        places = {event.position: event.commit for event in events}
        places |= {position: commit for path in paths for position, commit, _ in self._texts.get(path, ())}
        for position in sorted(places):
            if places[position] in self.repository.boundary:
                return  # how it stood before, nobody can tell
            before, after = self._snapshot(events, position, before=True), self._snapshot(events, position)
            if before is None or after is None or _differ(before, after):
                yield Version(position, self.repository.commit(places[position]), before, after)

    def _snapshot(self, events: list[_Event], position: int, *, before: bool = False) -> Snapshot | None:
        """How the artefact stood after the commit at that position, or before it."""
        at = bisect_left(events, position, key=lambda event: event.position)
        if at == len(events):
            return None
        event = events[at]
        found = event.before if before and event.position == position else event.after
        return None if found is None else Snapshot(found, self._text(found, position + before))

    def _text(self, artefact: Artefact, position: int) -> bytes | None:
        touches = self._texts.get(_text_path(artefact), ())
        at = bisect_left(touches, position, key=lambda touch: touch[0])
        return self._blob(touches[at][2]) if at < len(touches) else None


def _differ(before: Snapshot, after: Snapshot) -> bool:
    return before.artefact.data != after.artefact.data or before.text != after.text


def _text_path(artefact: Artefact | None) -> str:
    """The path of the text that an artefact names; empty if it names none."""
    named = None if artefact is None else artefact.data.get("file")
    if artefact is None or not isinstance(named, str):
        return ""
    return posixpath.normpath(posixpath.join(posixpath.dirname(artefact.document.path), named))
