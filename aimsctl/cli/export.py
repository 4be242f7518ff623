"""`aimsctl export`: artefacts as a workbook or a CSV file, to work in and to bring back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from aimsctl.assessment.facts import Facts
from aimsctl.cli import complete
from aimsctl.cli.options import AsOf, Rev
from aimsctl.cli.session import Session, place
from aimsctl.errors import FINDINGS, OK, UsageError
from aimsctl.exchange.export import Filled, csv_bytes, filled
from aimsctl.exchange.tables import tables
from aimsctl.exchange.workbook import workbook
from aimsctl.output.atomic import write_atomically
from aimsctl.output.clean import one_line
from aimsctl.output.report import counted
from aimsctl.workspace.workspace import load


def export(
    context: typer.Context,
    form: Annotated[Literal["xlsx", "csv"], typer.Argument(metavar="xlsx|csv", help="The form of the file.")],
    out: Annotated[Path, typer.Option(metavar="FILE", help="The file to write.")],
    kinds: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[KIND]...",
            help="Kinds, `action`, or a list within a kind such as ai-system.models; else the registers people share.",
            autocompletion=complete.kinds,
        ),
    ] = None,
    as_of: AsOf = None,
    rev: Rev = None,
) -> None:
    """Write registers as sheets, a column for each field; `aimsctl import` takes back what was changed in them."""
    session: Session = context.obj
    wanted = tables(kinds or ())
    if form == "csv" and len(wanted) != 1:
        raise UsageError("a CSV file holds one table", hint="name one kind: aimsctl export csv risk --out risks.csv")
    here = place(session, rev=rev)
    facts = Facts(load(here.tree, here.config), here.day(as_of))
    found = [filled(table, facts) for table in wanted]
    write_atomically(out, workbook(found) if form == "xlsx" else csv_bytes(found[0]), here.root)
    _told(out, found, quiet=session.quiet)
    if any(table.broken for table in found):
        raise typer.Exit(OK if session.exit_zero else FINDINGS)


def _told(out: Path, found: list[Filled], *, quiet: bool) -> None:
    """How many rows each sheet has, what is in none, and which artefacts have errors and are therefore missing."""
    if not quiet:
        for table in found:
            left = f"; not in it: {', '.join(table.table.left_out)}" if table.table.left_out else ""
            typer.echo(f"{table.table.name}: {counted(len(table.rows), 'row')}{left}")
        typer.echo(f"wrote {one_line(str(out))}")
    for span in sorted({span for table in found for span in table.broken}):
        typer.echo(one_line(f"left out because of its errors: {span.path}:{span.line}"), err=True)
