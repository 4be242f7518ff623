"""Rules about AI systems in use against what is on file about them (AIM2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from aimsctl.assessment.rules.base import Row, found, listed, rows, rule
from aimsctl.diagnostics import Diagnostic, Related, Rule, Severity
from aimsctl.workspace.hints import shown

if TYPE_CHECKING:
    from datetime import date

    from aimsctl.workspace.artefacts import Artefact
    from aimsctl.workspace.workspace import Workspace

STAGE: Final = Rule(
    code="AIM232",
    name="stage-against-versions",
    severity=Severity.WARNING,
    summary="The stage of an AI system does not fit the model versions it lists.",
    why="What has to be in place depends on whether the system is live; two answers leave gaps that nobody looks for.",
    fix="Correct `stage`, or `released` and `retired` of the versions.",
    requirements=("4.3", "8.1"),
)
AGAINST_VERDICT: Final = Rule(
    code="AIM233",
    name="in-use-against-a-verdict",
    severity=Severity.WARNING,
    summary="Something is in use although its evaluation, impact assessment or legal class says that it must not be.",
    why="The organisation found out, wrote it down, and went on. Little weighs more in an audit or after an incident.",
    fix="Take it out of use, or decide anew with reasons and correct what no longer holds.",
    requirements=("6.1.4", "8.4", "A.6.2.5"),
)
_IN_USE: Final = ("live", "being_retired")
_REJECTED: Final = ("rework", "do_not_release")


def _systems(workspace: Workspace) -> Iterator[Artefact]:
    return (system for system in workspace.of("ai-system") if system.status not in ("draft", "retired"))


@rule(STAGE)
def stage_against_versions(workspace: Workspace, as_of: date) -> Iterator[Diagnostic]:
    """A finding for each system that is live without a live version, or the other way round."""
    today = as_of.isoformat()
    for system in _systems(workspace):
        versions, stage = list(rows(system, "models")), system.data.get("stage")
        live = [(at, row) for at, row in versions if _is_live(row, today)]
        if live and stage not in _IN_USE:
            at, row = live[-1]
            said = f"The stage is {stage}, but version {shown(row.get('version'))} is live."
            yield found(
                STAGE, system, ("stage",), said, related=(Related(system.span((*at, "released")), "live since"),)
            )
        elif not live and stage in _IN_USE and (versions or system.data.get("built") != "bought"):
            said = f"The stage is {stage}, but no version that is listed is live."
            yield found(STAGE, system, ("stage",), said)


def _is_live(version: Row, today: str) -> bool:
    released, retired = version.get("released"), version.get("retired")
    return isinstance(released, str) and released <= today and not (isinstance(retired, str) and retired <= today)


@rule(AGAINST_VERDICT)
def against_verdict(workspace: Workspace, as_of: date) -> Iterator[Diagnostic]:
    """A finding for each release of a rejected version, and for each system in use that is stopped or prohibited."""
    evaluations = {one.id: one for one in workspace.of("evaluation")}
    for deployment in workspace.of("deployment"):
        evaluation = evaluations.get(str(deployment.data.get("evaluation")))
        if evaluation is not None and evaluation.data.get("decision") in _REJECTED:
            said = f"{evaluation.id} decided {evaluation.data.get('decision')}, and the version was released on it."
            related = (Related(evaluation.span("decision"), "decided here"),)
            yield found(AGAINST_VERDICT, deployment, ("evaluation",), said, related=related)
    newest = _newest_assessments(workspace, as_of.isoformat())
    for system in _systems(workspace):
        if system.data.get("stage") not in _IN_USE:
            continue
        assessment = newest.get(system.id)
        if assessment is not None and assessment.data.get("outcome") == "stop":
            said = f"{assessment.id} says stop, but the system is in use."
            related = (Related(assessment.span("outcome"), "said here"),)
            yield found(AGAINST_VERDICT, system, ("stage",), said, related=related)
        if system.data.get("legal_class") == "prohibited":
            yield found(AGAINST_VERDICT, system, ("legal_class",), "The law prohibits the system, but it is in use.")


def _newest_assessments(workspace: Workspace, today: str) -> dict[str, Artefact]:
    """The newest approved impact assessment of each system, by its id."""
    newest: dict[str, Artefact] = {}
    for assessment in workspace.of("impact-assessment"):
        day = str(assessment.data.get("date") or "")
        if assessment.status == "approved" and day <= today:
            for system in map(str, listed(assessment.data.get("ai_systems"))):
                if system not in newest or str(newest[system].data.get("date")) <= day:
                    newest[system] = assessment
    return newest
