"""Setting findings aside: by a comment in the file or an entry in aimsctl.yaml, always with a reason and a last day.

A finding that is set aside stays in every output. Reading errors (AIM0), gaps (AIM4) and findings about the
configuration (AIM9) cannot be set aside: what was not read was not checked, a gap is accepted by a waiver that
management approves, and no file may excuse itself from the rules about suppressions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

from aimsctl.assessment.calendar import parse_date
from aimsctl.diagnostics import Diagnostic, Rule, Severity, Span
from aimsctl.workspace.hints import closest, did_you_mean, shown

if TYPE_CHECKING:
    from aimsctl.workspace.workspace import Workspace

EXPIRED: Final = Rule(
    code="AIM931",
    name="suppression-expired",
    severity=Severity.WARNING,
    summary="The last day of a suppression has passed; it sets nothing aside any more.",
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
    why=(
        "A file that cannot be read was not checked, a gap is accepted by a waiver that management approves, and the"
        " configuration does not excuse itself."
    ),
    fix="Mend the file or the setting; for a gap, write a waiver.",
)
UNKNOWN_CODE: Final = Rule(
    code="AIM934",
    name="suppression-of-unknown-code",
    severity=Severity.ERROR,
    summary="A suppression names a code that no rule has.",
    why="It sets nothing aside, and whoever wrote it believes that it does.",
    fix="`aimsctl rules` lists the codes.",
)
RULES: Final = (EXPIRED, UNUSED, NOT_ALLOWED, UNKNOWN_CODE)
_NEVER: Final = ("AIM0", "AIM4", "AIM9")
_JUDGED: Final = ("AIM5", "AIM6", "AIM7")  # found by the gap analysis alone


@dataclass(frozen=True, slots=True)
class _Entry:
    """One suppression. A comment covers lines of its file; an entry of the configuration, the files its path fits."""

    codes: tuple[str, ...]
    reason: str
    until: date | None
    span: Span
    path: str
    lines: Callable[[str, int], bool] | None

    def covers(self, finding: Diagnostic) -> bool:
        """Whether the entry speaks of this finding, in force or not."""
        if self.lines is None:
            return finding.code in self.codes and fnmatchcase(finding.span.path, self.path)
        return finding.span.path == self.path and self.lines(finding.code, finding.span.line)

    def holds(self, as_of: date) -> bool:
        """Whether its last day is still to come, or today; a day that does not exist never comes."""
        return self.until is not None and self.until >= as_of


def apply(
    findings: Iterable[Diagnostic], workspace: Workspace, as_of: date, *, judged: bool = False
) -> list[Diagnostic]:
    """The findings, those that are set aside marked with the reason; and findings about the suppressions themselves.

    The latter speak only of rules that were run: those of `validate`, or with `judged` those of the gap analysis.
    """
    told = list(findings)
    entries = _Entries(workspace)
    if not entries.all:
        return told
    result = [entries.marked(finding, as_of) for finding in told]
    return result + list(entries.about(workspace, as_of, judged=judged))


class _Entries:
    """All suppressions of a workspace, and what they were used for."""

    def __init__(self, workspace: Workspace) -> None:
        self.all = list(_collected(workspace))
        self._used: set[tuple[int, str]] = set()
        self._by_path: dict[str, list[int]] = {}
        self._by_code: dict[str, list[int]] = {}
        for number, entry in enumerate(self.all):
            if entry.lines is not None:
                self._by_path.setdefault(entry.path, []).append(number)
            else:
                self._by_code.setdefault(entry.codes[0], []).append(number)

    def marked(self, finding: Diagnostic, as_of: date) -> Diagnostic:
        """The finding, with the reason if an entry in force sets it aside; every entry about it counts as used."""
        if finding.code.startswith(_NEVER):
            return finding
        for number in (*self._by_path.get(finding.span.path, ()), *self._by_code.get(finding.code, ())):
            entry = self.all[number]
            if entry.covers(finding):
                self._used.add((number, finding.code))
                if finding.suppressed is None and entry.holds(as_of):
                    finding = replace(finding, suppressed=f"{entry.reason} (until {entry.until})")
        return finding

    def about(self, workspace: Workspace, as_of: date, *, judged: bool) -> Iterator[Diagnostic]:
        """What is wrong with the suppressions: one finding for each code."""
        known: frozenset[str] | None = None
        for number, entry in enumerate(self.all):
            for code in entry.codes:
                if code.startswith(_JUDGED) is not judged:
                    continue
                known = known or _codes(workspace)
                if code not in known:
                    hint = did_you_mean(closest(code, known)) or UNKNOWN_CODE.fix
                    yield _told(UNKNOWN_CODE, entry, f"No rule has the code {shown(code)}.", hint)
                elif code.startswith(_NEVER):
                    yield _told(NOT_ALLOWED, entry, f"{code} cannot be set aside.")
                elif not entry.holds(as_of):
                    ended = f"ended on {entry.until}" if entry.until else "names a last day that does not exist"
                    yield _told(EXPIRED, entry, f"The suppression of {code} {ended}.")
                elif (number, code) not in self._used:
                    yield _told(UNUSED, entry, f"There is no {code} to set aside here.")


def _told(rule: Rule, entry: _Entry, said: str, hint: str = "") -> Diagnostic:
    return Diagnostic(rule, entry.span, said, hint or rule.fix)


def _collected(workspace: Workspace) -> Iterator[_Entry]:
    config = workspace.config
    for document in (*workspace.documents, *((config.document,) if config.document is not None else ())):
        for one in document.suppressions:
            yield _Entry(one.codes, one.reason, parse_date(one.until), one.span, document.path, one.covers)
    for row in config.suppress:
        yield _Entry((row.rule,), row.reason, parse_date(row.until), row.span, row.path, None)


def _codes(workspace: Workspace) -> frozenset[str]:
    """The codes of all rules, those of the organisation included."""
    from aimsctl.assessment import rules  # noqa: PLC0415 - the rules ask this module for its own

    return frozenset(rule.code for rule in (*rules.all_rules(), *rules.organisation.rules(workspace)))
