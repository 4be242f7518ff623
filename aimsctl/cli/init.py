"""`aimsctl init`: a workspace to start from, or the worked example to look at."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from aimsctl.authoring.starter import Answers, starter
from aimsctl.cli.session import Session
from aimsctl.cli.writing import write_missing
from aimsctl.errors import UsageError
from aimsctl.source.resources import example_root
from aimsctl.workspace.kinds import kind

EXAMPLE_FOLDERS = ("policies", "evidence")
EXAMPLE_DAY = "2026-11-01"
"""The day of which the worked example tells."""


def init(
    context: typer.Context,
    organisation: Annotated[str, typer.Option(help="The legal name of the organisation.")] = "",
    role: Annotated[str, typer.Option(help="Its role toward AI: provider, producer, user, partner or subject.")] = "",
    sector: Annotated[str, typer.Option(help="Its field, such as health care.")] = "",
    held: Annotated[list[str] | None, typer.Option(help="What it holds already: iso27001, soc2_type2 ...")] = None,
    forge: Annotated[Literal["github", "gitlab", "none"], typer.Option("--ci", help="Whose CI to set up.")] = "github",
    example: Annotated[bool, typer.Option("--example", help="Copy the worked example instead.")] = False,
) -> None:
    """Start a workspace: every mandatory document as a commented draft, editor settings, hook and CI."""
    session: Session = context.obj
    root = session.root_option or Path.cwd()
    if example:
        _written(*write_missing(root, _example()), f"gap --as-of {EXAMPLE_DAY}")
    else:
        _written(*write_missing(root, starter(_answers(organisation, role, sector, held or [], forge))), "gap")


def _written(written: int, left: int, judge: str) -> None:
    typer.echo(f"{written} files written, {left} left as they were.")
    if written:
        typer.echo(
            f"Next: `aimsctl validate`, then `aimsctl {judge}`; `aimsctl explain 5.2` says what a requirement asks."
        )


def _answers(organisation: str, role: str, sector: str, held: list[str], forge: str) -> Answers:
    """The answers: from the options; what is missing is asked on a terminal and has a default elsewhere."""
    asking = sys.stdin.isatty() and sys.stdout.isatty()
    name = organisation or _ask("Legal name of the organisation", Path.cwd().name, asking=asking)
    taken = role or _ask("Its role toward AI (provider, producer, user, partner, subject)", "provider", asking=asking)
    field = sector or _ask("Its field", "", asking=asking)
    if not held and asking:
        held = [word for word in _ask("What it holds (iso27001, soc2_type2 ...)", "", asking=asking).split() if word]
    _known("ai-system", "roles", [taken])
    _known("certification-case", "held", held)
    return Answers(
        name, taken, field, tuple(held), "gitlab" if forge == "gitlab" else "none" if forge == "none" else "github"
    )


def _ask(question: str, default: str, *, asking: bool) -> str:
    if not asking:
        return default
    answer: str = typer.prompt(question, default=default)
    return answer


def _known(kind_name: str, field: str, words: list[str]) -> None:
    known = kind(kind_name)
    allowed = known.fields[field].enum if known is not None else ()
    for word in words:
        if word not in allowed:
            raise UsageError(f"{word} is none of the words for {field}", hint=", ".join(allowed))


def _example() -> dict[str, bytes]:
    """The files of the worked example by path, with what its ledgers hold byte for byte."""
    root = example_root()
    paths = [root / "aimsctl.yaml"]
    for folder in EXAMPLE_FOLDERS:
        paths += sorted(path for path in (root / folder).rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in paths}
