"""The tree as PDF: handed to one fixed Typst template as data, never as markup. Tagged, PDF/UA-1 and PDF/A-2a."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final, cast

from aimsctl.documents.figures import svg
from aimsctl.documents.fonts import Coverage
from aimsctl.documents.layout import together, turned, whole, wide, widths
from aimsctl.documents.tree import (
    Anchor,
    Block,
    Break,
    Bullets,
    Cell,
    Code,
    Document,
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
from aimsctl.errors import MissingExtraError, RenderError
from aimsctl.source.resources import data_root, template_text

STANDARDS: Final = ("ua-1", "a-2a")
_LONGEST_WORD: Final = 26
_PIECE: Final = 12
_MAY_BREAK: Final = "\u200b"


def compiled(document: str, timestamp: int) -> bytes:
    """The file of the data of a document. The only place where Typst is called."""
    try:
        import typst  # noqa: PLC0415 - only who wants a PDF needs it
    except ImportError as error:
        raise MissingExtraError("writing PDF", "pdf") from error
    try:
        made = cast("Any", typst.compile)(
            template_text("pdf/document.typ").encode("utf-8"),
            sys_inputs={"data": document},
            font_paths=[str(data_root() / "templates" / "pdf" / "fonts")],
            ignore_system_fonts=True,
            pdf_standards=list(STANDARDS),
            timestamp=timestamp,
        )
    except typst.TypstError as error:
        raise RenderError(f"the PDF could not be set: {error.message}") from error
    return bytes(made)


def data(document: Document) -> str:
    """The document as the JSON that the template reads."""
    form = _Form(Coverage.shipped())
    meta = document.meta
    names = ("title", "organisation", "reference", "state", "classification", "draft", "language")
    return json.dumps(
        {
            "meta": {name: form.text(getattr(meta, name)) for name in names},
            "front": form.blocks(document.front),
            "contents": len(document.contents) > 1,
            "body": [{"turned": turns, "blocks": form.blocks(run)} for turns, run in turned(document.body)],
        },
        ensure_ascii=False,
    )


class _Form:
    """Turns nodes into plain data; characters that no font has are written by their code."""

    def __init__(self, coverage: Coverage) -> None:
        self.coverage = coverage

    def text(self, text: str, longest: int = 0) -> str:
        """Text that the fonts can show, with places to break in words longer than that."""
        shown = self.coverage.shown(text)
        if not longest or len(shown) <= longest:
            return shown
        return " ".join(_broken(word) if len(word) > longest else word for word in shown.split(" "))

    def blocks(self, blocks: Iterable[Block]) -> list[Mapping[str, Any]]:
        """Blocks as data."""
        return [self.block(block) for block in blocks]

    def block(self, block: Block) -> Mapping[str, Any]:
        """One block as data."""
        match block:
            case Heading(level, inlines, anchor):
                return {"t": "heading", "level": level, "anchor": anchor, "inlines": self.inlines(inlines)}
            case Paragraph(inlines):
                return {"t": "paragraph", "inlines": self.inlines(inlines)}
            case Bullets(items, start):
                return {"t": "bullets", "items": [self.blocks(item) for item in items], "start": start}
            case Table():
                return self.table(block)
            case Quote(blocks):
                return {"t": "quote", "blocks": self.blocks(blocks)}
            case Verbatim(text):
                return {"t": "verbatim", "text": "\n".join(self.text(line, 60) for line in text.split("\n"))}
            case Figure():
                return {"t": "figure", "svg": self.text(svg(block)), "alt": self.text("; ".join(block.lines))}
            case Rule():
                return {"t": "rule"}

    def table(self, table: Table) -> Mapping[str, Any]:
        """A table as data, with its widths."""
        return {
            "t": "table",
            "caption": self.text(table.caption),
            "facts": table.facts,
            "together": together(table),
            "wide": wide(table),
            "widths": widths(table),
            "aligns": table.aligns,
            "head": [self.cell(cell) for cell in table.head],
            "rows": [[self.cell(cell) for cell in row] for row in table.rows],
            "whole": whole(table),
        }

    def cell(self, cell: Cell) -> Mapping[str, Any]:
        """A cell as data."""
        return {"inlines": self.inlines(cell.inlines, _LONGEST_WORD), "tone": cell.tone}

    def inlines(self, inlines: Iterable[Inline], longest: int = 60) -> list[Mapping[str, Any]]:
        """Inlines as data."""
        return [self.inline(one, longest) for one in inlines]

    def inline(self, inline: Inline, longest: int) -> Mapping[str, Any]:
        """One inline as data."""
        match inline:
            case Text(text):
                return {"t": "text", "text": self.text(text, longest)}
            case Code(text):
                return {"t": "code", "text": self.text(text, longest)}
            case Break():
                return {"t": "break"}
            case Anchor(name):
                return {"t": "anchor", "name": name}
            case Styled(style, inlines):
                return {"t": style, "inlines": self.inlines(inlines, longest)}
            case Link(target, inlines):
                inner = target.startswith("#")
                shown = self.inlines(inlines, longest)
                return {"t": "link", "target": target.removeprefix("#"), "inner": inner, "inlines": shown}
            case Marked(tone, text):
                return {"t": "marked", "tone": tone or "quiet", "text": self.text(text)}


def _broken(word: str) -> str:
    return _MAY_BREAK.join(word[place : place + _PIECE] for place in range(0, len(word), _PIECE))
