"""Floor 2: what somebody probably meant. Loaded only when something is wrong."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

LONGEST_VALUE: Final = 80
_RHYTHMS: Final = {
    "yearly": "P1Y", "annual": "P1Y", "annually": "P1Y", "half-yearly": "P6M", "quarterly": "P3M", "monthly": "P1M",
    "weekly": "P1W", "daily": "P1D",
}  # fmt: skip
_PERIOD: Final = re.compile(r"(?:p|every )?([0-9]{1,4})[ _-]?(years?|months?|weeks?|days?|[ymwd])")
_ID: Final = re.compile(r"[A-Z][A-Z0-9]*(-[A-Z0-9]+)+")
_REQUIREMENT: Final = re.compile(r"(?:clause|control|annex|iso)?\s*(a)?\.?\s?([0-9]{1,2}(?:\.[0-9]{1,2}){1,2})\.?")
_DATE: Final = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})(?:[T ].*)?")


def shown(value: Any) -> str:
    """A value on one line, cut so that a message neither floods a log nor prints a whole secret."""
    text = " ".join(str(value).split()) if isinstance(value, str | int | float) else type(value).__name__
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"


def closest(word: Any, words: Iterable[str]) -> str:
    """The word somebody probably meant, or nothing."""
    known = list(words)
    if not isinstance(word, str) or len(word) > LONGEST_VALUE:
        return ""
    plain = {_plain(each): each for each in known}
    if _plain(word) in plain:
        return plain[_plain(word)]
    return next(iter(difflib.get_close_matches(word, known, n=1, cutoff=0.7)), "")


def did_you_mean(word: str) -> str:
    """The hint that offers that word; nothing for no word."""
    return f"did you mean `{word}`?" if word else ""


def identifier(value: str) -> str:
    """The id that a value becomes with capital letters and hyphens, or nothing."""
    guess = re.sub(r"[\s_./-]+", "-", value.strip().upper()).strip("-")
    return guess if _ID.fullmatch(guess) and len(guess) <= LONGEST_VALUE else ""


def requirement(value: str) -> str:
    """The clause or control that a value names in other words, or nothing."""
    found = _REQUIREMENT.fullmatch(value.strip().lower()[:LONGEST_VALUE])
    return "" if found is None else f"A.{found[2]}" if found[1] else found[2]


def date(value: str) -> str:
    """The day that a value names with its year first, or nothing; 03/04/2026 stays open."""
    found = _DATE.fullmatch(value.strip()[:LONGEST_VALUE])
    if found is None:
        return ""
    try:
        return dt.date(int(found[1]), int(found[2]), int(found[3])).isoformat()
    except ValueError:
        return ""


def duration(value: str) -> str:
    """The period that a value names in words or small letters, or nothing."""
    text = value.strip().lower()[:LONGEST_VALUE]
    found = _PERIOD.fullmatch(text)
    return f"P{int(found[1])}{found[2][0].upper()}" if found else _RHYTHMS.get(text, "")


def address(data: Any, pointer: Iterable[str | int]) -> str:
    """Where in an artefact something stands, rows named by their id where they have one, so that it lasts."""
    parts = ""
    for step in pointer:
        data = _inside(data, step)
        if isinstance(step, int):
            name = data.get("id", step) if isinstance(data, Mapping) else step
            parts += f"[{name}]"
        else:
            parts += f".{step}" if parts else step
    return parts


def _inside(data: Any, step: str | int) -> Any:
    if isinstance(data, Mapping):
        return data.get(step)
    return data[step] if isinstance(data, list) and isinstance(step, int) and step < len(data) else None


def _plain(word: str) -> str:
    return re.sub(r"[\s_-]+", "", word.casefold())
