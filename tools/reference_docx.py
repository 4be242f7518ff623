"""Makes templates/docx/reference.docx: the styles, page and properties that every Word document starts from.

    python tools/reference_docx.py

It begins with python-docx's own empty document, keeps the styles that are used and gives them this house's look. The
file is committed; run this again after changing it here.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any, Final

import docx
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor

from aimsctl.documents.package import normalised

TARGET: Final = Path(__file__).resolve().parent.parent / "templates" / "docx" / "reference.docx"
FONT: Final = "Arial"
INK, SOFT, HEAD, LINK = (RGBColor.from_string(code) for code in ("1C2430", "5A6675", "16365C", "1A56A0"))
LINE: Final = "D5DBE3"
SHADE: Final = "F3F5F8"
HEADINGS: Final = {
    "Heading 1": 24,
    "Heading 2": 15,
    "Heading 3": 12,
    "Heading 4": 10.5,
    "Heading 5": 10,
    "Heading 6": 10,
}
TALL: Final = ("Heading 1", "Heading 2")
KEPT: Final = {
    *HEADINGS,
    "Normal", "Header", "Footer", "Caption", "Quote", "List Bullet", "List Number", "Default Paragraph Font",
    "Normal Table", "No List", "Header Char", "Footer Char", "Quote Char",
}  # fmt: skip
WHEN: Final = dt.datetime(2026, 1, 1, tzinfo=dt.UTC).replace(tzinfo=None)


def keep(document: Any) -> None:
    """Drops every style that no document uses."""
    for style in list(document.styles):
        if style.name not in KEPT and not style.name.startswith("Heading "):
            style.element.getparent().remove(style.element)
    for style in list(document.styles):
        if style.name.startswith("Heading ") and style.name not in HEADINGS and "Char" not in style.name:
            style.element.getparent().remove(style.element)


def font(style: Any, size: float, colour: RGBColor, *, bold: bool = False) -> None:
    """Sets the letters of a style."""
    style.font.name, style.font.size, style.font.color.rgb, style.font.bold = FONT, Pt(size), colour, bold
    style.font.italic = False
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(name), None)
    for name in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(name), FONT)


def space(style: Any, before: float, after: float, line: float = 1.15) -> None:
    """Sets the room around a paragraph."""
    form = style.paragraph_format
    form.space_before, form.space_after, form.line_spacing = Pt(before), Pt(after), line


def paragraphs(document: Any) -> None:
    """The styles of paragraphs."""
    styles = document.styles
    font(styles["Normal"], 10, INK)
    space(styles["Normal"], 0, 6)
    for number, (name, size) in enumerate(HEADINGS.items()):
        font(styles[name], size, HEAD, bold=True)
        space(styles[name], 4 if number == 0 else 18 - 2 * number, 8 if name in TALL else 5, 1.0)
        styles[name].paragraph_format.keep_with_next = True
    font(styles["Caption"], 9, SOFT, bold=True)
    space(styles["Caption"], 8, 4, 1.0)
    styles["Caption"].paragraph_format.keep_with_next = True
    font(styles["Quote"], 10, INK)
    bar = f'<w:pBdr {nsdecls("w")}><w:left w:val="single" w:sz="18" w:space="8" w:color="{HEAD}"/></w:pBdr>'
    shade = f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="{SHADE}"/>'
    properties = styles["Quote"].element.get_or_add_pPr()
    for part in (shade, bar):
        properties.insert(0, parse_xml(part))
    for name in ("Header", "Footer"):
        font(styles[name], 8, SOFT)
        space(styles[name], 0, 0, 1.0)


def added(document: Any) -> None:
    """Styles that the empty document lacks: for cells, code, links, the line above the title, and contents."""
    styles = document.styles
    for name, size, colour in (("Cell", 8.5, INK), ("Small Cell", 7, INK), ("Over", 11, SOFT), ("Contents", 10, INK)):
        style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = styles["Normal"]
        font(style, size, colour, bold=name == "Over")
        space(style, 0, 3 if name == "Contents" else 0, 1.05)
    code = styles.add_style("Code", WD_STYLE_TYPE.CHARACTER)
    code.font.name = "Courier New"
    link = styles.add_style("Link", WD_STYLE_TYPE.CHARACTER)
    link.font.color.rgb, link.font.underline = LINK, False
    styles["Contents"].paragraph_format.tab_stops.add_tab_stop(Cm(17), WD_TAB_ALIGNMENT.RIGHT)


def table_styles(document: Any) -> None:
    """Thin lines between rows; tables that are no list of facts have a shaded head too."""
    head = (
        f'<w:tblStylePr w:type="firstRow"><w:rPr><w:b/><w:color w:val="{HEAD}"/></w:rPr><w:tcPr><w:tcBorders>'
        f'<w:bottom w:val="single" w:sz="8" w:space="0" w:color="{HEAD}"/></w:tcBorders>'
        f'<w:shd w:val="clear" w:color="auto" w:fill="{SHADE}"/></w:tcPr></w:tblStylePr>'
    )
    for name, more in (("Facts", ""), ("Lines", head)):
        document.styles.element.append(
            parse_xml(
                f'<w:style {nsdecls("w")} w:type="table" w:customStyle="1" w:styleId="{name}"><w:name w:val="{name}"/>'
                f'<w:basedOn w:val="TableNormal"/><w:tblPr><w:tblBorders>'
                f'<w:bottom w:val="single" w:sz="4" w:space="0" w:color="{LINE}"/>'
                f'<w:insideH w:val="single" w:sz="4" w:space="0" w:color="{LINE}"/></w:tblBorders><w:tblCellMar>'
                f'<w:top w:w="50" w:type="dxa"/><w:left w:w="80" w:type="dxa"/><w:bottom w:w="50" w:type="dxa"/>'
                f'<w:right w:w="80" w:type="dxa"/></w:tblCellMar></w:tblPr>{more}</w:style>'
            )
        )


def language(document: Any) -> None:
    """British English, until a document says another."""
    for node in document.styles.element.iter(qn("w:lang")):
        node.set(qn("w:val"), "en-GB")


def main() -> None:
    """Writes the file."""
    document: Any = docx.Document()
    keep(document)
    paragraphs(document)
    added(document)
    table_styles(document)
    language(document)
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2)
    section.top_margin = section.bottom_margin = Cm(2.2)
    properties = document.core_properties
    properties.author = properties.title = properties.comments = properties.keywords = properties.last_modified_by = ""
    properties.created = properties.modified = WHEN
    TARGET.parent.mkdir(exist_ok=True)
    document.save(TARGET)
    TARGET.write_bytes(normalised(TARGET.read_bytes()))


if __name__ == "__main__":
    main()
