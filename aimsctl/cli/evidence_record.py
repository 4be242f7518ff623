"""`aimsctl evidence record`: one receipt from options, or many from lines of JSON on standard input."""

# ruff: noqa: ARG001 - the options are read all together, from the context

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from aimsctl.cli.evidence_place import workspace_trust
from aimsctl.cli.recording import desk, record_one
from aimsctl.cli.session import Session, place
from aimsctl.errors import FINDINGS, OK


def record(
    context: typer.Context,
    control: Annotated[str | None, typer.Option(metavar="ID", help="The control that ran.")] = None,
    system: Annotated[str | None, typer.Option(metavar="ID", help="The AI system it ran for.")] = None,
    environment: Annotated[str | None, typer.Option(metavar="NAME", help="Such as production.")] = None,
    model: Annotated[str | None, typer.Option(metavar="NAME@VERSION", help="The model version.")] = None,
    model_digest: Annotated[str | None, typer.Option(metavar="SHA256", help="Digest of the signed model.")] = None,
    executor: Annotated[
        str | None, typer.Option(metavar="TYPE", help="ci, guardrail, human, monitor, policyEngine, evalHarness.")
    ] = None,
    executor_id: Annotated[str | None, typer.Option(metavar="URI", help="Which one; people by a pseudonym.")] = None,
    executor_name: Annotated[str | None, typer.Option(metavar="NAME", help="Else the last part of its id.")] = None,
    executor_version: Annotated[str | None, typer.Option(metavar="VERSION", help="Its version.")] = None,
    executor_run: Annotated[str | None, typer.Option(metavar="ID", help="Its run, such as the CI job's.")] = None,
    role: Annotated[str | None, typer.Option(metavar="ROLE", help="In which role a person did it.")] = None,
    target: Annotated[
        str | None,
        typer.Option(metavar="KIND:ID", help="Kinds: input, output, modelVersion, dataset, change, period."),
    ] = None,
    output: Annotated[str | None, typer.Option(metavar="ID", help="The same as --target output:ID.")] = None,
    input_: Annotated[str | None, typer.Option("--input", metavar="ID", help="As --target input:ID.")] = None,
    trace: Annotated[str | None, typer.Option(metavar="HEX", help="Trace id of the target.")] = None,
    span: Annotated[str | None, typer.Option(metavar="HEX", help="Span id of the target.")] = None,
    content: Annotated[
        str | None, typer.Option(metavar="FILE", help="What was looked at: its digest is kept, not its text.")
    ] = None,
    result: Annotated[
        str | None, typer.Option(metavar="RESULT", help="passed, failed, error, skipped, notApplicable.")
    ] = None,
    verdict: Annotated[str | None, typer.Option(help="allow, deny, modify, warn, escalate: what it said.")] = None,
    action: Annotated[str | None, typer.Option(help="allow, block, modify, escalate: what was enforced.")] = None,
    score: Annotated[
        list[str] | None, typer.Option(metavar="NAME=VALUE", help="With a threshold: NAME=VALUE<=LIMIT.")
    ] = None,
    count: Annotated[list[str] | None, typer.Option(metavar="STATE=N", help="Such as total=12, failed=1.")] = None,
    policy: Annotated[str | None, typer.Option(metavar="ID", help="The policy it applied.")] = None,
    rule: Annotated[str | None, typer.Option(metavar="ID", help="The rule of it.")] = None,
    review: Annotated[
        str | None, typer.Option(metavar="OUTCOME", help="approved, rejected, changesRequested, overridden.")
    ] = None,
    reason: Annotated[str | None, typer.Option(metavar="CODE", help="A code for why; never a text.")] = None,
    reviews: Annotated[list[str] | None, typer.Option(metavar="ID", help="Receipts that this one reviews.")] = None,
    supersedes: Annotated[list[str] | None, typer.Option(metavar="ID", help="Receipts that it corrects.")] = None,
    evidence: Annotated[
        list[str] | None, typer.Option(metavar="FILE", help="A file that stays outside; its digest is kept.")
    ] = None,
    not_checked: Annotated[list[str] | None, typer.Option(metavar="TEXT", help="What it did not cover.")] = None,
    started_on: Annotated[str | None, typer.Option(metavar="TIME", help="RFC 3339 with Z; else as it ended.")] = None,
    finished_on: Annotated[str | None, typer.Option(metavar="TIME", help="RFC 3339 with Z; else now.")] = None,
    ledger: Annotated[str | None, typer.Option(metavar="DIR", help="Else AIMSCTL_LEDGER, else the only one.")] = None,
    key: Annotated[
        str | None, typer.Option(metavar="FILE", help="The executor's key; else AIMSCTL_KEY, PEM text or a path.")
    ] = None,
    secret: Annotated[
        str | None, typer.Option(metavar="FILE", help="For digests of content; else AIMSCTL_SECRET.")
    ] = None,
    stdin: Annotated[
        bool, typer.Option("--stdin", help="Read a receipt from each line of JSON; options are their defaults.")
    ] = False,
) -> int:
    """Record that a control ran: a signed receipt in the ledger, and its id on standard output."""
    session: Session = context.obj
    options: dict[str, Any] = {name.rstrip("_"): value for name, value in context.params.items()}
    here = place(session)
    ours = desk(here.root / here.config.evidence, (here.tree, here.config.policies), options, workspace_trust(session))
    if not stdin:
        typer.echo(record_one(ours, options))
        return OK
    from aimsctl.cli.lines import record_lines  # noqa: PLC0415 - only where lines are read

    recorded, refused = record_lines(ours, sys.stderr)
    if not session.quiet:
        sys.stderr.write(f"recorded {recorded}, refused {refused}\n")
    return FINDINGS if refused else OK
