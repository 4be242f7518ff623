"""`aimsctl import`: what a spreadsheet would change, and with --apply the change."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aimsctl.assessment.facts import Facts
from aimsctl.cli.options import AsOf
from aimsctl.cli.printing import FormOption, Out, put, written
from aimsctl.cli.session import Session, place
from aimsctl.errors import FINDINGS, OK, UsageError
from aimsctl.exchange.applying import applied
from aimsctl.exchange.headings import Map, map_of
from aimsctl.exchange.importing import plan_of
from aimsctl.exchange.package import LARGEST_FILE
from aimsctl.exchange.sources import read
from aimsctl.output.atomic import write_atomically
from aimsctl.output.importing import import_body
from aimsctl.workspace.workspace import load

File = Annotated[Path, typer.Argument(metavar="FILE", help="A workbook (.xlsx), CSV, or Markdown with tables.")]


def import_(
    context: typer.Context,
    file: File,
    columns: Annotated[
        Path | None,
        typer.Option("--map", metavar="MAP.yaml", help="Which sheet, column and word means what."),
    ] = None,
    apply: Annotated[
        bool, typer.Option("--apply", help="Write what the plan says; rows with problems stay out.")
    ] = False,
    encoding: Annotated[str, typer.Option(metavar="NAME", help="The encoding of a CSV or Markdown file.")] = "",
    as_of: AsOf = None,
    form: FormOption = "text",
    out: Out = None,
) -> None:
    """Show what a spreadsheet would create and change in the workspace; write it only with --apply."""
    session: Session = context.obj
    said = map_of(str(columns), _content(columns)) if columns is not None else Map()
    source = read(file.name, _content(file), encoding)
    here = place(session)
    workspace = load(here.tree, here.config)
    plan = plan_of(source, Facts(workspace, here.day(as_of)), said)
    files = applied(plan, here.tree, here.config.policies, lambda path: (here.root / path).exists()) if apply else {}
    for path, content in files.items():
        write_atomically(here.root / path, content, here.root)
    record = {**plan.record(), "applied": bool(files), "files": list(files)}
    put(written(session, here, form, f"Import of {file.name}", import_body, record), out, here.root)
    if plan.troubled:
        raise typer.Exit(OK if session.exit_zero else FINDINGS)


def _content(file: Path) -> bytes:
    try:
        if file.is_file() and file.stat().st_size <= LARGEST_FILE:
            return file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from error
    raise UsageError(f"{file} is no file of at most {LARGEST_FILE // 1_000_000} MB")
