"""Answers that are no list of findings: one record for programs, one document for people, in the format asked for."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from aimsctl.cli.session import Session
from aimsctl.output.atomic import write_atomically
from aimsctl.output.clean import one_line

if TYPE_CHECKING:
    from aimsctl.output.tree import Block

Record = Mapping[str, Any]
Form = Literal["text", "md", "html", "json"]
FormOption = Annotated[Form, typer.Option("--format", help="How to print it.")]
Out = Annotated[Path | None, typer.Option(metavar="FILE", help="Write it to this file instead of standard output.")]


def written(
    session: Session, form: Form, title: str, blocks: Callable[[Record], Iterable[Block]], record: Record
) -> str:
    """The record, or the document made of it, in that format."""
    if form == "json":
        from aimsctl.output.json_ import VERSION, layout  # noqa: PLC0415 - each format loads only what it needs

        return layout({"version": VERSION, **record})
    if form == "md":
        from aimsctl.output.gfm import markdown  # noqa: PLC0415 - the same

        return markdown(blocks(record))
    if form == "html":
        from aimsctl.output.page import page  # noqa: PLC0415 - the same

        return page(title, blocks(record))
    from aimsctl.output.terminal import terminal  # noqa: PLC0415 - the same

    return terminal(blocks(record), session.width, colour=session.colour)


def put(text: str, out: Path | None, root: Path) -> None:
    """Write the text to the file, whole or not at all, and say so; without a file, to standard output."""
    if out is None or str(out) == "-":
        from aimsctl.output.sink import print_to  # noqa: PLC0415 - the same

        print_to(sys.stdout, text)
        return
    write_atomically(out, text, root)
    typer.echo(one_line(str(out)))
