"""A small document: the blocks that the terminal and Markdown both write.

Texts are plain: the writers make them inert. A tone colours a word on a terminal and never says what the word does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from aimsctl.output.colour import Tone

Align = Literal["left", "right", "centre"]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 is the document's own."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A few sentences."""

    text: str
    tone: Tone = ""


@dataclass(frozen=True, slots=True)
class Note:
    """Something the reader must not miss, apart from the text around it."""

    text: str
    tone: Tone = "warn"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table."""

    text: str
    tone: Tone = ""


@dataclass(frozen=True, slots=True)
class Column:
    """The head of a column and how its cells stand."""

    title: str
    align: Align = "left"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under heads; every row has a cell for each column."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One point of a list: a sentence, the place it speaks of (`path:line`, never wrapped), and lines below it."""

    text: str
    tone: Tone = ""
    place: str = ""
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list of points."""

    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """Names with their values, one a line."""

    rows: tuple[tuple[str, Cell], ...]


Block = Heading | Paragraph | Note | Table | Bullets | Facts
