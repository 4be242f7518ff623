"""`aimsctl rules` and `aimsctl rule CODE`: every check with its code, and the page of one."""

from __future__ import annotations

import difflib
import json
import textwrap
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from aimsctl.assessment.rules import all_rules
from aimsctl.cli.session import Session
from aimsctl.errors import UsageError

if TYPE_CHECKING:
    from aimsctl.diagnostics import Rule

Form = Annotated[Literal["text", "json"], typer.Option("--format", help="How to print it.")]


def rules(context: typer.Context, form: Form = "text") -> None:
    """List every rule: its code, its weight, its name and what it finds."""
    session: Session = context.obj
    known = all_rules()
    if form == "json":
        typer.echo(json.dumps({"version": 1, "rules": [_record(rule) for rule in known]}, indent=2))
        return
    wide = max(len(rule.name) for rule in known)
    for rule in known:
        first = f"{rule.code}  {rule.severity.word:<7}  {rule.name:<{wide}}  "
        wrapped = textwrap.wrap(rule.summary, max(30, session.width - len(first)))
        typer.echo(f"\n{' ' * len(first)}".join([first + wrapped[0], *wrapped[1:]]))


def rule(
    context: typer.Context,
    code: Annotated[str, typer.Argument(help="The code, such as AIM301, or the rule's name.")],
    form: Form = "text",
) -> None:
    """Show the page of one rule: what it finds, why it matters, how to mend it."""
    session: Session = context.obj
    found = _find(code)
    if form == "json":
        typer.echo(json.dumps({"version": 1, **_record(found)}, indent=2))
        return
    typer.echo(f"{found.code} {found.name} ({found.severity.word})\n")
    for heading, text in (("Finds", found.summary), ("Why", found.why), ("Mend", found.fix)):
        if text:
            typer.echo(
                f"{heading}\n{textwrap.fill(text, session.width, initial_indent='  ', subsequent_indent='  ')}\n"
            )
    if found.requirements:
        typer.echo(f"Requirements\n  {', '.join(found.requirements)}\n")
    typer.echo(found.url)


def _find(code: str) -> Rule:
    known = all_rules()
    for one in known:
        if code.upper() == one.code or code.lower() == one.name:
            return one
    near = difflib.get_close_matches(code.upper(), [one.code for one in known], n=3)
    raise UsageError(f"there is no rule {code}", hint=f"did you mean {', '.join(near)}?" if near else "`aimsctl rules`")


def _record(one: Rule) -> dict[str, object]:
    return {
        "code": one.code,
        "name": one.name,
        "severity": one.severity.word,
        "summary": one.summary,
        "why": one.why,
        "fix": one.fix,
        "requirements": list(one.requirements),
        "url": one.url,
    }
