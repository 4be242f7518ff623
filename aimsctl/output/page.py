"""A document tree as one HTML page: nothing fetched, no script, and a policy that allows only its own style."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator
from html import escape
from typing import Final

from aimsctl.output.clean import one_line
from aimsctl.output.tree import Block, Bullets, Cell, Facts, Heading, Item, Note, Paragraph, Table
from aimsctl.source.resources import template_text

_DEEPEST: Final = 6


def page(title: str, blocks: Iterable[Block]) -> str:
    """The whole page. Texts are escaped, and what nobody would see in them is made visible."""
    style = template_text("page/page.css")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return "".join(
        (
            '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n',
            f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">\n',
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
            f"<title>{_text(title)}</title>\n<style>{style}</style>\n</head>\n<body>\n<main>\n",
            *(_block(block) for block in blocks),
            "</main>\n</body>\n</html>\n",
        )
    )


def _text(text: str) -> str:
    return escape(one_line(text))


def _toned(text: str, tone: str) -> str:
    return f'<span class="{tone}">{_text(text)}</span>' if tone else _text(text)


def _block(block: Block) -> str:
    match block:
        case Heading(level, text):
            name = f"h{min(level, _DEEPEST)}"
            return f"<{name}>{_text(text)}</{name}>\n"
        case Paragraph(text, tone):
            return f"<p>{_toned(text, tone)}</p>\n"
        case Note(text, tone):
            return f'<p class="note {tone}"><strong>Note:</strong> {_text(text)}</p>\n'
        case Table():
            return "".join(_table(block))
        case Bullets(items):
            return "<ul>\n" + "".join(_item(item) for item in items) + "</ul>\n"
        case Facts(rows):
            return (
                "<dl>\n" + "".join(f"<dt>{_text(name)}</dt><dd>{_cell(cell)}</dd>\n" for name, cell in rows) + "</dl>\n"
            )


def _cell(cell: Cell) -> str:
    return _toned(cell.text, cell.tone)


def _item(item: Item) -> str:
    place = f" <code>{_text(item.place)}</code>" if item.place else ""
    details = "".join(f"<li>{_text(detail)}</li>" for detail in item.details)
    return f"<li>{_toned(item.text, item.tone)}{place}" + (f"<ul>{details}</ul>" if details else "") + "</li>\n"


def _table(table: Table) -> Iterator[str]:
    if not table.rows:
        yield f"<p><strong>{_text(table.caption)}</strong></p>\n" if table.caption else ""
        yield "<p>none</p>\n"
        return
    yield '<div class="wide" tabindex="0"><table>\n'
    yield f"<caption>{_text(table.caption)}</caption>\n" if table.caption else ""
    heads = "".join(f'<th scope="col" class="{column.align}">{_text(column.title)}</th>' for column in table.columns)
    yield f"<thead><tr>{heads}</tr></thead>\n<tbody>\n"
    for row in table.rows:
        cells = (
            f'<td class="{column.align}">{_cell(cell)}</td>' for column, cell in zip(table.columns, row, strict=True)
        )
        yield f"<tr>{''.join(cells)}</tr>\n"
    yield "</tbody>\n</table></div>\n"
