"""A document tree as GitHub-flavoured Markdown in which no text of others is markup, a link, a mention or a picture."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from aimsctl.output.clean import one_line
from aimsctl.output.tree import Align, Block, Bullets, Facts, Heading, Item, Note, Paragraph, Table

# Forges turn these into links, mentions, references, formulas and pictures even where punctuation is escaped. Inside
# a code span they leave them alone.
_LIVELY: Final = re.compile(
    r"[@$]|://|www\.|mailto:|xmpp:|[#!&%~]\w|\bGH-\d|:[a-z][\w+-]*:",
    re.IGNORECASE,
)
# Entities, where a backslash would be read twice: by the table and again by the text in its cell.
_ENTITIES: Final = {"|": "&#124;", "\\": "&#92;", "`": "&#96;", "&": "&amp;", "<": "&lt;", ">": "&gt;"}
_ENTITY_TABLE: Final = str.maketrans(_ENTITIES)
_TEXT_PARTS: Final = re.compile(r"([|\\`&<>])")
_CODE_PARTS: Final = re.compile(r"( ?[|\\`] ?)")  # with its spaces, which the edge of a code span would lose
_PUNCTUATION: Final = re.compile(r"([*\[\]#~]|(?<![^\W_])_|_(?![^\W_]))")
_BLOCK_START: Final = re.compile(r"^(\d*)([-+=:.)])")
_RULES: Final[dict[Align, str]] = {"left": "---", "right": "---:", "centre": ":---:"}
_DEEPEST: Final = 6


def inline(text: str) -> str:
    """The text as one line of Markdown that shows it and does nothing else; fit for a cell of a table too."""
    return " ".join(code(word) if _LIVELY.search(word) else _escaped(word) for word in one_line(text).split())


def _escaped(word: str) -> str:
    parts = _TEXT_PARTS.split(word)
    return "".join(_ENTITIES.get(part) or _PUNCTUATION.sub(r"\\\1", part) for part in parts)


def code(text: str) -> str:
    """The text as code, such as a place. What would end the code or the cell stands between two pieces of it."""
    parts = _CODE_PARTS.split(" ".join(one_line(text).split()))
    return "".join(
        part.translate(_ENTITY_TABLE) if index % 2 else part and f"`{part}`" for index, part in enumerate(parts)
    )


def paragraph(text: str) -> str:
    """The text as a line of its own that starts no list, heading, underline or command of a runner."""
    return _BLOCK_START.sub(r"\1\\\2", inline(text))


def table_row(cells: Iterable[str]) -> str:
    """Cells, already Markdown, as one row of a table."""
    return f"| {' | '.join(cells)} |"


def markdown(blocks: Iterable[Block], *, under: int = 0) -> str:
    """The blocks, one empty line between two of them, with headings `under` so many levels deeper.

    Every line stands for itself, so the text may be cut after any of them. It ends with a line feed, or is empty.
    """
    written = ["\n".join(_block(block, under)) for block in blocks]
    return "\n\n".join(written) + "\n" if written else ""


def _block(block: Block, under: int) -> Iterable[str]:
    match block:
        case Heading(level, text):
            return ["#" * min(level + under, _DEEPEST) + " " + inline(text)]
        case Paragraph(text):
            return [paragraph(text)]
        case Note(text):
            return [f"> **Note:** {inline(text)}"]
        case Table():
            return _table(block)
        case Bullets(items):
            return [line for item in items for line in _item(item)]
        case Facts(rows):
            return [f"- **{inline(name)}**: {inline(cell.text)}" for name, cell in rows]


def _item(item: Item) -> Iterator[str]:
    yield f"- {paragraph(item.text)}" + (f" {code(item.place)}" if item.place else "")
    yield from (f"  - {paragraph(detail)}" for detail in item.details)


def _table(table: Table) -> Iterator[str]:
    if table.caption:
        yield f"**{inline(table.caption)}**"
        yield ""
    if not table.rows:
        yield "none"
        return
    yield table_row(inline(column.title) for column in table.columns)
    yield table_row(_RULES[column.align] for column in table.columns)
    yield from (table_row(inline(cell.text) for cell in row) for row in table.rows)
