"""What a run found, as every format receives it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aimsctl.diagnostics import Diagnostic, Rule, Severity, Span, open_findings
from aimsctl.output.clean import one_line

if TYPE_CHECKING:  # a run without a body, such as validate's, never loads the tree
    from aimsctl.output.tree import Block


def _no_source(_path: str, _line: int) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Report:
    """The findings of one command with all that is said about the run; the formats add nothing of their own.

    `findings` are in order and include the suppressed ones; `rules` are all that were in force. `checked` are paths,
    `not_checked` paths with the reason. `provenance` names where configuration and trust came from, with digests.
    `fail_at` is the severity that fails the run, None if none does. `source` gives a line of a file, or an empty
    text where there is none or it is not to be shown. `body` stands before the findings in text and Markdown;
    `record` is the command's own JSON. `limit` findings are shown on a screen, all of them if it is 0. `prefix` is the
    workspace's folder within its repository, for the services that know only the repository. With `told_in_body` the
    body tells every finding, so text and Markdown do not list them again.
    """

    command: str
    findings: tuple[Diagnostic, ...] = ()
    rules: tuple[Rule, ...] = ()
    checked: tuple[str, ...] = ()
    not_checked: tuple[tuple[str, str], ...] = ()
    artefacts: int = 0
    as_of: str | None = None
    provenance: Mapping[str, str] = field(default_factory=dict)
    fail_at: Severity | None = Severity.ERROR
    source: Callable[[str, int], str] = _no_source
    colour: bool = False
    width: int = 80
    body: tuple[Block, ...] = ()
    record: Mapping[str, Any] | None = None
    limit: int = 0
    prefix: str = ""
    told_in_body: bool = False

    @property
    def open(self) -> list[Diagnostic]:
        """The findings that nothing suppresses."""
        return open_findings(self.findings)

    @property
    def suppressed(self) -> list[Diagnostic]:
        """The findings that a comment or the configuration suppresses, with their reasons."""
        return [finding for finding in self.findings if finding.suppressed is not None]

    def count(self, severity: Severity) -> int:
        """How many open findings weigh that much."""
        return sum(finding.severity is severity for finding in self.open)

    def fails(self, finding: Diagnostic) -> bool:
        """Whether this finding alone fails the run."""
        return finding.suppressed is None and self.fail_at is not None and finding.severity >= self.fail_at

    def in_repository(self, path: str) -> str:
        """The path as a service knows it: from the repository's root, never absolute."""
        return f"{self.prefix.strip('/')}/{path}".lstrip("/")


def shown_path(path: str) -> str:
    """The path, visible and on one line, so that a line may start with it: no runner takes it for a command."""
    text = one_line(path)
    return text if text[:1].isalnum() or text[:1] in {"_", "/", "."} else f"./{text}"


def place(span: Span) -> str:
    """`path:line:column`, as editors and terminals make it clickable."""
    return f"{shown_path(span.path)}:{span.line}:{span.column}"


def headline(finding: Diagnostic) -> str:
    """The finding on one line: `path:line:column: severity[code] message`."""
    label = f"{finding.severity.word}[{one_line(finding.code)}]"
    return f"{place(finding.span)}: {label} {one_line(finding.message)}"


def worst_first(findings: list[Diagnostic], limit: int) -> list[Diagnostic]:
    """At most `limit` findings, the heaviest chosen first, in the order they were in."""
    if len(findings) <= limit:
        return findings
    heaviest = sorted(range(len(findings)), key=lambda index: -findings[index].severity)[:limit]
    return [findings[index] for index in sorted(heaviest)]


def counted(number: int, noun: str) -> str:
    """`1 file`, `2 files`, `2,000 files`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def summary_line(report: Report) -> str:
    """One sentence: what was found in how many files, and what was set aside or not looked at."""
    found = ", ".join(
        counted(report.count(severity), severity.word) for severity in reversed(Severity) if report.count(severity)
    )
    files = counted(len(report.checked), "file")
    parts = [f"{found or 'no findings'} in {files}" + ("" if found else f" ({counted(report.artefacts, 'artefact')})")]
    if report.suppressed:
        parts.append(f"{len(report.suppressed):,} suppressed")
    if report.not_checked:
        parts.append(f"{counted(len(report.not_checked), 'file')} not checked")
    if report.as_of is not None:
        parts.append(f"judged as of {one_line(report.as_of)}")
    return "; ".join(parts)
