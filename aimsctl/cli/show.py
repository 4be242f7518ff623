"""`aimsctl show`: one artefact and everything around it."""

from __future__ import annotations

from typing import Annotated

import typer

from aimsctl.assessment.dossier import dossier, named
from aimsctl.cli import complete
from aimsctl.cli.evidence_summary import Ledgers
from aimsctl.cli.options import AsOf, Rev
from aimsctl.cli.printing import FormOption, Out, put, written
from aimsctl.cli.session import Session, place
from aimsctl.output.dossier import dossier_body
from aimsctl.workspace.workspace import load


def show(
    context: typer.Context,
    identifier: Annotated[str, typer.Argument(metavar="ID", help="Its id.", autocompletion=complete.ids)],
    as_of: AsOf = None,
    rev: Rev = None,
    form: FormOption = "text",
    out: Out = None,
) -> None:
    """Show an artefact: its fields, its links both ways, and the states of the requirements it serves."""
    session: Session = context.obj
    here = place(session, rev=rev)
    workspace = load(here.tree, here.config)
    artefact = named(workspace, identifier)
    record = dossier(Ledgers(session, here).assess(workspace, here.day(as_of)), artefact)
    put(written(session, here, form, f"{artefact.id} {artefact.title}", dossier_body, record), out, here.root)
