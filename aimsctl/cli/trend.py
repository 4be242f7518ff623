"""`aimsctl trend`: how readiness moved over the history."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from aimsctl.assessment.calendar import parse_date
from aimsctl.assessment.gap import assess
from aimsctl.assessment.trend import By, Moment, Point, by_commit, by_month, by_tag, dated, point
from aimsctl.cli.evidence_summary import Ledgers
from aimsctl.cli.options import AsOf, PolicyFrom, Rev
from aimsctl.cli.printing import Out, put, written
from aimsctl.cli.progress import reading
from aimsctl.cli.session import Place, Session, history_of, place
from aimsctl.errors import OK, UsageError
from aimsctl.output.trend import trend_body, trend_record, trend_svg
from aimsctl.workspace.contents import Known
from aimsctl.workspace.workspace import load

if TYPE_CHECKING:
    from aimsctl.evidence.summary import Evidence
    from aimsctl.source.history import Repository

AUDIT = "audit"
_COLLECTED = 20  # states after which the memory of those that are judged is given back


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
    repository, inside = history_of(session, here.root)
    last, day = getattr(here.tree, "commit", None) or repository.resolve("HEAD"), here.day(as_of)
    commits = dated(repository.line(last))
    first = None if since is None else _first(here, repository, since, day, known)
    moments = {
        "month": lambda: by_month(commits, first, day),
        "commit": lambda: by_commit(commits, first, day),
        "tag": lambda: by_tag(commits, repository.tags(), first, day),
    }[by]()
    points = list(_points(session, here, repository, inside, list(moments), known))
    complete = not repository.shallow
    if form == "svg":
        put(trend_svg(points), out, here.root)
        return OK
    record, body = {"by": by, **trend_record(points, complete=complete)}, trend_body(points, complete=complete)
    put(written(session, here, form, "How readiness moved", lambda _: body, record), out, here.root)
    return OK


def _points(
    session: Session, here: Place, repository: Repository, inside: str, moments: Sequence[Moment], known: Known
) -> Iterator[Point]:
    """The counts at each moment that had artefacts; a state that did not change since the day is judged once."""
    judged: dict[tuple[str, date], Point] = {}
    evidence = _evidence(session, here, moments, known)
    with reading(session) as tell:
        for done, moment in enumerate(moments):
            state = repository.state(repository.commit(moment.commit), inside)
            key = (state.folder_id(here.config.policies), moment.as_of)
            if key[0] and key not in judged:
                workspace = load(state, here.config, policy=here.policy, known=known)
                judged[key] = point(moment, assess(workspace, moment.as_of, evidence=evidence))
                if len(judged) % _COLLECTED == 0:
                    gc.collect()
            if key[0]:
                yield Point(moment, judged[key].summary)
            if tell is not None:
                tell(done + 1, len(moments))


def _evidence(session: Session, here: Place, moments: Sequence[Moment], known: Known) -> Evidence | None:
    """What the ledgers show over all the moments, read once; each moment sees what was there by its day."""
    ledgers = Ledgers(session, here)
    if not moments or not ledgers.folders:
        return None
    workspace = load(here.tree, here.config, policy=here.policy, known=known)
    return ledgers.evidence(workspace, moments[-1].as_of, moments[0].as_of)


def _first(here: Place, repository: Repository, since: str, day: date, known: Known) -> date:
    """The day on which to begin. Raises UsageError."""
    written = parse_date(since)
    if written is not None:
        return written
    if since != AUDIT:
        return repository.resolve(since).day
    workspace = load(here.tree, here.config, policy=here.policy, known=known)
    held = (parse_date(one.get("date")) for one in workspace.of("audit") if one.get("type") == "internal")
    days = [one for one in held if one is not None and one <= day]
    if not days:
        raise UsageError("no internal audit was held by that day", hint="--since DATE or --since TAG")
    return max(days)
