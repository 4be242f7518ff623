"""Rules about dates (AIM2): days that contradict each other, and days ahead where something is said to have happened.

That a day exists at all is for the schema (AIM106). Days are ISO 8601 there, so they compare as they are written.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import product
from typing import TYPE_CHECKING, Final

from aimsctl.assessment.rules.base import Row, found, rows, rule, values
from aimsctl.diagnostics import Diagnostic, Related, Rule, Severity
from aimsctl.workspace.kinds import kind

if TYPE_CHECKING:
    from datetime import date

    from aimsctl.source.yaml import Pointer
    from aimsctl.workspace.artefacts import Artefact
    from aimsctl.workspace.workspace import Workspace

DATE_ORDER: Final = Rule(
    code="AIM202",
    name="dates-out-of-order",
    severity=Severity.ERROR,
    summary="Two dates of an artefact contradict each other.",
    why="What ended before it began did not happen as written, and every age worked out from it is wrong.",
    fix="Correct the date that is wrong.",
)
AHEAD: Final = Rule(
    code="AIM203",
    name="date-ahead",
    severity=Severity.WARNING,
    summary="Something that is said to have happened is dated after the day of judgement.",
    why="A record, review or approval dated ahead counts for nothing until that day, and is often a slip of the year.",
    fix="Correct the date, or set the status to draft until it has happened.",
)

_ORDERS: Final = (
    ("person", "joined", "left"),
    ("ai-system", "models.released", "models.retired"),
    ("risk", "residual_accepted.date", "accepted_until"),
    ("waiver", "approval.date", "until"),
    ("audit-programme", "starts", "ends"),
    ("audit-programme", "starts", "planned.due"),
    ("audit-programme", "planned.due", "ends"),
    ("audit", "date", "reported"),
    ("evaluation", "results.date", "date"),
    ("management-review", "date", "decisions.done"),
    ("nonconformity", "date", "actions.done"),
    ("nonconformity", "date", "effect_checked"),
    ("improvement", "date", "actions.done"),
    ("improvement", "date", "effect_checked"),
    ("competence", "date", "effect_checked"),
    ("change", "took_effect", "effect_checked"),
    ("control", "in_force_since", "effect_checked"),
    ("incident", "occurred", "date"),
    ("incident", "occurred", "notices.sent"),
    ("concern", "date", "answered"),
    ("concern", "date", "closed"),
)
"""Kind, the date that comes first, and the one that follows; two fields of one list are compared row by row."""

_MAY_LIE_AHEAD: Final = {
    "due", "planned_for", "exclusion_review", "until", "accepted_until", "applies_from", "since", "joined", "left",
    "released", "retired", "owed_from", "starts", "ends", "took_effect", "by", "target_date",
}  # fmt: skip
"""Dates that plan. All others tell of something that has happened."""


@rule(DATE_ORDER)
def dates_out_of_order(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """A finding for each pair of dates in the wrong order."""
    for name, first, second in _ORDERS:
        for artefact in workspace.of(name):
            for begin, end in _pairs(artefact, first, second):
                if end[1] < begin[1]:
                    early, late = first.rpartition(".")[2], second.rpartition(".")[2]
                    if early == late:
                        early, late = first, second
                    yield _out_of_order(artefact, (early, *begin), (late, *end))


def _out_of_order(artefact: Artefact, begin: tuple[str, Pointer, str], end: tuple[str, Pointer, str]) -> Diagnostic:
    """The finding at the later of the two, or at the one in a row, with the other as related."""
    at, other = (begin, end) if len(begin[1]) > len(end[1]) else (end, begin)
    word = "after" if at is begin else "before"
    said = f"`{at[0]}` is {at[2]}, {word} `{other[0]}`, {other[2]}."
    related = (Related(artefact.span(other[1]), f"`{other[0]}` stands here"),)
    return found(DATE_ORDER, artefact, at[1], said, related=related)


def _pairs(artefact: Artefact, first: str, second: str) -> Iterator[tuple[tuple[Pointer, str], tuple[Pointer, str]]]:
    early, late = tuple(first.split(".")), tuple(second.split("."))
    shared = early[0] if early[0] == late[0] else ""
    for at, row in rows(artefact, shared):
        begins = _under(row, early[1:] if shared else early, at)
        yield from product(begins, _under(row, late[1:] if shared else late, at)) if begins else ()


def _under(row: Row, names: tuple[str, ...], at: Pointer) -> list[tuple[Pointer, str]]:
    return list(values(row[names[0]], names[1:], (*at, names[0]))) if names[0] in row else []


@rule(AHEAD)
def date_ahead(workspace: Workspace, as_of: date) -> Iterator[Diagnostic]:
    """A finding for each date of an approved or retired artefact that tells of the past and lies ahead."""
    today = as_of.isoformat()
    for artefact in workspace.artefacts:
        if not artefact.valid or artefact.status not in ("approved", "retired"):
            continue
        data = artefact.data
        for first, rest in _past_dates(artefact.kind):
            if first not in data:
                continue
            value = data[first]
            if not rest and isinstance(value, str):
                if value > today:
                    yield _ahead(artefact, (first,), value, today)
            else:
                for at, day in values(value, rest, (first,)):
                    if day > today:
                        yield _ahead(artefact, at, day, today)


def _ahead(artefact: Artefact, at: Pointer, day: str, today: str) -> Diagnostic:
    name = ".".join(step for step in at if isinstance(step, str))
    return found(AHEAD, artefact, at, f"`{name}` is {day}, after the day of judgement, {today}.")


@cache
def _past_dates(name: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The date fields of a kind that tell of something that has happened: the first name of the path, and the rest."""
    known = kind(name)
    dates = (field.path for field in known.fields.values() if field.type == "date") if known is not None else ()
    paths = (path.split(".") for path in dates if path.rpartition(".")[2] not in _MAY_LIE_AHEAD)
    return tuple((first, tuple(rest)) for first, *rest in paths)
