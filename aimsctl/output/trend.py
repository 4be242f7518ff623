"""How readiness moved, as a document, as plain data, and as one picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING, Any, Final

from aimsctl.assessment.trend import GOOD
from aimsctl.output.tree import Block, Cell, Column, Heading, Note, Paragraph, Table

if TYPE_CHECKING:
    from aimsctl.assessment.trend import Point

_GRADES: Final = ("major", "unknown", "minor", "opportunity")
_HEADS: Final = ("Doc.", "Impl.", "Oper.", "Major", "Unknown", "Minor", "Opp.", "Blocks")
_LINES: Final = {"documented": ("#1a5fb4", "none"), "implemented": ("#8a5a00", "6 3"), "operating": ("#1e6b34", "2 3")}
_WIDTH, _HEIGHT, _LEFT, _TOP, _BOTTOM = 720, 300, 44, 40, 56
_RIGHT: Final = 120


_ATTRIBUTES: Final = (
    'role="img" aria-labelledby="trend-title trend-desc" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11"'
)
_AXIS: Final = 'text-anchor="middle" fill="#5f6368"'


def trend_body(points: Sequence[Point], *, complete: bool) -> Iterator[Block]:
    """The counts, one row a moment."""
    yield Heading(1, "How readiness moved")
    if not complete:
        yield Note("The history is shallow, so earlier moments are missing here. Fetch all of it.")
    if not points:
        yield Paragraph("There is no moment to judge in that time.")
        return
    yield Paragraph(
        f"Of {points[-1].summary.requirements} requirements, how many had each state good, and the gaps by grade. "
        "Each moment is judged as of its day, with today's rules and thresholds. Blocks: requirements that block "
        "stage 1 and stage 2 of the audit."
    )
    columns = (Column("Moment"), Column("As of"), *(Column(head, "right") for head in _HEADS))
    yield Table(columns, tuple(_row(one) for one in points))
    yield Paragraph(_moved(points[0], points[-1]))


def _row(one: Point) -> tuple[Cell, ...]:
    summary = one.summary
    numbers = (
        *one.good.values(),
        *(summary.grades[grade] for grade in _GRADES),
        f"{summary.stage_1_blockers}/{summary.stage_2_blockers}",
    )
    return (Cell(one.moment.label), Cell(one.moment.as_of.isoformat()), *(Cell(str(number)) for number in numbers))


def _moved(first: Point, last: Point) -> str:
    words = ", ".join(f"{state} {first.good[state]} → {last.good[state]}" for state in GOOD)
    gaps = ", ".join(f"{grade} {first.summary.grades[grade]} → {last.summary.grades[grade]}" for grade in _GRADES)
    return f"From {first.moment.as_of.isoformat()} to {last.moment.as_of.isoformat()}: {words}; {gaps}."


def trend_record(points: Sequence[Point], *, complete: bool) -> dict[str, Any]:
    """The points as plain data."""
    return {
        "complete": complete,
        "points": [
            {
                "label": one.moment.label,
                "commit": one.moment.commit,
                "as_of": one.moment.as_of.isoformat(),
                "requirements": one.summary.requirements,
                "grades": one.summary.grades,
                "waived": one.summary.waived,
                "states": one.summary.states,
                "blockers": {"1": one.summary.stage_1_blockers, "2": one.summary.stage_2_blockers},
            }
            for one in points
        ],
    }


def trend_svg(points: Sequence[Point]) -> str:
    """A line for each of the three states over the moments, told apart by dashes and names, not by colour alone."""
    most = max((one.summary.requirements for one in points), default=1)
    title = "Requirements with each state good"
    told = _moved(points[0], points[-1]) if points else "There is no moment to judge."
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" {_ATTRIBUTES}>',
        f'<title id="trend-title">{title}</title>',
        f'<desc id="trend-desc">{escape(told)}</desc>',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>',
        f'<text x="{_LEFT}" y="20" font-size="13" fill="#202124">{title}, of {most}</text>',
        *_scale(most),
        *_moments(points),
        *_state_lines(points, most),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _x(position: int, count: int) -> float:
    return round(_LEFT + (_WIDTH - _LEFT - _RIGHT) * (position / max(count - 1, 1)), 1)


def _y(value: int, most: int) -> float:
    return round(_HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * value / max(most, 1), 1)


def _scale(most: int) -> Iterator[str]:
    for quarter in range(5):
        value = round(most * quarter / 4)
        y = _y(value, most)
        yield f'<line x1="{_LEFT}" y1="{y}" x2="{_WIDTH - _RIGHT}" y2="{y}" stroke="#dadce0"/>'
        yield f'<text x="{_LEFT - 6}" y="{y + 4}" text-anchor="end" fill="#5f6368">{value}</text>'


def _moments(points: Sequence[Point]) -> Iterator[str]:
    every = max(1, -(-len(points) // 8))
    for position in range(0, len(points), every):
        x, y = _x(position, len(points)), _HEIGHT - _BOTTOM + 18
        yield f'<text x="{x}" y="{y}" {_AXIS}>{escape(points[position].moment.label[:14])}</text>'


def _state_lines(points: Sequence[Point], most: int) -> Iterator[str]:
    placed: list[float] = []
    for state, (colour, dashes) in _LINES.items():
        places = [(_x(at, len(points)), _y(one.good[state], most)) for at, one in enumerate(points)]
        if not places:
            continue
        path = " ".join(f"{x},{y}" for x, y in places)
        look = f'fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dashes}"'
        yield f'<polyline points="{path}" {look}/>'
        x, y = places[-1]
        while any(abs(y - other) < 14 for other in placed):  # noqa: PLR2004 - the height of a line of text
            y += 14
        placed.append(y)
        yield f'<circle cx="{x}" cy="{places[-1][1]}" r="3" fill="{colour}"/>'
        yield f'<text x="{x + 8}" y="{y + 4}" fill="{colour}">{state} {points[-1].good[state]}</text>'
