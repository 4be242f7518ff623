"""`aimsctl approve` and `aimsctl review`: record a decision, on its own lines."""

from __future__ import annotations

from typing import Annotated

import typer

from aimsctl.authoring import decisions
from aimsctl.cli.session import Session, day, place
from aimsctl.cli.writing import write_changed
from aimsctl.workspace.workspace import load

Ids = Annotated[list[str], typer.Argument(metavar="ID...", help="The artefacts, such as POL-001 RISK-4KX7Q.")]
On = Annotated[str | None, typer.Option("--on", metavar="DATE", help="The day of the decision; else today.")]


def approve(
    context: typer.Context,
    ids: Ids,
    by: Annotated[str, typer.Option(metavar="ROLE", help="The role or person who approved, by id.")],
    on: On = None,
) -> None:
    """Record that the present text of artefacts was approved: status, who, when, and the text's fingerprint."""
    session: Session = context.obj
    here = place(session)
    files = decisions.approve(load(here.tree, here.config), ids, by, day(on))
    write_changed(here.root, files, "approved in")


def review(context: typer.Context, ids: Ids, on: On = None) -> None:
    """Record that artefacts were looked at again and still hold."""
    session: Session = context.obj
    here = place(session)
    files = decisions.review(load(here.tree, here.config), ids, day(on))
    write_changed(here.root, files, "reviewed in")
