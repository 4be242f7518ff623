"""How processes feed each other, as lines that a reader can follow and as shapes that a writer can draw.

A line is `PR-1 Steer and review → PR-2, PR-3`. A process that feeds all others is a band above the rest, so that the
arrows that remain can be told apart. Measures are points on a drawing 720 wide.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import cos, hypot, pi, sin
from typing import Any, Final

WIDE: Final = 720
_ARROW: Final = " \u2192 "
_BOX: Final = (168.0, 54.0)
_BAND: Final = 34.0
_GAP: Final = 10.0
_CHARACTERS: Final = 26  # of a line in a box
_LINES: Final = 2
_HEAD: Final = 9.0
_ON_ELLIPSE: Final = 9  # boxes that lie apart on it
_BOTH_WAYS: Final = 7.0  # by how much two arrows that go opposite ways are apart

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle with lines of text; the first line is an id."""

    x: float
    y: float
    wide: float
    high: float
    lines: tuple[str, ...]
    band: bool = False


@dataclass(frozen=True, slots=True)
class Arrow:
    """A straight line with a head at its end."""

    start: Point
    end: Point
    head: tuple[Point, Point, Point]


@dataclass(frozen=True, slots=True)
class Drawing:
    """Shapes on a surface of that height."""

    high: float
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


def told(processes: Iterable[Mapping[str, Any]]) -> list[str]:
    """A line a process: its id, its title, and the ids of those it feeds."""
    return [_line(one) for one in processes]


def _line(one: Mapping[str, Any]) -> str:
    fed = ", ".join(str(other["id"]) for other in one["feeds"] if other is not None)
    said = " ".join(f"{one['id']} {one['title']}".split())
    return f"{said}{_ARROW}{fed}" if fed else said


def laid_out(lines: Sequence[str]) -> Drawing:
    """The drawing that these lines tell."""
    named = [line.partition(" ")[0] for line in lines]
    parsed = {name: _parsed(line, set(named)) for name, line in zip(named, lines, strict=True)}
    bands = [name for name, (_, fed) in parsed.items() if len(parsed) > 2 and not set(named) - {name} - set(fed)]  # noqa: PLR2004
    if len(bands) == len(parsed):
        bands = []
    ring = [name for name in parsed if name not in bands]
    boxes = {name: _band(place, parsed[name][0], name) for place, name in enumerate(bands)}
    top = len(bands) * (_BAND + _GAP) + (2 * _GAP if bands else 0)
    placed = _ring(ring, top)
    boxes |= {
        name: Box(
            *placed[name], *_BOX, _written(name, parsed[name][0], [one for one in parsed[name][1] if one in bands])
        )
        for name in ring
    }
    pairs = {(name, one) for name in ring for one in parsed[name][1] if one in placed and one != name}
    arrows = [_arrow(boxes[a], boxes[b], both=(b, a) in pairs) for a, b in sorted(pairs)]
    high = max((box.y + box.high for box in boxes.values()), default=0.0) + 2
    return Drawing(high, tuple(boxes.values()), tuple(arrows))


def _parsed(line: str, names: set[str]) -> tuple[str, list[str]]:
    """The title and the ids it feeds; an arrow within a title leads to no process and stays text."""
    said, _, tail = line.rpartition(_ARROW)
    fed = [name.strip() for name in tail.split(",")]
    if not said or not set(fed) <= names:
        said, fed = line, []
    return said.partition(" ")[2], fed


def _band(place: int, title: str, name: str) -> Box:
    words = (name, _cut(f"{title}, feeds all other processes", 90))
    return Box(1, 1 + place * (_BAND + _GAP), WIDE - 2, _BAND, words, band=True)


def _ring(names: Sequence[str], top: float) -> dict[str, Point]:
    """The upper left corner of each box: on an ellipse, clockwise from the left of its top; many in two columns."""
    wide, high = _BOX
    if len(names) < 2:  # noqa: PLR2004 - one box stands alone
        return dict.fromkeys(names, ((WIDE - wide) / 2, top + 1))
    if len(names) > _ON_ELLIPSE:
        right = names[: (len(names) + 1) // 2]
        sides = [(WIDE - wide - 1, right), (1.0, list(reversed(names[len(right) :])))]
        return {name: (x, top + 1 + place * (high + 22)) for x, side in sides for place, name in enumerate(side)}
    across, down = (WIDE - wide) / 2 - 1, max(78.0, 26.0 * len(names))
    start = -pi / 2 - (pi / len(names) if len(names) % 2 == 0 else 0)
    angles = [start + 2 * pi * place / len(names) for place in range(len(names))]
    highest = min(sin(angle) for angle in angles)
    return {
        name: (WIDE / 2 - wide / 2 + across * cos(angle), top + 1 + down * (sin(angle) - highest))
        for name, angle in zip(names, angles, strict=True)
    }


def _written(name: str, title: str, bands: Sequence[str]) -> tuple[str, ...]:
    """The lines in a box: the id and what it feeds above it, then the title."""
    head = f"{name}, feeds {' and '.join(bands)} too" if bands else name
    return (_cut(head, _CHARACTERS), *_wrapped(title))


def _wrapped(title: str) -> list[str]:
    lines = [""]
    for word in title.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > _CHARACTERS:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    kept = [_cut(line, _CHARACTERS) for line in lines[:_LINES]]
    if len(lines) > _LINES:
        kept[-1] = _cut(f"{lines[_LINES - 1]} \u2026\u2026", _CHARACTERS)
    return kept


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}\u2026"


def _arrow(one: Box, other: Box, *, both: bool) -> Arrow:
    """From edge to edge of the boxes; a little to the side where another arrow goes the other way."""
    a, b = _middle(one), _middle(other)
    long = hypot(b[0] - a[0], b[1] - a[1]) or 1.0
    along = ((b[0] - a[0]) / long, (b[1] - a[1]) / long)
    aside = _BOTH_WAYS if both else 0.0
    shift = (-along[1] * aside, along[0] * aside)
    a, b = (a[0] + shift[0], a[1] + shift[1]), (b[0] + shift[0], b[1] + shift[1])
    start, end = _edge(a, along, one, 2), _edge(b, (-along[0], -along[1]), other, 3)
    back = (end[0] - along[0] * _HEAD, end[1] - along[1] * _HEAD)
    half = _HEAD * 0.42
    head = (
        end,
        (back[0] - along[1] * half, back[1] + along[0] * half),
        (back[0] + along[1] * half, back[1] - along[0] * half),
    )
    return Arrow(start, back, head)


def _middle(box: Box) -> Point:
    return box.x + box.wide / 2, box.y + box.high / 2


def _edge(inside: Point, along: Point, box: Box, away: float) -> Point:
    """Where a line from a point inside the box leaves it, and a little on."""
    reaches = []
    for place, (low, size) in enumerate(((box.x, box.wide), (box.y, box.high))):
        if along[place]:
            target = low + size if along[place] > 0 else low
            reaches.append((target - inside[place]) / along[place])
    reach = min(reaches, default=0.0) + away
    return inside[0] + along[0] * reach, inside[1] + along[1] * reach
