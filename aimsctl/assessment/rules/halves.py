"""Rules about what belongs together (AIM2): half of a statement is missing, or two artefacts tell different stories."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from aimsctl.assessment.rules.base import Row, found, listed, rows, rule, values
from aimsctl.assessment.rules.values import ACTIONS
from aimsctl.diagnostics import Diagnostic, Related, Rule, Severity
from aimsctl.workspace.hints import shown

if TYPE_CHECKING:
    from datetime import date

    from aimsctl.workspace.artefacts import Artefact
    from aimsctl.workspace.workspace import Workspace

NO_RESULT: Final = Rule(
    code="AIM218",
    name="done-without-result",
    severity=Severity.WARNING,
    summary="An action is done and does not say what came of it.",
    why="Done is a date; whether it helped shows in the result.",
    fix="Add `result`.",
    requirements=("8.3", "10.2"),
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
ROW_WITHOUT_REASON: Final = Rule(
    code="AIM224",
    name="row-without-reason",
    severity=Severity.WARNING,
    summary="A row of an approved statement of applicability does not say why the control is in or out.",
    why="The standard asks for the reason of every inclusion and every exclusion; it is the heart of the statement.",
    fix="Add `justification`, for this organisation and its systems.",
    requirements=("6.1.3",),
)
NO_SYSTEM: Final = Rule(
    code="AIM228",
    name="names-no-system",
    severity=Severity.WARNING,
    summary="An artefact is about an AI system and names none.",
    why="It counts for no system, so the one it was written for seems to have no risk, metric, resource or change.",
    fix="Add `ai_systems`.",
)
WIDER_EVIDENCE: Final = Rule(
    code="AIM229",
    name="evidence-wider-than-control",
    severity=Severity.ERROR,
    summary="A control owes evidence for an AI system that it does not cover.",
    why="Evidence may be narrower than its control, not wider: nobody runs the control for that system.",
    fix="Add the system to the control, or take it out of the evidence.",
)
HALF_SAID: Final = Rule(
    code="AIM230",
    name="half-said",
    severity=Severity.WARNING,
    summary="A field needs another one to mean something, and that one is missing.",
    why="A rhythm without its length, or a verdict without its day, cannot be compared with anything.",
    fix="Add the field that the message names.",
)
OWN_DEPUTY: Final = Rule(
    code="AIM231",
    name="own-deputy",
    severity=Severity.WARNING,
    summary="The deputy of a role is its holder.",
    why="When the holder is away, nobody stands in.",
    fix="Name another person as deputy.",
    requirements=("5.3", "A.3.2"),
)
OUTSIDE_AUDIT: Final = Rule(
    code="AIM234",
    name="finding-outside-the-audit",
    severity=Severity.WARNING,
    summary="An audit found a nonconformity with a requirement that it does not say it looked at.",
    why="Then either the list of what was audited is short, or the finding rests on nothing that was audited.",
    fix="Add the requirement to `requirements`, or correct the finding.",
    requirements=("9.2.2",),
)

_NONCONFORMITIES: Final = ("major", "minor")
_WAITING: Final = ("draft", "retired")  # what still may be incomplete, and what counts for nothing any more
_SYSTEM_WANTED: Final = (("risk", "concerns"), ("resource", "serves"), ("metric", "subject"), ("change", "target"))
_TOGETHER: Final = (
    ("control", "", "runs", "periodic", "every"),
    ("control", "", "runs", "per_event", "event"),
    ("control", "evidence", "kind", "records", "record"),
    ("control", "evidence", "min_count", None, "per or per_model_version"),
    ("control", "evidence", "coverage_at_least", None, "coverage_of"),
    ("control", "evidence", "coverage_of", None, "coverage_at_least"),
    *((kind, "", "effect", None, "effect_checked") for kind in ("risk", "nonconformity", "improvement", "change")),
    *((kind, "", "effect", None, "effect_checked") for kind in ("competence", "control")),
    *((kind, "", "effect_checked", None, "effect") for kind in ("risk", "nonconformity", "improvement", "change")),
    *((kind, "", "effect_checked", None, "effect") for kind in ("competence", "control")),
    ("risk", "", "accepted_until", None, "residual_accepted"),
    ("dataset", "", "bias_examined", None, "bias_result"),
    ("dataset", "", "bias_result", None, "bias_examined"),
    ("dataset", "quality", "value", None, "date"),
    ("concern", "", "closed", None, "outcome"),
    ("audit", "", "planned", None, "programme"),
    ("audit", "", "reported", None, "reported_to"),
    ("policy", "aligned_with", "conflict", None, "resolution"),
    ("improvement", "", "decision", "reject", "decision_reason"),
    ("evaluation", "", "decision", "release_with_limits", "decision_reason"),
    ("impact-assessment", "", "no_impact_on", None, "no_impact_reason"),
    ("resource", "", "amount_needed", None, "unit"),
    ("resource", "", "amount_provided", None, "unit"),
)
"""Kind, list, a field with the value it has (None: any), and the field, or one of several, that it needs beside it."""


def _standing(workspace: Workspace, name: str) -> Iterator[Artefact]:
    return (artefact for artefact in workspace.of(name) if artefact.status not in _WAITING)


@rule(NO_RESULT)
def done_without_result(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """A finding for each action with a day of completion and no result."""
    for name, field in ACTIONS:
        for artefact in _standing(workspace, name):
            for at, row in rows(artefact, field):
                if row.get("done") and not row.get("result"):
                    said = f"{shown(row.get('what'))} is done; its `result` is missing."
                    yield found(NO_RESULT, artefact, (*at, "done"), said)


@rule(NOT_SHARED)
def shared_without_reason(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """A finding for each impact assessment of several systems that gives no reason for sharing."""
    for assessment in _standing(workspace, "impact-assessment"):
        systems = set(map(str, listed(assessment.data.get("ai_systems"))))
        if len(systems) > 1 and not assessment.data.get("shared_reason"):
            said = f"It covers {len(systems)} AI systems and gives no `shared_reason`."
            yield found(NOT_SHARED, assessment, ("ai_systems",), said)


@rule(ROW_WITHOUT_REASON)
def row_without_reason(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """A finding for each row of an approved statement that gives no reason."""
    for soa in workspace.of("soa"):
        for at, row in rows(soa, "entries") if soa.status == "approved" else ():
            if not row.get("justification"):
                said = (
                    f"{row.get('control')} is {'included' if row.get('applicable') else 'excluded'} without a reason."
                )
                yield found(ROW_WITHOUT_REASON, soa, (*at, "control"), said)


@rule(NO_SYSTEM)
def names_no_system(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """A finding for each artefact that says it is about an AI system and lists none."""
    for name, field in _SYSTEM_WANTED:
        for artefact in _standing(workspace, name):
            if artefact.data.get(field) == "ai_system" and not artefact.data.get("ai_systems"):
                said = f"`{field}` is ai_system, but `ai_systems` names none."
                yield found(NO_SYSTEM, artefact, (field,), said)


@rule(WIDER_EVIDENCE)
def evidence_wider(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """A finding for each system that evidence is owed for and the control leaves out."""
    for control in workspace.of("control"):
        covered = listed(control.data.get("ai_systems"))
        for at, system in values(control.data, ("evidence", "ai_systems")) if covered else ():
            if system not in covered:
                related = (Related(control.span("ai_systems"), "what the control covers"),)
                said = f"The control does not cover {system}."
                yield found(WIDER_EVIDENCE, control, at, said, related=related)


@rule(HALF_SAID)
def half_said(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """A finding for each field whose other half is missing."""
    for name, field, half, value, other in _TOGETHER:
        for artefact in _standing(workspace, name):
            for at, row in rows(artefact, field):
                if _says(row, half, value) and not any(one in row for one in other.split(" or ")):
                    what = f"{half}: {value}" if value else half
                    yield found(HALF_SAID, artefact, (*at, half), f"`{what}` is there, but {_named(other)} is missing.")


def _named(fields: str) -> str:
    return f"`{fields}`".replace(" or ", "` or `")


def _says(row: Row, half: str, value: str | None) -> bool:
    said = row.get(half)
    return said is not None and said != [] and (value is None or said == value)


@rule(OWN_DEPUTY)
def own_deputy(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """A finding for each role whose deputy is its holder."""
    for role in _standing(workspace, "role"):
        deputy = role.data.get("deputy")
        if deputy is not None and deputy == role.data.get("holder"):
            yield found(OWN_DEPUTY, role, ("deputy",), f"{deputy} is both holder and deputy.")


@rule(OUTSIDE_AUDIT)
def finding_outside(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """A finding for each nonconformity of an audit with something that it did not look at."""
    for audit in _standing(workspace, "audit"):
        looked_at = listed(audit.data.get("requirements"))
        for at, row in rows(audit, "findings"):
            requirement = row.get("requirement")
            if requirement is not None and row.get("grade") in _NONCONFORMITIES and requirement not in looked_at:
                said = f"{requirement} is not among the requirements that the audit looked at."
                related = (Related(audit.span("requirements", key=True), "what it looked at"),)
                yield found(OUTSIDE_AUDIT, audit, (*at, "requirement"), said, related=related)
