"""What the readiness report says of the past, as a document: the trend by month, and what changed since the audit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from aimsctl.assessment.past import TREND_HEADS, trend_rows
from aimsctl.output.gap import GRADE_TONES
from aimsctl.output.report import counted
from aimsctl.output.tree import Block, Bullets, Cell, Column, Heading, Item, Note, Paragraph, Table

Record = Mapping[str, Any]


def past_body(trend: Record, since: Record, as_of: str) -> Iterator[Block]:
    """Both sections, in the order of the page."""
    yield Heading(2, "How readiness moved")
    yield from _trend(trend)
    yield Heading(2, "What changed since the last audit")
    yield from _since(since, as_of)


def _trend(trend: Record) -> Iterator[Block]:
    if trend["missing"]:
        yield Paragraph(trend["missing"])
        return
    if not trend["complete"]:
        yield Note("The history is shallow, so earlier moments are missing.")
    yield Paragraph(
        f"Each month is judged as of its end, with the rules of today: for how many of the "
        f"{trend['points'][-1]['requirements']} requirements a state was good, the gaps by grade, and what blocked."
    )
    columns = (Column(TREND_HEADS[0]), *(Column(head, "right") for head in TREND_HEADS[1:]))
    yield Table(columns, tuple(tuple(map(Cell, row)) for row in trend_rows(trend["points"])))


def _since(since: Record, as_of: str) -> Iterator[Block]:
    if since["missing"]:
        yield Paragraph(since["missing"])
        return
    yield Paragraph(
        f"Since {since['id']} {since['title']} of {since['date']} (commit {since['commit'][:12]}): "
        f"{counted(since['opened'], 'gap')} opened or worse, {counted(since['closed'], 'gap')} closed or milder, "
        f"{counted(since['new'], 'finding')} new, {since['fixed']} fixed, "
        f"{counted(len(since['artefacts']), 'artefact')} changed. Both states are judged as of {as_of}, so only what "
        "was written makes a difference."
    )
    if since["requirements"]:
        heads = ("Requirement", "Was", "Is", "States")
        yield Table(tuple(map(Column, heads)), tuple(map(_requirement, since["requirements"])))
    if since["artefacts"]:
        yield Bullets(
            tuple(
                Item(f"{one['id']} {one['title']}: {one['what']}.", details=tuple(one["details"]))
                for one in since["artefacts"]
            )
        )


def _requirement(one: Record) -> tuple[Cell, ...]:
    was, is_now = one["grade"]
    states = ", ".join(f"{state} {before} → {after}" for state, (before, after) in one["states"].items())
    return (
        Cell(f"{one['id']} {one['title']}"),
        Cell(was.replace("_", " "), GRADE_TONES[was]),
        Cell(is_now.replace("_", " "), GRADE_TONES[is_now]),
        Cell(states.replace("_", " ")),
    )
