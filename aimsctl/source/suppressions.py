"""Floor 1: findings set aside by a comment in the file: which, why, until when, and for which lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from aimsctl.diagnostics import Span
from aimsctl.source import rules
from aimsctl.source.document import Lines
from aimsctl.source.layout import Comment
from aimsctl.source.places import Place
from aimsctl.source.problems import Problem, shown

MARK: Final = "aimsctl:"
FORM: Final = "# aimsctl: ignore[AIM203] until 2026-12-31: the reason"
CODE: Final = re.compile(r"(?:AIM|ORG-)[0-9]{3}")  # a rule of the tool, or of the organisation

_OURS: Final = re.compile(r"#+\s*aimsctl:\s*(.*?)\s*")
_PARTS: Final = re.compile(r"ignore\s*\[([^\]]*)\]\s*(?:until\s+(\S+?))?\s*(?::\s*(.*))?")
_ISO_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Suppression:
    """Codes that a comment sets aside for the lines from `target_line` to `last_line`, until a day, for a reason."""

    codes: tuple[str, ...]
    reason: str
    until: str
    span: Span
    target_line: int
    last_line: int

    def covers(self, code: str, line: int) -> bool:
        """Whether the comment speaks of that code on that line; whether it has expired is for the caller to say."""
        return code in self.codes and self.target_line <= line <= self.last_line


class Malformed(Exception):  # noqa: N818 - caught a few lines below, never seen by anyone
    """What is wrong with a suppression comment."""


def scan(path: str, lines: Lines, found: Iterable[Comment], text: str, root: Place) -> Iterator[Suppression | Problem]:
    """The suppressions among the comments of a text, and a problem for each that is incomplete."""
    extent = _Extent(lines, root)
    for comment in found:
        ours = _OURS.fullmatch(text, comment.start, comment.end)
        if ours is None:
            continue
        try:
            codes, until, reason = parse(ours.group(1))
        except Malformed as error:
            yield Problem(rules.BAD_SUPPRESSION, comment.start, comment.end, str(error), f"Write {FORM}")
            continue
        span = lines.span(path, comment.start, comment.end)
        yield Suppression(codes, reason, until, span, *extent.covered(comment))


def parse(written: str) -> tuple[tuple[str, ...], str, str]:
    """Codes, last day and reason of what follows `aimsctl:` in a comment. Raises Malformed."""
    parts = _PARTS.fullmatch(written)
    if parts is None:
        raise Malformed(f"{shown(written)} is not understood as a suppression.")
    codes = tuple(code.strip() for code in parts.group(1).split(","))
    for code in codes:
        if not CODE.fullmatch(code):
            raise Malformed(f"{shown(code)} is not the code of a rule.")
        if code.startswith("AIM0"):
            raise Malformed(f"{code} cannot be set aside: what is not read cannot be judged.")
    until, reason = parts.group(2), parts.group(3)
    if until is None:
        raise Malformed("The suppression does not say until when.")
    if not is_date(until):
        raise Malformed(f"{shown(until)} is not a date such as 2026-12-31.")
    if not reason:
        raise Malformed("The suppression gives no reason.")
    return codes, until, reason


def is_date(text: str) -> bool:
    """Whether the text is a day of the calendar, written as ISO 8601 does: 2026-12-31."""
    try:
        return _ISO_DATE.fullmatch(text) is not None and date.fromisoformat(text) is not None
    except ValueError:
        return False


class _Extent:
    """The lines that comments speak of; each line is looked at once, however many comments there are."""

    def __init__(self, lines: Lines, root: Place) -> None:
        self._lines = lines
        self._below: dict[int, int] = {}  # the next line that is neither empty nor a comment, by line
        self._last: dict[int, int] = {}  # where a field or list item ends, by the line it begins on
        for start, place in root.entries():
            self._last.setdefault(lines.position(start)[0], lines.position(place.end)[0])

    def covered(self, comment: Comment) -> tuple[int, int]:
        """First and last line that a comment speaks of: its own, or the field or list item below it."""
        own, column = self._lines.position(comment.start)
        if self._lines.line(own)[: column - 1].strip():
            return own, own
        first = self._next(own + 1)
        return first, max(first, self._last.get(first, first))

    def _next(self, number: int) -> int:
        passed = []
        while number not in self._below and number <= self._lines.count and self._empty(number):
            passed.append(number)
            number += 1
        number = self._below.get(number, number)
        self._below.update(dict.fromkeys(passed, number))
        return number

    def _empty(self, number: int) -> bool:
        line = self._lines.line(number).strip()
        return not line or line.startswith("#")
