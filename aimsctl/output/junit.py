"""JUnit XML for CI servers: a suite for each folder, a case for each file, and one for each rule that found something.

| severity | here |
|---|---|
| error | `<failure>` |
| warning, note | `<failure>` if at or over what fails the run, else `<system-out>` |
| suppressed | `<skipped message="the reason">` |

A file without findings is one passed case, so that a green run shows what was checked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final

from aimsctl.diagnostics import Diagnostic, Severity
from aimsctl.output.clean import one_line
from aimsctl.output.report import Report, counted, headline, shown_path

_ENTITIES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})


def write(report: Report) -> str:
    """An XML document that holds for the schema of the Jenkins xUnit plug-in (junit-10.xsd)."""
    cases = sorted(_cases(report))
    suites = [_suite(folder, list(members), report) for folder, members in groupby(cases, key=lambda case: case[0])]
    body = "\n".join(suites or [_suite(".", [], report)])
    totals = f'tests="{len(cases)}" failures="{_holding(cases, "<failure")}" errors="0"'
    name = _xml(f"aimsctl {report.command}")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="{name}" {totals}>\n{body}\n</testsuites>\n'


Case = tuple[str, str, str, str]  # folder, path, code, element; in this order they sort as a reader expects


def _cases(report: Report) -> Iterator[Case]:
    by_path: dict[str, list[Diagnostic]] = {path: [] for path in report.checked}
    for finding in report.findings:
        by_path.setdefault(finding.span.path, []).append(finding)
    for path, findings in by_path.items():
        if not findings:
            yield _case(path, "", report.command, "")
        for code in dict.fromkeys(finding.code for finding in findings):
            alike = [finding for finding in findings if finding.code == code]
            yield _case(path, code, f"{code} {alike[0].rule.name}", "".join(_outcome(alike, report)))
    for path, reason in report.not_checked:
        yield _case(path, "", f"{report.command}: not checked", f'<skipped message="{_xml(reason)}"/>')


def _case(path: str, code: str, name: str, outcome: str) -> Case:
    folder = path.rpartition("/")[0] or "."
    head = f'<testcase classname="{_xml(shown_path(path))}" name="{_xml(name)}"'
    return folder, path, code, f"{head}>{outcome}</testcase>" if outcome else f"{head}/>"


def _outcome(findings: list[Diagnostic], report: Report) -> Iterator[str]:
    """What one rule found in one file, as the elements of its case."""
    failing = [finding for finding in findings if _is_failure(finding, report)]
    if failing:
        message = failing[0].message if len(failing) == 1 else counted(len(failing), "finding")
        yield f'<failure type="{failing[0].severity.word}" message="{_xml(message)}">{_told(failing)}</failure>'
    suppressed = [finding for finding in findings if finding.suppressed is not None]
    for finding in suppressed:
        yield f'<skipped message="{_xml(finding.suppressed or "")}">{_told([finding])}</skipped>'
    others = [finding for finding in findings if finding.suppressed is None and not _is_failure(finding, report)]
    if others:
        yield f"<system-out>{_told(others)}</system-out>"


def _is_failure(finding: Diagnostic, report: Report) -> bool:
    return finding.suppressed is None and (finding.severity is Severity.ERROR or report.fails(finding))


def _told(findings: Iterable[Diagnostic]) -> str:
    lines = []
    for finding in findings:
        lines.append(headline(finding))
        if finding.hint:
            lines.append(f"  = hint: {one_line(finding.hint)}")
    return "\n".join(line.translate(_ENTITIES) for line in lines)


def _suite(folder: str, cases: list[Case], report: Report) -> str:
    facts = dict(report.provenance) | ({"as of": report.as_of} if report.as_of is not None else {})
    properties = [f'<property name="{_xml(name)}" value="{_xml(value)}"/>' for name, value in facts.items()]
    counts = f'tests="{len(cases)}" failures="{_holding(cases, "<failure")}" errors="0"'
    head = f'<testsuite name="{_xml(shown_path(folder))}" {counts} skipped="{_holding(cases, "<skipped")}">'
    known = ["<properties>" + "".join(properties) + "</properties>"] if properties else []
    return "\n".join([head, *known, *(element for *_, element in cases), "</testsuite>"])


def _holding(cases: Iterable[Case], element: str) -> int:
    return sum(element in case[3] for case in cases)


def _xml(text: str) -> str:
    """The text for an attribute: XML 1.0 allows no control characters, so they are made visible first."""
    return one_line(text).translate(_ENTITIES)
