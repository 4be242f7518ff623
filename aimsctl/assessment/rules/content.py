"""Rules about contents (AIM2): placeholder text, and dates that contradict each other or lie ahead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from aimsctl.assessment.calendar import parse_date
from aimsctl.assessment.filled import is_placeholder, may_hold_placeholder
from aimsctl.assessment.rules.base import checks
from aimsctl.diagnostics import Diagnostic, Rule, Severity
from aimsctl.workspace.hints import shown
from aimsctl.workspace.kinds import kind

if TYPE_CHECKING:
    from datetime import date

    from aimsctl.source.yaml import Pointer
    from aimsctl.workspace.artefacts import Artefact
    from aimsctl.workspace.workspace import Workspace

PLACEHOLDER: Final = Rule(
    code="AIM201",
    name="placeholder-in-required-field",
    severity=Severity.ERROR,
    summary="A field that is required holds placeholder text.",
    why="`TBD` is not an answer. From in_review on others rely on the field, so a placeholder counts as missing.",
    fix="Write the answer, or set the status back to draft.",
    requirements=("7.5.1", "7.5.2"),
)
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
    summary="Something that has happened is dated in the future.",
    why="A record or approval dated ahead counts for nothing until that day, and is often a slip of the year.",
    fix="Correct the date, or set the status to draft until it has happened.",
)

_ORDERS: Final = (
    ("person", "joined", "left"),
    ("audit-programme", "starts", "ends"),
    ("incident", "occurred", "date"),
    ("concern", "date", "answered"),
    ("concern", "date", "closed"),
    ("change", "date", "took_effect"),
    ("nonconformity", "date", "effect_checked"),
    ("improvement", "date", "effect_checked"),
    ("control", "in_force_since", "effect_checked"),
    ("audit", "date", "reported"),
    ("dataset", "obtained", "bias_examined"),
    ("dataset", "obtained", "provenance_checked"),
    ("ai-system", "models.released", "models.retired"),
)
"""Kind, the date that comes first, the one that follows; rows are compared within themselves."""


@checks(PLACEHOLDER)
def placeholder(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """A finding for each required text that is a placeholder, in artefacts that are no drafts."""
    required: dict[str, frozenset[str]] = {}
    suspects = {id(document) for document in workspace.documents if may_hold_placeholder(document.text)}
    for artefact in workspace.artefacts:
        if not artefact.valid or artefact.status == "draft" or id(artefact.document) not in suspects:
            continue
        if artefact.kind not in required:
            required[artefact.kind] = _required(artefact.kind)
        for path, value in _texts(artefact.data, (), ""):
            name = ".".join(part for part in path if isinstance(part, str))
            if name in required[artefact.kind] and is_placeholder(value):
                said = f"`{name}` is required and holds only {shown(value)}."
                yield Diagnostic(
                    PLACEHOLDER, artefact.span(path), said, PLACEHOLDER.fix, subject=f"{artefact.id}/{name}"
                )


def _required(name: str) -> frozenset[str]:
    known = kind(name)
    fields = known.fields.values() if known is not None else ()
    return frozenset(field.path for field in fields if field.level != "optional" and field.type in ("string", "text"))


def _texts(value: object, path: Pointer, name: str) -> Iterator[tuple[Pointer, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _texts(inner, (*path, key), f"{name}.{key}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _texts(inner, (*path, index), name)


@checks(DATE_ORDER)
def dates_out_of_order(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """A finding for each pair of dates in the wrong order."""
    for name, first, second in _ORDERS:
        for artefact in workspace.of(name):
            for path, group in _groups(artefact, first):
                early, late = first.rpartition(".")[2], second.rpartition(".")[2]
                begin, end = parse_date(group.get(early)), parse_date(group.get(late))
                if begin is not None and end is not None and end < begin:
                    said = f"`{late}` ({end}) lies before `{early}` ({begin})."
                    yield Diagnostic(DATE_ORDER, artefact.span((*path, late)), said)


def _groups(artefact: Artefact, name: str) -> Iterator[tuple[Pointer, Mapping[str, object]]]:
    """The artefact itself, or for a dotted name the rows of its list, with where they stand."""
    rows, dot, _ = name.rpartition(".")
    if not dot:
        yield (), artefact.data
        return
    found = artefact.data.get(rows)
    for index, row in enumerate(found if isinstance(found, list) else ()):
        if isinstance(row, Mapping):
            yield (rows, index), row


@checks(AHEAD)
def date_ahead(workspace: Workspace, as_of: date) -> Iterator[Diagnostic]:
    """A finding for each record, approval or review of artefacts in force that is dated after the day of judgement."""
    for artefact in workspace.artefacts:
        if not artefact.valid or artefact.status not in ("approved", "retired"):
            continue
        known = kind(artefact.kind)
        names = ["approval.date", "review.last"]
        if known is not None and known.klass == "record":
            names.append("date")
        for name in names:
            day = parse_date(artefact.get(name))
            if day is not None and day > as_of:
                said = f"`{name}` is {day}, after {as_of}, the day of judgement."
                yield Diagnostic(AHEAD, artefact.span(name), said, subject=f"{artefact.id}/{name}")
