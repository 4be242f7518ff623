"""Floor 1: one file that was read: its data, its text, and where each value stands.

Positions are not kept: they are worked out by a second pass over the text when the first one is asked for. A file
without findings never needs them, which keeps the happy path fast and ten thousand files in memory cheap.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from aimsctl.diagnostics import Diagnostic, Span
from aimsctl.source.places import NO_KEYS, NOTHING, Place, Range

if TYPE_CHECKING:
    from aimsctl.source.suppressions import Suppression

Pointer: TypeAlias = tuple[str | int, ...]
Scalar: TypeAlias = bool | int | float | str | None  # a float only where a schema wants a number; reading makes none
Value: TypeAlias = Scalar | list["Value"] | dict[str, "Value"]
MERGE_KEY: Final = "<<"

_BREAK: Final = re.compile(r"\r\n|\r|\n")
_MISSING: Final = object()


class Lines:
    """The lines of a text as editors number them: from 1, ended by LF, CR LF or CR and by nothing else."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [0, *(found.end() for found in _BREAK.finditer(text))]

    @property
    def count(self) -> int:
        """How many lines there are; a text that ends in a line break has an empty last one."""
        return len(self._starts)

    def position(self, index: int) -> tuple[int, int]:
        """Line and column, both from 1, of a code point counted from 0."""
        line = bisect_right(self._starts, index)
        return line, index - self._starts[line - 1] + 1

    def span(self, path: str, start: int, end: int, pointer: str = "") -> Span:
        """The span from one code point to another, the end exclusive."""
        return Span(path, *self.position(start), *self.position(max(start, end)), pointer)

    def line(self, number: int) -> str:
        """A line without its end; empty if there is no such line."""
        if not 1 <= number <= len(self._starts):
            return ""
        end = self._starts[number] if number < len(self._starts) else len(self._text)
        return self._text[self._starts[number - 1] : end].rstrip("\r\n")


def _nowhere(_: str) -> Place:
    return Place(0, 0, False, NO_KEYS, NOTHING)  # noqa: FBT003 - it is not written as a plain scalar


@dataclass(slots=True, eq=False)
class Document:
    """One file: `data` is a tree of plain values, None if the file is not readable as the author meant it.

    `not_checked` says in a few words why there is nothing to check in it (encrypted, a Git LFS pointer), else "".
    """

    path: str
    data: dict[str, Value] | None
    text: str
    problems: tuple[Diagnostic, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    not_checked: str = ""
    locate: Callable[[str], Place] = _nowhere
    _place: Place | None = None
    _lines: Lines | None = None

    @property
    def lines(self) -> Lines:
        """The lines of the text."""
        if self._lines is None:
            self._lines = Lines(self.text)
        return self._lines

    def line(self, number: int) -> str:
        """A line of the source, counted from 1; empty if there is no such line."""
        return self.lines.line(number)

    def span(self, pointer: Pointer = (), *, key: bool = False) -> Span:
        """Where the value stands, or its key; what is absent stands where the nearest value around it does.

        The key of a list item is the first key in it, the key of the document its first key. A value that comes from an
        alias or a merge key stands where it is used.
        """
        if self.data is None:
            return Span(self.path)
        place, named, found = self._find(pointer)
        start, end = place.start, place.end
        if key:
            start, end = named or next(iter(place.keys.values()), (start, end))
        return self.lines.span(self.path, start, end, json_pointer(found))

    def plain(self, pointer: Pointer) -> bool:
        """Whether there is a scalar at the pointer, written without quotes."""
        if self.data is None:
            return False
        place, _, found = self._find(pointer)
        return place.plain and found == pointer

    def _find(self, pointer: Pointer) -> tuple[Place, Range | None, Pointer]:
        """The place of the value or of the nearest one around it, its key's, and how far the pointer led."""
        if self._place is None:
            self._place = self.locate(self.text)
        place, named = self._place, None
        value: object = self.data
        for depth, part in enumerate(pointer):
            value = _child(value, part)
            if value is _MISSING:
                return place, named, pointer[:depth]
            here = part if part in place.below else MERGE_KEY
            if here in place.below:
                named = place.keys.get(here) if isinstance(here, str) else None
                place = place.below[here]
        return place, named, pointer


def _child(value: object, part: str | int) -> object:
    if isinstance(value, dict):
        return value.get(part, _MISSING)
    if isinstance(value, list) and isinstance(part, int) and 0 <= part < len(value):
        return value[part]
    return _MISSING


def json_pointer(pointer: Pointer) -> str:
    """The pointer as RFC 6901 writes it."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in pointer)
