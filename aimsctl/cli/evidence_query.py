"""`aimsctl evidence query`: the receipts that fit, each verified from the bytes of its ledger."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Annotated, Literal

import typer

from aimsctl.cli.evidence_place import instant, moment, opened, trust, workspace_ledgers
from aimsctl.cli.options import LedgersOption, PolicyFrom, TrustOption
from aimsctl.cli.printing import json_text
from aimsctl.cli.session import Session
from aimsctl.errors import FINDINGS, OK
from aimsctl.evidence.query import Hit, Unread, Wanted, query
from aimsctl.output.clean import one_line
from aimsctl.output.receipts import receipt_line
from aimsctl.output.sink import print_to

System = Annotated[str, typer.Option(metavar="ID", help="The AI system, by its id.")]
ModelVersion = Annotated[str, typer.Option(metavar="VERSION", help="The version of the model.")]
Output = Annotated[str, typer.Option(metavar="ID", help="The output, by the id that its receipts give it.")]
Control = Annotated[str, typer.Option(metavar="ID", help="The control.")]
Executor = Annotated[str, typer.Option(metavar="TYPE|ID|NAME", help="Who ran it.")]
Result = Annotated[str, typer.Option(metavar="RESULT", help="passed, failed, error, skipped, notApplicable.")]
Since = Annotated[str | None, typer.Option(metavar="TIME", help="Ended then or later: a day, or a time in UTC.")]
Until = Annotated[str | None, typer.Option(metavar="TIME", help="Ended before this time; of a day, by its end.")]


def query_(
    context: typer.Context,
    system: System = "",
    model_version: ModelVersion = "",
    output: Output = "",
    control: Control = "",
    executor: Executor = "",
    result: Result = "",
    since: Since = None,
    until: Until = None,
    ledger: LedgersOption = None,
    trust_file: TrustOption = None,
    policy_from: PolicyFrom = None,
    form: Annotated[Literal["text", "json", "jsonl"], typer.Option("--format", help="How to print it.")] = "text",
) -> int:
    """Find receipts. Ends with 1 where one of them is not verified, or a part of a ledger could not be read."""
    session: Session = context.obj
    begin, end = instant(since, "--since"), instant(until, "--until", end=True)
    asked = Wanted(system, model_version, output, control, executor, result, begin, end)
    believed = trust(session, trust_file, policy_from)
    found = query(opened(ledger or workspace_ledgers(session)), believed, asked, moment())
    tally = Tally(believed.provenance)
    for text in _written(found, tally, form):
        print_to(sys.stdout, text + "\n")
    return OK if tally.certain else FINDINGS


@dataclass
class Tally:
    """What a query came to: by whose trust, how many receipts, how many not verified, and what could not be read."""

    trust: str
    hits: int = 0
    unverified: int = 0
    unread: list[str] = field(default_factory=list)

    @property
    def certain(self) -> bool:
        """Whether all that was found is verified, and all was read."""
        return not self.unverified and not self.unread

    def count(self, found: Iterable[Hit | Unread]) -> Iterator[Hit]:
        """The hits, as they come."""
        for one in found:
            if isinstance(one, Unread):
                self.unread.append(one.told)
                continue
            self.hits += 1
            self.unverified += not one.receipt.verified
            yield one


def _written(found: Iterable[Hit | Unread], tally: Tally, form: str) -> Iterator[str]:
    """The answer piece by piece, so that a long one is printed while the ledgers are read."""
    if form == "json":
        rows = [hit.row() for hit in tally.count(found)]
        yield json_text({"trust": tally.trust, "receipts": rows, "unread": tally.unread}).rstrip("\n")
        return
    for hit in tally.count(found):
        row = hit.row()
        yield json.dumps(row) if form == "jsonl" else receipt_line(row)
    if form == "text":
        yield from map(one_line, _summary(tally))
    else:
        for line in tally.unread:
            typer.echo(one_line(f"could not be read: {line}"), err=True)


def _summary(tally: Tally) -> Iterator[str]:
    for line in tally.unread:
        yield f"COULD NOT BE READ, so it may hold more: {line}"
    verified = "none verified" if tally.unverified == tally.hits else f"{tally.hits - tally.unverified} verified"
    counted = f"{tally.hits} receipt{'' if tally.hits == 1 else 's'}"
    yield f"{counted}{f', {verified}' if tally.hits else ''}; trust: {tally.trust}"
