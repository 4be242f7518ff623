"""`aimsctl config`: the settings in force and where each one came from."""

from __future__ import annotations

import json
from typing import Annotated, Literal

import typer

from aimsctl.cli.options import PolicyFrom
from aimsctl.cli.session import Session, place
from aimsctl.output.clean import one_line
from aimsctl.source.config import effective


def config(
    context: typer.Context,
    policy_from: PolicyFrom = None,
    form: Annotated[Literal["text", "json"], typer.Option("--format", help="How to print it.")] = "text",
) -> None:
    """Show every setting in force and its origin: aimsctl.yaml with the line, or the default."""
    session: Session = context.obj
    here = place(session, policy_from)
    rows = effective(here.config)
    if form == "json":
        settings = {name: {"value": value, "from": origin} for name, value, origin in rows}
        typer.echo(json.dumps({"version": 1, "settings": settings, "provenance": here.provenance}, indent=2))
        return
    wide = max(len(name) for name, _, _ in rows)
    for name, value, origin in rows:
        typer.echo(one_line(f"{name:<{wide}}  {value}  ({origin})"))
    for name, value in here.provenance.items():
        typer.echo(one_line(f"{name:<{wide}}  {value}"))
