"""Findings for people: place, severity and message on one line, then the source line with marks, then what to do.

| severity | here |
|---|---|
| error, warning, note | `error[CODE]`, `warning[CODE]`, `note[CODE]` |
| suppressed | only counted |

Nothing is wrapped, nothing is parsed as markup, and no line starts with text of others.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from aimsctl.diagnostics import Diagnostic, Severity, worst
from aimsctl.output.clean import one_line
from aimsctl.output.colour import SEVERITY_TONES, Tone, painted
from aimsctl.output.excerpt import Excerpt, excerpt
from aimsctl.output.report import Report, counted, place, shown_path, summary_line, worst_first

_NOT_CHECKED_SHOWN: Final = 20
_FOR_ALL: Final = "(run with --format json for all)"


def write(report: Report) -> str:
    """The body, the findings, what was not looked at, where the configuration came from, and the summary."""
    parts = [_body(report)] if report.body else []
    findings = [] if report.told_in_body else report.open
    shown = worst_first(findings, report.limit) if report.limit else findings
    parts += ["\n".join(_entry(finding, report)) + "\n" for finding in shown]
    parts.append("\n".join(_end(report, len(findings) - len(shown))) + "\n")
    return "\n".join(parts)


def _body(report: Report) -> str:
    from aimsctl.output.terminal import terminal  # noqa: PLC0415 -- validate has no body and does not wait for it

    return terminal(report.body, report.width, colour=report.colour)


def _entry(finding: Diagnostic, report: Report) -> Iterator[str]:
    tone, colour = SEVERITY_TONES[finding.severity], report.colour
    label = painted(f"{finding.severity.word}[{one_line(finding.code)}]", tone, colour=colour)
    yield f"{painted(place(finding.span), 'strong', colour=colour)}: {label} {one_line(finding.message)}"
    piece = excerpt(report.source(finding.span.path, finding.span.line), finding.span)
    if piece:
        yield from _source(piece, finding.span.line, tone, colour=colour)
    if finding.hint:
        yield f"  = {painted('hint', 'note', colour=colour)}: {one_line(finding.hint)}"
    for related in finding.related:
        yield f"  = see {place(related.span)}: {one_line(related.message)}"


def _source(piece: Excerpt, line: int, tone: Tone, *, colour: bool) -> Iterator[str]:
    number = f"{line:>4} |"
    yield f"{painted(number, 'muted', colour=colour)} {piece.text}"
    marks = painted("^" * piece.marks, tone, colour=colour)
    yield f"{painted('|'.rjust(len(number)), 'muted', colour=colour)} {' ' * piece.indent}{marks}"


def _end(report: Report, left_out: int) -> Iterator[str]:
    for path, reason in report.not_checked[:_NOT_CHECKED_SHOWN]:
        yield f"not checked: {shown_path(path)}: {one_line(reason)}"
    for name, value in report.provenance.items():
        yield painted(f"{shown_path(name)}: {one_line(value)}", "muted", colour=report.colour)
    if left_out:
        yield f"{counted(left_out, 'more finding')} not shown {_FOR_ALL}"
    heaviest = worst(report.findings) or Severity.NOTE
    tone: Tone = SEVERITY_TONES[heaviest] if heaviest > Severity.NOTE else "good"
    more = f" {_FOR_ALL}" if len(report.not_checked) > _NOT_CHECKED_SHOWN else ""
    yield painted(summary_line(report), tone, colour=report.colour) + more
