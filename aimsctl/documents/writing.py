"""The tree as Markdown, always in the same form: that of `.md` files, and of Markdown taken in from artefacts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from aimsctl.documents.escaping import code, escape
from aimsctl.documents.tree import (
    MARKS,
    Align,
    Anchor,
    Block,
    Break,
    Bullets,
    Cell,
    Code,
    Figure,
    Heading,
    Inline,
    Link,
    Marked,
    Paragraph,
    Quote,
    Rule,
    Styled,
    Table,
    Text,
    Verbatim,
)

_RULES: Final[dict[Align, str]] = {"left": "---", "right": "---:", "centre": ":---:"}
_DEEPEST: Final = 6


def write(blocks: Iterable[Block], *, deeper: int = 0) -> str:
    """The blocks with one empty line between two of them; headings so many levels deeper. Ends with a line feed."""
    return "\n\n".join("\n".join(_block(block, deeper)) for block in blocks) + "\n"


def _block(block: Block, deeper: int) -> Iterable[str]:
    match block:
        case Heading(level, inlines):
            return ["#" * min(level + deeper, _DEEPEST) + " " + inline(inlines)]
        case Paragraph(inlines):
            return [inline(inlines)]
        case Bullets():
            return _bullets(block, deeper)
        case Table():
            return _table(block)
        case Quote(blocks):
            return [f"> {line}".rstrip() for line in write(blocks, deeper=deeper).rstrip("\n").split("\n")]
        case Verbatim(text):
            return _fenced("", text.split("\n"))
        case Figure(kind, lines):
            return _fenced(f"figure {kind}", lines)
        case Rule():
            return ["---"]


def _fenced(info: str, lines: Iterable[str]) -> list[str]:
    lines = list(lines)
    longest = max((len(line) - len(line.lstrip("`")) for line in (part.lstrip() for part in lines)), default=0)
    fence = "`" * max(3, longest + 1)
    return [fence + info, *lines, fence]


def _bullets(block: Bullets, deeper: int) -> Iterator[str]:
    for number, item in enumerate(block.items, start=block.start or 0):
        marker = "- " if block.start is None else f"{number}. "
        lines = write(item, deeper=deeper).rstrip("\n").split("\n")
        yield (marker + lines[0]).rstrip()
        yield from ((" " * len(marker) + line).rstrip() for line in lines[1:])


def _table(table: Table) -> Iterator[str]:
    if table.caption:
        yield f"Table: {escape(table.caption)}"
        yield ""
    yield _row(table.head)
    yield _joined(_RULES[align] for align in table.aligns)
    yield from (_row(row) for row in table.rows)


def _row(cells: Iterable[Cell]) -> str:
    return _joined((f"{MARKS[cell.tone]} " if cell.tone else "") + inline(cell.inlines) for cell in cells)


def _joined(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def inline(inlines: Iterable[Inline]) -> str:
    """Inlines as one line of Markdown."""
    return "".join(_inline(one, first=index == 0) for index, one in enumerate(inlines)).strip()


def _inline(inline_: Inline, *, first: bool) -> str:
    match inline_:
        case Text(text):
            return _text(text, first=first)
        case Code(text):
            return code(text)
        case Break():
            return "<br>"
        case Anchor(name):
            return f'<a id="{name}"></a>'
        case Styled(style, inlines):
            mark = "**" if style == "strong" else "*"
            return f"{mark}{inline(inlines)}{mark}"
        case Link(target, inlines):
            return f"[{inline(inlines)}](<{target}>)" if "(" in target else f"[{inline(inlines)}]({target})"
        case Marked(tone, text):
            return f"{MARKS[tone]} **{escape(text)}**"


def _text(text: str, *, first: bool) -> str:
    """The text with the spaces at its ends, which part it from what stands beside it."""
    inner = escape(text, start=first)
    before = " " if text[:1].isspace() and not first else ""
    return f"{before}{inner}{' ' if text[-1:].isspace() and inner else ''}"
