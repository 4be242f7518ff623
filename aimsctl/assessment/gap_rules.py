"""The codes under which gaps are told: AIM4 gaps, AIM5 ageing, AIM6 approvals, AIM7 paper compliance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aimsctl.assessment.predicates import Outcome, Result
from aimsctl.diagnostics import Rule, Severity

if TYPE_CHECKING:
    from aimsctl.assessment.states import Answer


def _rule(code: str, name: str, severity: Severity, summary: str, why: str, fix: str) -> Rule:
    return Rule(code, name, summary, severity, why, fix)


MAJOR: Final = _rule(
    "AIM401",
    "major-nonconformity",
    Severity.ERROR,
    "A requirement is absent or fails as a whole.",
    "An auditor would write a major nonconformity. No certificate is issued while one is open, and it blocks stage 2.",
    "Start with the first reason listed; `aimsctl explain ID` shows every test behind the requirement.",
)
MINOR: Final = _rule(
    "AIM402",
    "minor-nonconformity",
    Severity.WARNING,
    "A requirement is met in part: there is a lapse.",
    "An auditor would write a minor nonconformity and ask for a plan that corrects it.",
    "Mend the places named, or record a waiver with a reason, an owner and an end date.",
)
OPPORTUNITY: Final = _rule(
    "AIM403",
    "opportunity-for-improvement",
    Severity.NOTE,
    "A requirement is met, with a weakness.",
    "An auditor would note an opportunity for improvement. Nothing is owed, but it is where the next lapse begins.",
    "Decide whether to mend it; nothing fails if you do not.",
)
UNKNOWN: Final = _rule(
    "AIM404",
    "cannot-be-judged",
    Severity.ERROR,
    "Nobody can tell whether a requirement is met.",
    "Something that the judgement needs could not be read or is not there. Unknown never counts as a pass.",
    "Mend the files named, then run again.",
)
ABSENT: Final = _rule(
    "AIM411",
    "missing",
    Severity.WARNING,
    "What a requirement asks for is not there.",
    "Nothing on file shows it.",
    "Follow the next step in the finding.",
)
FAILING: Final = _rule(
    "AIM412",
    "not-as-it-should-be",
    Severity.WARNING,
    "What a requirement asks for is there, but incomplete or wrong.",
    "The artefact exists and does not say or do what the requirement needs.",
    "Follow the next step in the finding.",
)
WEIGHT: Final = _rule(
    "AIM413",
    "weight-of-many",
    Severity.WARNING,
    "Many lapses, or an absence, weigh more than each alone.",
    "Auditors grade a pattern, not only its parts: half of the reviews forgotten is a system that does not work.",
    "Mend the reasons listed with it.",
)
NOT_JUDGED: Final = _rule(
    "AIM421",
    "test-not-judged",
    Severity.WARNING,
    "A test could not be judged.",
    "An artefact it needs could not be read without errors, or only history or the ledger could tell.",
    "Mend the files named, then run again.",
)
WAIVER: Final = _rule(
    "AIM431",
    "waiver-not-in-order",
    Severity.WARNING,
    "A waiver ended, is not validly approved, or its plan is late.",
    "A waiver accepts a gap for a time. Outside its terms it accepts nothing.",
    "Close the gap, or have the waiver decided anew.",
)
OVERDUE: Final = _rule(
    "AIM501",
    "overdue",
    Severity.WARNING,
    "A date has passed: a review, an action, a measurement or a record is overdue.",
    "What is written and what happens drift apart with time. Dates are how one can tell.",
    "Do what was due, record it with its date, or decide and write down why not.",
)
LATE: Final = _rule(
    "AIM502",
    "late-within-grace",
    Severity.NOTE,
    "A date was missed by no more than the grace.",
    "A few days late is a weakness, not yet a lapse.",
    "Do it now, before it becomes a gap.",
)
DUE_SOON: Final = _rule(
    "AIM503",
    "due-soon",
    Severity.NOTE,
    "Something is due within the warning time.",
    "It is not late, and nothing is graded.",
    "Plan it.",
)
APPROVAL: Final = _rule(
    "AIM601",
    "approval-does-not-hold",
    Severity.WARNING,
    "An approval is missing, not given by somebody entitled, or not of this text.",
    "An approval vouches for a text somebody read. It says nothing about another one.",
    "Have the present text approved by somebody who may.",
)
SUSPECT: Final = _rule(
    "AIM602",
    "to-be-looked-at-again",
    Severity.NOTE,
    "Something changed after what relies on it was last looked at.",
    "That it no longer fits is a suspicion, not a finding; somebody has to look.",
    "Look again and record it.",
)
THEATRE: Final = _rule(
    "AIM701",
    "paper-compliance",
    Severity.WARNING,
    "The artefacts have the marks of compliance on paper.",
    "A certificate shows that a management system exists, not that its controls run. These marks are what paper looks like.",
    "Follow the next step in the finding; if it is honest, say so in the artefact.",
)

RULES: Final = (
    MAJOR,
    MINOR,
    OPPORTUNITY,
    UNKNOWN,
    ABSENT,
    FAILING,
    WEIGHT,
    NOT_JUDGED,
    WAIVER,
    OVERDUE,
    LATE,
    DUE_SOON,
    APPROVAL,
    SUSPECT,
    THEATRE,
)

BY_GRADE: Final = {"major": MAJOR, "minor": MINOR, "opportunity": OPPORTUNITY, "unknown": UNKNOWN}


def reason_rule(answer: Answer | None, outcome: Outcome | None) -> Rule:
    """The code under which a reason is told; without an answer, that of the weight of many."""
    if answer is None or outcome is None:
        return WEIGHT
    if answer.state == "waivers":
        return WAIVER
    if answer.state == "theatre":
        return THEATRE
    if outcome.result is Result.UNKNOWN:
        return NOT_JUDGED
    if outcome.result is Result.LATE:
        return LATE
    if answer.test.predicate == "approved":
        return APPROVAL
    if outcome.result is Result.SUSPECT:
        return SUSPECT
    return {"absent": ABSENT, "stale": OVERDUE}.get(answer.shows[outcome], FAILING)
