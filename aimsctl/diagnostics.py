"""Floor 0: the words in which every finding is told. Standard library only.

Rules yield diagnostics and know no output format; formatters consume them and know no rule.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass, field

RULE_URL = "https://aimsctl.example/rules/{code}"


class Severity(enum.IntEnum):
    """How much a finding weighs; errors fail a run by default."""

    NOTE = 1
    WARNING = 2
    ERROR = 3

    @property
    def word(self) -> str:
        """The word used in every output: note, warning or error."""
        return self.name.lower()


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A place in a file: 1-based lines, columns counted in code points, the end exclusive.

    `path` is POSIX and relative to the workspace's root. `end_line` 0 means that only the start is known.
    `pointer` is a JSON Pointer (RFC 6901) into the document, empty for the whole file.
    """

    path: str
    line: int = 1
    column: int = 1
    end_line: int = 0
    end_column: int = 0
    pointer: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """One check: its stable code, its name, and the paragraphs that its documentation page shows."""

    code: str
    name: str
    summary: str
    severity: Severity
    why: str
    fix: str = ""
    requirements: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        """Where the rule's page is published."""
        return RULE_URL.format(code=self.code)


@dataclass(frozen=True, slots=True)
class Related:
    """A second place that helps to understand a finding, with a few words on what stands there."""

    span: Span
    message: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """What a rule found, where, and what to do. `message` is one line of plain text."""

    rule: Rule
    span: Span
    message: str
    hint: str = ""
    severity_override: Severity | None = None
    related: tuple[Related, ...] = ()
    suppressed: str | None = None
    subject: str = field(default="", compare=False)

    @property
    def code(self) -> str:
        """The code of the rule, such as AIM203."""
        return self.rule.code

    @property
    def severity(self) -> Severity:
        """The severity in force: the rule's own unless this finding weighs differently."""
        return self.rule.severity if self.severity_override is None else self.severity_override

    @property
    def fingerprint(self) -> str:
        """SHA-256 over code, path and subject; without a subject, over pointer and message instead.

        It stays the same when lines move, so a baseline or a code-scanning service recognises the finding.
        """
        import hashlib  # noqa: PLC0415 - a run on a terminal prints no fingerprints

        told = (self.subject,) if self.subject else (self.span.pointer, self.message)
        parts = (self.rule.code, self.span.path, *told)
        return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()

    @property
    def order(self) -> tuple[str, int, int, str, str]:
        """Sort key: by place, then code, then words, so that output never depends on the order of checking."""
        return (self.span.path, self.span.line, self.span.column, self.rule.code, self.message)


def ordered(findings: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The findings by place, each one once."""
    return sorted(dict.fromkeys(findings), key=lambda finding: finding.order)


def open_findings(findings: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The findings that no comment or configuration suppresses."""
    return [finding for finding in findings if finding.suppressed is None]


def worst(findings: Iterable[Diagnostic]) -> Severity | None:
    """The highest severity among findings that are not suppressed; None if there is none."""
    return max((finding.severity for finding in open_findings(findings)), default=None)
