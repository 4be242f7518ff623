"""`aimsctl decide`: is a certificate worth it, by the organisation's own case and numbers."""

from __future__ import annotations

from typing import Annotated

import typer

from aimsctl.assessment.decision.advice import advice
from aimsctl.cli import complete
from aimsctl.cli.evidence_summary import Ledgers
from aimsctl.cli.options import AsOf, PolicyFrom, Rev
from aimsctl.cli.printing import FormOption, Out, put, written
from aimsctl.cli.session import Session, place
from aimsctl.output.advice import advice_body
from aimsctl.workspace.workspace import load


def decide(
    context: typer.Context,
    case: Annotated[
        str,
        typer.Argument(
            metavar="[CASE]", help="A certification case; else the approved one.", autocompletion=complete.cases
        ),
    ] = "",
    as_of: AsOf = None,
    policy_from: PolicyFrom = None,
    rev: Rev = None,
    form: FormOption = "text",
    out: Out = None,
) -> None:
    """Weigh certifying now, later or not at all: a recommendation, its reasons, its price, and what would change it."""
    session: Session = context.obj
    here = place(session, policy_from, rev)
    report = Ledgers(session, here).assess(load(here.tree, here.config, policy=here.policy), here.day(as_of))
    put(written(session, here, form, "Is a certificate worth it?", advice_body, advice(report, case)), out, here.root)
