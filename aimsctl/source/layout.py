"""Floor 1: what stands between the values of a text: comments, and faults that libyaml lets pass.

libyaml accepts a comment glued to a value and tabs between values; other readers of YAML 1.2 do not. Everything here
works on the text between the scalars, whose places the parser tells.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from aimsctl.source import rules
from aimsctl.source.places import BLOCK, Mark
from aimsctl.source.problems import Problem, shown
from aimsctl.source.syntax import missing_space, tab

_SUSPECT: Final = re.compile(r"#(?:(?<=[^\s#]#)|(?<=[ \t]#)\w)")

_COMMENT_OR_TAB: Final = re.compile(r"#[^\r\n]*|\t")
_BREAK: Final = re.compile(r"\r\n|\r|\n")
_GLUED_HEADER: Final = re.compile(r"[|>][-+0-9]*#")
_BARE_FIELD: Final = re.compile(r"(?:kind|id|owner|status) +\S+")


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment from its number sign to the end of the line; `after` is the value that stands before it on the line."""

    start: int
    end: int
    after: Mark | None


def suspicious(text: str) -> bool:
    """Whether there may be a fault between the values; a quick look that spares most texts the careful one."""
    return "\t" in text or ("#" in text and _SUSPECT.search(text) is not None)


def comments(text: str, scalars: Sequence[Mark]) -> Iterator[Comment]:
    """The comments of a text, in order."""
    for start, end, after in _gaps(text, scalars):
        for found in _COMMENT_OR_TAB.finditer(text, start, end):
            if found.group() != "\t":
                same_line = after is not None and not _BREAK.search(text, after.end - 1, found.start())
                yield Comment(found.start(), found.end(), after if same_line else None)


def faults(text: str, scalars: Sequence[Mark]) -> Iterator[Problem]:
    """What is wrong between the values: tabs, comments without their space, texts cut off by a number sign."""
    for start, end, _ in _gaps(text, scalars):
        for found in _COMMENT_OR_TAB.finditer(text, start, end):
            if found.group() == "\t":
                yield tab(found.start())
    for scalar in scalars:
        if scalar.style in BLOCK and (glued := _GLUED_HEADER.match(text, scalar.start)):
            yield _glued(glued.end() - 1)
    for comment in comments(text, scalars):
        before = text[comment.start - 1 : comment.start]
        if before and not before.isspace():
            yield _glued(comment.start)
        elif (
            comment.after is not None
            and comment.after.style == ""
            and text[comment.start + 1 : comment.start + 2].isalnum()
        ):
            yield _lost(text, comment)


def folded(text: str, start: int, end: int) -> Problem | None:
    """What is wrong with a text without quotes that runs over several lines, if one of them was meant as a field."""
    lines = [line.strip() for line in _BREAK.split(text[start:end])]
    lines = [line for line in lines if line]
    lacking = missing_space(lines[0])
    if lacking and all(missing_space(line) for line in lines):
        return Problem(rules.SYNTAX, start, end, *lacking)
    for line in lines[1:]:
        if _BARE_FIELD.fullmatch(line):
            at = text.index(line, start)
            said = f"The line {shown(line)} is read as part of the text above it, not as a field."
            return Problem(rules.SWALLOWED, at, at + len(line), said, rules.SWALLOWED.fix)
    return None


def _gaps(text: str, scalars: Sequence[Mark]) -> Iterator[tuple[int, int, Mark | None]]:
    """The stretches of text outside the scalars, each with the scalar before it."""
    position, before = 0, None
    for scalar in scalars:
        yield position, scalar.start, before
        position, before = scalar.end, scalar
    yield position, len(text), before


def _glued(at: int) -> Problem:
    return Problem(
        rules.SYNTAX,
        at,
        at + 1,
        "A comment needs a space before its number sign.",
        "Add the space, or put the text in quotes if the number sign belongs to it.",
    )


def _lost(text: str, comment: Comment) -> Problem:
    written = text[comment.start : comment.end]
    said = f"{shown(written)} is a comment and not part of the value before it."
    return Problem(rules.LOST_TEXT, comment.start, comment.end, said, rules.LOST_TEXT.fix)
