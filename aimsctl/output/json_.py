"""The findings as JSON for programs; schemas/output/ holds the published schemas. Keys never depend on options.

Texts are exact. What a terminal or a runner would obey, were the file printed, is written as a JSON escape; a lone
surrogate, which is no text at all, as the visible byte it stands for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from aimsctl.diagnostics import Diagnostic, Severity, Span
from aimsctl.output.clean import COMMAND, UNSAFE, escape
from aimsctl.output.report import Report

VERSION: Final = 1


def write(report: Report) -> str:
    """One object; a list has one entry a line, so that two reports compare well."""
    record = dict(report.record or {})
    summary = {**summarised(report), **record.pop("summary", {})}
    diagnostics = [diagnostic(finding) for finding in report.findings]
    return layout({"version": VERSION, **record, "summary": summary, "diagnostics": diagnostics})


def diagnostic(finding: Diagnostic) -> dict[str, Any]:
    """The finding as a record of its own, apart from the dataclass that the rules use."""
    return {
        "code": finding.code,
        "severity": finding.severity.word,
        **_place(finding.span),
        "message": finding.message,
        "hint": finding.hint or None,
        "related": [{**_place(related.span), "message": related.message} for related in finding.related],
        "fingerprint": finding.fingerprint,
        "rule_url": finding.rule.url,
        "suppressed": finding.suppressed,
    }


def _place(span: Span) -> dict[str, Any]:
    return {
        "path": span.path,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line or None,
        "end_column": (span.end_line and span.end_column) or None,
        "pointer": span.pointer,
    }


def summarised(report: Report) -> dict[str, Any]:
    """The run in numbers, what was not looked at, and where configuration and trust came from."""
    return {
        "command": report.command,
        "errors": report.count(Severity.ERROR),
        "warnings": report.count(Severity.WARNING),
        "notes": report.count(Severity.NOTE),
        "suppressed": len(report.suppressed),
        "files": len(report.checked),
        "artefacts": report.artefacts,
        "not_checked": [{"path": path, "reason": reason} for path, reason in report.not_checked],
        "as_of": report.as_of,
        "provenance": dict(report.provenance),
    }


def layout(data: Mapping[str, Any]) -> str:
    """The object as inert JSON text, one key a line, and one entry a line in its lists."""
    return "{\n" + ",\n".join(_entries(data)) + "\n}\n"


def array(items: list[Any]) -> str:
    """The list as inert JSON text, one entry a line."""
    return f"{_value(items, '')}\n"


def _entries(data: Mapping[str, Any]) -> Iterator[str]:
    for key, value in data.items():
        yield f"  {_inert(key)}: {_value(value, '  ')}"


def _value(value: Any, indent: str) -> str:
    if not isinstance(value, list) or not value:
        return _inert(value)
    return "[\n" + ",\n".join(f"{indent}  {_inert(item)}" for item in value) + f"\n{indent}]"


def _inert(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    if text.isascii() and text.isprintable() and "##" not in text:
        return text
    return COMMAND.sub(r"\1\\u005b", UNSAFE.sub(_escape, text))


def _escape(found: re.Match[str]) -> str:
    character = found.group()
    if "\ud800" <= character <= "\udfff":
        return "\\" + escape(character)
    units = character.encode("utf-16-be")
    return "".join(f"\\u{units[index : index + 2].hex()}" for index in range(0, len(units), 2))
