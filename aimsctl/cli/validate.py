"""`aimsctl validate`: are the artefacts well formed, complete for their status, and do their links hold."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aimsctl.assessment import rules
from aimsctl.assessment.suppress import apply
from aimsctl.cli.options import AsOf, Formats, PolicyFrom, Rev, Staged
from aimsctl.cli.progress import reading
from aimsctl.cli.run import SCREENFUL, asked, deliver, prefix, source_lines
from aimsctl.cli.session import Place, Session, day, place
from aimsctl.diagnostics import Diagnostic, Severity, ordered, worst
from aimsctl.errors import FINDINGS, OK, UsageError, WorkspaceError
from aimsctl.output.report import Report
from aimsctl.workspace.workspace import Workspace, load

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

FAIL_ON = {"error": Severity.ERROR, "warning": Severity.WARNING, "note": Severity.NOTE}


def validate(
    context: typer.Context,
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="Report only what is found in or caused by these files and folders; all is read."),
    ] = None,
    formats: Formats = None,
    fail_on: Annotated[
        str, typer.Option(metavar="error|warning|note", help="The severity that fails the run.")
    ] = "error",
    as_of: AsOf = None,
    policy_from: PolicyFrom = None,
    rev: Rev = None,
    staged: Staged = False,
) -> int:
    """Check the artefacts: reading, schemas, contents and references, each finding at its line."""
    session: Session = context.obj
    if fail_on not in FAIL_ON:
        raise UsageError(f"--fail-on {fail_on} is no severity", hint="error, warning or note")
    where, _ = asked(formats), as_of and day(as_of)
    here = place(session, policy_from, rev, staged=staged)
    with reading(session) as tell:
        workspace = load(here.tree, here.config, policy=here.policy, tell=tell)
    findings = check(workspace, here, here.day(as_of))
    checked = workspace.checked
    if paths:
        checked = _among(here, workspace, paths)
        findings = [finding for finding in findings if _concerns(finding, set(checked))]
    report = Report(
        command="validate",
        findings=tuple(findings),
        rules=rules.enabled(),
        checked=checked,
        not_checked=workspace.not_checked,
        artefacts=len(workspace.artefacts),
        provenance={} if session.quiet else here.provenance,
        fail_at=FAIL_ON[fail_on],
        source=source_lines(workspace),
        prefix=prefix(here.root),
        colour=session.colour,
        width=session.width,
        limit=SCREENFUL,
    )
    deliver(report, where, here, session)
    heaviest = worst(findings)
    return session.leave(FINDINGS if heaviest is not None and heaviest >= FAIL_ON[fail_on] else OK)


def check(workspace: Workspace, here: Place, as_of: date) -> list[Diagnostic]:
    """Every finding of validate, in order, those that are suppressed marked as such."""
    found = [*here.findings, *workspace.findings, *rules.check(workspace, as_of)]
    return ordered(apply(found, workspace, as_of))


def _concerns(finding: Diagnostic, paths: set[str]) -> bool:
    return finding.span.path in paths or any(related.span.path in paths for related in finding.related)


def _among(here: Place, workspace: Workspace, paths: Sequence[Path]) -> tuple[str, ...]:
    """The files of the workspace that the paths name. Raises UsageError or WorkspaceError if they name none."""
    wanted = [_relative(here.root, path) for path in paths]
    named = tuple(
        path
        for path in workspace.checked
        if any(path == one or path.startswith(f"{one}/") or one == "." for one in wanted)
    )
    if not named:
        said = ", ".join(str(path) for path in paths[:3])
        raise WorkspaceError(
            f"none of the files of this workspace is among the paths given ({said})",
            hint=f"artefacts are YAML files below {here.config.policies}/",
        )
    return named


def _relative(root: Path, path: Path) -> str:
    absolute = Path.cwd() / path
    if not absolute.exists():
        raise UsageError(f"there is no file or folder {path}")
    try:
        return absolute.resolve().relative_to(root.resolve()).as_posix()
    except ValueError:
        raise UsageError(f"{path} lies outside the workspace {root.name}", hint="name files below its root") from None
