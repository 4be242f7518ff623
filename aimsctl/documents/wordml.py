"""Blocks as WordprocessingML (ISO/IEC 29500-1, section 17): strings in which every text is escaped."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from html import escape  # the five that it writes are those of XML too; xml.sax would load an HTTP client
from typing import Final

from aimsctl.documents.figures import drawing
from aimsctl.documents.layout import wide, widths
from aimsctl.documents.tree import (
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
    Tone,
    Verbatim,
)

NAMESPACES: Final = " ".join(
    f'xmlns:{prefix}="{name}"'
    for prefix, name in {
        "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
        "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
        "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
        "wpg": "http://schemas.microsoft.com/office/word/2010/wordprocessingGroup",
        "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
    }.items()
)
PAPER: Final[dict[Tone, tuple[str, str]]] = {
    "good": ("DCEFE0", "14532D"),
    "notice": ("FBF3CF", "5B4300"),
    "warn": ("FDE3C8", "7A3300"),
    "bad": ("FBD9D6", "8A1212"),
    "info": ("DBE8F8", "163E6E"),
    "quiet": ("ECEFF3", "3D4856"),
}
_ALIGNS: Final[dict[Align, str]] = {"left": "left", "right": "right", "centre": "center"}
_STYLED: Final = {"strong": "<w:b/>", "emphasis": "<w:i/>"}
_FACT: Final = 2300
_HEAD: Final = "16365C"
_LONGEST_NAME: Final = 40  # of a bookmark


def run(text: str, form: str = "") -> str:
    """Text in one run; tabs and line feeds are spaces in it."""
    properties = f"<w:rPr>{form}</w:rPr>" if form else ""
    return f'<w:r>{properties}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


class Writer:
    """Writes blocks; asks for the id of an address outside and for the numbering of a list."""

    def __init__(self, relate: Callable[[str], str], number: Callable[[int | None], int]) -> None:
        self.relate = relate
        self.number = number
        self.marks = 0

    @staticmethod
    def bookmark(anchor: str) -> str:
        """The name of the bookmark of an anchor: letters, digits and underscores, 40 at most."""
        name = "a_" + "".join(one if one.isalnum() and one.isascii() else "_" for one in anchor)
        if len(name) <= _LONGEST_NAME and name[2:].replace("_", "-") == anchor:
            return name
        return name[: _LONGEST_NAME - 9] + "_" + hashlib.sha256(anchor.encode()).hexdigest()[:8]

    def blocks(self, blocks: Iterable[Block], width: int, style: str = "Normal", before: str = "") -> str:
        """The blocks, set in that width; `before` are properties of paragraphs, such as an indent."""
        return "".join(self._block(block, width, style, before) for block in blocks)

    def _block(self, block: Block, width: int, style: str, before: str) -> str:
        match block:
            case Heading(level, inlines, anchor):
                marked = self._marked(anchor, self.inlines(inlines))
                return _paragraph(marked, f"Heading{level}")
            case Paragraph(inlines):
                return _paragraph(self.inlines(inlines), style, before)
            case Bullets():
                return self._bullets(block, width, style)
            case Table():
                return self._table(block, width)
            case Quote(blocks):
                return self.blocks(blocks, width, "Quote")
            case Verbatim(text):
                lines = "<w:r><w:br/></w:r>".join(run(line, '<w:rStyle w:val="Code"/>') for line in text.split("\n"))
                return _paragraph(lines, style, before)
            case Figure():
                return _paragraph(drawing(block), style, before)
            case Rule():
                return _paragraph("", style, '<w:pBdr><w:bottom w:val="single" w:sz="4" w:color="D5DBE3"/></w:pBdr>')

    def _bullets(self, block: Bullets, width: int, style: str) -> str:
        numbering = f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{self.number(block.start)}"/></w:numPr>'
        parts = []
        for item in block.items:
            parts.append(self._block(item[0], width, style, numbering) if item else _paragraph("", style, numbering))
            parts.append(self.blocks(item[1:], width, style, '<w:ind w:left="397"/>'))
        return "".join(parts)

    def _table(self, table: Table, width: int) -> str:
        style, kind = "SmallCell" if wide(table) else "Cell", "Facts" if table.facts else "Lines"
        shares = _facts(width) if table.facts else [width * share // 1000 for share in widths(table)]
        grid = "".join(f'<w:gridCol w:w="{share}"/>' for share in shares)
        look = '<w:tblLook w:val="0000" w:firstRow="0"/>' if table.facts else '<w:tblLook w:val="0020" w:firstRow="1"/>'
        alt = f'<w:tblCaption w:val="{escape(table.caption)}"/>' if table.caption else ""
        head = "" if table.facts else self._row(table.head, table.aligns, shares, style, head=True)
        rows = "".join(self._row(row, table.aligns, shares, style, facts=table.facts) for row in table.rows)
        caption = _paragraph(run(table.caption), "Caption") if table.caption else ""
        return (
            f'{caption}<w:tbl><w:tblPr><w:tblStyle w:val="{kind}"/><w:tblW w:w="{sum(shares)}" w:type="dxa"/>'
            f'<w:tblLayout w:type="fixed"/>{look}{alt}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{head}{rows}</w:tbl>'
            f"{_paragraph('', 'Cell')}"
        )

    def _row(  # noqa: PLR0913 - a row is its cells and how they stand
        self,
        cells: tuple[Cell, ...],
        aligns: tuple[Align, ...],
        shares: list[int],
        style: str,
        *,
        head: bool = False,
        facts: bool = False,
    ) -> str:
        written = []
        for place, (cell, align, share) in enumerate(zip(cells, aligns, shares, strict=False)):
            paper = PAPER[cell.tone][0] if cell.tone not in ("", "quiet") else ""
            fill = f'<w:shd w:val="clear" w:color="auto" w:fill="{paper}"/>' if paper else ""
            pen = '<w:color w:val="5A6675"/>' if facts and place == 0 else _pen(cell.tone)
            stand = f'<w:jc w:val="{_ALIGNS[align]}"/>' if align != "left" else ""
            strong = f'<w:b/><w:color w:val="{_HEAD}"/>' if head else ""
            text = _paragraph(self.inlines(cell.inlines, strong + pen), style, stand)
            written.append(f'<w:tc><w:tcPr><w:tcW w:w="{share}" w:type="dxa"/>{fill}</w:tcPr>{text}</w:tc>')
        repeat = "<w:tblHeader/>" if head else ""
        return f"<w:tr><w:trPr><w:cantSplit/>{repeat}</w:trPr>{''.join(written)}</w:tr>"

    def inlines(self, inlines: Iterable[Inline], form: str = "") -> str:
        """Inlines as runs with these properties."""
        return "".join(self._inline(one, form) for one in inlines)

    def _inline(self, inline: Inline, form: str) -> str:
        match inline:
            case Text(text):
                return run(text, form)
            case Code(text):
                return run(text, '<w:rStyle w:val="Code"/>' + form)
            case Break():
                return "<w:r><w:br/></w:r>"
            case Anchor(name):
                return self._marked(name, "")
            case Styled(style, inlines):
                return self.inlines(inlines, _STYLED[style] + form)
            case Link(target, inlines):
                inner = self.inlines(inlines, '<w:rStyle w:val="Link"/>' + form)
                if target.startswith("#"):
                    return f'<w:hyperlink w:anchor="{self.bookmark(target[1:])}">{inner}</w:hyperlink>'
                return f'<w:hyperlink r:id="{self.relate(target)}">{inner}</w:hyperlink>'
            case Marked(tone, text):
                paper, pen = PAPER[tone or "quiet"]
                shade = f'<w:shd w:val="clear" w:color="auto" w:fill="{paper}"/>'
                return run(f"\u00a0{text}\u00a0", f'<w:b/><w:color w:val="{pen}"/>{shade}')

    def _marked(self, anchor: str, inner: str) -> str:
        """What links to the anchor lead to."""
        if not anchor:
            return inner
        self.marks += 1
        name = self.bookmark(anchor)
        return f'<w:bookmarkStart w:id="{self.marks}" w:name="{name}"/>{inner}<w:bookmarkEnd w:id="{self.marks}"/>'


def _facts(width: int) -> list[int]:
    return [_FACT, width - _FACT]


def _pen(tone: Tone) -> str:
    return f'<w:color w:val="{PAPER[tone][1]}"/>' if tone else ""


def _paragraph(inner: str, style: str, properties: str = "") -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{properties}</w:pPr>{inner}</w:p>'
