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
    pieces: list[str] = []
    emphasised = False
    for one in _merged(inlines):
        piece = _inline(one, first=not pieces)
        if not piece:
            continue
        if isinstance(one, Styled):
            if pieces and not piece.strip("*")[:1].isalnum():
                pieces[-1] = pieces[-1][:-1] + _parting(pieces[-1][-1])
        elif emphasised:
            piece = _parting(piece[0]) + piece[1:]
        emphasised = isinstance(one, Styled) and not piece.strip("*")[-1:].isalnum()
        pieces.append(piece)
    return "".join(pieces).strip()


def _parting(character: str) -> str:
    """The character in a form beside which a delimiter of emphasis counts (CommonMark 0.31.2, section 6.2).

    A run of `*` between punctuation and a letter belongs to the letter; an entity begins and ends with punctuation.
    """
    if character.isspace() or (character.isascii() and not character.isalnum()):
        return character
    return f"&#{ord(character)};"


def _merged(inlines: Iterable[Inline]) -> Iterator[Inline]:
    """The inlines with neighbours of one style as one, since nothing could stand between their delimiters."""
    last: Styled | None = None
    for one in inlines:
        if isinstance(one, Styled) and last is not None and one.style == last.style:
            last = Styled(last.style, (*last.inlines, *one.inlines))
            continue
        if last is not None:
            yield last
            last = None
        if isinstance(one, Styled):
            last = one
        else:
            yield one
    if last is not None:
        yield last


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
            return _styled("**" if style == "strong" else "*", inline(inlines))
        case Link(target, inlines):
            return f"[{inline(inlines)}](<{target}>)" if "(" in target else f"[{inline(inlines)}]({target})"
        case Marked(tone, text):
            return f"{MARKS[tone]} **{escape(text)}**"


def _styled(mark: str, inner: str) -> str:
    return f"{mark}{inner}{mark}" if inner else ""


def _text(text: str, *, first: bool) -> str:
    """The text with the spaces at its ends, which part it from what stands beside it."""
    inner = escape(text, start=first)
    before = " " if text[:1].isspace() and not first else ""
    return f"{before}{inner}{' ' if text[-1:].isspace() and inner else ''}"
