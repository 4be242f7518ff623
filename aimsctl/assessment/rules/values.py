"""Rules about values that contradict each other within one artefact or with the risk method (AIM2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from aimsctl.assessment.rules.base import checks
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
EXCLUDED_AND_LIVING: Final = Rule(
    code="AIM214",
    name="excluded-and-implemented",
    severity=Severity.ERROR,
    summary="A control is excluded from the statement of applicability and yet has a status or an implementation.",
    why="It cannot be both. An auditor asks which of the two is true.",
    fix="Set `applicable: true`, or take status and implementation away.",
    requirements=("6.1.3",),
)
UPSIDE_DOWN: Final = Rule(
    code="AIM215",
    name="limits-upside-down",
    severity=Severity.ERROR,
    summary="The lowest acceptable value lies above the highest.",
    why="No result could ever meet both.",
    fix="Correct at_least or at_most.",
)
RISEN: Final = Rule(
    code="AIM216",
    name="risk-rises-with-treatment",
    severity=Severity.WARNING,
    summary="A value after treatment is higher than before it.",
    why="Treatment that raises a risk is either a slip or something management has to know.",
    fix="Correct the value, or say in `treatment_reason` why it rises.",
    requirements=("6.1.3", "8.3"),
)
VERSION_TWICE: Final = Rule(
    code="AIM217",
    name="version-listed-twice",
    severity=Severity.ERROR,
    summary="An AI system lists one model version twice.",
    why="Tests and releases that name the version could mean either row.",
    fix="Keep one row.",
)
NO_RESULT: Final = Rule(
    code="AIM218",
    name="done-without-result",
    severity=Severity.WARNING,
    summary="An action is done and does not say what came of it.",
    why="Done is a date; whether it helped shows in the result.",
    fix="Add `result`.",
    requirements=("8.3", "10.2"),
)
MORE_THAN_EXPECTED: Final = Rule(
    code="AIM219",
    name="more-came-than-expected",
    severity=Severity.ERROR,
    summary="More people attended than were expected.",
    why="The reach of the activity would be over 100 %.",
    fix="Correct `expected` or `attended`.",
    requirements=("7.3",),
)
NOT_SHARED: Final = Rule(
    code="AIM220",
    name="shared-without-reason",
    severity=Severity.ERROR,
    summary="One impact assessment covers several AI systems and does not say why.",
    why="An assessment speaks for the system it looked at; sharing one needs a reason.",
    fix="Add `shared_reason`, or assess each system by itself.",
    requirements=("6.1.4",),
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
_MEASURED: Final = (
    ("objective", ""),
    ("metric", ""),
    ("evaluation", "results"),
    ("dataset", "quality"),
)
_ACTIONS: Final = (
    ("risk", "actions"),
    ("objective", "actions"),
    ("nonconformity", "actions"),
    ("improvement", "actions"),
    ("change", "actions"),
    ("competence", "actions"),
    ("waiver", "actions"),
    ("management-review", "decisions"),
)


def _method(workspace: Workspace) -> Artefact | None:
    approved = [method for method in workspace.of("risk-method") if method.status == "approved"]
    return max(approved, key=lambda method: str(method.get("approval.date")), default=None)


def _scale(method: Artefact, name: str) -> list[object]:
    return [row.get("value") for _, row in _rows(method, f"{name}_scale")]


def _rows(artefact: Artefact, name: str) -> list[tuple[Pointer, Mapping[str, object]]]:
    """The rows of a list field with where they stand; for no name, the artefact itself."""
    if not name:
        return [((), artefact.data)]
    found = artefact.data.get(name)
    rows = enumerate(found if isinstance(found, list) else ())
    return [((name, index), row) for index, row in rows if isinstance(row, Mapping)]


@checks(OFF_SCALE)
def value_off_the_scale(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """A finding for each rating outside the scales of the approved risk method."""
    method = _method(workspace)
    if method is None:
        return
    scales = {name: _scale(method, name) for name in _RATED}
    for risk in workspace.of("risk"):
        for scale, names in _RATED.items():
            for name in names:
                yield from _off(risk, (name,), risk.data.get(name), scales[scale], method)
    for assessment in workspace.of("impact-assessment"):
        for path, row in _rows(assessment, "impacts"):
            yield from _off(assessment, (*path, "severity"), row.get("severity"), scales["consequence"], method)
            yield from _off(assessment, (*path, "likelihood"), row.get("likelihood"), scales["likelihood"], method)


def _off(
    artefact: Artefact, path: Pointer, value: object, scale: list[object], method: Artefact
) -> Iterator[Diagnostic]:
    if value is not None and scale and value not in scale:
        said = f"`{path[-1]}` is {shown(value)}; the scale of {method.id} goes from {scale[0]} to {scale[-1]}."
        yield Diagnostic(OFF_SCALE, artefact.span(path), said, related=(Related(method.span(), "the method"),))


@checks(BAD_MATRIX)
def matrix_does_not_fit(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """A finding for each risk method whose matrix misses a value, or names a level that is none."""
    for method in workspace.of("risk-method"):
        matrix = method.data.get("matrix")
        if not isinstance(matrix, list):
            continue
        tall, wide = len(_scale(method, "consequence")), len(_scale(method, "likelihood")) or 1
        if len(matrix) != tall:
            said = f"The matrix has {len(matrix)} rows for {tall} consequence values."
            yield Diagnostic(BAD_MATRIX, method.span("matrix"), said, BAD_MATRIX.fix)
        levels = [row.get("name") for _, row in _rows(method, "levels")]
        for index, line in enumerate(matrix):
            cells = line if isinstance(line, list) else []
            if len(cells) != wide:
                said = f"Row {index + 1} of the matrix has {len(cells)} cells for {wide} likelihood values."
                yield Diagnostic(BAD_MATRIX, method.span(("matrix", index)), said, BAD_MATRIX.fix)
            for at, cell in enumerate(cells):
                if cell not in levels:
                    said = f"{shown(cell)} is none of the levels."
                    hint = did_you_mean(closest(cell, map(str, levels)))
                    yield Diagnostic(BAD_MATRIX, method.span(("matrix", index, at)), said, hint)


@checks(UNKNOWN_LEVEL)
def unknown_level(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """A finding where appetite or line name no level."""
    for method in workspace.of("risk-method"):
        levels = [str(row.get("name")) for _, row in _rows(method, "levels")]
        for name in ("acceptable_up_to", "high_from"):
            value = method.data.get(name)
            if value is not None and levels and value not in levels:
                hint = did_you_mean(closest(value, levels)) or f"the levels are {', '.join(levels)}"
                yield Diagnostic(
                    UNKNOWN_LEVEL, method.span(name), f"`{name}` is {shown(value)}, which is no level.", hint
                )


@checks(EXCLUDED_AND_LIVING)
def excluded_and_implemented(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """A finding for each excluded control with a status or something that implements it."""
    for soa in workspace.of("soa"):
        for path, row in _rows(soa, "entries"):
            named = next((name for name in ("status", "implemented_by") if row.get(name)), None)
            if row.get("applicable") is False and named is not None:
                said = f"{row.get('control')} is excluded, but has `{named}`."
                yield Diagnostic(EXCLUDED_AND_LIVING, soa.span((*path, named)), said, EXCLUDED_AND_LIVING.fix)


@checks(UPSIDE_DOWN)
def limits_upside_down(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """A finding for each pair of limits that nothing can meet."""
    for name, field in _MEASURED:
        for artefact in workspace.of(name):
            for path, row in _rows(artefact, field):
                low, high = row.get("at_least"), row.get("at_most")
                if isinstance(low, int | float) and isinstance(high, int | float) and low > high:
                    said = f"`at_least` ({low}) lies above `at_most` ({high})."
                    yield Diagnostic(UPSIDE_DOWN, artefact.span((*path, "at_least")), said)


@checks(RISEN)
def risk_rises(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """A finding for each value that is higher after treatment than before."""
    for risk in workspace.of("risk"):
        parts = [risk.data.get(name) for name in _RATED["consequence"][:3]]
        worst = max((part for part in parts if isinstance(part, int)), default=None)
        for what, before in (("consequence", worst), ("likelihood", risk.data.get("likelihood"))):
            for when in ("target", "residual"):
                after = risk.data.get(f"{when}_{what}")
                if isinstance(before, int) and isinstance(after, int) and after > before:
                    said = f"`{when}_{what}` is {after}, but the {what} before treatment is {before}."
                    yield Diagnostic(RISEN, risk.span(f"{when}_{what}"), said)


@checks(VERSION_TWICE)
def version_twice(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """A finding for each model version after the first of that name and number."""
    for system in workspace.of("ai-system"):
        seen = Counter[tuple[object, object]]()
        for path, row in _rows(system, "models"):
            key = (row.get("name"), row.get("version"))
            seen[key] += 1
            if seen[key] > 1:
                said = f"Version {shown(row.get('version'))} is listed twice."
                yield Diagnostic(VERSION_TWICE, system.span((*path, "version")), said)


@checks(NO_RESULT)
def done_without_result(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """A finding for each action with a day of completion and no result."""
    for name, field in _ACTIONS:
        for artefact in workspace.of(name):
            for path, row in _rows(artefact, field):
                if row.get("done") and not row.get("result"):
                    said = f"{shown(row.get('what'))} is done; its `result` is missing."
                    yield Diagnostic(NO_RESULT, artefact.span((*path, "done")), said, NO_RESULT.fix)


@checks(MORE_THAN_EXPECTED)
def more_than_expected(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """A finding for each training that more people attended than were expected."""
    for training in workspace.of("training"):
        expected, attended = training.data.get("expected"), training.data.get("attended")
        if isinstance(expected, int) and isinstance(attended, int) and attended > expected:
            said = f"{attended} attended, but {expected} were expected."
            yield Diagnostic(MORE_THAN_EXPECTED, training.span("attended"), said)


@checks(NOT_SHARED)
def shared_without_reason(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """A finding for each impact assessment of several systems that gives no reason for sharing."""
    for assessment in workspace.of("impact-assessment"):
        systems = assessment.data.get("ai_systems")
        if isinstance(systems, list) and len(systems) > 1 and not assessment.data.get("shared_reason"):
            said = f"It covers {len(systems)} AI systems and gives no `shared_reason`."
            yield Diagnostic(NOT_SHARED, assessment.span("ai_systems"), said, NOT_SHARED.fix)
