"""The least that a command line made with Typer can cost: one command that does nothing. A script."""

from __future__ import annotations

import typer

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)


@app.command()
def nothing(path: str = "") -> None:
    """Nothing."""


if __name__ == "__main__":
    app()
