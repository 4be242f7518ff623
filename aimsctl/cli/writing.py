"""Writing artefacts and starting files, for the commands that change a workspace."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import typer

from aimsctl.output.atomic import write_atomically
from aimsctl.output.clean import one_line


def write_changed(root: Path, files: Mapping[str, bytes], verb: str) -> None:
    """Write the files, each whole or not at all, and say which ones."""
    for path, content in files.items():
        write_atomically(root / path, content.decode("utf-8"), root)
        typer.echo(one_line(f"{verb} {path}"))


def write_missing(root: Path, files: Mapping[str, str | bytes]) -> tuple[int, int]:
    """Write the files that are not there yet; returns how many were written and how many were left alone."""
    missing = {path: content for path, content in files.items() if not (root / path).exists()}
    for path, content in missing.items():
        write_atomically(root / path, content, root)
    return len(missing), len(files) - len(missing)
