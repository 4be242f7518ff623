"""`aimsctl report`: how ready the organisation is, for people who never see YAML."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aimsctl.assessment.findings import gap_findings
from aimsctl.assessment.overview import overview
from aimsctl.assessment.suppress import apply
from aimsctl.cli.evidence_summary import Ledgers
from aimsctl.cli.options import AsOf, PolicyFrom
from aimsctl.cli.past import MONTHS, past
from aimsctl.cli.progress import reading
from aimsctl.cli.session import Session, day, place
from aimsctl.cli.validate import check
from aimsctl.diagnostics import ordered
from aimsctl.errors import OK, UsageError
from aimsctl.output.atomic import write_atomically
from aimsctl.output.clean import clean, one_line
from aimsctl.workspace.contents import Known
from aimsctl.workspace.workspace import load

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ENDINGS = {"html": "html", "md": "md", "json": "json", "pdf": "pdf"}
STEM = "readiness-report"


def report(
    context: typer.Context,
    formats: Annotated[
        list[str] | None, typer.Option("--format", metavar="NAME[,NAME]", help="html, pdf, md, json; html if left out.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE|DIR", help=f"Where to write; else {STEM} in this folder. - is standard output."),
    ] = None,
    as_of: AsOf = None,
    policy_from: PolicyFrom = None,
    trend: Annotated[
        bool, typer.Option("--trend", help=f"Judge the end of each of the last {MONTHS} months too.")
    ] = False,
    open_: Annotated[bool, typer.Option("--open", help="Show the page in the browser.")] = False,
) -> int:
    """Write the readiness report: the answer for stage 1 and 2, the three states, gaps, risks, and the method."""
    session: Session = context.obj
    files = _files(_named(formats or ["html"]), out)
    shown = files.get("html")
    if open_ and shown is None:
        raise UsageError("--open shows the page in its file", hint="ask for --format html, and not for standard output")
    judged_on = day(as_of)
    here = place(session, policy_from)
    known = Known()
    with reading(session) as tell:
        workspace = load(here.tree, here.config, policy=here.policy, tell=tell, known=known)
    ledgers = Ledgers(session, here, policy_from=policy_from)
    judged = ledgers.assess(workspace, judged_on)
    findings = [*check(workspace, here, judged_on), *apply(gap_findings(judged), workspace, judged_on, judged=True)]
    record = overview(judged, ordered(findings), here.provenance, past(ledgers, known, judged, trend=trend))
    for name, file in files.items():
        text = _written(name, record)
        if file is None:
            _print(text)
        else:
            write_atomically(file, text, here.root)
            typer.echo(one_line(str(file)))
    if open_ and shown is not None:
        import webbrowser  # noqa: PLC0415 - only here

        webbrowser.open(shown.resolve().as_uri())
    return OK


def _named(formats: Sequence[str]) -> list[str]:
    """The formats asked for, each once. Raises UsageError for what is none."""
    names = list(dict.fromkeys(name.strip() for text in formats for name in text.split(",")))
    for name in names:
        if name not in ENDINGS:
            raise UsageError(f"there is no format {name!r} of the report", hint=f"one of {', '.join(ENDINGS)}")
    return names


def _files(names: Sequence[str], out: Path | None) -> dict[str, Path | None]:
    """The file of each format; None for standard output. Raises UsageError where one file would hold several."""
    if out is not None and str(out) == "-":
        if len(names) > 1:
            raise UsageError("standard output holds one format", hint="name a folder with --out")
        return {names[0]: None}
    if out is None or out.is_dir() or len(names) > 1:
        folder = out or Path()
        if folder.exists() and not folder.is_dir():
            raise UsageError(f"{folder} is a file, and there are several formats", hint="name a folder with --out")
        return {name: folder / f"{STEM}.{ENDINGS[name]}" for name in names}
    return {names[0]: out}


def _print(content: str | bytes) -> None:
    if isinstance(content, bytes):
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
    else:
        sys.stdout.write(content)


def _written(name: str, record: Mapping[str, Any]) -> str | bytes:
    if name == "json":
        from aimsctl.output.json_ import VERSION, layout  # noqa: PLC0415 - each format loads only what it needs

        return layout({"version": VERSION, **record})
    if name == "md":
        from aimsctl.output.gfm import markdown  # noqa: PLC0415 - the same
        from aimsctl.output.overview import overview_body  # noqa: PLC0415 - the same

        return markdown(overview_body(record))
    if name == "pdf":
        from aimsctl.documents.report_pdf import report_pdf  # noqa: PLC0415 - the same

        text = str(_written("md", record))
        return report_pdf(text, str(record["organisation"]), date.fromisoformat(record["as_of"]))
    from aimsctl.documents.report_page import page  # noqa: PLC0415 - the same

    return page(record, clean)
