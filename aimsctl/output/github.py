"""GitHub Actions: an annotation for each open finding, then the summary line; and the step summary beside it.

| severity | here |
|---|---|
| error, warning, note | `::error`, `::warning`, `::notice` |
| suppressed | not sent; listed in the step summary |

GitHub shows only the first annotations of a step, so the step summary has the whole list.
"""

from __future__ import annotations

from typing import Final

from aimsctl.diagnostics import Diagnostic, Severity
from aimsctl.output import markdown
from aimsctl.output.clean import one_line
from aimsctl.output.report import Report, shown_path, summary_line

STEP_SUMMARY_LIMIT: Final = 1024 * 1024  # bytes a step may write
_COMMANDS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
# actions/toolkit, packages/core/src/command.ts: escapeData and escapeProperty
_DATA: Final = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY: Final = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def write(report: Report) -> str:
    """Workflow commands, one a finding, and lines for the reader of the log."""
    lines = [_annotation(finding, report) for finding in report.open]
    lines += [f"{shown_path(name)}: {one_line(value)}" for name, value in report.provenance.items()]
    return "\n".join([*lines, summary_line(report)]) + "\n"


def step_summary(report: Report, room: int = STEP_SUMMARY_LIMIT) -> str:
    """The whole report as Markdown of at most `room` bytes."""
    return markdown.write(report, limit=room)


def _annotation(finding: Diagnostic, report: Report) -> str:
    span = finding.span
    properties = {
        "file": one_line(report.in_repository(span.path)),
        "line": str(max(span.line, 1)),
        "endLine": str(span.end_line) if span.end_line > span.line else "",
        "col": str(max(span.column, 1)),
        "endColumn": str(span.end_column) if span.end_line == span.line and span.end_column > span.column else "",
        "title": f"{one_line(finding.code)} {one_line(finding.rule.name)}",
    }
    listed = ",".join(f"{name}={value.translate(_PROPERTY)}" for name, value in properties.items() if value)
    hint = f"\nHint: {one_line(finding.hint)}" if finding.hint else ""
    data = (one_line(finding.message) + hint).translate(_DATA)
    return f"::{_COMMANDS[finding.severity]} {listed}::{data}"
