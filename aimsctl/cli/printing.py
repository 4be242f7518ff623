"""Answers that are no list of findings: one record for programs, one document for people, in the format asked for."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from aimsctl.cli.session import Place, Session
from aimsctl.errors import UsageError
from aimsctl.output.atomic import write_atomically
from aimsctl.output.clean import one_line

if TYPE_CHECKING:
    from aimsctl.output.tree import Block

Record = Mapping[str, Any]
Form = Literal["text", "md", "html", "json"]
FormOption = Annotated[Form, typer.Option("--format", help="How to print it.")]
Out = Annotated[Path | None, typer.Option(metavar="FILE", help="Write it to this file instead of standard output.")]


def written(
    session: Session, here: Place, form: Form, title: str, blocks: Callable[[Record], Iterable[Block]], record: Record
) -> str:
    """The record, or the document made of it, in that format; each says where policy and artefacts came from."""
    whole = {"provenance": here.provenance, **record}
    if form == "json":
        return json_text(whole)
    document = [*blocks(record), *(() if session.quiet else _provenance(here))]
    if form == "md":
        from aimsctl.output.gfm import markdown  # noqa: PLC0415 - each format loads only what it needs

        return markdown(document)
    if form == "html":
        from aimsctl.output.page import page  # noqa: PLC0415 - the same

        return page(title, document)
    from aimsctl.output.terminal import terminal  # noqa: PLC0415 - the same

    return terminal(document, session.width, colour=session.colour)


def _provenance(here: Place) -> Iterable[Block]:
    from aimsctl.output.tree import Cell, Facts  # noqa: PLC0415 - no document is made for JSON

    return [Facts(tuple((name, Cell(value, "muted")) for name, value in here.provenance.items()))]


def json_text(record: Record) -> str:
    """The record as JSON, with the version of its shape."""
    from aimsctl.output.json_ import VERSION, layout  # noqa: PLC0415 - only for JSON

    return layout({"version": VERSION, **record})


def put(text: str | bytes, out: Path | None, root: Path) -> None:
    """Write it to the file, whole or not at all, and say so; a text without a file, to standard output."""
    if isinstance(text, str) and (out is None or str(out) == "-"):
        from aimsctl.output.sink import print_to  # noqa: PLC0415 - the same

        print_to(sys.stdout, text)
        return
    if out is None or str(out) == "-":
        raise UsageError("a PDF goes to a file", hint="name it with --out")
    write_atomically(out, text, root)
    typer.echo(one_line(str(out)))
