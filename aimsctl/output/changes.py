"""What a change does, as a document: gaps first, then the artefacts in governance words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from aimsctl.assessment.changes import kind_title
from aimsctl.output.gap import GRADE_TONES
from aimsctl.output.report import counted, place
from aimsctl.output.tree import Block, Bullets, Cell, Column, Heading, Item, Paragraph, Table

if TYPE_CHECKING:
    from aimsctl.assessment.changes import Change
    from aimsctl.assessment.movement import Moved


def changes_body(since: str, moved: Sequence[Moved], changed: Sequence[Change]) -> Iterator[Block]:
    """The blocks: what opened, closed and moved since that state, and what was done to which artefact."""
    yield Heading(1, f"What changed since {since}")
    opened = [one for one in moved if one.opened]
    closed = [one for one in moved if one.closed]
    yield Paragraph(
        f"{counted(len(opened), 'gap')} opened or worse, {counted(len(closed), 'gap')} closed or milder, "
        f"{counted(len(changed), 'artefact')} changed."
    )
    yield from _gaps("Opened or worse", opened)
    yield from _gaps("Closed or milder", closed)
    yield from _moved_states([one for one in moved if one.states])
    yield from _findings(moved)
    yield from _artefacts(changed)


def _gaps(heading: str, gaps: Sequence[Moved]) -> Iterator[Block]:
    if not gaps:
        return
    yield Heading(2, heading)
    columns = (Column("Requirement"), Column("Was"), Column("Is"))
    yield Table(columns, tuple(_grades(one) for one in gaps))


def _grades(one: Moved) -> tuple[Cell, ...]:
    was, is_now = one.before.grade, one.after.grade
    return (
        Cell(f"{one.id} {one.after.requirement.title}"),
        Cell(was.replace("_", " "), GRADE_TONES[was]),
        Cell(is_now.replace("_", " "), GRADE_TONES[is_now]),
    )


def _moved_states(moved: Sequence[Moved]) -> Iterator[Block]:
    if not moved:
        return
    yield Heading(2, "States that moved")
    rows = [
        (Cell(f"{one.id} {one.after.requirement.title}"), Cell(state), Cell(f"{was} → {now}".replace("_", " ")))
        for one in moved
        for state, (was, now) in one.states.items()
    ]
    yield Table((Column("Requirement"), Column("State"), Column("From, to")), tuple(rows))


def _findings(moved: Sequence[Moved]) -> Iterator[Block]:
    new = [(one, reason) for one in moved for reason in one.new_reasons]
    gone = [(one, reason) for one in moved for reason in one.gone_reasons]
    if new:
        yield Heading(2, "New findings")
        yield Bullets(
            tuple(
                Item(f"{one.id}: {reason.message}", GRADE_TONES[reason.grade], place(reason.span), _next(reason.do))
                for one, reason in new
            )
        )
    if gone:
        yield Heading(2, "Fixed findings")
        yield Bullets(tuple(Item(f"{one.id}: {reason.message}", "good") for one, reason in gone))


def _next(step: str) -> tuple[str, ...]:
    return (f"Next: {step}",) if step else ()


def _artefacts(changed: Sequence[Change]) -> Iterator[Block]:
    if not changed:
        return
    yield Heading(2, "Artefacts")
    for name in dict.fromkeys(change.kind for change in changed):
        yield Heading(3, kind_title(name))
        members = (change for change in changed if change.kind == name)
        yield Bullets(tuple(Item(f"{one.id} {one.title}: {one.what}.", "", "", one.details) for one in members))
