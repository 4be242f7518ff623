"""Charts as geometry: what the templates draw as inline SVG. Numbers in, positions in percent out; no text is markup.

Widths are percentages of the drawing and heights are pixels, so a chart fills any column while its words keep their
size. What a piece stands for is a CSS class, so colours follow the page's theme, and a word, so they are never needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_ROW: Final = 46
_LABEL: Final = 15
_BAR: Final = 20
_WRITTEN: Final = 5.0  # percent below which a number does not fit into its piece
_STEPS: Final = 4  # the classes of levels run from level-0 to level-4


@dataclass(frozen=True, slots=True)
class Kind:
    """What pieces stand for: the class that colours them and the words of the legend."""

    name: str
    words: str


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of a bar, from `x` on and `width` wide, both in percent."""

    kind: Kind
    count: int
    x: float
    width: float

    @property
    def middle(self) -> float:
        """Where its number stands."""
        return round(self.x + self.width / 2, 2)

    @property
    def written(self) -> bool:
        """Whether its number fits into it."""
        return self.width >= _WRITTEN


@dataclass(frozen=True, slots=True)
class Bar:
    """One row: its label, the baseline of the label, the top of the bar, and its pieces."""

    label: str
    baseline: int
    top: int
    pieces: tuple[Piece, ...]

    @property
    def said(self) -> str:
        """The bar in words."""
        return f"{self.label}: " + (", ".join(f"{one.count} {one.kind.words}" for one in self.pieces) or "none")


@dataclass(frozen=True, slots=True)
class Chart:
    """Stacked horizontal bars with a legend of what occurs in them."""

    name: str
    title: str
    height: int
    bar_height: int
    bars: tuple[Bar, ...]
    legend: tuple[Kind, ...]

    @property
    def description(self) -> str:
        """Everything the drawing shows, in words."""
        return "; ".join(bar.said for bar in self.bars) + "."


def stacked(name: str, title: str, kinds: Sequence[Kind], rows: Sequence[tuple[str, Sequence[int]]]) -> Chart:
    """A bar a row with one count for each kind; the longest bar fills the width. `name` is its id in the page."""
    longest = max((sum(counts) for _, counts in rows), default=0)
    bars = tuple(_bar(number, label, counts, kinds, longest) for number, (label, counts) in enumerate(rows))
    seen = {piece.kind for bar in bars for piece in bar.pieces}
    return Chart(name, title, _ROW * len(bars), _BAR, bars, tuple(kind for kind in kinds if kind in seen))


def _bar(number: int, label: str, counts: Sequence[int], kinds: Sequence[Kind], longest: int) -> Bar:
    pieces, before = [], 0
    for kind, count in zip(kinds, counts, strict=True):
        if count:
            pieces.append(Piece(kind, count, round(100 * before / longest, 2), round(100 * count / longest, 2)))
            before += count
    return Bar(label, _ROW * number + _LABEL, _ROW * number + _LABEL + 6, tuple(pieces))


def level_class(levels: Sequence[str], level: object) -> str:
    """The class of a level by its place among the levels, lowest first: level-0 to level-4, or level-none."""
    if not isinstance(level, str) or level not in levels:
        return "level-none"
    last = len(levels) - 1
    return f"level-{round(_STEPS * levels.index(level) / last) if last else 0}"
