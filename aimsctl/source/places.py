"""Floor 1: where every key and value of a text stands."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple, TypeAlias

BLOCK: Final = ("|", ">")
FLOW: Final = "flow"

_PROPERTY: Final = ("&", "!")
_PROPERTIES: Final = re.compile(r"(?:[&!]\S*(?:\s+|$))*")


class Mark(NamedTuple):
    """An event of the parser by its place, in code points from 0.

    `style` is "" for a text without quotes, else its quote or block indicator; FLOW for a list or mapping in brackets.
    """

    kind: Literal["scalar", "alias", "list", "mapping", "end", "other"]
    start: int
    end: int
    style: str = ""
    text: str = ""


Range: TypeAlias = tuple[int, int]


@dataclass(slots=True)
class Place:
    """Where a value stands, in code points from 0, and where its keys and the values below it stand."""

    start: int
    end: int
    plain: bool
    keys: Mapping[str, Range]
    below: Mapping[str | int, Place]

    def entries(self) -> Iterator[tuple[int, Place]]:
        """Every field and list item below, outer ones first: where it starts, and its value."""
        for name, place in self.below.items():
            yield self.keys[name][0] if isinstance(name, str) else place.start, place
            yield from place.entries()


NO_KEYS: Final[Mapping[str, Range]] = {}
NOTHING: Final[Mapping[str | int, Place]] = {}


def locate(marks: Iterator[Mark], text: str) -> Place:
    """Where the values of a document stand that was read without an error."""
    return _place(next(mark for mark in marks if mark.kind != "other"), marks, text)


def _place(mark: Mark, marks: Iterator[Mark], text: str) -> Place:
    start, end = mark.start, mark.end
    if mark.kind == "alias":
        return Place(start, end, False, NO_KEYS, NOTHING)  # noqa: FBT003 - it is not written as a plain scalar
    if text[start : start + 1] in _PROPERTY and (found := _PROPERTIES.match(text, start, end)):
        start = found.end()
    if mark.kind != "scalar":
        return _collection(mark, start, marks, text)
    if mark.style in BLOCK:
        end = start + len(text[start:end].rstrip())
    return Place(start, end, mark.style == "", NO_KEYS, NOTHING)


def _collection(mark: Mark, start: int, marks: Iterator[Mark], text: str) -> Place:
    keys: dict[str, Range] = {}
    below: dict[str | int, Place] = {}
    while (inner := next(marks)).kind != "end":
        name: str | int = len(below)
        if mark.kind == "mapping":
            key = _place(inner, marks, text)
            name = inner.text if inner.text.isascii() else unicodedata.normalize("NFC", inner.text)
            keys[name] = key.start, key.end
            inner = next(marks)
        below[name] = _place(inner, marks, text)
    if mark.style == FLOW:
        return Place(start, inner.end, False, keys, below)  # noqa: FBT003 - the same
    ends = (*(place.end for place in below.values()), *(end for _, end in keys.values()))
    return Place(next(iter(keys.values()), (start,))[0], max(ends, default=start), False, keys, below)  # noqa: FBT003
