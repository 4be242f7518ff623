"""`aimsctl trend`: how readiness moved over the history."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from aimsctl.assessment.calendar import parse_date
from aimsctl.assessment.trend import By, by_commit, by_month, by_tag
from aimsctl.cli.line import Line, last_audit
from aimsctl.cli.options import AsOf, PolicyFrom, Rev
from aimsctl.cli.printing import Out, put, written
from aimsctl.cli.session import Place, Session, place
from aimsctl.errors import OK, UsageError
from aimsctl.output.trend import trend_body, trend_record, trend_svg
from aimsctl.workspace.contents import Known
from aimsctl.workspace.workspace import load

if TYPE_CHECKING:
    from aimsctl.source.history import Repository

AUDIT = "audit"


def trend(
    context: typer.Context,
    by: Annotated[By, typer.Option(help="One moment a month, a tag or a commit.")] = "month",
    since: Annotated[
        str | None,
        typer.Option(
            metavar="DATE|REV|audit", help="Begin there: a day, a tag or commit, or the newest internal audit."
        ),
    ] = None,
    as_of: AsOf = None,
    policy_from: PolicyFrom = None,
    rev: Rev = None,
    form: Annotated[
        Literal["text", "md", "html", "json", "svg"], typer.Option("--format", help="How to print it.")
    ] = "text",
    out: Out = None,
) -> int:
    """Count, over the history, for how many requirements each state was good, the gaps by grade, and what blocked.

    The main line is followed: each commit's first parent. Nothing after the day of judgement counts.
    """
    session: Session = context.obj
    here, known = place(session, policy_from, rev), Known()
    line, day = Line(session, here, known), here.day(as_of)
    repository, commits = line.repository, line.commits
    first = None if since is None else _first(here, repository, since, day, known)
    moments = {
        "month": lambda: by_month(commits, first, day),
        "commit": lambda: by_commit(commits, first, day),
        "tag": lambda: by_tag(commits, repository.tags(), first, day),
    }[by]()
    points = list(line.points(list(moments)))
    complete = not repository.shallow
    if form == "svg":
        put(trend_svg(points), out, here.root)
        return OK
    record, body = {"by": by, **trend_record(points, complete=complete)}, trend_body(points, complete=complete)
    put(written(session, here, form, "How readiness moved", lambda _: body, record), out, here.root)
    return OK


def _first(here: Place, repository: Repository, since: str, day: date, known: Known) -> date:
    """The day on which to begin. Raises UsageError."""
    written = parse_date(since)
    if written is not None:
        return written
    if since != AUDIT:
        return repository.resolve(since).day
    audit = last_audit(load(here.tree, here.config, policy=here.policy, known=known), day)
    if audit is None:
        raise UsageError("no internal audit was held by that day", hint="--since DATE or --since TAG")
    return audit[1]
