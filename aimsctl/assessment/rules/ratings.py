"""Rules about the risk method and what is rated by it (AIM2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from aimsctl.assessment.rules.base import found, listed, rows, rule
from aimsctl.diagnostics import Diagnostic, Related, Rule, Severity
from aimsctl.workspace.hints import closest, did_you_mean, shown

if TYPE_CHECKING:
    from datetime import date

    from aimsctl.source.yaml import Pointer
    from aimsctl.workspace.artefacts import Artefact
    from aimsctl.workspace.workspace import Workspace

OFF_SCALE: Final = Rule(
    code="AIM211",
    name="value-off-the-scale",
    severity=Severity.ERROR,
    summary="A risk or an effect is rated with a value that the risk method's scale does not have.",
    why="No level can be worked out for it, so it is neither above nor below the line.",
    fix="Use a value of the scale in the approved risk method.",
    requirements=("6.1.2",),
)
BAD_MATRIX: Final = Rule(
    code="AIM212",
    name="matrix-does-not-fit",
    severity=Severity.ERROR,
    summary="The risk matrix does not fit its scales or levels.",
    why="Some ratings would have no level, or one that the method does not define.",
    fix="One row per consequence value, mildest first; in each row one level per likelihood value, rarest first.",
    requirements=("6.1.2",),
)
UNKNOWN_LEVEL: Final = Rule(
    code="AIM213",
    name="unknown-level",
    severity=Severity.ERROR,
    summary="The appetite or the line for high risks names a level that the method does not have.",
    why="No risk could be compared with it.",
    fix="Use the name of one of the levels.",
    requirements=("6.1.1",),
)
RISEN: Final = Rule(
    code="AIM216",
    name="risk-rises-with-treatment",
    severity=Severity.WARNING,
    summary="A value after treatment is higher than before it.",
    why="Treatment that raises a risk is either a slip or something management has to know.",
    fix="Correct the value; if the treatment really raises it, choose another one.",
    requirements=("6.1.3", "8.3"),
)
BAD_SCALE: Final = Rule(
    code="AIM221",
    name="scale-out-of-order",
    severity=Severity.ERROR,
    summary="A scale of the risk method does not rise, or a value or level has the name of another.",
    why="Ratings are compared by their place on the scale; a step in the wrong place, or two that are one, mislead.",
    fix="List values from mildest to worst or from rarest to most likely, each with a name of its own.",
    requirements=("6.1.2",),
)
FALLING: Final = Rule(
    code="AIM222",
    name="level-falls-in-matrix",
    severity=Severity.WARNING,
    summary="In the risk matrix the level falls where consequence or likelihood rises.",
    why="A worse or likelier outcome cannot be the smaller risk; cells in the wrong order hide what needs treatment.",
    fix="Correct the cell; the level stays or rises from left to right and from top to bottom.",
    requirements=("6.1.2",),
)
ACCEPTABLE_AND_HIGH: Final = Rule(
    code="AIM223",
    name="acceptable-and-high",
    severity=Severity.ERROR,
    summary="A level counts as acceptable without treatment and as high.",
    why="What is high cannot be within the appetite; nobody could tell whether to treat it.",
    fix="Let `high_from` name a level above `acceptable_up_to`.",
    requirements=("6.1.1", "6.1.2"),
)

_RATED: Final = {
    "consequence": (
        "consequence_organisation",
        "consequence_individuals",
        "consequence_society",
        "target_consequence",
        "residual_consequence",
    ),
    "likelihood": ("likelihood", "target_likelihood", "residual_likelihood"),
}


def _method(workspace: Workspace) -> Artefact | None:
    """The method in force: the approved one that was approved last."""
    approved = [method for method in workspace.of("risk-method") if method.status == "approved"]
    return max(approved, key=lambda method: str(method.get("approval.date")), default=None)


def _scale(method: Artefact, name: str) -> list[object]:
    return [row.get("value") for _, row in rows(method, f"{name}_scale")]


def _levels(method: Artefact) -> list[str]:
    return [str(row.get("name")) for _, row in rows(method, "levels")]


@rule(OFF_SCALE)
def value_off_the_scale(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """A finding for each rating outside the scales of the approved risk method; retired ratings are history."""
    method = _method(workspace)
    if method is None:
        return
    scales = {name: _scale(method, name) for name in _RATED}
    for risk in workspace.of("risk"):
        for scale, names in _RATED.items() if risk.status != "retired" else ():
            for name in names:
                yield from _off(risk, (name,), risk.data.get(name), scales[scale], method)
    for assessment in workspace.of("impact-assessment"):
        for at, row in rows(assessment, "impacts") if assessment.status != "retired" else ():
            yield from _off(assessment, (*at, "severity"), row.get("severity"), scales["consequence"], method)
            yield from _off(assessment, (*at, "likelihood"), row.get("likelihood"), scales["likelihood"], method)


def _off(artefact: Artefact, at: Pointer, value: object, scale: list[object], method: Artefact) -> Iterator[Diagnostic]:
    if value is not None and scale and value not in scale:
        said = f"`{at[-1]}` is {shown(value)}; the scale of {method.id} goes from {scale[0]} to {scale[-1]}."
        related = (Related(method.span(), "the method"),)
        yield found(OFF_SCALE, artefact, at, said, related=related)


@rule(BAD_MATRIX)
def matrix_does_not_fit(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """A finding for each risk method whose matrix misses a value, or names a level that is none."""
    for method in workspace.of("risk-method"):
        matrix = listed(method.data.get("matrix"))
        tall, wide = len(_scale(method, "consequence")), len(_scale(method, "likelihood")) or 1
        if matrix and tall and len(matrix) != tall:
            said = f"The matrix has {len(matrix)} rows for {tall} consequence values."
            yield found(BAD_MATRIX, method, ("matrix",), said)
        levels = _levels(method)
        for index, line in enumerate(matrix):
            cells = listed(line)
            if len(cells) != wide:
                said = f"Row {index + 1} of the matrix has {len(cells)} cells for {wide} likelihood values."
                yield found(BAD_MATRIX, method, ("matrix", index), said)
            yield from _no_levels(method, index, cells, levels)


def _no_levels(method: Artefact, index: int, cells: list[object], levels: list[str]) -> Iterator[Diagnostic]:
    for column, cell in enumerate(cells if levels else ()):
        if cell not in levels:
            hint = did_you_mean(closest(cell, levels)) or f"The levels are {', '.join(levels)}."
            yield found(BAD_MATRIX, method, ("matrix", index, column), f"{shown(cell)} is none of the levels.", hint)


@rule(UNKNOWN_LEVEL)
def unknown_level(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """A finding where appetite or line name no level."""
    for method in workspace.of("risk-method"):
        levels = _levels(method)
        for name in ("acceptable_up_to", "high_from"):
            value = method.data.get(name)
            if value is not None and levels and value not in levels:
                hint = did_you_mean(closest(value, levels)) or f"The levels are {', '.join(levels)}."
                said = f"`{name}` is {shown(value)}, which is no level."
                yield found(UNKNOWN_LEVEL, method, (name,), said, hint)


@rule(RISEN)
def risk_rises(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """A finding for each value that is higher after treatment than before."""
    for risk in workspace.of("risk"):
        data = risk.data
        parts = [data.get(name) for name in _RATED["consequence"][:3]]
        worst = max((part for part in parts if isinstance(part, int)), default=None)
        for what, before in (("consequence", worst), ("likelihood", data.get("likelihood"))):
            for when in ("target", "residual"):
                after = data.get(f"{when}_{what}")
                if isinstance(before, int) and isinstance(after, int) and after > before:
                    said = f"`{when}_{what}` is {after}, but the {what} before treatment is {before}."
                    yield found(RISEN, risk, (f"{when}_{what}",), said)


@rule(BAD_SCALE)
def scale_out_of_order(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """A finding for each step that does not lie above the one before it, and for each name that is there twice."""
    for method in workspace.of("risk-method"):
        for name in ("consequence_scale", "likelihood_scale", "levels"):
            steps = list(rows(method, name))
            for (_, below), (at, step) in pairwise(steps):
                low, high = below.get("value"), step.get("value")
                if isinstance(low, int) and isinstance(high, int) and high <= low:
                    said = f"The value {high} follows {low}, but the scale has to rise."
                    yield found(BAD_SCALE, method, (*at, "value"), said)
            seen: dict[str, Pointer] = {}
            for at, step in steps:
                first = seen.setdefault(str(step.get("name")).casefold(), at)
                if first != at and "name" in step:
                    said = f"The name {shown(step.get('name'))} is there twice."
                    related = (Related(method.span((*first, "name")), "the first"),)
                    yield found(BAD_SCALE, method, (*at, "name"), said, related=related)


@rule(FALLING)
def level_falls(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """A finding for each cell of a matrix whose level lies below that of the cell on its left or above it."""
    for method in workspace.of("risk-method"):
        levels = _levels(method)
        above: list[int] = []
        for index, line in enumerate(listed(method.data.get("matrix"))):
            ranks = _ranks(listed(line), levels)
            for column, rank in enumerate(ranks):
                beside = [ranks[column - 1]] if column else []
                if rank >= 0 and rank < max([*beside, *above[column : column + 1]], default=-1):
                    said = f"The level falls to {levels[rank]} where consequence or likelihood rises."
                    yield found(FALLING, method, ("matrix", index, column), said)
            above = ranks


def _ranks(cells: Sequence[object], levels: Sequence[str]) -> list[int]:
    return [levels.index(cell) if isinstance(cell, str) and cell in levels else -1 for cell in cells]


@rule(ACCEPTABLE_AND_HIGH)
def acceptable_and_high(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """A finding for each method in which a level within the appetite counts as high."""
    for method in workspace.of("risk-method"):
        levels = _levels(method)
        line, high = method.data.get("acceptable_up_to"), method.data.get("high_from")
        if line in levels and high in levels and levels.index(str(high)) <= levels.index(str(line)):
            said = f"{shown(high)} counts as high, but everything up to {shown(line)} is acceptable."
            yield found(ACCEPTABLE_AND_HIGH, method, ("high_from",), said)
