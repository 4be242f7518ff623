"""`aimsctl gap`: every requirement with its three states, its grade, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aimsctl.assessment import rules
from aimsctl.assessment.baseline import LARGEST, NOTHING, Baseline, as_baseline, baseline_text, read_baseline
from aimsctl.assessment.changes import changes
from aimsctl.assessment.findings import gap_findings
from aimsctl.assessment.gap import GapReport, assess
from aimsctl.assessment.movement import movement
from aimsctl.assessment.record import gap_record, movement_record
from aimsctl.assessment.suppress import apply
from aimsctl.cli.evidence_summary import Ledgers
from aimsctl.cli.git_record import Record
from aimsctl.cli.options import (
    AllowedSigners,
    AsOf,
    Formats,
    History,
    OpenpgpKeyring,
    PolicyFrom,
    Rev,
    Staged,
    TrustOption,
)
from aimsctl.cli.progress import reading
from aimsctl.cli.run import asked, deliver, prefix, source_lines
from aimsctl.cli.session import Place, Session, day, place
from aimsctl.cli.session import since as since_tree
from aimsctl.cli.validate import check
from aimsctl.diagnostics import Diagnostic, Severity, ordered
from aimsctl.errors import FINDINGS, OK, UsageError
from aimsctl.output.atomic import write_atomically
from aimsctl.output.badge import badge as badge_svg
from aimsctl.output.changes import changes_body
from aimsctl.output.gap import gap_body
from aimsctl.output.report import Report
from aimsctl.standard import catalogue
from aimsctl.workspace.contents import Known
from aimsctl.workspace.workspace import Workspace, load

if TYPE_CHECKING:
    from datetime import date

    from aimsctl.source.files import Tree

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
    rev: Rev = None,
    staged: Staged = False,
    trust: TrustOption = None,
    history: History = False,
    allowed_signers: AllowedSigners = None,
    openpgp_keyring: OpenpgpKeyring = None,
    since: Annotated[
        str | None, typer.Option(metavar="REV", help="Say what changed since, and fail only by gaps that are new.")
    ] = None,
) -> int:
    """Judge clauses 4 to 10 and the 38 controls: documented, implemented, operating, and the gaps by grade."""
    session: Session = context.obj
    only = _known(requirement or [])
    where, _ = asked(formats), as_of and day(as_of)
    here = place(session, policy_from, rev, staged=staged)
    threshold = fail_on or here.config.fail_on
    if threshold not in FAILING:
        raise UsageError(f"--fail-on {threshold} is no grade", hint="major, minor, opportunity or never")
    known = Known()
    record = Record(session, here, known, history, allowed_signers, openpgp_keyring)
    judge = Judging(session, here, only, record, known, Ledgers(session, here, trust, policy_from))
    now = judge(here.tree, here.day(as_of))
    then = None if since is None else judge(since_tree(session, here, since), now.report.as_of)
    deliver(_report(judge, now, then, since or ""), where, here, session)
    if badge is not None:
        write_atomically(badge, badge_svg(now.report), here.root)
    if write_baseline is not None:
        write_atomically(write_baseline, baseline_text(now.report, now.errors), here.root)
        return OK
    tolerated = NOTHING if baseline is None else _baseline(baseline)
    if then is not None:
        tolerated = as_baseline(then.report, then.errors)
    return session.leave(FINDINGS if _fails(now, threshold, tolerated) else OK)


@dataclass(frozen=True, slots=True)
class Judged:
    """A state of the workspace, judged: its report, the errors of validate, and the findings asked for."""

    workspace: Workspace
    report: GapReport
    errors: list[Diagnostic]
    findings: list[Diagnostic]
    only: frozenset[str]


@dataclass(frozen=True, slots=True)
class Judging:
    """How the states of one run are judged, all of them alike."""

    session: Session
    here: Place
    only: frozenset[str]
    record: Record
    known: Known
    ledgers: Ledgers

    def __call__(self, tree: Tree, judged_on: date) -> Judged:
        """One state, judged on that day."""
        with reading(self.session) as tell:
            workspace = load(tree, self.here.config, policy=self.here.policy, tell=tell, known=self.known)
        found = check(workspace, self.here, judged_on)
        errors = [finding for finding in found if finding.severity is Severity.ERROR]
        evidence = self.ledgers.evidence(workspace, judged_on)
        report = assess(workspace, judged_on, self.record.approvals(workspace), evidence)
        return Judged(workspace, report, errors, ordered([*errors, *_wanted(report, self.only)]), self.only)


def _report(judge: Judging, now: Judged, then: Judged | None, since: str) -> Report:
    session, here = judge.session, judge.here
    findings, body, record = (
        now.findings,
        tuple(gap_body(now.report, now.only, now.errors)),
        gap_record(now.report, now.only),
    )
    if then is not None:
        before = {finding.fingerprint for finding in then.findings}
        findings = [finding for finding in findings if finding.fingerprint not in before]
        moved, changed = movement(then.report, now.report), changes(then.workspace, now.workspace)
        body = tuple(changes_body(since, moved, changed))
        record["since"] = movement_record(since, moved, changed)
    return Report(
        command="gap",
        findings=tuple(findings),
        rules=rules.all_rules(),
        checked=now.workspace.checked,
        not_checked=now.workspace.not_checked,
        artefacts=len(now.workspace.artefacts),
        as_of=now.report.as_of.isoformat(),
        provenance=here.provenance | judge.record.told,
        fail_at=Severity.ERROR,
        source=source_lines(now.workspace),
        prefix=prefix(here.root),
        colour=session.colour,
        width=session.width,
        body=body,
        record=record,
        told_in_body=True,
    )


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


def _fails(now: Judged, threshold: str, known: Baseline) -> bool:
    """A graded gap that neither a waiver nor the baseline covers, or an error of reading, schema or references."""
    if threshold == "never":
        return False
    errors = (one for one in now.errors if one.code.startswith(FOUNDATIONS) and one.suppressed is None)
    if any(not known.knows(finding) for finding in errors):
        return True
    considered = (one for one in now.report.requirements if not now.only or one.id in now.only)
    failing = (one for one in considered if one.grade in FAILING[threshold] and one.waived is None)
    return any(not known.tolerates(one) for one in failing)
