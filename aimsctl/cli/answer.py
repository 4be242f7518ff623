"""How a command prints an answer that is no list of findings: one document for people, or one record for programs."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from aimsctl.cli.session import Session
    from aimsctl.output.tree import Block

Form = Literal["text", "markdown", "json"]
AsForm = Annotated[Form, typer.Option("--format", help="How to print it.")]


def answer(session: Session, form: Form, blocks: Iterable[Block], record: Mapping[str, Any]) -> None:
    """Print the document, or the record with the version of its form, to standard output."""
    from aimsctl.output.sink import print_to  # noqa: PLC0415 - each format loads only what it needs

    if form == "json":
        from aimsctl.output.json_ import VERSION, layout  # noqa: PLC0415 - the same

        text = layout({"version": VERSION, **record})
    elif form == "markdown":
        from aimsctl.output.gfm import markdown  # noqa: PLC0415 - the same

        text = markdown(blocks)
    else:
        from aimsctl.output.terminal import terminal  # noqa: PLC0415 - the same

        text = terminal(blocks, session.width, colour=session.colour)
    print_to(sys.stdout, text)
