"""Text in which Markdown is allowed, as Markdown of our own form: the same words, and nothing that could act."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

from aimsctl.documents.escaping import escape
from aimsctl.documents.reading import read
from aimsctl.documents.tree import (
    Block,
    Break,
    Bullets,
    Figure,
    Heading,
    Inline,
    Paragraph,
    Quote,
    Rule,
    Styled,
    Table,
    Text,
    Verbatim,
    plain,
)
from aimsctl.documents.writing import inline, write

_PLAIN: Final = re.compile(r"(?![-+=#>\s]|\d+[.)])[^*_`\[\]<>&\\|~\x00-\x1f]*\n?\Z")
"""One paragraph without any Markdown in it, which needs no reading."""


@lru_cache(maxsize=4096)
def inline_markdown(text: str) -> str:
    """The text on one line, fit for a cell: blocks one under the other, lists with bullets."""
    if _PLAIN.match(text):
        return escape(text)
    lines: list[tuple[Inline, ...]] = [line for block in read(text) for line in _lines(block, "") if plain(line)]
    joined: list[Inline] = []
    for line in lines:
        joined += [Break(), *line] if joined else line
    return inline(joined)


def block_markdown(text: str, under: int) -> str:
    """The text as blocks, its topmost heading one level below the heading of level `under`."""
    blocks = read(text)
    top = min((block.level for block in blocks if isinstance(block, Heading)), default=1)
    return write(blocks, deeper=under + 1 - top) if blocks else ""


def without_title(text: str) -> str:
    """A Markdown file without the heading at its start, which the document that takes it in has already."""
    blocks = read(text)
    if blocks and isinstance(blocks[0], Heading) and blocks[0].level == 1:
        blocks = blocks[1:]
    return write(blocks) if blocks else ""


def _lines(block: Block, indent: str) -> Iterator[tuple[Inline, ...]]:
    match block:
        case Heading(_, inlines):
            yield (Text(indent), Styled("strong", inlines)) if indent else (Styled("strong", inlines),)
        case Paragraph(inlines):
            yield (Text(indent), *inlines) if indent else inlines
        case Bullets(items, start):
            for number, item in enumerate(items, start=start or 1):
                mark = "\u2022 " if start is None else f"{number}. "
                yield from _item(item, indent, mark)
        case Quote(blocks):
            yield from _all(blocks, indent)
        case Table(head, rows):
            for row in (head, *rows):
                yield tuple(part for index, cell in enumerate(row) for part in _parted(cell.inlines, index))
        case Verbatim(text):
            yield from ((Text(line),) for line in text.split("\n"))
        case Rule() | Figure():
            return


def _parted(inlines: tuple[Inline, ...], index: int) -> tuple[Inline, ...]:
    return (Text(", "), *inlines) if index else inlines


def _item(item: tuple[Block, ...], indent: str, mark: str) -> Iterator[tuple[Inline, ...]]:
    for index, line in enumerate(_all(item, "")):
        yield (Text(indent + (mark if index == 0 else "  ")), *line)


def _all(blocks: Iterable[Block], indent: str) -> Iterator[tuple[Inline, ...]]:
    for block in blocks:
        yield from _lines(block, indent)
