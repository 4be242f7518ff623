"""`aimsctl explain`: what a requirement asks, what an auditor looks for, and how it stands here."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from aimsctl.assessment.explain import Explanation
from aimsctl.assessment.explain import explain as explained
from aimsctl.assessment.explain_text import lines
from aimsctl.cli.options import AsOf
from aimsctl.cli.session import Session, day, place
from aimsctl.errors import WorkspaceError

if TYPE_CHECKING:
    from aimsctl.assessment.gap import Assessed


def explain(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="A clause (6.1.3), a control (A.6.2.4) or a test (policy-exists).")],
    as_of: AsOf = None,
    form: Annotated[Literal["text", "json"], typer.Option("--format", help="How to print it.")] = "text",
) -> None:
    """Explain a requirement or a test in our own words, with its tests, their grades, and its state here."""
    session: Session = context.obj
    found = explained(name)
    here = _state_here(session, found.id, as_of) if isinstance(found, Explanation) else None
    if form == "json":
        typer.echo(json.dumps({**found.to_dict(), "here": _here_record(here)}, indent=2, ensure_ascii=False))
        return
    typer.echo("\n".join(lines(found, session.width)))
    if here is not None:
        typer.echo("")
        typer.echo("\n".join(_here_lines(here)))


def _state_here(session: Session, requirement_id: str, as_of: str | None) -> tuple[str, Assessed] | None:
    """The requirement as judged in this workspace, with the day; None where there is no workspace."""
    from aimsctl.cli.evidence_summary import Ledgers  # noqa: PLC0415 - only where there is a workspace
    from aimsctl.workspace.workspace import load  # noqa: PLC0415 - the same

    try:
        here = place(session)
    except WorkspaceError:
        return None
    judged_on = day(as_of)
    report = Ledgers(session, here).assess(load(here.tree, here.config), judged_on)
    return judged_on.isoformat(), report.get(requirement_id)


def _here_record(here: tuple[str, Assessed] | None) -> dict[str, object] | None:
    if here is None:
        return None
    as_of, one = here
    return {"as_of": as_of, "applicable": one.applicable, **one.states, "grade": one.grade}


def _here_lines(here: tuple[str, Assessed]) -> list[str]:
    as_of, one = here
    told = [f"In this workspace, as of {as_of}"]
    told += [f"  {state:<12} {word.replace('_', ' ')}" for state, word in one.states.items()]
    told.append(f"  {'grade':<12} {one.grade.replace('_', ' ')}" + (" (waived)" if one.waived else ""))
    if one.reasons:
        told.append(f"  `aimsctl gap --requirement {one.id}` shows why, line by line.")
    return told
