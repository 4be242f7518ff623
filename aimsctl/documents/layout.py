"""How wide the columns of a table are, and whether it turns the page: worked out once, alike in every format."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import Final

from aimsctl.documents.tree import Block, Break, Cell, Code, Heading, Inline, Link, Styled, Table, inlines_of, plain

PORTRAIT: Final = 108  # characters of a table that fit side by side on an upright page
LANDSCAPE: Final = 200
_MANY_COLUMNS: Final = 7
_LONGEST_WORD: Final = 22  # a longer one may break
_SHORT_ID: Final = 11
_PADDING: Final = 3
_WORD: Final = 1.1  # words in bold, or in capitals, take more
_GROWTH: Final = 4.5  # how much room a column gets for the square root of its text
_SAMPLE: Final = 400  # rows that are looked at; a register repeats itself
_WHOLE: Final = 24  # lines of a row that stays on one page
_FACTS: Final = (18, 84)  # characters that fit side by side into a list of facts
_TOGETHER: Final = 30  # lines of a list of facts that stays on one page
_BRIEF: Final = 700  # characters of a section that may stand on a turned page though it need not


def widths(table: Table) -> tuple[int, ...]:
    """The share of each column in the width of the table, in thousandths: room for its words, the rest by its text."""
    columns = _columns(table)
    least = [_longest(column) * _WORD + _PADDING for column in columns]
    wanted = [max(_wanted(column) - own, 0.0) for column, own in zip(columns, least, strict=True)]
    room = max((LANDSCAPE if wide(table) else PORTRAIT) - sum(least), 0.0)
    share = min(room / sum(wanted), 1.0) if sum(wanted) else 0.0
    needed = [own + more * share for own, more in zip(least, wanted, strict=True)]
    shares = [int(1000 * need / sum(needed)) for need in needed]
    shares[-1] += 1000 - sum(shares)
    return tuple(shares)


def wide(table: Table) -> bool:
    """Whether the table needs a page that is turned."""
    if table.facts:
        return False
    columns = _columns(table)
    words = sum(_longest(column) + _PADDING for column in columns)
    return (len(columns) >= _MANY_COLUMNS and not _short(columns)) or words > PORTRAIT


def turned(blocks: Sequence[Block]) -> list[tuple[bool, tuple[Block, ...]]]:
    """The blocks in runs, each with whether its pages are turned: a section turns as a whole with its widest table.

    A brief section beside a turned one turns with it, since it would leave a page nearly empty.
    """
    sections = [(_turns(section), section) for section in _sections(blocks)]
    runs: list[tuple[bool, list[Block]]] = []
    for place, (turns, section) in enumerate(sections):
        beside = [one for one, _ in sections[max(place - 1, 0) : place + 2]]
        turned_too = turns or (any(beside) and _brief(section))
        if runs and runs[-1][0] is turned_too:
            runs[-1][1].extend(section)
        else:
            runs.append((turned_too, list(section)))
    return [(turns, tuple(run)) for turns, run in runs]


def whole(table: Table) -> tuple[bool, ...]:
    """For each row whether it is low enough to stay on one page."""
    room = LANDSCAPE if wide(table) else PORTRAIT
    columns = [max(share * room // 1000, 1) for share in widths(table)]
    return tuple(max(map(_height, row, columns), default=1) <= _WHOLE for row in table.rows)


def together(table: Table) -> bool:
    """Whether a list of facts is low enough to stand on one page under its heading."""
    if not table.facts:
        return False
    return sum(max(map(_height, row, _FACTS), default=1) for row in table.rows) <= _TOGETHER


def _height(cell: Cell, width: int) -> int:
    return sum(1 + len(line) // width for line in lines(cell))


def _turns(section: Sequence[Block]) -> bool:
    return any(isinstance(block, Table) and wide(block) for block in section)


def _brief(section: Sequence[Block]) -> bool:
    return sum(len(plain(inlines)) for block in section for inlines in inlines_of(block)) <= _BRIEF


def _sections(blocks: Sequence[Block]) -> list[list[Block]]:
    found: list[list[Block]] = []
    for block in blocks:
        starts = isinstance(block, Heading) and block.level == 2  # noqa: PLR2004 - the level of sections
        if starts or not found:
            found.append([])
        found[-1].append(block)
    return found


def _columns(table: Table) -> list[list[list[str]]]:
    """The lines of the cells of each column, the head's included."""
    rows = (table.head, *table.rows[:_SAMPLE])
    return [[lines(row[place]) for row in rows if place < len(row)] for place in range(len(table.head))]


def lines(cell: Cell) -> list[str]:
    """The lines of a cell that breaks part, to be measured: letters of one width take more room than others."""
    found = [""]
    for inline in _flat(cell.inlines):
        if isinstance(inline, Break):
            found.append("")
        else:
            text = plain([inline])
            found[-1] += text + text[:1] * (len(text) // 4) if isinstance(inline, Code) else text
    return found


def _flat(inlines: Sequence[Inline]) -> list[Inline]:
    found: list[Inline] = []
    for one in inlines:
        found += _flat(one.inlines) if isinstance(one, Styled | Link) else [one]
    return found


def _longest(column: Sequence[Sequence[str]]) -> int:
    words = (_unbroken(word) for cell in column for line in cell for word in line.split())
    return min(max(words, default=1), _LONGEST_WORD)


def _unbroken(word: str) -> int:
    """How much of a word stays together: a long id may break after its hyphens, a date or a short one should not."""
    if len(word) <= _SHORT_ID or "-" not in word:
        return len(word)
    return max(_SHORT_ID, *(len(part) + 1 for part in word.split("-")))


def _wanted(column: Sequence[Sequence[str]]) -> float:
    """The width at which the column's usual cell is a few lines high, but never more than its longest line."""
    usual = sum(len(line) for cell in column for line in cell) / max(len(column), 1)
    longest_line = max((len(line) for cell in column for line in cell), default=1)
    return min(_GROWTH * sqrt(usual), longest_line * _WORD) + _PADDING


def _short(columns: Sequence[Sequence[Sequence[str]]]) -> bool:
    """Whether every cell is a word or two, as in a matrix."""
    return all(len(line) <= _LONGEST_WORD for column in columns for cell in column[1:] for line in cell)
