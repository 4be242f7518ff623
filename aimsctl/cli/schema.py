"""`aimsctl schema`: the JSON Schemas of the artefacts, for editors and other tools."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from aimsctl.errors import RenderError, UsageError
from aimsctl.output.atomic import write_atomically
from aimsctl.workspace.bundle import UMBRELLA, bundle, umbrella
from aimsctl.workspace.kinds import REGISTER, kind_names

ALL = (*kind_names(), REGISTER, UMBRELLA)


def schema(
    name: Annotated[str | None, typer.Argument(help=f"A kind, `{REGISTER}`, or `{UMBRELLA}` for all in one.")] = None,
    everything: Annotated[
        Path | None, typer.Option("--all", metavar="DIR", help="Write every schema into this folder.")
    ] = None,
) -> None:
    """Print one self-contained JSON Schema (2020-12), or write them all."""
    if everything is not None:
        _write_all(everything)
        return
    if name is None:
        typer.echo("\n".join(ALL))
        return
    if name not in ALL:
        raise UsageError(f"there is no kind {name}", hint="`aimsctl schema` without a name lists them")
    typer.echo(_text(name), nl=False)


def _text(name: str) -> str:
    found = umbrella() if name == UMBRELLA else bundle(name)
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


def _write_all(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RenderError(f"the folder {folder} cannot be made: {error.strerror}") from error
    for name in ALL:
        write_atomically(folder / f"{name}.schema.json", _text(name), folder)
    typer.echo(f"{len(ALL)} schemas written to {folder}")
