"""The small document tree between a template's Markdown and the formats: blocks of inlines, plain text at the leaves.

No text in it is markup of any format; each writer escapes in its own way. `Marked` and `Anchor` come only from what a
template writes, never from the text of an artefact.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, Literal

Style = Literal["strong", "emphasis"]
Align = Literal["left", "right", "centre"]
Tone = Literal["", "good", "notice", "warn", "bad", "info", "quiet"]

TONES: Final[dict[str, Tone]] = {
    "\U0001f7e9": "good",
    "\U0001f7e8": "notice",
    "\U0001f7e7": "warn",
    "\U0001f7e5": "bad",
    "\U0001f7e6": "info",
    "\u2b1c": "quiet",
}
"""The coloured squares that stand in Markdown for a tone; the word beside them says the same."""
MARKS: Final[dict[Tone, str]] = {tone: mark for mark, tone in TONES.items()}


@dataclass(frozen=True, slots=True)
class Text:
    """Plain text."""

    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """Text to be read letter by letter, such as a commit id."""

    text: str


@dataclass(frozen=True, slots=True)
class Break:
    """The end of a line within a paragraph or a cell."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A place that links point to."""

    name: str


@dataclass(frozen=True, slots=True)
class Styled:
    """Inlines set off from the rest."""

    style: Style
    inlines: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """Inlines that lead somewhere: `#anchor`, `document#anchor`, or an address outside."""

    target: str
    inlines: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Marked:
    """A word with a tone, such as a risk level."""

    tone: Tone
    text: str


Inline = Text | Code | Break | Anchor | Styled | Link | Marked


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 is the document's title. `anchor` is what links to it name."""

    level: int
    inlines: tuple[Inline, ...]
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph."""

    inlines: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list; `start` is the first number of a numbered one, None for one with bullets."""

    items: tuple[tuple[Block, ...], ...]
    start: int | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table; its tone colours all of it."""

    inlines: tuple[Inline, ...]
    tone: Tone = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a head. A table with an empty head is a list of facts: its first column names the second."""

    head: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]
    aligns: tuple[Align, ...]
    caption: str = ""

    @property
    def facts(self) -> bool:
        """Whether the first column is the heading of each row."""
        return not any(cell.inlines for cell in self.head)


@dataclass(frozen=True, slots=True)
class Quote:
    """Blocks set apart: a note, or the words of somebody else."""

    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Verbatim:
    """Lines kept as they are."""

    text: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A thematic break."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing told in lines: `kind` says how they are read, the lines are its text for who cannot see it."""

    kind: str
    lines: tuple[str, ...]


Block = Heading | Paragraph | Bullets | Table | Quote | Verbatim | Rule | Figure


@dataclass(frozen=True, slots=True)
class Meta:
    """What headers, footers and file properties say; the document's own text says it too."""

    title: str
    organisation: str
    reference: str
    state: str
    classification: str = ""
    draft: str = ""
    language: str = "en-GB"
    timestamp: int = 0


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document: the front (title, control block, revisions) and the body, each a list of blocks."""

    meta: Meta
    front: tuple[Block, ...]
    body: tuple[Block, ...]
    anchors: frozenset[str] = field(default=frozenset())

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Front and body."""
        return (*self.front, *self.body)

    @property
    def contents(self) -> tuple[Heading, ...]:
        """The headings of the list of contents: the two upper levels of the body."""
        return tuple(one for one in self.body if isinstance(one, Heading) and one.level in (2, 3))


def plain(inlines: Iterable[Inline]) -> str:
    """The text of inlines without any styling; a break is a space."""
    return "".join(_plain(one) for one in inlines)


def _plain(inline: Inline) -> str:
    match inline:
        case Text(text) | Code(text) | Marked(_, text):
            return text
        case Break():
            return " "
        case Styled(_, inlines) | Link(_, inlines):
            return plain(inlines)
        case Anchor():
            return ""


def inlines_of(block: Block) -> Iterator[tuple[Inline, ...]]:
    """Every run of inlines in a block, in reading order."""
    match block:
        case Heading(_, inlines) | Paragraph(inlines):
            yield inlines
        case Bullets(items):
            for item in items:
                for inner in item:
                    yield from inlines_of(inner)
        case Quote(blocks):
            for inner in blocks:
                yield from inlines_of(inner)
        case Table(head, rows):
            for row in (head, *rows):
                yield from (cell.inlines for cell in row)
        case Verbatim(text):
            yield (Text(text),)
        case Figure(_, lines):
            yield from ((Text(line),) for line in lines)
        case Rule():
            return


def anchors_in(blocks: Iterable[Block]) -> Iterator[str]:
    """The names of all anchors: of headings, and of places within text."""
    for block in blocks:
        if isinstance(block, Heading) and block.anchor:
            yield block.anchor
        for inlines in inlines_of(block):
            yield from _anchors(inlines)


def _anchors(inlines: Iterable[Inline]) -> Iterator[str]:
    for one in inlines:
        if isinstance(one, Anchor):
            yield one.name
        elif isinstance(one, Styled | Link):
            yield from _anchors(one.inlines)
