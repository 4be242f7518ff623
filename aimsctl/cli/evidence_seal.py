"""`aimsctl evidence seal`: what was recorded gets its place in the tree, under a signed root."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aimsctl.cli.evidence_place import LOG_KEY, LedgerOption, key_file, moment, open_ledger, private_key, trust
from aimsctl.cli.session import Session
from aimsctl.output.clean import one_line


def seal(
    context: typer.Context,
    ledger: LedgerOption = None,
    key: Annotated[
        Path | None, typer.Option(metavar="FILE", help=f"The ledger's private key; else that of {LOG_KEY}.")
    ] = None,
    unchecked: Annotated[
        bool, typer.Option("--unchecked", help="Seal without looking whether each receipt is one that may count.")
    ] = False,
) -> None:
    """Seal what waits. Each receipt is verified first: what is sealed stays for ever. Do this in one place only."""
    from aimsctl.evidence.check import Checker  # noqa: PLC0415 - loads cryptography

    session: Session = context.obj
    ours = open_ledger(session, ledger)
    signer = private_key(key, LOG_KEY, key_file(ours.origin))
    checker = Checker(trust(session), ours.origin, moment())

    def refusal(entry: bytes) -> str:
        problems = checker.receipt("", None, entry).problems
        return problems[0].message if problems else ""

    done = ours.seal(signer, None if unchecked else refusal)
    if done.torn:
        typer.echo(one_line(f"left out, torn by a crash and never accepted: {', '.join(done.torn)}"), err=True)
    if not session.quiet:
        added = done.size - done.before
        again = f"; {done.repeated} were sealed before" if done.repeated else ""
        typer.echo(one_line(f"sealed {added} receipts, {ours.origin} has {done.size}{again}"))
