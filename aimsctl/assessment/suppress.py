"""Setting findings aside: by a comment in the file or an entry in aimsctl.yaml, always with a reason and a last day.

A finding that is set aside stays in every output. Reading errors (AIM0) and gaps (AIM4) cannot be set aside; for gaps
there are waivers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

from aimsctl.assessment.calendar import parse_date
from aimsctl.diagnostics import Diagnostic, Rule, Severity, Span

if TYPE_CHECKING:
    from aimsctl.workspace.workspace import Workspace

EXPIRED: Final = Rule(
    code="AIM931",
    name="suppression-expired",
    severity=Severity.WARNING,
    summary="A suppression has reached its last day and sets nothing aside any more.",
    why="The reason held for a time. Somebody has to look again.",
    fix="Mend the finding, or decide anew with a new last day.",
)
UNUSED: Final = Rule(
    code="AIM932",
    name="suppression-unused",
    severity=Severity.WARNING,
    summary="A suppression sets nothing aside.",
    why="What it was for is mended or has moved. Left standing, it could hide the next finding there.",
    fix="Take it away.",
)
NOT_ALLOWED: Final = Rule(
    code="AIM933",
    name="suppression-not-allowed",
    severity=Severity.ERROR,
    summary="A suppression names a finding that cannot be set aside.",
    why="A file that cannot be read was not checked, and a gap is accepted by a waiver that management approves.",
    fix="Mend the file; for a gap, write a waiver.",
)
RULES: Final = (EXPIRED, UNUSED, NOT_ALLOWED)
_NEVER: Final = ("AIM0", "AIM4")
_ELSEWHERE: Final = ("AIM5", "AIM6", "AIM7")  # found by the gap analysis, so not missed by validate


@dataclass(frozen=True, slots=True)
class _Entry:
    codes: tuple[str, ...]
    reason: str
    until: date | None
    span: Span
    path: str
    first: int = 0
    last: int = 0

    def covers(self, finding: Diagnostic) -> bool:
        """Whether the entry is about this finding."""
        if finding.code not in self.codes or finding.code.startswith(_NEVER):
            return False
        if not fnmatchcase(finding.span.path, self.path):
            return False
        return not self.first or self.first <= finding.span.line <= self.last


def apply(findings: Iterable[Diagnostic], workspace: Workspace, as_of: date) -> list[Diagnostic]:
    """The findings, those that are set aside marked with the reason; and findings about the suppressions themselves."""
    told = list(findings)
    entries = list(_entries(workspace))
    if not entries:
        return told
    used: set[int] = set()
    result = [_marked(finding, entries, used, as_of) for finding in told]
    return result + list(_about(entries, used, as_of))


def _marked(finding: Diagnostic, entries: list[_Entry], used: set[int], as_of: date) -> Diagnostic:
    for at, entry in enumerate(entries):
        if entry.covers(finding):
            used.add(at)
            if entry.until is None or entry.until >= as_of:
                return replace(finding, suppressed=f"{entry.reason} (until {entry.until})")
    return finding


def _entries(workspace: Workspace) -> Iterator[_Entry]:
    for document in workspace.documents:
        for one in document.suppressions:
            yield _Entry(
                one.codes, one.reason, parse_date(one.until), one.span, document.path, one.target_line, one.last_line
            )
    for row in workspace.config.suppress:
        yield _Entry((row.rule,), row.reason, parse_date(row.until), row.span, row.path)


def _about(entries: list[_Entry], used: set[int], as_of: date) -> Iterator[Diagnostic]:
    for at, entry in enumerate(entries):
        forbidden = next((code for code in entry.codes if code.startswith(_NEVER)), None)
        if forbidden is not None:
            yield Diagnostic(NOT_ALLOWED, entry.span, f"{forbidden} cannot be set aside.", NOT_ALLOWED.fix)
        elif entry.until is not None and entry.until < as_of:
            yield Diagnostic(EXPIRED, entry.span, f"This suppression ended on {entry.until}.", EXPIRED.fix)
        elif at not in used and not all(code.startswith(_ELSEWHERE) for code in entry.codes):
            yield Diagnostic(UNUSED, entry.span, f"Nothing here has {' or '.join(entry.codes)}.", UNUSED.fix)
