"""`aimsctl show`: one artefact and everything around it."""

from __future__ import annotations

from typing import Annotated, Any, Final

import typer

from aimsctl.assessment.dossier import dossier, named
from aimsctl.cli import complete
from aimsctl.cli.evidence_summary import Ledgers
from aimsctl.cli.options import AsOf, Rev
from aimsctl.cli.printing import FormOption, Out, put, written
from aimsctl.cli.session import Place, Session, place
from aimsctl.errors import AimsError
from aimsctl.output.dossier import dossier_body
from aimsctl.workspace.contents import Known
from aimsctl.workspace.workspace import load

REVISIONS: Final = 10  # shown of an artefact; `aimsctl history` shows all


def show(
    context: typer.Context,
    identifier: Annotated[str, typer.Argument(metavar="ID", help="Its id.", autocompletion=complete.ids)],
    as_of: AsOf = None,
    rev: Rev = None,
    form: FormOption = "text",
    out: Out = None,
) -> None:
    """Show an artefact: its fields, its links both ways, the requirements it serves, its revisions and receipts."""
    session: Session = context.obj
    here = place(session, rev=rev)
    workspace = load(here.tree, here.config)
    artefact = named(workspace, identifier)
    report = Ledgers(session, here).assess(workspace, here.day(as_of))
    record = dossier(report, artefact, _history(session, here, artefact.id))
    put(written(session, here, form, f"{artefact.id} {artefact.title}", dossier_body, record), out, here.root)


def _history(session: Session, here: Place, identifier: str) -> list[dict[str, Any]] | None:
    """The newest revisions of the artefact; None where there is no history to read."""
    from aimsctl.assessment.revisions import revisions  # noqa: PLC0415 - only where there is a history
    from aimsctl.cli.git_record import Record  # noqa: PLC0415 - the same
    from aimsctl.output.revisions import revisions_record  # noqa: PLC0415 - the same

    try:
        versions = Record(session, here, Known()).versions(ids=frozenset({identifier}))
        return revisions_record(list(revisions(identifier, versions.of(identifier)))[:REVISIONS])
    except AimsError:
        return None
