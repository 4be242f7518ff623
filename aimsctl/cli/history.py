"""`aimsctl history`: the revisions of an artefact, or of all of them, with date, author, approver and what changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from aimsctl.assessment.approvals import Approvals
from aimsctl.assessment.record import approval_record
from aimsctl.assessment.revisions import revisions
from aimsctl.cli.git_record import Record
from aimsctl.cli.options import AllowedSigners, OpenpgpKeyring, PolicyFrom, Rev
from aimsctl.cli.printing import FormOption, Out, put, written
from aimsctl.cli.session import Session, place
from aimsctl.errors import OK, UsageError
from aimsctl.output.revisions import revisions_body, revisions_record
from aimsctl.workspace.contents import Known
from aimsctl.workspace.workspace import load

if TYPE_CHECKING:
    from aimsctl.assessment.approvals import Approval
    from aimsctl.workspace.versions import Versions


def history(
    context: typer.Context,
    identifier: Annotated[str | None, typer.Argument(metavar="[ID]", help="An artefact; else all of them.")] = None,
    allowed_signers: AllowedSigners = None,
    openpgp_keyring: OpenpgpKeyring = None,
    policy_from: PolicyFrom = None,
    rev: Rev = None,
    form: FormOption = "text",
    out: Out = None,
) -> int:
    """Show who changed what and when, newest first, in words, and what git shows about the approval in force.

    Layout, comments and the file in which an artefact lies are no revision.
    """
    session: Session = context.obj
    here, known = place(session, policy_from, rev), Known()
    record = Record(session, here, known, asked=True, named=allowed_signers, exported=openpgp_keyring)
    versions = record.versions(ids=None if identifier is None else frozenset({identifier}))
    found = [pair for name in versions.ids for pair in revisions(name, versions.of(name))]
    found.sort(key=lambda one: (one.position, one.id))
    current = None
    if identifier is not None:
        if not found:
            hint = "`git log` lists the commits" if versions.complete else "the history is shallow; fetch all of it"
            raise UsageError(f"no commit knows an artefact {identifier}", hint=hint)
        current = _in_force(record, versions, identifier)
    heading = f"History of {identifier} {found[0].title}" if identifier is not None else "History of all artefacts"
    data = {
        "id": identifier,
        "complete": versions.complete,
        "approval": None if current is None else approval_record(current),
        "revisions": revisions_record(found),
        "provenance": here.provenance | record.told,
    }
    body = revisions_body(heading, found, current, complete=versions.complete)
    put(written(session, here, form, heading, lambda _: body, data), out, here.root)
    return OK


def _in_force(record: Record, versions: Versions, identifier: str) -> Approval | None:
    """What git shows about the approval that the artefact claims now; None if it is gone or claims none."""
    here = record.here
    workspace = load(here.tree, here.config, policy=here.policy, known=record.known)
    artefact = workspace.by_id.get(identifier)
    return None if artefact is None else Approvals(workspace, versions, record.signers, record.keyring).of(artefact)
