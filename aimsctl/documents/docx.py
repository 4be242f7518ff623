"""The tree as a Word document on our own reference document: styles, not formatting; text in runs, never markup."""

from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING, Any, Final

from aimsctl.documents.layout import turned
from aimsctl.documents.package import normalised
from aimsctl.documents.tree import Block, Document, Meta, plain
from aimsctl.documents.wordml import NAMESPACES, Writer, run
from aimsctl.errors import MissingExtraError
from aimsctl.source.resources import data_root

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_PAGE: Final = {False: (11906, 16838), True: (16838, 11906)}  # A4 in twentieths of a point
_TEXT: Final = {False: 9638, True: 15138}  # the width between the margins
_MARGINS: Final = {False: (1247, 1134), True: (1134, 850)}
_FIELD: Final = (
    '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> {} </w:instrText></w:r>'
    '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>1</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
)


def docx(document: Document) -> bytes:
    """The file. Raises MissingExtraError without python-docx."""
    try:
        import docx as library  # noqa: PLC0415 - only who wants Word needs it
        from docx.opc.constants import RELATIONSHIP_TYPE  # noqa: PLC0415 - the same
        from docx.oxml import parse_xml  # noqa: PLC0415 - the same
    except ImportError as error:
        raise MissingExtraError("writing DOCX", "docx") from error
    made: Any = library.Document(str(data_root() / "templates" / "docx" / "reference.docx"))

    def relate(address: str) -> str:
        found: str = made.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        return found

    body = _body(document, Writer(relate, _numbered(made, parse_xml)))
    made.element.replace(made.element.body, parse_xml(f"<w:body {NAMESPACES}>{body}</w:body>"))
    _furnish(made, document.meta, parse_xml)
    _properties(made, document.meta)
    target = io.BytesIO()
    made.save(target)
    return normalised(target.getvalue())


def _body(document: Document, writer: Writer) -> str:
    meta = document.meta
    first = f'<w:p><w:pPr><w:pStyle w:val="Over"/></w:pPr>{run(meta.organisation)}</w:p>'
    parts = [first, writer.blocks(document.front, _TEXT[False]), *_contents(document)]
    runs: list[tuple[bool, Sequence[Block]]] = [(False, ()), *turned(document.body)]
    for place, (turns, blocks) in enumerate(runs):
        parts.append(writer.blocks(blocks, _TEXT[turns]))
        last = place == len(runs) - 1
        parts.append(_section(turns) if last else f"<w:p><w:pPr>{_section(turns)}</w:pPr></w:p>")
    return "".join(parts)


def _section(turns: bool) -> str:  # noqa: FBT001 - upright or turned
    """The end of a run of pages; the next begins on a new page."""
    width, height = _PAGE[turns]
    vertical, sides = _MARGINS[turns]
    orient = ' w:orient="landscape"' if turns else ""
    return (
        f'<w:sectPr><w:type w:val="nextPage"/><w:pgSz w:w="{width}" w:h="{height}"{orient}/>'
        f'<w:pgMar w:top="{vertical}" w:right="{sides}" w:bottom="{vertical}" w:left="{sides}"'
        f' w:header="600" w:footer="600" w:gutter="0"/></w:sectPr>'
    )


def _contents(document: Document) -> Iterator[str]:
    """The list of contents: links to the sections, which need no updating by the reader."""
    headings = [one for one in document.contents if one.level == 2]  # noqa: PLR2004 - sections
    if len(headings) < 2:  # noqa: PLR2004 - one section needs no list
        return
    yield f'<w:p><w:pPr><w:pStyle w:val="Caption"/></w:pPr>{run("Contents")}</w:p>'
    for one in headings:
        page = _FIELD.format(f"PAGEREF {Writer.bookmark(one.anchor)} \\h").replace("<w:t>1</w:t>", "<w:t>\u2026</w:t>")
        inner = f"{run(plain(one.inlines))}<w:r><w:tab/></w:r>{page}"
        link = f'<w:hyperlink w:anchor="{Writer.bookmark(one.anchor)}">{inner}</w:hyperlink>'
        yield f'<w:p><w:pPr><w:pStyle w:val="Contents"/></w:pPr>{link}</w:p>'


