"""Drawings from the lines of a figure. A kind without a drawing of its own is shown as its lines."""

from __future__ import annotations

from html import escape
from typing import Final

from aimsctl.documents.tree import Figure

_WIDE: Final = 720
_HIGH: Final = 20
_FIRST: Final = 16


def svg(figure: Figure) -> str:
    """The drawing as SVG."""
    lines = "".join(
        f'<text x="0" y="{_FIRST + _HIGH * place}" font-family="Inter, sans-serif" font-size="13">{escape(line)}</text>'
        for place, line in enumerate(figure.lines)
    )
    size = f'viewBox="0 0 {_WIDE} {_HIGH * len(figure.lines)}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">{lines}</svg>'


def drawing(figure: Figure) -> str:
    """The drawing in WordprocessingML."""
    return "<w:r><w:br/></w:r>".join(
        f'<w:r><w:t xml:space="preserve">{escape(line)}</w:t></w:r>' for line in figure.lines
    )
