"""Markdown to the tree. Tags are text, pictures are their words, and links lead only where they may.

What templates write may hold more than Markdown has: `<br>`, `<a id="..."></a>`, a coloured square before a word, a
caption before a table, figures. In the Markdown of an artefact all of that is plain text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Final

from aimsctl.documents.inlines import Reader, safe_target
from aimsctl.documents.tree import (
    Align,
    Block,
    Bullets,
    Cell,
    Figure,
    Heading,
    Inline,
    Paragraph,
    Quote,
    Rule,
    Table,
    Tone,
    Verbatim,
    plain,
)

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

__all__ = ["read", "safe_target", "slug"]

CAPTION: Final = "Table: "
FIGURE: Final = "figure "
_NOT_IN_SLUG: Final = re.compile(r"[^\w\- ]")
_ALIGNS: Final[dict[str, Align]] = {"text-align:right": "right", "text-align:center": "centre"}


def read(markdown: str, *, trusted: bool = False) -> tuple[Block, ...]:
    """The blocks of a Markdown text; `trusted` is what a template wrote."""
    tokens = _parser().parse(markdown)
    return tuple(_Blocks(tokens, trusted=trusted).read())


def slug(text: str) -> str:
    """The anchor that forges give to a heading of that text."""
    return _NOT_IN_SLUG.sub("", text.strip().lower()).replace(" ", "-")


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt  # noqa: PLC0415 - only runs that make documents load it

    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    return parser.disable(["text_join", "html_inline", "html_block"])


class _Blocks:
    """A walk over the flat tokens of a Markdown text."""

    def __init__(self, tokens: Sequence[Token], *, trusted: bool) -> None:
        self.tokens = tokens
        self.trusted = trusted
        self.inlines = Reader(trusted=trusted)
        self.position = 0
        self.caption = ""

    def read(self, closing: str = "") -> Iterator[Block]:
        """The blocks up to the token of that type, which is taken too."""
        while self.position < len(self.tokens):
            token = self._take()
            if token.type == closing:
                return
            yield from self._block(token)

    def _take(self) -> Token:
        token = self.tokens[self.position]
        self.position += 1
        return token

    def _inline(self, closing: str) -> tuple[Inline, ...]:
        inlines: tuple[Inline, ...] = ()
        while (token := self._take()).type != closing:
            inlines = self.inlines.read(token.children or ())
        return inlines

    def _block(self, token: Token) -> Iterator[Block]:
        match token.type:
            case "heading_open":
                inlines = self._inline("heading_close")
                yield Heading(int(token.tag[1]), inlines, slug(plain(inlines)))
            case "paragraph_open":
                yield from self._paragraph()
            case "bullet_list_open":
                yield Bullets(tuple(self._items("bullet_list_close")))
            case "ordered_list_open":
                start = token.attrs.get("start", 1)
                yield Bullets(tuple(self._items("ordered_list_close")), int(start))
            case "blockquote_open":
                yield Quote(tuple(self.read("blockquote_close")))
            case "table_open":
                yield self._table()
            case "fence" | "code_block":
                yield self._verbatim(token)
            case "hr":
                yield Rule()
            case _:
                raise ValueError(token.type)

    def _paragraph(self) -> Iterator[Block]:
        """A paragraph; one of a template that begins `Table: ` is the caption of the table it stands before."""
        written = self.tokens[self.position].content
        inlines = self._inline("paragraph_close")
        before_table = self.position < len(self.tokens) and self.tokens[self.position].type == "table_open"
        if self.trusted and before_table and written.startswith(CAPTION):
            self.caption = plain(inlines).removeprefix(CAPTION)
        else:
            yield Paragraph(inlines)

    def _items(self, closing: str) -> Iterator[tuple[Block, ...]]:
        while self._take().type != closing:
            yield tuple(self.read("list_item_close"))

    def _verbatim(self, token: Token) -> Block:
        text = token.content.rstrip("\n")
        if self.trusted and token.info.startswith(FIGURE):
            return Figure(token.info.removeprefix(FIGURE).strip(), tuple(text.split("\n")))
        return Verbatim(self.inlines.safe(text))

    def _table(self) -> Table:
        rows: list[tuple[Cell, ...]] = []
        aligns: list[Align] = []
        cells: list[Cell] = []
        while (token := self._take()).type != "table_close":
            if token.type in ("th_open", "td_open"):
                if not rows:
                    aligns.append(_ALIGNS.get(str(token.attrs.get("style")), "left"))
                cells.append(self._cell(token.type.replace("open", "close")))
            elif token.type == "tr_close":
                rows.append(tuple(cells))
                cells = []
        caption, self.caption = self.caption, ""
        return Table(rows[0], tuple(rows[1:]), tuple(aligns), caption)

    def _cell(self, closing: str) -> Cell:
        tone: Tone = ""
        inlines: tuple[Inline, ...] = ()
        while (token := self._take()).type != closing:
            tone, inlines = self.inlines.read_cell(token.children or ())
        return Cell(inlines, tone)
