"""How many columns of a terminal a text takes (Unicode Standard Annex 11), and how it breaks at words."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Final

_INVISIBLE: Final = frozenset({"Mn", "Me", "Cf"})
_WIDE: Final = 2


def width(text: str) -> int:
    """The columns of a cleaned text: two for wide East Asian characters and emoji, none for combining ones."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def _columns(character: str) -> int:
    if unicodedata.category(character) in _INVISIBLE:
        return 0
    return _WIDE if unicodedata.east_asian_width(character) in "WF" else 1


def wrap(text: str, columns: int, taken_already: int = 0) -> list[str]:
    """The text in lines of at most so many columns, broken between words; a longer word stands whole on its line.

    On the first line `taken_already` columns less are free. Scripts with wide characters write no spaces and may be
    parted after any of them.
    """
    lines: list[str] = []
    line, used = "", taken_already
    for space, piece in _pieces(text):
        taken = width(piece)
        if not line:
            line, used = piece, used + taken
        elif used + len(space) + taken <= columns:
            line, used = line + space + piece, used + len(space) + taken
        else:
            lines.append(line)
            line, used = piece, taken
    return [*lines, line]


def longest_word(text: str) -> int:
    """The columns of the widest piece that `wrap` keeps whole."""
    return max((width(piece) for _, piece in _pieces(text)), default=0)


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """What stays whole, each with the space that stands before it."""
    for word in text.split():
        start, space = 0, " "
        for index in range(1, 0 if word.isascii() else len(word)):
            if _columns(word[index - 1]) == _WIDE and _columns(word[index]):
                yield space, word[start:index]
                start, space = index, ""
        yield space, word[start:]
