"""`aimsctl evidence init`: a ledger, its key, and the files that say whom to trust."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aimsctl.cli.evidence_place import POLICY, LedgerOption, key_file, refuse_inside
from aimsctl.cli.session import Session, place
from aimsctl.cli.writing import write_missing
from aimsctl.evidence.keys import generate, read_private, write_private
from aimsctl.evidence.ledger import Ledger
from aimsctl.evidence.notes import verifier
from aimsctl.evidence.policy import NONE, write_policy
from aimsctl.evidence.trust import FILE
from aimsctl.evidence.trustfile import EMPTY
from aimsctl.output.clean import one_line


def init(
    context: typer.Context,
    origin: Annotated[
        str, typer.Option(metavar="NAME", help="The ledger's name, unique in the world: aims.example.com/ledger/prod.")
    ],
    ledger: LedgerOption = None,
    key: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The ledger's private key; made if it is not there.")
    ] = None,
    inside: Annotated[bool, typer.Option("--inside-repository", help="Let the key lie in the repository.")] = False,
) -> None:
    """Start a ledger: an empty tree, signed; a key for it, outside the repository; trust.yaml and the log policy."""
    session: Session = context.obj
    here = place(session)
    evidence = here.root / here.config.evidence
    folder = ledger or evidence / "ledger"
    file = key or key_file(origin)
    made = not file.exists()
    if made:
        refuse_inside(here, file, allowed=inside)
    signer = generate() if made else read_private(file)
    log = verifier(origin, signer.public)
    if made:
        write_private(file, signer)
    Ledger.create(folder, origin, signer)
    policy = write_policy([log], {}, NONE)
    write_missing(here.root, {f"{here.config.evidence}/{FILE}": EMPTY, f"{here.config.evidence}/{POLICY}": policy})
    if not session.quiet:
        typer.echo(one_line(f"ledger  {folder}"))
        typer.echo(one_line(f"key     {file}{'' if made else ' (was there)'}"))
        typer.echo(f"log     {log.text}")
        typer.echo("Give the last line to whoever shall verify; back the key up where you keep secrets.")
