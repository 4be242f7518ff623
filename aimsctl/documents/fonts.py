"""Which characters the shipped fonts have, read from the fonts (OpenType 1.9, table cmap, format 12)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from aimsctl.source.resources import data_root

_ALWAYS: Final = frozenset("\n\t\u200b")
_PRIVATE: Final = ((0xE000, 0xF8FF), (0xF0000, 0x10FFFF))


@dataclass(frozen=True, slots=True)
class Coverage:
    """The characters that every shipped font has."""

    codes: frozenset[int]

    @classmethod
    @cache
    def shipped(cls) -> Coverage:
        """Of the fonts that travel with the tool."""
        fonts = sorted((data_root() / "templates" / "pdf" / "fonts").glob("*.otf"))
        return cls(frozenset.intersection(*(_codes(font) for font in fonts)))

    def shown(self, text: str) -> str:
        """The text with each character that the fonts lack written by its code, as in [U+4E2D]."""
        if text.isascii() and text.isprintable():
            return text
        return "".join(self._shown(character) for character in text)

    def _shown(self, character: str) -> str:
        code = ord(character)
        private = any(first <= code <= last for first, last in _PRIVATE)
        if character in _ALWAYS or (code in self.codes and not private):
            return character
        return f"[U+{code:04X}]"


def _codes(font: Path) -> frozenset[int]:
    content = font.read_bytes()
    (tables,) = struct.unpack_from(">H", content, 4)
    directory = (struct.unpack_from(">4s4xII", content, 12 + 16 * number) for number in range(tables))
    start = next(offset for tag, offset, _ in directory if tag == b"cmap")
    (encodings,) = struct.unpack_from(">2xH", content, start)
    for number in range(encodings):
        (offset,) = struct.unpack_from(">4xI", content, start + 4 + 8 * number)
        (form,) = struct.unpack_from(">H", content, start + offset)
        if form == 12:  # noqa: PLR2004 - the format that covers all of Unicode
            return frozenset(_segments(content, start + offset))
    return frozenset()


def _segments(content: bytes, start: int) -> list[int]:
    (groups,) = struct.unpack_from(">I", content, start + 12)
    found: list[int] = []
    for number in range(groups):
        first, last = struct.unpack_from(">II", content, start + 16 + 12 * number)
        found += range(first, last + 1)
    return found
