"""`aimsctl evidence key`: keys are made, trusted, revoked and listed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from aimsctl.cli.evidence_place import (
    LedgerOption,
    key_file,
    open_ledger,
    refuse_inside,
    slug,
    trust,
)
from aimsctl.cli.options import PolicyFrom, TrustOption
from aimsctl.cli.session import Session, place
from aimsctl.cli.writing import write_changed
from aimsctl.errors import UsageError
from aimsctl.evidence import keys, trustfile
from aimsctl.evidence.problems import KeyRefusedError
from aimsctl.evidence.tiles import read_file
from aimsctl.evidence.trust import FILE, Grant
from aimsctl.output.clean import one_line

_LIMIT = 1_000_000
Names = Annotated[list[str] | None, typer.Option(metavar="NAME", help="May be given several times; * and ? match.")]


def new(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="What to call the key: pii-guard, reviewers.")],
    algorithm: Annotated[
        Literal["ed25519", "ecdsa-p256"], typer.Option(help="ecdsa-p256 where a key service knows no other.")
    ] = "ed25519",
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Where the private half goes.")] = None,
    inside: Annotated[bool, typer.Option("--inside-repository", help="Let it lie in the repository.")] = False,
) -> None:
    """Make a key. The private half goes to a file that only you can read; the public half to evidence/keys/."""
    session: Session = context.obj
    here = place(session)
    file = out or key_file(name)
    refuse_inside(here, file, allowed=inside)
    key = keys.generate(algorithm)
    keys.write_private(file, key)
    public = f"{here.config.evidence}/keys/{slug(name)}.pem"
    write_changed(here.root, {public: key.public.pem()}, "wrote")
    typer.echo(one_line(f"private {file}"))
    typer.echo(f"keyid   {key.public.keyid}")
    typer.echo("It is trusted once `aimsctl evidence key add` says what it may attest.")


def add(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The public key in PEM.")],
    name: Annotated[str | None, typer.Option(metavar="NAME", help="What people call it; else the file's name.")] = None,
    executor_type: Annotated[
        list[str] | None, typer.Option(metavar="TYPE", help="ci, guardrail, human, monitor, policyEngine, evalHarness.")
    ] = None,
    attested_by: Annotated[list[str] | None, typer.Option(metavar="WHO", help="executor, collector.")] = None,
    control: Names = None,
    system: Names = None,
    ledger_name: Names = None,
    predicate_type: Names = None,
    from_index: Annotated[int, typer.Option(metavar="INDEX", min=0, help="The first entry it may sign.")] = 0,
) -> None:
    """Trust a public key for what the options say; what they leave out is not limited."""
    session: Session = context.obj
    here = place(session)
    public = keys.public_from_pem(_content(file), str(file))
    called = name or file.stem
    path = f"{here.config.evidence}/{FILE}"
    beside = f"keys/{slug(called)}.pem"
    limits = {
        "executorTypes": executor_type,
        "attestedBy": attested_by,
        "controls": control,
        "aiSystems": system,
        "ledgers": ledger_name,
        "predicateTypes": predicate_type,
    }
    row: dict[str, Any] = {"keyid": public.keyid, "algorithm": public.algorithm, "file": beside, "name": called}
    row |= {"allow": allow} if (allow := {limit: values for limit, values in limits.items() if values}) else {}
    row |= {"validFromIndex": from_index, "revokedAtIndex": None}
    old = read_file(here.root, path, _LIMIT) if (here.root / path).exists() else trustfile.EMPTY.encode()
    changed = {path: trustfile.with_key(old, path, row)}
    target = here.root / here.config.evidence / beside
    if target.exists() and keys.public_from_pem(_content(target), beside).keyid != public.keyid:
        raise KeyRefusedError(f"{beside} is another key already", hint="--name gives this one another name")
    write_changed(here.root, {f"{here.config.evidence}/{beside}": public.pem(), **changed}, "wrote")
    typer.echo(f"trusted {public.keyid}")


def revoke(
    context: typer.Context,
    key: Annotated[str, typer.Argument(metavar="KEY", help="Its name, or its key id or the beginning of it.")],
    at: Annotated[
        int | None, typer.Option("--at", metavar="INDEX", min=0, help="The first entry that no longer counts.")
    ] = None,
    ledger: LedgerOption = None,
) -> None:
    """Revoke a key: from the index on nothing it signed counts, while what was sealed before stays valid."""
    session: Session = context.obj
    here = place(session)
    path = f"{here.config.evidence}/{FILE}"
    ours = trust(session)
    found = [keyid for keyid in ours.keys if keyid.startswith(key) or ours.name(keyid) == key]
    if len(found) != 1:
        raise UsageError(f"{len(found)} trusted keys are called {key}", hint="`aimsctl evidence key list` shows them")
    index = open_ledger(session, ledger).checkpoint()[1].size if at is None else at
    content = trustfile.with_revocation(read_file(here.root, path, _LIMIT), path, found[0], index)
    write_changed(here.root, {path: content}, "wrote")
    typer.echo(f"revoked {found[0]} from index {index} on")


def list_(
    context: typer.Context,
    trust_file: TrustOption = None,
    policy_from: PolicyFrom = None,
    form: Annotated[Literal["text", "json"], typer.Option("--format", help="How to print it.")] = "text",
) -> None:
    """List the trusted keys: what each may attest, from which index, and up to which."""
    ours = trust(context.obj, trust_file, policy_from)
    if form == "json":
        rows = [_row(ours.keys[keyid], grant) for keyid, grants in ours.grants.items() for grant in grants]
        typer.echo(json.dumps({"schema": 1, "trust": ours.provenance, "keys": rows}, indent=2, ensure_ascii=False))
        return
    typer.echo(one_line(f"trust  {ours.provenance}"))
    for keyid, grants in ours.grants.items():
        for grant in grants:
            until = "" if grant.revoked_at is None else f", revoked from {grant.revoked_at}"
            typer.echo(one_line(f"{keyid}  {ours.keys[keyid].algorithm}  {grant.name}  from {grant.valid_from}{until}"))
            for limit, values in grant.allow.items():
                typer.echo(one_line(f"    {limit}: {', '.join(values)}"))


def _row(key: keys.PublicKey, grant: Grant) -> dict[str, Any]:
    allow = {limit: [*values] for limit, values in grant.allow.items()}
    row = {"keyid": key.keyid, "algorithm": key.algorithm, "name": grant.name, "allow": allow}
    return {**row, "validFromIndex": grant.valid_from, "revokedAtIndex": grant.revoked_at}


def _content(file: Path) -> bytes:
    try:
        return read_file(file.parent, file.name, _LIMIT)
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from error