def _numbered(made: Any, parse_xml: Any) -> Any:
    """A function that gives a list its numbering: bullets, or numbers that begin anew."""
    numbering = made.part.numbering_part.element
    ids = [int(one.get(_word("numId"))) for one in numbering.findall(_word("num"))]
    state = {"next": max(ids, default=0) + 1}
    levels = {
        "bullet": '<w:numFmt w:val="bullet"/><w:lvlText w:val="\u2022"/>',
        "decimal": '<w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/>',
    }
    for place, (name, form) in enumerate(levels.items()):
        level = (
            f'<w:lvl w:ilvl="0"><w:start w:val="1"/>{form}<w:lvlJc w:val="left"/>'
            '<w:pPr><w:ind w:left="397" w:hanging="284"/></w:pPr></w:lvl>'
        )
        xml = f'<w:abstractNum {NAMESPACES} w:abstractNumId="{900 + place}">{level}</w:abstractNum>'
        numbering.insert(0, parse_xml(xml))
        state[name] = 900 + place

    def number(start: int | None) -> int:
        given = state["next"]
        state["next"] += 1
        kind = "bullet" if start is None else "decimal"
        again = f'<w:lvlOverride w:ilvl="0"><w:startOverride w:val="{start}"/></w:lvlOverride>' if start else ""
        xml = f'<w:num {NAMESPACES} w:numId="{given}"><w:abstractNumId w:val="{state[kind]}"/>{again}</w:num>'
        numbering.append(parse_xml(xml))
        return given

    return number


def _word(name: str) -> str:
    return "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}" + name


def _furnish(made: Any, meta: Meta, parse_xml: Any) -> None:
    """Header and footer of every page: the draft's mark, title, reference, state, and the page of how many."""
    section = made.sections[0]
    draft = run("DRAFT   ", '<w:b/><w:color w:val="8A1212"/>') if meta.draft else ""
    said = "  \u00b7  ".join(filter(None, (meta.classification, meta.reference, meta.state)))
    page = f"{run('Page ')}{_FIELD.format('PAGE')}{run(' of ')}{_FIELD.format('NUMPAGES')}"
    _both(section.header, "Header", draft + run(meta.organisation), run(meta.title), parse_xml)
    _both(section.footer, "Footer", run(said), page, parse_xml)


def _both(part: Any, style: str, left: str, right: str, parse_xml: Any) -> None:
    """Two texts at the two margins, as a table that is as wide as any page."""
    part.is_linked_to_previous = False
    paragraph = part.paragraphs[0]._p  # noqa: SLF001 - python-docx has no public way to set fields
    cells = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="2500" w:type="pct"/></w:tcPr><w:p><w:pPr><w:pStyle w:val="{style}"/>'
        f'<w:jc w:val="{stand}"/></w:pPr>{text}</w:p></w:tc>'
        for stand, text in (("left", left), ("right", right))
    )
    form = '<w:tblPr><w:tblW w:w="5000" w:type="pct"/></w:tblPr><w:tblGrid/>'
    paragraph.addprevious(parse_xml(f"<w:tbl {NAMESPACES}>{form}<w:tr>{cells}</w:tr></w:tbl>"))


def _properties(made: Any, meta: Meta) -> None:
    when = dt.datetime.fromtimestamp(meta.timestamp, dt.UTC).replace(tzinfo=None)
    properties = made.core_properties
    properties.title, properties.author, properties.subject = (
        meta.title[:255],
        meta.organisation[:255],
        meta.reference[:255],
    )
    properties.language = meta.language
    properties.created = properties.modified = when
