"""Floor 1: the top of a YAML file that is plain enough to be read without YAML, for a process that makes one receipt.

Only what cannot mean anything else is told. A file in which a line could belong to a text or a list that an earlier
line began is not plain, and the reader of `source.yaml` has to say what it means.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, TypeAlias

Plain: TypeAlias = Mapping[str, str | tuple[str, ...] | None]
"""Values by key: a word, a list of words, or None for a value that is there and is neither."""

_KEY: Final = re.compile(r"([a-z][a-z_]*):(?: (.*))?")
_WORD: Final = r"[A-Za-z][A-Za-z0-9_-]*(?:[./][A-Za-z0-9_-]+)*"
_ONE: Final = re.compile(_WORD)
_LIST: Final = re.compile(rf"\[{_WORD}(?:, {_WORD})*\]")
_BLOCK: Final = re.compile(r"[>|][+-]?")
_NOT_TEXT: Final = frozenset({"true", "false", "null"})


def top(content: bytes) -> Plain | None:
    """The keys at the top of the file with their values; None where the file is not plain."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    if not text.replace("\n", "").isprintable():
        return None
    found: dict[str, str | tuple[str, ...] | None] = {}
    last, block = "", False
    for line in text.split("\n"):
        if not line or line[0] == "#" or (block and line[0] == " "):
            continue
        if line[0] in " -":
            if not last or line.startswith("--") or not _closed(line):
                return None
            found[last] = None  # what looked like all of a value was its beginning
            continue
        key = _KEY.fullmatch(line)
        if key is None or key[1] in found or not _closed(line):
            return None
        last = key[1]
        block = bool(key[2]) and _BLOCK.fullmatch(key[2]) is not None
        found[last] = _value(key[2] or "")
    return found


def _value(text: str) -> str | tuple[str, ...] | None:
    if _ONE.fullmatch(text) and text.lower() not in _NOT_TEXT:
        return text
    if _LIST.fullmatch(text):
        words = tuple(text[1:-1].split(", "))
        return None if _NOT_TEXT & {word.lower() for word in words} else words
    return None


def _closed(line: str) -> bool:
    """Whether no quoted text and no list in brackets that the line begins can go on in the next one."""
    if "\\" in line and '"' in line:
        return False
    return not (line.count('"') % 2 or line.count("'") % 2) and (
        line.count("[") == line.count("]") and line.count("{") == line.count("}")
    )
