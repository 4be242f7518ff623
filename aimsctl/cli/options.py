"""Options that several commands share, spelled once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Formats = Annotated[
    list[str] | None,
    typer.Option(
        "--format", metavar="NAME[:FILE]", help="text, concise, json, sarif, github, gitlab, junit, markdown."
    ),
]
AsOf = Annotated[
    str | None, typer.Option("--as-of", metavar="DATE", help="Judge as of the end of that day; else today.")
]
PolicyFrom = Annotated[
    Path | None,
    typer.Option("--policy-from", metavar="DIR", help="Take configuration, rules and waivers from this workspace."),
]
