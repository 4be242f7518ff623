"""`aimsctl list`: the artefacts of a kind, all or those whose fields say something."""

from __future__ import annotations

import builtins
from typing import Annotated

import typer

from aimsctl.assessment.facts import Facts
from aimsctl.assessment.listing import conditions, known_kind, listing
from aimsctl.cli import complete
from aimsctl.cli.options import AsOf, Rev
from aimsctl.cli.printing import FormOption, Out, put, written
from aimsctl.cli.session import Session, place
from aimsctl.output.listing import listing_body
from aimsctl.workspace.workspace import load

Conditions = Annotated[
    builtins.list[str] | None,
    typer.Option("--where", metavar="FIELD=VALUE", help="Only those with this value; FIELD= asks for an empty field."),
]


def list(  # noqa: A001 - a command's function has the command's name
    context: typer.Context,
    kind: Annotated[str, typer.Argument(help="The kind, such as risk.", autocompletion=complete.kinds)],
    where: Conditions = None,
    as_of: AsOf = None,
    rev: Rev = None,
    form: FormOption = "text",
    out: Out = None,
) -> None:
    """List the artefacts of a kind, by fields and by what is worked out, such as `level=high` for risks."""
    session: Session = context.obj
    known = known_kind(kind)
    wanted = conditions(known, where or [])
    here = place(session, rev=rev)
    facts = Facts(load(here.tree, here.config), here.day(as_of))
    record = listing(facts, known, wanted)
    put(written(session, here, form, f"{known.title}: artefacts", listing_body, record), out, here.root)
