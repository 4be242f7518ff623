"""`aimsctl gap`: every requirement with its three states, its grade, and what to do next."""

from __future__ import annotations

from typing import Annotated

import typer

from aimsctl.assessment import rules
from aimsctl.assessment.findings import gap_findings
from aimsctl.assessment.gap import GapReport, assess
from aimsctl.assessment.record import gap_record
from aimsctl.cli.options import AsOf, Formats, PolicyFrom
from aimsctl.cli.run import asked, deliver, source_lines
from aimsctl.cli.session import Session, day, place
from aimsctl.cli.validate import check
from aimsctl.diagnostics import Diagnostic, Severity, ordered
from aimsctl.errors import FINDINGS, OK, UsageError
from aimsctl.output.gap import gap_body
from aimsctl.output.report import Report
from aimsctl.standard import catalogue
from aimsctl.workspace.workspace import load

FAILING = {
    "major": frozenset({"major", "unknown"}),
    "minor": frozenset({"major", "unknown", "minor"}),
    "opportunity": frozenset({"major", "unknown", "minor", "opportunity"}),
    "never": frozenset[str](),
}
FOUNDATIONS = ("AIM0", "AIM1", "AIM3")


def gap(
    context: typer.Context,
    fail_on: Annotated[
        str | None,
        typer.Option(
            metavar="major|minor|opportunity|never", help="The grade that fails the run; else from aimsctl.yaml."
        ),
    ] = None,
    as_of: AsOf = None,
    requirement: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Only this clause or control, with all its reasons.")
    ] = None,
    policy_from: PolicyFrom = None,
    formats: Formats = None,
) -> int:
    """Judge clauses 4 to 10 and the 38 controls: documented, implemented, operating, and the gaps by grade."""
    session: Session = context.obj
    only = _known(requirement or [])
    where, judged_on = asked(formats), day(as_of)
    here = place(session, policy_from)
    threshold = fail_on or here.config.fail_on
    if threshold not in FAILING:
        raise UsageError(f"--fail-on {threshold} is no grade", hint="major, minor, opportunity or never")
    workspace = load(here.tree, here.config, policy=here.policy)
    basics = [finding for finding in check(workspace, here, judged_on) if finding.severity is Severity.ERROR]
    judged = assess(workspace, judged_on)
    findings = ordered([*basics, *_wanted(judged, only)])
    report = Report(
        command="gap",
        findings=tuple(findings),
        rules=rules.all_rules(),
        checked=workspace.checked,
        not_checked=workspace.not_checked,
        artefacts=len(workspace.artefacts),
        as_of=judged_on.isoformat(),
        provenance=here.provenance,
        fail_at=Severity.ERROR,
        source=source_lines(workspace),
        colour=session.colour,
        width=session.width,
        body=tuple(gap_body(judged, only, basics)),
        record=gap_record(judged, only),
        told_in_body=True,
    )
    deliver(report, where, here, session)
    return session.leave(FINDINGS if _fails(judged, basics, threshold, only) else OK)


def _known(ids: list[str]) -> frozenset[str]:
    standard = catalogue()
    for name in ids:
        if name not in standard:
            raise UsageError(f"there is no requirement {name}", hint="clauses read 6.1.3, controls A.6.2.4")
    return frozenset(ids)


def _wanted(judged: GapReport, only: frozenset[str]) -> list[Diagnostic]:
    findings = gap_findings(judged)
    if not only:
        return findings
    return [finding for finding in findings if finding.subject.partition("/")[0] in only]


def _fails(judged: GapReport, basics: list[Diagnostic], threshold: str, only: frozenset[str]) -> bool:
    """A graded gap that no waiver covers, or an error of the reading, schema or reference families."""
    if threshold == "never":
        return False
    if any(finding.code.startswith(FOUNDATIONS) and finding.suppressed is None for finding in basics):
        return True
    considered = (one for one in judged.requirements if not only or one.id in only)
    return any(one.grade in FAILING[threshold] and one.waived is None for one in considered)
