"""`aimsctl new`: one artefact as a commented draft."""

from __future__ import annotations

from typing import Annotated

import typer

from aimsctl.authoring.ids import new_id
from aimsctl.authoring.scaffold import rows, skeleton
from aimsctl.authoring.starter import SCHEMA_PATH, folder_of
from aimsctl.cli.session import Session, place
from aimsctl.cli.writing import write_missing
from aimsctl.errors import UsageError
from aimsctl.workspace.hints import closest, did_you_mean
from aimsctl.workspace.kinds import kind as kind_of
from aimsctl.workspace.kinds import kind_names
from aimsctl.workspace.workspace import load


def new(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(help="The kind, such as policy or risk; `aimsctl schema` lists them.")],
    title: Annotated[str, typer.Option(help="What a reader understands without opening it.")] = "",
    identifier: Annotated[str, typer.Option("--id", metavar="ID", help="An id of your own; else one is drawn.")] = "",
) -> None:
    """Write one new artefact as a draft, with what belongs in each field and what an auditor looks for."""
    session: Session = context.obj
    known = kind_of(kind)
    if known is None:
        raise UsageError(f"there is no kind {kind}", hint=did_you_mean(closest(kind, kind_names())))
    here = place(session)
    taken = load(here.tree, here.config).by_id
    name = title or f"New {known.title.lower()}"
    own = identifier or new_id(known, name, taken)
    if own in taken:
        raise UsageError(f"{own} exists already, in {taken[own].document.path}")
    path = f"{here.config.policies}{folder_of(known).removeprefix('policies')}/{own.lower()}.yaml"
    schema = "../" * path.count("/") + SCHEMA_PATH
    written, _ = write_missing(here.root, {path: skeleton(known, own, name, schema, rows(known))})
    if not written:
        raise UsageError(f"there is a file {path} already", hint="--id gives another id")
    typer.echo(f"wrote {path}: {own}, a draft. Fill it in, then `aimsctl validate {path}`.")
