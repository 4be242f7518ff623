"""`aimsctl gap`: every requirement with its three states, its grade, and what to do next."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aimsctl.assessment import rules
from aimsctl.assessment.baseline import LARGEST, NOTHING, Baseline, baseline_text, read_baseline
from aimsctl.assessment.findings import gap_findings
from aimsctl.assessment.gap import GapReport, assess
from aimsctl.assessment.record import gap_record
from aimsctl.assessment.suppress import apply
from aimsctl.cli.options import AsOf, Formats, PolicyFrom
from aimsctl.cli.progress import reading
from aimsctl.cli.run import asked, deliver, prefix, source_lines
from aimsctl.cli.session import Session, day, place
from aimsctl.cli.validate import check
from aimsctl.diagnostics import Diagnostic, Severity, ordered
from aimsctl.errors import FINDINGS, OK, UsageError
from aimsctl.output.atomic import write_atomically
from aimsctl.output.badge import badge as badge_svg
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
    baseline: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Fail only by what is worse than in this file.")
    ] = None,
    write_baseline: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the gaps of today as a baseline, and end with 0.")
    ] = None,
    badge: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a badge as SVG.")] = None,
) -> int:
    """Judge clauses 4 to 10 and the 38 controls: documented, implemented, operating, and the gaps by grade."""
    session: Session = context.obj
    only = _known(requirement or [])
    where, judged_on = asked(formats), day(as_of)
    here = place(session, policy_from)
    threshold = fail_on or here.config.fail_on
    if threshold not in FAILING:
        raise UsageError(f"--fail-on {threshold} is no grade", hint="major, minor, opportunity or never")
    with reading(session) as tell:
        workspace = load(here.tree, here.config, policy=here.policy, tell=tell)
    basics = [finding for finding in check(workspace, here, judged_on) if finding.severity is Severity.ERROR]
    judged = assess(workspace, judged_on)
    known = NOTHING if baseline is None else _baseline(baseline)
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
        prefix=prefix(here.root),
        colour=session.colour,
        width=session.width,
        body=tuple(gap_body(judged, only, basics)),
        record=gap_record(judged, only),
        told_in_body=True,
    )
    deliver(report, where, here, session)
    if badge is not None:
        write_atomically(badge, badge_svg(judged), here.root)
    if write_baseline is not None:
        write_atomically(write_baseline, baseline_text(judged, basics), here.root)
        return OK
    return session.leave(FINDINGS if _fails(judged, basics, threshold, only, known) else OK)


def _baseline(path: Path) -> Baseline:
    try:
        with path.open("rb") as file:
            return read_baseline(file.read(LARGEST), str(path))
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error


def _known(ids: list[str]) -> frozenset[str]:
    standard = catalogue()
    for name in ids:
        if name not in standard:
            raise UsageError(f"there is no requirement {name}", hint="clauses read 6.1.3, controls A.6.2.4")
    return frozenset(ids)


def _wanted(judged: GapReport, only: frozenset[str]) -> list[Diagnostic]:
    """The findings of the judgement, or those about some requirements, the ones that are suppressed marked as such."""
    findings = apply(gap_findings(judged), judged.facts.workspace, judged.as_of, judged=True)
    if not only:
        return findings
    return [finding for finding in findings if finding.subject.partition("/")[0] in only]


def _fails(judged: GapReport, basics: list[Diagnostic], threshold: str, only: frozenset[str], known: Baseline) -> bool:
    """A graded gap that neither a waiver nor the baseline covers, or an error of reading, schema or references."""
    if threshold == "never":
        return False
    errors = (finding for finding in basics if finding.code.startswith(FOUNDATIONS) and finding.suppressed is None)
    if any(not known.knows(finding) for finding in errors):
        return True
    considered = (one for one in judged.requirements if not only or one.id in only)
    failing = (one for one in considered if one.grade in FAILING[threshold] and one.waived is None)
    return any(not known.tolerates(one) for one in failing)
