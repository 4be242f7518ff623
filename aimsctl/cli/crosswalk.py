"""`aimsctl crosswalk`: what the management system shows of other frameworks, and what their evidence can serve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from aimsctl.assessment.crossing import EU_AI_ACT, crossing, overview
from aimsctl.assessment.reused import reused
from aimsctl.cli import complete
from aimsctl.cli.evidence_summary import Ledgers
from aimsctl.cli.options import AsOf, PolicyFrom, Rev
from aimsctl.cli.printing import FormOption, Out, Record, put, written
from aimsctl.cli.session import Session, place
from aimsctl.errors import UsageError
from aimsctl.output.crossing import crossing_body, overview_body
from aimsctl.output.reused import reused_body
from aimsctl.workspace.workspace import load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from aimsctl.assessment.gap import GapReport
    from aimsctl.output.tree import Block

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
    report = Ledgers(session, here).assess(load(here.tree, here.config, policy=here.policy), here.day(as_of))
    title, blocks, record = _answer(report, framework, system or (), reuse=reuse)
    put(written(session, here, form, title, blocks, record), out, here.root)


def _answer(
    report: GapReport, framework: str | None, systems: Sequence[str], *, reuse: bool
) -> tuple[str, Callable[[Record], Iterable[Block]], Record]:
    """The title of the answer, what makes a document of it, and its record."""
    if reuse:
        return "Evidence that can be used again", reused_body, reused(report, framework or "")
    if framework is None:
        return "Other frameworks", overview_body, overview(report)
    record = crossing(report, framework, systems)
    return f"{record['framework']['name']}: what is shown", crossing_body, record
