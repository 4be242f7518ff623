"""`aimsctl evidence export`: receipts as a folder that others verify without this tool."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aimsctl import __version__
from aimsctl.cli.evidence_place import instant, moment, opened, trust, workspace_ledgers
from aimsctl.cli.evidence_query import Control, Executor, ModelVersion, Output, Result, Since, System, Until
from aimsctl.cli.options import LedgersOption, PolicyFrom, TrustOption
from aimsctl.cli.session import Session, history_of, place
from aimsctl.errors import FINDINGS, OK, GitError, UsageError, WorkspaceError
from aimsctl.evidence.control_texts import Shelf, Text
from aimsctl.evidence.handover import Part, asked, complete
from aimsctl.evidence.ledger import Ledger
from aimsctl.evidence.manifest import described, key_files, part_files, with_files
from aimsctl.evidence.query import Wanted
from aimsctl.exchange.oscal import assessment_results
from aimsctl.output.clean import one_line
from aimsctl.output.folder import refuse_taken, write_folder
from aimsctl.output.handover import documents
from aimsctl.output.instructions import instructions
from aimsctl.output.report import counted

if TYPE_CHECKING:
    from aimsctl.evidence.trust import Trust
    from aimsctl.output.tree import Block


def export(
    context: typer.Context,
    out: Annotated[Path, typer.Option(metavar="DIR", help="The folder to write; nothing may be in it.")],
    system: System = "",
    model_version: ModelVersion = "",
    output: Output = "",
    control: Control = "",
    executor: Executor = "",
    result: Result = "",
    since: Since = None,
    until: Until = None,
    from_checkpoint: Annotated[
        int | None, typer.Option(metavar="SIZE", min=0, help="All entries from this checkpoint on; 0 for the first.")
    ] = None,
    to_checkpoint: Annotated[
        int | None, typer.Option(metavar="SIZE", min=1, help="All entries up to this checkpoint; else to the newest.")
    ] = None,
    ledger: LedgersOption = None,
    trust_file: TrustOption = None,
    policy_from: PolicyFrom = None,
) -> int:
    """Write what fits as a bundle with proofs, keys, a report and VERIFY.md, whose commands need no aimsctl.

    Ends with 1 where a receipt is not verified or a part of a ledger could not be read; the bundle says so too.
    """
    session: Session = context.obj
    refuse_taken(out)
    begin, end = instant(since, "--since"), instant(until, "--until", end=True)
    wanted = Wanted(system, model_version, output, control, executor, result, begin, end)
    ledgers = opened(ledger or workspace_ledgers(session))
    believed = trust(session, trust_file, policy_from)
    if from_checkpoint is None and to_checkpoint is None:
        parts = asked(ledgers, believed, wanted, moment())
    else:
        _refuse_mixed(wanted, ledgers)
        parts = [complete(ledgers[0], believed, from_checkpoint or 0, to_checkpoint, moment())]
    if not any(part.rows for part in parts):
        raise UsageError("no receipt fits, so there is nothing to hand on", hint="try `aimsctl evidence query`")
    return OK if hand_on(session, out, Bundle(parts, wanted, believed, control_texts(session, parts))) else FINDINGS


def hand_on(session: Session, out: Path, bundle: Bundle, before: Iterable[Block] = ()) -> bool:
    """Write the bundle, its report beginning with these blocks, and say so; returns whether all of it is certain."""
    write_folder(out, bundle.files(before), _boundary(session))
    if not session.quiet:
        typer.echo(one_line(bundle.told(out)))
    return bundle.certain


def _refuse_mixed(wanted: Wanted, ledgers: Sequence[Ledger]) -> None:
    """Nothing where a complete window can be made; raises UsageError otherwise."""
    if wanted != Wanted():
        raise UsageError("a complete window takes no filter", hint="leave the filters, or the checkpoints, away")
    if len(ledgers) != 1:
        raise UsageError("a complete window is one of a single ledger", hint="--ledger names it")


@dataclass(frozen=True)
class Bundle:
    """What is handed on, and everything that is written from it."""

    parts: Sequence[Part]
    wanted: Wanted
    trust: Trust
    texts: Sequence[Text]

    @property
    def certain(self) -> bool:
        """Whether all of it is verified, and all that was asked of was read."""
        return all(part.verified == len(part.rows) and not part.unread for part in self.parts)

    def files(self, before: Iterable[Block] = ()) -> dict[str, bytes]:
        """Every file by its path; the report begins with the blocks `before`, if there are any."""
        tool = f"aimsctl {__version__}"
        record = described(self.parts, self.wanted, self.texts, self.trust, tool)
        ours = part_files(self.parts)
        rows = [row for part in self.parts for row in part.rows]
        made = {
            **ours,
            **key_files(self.parts, self.trust),
            **{text.file: text.content for text in self.texts if text.content is not None},
            **documents(record, rows, before),
            "VERIFY.md": instructions(record, ours).encode(),
            "oscal/assessment-results.json": assessment_results(self.parts, tool),
        }
        return with_files(record, made)

    def told(self, out: Path) -> str:
        """The bundle in a sentence."""
        number = sum(len(part.rows) for part in self.parts)
        verified = sum(part.verified for part in self.parts)
        found = f"{sum(text.content is not None for text in self.texts)} of {counted(len(self.texts), 'control text')}"
        unread = sum(len(part.unread) for part in self.parts)
        doubt = f"; {counted(unread, 'part')} of the ledgers could not be read" if unread else ""
        return (
            f"wrote {out}: {counted(number, 'receipt')}, {verified:,} verified, out of"
            f" {counted(len(self.parts), 'ledger')}; {found} found{doubt}; trust: {self.trust.provenance}"
        )


def control_texts(session: Session, parts: Sequence[Part]) -> list[Text]:
    """The texts of the controls that the receipts name, from the workspace and its history where there is one."""
    named = {one for part in parts for one in part.controls}
    try:
        here = place(session)
    except WorkspaceError:
        return [Text(one, "not looked for: this is no workspace") for one in sorted(named)]
    try:
        repository, inside = history_of(session, here.root)
    except GitError:
        return Shelf(here.tree, here.config.policies).texts(named)
    return Shelf(here.tree, here.config.policies, repository, inside).texts(named)


def _boundary(session: Session) -> Path:
    """The workspace, below which no link may lead out of it; without one, the folder one is in."""
    try:
        return session.root()
    except WorkspaceError:
        return Path.cwd()
