"""`aimsctl graph`: how risks, controls, evidence and AI systems hang together, as a picture."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from aimsctl.assessment.chain import chain
from aimsctl.cli import complete
from aimsctl.cli.evidence_summary import Ledgers
from aimsctl.cli.options import AsOf, Rev
from aimsctl.cli.printing import Out, json_text, put
from aimsctl.cli.session import Session, place
from aimsctl.output.drawing import dot, mermaid, svg
from aimsctl.workspace.workspace import load

FORMS = {"mermaid": mermaid, "dot": dot, "svg": svg}


def graph(
    context: typer.Context,
    identifier: Annotated[
        str,
        typer.Argument(
            metavar="[ID]",
            help="Only what runs through this artefact or control.",
            autocompletion=complete.ids_and_controls,
        ),
    ] = "",
    form: Annotated[
        Literal["mermaid", "dot", "svg", "json"], typer.Option("--format", help="How to draw it.")
    ] = "mermaid",
    as_of: AsOf = None,
    rev: Rev = None,
    out: Out = None,
) -> None:
    """Draw risk, treatment, control, statement of applicability, evidence and AI system, and how they are joined."""
    session: Session = context.obj
    here = place(session, rev=rev)
    record = chain(Ledgers(session, here).assess(load(here.tree, here.config), here.day(as_of)), identifier)
    if not record["nodes"] and not session.quiet:
        typer.echo("nothing to draw yet: drafts are left out", err=True)
    if form == "json":
        put(json_text({**record, "provenance": here.provenance}), out, here.root)
        return
    put(FORMS[form](record), out, here.root)
