"""`aimsctl evidence import`: receipts from what other tools wrote, signed by the collector and told apart as such."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import typer

from aimsctl.cli.evidence_place import workspace_trust
from aimsctl.cli.recording import Desk, desk, read_bytes
from aimsctl.cli.session import Session, place
from aimsctl.errors import FINDINGS, OK, UsageError
from aimsctl.evidence.collect import FORMATS, SIZE_LIMIT, UNMAPPED, read_format
from aimsctl.evidence.problems import MalformedError
from aimsctl.output.clean import one_line

if TYPE_CHECKING:
    from aimsctl.evidence.collect.collector import Collected, Receipt
    from aimsctl.evidence.collect.mapping import ImportMapping

BATCH: Final = 1000


def import_(
    context: typer.Context,
    form: Annotated[str, typer.Argument(metavar="FORMAT", help=f"{', '.join(FORMATS)}.")],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What the tool wrote.")],
    map_: Annotated[
        Path | None, typer.Option("--map", metavar="FILE", help="Which runs in it are runs of which control.")
    ] = None,
    finished_on: Annotated[
        str | None, typer.Option(metavar="TIME", help="When it ran, for files that do not say: RFC 3339 with Z.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be imported, and stop.")] = False,
    ledger: Annotated[str | None, typer.Option(metavar="DIR", help="Else AIMSCTL_LEDGER, else the only one.")] = None,
    key: Annotated[
        str | None, typer.Option(metavar="FILE", help="The collector's key; else AIMSCTL_KEY, PEM text or a path.")
    ] = None,
    shape: Annotated[Literal["text", "json"], typer.Option("--format", help="How to print it.")] = "text",
) -> int:
    """Import evidence that other tools wrote. The same file twice adds nothing; what is not understood is listed."""
    session: Session = context.obj
    if form not in FORMATS:
        raise UsageError(f"there is no format {form}", hint=f"there are {', '.join(FORMATS)}")
    if (map_ is None) != (form in UNMAPPED):
        said = f"{form} says itself what it is about" if map_ else f"{form} needs a mapping of its runs to controls"
        raise UsageError(f"{said}; see --map")
    mapping = _mapping(map_)
    here = place(session)
    options = {"ledger": ledger, "key": key}
    ours = desk(here.root / here.config.evidence, (here.tree, here.config.policies), options, workspace_trust(session))
    found = _found(form, file, mapping, ours, finished_on)
    fresh = _fresh(ours, found.receipts)
    if not dry_run:
        for at in range(0, len(fresh), BATCH):
            ours.ledger.append([receipt.envelope for receipt in fresh[at : at + BATCH]])
    told = _as_json if shape == "json" else _as_text
    typer.echo(told(file, found, fresh, dry_run), nl=False)
    return session.leave(FINDINGS if found.unread else OK)


def _mapping(file: Path | None) -> ImportMapping | None:
    from aimsctl.evidence.collect.mapping import read_mapping  # noqa: PLC0415 - for this command only

    return None if file is None else read_mapping(file.name, read_bytes(file))


def _found(form: str, file: Path, mapping: ImportMapping | None, ours: Desk, finished: str | None) -> Collected:
    from aimsctl.evidence.collect.collector import Collected, Receipt, Source, collect  # noqa: PLC0415 - the same

    content = read_bytes(file, SIZE_LIMIT)
    try:
        reading = read_format(form, content, mapping.options if mapping is not None else {})
    except MalformedError as error:
        raise MalformedError(f"{file.name} is not imported: {error.message}", hint=error.hint) from error
    if mapping is not None:
        source = Source(form, hashlib.sha256(content).hexdigest(), finished)
        return collect(reading, mapping, ours.notary, source, ours.refuse)
    found = Collected(unread=list(reading.unread))
    for where, envelope in reading.envelopes:
        if why := ours.refusal(envelope):
            found.unread.append(f"{where}: it would not be sealed: {why}")
        else:
            digest = hashlib.sha256(envelope).hexdigest()
            found.receipts.append(Receipt(digest, envelope, where, "", "as signed"))
    return found


def _fresh(ours: Desk, receipts: Sequence[Receipt]) -> list[Receipt]:
    """Those that are not in the ledger yet: by their id, or by their bytes where somebody else signed them."""
    from aimsctl.evidence.envelope import read_envelope  # noqa: PLC0415 - the desk has loaded it
    from aimsctl.evidence.statement import read_statement  # noqa: PLC0415 - the same

    wanted = {receipt.id: receipt for receipt in receipts}
    waiting = (
        ours.ledger.unsealed()
    )  # before the sealed ones: an entry that is sealed meanwhile is met twice, not never
    for entry in chain(waiting, (sealed for _, sealed in ours.ledger.entries())):
        wanted.pop(hashlib.sha256(entry).hexdigest(), None)
        try:
            wanted.pop(read_statement(read_envelope(entry).payload).text("id"), None)
        except MalformedError:  # it is in the ledger, and verifying tells of it; it is not this receipt
            continue
    return list(wanted.values())


def _as_text(file: Path, found: Collected, fresh: Sequence[Receipt], dry_run: bool) -> str:
    new = {receipt.id for receipt in fresh}
    lines = []
    for receipt in found.receipts:
        mark = ("would import" if dry_run else "imported") if receipt.id in new else "already there"
        lines.append(f"{mark}  {receipt.place}: {receipt.control} {receipt.result}".replace(":  ", ": "))
    lines += [f"not understood  {line}" for line in found.unread]
    there = len(found.receipts) - len(fresh)
    lines.append(
        f"{file.name}: {len(fresh)} {'to import' if dry_run else 'imported'}, {there} already there, "
        f"{len(found.unread)} not understood; attested by the collector"
    )
    return "".join(one_line(line) + "\n" for line in lines)


def _as_json(file: Path, found: Collected, fresh: Sequence[Receipt], dry_run: bool) -> str:
    new = {receipt.id for receipt in fresh}
    receipts: list[dict[str, Any]] = [
        {
            "id": receipt.id,
            "place": receipt.place,
            **({"control": receipt.control} if receipt.control else {}),
            "result": receipt.result,
            "new": receipt.id in new,
        }
        for receipt in found.receipts
    ]
    told = {"version": 1, "file": file.name, "dry_run": dry_run, "receipts": receipts, "not_understood": found.unread}
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"
