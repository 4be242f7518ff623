"""When a field counts as filled in, and what is placeholder text: a template is not coverage."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from aimsctl.assessment.items import UNKNOWN
from aimsctl.standard.filler import placeholders

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aimsctl.assessment.items import Item
    from aimsctl.workspace.kinds import Field

_TEXTS: Final = ("string", "text")


def is_filled(item: Item, name: str) -> bool:
    """Whether the field or computed value holds an answer: not empty, no placeholder, a text of enough words."""
    value = item.get(name)
    if value is None or value is UNKNOWN or value in ("", [], {}):
        return False
    if not isinstance(value, str):
        return True
    if is_placeholder(value):
        return False
    field = item.facts.field(item.kind, name)
    if field is None or field.type != "text":
        return True
    return len(value.split()) >= item.facts.number("text_min_words")


def is_placeholder(value: str) -> bool:
    """Whether the whole text is a placeholder word, or it holds a placeholder mark."""
    return _folded(value) in _words() or has_placeholder(value)


def has_placeholder(value: str) -> bool:
    """Whether the text holds a placeholder mark as a word of its own."""
    return _marks().search(value) is not None


def may_hold_placeholder(text: str) -> bool:
    """Whether a whole file may hold placeholder text; False lets a reader pass it over at little cost."""
    if any(mark in text for mark in placeholders().marks):
        return True
    folded = text.casefold()
    return any(word in folded and _alone(word, folded) for word in _words())


def _alone(word: str, text: str) -> bool:
    """Whether the word may be a whole value: at the end of a line, or in quotes."""
    return f" {word}\n" in text or f"'{word}'" in text or f'"{word}"' in text


@cache
def _words() -> frozenset[str]:
    return frozenset(_folded(word) for word in placeholders().words)


@cache
def _marks() -> re.Pattern[str]:
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, placeholders().marks)) + r")(?!\w)")


def _folded(value: str) -> str:
    return " ".join(value.split()).casefold().strip(" .")


def texts(item: Item) -> Iterator[tuple[str, str]]:
    """Every string and text that the artefact or row itself holds, as dotted field name and value, rows included."""
    yield from _texts(item, item.data, "", item.kind.partition(".")[2])


def _texts(item: Item, data: object, path: str, schema_path: str) -> Iterator[tuple[str, str]]:
    if isinstance(data, str):
        if _is_text(item.facts.field(item.kind.partition(".")[0], schema_path)):
            yield path, data
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from _texts(item, value, _join(path, key), _join(schema_path, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _texts(item, value, _join(path, str(index)), schema_path)


def _join(path: str, part: str) -> str:
    return f"{path}.{part}" if path else part


def _is_text(field: Field | None) -> bool:
    return field is not None and field.type in _TEXTS
