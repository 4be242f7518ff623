"""From a template's Markdown to a document whose every link leads somewhere."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from aimsctl.documents.reading import read
from aimsctl.documents.tree import (
    Anchor,
    Block,
    Bullets,
    Cell,
    Document,
    Heading,
    Inline,
    Link,
    Meta,
    Paragraph,
    Quote,
    Rule,
    Styled,
    Table,
    anchors_in,
)

Change = Callable[[Inline], Iterable[Inline]]


def assemble(markdown: str, meta: Meta) -> Document:
    """The document: what stands before the first rule is its front. Every anchor is there once."""
    blocks = tuple(_unique(read(markdown, trusted=True)))
    parting = next((place for place, block in enumerate(blocks) if isinstance(block, Rule)), 0)
    front, body = blocks[:parting], blocks[parting + 1 :] if parting else blocks
    return Document(meta, front, body, frozenset(anchors_in(blocks)))


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The documents rendered together: which anchors each has, in which file each anchor is at home, and all files."""

    anchors: Mapping[str, frozenset[str]]
    homes: Mapping[str, str]
    files: Collection[str] = ()


NOBODY = Neighbours({}, {})


def linked(document: Document, neighbours: Neighbours, extension: str) -> Document:
    """The document with links that lead somewhere: within it, else into a neighbour's file; other links become text."""

    def change(inline: Inline) -> Iterable[Inline]:
        if not isinstance(inline, Link) or ":" in inline.target:
            return (inline,)
        target = _resolved(inline.target, document, neighbours, extension)
        return (replace(inline, target=target),) if target else inline.inlines

    return replace(
        document,
        front=tuple(changed(block, change) for block in document.front),
        body=tuple(changed(block, change) for block in document.body),
    )


def _resolved(target: str, document: Document, neighbours: Neighbours, extension: str) -> str:
    """Where a link leads; empty for nowhere."""
    if target in neighbours.files:
        return target
    named, _, anchor = target.partition("#")
    if not named:
        if anchor in document.anchors:
            return target
        named = neighbours.homes.get(anchor, "")
    stem = next((stem for stem in (named, f"{named}-{anchor}") if stem in neighbours.anchors), "")
    if not stem:
        return ""
    return f"{stem}.{extension}#{anchor}" if anchor in neighbours.anchors[stem] else f"{stem}.{extension}"


def changed(block: Block, change: Change) -> Block:
    """The block with its inlines changed, those within others too."""
    match block:
        case Heading() | Paragraph():
            return replace(block, inlines=_inlines(block.inlines, change))
        case Bullets():
            return replace(block, items=tuple(tuple(changed(one, change) for one in item) for item in block.items))
        case Quote():
            return replace(block, blocks=tuple(changed(one, change) for one in block.blocks))
        case Table():
            rows = tuple(tuple(_cell(cell, change) for cell in row) for row in block.rows)
            return replace(block, head=tuple(_cell(cell, change) for cell in block.head), rows=rows)
        case _:
            return block


def _cell(cell: Cell, change: Change) -> Cell:
    return replace(cell, inlines=_inlines(cell.inlines, change))


def _inlines(inlines: Iterable[Inline], change: Change) -> tuple[Inline, ...]:
    return tuple(found for one in inlines for found in _one(one, change))


def _one(inline: Inline, change: Change) -> Iterable[Inline]:
    if isinstance(inline, Styled | Link):
        inline = replace(inline, inlines=_inlines(inline.inlines, change))
    return change(inline)


def _unique(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks with each anchor once: explicit ones first come first served, headings with a number behind."""
    blocks = tuple(blocks)
    explicit = {name for block in blocks for name in anchors_in([block]) if name != getattr(block, "anchor", "")}
    seen: set[str] = set()
    taken = set(explicit)

    def once(inline: Inline) -> Iterable[Inline]:
        if isinstance(inline, Anchor):
            if inline.name in seen:
                return ()
            seen.add(inline.name)
        return (inline,)

    for block in blocks:
        clean = changed(block, once)
        yield _numbered(clean, taken) if isinstance(clean, Heading) else clean


def _numbered(heading: Heading, taken: set[str]) -> Heading:
    name, number = heading.anchor, 0
    while name in taken:
        number += 1
        name = f"{heading.anchor}-{number}"
    taken.add(name)
    return replace(heading, anchor=name)
