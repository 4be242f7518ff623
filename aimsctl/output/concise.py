"""One line a finding, `path:line:column: severity[code] message`, for editors and grep; nothing else."""

from __future__ import annotations

from aimsctl.output.report import Report, headline


def write(report: Report) -> str:
    """The open findings, one a line."""
    return "".join(f"{headline(finding)}\n" for finding in report.open)
