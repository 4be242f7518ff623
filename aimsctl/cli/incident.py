"""`aimsctl incident`: which controls ran for this model version, how was this output reviewed, show me the records."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from aimsctl.cli.options import AsOf, LedgersOption, PolicyFrom, Rev, TrustOption
from aimsctl.cli.printing import Out
from aimsctl.cli.session import Session, day, place
from aimsctl.errors import FINDINGS, OK

Form = Literal["text", "md", "html", "pdf", "json"]


def incident(
    context: typer.Context,
    system: Annotated[str, typer.Option(metavar="SYSTEM", help="The AI system: its id, model name or title.")],
    model_version: Annotated[str, typer.Option(metavar="VERSION", help="One version of its model.")] = "",
    output: Annotated[str, typer.Option(metavar="ID", help="One output, by the id that receipts give it.")] = "",
    from_: Annotated[str | None, typer.Option("--from", metavar="TIME", help="From a day, or a time in UTC.")] = None,
    to: Annotated[str | None, typer.Option("--to", metavar="TIME", help="Up to then; of a day, to its end.")] = None,
    as_of: AsOf = None,
    rev: Rev = None,
    ledger: LedgersOption = None,
    trust_file: TrustOption = None,
    policy_from: PolicyFrom = None,
    form: Annotated[Form, typer.Option("--format", help="How to print it.")] = "text",
    out: Out = None,
    bundle: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Hand the answer on with its receipts, as evidence export does."),
    ] = None,
) -> int:
    """Answer for a system and a time, version or output: controls due, run and not run, review, records.

    Ends with 1 where a part of a ledger or a control could not be read, or a receipt of the bundle is not verified.
    """
    from aimsctl.cli.asked import Asked, deliver  # noqa: PLC0415 - help needs no library that verifies
    from aimsctl.cli.evidence_place import moment, opened, trust  # noqa: PLC0415 - the same
    from aimsctl.cli.recording import ledger_folders  # noqa: PLC0415 - the same

    session: Session = context.obj
    here = place(session, policy_from)
    asked = Asked(session, here, day(as_of), moment(as_of), rev)
    ledgers = opened(ledger or ledger_folders(here.root / here.config.evidence))
    believed = trust(session, trust_file, policy_from)
    record = asked.answer(ledgers, believed, (system, model_version, output), (from_, to))
    certain = not record["unread"]
    if bundle is not None:
        from aimsctl.cli.incident_bundle import write_bundle  # noqa: PLC0415 - only where one is asked for

        certain = write_bundle(session, bundle, record, ledgers, believed, asked.now) and certain
    if bundle is None or out is not None:
        deliver(session, here, form, record, out)
    return OK if certain else FINDINGS
