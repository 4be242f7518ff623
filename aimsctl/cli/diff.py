"""`aimsctl diff`: what changed between two states of the workspace, in governance words."""

from __future__ import annotations

from typing import Annotated

import typer

from aimsctl.assessment.changes import changes
from aimsctl.assessment.movement import movement
from aimsctl.assessment.record import movement_record
from aimsctl.cli.evidence_summary import Ledgers
from aimsctl.cli.options import AsOf, PolicyFrom
from aimsctl.cli.printing import FormOption, Out, put, written
from aimsctl.cli.progress import reading
from aimsctl.cli.session import Session, place, state_at
from aimsctl.errors import OK
from aimsctl.output.changes import changes_body
from aimsctl.workspace.contents import Known
from aimsctl.workspace.workspace import load


def diff(
    context: typer.Context,
    before: Annotated[str, typer.Argument(metavar="REV", help="The earlier state: a commit, a branch or a tag.")],
    after: Annotated[str | None, typer.Argument(metavar="[REV]", help="The later one; else the work tree.")] = None,
    as_of: AsOf = None,
    policy_from: PolicyFrom = None,
    form: FormOption = "text",
    out: Out = None,
) -> int:
    """Say what changed between two states: gaps, states of requirements, findings, and artefacts in words.

    Both states are judged on the same day, so that only what was written makes a difference.
    """
    session: Session = context.obj
    here, known = place(session, policy_from, after), Known()
    judged_on, old = here.day(as_of), state_at(session, here.root, before)
    with reading(session) as tell:
        was = load(old, here.config, policy=here.policy, tell=tell, known=known)
        is_now = load(here.tree, here.config, policy=here.policy, tell=tell, known=known)
    ledgers = Ledgers(session, here, policy_from=policy_from)
    moved, changed = movement(ledgers.assess(was, judged_on), ledgers.assess(is_now, judged_on)), changes(was, is_now)
    record = {"as_of": judged_on.isoformat(), "to": after, **movement_record(before, moved, changed)}
    body = changes_body(before, moved, changed)
    put(written(session, here, form, f"What changed since {before}", lambda _: body, record), out, here.root)
    return OK
