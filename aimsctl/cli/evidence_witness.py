"""`aimsctl evidence checkpoint` and `witness`: a second memory, which the ledger's owner does not hold."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aimsctl.cli.evidence_place import WITNESS_KEY, LedgerOption, moment, open_ledger, private_key, trust
from aimsctl.cli.options import TrustOption
from aimsctl.cli.session import Session
from aimsctl.evidence.ledger import Ledger
from aimsctl.evidence.notes import NOTE_LIMIT, read_verifier
from aimsctl.evidence.tiles import read_file
from aimsctl.evidence.witness import Witness, add_cosignatures
from aimsctl.output.clean import one_line


def checkpoint(
    context: typer.Context,
    ledger: LedgerOption = None,
    size: Annotated[
        int | None, typer.Option(metavar="N", min=0, help="The checkpoint of that many entries; else the newest.")
    ] = None,
    add: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Add the cosignatures in what a witness gave back.")
    ] = None,
    trust_file: TrustOption = None,
) -> None:
    """Print a checkpoint: the three lines to keep elsewhere. With --add, take in what a witness signed."""
    session: Session = context.obj
    ours = open_ledger(session, ledger)
    if add is not None:
        names = add_cosignatures(ours, read_file(add.parent, add.name, NOTE_LIMIT), trust(session, trust_file))
        typer.echo(one_line(f"added the cosignature of {', '.join(names)}"))
        return
    note = ours.checkpoint()[0] if size is None else ours.kept(size)
    typer.echo(str(note), nl=False)


def witness(
    context: typer.Context,
    ledger: Annotated[Path, typer.Argument(metavar="LEDGER", help="The ledger, as its owner shows it to you.")],
    name: Annotated[str, typer.Option(metavar="NAME", help="Your name as a witness: auditor.example.org/witness.")],
    log: Annotated[str, typer.Option(metavar="VKEY", help="The ledger's verifier key, as its owner gave it to you.")],
    state: Annotated[Path, typer.Option(metavar="FILE", help="Your memory: the checkpoint you cosigned last.")],
    key: Annotated[
        Path | None, typer.Option(metavar="FILE", help=f"Your private key; else that of {WITNESS_KEY}.")
    ] = None,
) -> None:
    """Cosign a ledger's newest checkpoint, if it continues the one you saw last. Prints it with your signature."""
    session: Session = context.obj
    signer = private_key(key, WITNESS_KEY)
    ours = Witness(name, signer, read_verifier(log), state)
    typer.echo(str(ours.cosign(Ledger.open(ledger), int(moment().timestamp()))), nl=False)
    if not session.quiet:
        typer.echo(one_line(f"For the policy of whoever relies on you: witness NAME {ours.verifier.text}"), err=True)
