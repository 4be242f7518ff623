"""Text of others as Markdown that shows it and does nothing else, wherever in a line it lands.

Reading it back gives the same words. Where a backslash would be read twice, by a table and again by the text in its
cell, an entity stands instead. Forges make links of bare addresses; an entity in the middle prevents that.
"""

from __future__ import annotations

import re
from typing import Final

from aimsctl.documents.tree import TONES

_ENTITIES: Final = {"|": "&#124;", "\\": "&#92;", "`": "&#96;", "<": "&lt;"} | {
    mark: f"&#x{ord(mark):X};" for mark in TONES
}
_ENTITY: Final = re.compile("[" + "".join(map(re.escape, _ENTITIES)) + "]")
_AMPERSAND: Final = re.compile(r"&(?=[#\w])")
_ADDRESS: Final = re.compile(r"(?<=:)/(?=/)|(?<=www)\.", re.IGNORECASE)
_PUNCTUATION: Final = re.compile(r"([*\[\]~$]|(?<![^\W_])_|_(?![^\W_])|#$)")
_START: Final = re.compile(r"^(\d{1,9})([.)])(?=\s|$)|^([-+])(?=[\s-]|$)|^([=:>#])")
_INERT: Final = re.compile(r"(?:[^\W_]|[ ,;:.'\"()?%\u2013\u2014-])*\Z")
_CAPTION: Final = "Table:"
_NO_ANCHOR: Final = re.compile(r"[^a-z0-9]+")


def escape(text: str, *, start: bool = True) -> str:
    """The text as one line of Markdown, any white space as one space; `start`: it may begin a block."""
    text = " ".join(text.split())
    if text[:1].isalpha() and _INERT.match(text) and not text.startswith(_CAPTION) and "www." not in text.lower():
        return text
    text = _AMPERSAND.sub("&amp;", text)
    text = _entities(text)
    text = _ADDRESS.sub(lambda found: f"&#{ord(found.group())};", text)
    text = _PUNCTUATION.sub(r"\\\1", text)
    if start and text.startswith(_CAPTION):
        return text.replace(":", "&#58;", 1)
    return _START.sub(r"\1\\\2\3\4", text) if start else text


def code(text: str) -> str:
    """The text as a code span, where the characters that would end it or the cell stand as plain text."""
    parts = re.split(r"( *[|\\`] *)", " ".join(text.split()))
    return "".join(_entities(part) if index % 2 else part and f"`{part}`" for index, part in enumerate(parts))


def _entities(text: str) -> str:
    return _ENTITY.sub(lambda found: _ENTITIES[found.group()], text)


def anchor_name(identifier: object) -> str:
    """The anchor of an id: A.6.2.4 is found at `a-6-2-4`."""
    return _NO_ANCHOR.sub("-", str(identifier).lower()).strip("-") or "x"
