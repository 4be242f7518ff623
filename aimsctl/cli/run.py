"""From what was found to what is printed and the exit code, alike for every command that reports findings."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from aimsctl.output.sink import Target, emit, targets

if TYPE_CHECKING:
    from aimsctl.cli.session import Place, Session
    from aimsctl.output.report import Report
    from aimsctl.workspace.workspace import Workspace

SCREENFUL = 200  # findings shown on a terminal; files and JSON hold all of them


def asked(formats: Sequence[str] | None) -> tuple[Target, ...]:
    """The formats asked for, or those that the surroundings read. Raises UsageError."""
    return targets(formats or (), os.environ)


def deliver(report: Report, where: Sequence[Target], place: Place, session: Session) -> None:
    """Write the report to where it was asked for, and what the user should hear to standard error."""
    for notice in emit(report, where, stdout=sys.stdout, root=place.root, environ=os.environ):
        if not session.quiet:
            sys.stderr.write(f"{notice}\n")


def prefix(root: Path) -> str:
    """The workspace's folder within its git repository, for services that know only the repository; else empty."""
    for folder in (root, *root.parents):
        if (folder / ".git").exists():
            inside = root.relative_to(folder).as_posix()
            return "" if inside == "." else inside
    return ""


def source_lines(workspace: Workspace) -> Callable[[str, int], str]:
    """A function that gives a line of a file of the workspace; empty where there is none."""
    documents = {document.path: document for document in workspace.documents}

    def line(path: str, number: int) -> str:
        document = documents.get(path)
        return "" if document is None else document.line(number)

    return line
