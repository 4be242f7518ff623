"""`aimsctl todo`: what is due, by whom."""

from __future__ import annotations

from typing import Annotated

import typer

from aimsctl.assessment.duties import duties
from aimsctl.cli import complete
from aimsctl.cli.evidence_summary import Ledgers
from aimsctl.cli.options import AsOf, PolicyFrom, Rev
from aimsctl.cli.printing import FormOption, Out, put, written
from aimsctl.cli.session import Session, place
from aimsctl.output.duties import duties_body
from aimsctl.workspace.workspace import load


def todo(
    context: typer.Context,
    owner: Annotated[
        str,
        typer.Option(
            metavar="ROLE|PERSON", help="Only of this role or person, by id or name.", autocompletion=complete.roles
        ),
    ] = "",
    as_of: AsOf = None,
    policy_from: PolicyFrom = None,
    rev: Rev = None,
    form: FormOption = "text",
    out: Out = None,
) -> None:
    """List what is to be done, by whom and by when: from gaps, actions, reviews, plans and evidence that grows old."""
    session: Session = context.obj
    here = place(session, policy_from, rev)
    workspace = load(here.tree, here.config, policy=here.policy)
    record = duties(Ledgers(session, here).assess(workspace, here.day(as_of)), owner)
    put(written(session, here, form, "To do", duties_body, record), out, here.root)
