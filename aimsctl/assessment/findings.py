"""The gap report as diagnostics: one for each open gap, and the ageing, approvals and marks of paper at their lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from aimsctl.assessment import gap_rules
from aimsctl.assessment.calendar import parse_date
from aimsctl.assessment.predicates.evidence import owed_rows
from aimsctl.assessment.receipts import MISSING, UNVERIFIED, doubt, standing, strays
from aimsctl.assessment.suspects import suspects
from aimsctl.diagnostics import Diagnostic, Related, Severity, ordered

if TYPE_CHECKING:
    from datetime import date

    from aimsctl.assessment.gap import Assessed, GapReport, Reason
    from aimsctl.assessment.items import Item
    from aimsctl.assessment.receipts import Owed

GRADE_WORDS: Final = {
    "major": "major nonconformity",
    "minor": "minor nonconformity",
    "opportunity": "opportunity for improvement",
    "unknown": "cannot be judged",
    "conforms": "conforms",
    "not_applicable": "not applicable",
}
_AT_THEIR_LINE: Final = frozenset({"AIM431", "AIM501", "AIM502", "AIM601", "AIM602", "AIM701"})
_MOST_RELATED: Final = 10


def gap_findings(report: GapReport) -> list[Diagnostic]:
    """All findings of a gap analysis, in order. A gap that a waiver covers is suppressed with the waiver's words."""
    found = [finding for one in report.requirements for finding in _of_requirement(one)]
    found += [_at_line(reason, "") for reason in report.waiver_reasons]
    found += _due_soon(report)
    found += _approvals(report)
    found += _relied_on(report)
    found += _evidence(report)
    return ordered(found)


def _approvals(report: GapReport) -> Iterator[Diagnostic]:
    """Approvals for which no signature speaks, where signers were named."""
    approvals = report.facts.approvals
    if approvals is None or approvals.signers is None:
        return
    for artefact, field, shown in approvals.all():
        if shown.state != "verified":
            rule = gap_rules.CLAIMED if shown.state == "claimed" else gap_rules.NOT_SHOWN
            words = "is approved as claimed" if shown.state == "claimed" else "was not shown to be approved"
            span = artefact.span(field)
            yield Diagnostic(rule, span, f"{artefact.title} {words}: {shown.why}.", subject=f"{artefact.id}/{field}")


def _evidence(report: GapReport) -> Iterator[Diagnostic]:
    """Controls that are written down while nothing, or nothing that counts, shows that they run."""
    for control in report.facts.standing("control"):
        for row in owed_rows(control):
            if row.entry.get("kind") == "records" or row.lost or control.get("status") != "approved":
                continue
            state = standing(row)[0]
            if state == MISSING:
                more = f"; {stray}" if (stray := strays(row)) else ""
                rule, said = gap_rules.NOTHING_RAN, f"is documented, and no receipt shows that it runs{more}"
            elif state == UNVERIFIED:
                rule, said = gap_rules.UNVERIFIED, f"has evidence that does not count: {doubt(row)}"
            else:
                continue
            span = control.span(f"evidence.{row.index}")
            if span is not None:
                subject = f"{control.id}/{row.index}/{row.system.id if row.system else ''}/{row.version}"
                yield Diagnostic(rule, span, f"{_named(row)} {said}.", rule.fix, subject=subject)


def _named(row: Owed) -> str:
    system = f" for {row.system.get('title')}" if row.system is not None else ""
    return f"{row.control.get('title')}{system}{f' {row.version}' if row.version else ''}"


def _relied_on(report: GapReport) -> Iterator[Diagnostic]:
    """Links to texts that changed since, where the history was read."""
    for one in suspects(report.facts):
        said = (
            f"{one.artefact.title} relies on {one.target.title}, which changed on {one.changed} "
            f"after it was last looked at on {one.looked}: {one.words.rstrip('.')}."
        )
        hint = f"See whether it still holds; `aimsctl review {one.artefact.id}` records that."
        subject = f"{one.artefact.id}/{one.target.id}"
        yield Diagnostic(gap_rules.RELIED_ON, one.span, said, hint, subject=subject)


def _of_requirement(assessed: Assessed) -> Iterator[Diagnostic]:
    rule = gap_rules.BY_GRADE.get(assessed.grade)
    if rule is not None:
        first, *others = assessed.reasons
        waiver = assessed.waived
        yield Diagnostic(
            rule=rule,
            span=first.span,
            message=f"{assessed.id} {assessed.requirement.title}: {GRADE_WORDS[assessed.grade]}. {first.message}",
            hint=first.do,
            related=tuple(Related(reason.span, reason.message) for reason in others[:_MOST_RELATED]),
            suppressed=f"waived by {waiver.id} until {waiver.until}: {waiver.reason}" if waiver is not None else None,
            subject=assessed.id,
        )
    for reason in assessed.reasons:
        if reason.rule.code in _AT_THEIR_LINE and not reason.home:
            yield _at_line(reason, assessed.id)


def _at_line(reason: Reason, requirement: str) -> Diagnostic:
    light = reason.grade in ("opportunity", "conforms")
    return Diagnostic(
        rule=reason.rule,
        span=reason.span,
        message=f"{reason.message} ({requirement})" if requirement else reason.message,
        hint=reason.do,
        severity_override=Severity.NOTE if light else None,
        subject=f"{requirement}/{reason.test}/{reason.span.pointer}",
    )


def _due_soon(report: GapReport) -> Iterator[Diagnostic]:
    """What falls due within the warning time; no grade follows from it."""
    facts = report.facts
    last = facts.period("warn_before").after(facts.as_of)
    for item in facts.by_id.values():
        if not facts.counts(item):
            continue
        due = parse_date(item.get("next_review"))
        if _soon(due, facts.as_of, last):
            yield _soon_finding(item, "review.last", f"{item.get('title')} is due for review on {due}.")
        for row in _open_actions(item):
            due = parse_date(row.data.get("due"))
            if _soon(due, facts.as_of, last):
                yield _soon_finding(row, "due", f"{row.data.get('what')} ({item.get('title')}) is due on {due}.")


def _open_actions(item: Item) -> Iterator[Item]:
    for name in ("actions", "decisions"):
        for row in item.facts.items(f"{item.kind}.{name}") if item.data.get(name) else ():
            if row.holder is item and row.get("open") is True:
                yield row


def _soon(due: date | None, as_of: date, last: date) -> bool:
    return due is not None and as_of <= due <= last


def _soon_finding(item: Item, at: str, message: str) -> Diagnostic:
    span = item.span(at)
    if span is None:
        raise TypeError(item.kind)
    return Diagnostic(gap_rules.DUE_SOON, span, message, subject=f"{item.top.id}/{span.pointer}")
