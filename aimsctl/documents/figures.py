"""Drawings from the lines of a figure: SVG for pages and PDF, shapes of WordprocessingML for Word.

Every drawing carries its title and, in words, all that it shows. A kind without a drawing is shown as its lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import Any, Final

from aimsctl.documents.interaction import WIDE, Arrow, Box, Drawing, laid_out, told
from aimsctl.documents.tree import Figure

PROCESSES: Final = "processes"
_TITLES: Final = {PROCESSES: "How the processes feed each other"}
_INK, _PAPER, _LINE, _BAND, _SOFT = "16365C", "F3F5F8", "8794A5", "E1E9F3", "5A6675"
_FONT: Final = "Inter, Helvetica, Arial, sans-serif"
_ROW: Final = 20
_EMU: Final = 8_000  # of Word's units in a point of the drawing: 720 of them fill an upright page
_FILLS: Final = {True: _BAND, False: _PAPER}


def drawn(kind: str, values: Iterable[Mapping[str, Any]]) -> list[str]:
    """The lines of a figure of that kind, from artefacts."""
    return told(values) if kind == PROCESSES else [" ".join(f"{one['id']} {one['title']}".split()) for one in values]


def title(figure: Figure) -> str:
    """What the drawing is called."""
    return _TITLES.get(figure.kind, figure.kind.capitalize())


def description(figure: Figure) -> str:
    """All that the drawing shows, in words."""
    return "; ".join(figure.lines) + "."


def svg(figure: Figure) -> str:
    """The drawing as SVG."""
    if figure.kind != PROCESSES:
        return _svg(figure, _ROW * len(figure.lines), _lines_as_text(figure))
    drawing = laid_out(figure.lines)
    parts = [*map(_svg_arrow, drawing.arrows), *(part for box in drawing.boxes for part in _svg_box(box))]
    return _svg(figure, drawing.high, parts)


def _svg(figure: Figure, high: float, parts: Iterable[str]) -> str:
    said = f"<title>{escape(title(figure))}</title><desc>{escape(description(figure))}</desc>"
    ground = f'<rect width="{WIDE}" height="{_n(high)}" fill="#ffffff"/>'
    size = f'viewBox="0 0 {WIDE} {_n(high)}" width="{WIDE}" height="{_n(high)}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{escape(title(figure))}">'
        f"{said}{ground}{''.join(parts)}</svg>"
    )


def _lines_as_text(figure: Figure) -> Iterator[str]:
    for place, line in enumerate(figure.lines):
        yield _svg_text(0, _ROW * place + 15, line, "start", strong=False)


def _svg_box(box: Box) -> Iterator[str]:
    fill, pen = _FILLS[box.band], _INK if box.band else _LINE
    yield (
        f'<rect x="{_n(box.x)}" y="{_n(box.y)}" width="{_n(box.wide)}" height="{_n(box.high)}" rx="5" '
        f'fill="#{fill}" stroke="#{pen}" stroke-width="1"/>'
    )
    lines = [" ".join(box.lines)] if box.band else box.lines
    first = box.y + box.high / 2 - (len(lines) - 1) * 7.5 + 4.5
    for place, line in enumerate(lines):
        yield _svg_text(box.x + box.wide / 2, first + place * 15, line, "middle", strong=place == 0)


def _svg_text(x: float, y: float, text: str, anchor: str, *, strong: bool) -> str:
    weight, size = ("600", "11.5") if strong else ("400", "12")
    return (
        f'<text x="{_n(x)}" y="{_n(y)}" text-anchor="{anchor}" font-family="{_FONT}" font-size="{size}" '
        f'font-weight="{weight}" fill="#{_INK}">{escape(text)}</text>'
    )


def _svg_arrow(arrow: Arrow) -> str:
    (x, y), (u, v) = arrow.start, arrow.end
    corners = " ".join(f"{_n(a)},{_n(b)}" for a, b in arrow.head)
    line = f'<line x1="{_n(x)}" y1="{_n(y)}" x2="{_n(u)}" y2="{_n(v)}" stroke="#{_SOFT}" stroke-width="1.2"/>'
    return f'{line}<polygon points="{corners}" fill="#{_SOFT}"/>'


def _n(value: float) -> str:
    """A number with at most one decimal, written alike everywhere."""
    return f"{value:.1f}".removesuffix(".0")


def drawing(figure: Figure) -> str:
    """The drawing in WordprocessingML, as the content of a paragraph."""
    if figure.kind != PROCESSES:
        return "<w:r><w:br/></w:r>".join(
            f'<w:r><w:t xml:space="preserve">{escape(line)}</w:t></w:r>' for line in figure.lines
        )
    return _inline(figure, laid_out(figure.lines))


def _inline(figure: Figure, made: Drawing) -> str:
    wide, high = WIDE * _EMU, _emu(made.high)
    shapes = [*map(_word_arrow, made.arrows), *map(_word_box, made.boxes)]
    said = f'descr="{escape(description(figure))}" title="{escape(title(figure))}"'
    frame = (
        f'<a:off x="0" y="0"/><a:ext cx="{wide}" cy="{high}"/><a:chOff x="0" y="0"/><a:chExt cx="{wide}" cy="{high}"/>'
    )
    return (
        '<w:r><mc:AlternateContent><mc:Choice Requires="wpg">'
        '<w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent cx="{wide}" cy="{high}"/><wp:docPr id="1" name="Figure" {said}/><wp:cNvGraphicFramePr/>'
        '<a:graphic><a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingGroup">'
        f"<wpg:wgp><wpg:cNvGrpSpPr/><wpg:grpSpPr><a:xfrm>{frame}</a:xfrm></wpg:grpSpPr>"
        f"{''.join(shape.replace('#ID#', str(place)) for place, shape in enumerate(shapes, start=2))}"
        "</wpg:wgp></a:graphicData></a:graphic></wp:inline></w:drawing></mc:Choice>"
        f"<mc:Fallback><w:t>{escape(description(figure))}</w:t></mc:Fallback></mc:AlternateContent></w:r>"
    )


def _word_box(box: Box) -> str:
    lines = [" ".join(box.lines)] if box.band else box.lines
    pen = _INK if box.band else _LINE
    paragraphs = "".join(
        '<w:p><w:pPr><w:spacing w:before="0" w:after="0"/><w:jc w:val="center"/></w:pPr>'
        f'<w:r><w:rPr>{"<w:b/>" if place == 0 else ""}<w:color w:val="{_INK}"/><w:sz w:val="15"/></w:rPr>'
        f'<w:t xml:space="preserve">{escape(line)}</w:t></w:r></w:p>'
        for place, line in enumerate(lines)
    )
    place = f'<a:off x="{_emu(box.x)}" y="{_emu(box.y)}"/><a:ext cx="{_emu(box.wide)}" cy="{_emu(box.high)}"/>'
    return (
        '<wps:wsp><wps:cNvPr id="#ID#" name="Box"/><wps:cNvSpPr/><wps:spPr>'
        f'<a:xfrm>{place}</a:xfrm><a:prstGeom prst="roundRect"><a:avLst/></a:prstGeom>'
        f'<a:solidFill><a:srgbClr val="{_FILLS[box.band]}"/></a:solidFill>{_pen(pen)}</wps:spPr>'
        f"<wps:txbx><w:txbxContent>{paragraphs}</w:txbxContent></wps:txbx>"
        '<wps:bodyPr lIns="18000" tIns="0" rIns="18000" bIns="0" anchor="ctr"/></wps:wsp>'
    )


def _word_arrow(arrow: Arrow) -> str:
    """A line whose box says where it runs: turned over where it runs to the left or upwards."""
    (x, y), (u, v) = arrow.start, arrow.head[0]
    flip = (' flipH="1"' if u < x else "") + (' flipV="1"' if v < y else "")
    place = (
        f'<a:off x="{_emu(min(x, u))}" y="{_emu(min(y, v))}"/><a:ext cx="{_emu(abs(u - x))}" cy="{_emu(abs(v - y))}"/>'
    )
    return (
        '<wps:wsp><wps:cNvPr id="#ID#" name="Arrow"/><wps:cNvCnPr/><wps:spPr>'
        f'<a:xfrm{flip}>{place}</a:xfrm><a:prstGeom prst="line"><a:avLst/></a:prstGeom>'
        f"{_pen(_SOFT, head=True)}</wps:spPr><wps:bodyPr/></wps:wsp>"
    )


def _pen(colour: str, *, head: bool = False) -> str:
    end = '<a:tailEnd type="triangle" w="med" len="med"/>' if head else ""
    return f'<a:ln w="9525"><a:solidFill><a:srgbClr val="{colour}"/></a:solidFill>{end}</a:ln>'


def _emu(value: float) -> int:
    return round(value * _EMU)
