"""SARIF 2.1.0 for code scanning.

| severity | here |
|---|---|
| error, warning, note | level error, warning, note |
| suppressed | a result with `suppressions` |

GitHub refuses a run with more than 25,000 results or rules, 1,000 locations a result, 20 tags a rule, or 10 MB
compressed (docs.github.com, "SARIF results exceed one or more limits"). Then the heaviest findings are kept, and a
notification in the file says how many were left out.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import quote

from aimsctl import __version__
from aimsctl.diagnostics import Diagnostic, Rule, Severity, Span
from aimsctl.output.clean import one_line
from aimsctl.output.json_ import layout
from aimsctl.output.report import Report, counted, worst_first

MOST_RESULTS: Final = 25_000
MOST_RULES: Final = 25_000
MOST_TAGS: Final = 20
MOST_LOCATIONS: Final = 1_000
MOST_BYTES: Final = 10_000_000  # compressed
SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
INFORMATION: Final = "https://aimsctl.example/"
BASE: Final = "SRCROOT"
_RESULT: Final = '{"ruleId": '
_LINK: Final = re.compile(r"\[(?=[^\[\]]*\]\()")  # 3.11.6: text in brackets before parentheses becomes a link


def write(report: Report) -> str:
    """One run with the findings, all rules in force, and what was not checked."""
    findings = worst_first(_open_first(report), MOST_RESULTS)
    text = _log(report, findings)
    while findings and (size := _compressed(text)) > MOST_BYTES:
        findings = worst_first(findings, len(findings) * MOST_BYTES * 9 // (size * 10))
        text = _log(report, findings)
    return text


def left_out(report: Report, written: str) -> str:
    """A sentence for the user if the file could not hold all findings, else nothing."""
    missing = len(report.findings) - written.count(_RESULT)
    return f"{_notice(missing)}; --format json has them all" if missing else ""


def _notice(missing: int) -> str:
    return f"{counted(missing, 'finding')} left out of the SARIF file, which GitHub would refuse with all of them"


def _open_first(report: Report) -> list[Diagnostic]:
    """All findings in order, or only the open ones where all would be too many."""
    return list(report.findings) if len(report.findings) <= MOST_RESULTS else report.open


def _compressed(text: str) -> int:
    """The size that counts; without the work of compressing where the text is small enough as it is."""
    content = text.encode("utf-8", "backslashreplace")
    return len(content) if len(content) <= MOST_BYTES else len(zlib.compress(content))


def _log(report: Report, findings: Sequence[Diagnostic]) -> str:
    run = layout(_run(report, findings)).strip()
    return f'{{\n"$schema": "{SCHEMA}",\n"version": "2.1.0",\n"runs": [\n{run}\n]\n}}\n'


def _run(report: Report, findings: Sequence[Diagnostic]) -> dict[str, Any]:
    rules = _rules(report, findings)
    numbers = {rule.code: number for number, rule in enumerate(rules)}
    return {
        "tool": {
            "driver": {
                "name": "aimsctl",
                "version": __version__,
                "informationUri": INFORMATION,
                "rules": [_rule(rule) for rule in rules],
            }
        },
        "automationDetails": {"id": f"aimsctl/{report.command}/"},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {BASE: {"description": {"text": "The root of the repository."}}},
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": _notifications(report, findings)}],
        "properties": {"as_of": report.as_of, "provenance": dict(report.provenance)},
        "results": [_result(finding, numbers[finding.code], report) for finding in findings],
    }


def _rules(report: Report, findings: Sequence[Diagnostic]) -> list[Rule]:
    """The rules of the findings and, as far as there is room, the others in force, by code."""
    needed = {finding.code: finding.rule for finding in findings}
    others = [rule for rule in {rule.code: rule for rule in report.rules}.values() if rule.code not in needed]
    return sorted([*needed.values(), *others[: MOST_RULES - len(needed)]], key=lambda rule: rule.code)


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": _message(rule.summary),
        "fullDescription": _message(rule.why or rule.summary),
        "help": _message(rule.fix or rule.why or rule.summary),
        "helpUri": rule.url,
        "defaultConfiguration": {"level": _level(rule.severity)},
        "properties": {"tags": list(dict.fromkeys(rule.requirements))[:MOST_TAGS]},
    }


def _level(severity: Severity) -> str:
    return severity.word


def _message(text: str) -> dict[str, str]:
    return {"text": _LINK.sub(r"\\[", one_line(text))}


def _result(finding: Diagnostic, number: int, report: Report) -> dict[str, Any]:
    hint = f"\nHint: {_message(finding.hint)['text']}" if finding.hint else ""
    related = finding.related[: MOST_LOCATIONS - 1]
    result = {
        "ruleId": finding.code,
        "ruleIndex": number,
        "level": _level(finding.severity),
        "message": {"text": _message(finding.message)["text"] + hint},
        "locations": [_location(finding.span, report)],
        "partialFingerprints": {"aimsctl/v1": finding.fingerprint},
        "relatedLocations": [
            {"id": index, **_location(place.span, report), "message": _message(place.message)}
            for index, place in enumerate(related, 1)
        ],
    }
    if finding.suppressed is not None:
        justification = one_line(finding.suppressed)
        result["suppressions"] = [{"kind": "inSource", "status": "accepted", "justification": justification}]
    return result


def _location(span: Span, report: Report) -> dict[str, Any]:
    region = {"startLine": max(span.line, 1), "startColumn": max(span.column, 1)}
    if (span.end_line, span.end_column) > (span.line, span.column):
        region |= {"endLine": span.end_line, "endColumn": max(span.end_column, 1)}
    location: dict[str, Any] = {"physicalLocation": {"artifactLocation": _file(span.path, report), "region": region}}
    if span.pointer:
        location["logicalLocations"] = [{"fullyQualifiedName": one_line(span.pointer)}]
    return location


def _file(path: str, report: Report) -> dict[str, str]:
    """The file by its percent-encoded bytes (RFC 3986), relative to the root of the repository."""
    try:
        content = report.in_repository(path).encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        content = report.in_repository(one_line(path)).encode("utf-8", "backslashreplace")
    return {"uri": quote(content), "uriBaseId": BASE}


def _notifications(report: Report, findings: Sequence[Diagnostic]) -> list[dict[str, Any]]:
    missing = len(report.findings) - len(findings)
    notices = [{"level": "warning", "message": {"text": _notice(missing)}}] if missing else []
    return notices + [
        {
            "level": "warning",
            "message": _message(f"not checked: {reason}"),
            "locations": [{"physicalLocation": {"artifactLocation": _file(path, report)}}],
        }
        for path, reason in report.not_checked[:MOST_LOCATIONS]
    ]
