"""The line a finding is about, with marks under what it is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aimsctl.diagnostics import Span
from aimsctl.output.clean import clean
from aimsctl.output.width import width

LONGEST: Final = 80
_BEFORE: Final = 40
_LEFT_OUT: Final = "..."


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A piece of a source line, and the columns under which the marks stand."""

    text: str
    indent: int
    marks: int


def excerpt(line: str, span: Span) -> Excerpt | None:
    """What to show of the line; None if there is nothing, or if the finding is about the file as a whole.

    It ends where the finding's own span ends, and after 80 columns: the value behind a key at fault may be a secret,
    and logs are read by more people than files. A finding that names only a point shows the line from there.
    """
    if not line.strip() or span == Span(span.path):
        return None
    line = line.rstrip("\r\n")
    start = min(max(span.column, 1) - 1, len(line))
    end = _end(line, span, start)
    before = _tail(_shown(line[max(start - LONGEST, 0) : start]), _BEFORE)
    marked = _head(_shown(line[start : max(end, start + 1)][: LONGEST + 1]), LONGEST - width(before))
    after = _after(line, end) if end > start else _shown(line[start + 1 :][: LONGEST + 1])
    text = before + marked + _head(after, LONGEST - width(before + marked))
    text = clean(text)  # once more as a whole: two harmless pieces may make one that acts
    return Excerpt(text.rstrip(), width(before), max(width(marked), 1))


def _end(line: str, span: Span, start: int) -> int:
    """Where the span ends on its first line; its start if it names no end."""
    if span.end_line > span.line:
        return len(line.rstrip())
    return min(span.end_column - 1, len(line)) if span.end_line == span.line else start


def _after(line: str, end: int) -> str:
    colon = ":" if line.startswith(":", end) else ""
    return f"{colon} {_LEFT_OUT}" if line[end + len(colon) :].strip() else colon


def _shown(text: str) -> str:
    return clean(text).replace("\t", "    ").replace("\n", "\\n")


def _head(text: str, columns: int) -> str:
    """The text, or as much of its start as fits with the sign that something is left out."""
    if width(text) <= columns:
        return text
    while text and width(text) > columns - len(_LEFT_OUT):
        text = text[:-1]
    return text + _LEFT_OUT if columns >= len(_LEFT_OUT) else ""


def _tail(text: str, columns: int) -> str:
    if width(text) <= columns:
        return text
    while width(text) > columns - len(_LEFT_OUT):
        text = text[1:]
    return _LEFT_OUT + text
