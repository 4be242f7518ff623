"""The tree as one HTML file that fetches nothing, runs nothing, and prints as it reads."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator
from html import escape
from typing import Final

from aimsctl.documents.figures import svg
from aimsctl.documents.layout import turned, wide, widths
from aimsctl.documents.tree import (
    Align,
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
    plain,
)
from aimsctl.source.resources import template_text

_TAGS: Final = {"strong": "strong", "emphasis": "em"}
_ALIGNED: Final[dict[Align, str]] = {"left": "", "right": "right", "centre": "centre"}
_FRONT: Final = 1
_DAY: Final = re.compile(r"\b([12]\d{3}-\d\d-\d\d)\b")


def html(document: Document) -> str:
    """The whole page."""
    style = template_text("html/document.css")
    meta = document.meta
    return "".join(
        (
            "<!DOCTYPE html>\n",
            f'<html lang="{escape(meta.language)}">\n<head>\n<meta charset="utf-8">\n',
            f'<meta http-equiv="Content-Security-Policy" content="{_policy(style)}">\n',
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
            f"<title>{escape(meta.title)} | {escape(meta.organisation)}</title>\n<style>{style}</style>\n</head>\n",
            '<body class="draft">\n' if meta.draft else "<body>\n",
            '<a class="skip" href="#main">To the text</a>\n',
            f'<header class="cover">\n<p class="over">{escape(meta.organisation)}</p>\n',
            *_blocks(document.front),
            "</header>\n",
            *_contents(document),
            '<main id="main">\n',
            *_body(document),
            f"</main>\n<footer>{escape(' · '.join(filter(None, (meta.draft, meta.reference, meta.state))))}</footer>\n",
            "</body>\n</html>\n",
        )
    )


def _policy(style: str) -> str:
    """Nothing but this file's own style (Content Security Policy Level 3)."""
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def _contents(document: Document) -> Iterator[str]:
    headings = [one for one in document.contents if one.level == _FRONT + 1]
    if len(headings) < 2:  # noqa: PLR2004 - one section needs no list
        return
    yield '<nav aria-labelledby="contents">\n<h2 id="contents">Contents</h2>\n<ol>\n'
    for one in headings:
        yield f'<li><a href="#{escape(one.anchor)}">{escape(plain(one.inlines))}</a></li>\n'
    yield "</ol>\n</nav>\n"


def _body(document: Document) -> Iterator[str]:
    """The body in runs of pages, so that the printed page can turn."""
    for turns, run in turned(document.body):
        yield f'<div class="{"turned" if turns else "upright"}">\n'
        yield from _blocks(run)
        yield "</div>\n"


def _blocks(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        yield from _block(block)


def _block(block: Block) -> Iterable[str]:
    match block:
        case Heading(level, inlines, anchor):
            yield f'<h{level} id="{escape(anchor)}">{_inlines(inlines)}</h{level}>\n'
        case Paragraph(inlines):
            yield f"<p>{_inlines(inlines)}</p>\n"
        case Bullets():
            yield from _bullets(block)
        case Table():
            yield from _table(block)
        case Quote(blocks):
            yield from ("<blockquote>\n", *_blocks(blocks), "</blockquote>\n")
        case Verbatim(text):
            yield f"<pre>{escape(text)}</pre>\n"
        case Figure():
            yield f"<figure>{svg(block)}</figure>\n"
        case Rule():
            yield "<hr>\n"


def _bullets(block: Bullets) -> Iterator[str]:
    tag = "ul" if block.start is None else "ol"
    start = f' start="{block.start}"' if block.start not in (None, 1) else ""
    yield f"<{tag}{start}>\n"
    for item in block.items:
        only = item[0] if len(item) == 1 else None
        inner = [_inlines(only.inlines)] if isinstance(only, Paragraph) else _blocks(item)
        yield from ("<li>", *inner, "</li>\n")
    yield f"</{tag}>\n"


def _table(table: Table) -> Iterator[str]:
    kind = "facts" if table.facts else "wide" if wide(table) else "plain"
    label = f' tabindex="0" role="region" aria-label="{escape(table.caption or "Table")}"' if kind != "facts" else ""
    yield f'<div class="table {kind}"{label}>\n<table>\n'
    if table.caption:
        yield f"<caption>{escape(table.caption)}</caption>\n"
    if not table.facts:
        yield "<colgroup>" + "".join(f'<col class="w{round(share / 10)}">' for share in widths(table)) + "</colgroup>\n"
        yield f"<thead>\n{_row(table.head, table.aligns, head=True)}</thead>\n"
    yield "<tbody>\n"
    yield from (_row(row, table.aligns) for row in table.rows)
    yield "</tbody>\n</table>\n</div>\n"


def _row(cells: tuple[Cell, ...], aligns: tuple[Align, ...], *, head: bool = False) -> str:
    written = []
    for place, (cell, align) in enumerate(zip(cells, aligns, strict=False)):
        tag, scope = ("th", "col" if head else "row") if head or place == 0 else ("td", "")
        classes = " ".join(filter(None, (_ALIGNED[align], f"tone-{cell.tone}" if cell.tone else "")))
        attributes = (f' scope="{scope}"' if scope else "") + (f' class="{classes}"' if classes else "")
        written.append(f"<{tag}{attributes}>{_inlines(cell.inlines)}</{tag}>")
    return f"<tr>{''.join(written)}</tr>\n"


def _inlines(inlines: Iterable[Inline]) -> str:
    return "".join(map(_inline, inlines))


def _inline(inline: Inline) -> str:
    match inline:
        case Text(text):
            return _DAY.sub(r"<time>\1</time>", escape(text))
        case Code(text):
            return f"<code>{escape(text)}</code>"
        case Break():
            return "<br>"
        case Anchor(name):
            return f'<a id="{escape(name)}"></a>'
        case Styled(style, inlines):
            return f"<{_TAGS[style]}>{_inlines(inlines)}</{_TAGS[style]}>"
        case Link(target, inlines):
            outside = ' rel="noopener noreferrer nofollow"' if ":" in target else ""
            return f'<a href="{escape(target)}"{outside}>{_inlines(inlines)}</a>'
        case Marked(tone, text):
            return f'<span class="tone tone-{tone or "quiet"}">{escape(text)}</span>'
