"""GitLab Code Quality: the open findings as a list for the widget of a merge request.

| severity | here |
|---|---|
| error, warning, note | critical, minor, info |
| suppressed | not sent |

https://docs.gitlab.com/ci/testing/code_quality/
"""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import Any, Final

from aimsctl.diagnostics import Diagnostic, Severity
from aimsctl.output.clean import one_line
from aimsctl.output.json_ import array
from aimsctl.output.report import Report

_SEVERITIES: Final = {Severity.ERROR: "critical", Severity.WARNING: "minor", Severity.NOTE: "info"}


def write(report: Report) -> str:
    """A JSON array; every fingerprint occurs once, since GitLab keeps only one finding of each."""
    seen: Counter[str] = Counter()
    return array([_issue(finding, report, seen) for finding in report.open])


def _issue(finding: Diagnostic, report: Report, seen: Counter[str]) -> dict[str, Any]:
    hint = f" Hint: {one_line(finding.hint)}" if finding.hint else ""
    return {
        "description": one_line(finding.message) + hint,
        "check_name": finding.code,
        "fingerprint": _fingerprint(finding, seen),
        "severity": _SEVERITIES[finding.severity],
        "location": {
            "path": report.in_repository(finding.span.path),
            "lines": {"begin": max(finding.span.line, 1)},
        },
    }


def _fingerprint(finding: Diagnostic, seen: Counter[str]) -> str:
    """The finding's own; the second one that is alike gets its number mixed in."""
    alike = finding.fingerprint
    seen[alike] += 1
    return alike if seen[alike] == 1 else hashlib.sha256(f"{alike}/{seen[alike]}".encode()).hexdigest()
