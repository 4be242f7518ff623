"""`aimsctl evidence verify`: whether evidence holds, by keys of one's own and without a network."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from aimsctl.cli.evidence_place import ledger_folder, moment, trust
from aimsctl.cli.options import AsOf, PolicyFrom, TrustOption
from aimsctl.cli.session import Session
from aimsctl.errors import UsageError
from aimsctl.evidence.bundle import RECEIPTS, Given, verify_bundle, verify_proof
from aimsctl.evidence.envelope import ENTRY_LIMIT
from aimsctl.evidence.handed_over import HandedOver, is_handed_over, verify_handed_over
from aimsctl.evidence.ledger import Ledger
from aimsctl.evidence.notes import NOTE_LIMIT, read_verifier
from aimsctl.evidence.tiles import read_file
from aimsctl.evidence.verify import read_anchor, verify_ledger
from aimsctl.output.clean import clean
from aimsctl.output.evidence import bundle_lines, lines

if TYPE_CHECKING:
    from aimsctl.evidence.report import Report

PROOF = ".tlog-proof"


def verify(
    context: typer.Context,
    path: Annotated[
        Path | None, typer.Argument(metavar="LEDGER|BUNDLE|PROOF", help="What to verify; else the workspace's ledger.")
    ] = None,
    trust_file: TrustOption = None,
    policy_from: PolicyFrom = None,
    checkpoint: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="A checkpoint kept from before; the ledger must continue it."),
    ] = None,
    log: Annotated[
        str | None, typer.Option(metavar="VKEY", help="The log's verifier key, where trust.yaml names no policy.")
    ] = None,
    entry: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The receipt of a proof; else the file of its name.")
    ] = None,
    as_of: AsOf = None,
    form: Annotated[Literal["text", "json"], typer.Option("--format", help="How to print it.")] = "text",
) -> int:
    """Verify. Ends with 0 valid, 1 a signature or hash fails, 10 malformed, 11 valid but the policy is not met."""
    session: Session = context.obj
    named = path or ledger_folder(session, None)
    given = Given(trust(session, trust_file, policy_from), None if log is None else read_verifier(log), moment(as_of))
    report = _report(named, given, checkpoint or [], entry)
    if form == "json":
        typer.echo(json.dumps(report.to_dict(), indent=2, ensure_ascii=False))
    else:
        width = session.width
        told = bundle_lines(report, width) if isinstance(report, HandedOver) else lines(report, width)
        typer.echo(clean("\n".join(told)))
    return report.code


def _report(path: Path, given: Given, checkpoints: list[Path], entry: Path | None) -> Report | HandedOver:
    if path.is_dir():
        if checkpoints and (is_handed_over(path) or (path / RECEIPTS).exists()):
            raise UsageError("a kept checkpoint is held against a ledger, not against a bundle of it")
        if is_handed_over(path):
            return verify_handed_over(path, given)
        if (path / RECEIPTS).exists():
            return verify_bundle(path, given)
        anchors = [read_anchor(_bytes(file, NOTE_LIMIT), file.name) for file in checkpoints]
        ours = Ledger.open(path)
        return verify_ledger(ours, given.trust, anchors, given.now, given.log)
    beside = entry or path.with_name(path.name.removesuffix(PROOF) + ".intoto.json")
    if not path.name.endswith(PROOF) or (entry is None and not beside.exists()):
        raise UsageError(f"{path} is no ledger, bundle or proof with its receipt", hint="--entry names the receipt")
    return verify_proof(_bytes(path, NOTE_LIMIT), _bytes(beside, ENTRY_LIMIT + 1).removesuffix(b"\n"), given)


def _bytes(file: Path, limit: int) -> bytes:
    return read_file(file.parent, file.name, limit)
