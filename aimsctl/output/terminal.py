"""A document tree as plain text for a terminal: aligned, calm, complete at any width, readable without colour."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from aimsctl.output.clean import one_line
from aimsctl.output.colour import Tone, painted
from aimsctl.output.tree import Align, Block, Bullets, Cell, Column, Facts, Heading, Item, Note, Paragraph, Table
from aimsctl.output.width import longest_word, width, wrap

Line = list[tuple[str, Tone]]  # pieces of text with their tones

_NARROWEST: Final = 20
_GAP: Final = 2
_UNDERLINES: Final = {1: "=", 2: "-"}


def terminal(blocks: Iterable[Block], columns: int = 80, *, colour: bool = False) -> str:
    """The blocks, one empty line between two of them; words break at `columns`, and nothing is cut off.

    No line starts with what a CI runner obeys. The text ends with a line feed, or is empty without blocks.
    """
    room = max(columns, _NARROWEST)
    written = ["\n".join(_painted(line, colour=colour) for line in _block(block, room)) for block in blocks]
    return "\n\n".join(written) + "\n" if written else ""


def _painted(line: Line, *, colour: bool) -> str:
    while line and not line[-1][0].rstrip():
        line = line[:-1]
    text = "".join(piece for piece, _ in line)
    guard = "\\" if text.lstrip().startswith(("::", "##")) else ""
    return guard + "".join(painted(piece, tone, colour=colour) for piece, tone in line)


def _block(block: Block, room: int) -> Iterable[Line]:
    match block:
        case Heading(level, text):
            return _heading(level, one_line(text), room)
        case Paragraph(text, tone):
            return [[(line, tone)] for line in wrap(one_line(text), room)]
        case Note(text, tone):
            return _hanging("Note: ", "      ", one_line(text), tone, room)
        case Table():
            return _table(block, room)
        case Bullets(items):
            return [line for item in items for line in _item(item, room)]
        case Facts(rows):
            return _facts(rows, room)


def _heading(level: int, text: str, room: int) -> Iterator[Line]:
    lines = wrap(text, room)
    for line in lines:
        yield [(line, "strong")]
    if level in _UNDERLINES:
        yield [(_UNDERLINES[level] * max(map(width, lines)), "muted")]


def _hanging(first: str, rest: str, text: str, tone: Tone, room: int) -> Iterator[Line]:
    """The text behind a mark, its further lines under its first word."""
    for number, line in enumerate(wrap(text, room - width(rest), width(first) - width(rest))):
        yield [(rest if number else first, ""), (line, tone)]


def _item(item: Item, room: int) -> Iterator[Line]:
    yield from _hanging("- ", "  ", one_line(item.text), item.tone, room)
    if item.place:
        yield [("  ", ""), (one_line(item.place), "muted")]
    for detail in item.details:
        yield from _hanging("  ", "  ", one_line(detail), "", room)


def _facts(rows: Sequence[tuple[str, Cell]], room: int) -> Iterator[Line]:
    named = [(one_line(name) + ":", cell) for name, cell in rows]
    aligned = max((width(name) for name, _ in named), default=0)
    if aligned > room // 2:
        aligned = 0
    for name, cell in named:
        first = name + " " * max(aligned - width(name), 0) + " "
        yield from _hanging(first, " " * (aligned + 1 if aligned else _GAP), one_line(cell.text), cell.tone, room)


def _table(table: Table, room: int) -> Iterator[Line]:
    heads = [one_line(column.title) for column in table.columns]
    rows = [[Cell(one_line(cell.text), cell.tone) for cell in row] for row in table.rows]
    for line in wrap(one_line(table.caption), room) if table.caption else ():
        yield [(line, "strong")]
    if not rows:
        yield [("none", "muted")]
        return
    widths = _widths([[head, *(row[index].text for row in rows)] for index, head in enumerate(heads)], room)
    if widths is None:
        yield from _stacked(heads, rows, room)
        return
    yield from _row([Cell(head, "strong") for head in heads], table.columns, widths)
    yield [(("-" * size + " " * _GAP), "muted") for size in widths[:-1]] + [("-" * widths[-1], "muted")]
    for row in rows:
        yield from _row(row, table.columns, widths)


def _widths(texts: list[list[str]], room: int) -> list[int] | None:
    """How wide each column gets: as it likes if all fit, else the widest give way; None if words would not fit."""
    room -= _GAP * (len(texts) - 1)
    liked = [max(map(width, column)) for column in texts]
    if sum(liked) <= room:
        return liked
    least = [max(map(longest_word, column)) for column in texts]
    if sum(least) > room:
        return None
    cap = max(liked)
    while sum(max(low, min(high, cap)) for low, high in zip(least, liked, strict=True)) > room:
        cap -= 1
    return [max(low, min(high, cap)) for low, high in zip(least, liked, strict=True)]


def _row(cells: Sequence[Cell], columns: Sequence[Column], widths: Sequence[int]) -> Iterator[Line]:
    wrapped = [wrap(cell.text, size) for cell, size in zip(cells, widths, strict=True)]
    for number in range(max(map(len, wrapped))):
        line: Line = []
        for cell, column, size, lines in zip(cells, columns, widths, wrapped, strict=True):
            text = lines[number] if number < len(lines) else ""
            before, after = _padding(size - width(text), column.align)
            line += [(" " * before, ""), (text, cell.tone), (" " * (after + _GAP), "")]
        yield line


def _padding(free: int, align: Align) -> tuple[int, int]:
    if align == "left":
        return 0, free
    return (free, 0) if align == "right" else (free // 2, free - free // 2)


def _stacked(heads: Sequence[str], rows: Sequence[Sequence[Cell]], room: int) -> Iterator[Line]:
    """Each row as a short list of `head: cell`, for a terminal on which the columns do not fit side by side."""
    for number, row in enumerate(rows):
        if number:
            yield []
        for index, (head, cell) in enumerate(zip(heads, row, strict=True)):
            indent = "  " if index else ""
            yield from _hanging(f"{indent}{head}: ", indent + "  ", cell.text, cell.tone, room)
