"""The report as Markdown, for a comment, an issue or the summary of a CI step.

| severity | here |
|---|---|
| error, warning, note | a row each |
| suppressed | a table of their own, with the reasons |
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from aimsctl.diagnostics import Diagnostic
from aimsctl.output.gfm import code, inline, markdown, table_row
from aimsctl.output.report import Report, counted, place, summary_line
from aimsctl.output.tree import Block, Bullets, Cell, Facts, Heading, Item, Paragraph

COMMENT_LIMIT: Final = 65_536  # what GitHub takes for a comment; counted here in bytes, which is never less
_NOT_CHECKED_SHOWN: Final = 20
_NOTICE_ROOM: Final = 120


def write(report: Report, limit: int = COMMENT_LIMIT) -> str:
    """The report in at most `limit` bytes of UTF-8, cut between two lines and saying so where it is cut."""
    lines = [*markdown(_before(report), under=1).splitlines(), *_findings(report)]
    text = "\n".join(lines) + "\n"
    return text if _size(text) <= limit else _cut(lines, limit)


def _before(report: Report) -> Iterator[Block]:
    yield Heading(1, f"aimsctl {report.command}")
    yield Paragraph(summary_line(report))
    if report.provenance:
        yield Facts(tuple((name, Cell(value)) for name, value in report.provenance.items()))
    if report.not_checked:
        yield Heading(2, "Not checked")
        shown = report.not_checked[:_NOT_CHECKED_SHOWN]
        yield Bullets(tuple(Item(reason, place=path) for path, reason in shown))
    if len(report.not_checked) > _NOT_CHECKED_SHOWN:
        yield Paragraph(f"and {counted(len(report.not_checked) - _NOT_CHECKED_SHOWN, 'more file')}")
    yield from report.body


def _findings(report: Report) -> Iterator[str]:
    if report.open and not report.told_in_body:
        yield from ("", "### Findings", "", "| Severity | Rule | Place | Finding | What to do |")
        yield "| --- | --- | --- | --- | --- |"
        yield from (table_row(_row(finding, finding.hint)) for finding in report.open)
    if report.suppressed and not report.told_in_body:
        yield from ("", "### Suppressed", "", "| Severity | Rule | Place | Finding | Reason |")
        yield "| --- | --- | --- | --- | --- |"
        yield from (table_row(_row(finding, finding.suppressed or "")) for finding in report.suppressed)


def _row(finding: Diagnostic, last: str) -> Iterator[str]:
    yield finding.severity.word
    yield inline(finding.code)
    yield code(place(finding.span))
    yield inline(finding.message)
    yield inline(last)


def _size(text: str) -> int:
    return len(text.encode("utf-8", "backslashreplace"))


def _cut(lines: list[str], limit: int) -> str:
    """As many whole lines as fit, and how many more there are."""
    kept, room = 0, limit - _NOTICE_ROOM
    for line in lines:
        room -= _size(line) + 1
        if room < 0:
            break
        kept += 1
    notice = f"**Cut here: {counted(len(lines) - kept, 'more line')}.** Run with `--format json` for all of it."
    return "\n".join([*lines[:kept], "", notice]) + "\n" if limit > _NOTICE_ROOM else ""
