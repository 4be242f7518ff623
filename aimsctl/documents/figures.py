"""Drawings from the lines of a figure."""

from __future__ import annotations

from html import escape

from aimsctl.documents.tree import Figure


def svg(figure: Figure) -> str:
    """The drawing as SVG."""
    return f"<pre>{escape(chr(10).join(figure.lines))}</pre>"


def drawing(figure: Figure, width: int) -> str:
    """The drawing in WordprocessingML."""
    return f"<w:r><w:t>{escape('; '.join(figure.lines))}</w:t></w:r>"
