"""`aimsctl templates`: the templates of documents, and copies of them to change."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from aimsctl.documents.sources import names, shipped
from aimsctl.errors import RenderError, UsageError
from aimsctl.output.atomic import write_atomically
from aimsctl.output.clean import one_line

FOLDER = Path("document-templates")


def templates(
    action: Annotated[
        Literal["eject"] | None, typer.Argument(help="`eject` copies a template; without it they are listed.")
    ] = None,
    named: Annotated[list[str] | None, typer.Argument(metavar="[NAME]...", help="Templates, or documents.")] = None,
    out: Annotated[Path, typer.Option(metavar="DIR", help="The folder to copy to.")] = FOLDER,
) -> None:
    """List the templates of documents, or copy some to change them and use them with `render --templates DIR`."""
    if action is None:
        typer.echo("\n".join(name for name in names() if shipped(name) is not None))
        return
    if not named:
        raise UsageError("no template is named", hint="`aimsctl templates` lists them")
    copies = {out / name: text for name, text in map(_of, named)}
    for file in copies:
        if file.exists():
            raise RenderError(f"{file} is there already", hint="move it away, or name another folder with --out")
    for file, text in copies.items():
        write_atomically(file, text, out)
        typer.echo(one_line(str(file)))


def _of(named: str) -> tuple[str, str]:
    """The file name and the text of the template of that name, or of the document of that name."""
    name = named if named.endswith(".j2") else f"{named}.md.j2"
    text = shipped(name) if name in names() else None
    if text is None:
        raise UsageError(f"there is no template {named}", hint="`aimsctl templates` lists them")
    return name, text
