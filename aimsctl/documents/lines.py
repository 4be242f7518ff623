"""Charts of lines over time as geometry: numbers in, positions out; the templates draw them as inline SVG.

As with bars, positions across are percentages and heights are pixels, so that words keep their size in any column. A
line is told from the others by its class, which gives colour and dashes, and by its word in the legend.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from aimsctl.documents.charts import Kind

_HEIGHT: Final = 220
_TOP: Final = 14
_BOTTOM: Final = 190
_LEFT: Final = 6.0
_RIGHT: Final = 96.0
_MOST_LABELS: Final = 4


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its kind, its points across in percent and down in pixels, and the number it ends with."""

    kind: Kind
    points: tuple[tuple[float, float], ...]
    last: int

    @property
    def pieces(self) -> tuple[tuple[float, float, float, float], ...]:
        """From each point to the next."""
        return tuple((*one, *other) for one, other in zip(self.points, self.points[1:], strict=False))


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines over the same moments, with a scale, the labels of some moments, and everything in words."""

    name: str
    title: str
    description: str
    height: int
    bottom: int
    lines: tuple[Line, ...]
    scale: tuple[tuple[float, int], ...]
    labels: tuple[tuple[float, str], ...]


def lines(name: str, title: str, moments: Sequence[str], values: Mapping[Kind, Sequence[int]], most: int) -> Lines:
    """The values of each kind, one a moment, on a scale from 0 to `most`. `name` is the chart's id in the page."""
    across = [_across(at, len(moments)) for at in range(len(moments))]
    every = max(1, -(-len(moments) // _MOST_LABELS))
    told = (
        f"{kind.words}: " + ", ".join(f"{one} in {moment}" for one, moment in zip(row, moments, strict=True))
        for kind, row in values.items()
    )
    drawn = (
        Line(kind, tuple((x, _down(one, most)) for x, one in zip(across, row, strict=True)), row[-1] if row else 0)
        for kind, row in values.items()
    )
    return Lines(
        name,
        title,
        f"Of {most}. " + "; ".join(told) + ".",
        _HEIGHT,
        _BOTTOM + 20,
        tuple(drawn),
        tuple((_down(value, most), value) for value in (0, round(most / 2), most)),
        tuple((across[at], moments[at]) for at in range(0, len(moments), every)),
    )


def _across(at: int, count: int) -> float:
    return round(_LEFT + (_RIGHT - _LEFT) * at / max(count - 1, 1), 2)


def _down(value: int, most: int) -> float:
    return round(_BOTTOM - (_BOTTOM - _TOP) * value / max(most, 1), 1)
