"""`aimsctl crosswalk`: what the management system shows of other frameworks, and what their evidence can serve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from aimsctl.assessment.crossing import EU_AI_ACT, crossing, overview
from aimsctl.assessment.gap import assess
from aimsctl.assessment.reused import reused
from aimsctl.cli import complete
from aimsctl.cli.options import AsOf, PolicyFrom, Rev
from aimsctl.cli.printing import Form, FormOption, Out, put, written
from aimsctl.cli.session import Session, place
from aimsctl.errors import UsageError
from aimsctl.output.crossing import crossing_body, overview_body
from aimsctl.output.reused import reused_body
from aimsctl.workspace.workspace import load

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aimsctl.assessment.gap import GapReport

FrameworkName = Literal["soc2", "nist_ai_rmf", "eu_ai_act", "iso27001"]


def crosswalk(
    context: typer.Context,
    framework: Annotated[
        FrameworkName | None, typer.Argument(help="One of them item by item; else all in numbers.")
    ] = None,
    reuse: Annotated[
        bool,
        typer.Option("--reuse", help="Which evidence of a held SOC 2 or ISO/IEC 27001 can serve which requirement."),
    ] = False,
    system: Annotated[
        list[str] | None,
        typer.Option(
            "--system",
            metavar="ID",
            help="For eu_ai_act: this AI system; else all in scope.",
            autocompletion=complete.systems,
        ),
    ] = None,
    as_of: AsOf = None,
    policy_from: PolicyFrom = None,
    rev: Rev = None,
    form: FormOption = "text",
    out: Out = None,
) -> None:
    """Show, item by item, what the AIMS shows of another framework, in part or not, with source and evidence."""
    session: Session = context.obj
    if system and (framework != EU_AI_ACT or reuse):
        raise UsageError("--system is for the EU AI Act", hint="aimsctl crosswalk eu_ai_act --system ID")
    here = place(session, policy_from, rev)
    report = assess(load(here.tree, here.config, policy=here.policy), here.day(as_of))
    text = _reuse(session, form, report, framework) if reuse else _walk(session, form, report, framework, system or ())
    put(text, out, here.root)


def _reuse(session: Session, form: Form, report: GapReport, framework: str | None) -> str:
    return written(session, form, "Evidence that can be used again", reused_body, reused(report, framework or ""))


def _walk(session: Session, form: Form, report: GapReport, framework: str | None, systems: Sequence[str]) -> str:
    if framework is None:
        return written(session, form, "Other frameworks", overview_body, overview(report))
    record = crossing(report, framework, systems)
    return written(session, form, f"{record['framework']['name']}: what is shown", crossing_body, record)
