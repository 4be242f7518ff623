"""The codes under which gaps are told: AIM4 gaps, AIM5 ageing, AIM6 approvals, AIM7 paper compliance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aimsctl.assessment.predicates import Outcome, Result
from aimsctl.diagnostics import Rule, Severity

if TYPE_CHECKING:
    from aimsctl.assessment.states import Answer


MAJOR: Final = Rule(
    code="AIM401",
    name="major-nonconformity",
    severity=Severity.ERROR,
    summary="A requirement is absent or fails as a whole.",
    why="An auditor would write a major nonconformity. No certificate is issued while one is open: it blocks stage 2.",
    fix="Start with the first reason listed; `aimsctl explain ID` shows every test behind the requirement.",
)
MINOR: Final = Rule(
    code="AIM402",
    name="minor-nonconformity",
    severity=Severity.WARNING,
    summary="A requirement is met in part: there is a lapse.",
    why="An auditor would write a minor nonconformity and ask for a plan that corrects it.",
    fix="Mend the places named, or record a waiver with a reason, an owner and an end date.",
)
OPPORTUNITY: Final = Rule(
    code="AIM403",
    name="opportunity-for-improvement",
    severity=Severity.NOTE,
    summary="A requirement is met, with a weakness.",
    why="An auditor would note an opportunity for improvement. Nothing is owed, but it is where the next lapse begins.",
    fix="Decide whether to mend it; nothing fails if you do not.",
)
UNKNOWN: Final = Rule(
    code="AIM404",
    name="cannot-be-judged",
    severity=Severity.ERROR,
    summary="Nobody can tell whether a requirement is met.",
    why="Something that the judgement needs could not be read or is not there. Unknown never counts as a pass.",
    fix="Mend the files named, then run again.",
)
ABSENT: Final = Rule(
    code="AIM411",
    name="missing",
    severity=Severity.WARNING,
    summary="What a requirement asks for is not there.",
    why="Nothing on file shows it.",
    fix="Follow the next step in the finding.",
)
FAILING: Final = Rule(
    code="AIM412",
    name="not-as-it-should-be",
    severity=Severity.WARNING,
    summary="What a requirement asks for is there, but incomplete or wrong.",
    why="The artefact exists and does not say or do what the requirement needs.",
    fix="Follow the next step in the finding.",
)
WEIGHT: Final = Rule(
    code="AIM413",
    name="weight-of-many",
    severity=Severity.WARNING,
    summary="Many lapses, or an absence, weigh more than each alone.",
    why="Auditors grade a pattern, not only its parts: half of the reviews forgotten is a system that does not work.",
    fix="Mend the reasons listed with it.",
)
NOT_JUDGED: Final = Rule(
    code="AIM421",
    name="test-not-judged",
    severity=Severity.WARNING,
    summary="A test could not be judged.",
    why="An artefact it needs could not be read without errors, or only history or the ledger could tell.",
    fix="Mend the files named, then run again.",
)
WAIVER: Final = Rule(
    code="AIM431",
    name="waiver-not-in-order",
    severity=Severity.WARNING,
    summary="A waiver ended, is not validly approved, or its plan is late.",
    why="A waiver accepts a gap for a time. Outside its terms it accepts nothing.",
    fix="Close the gap, or have the waiver decided anew.",
)
OVERDUE: Final = Rule(
    code="AIM501",
    name="overdue",
    severity=Severity.WARNING,
    summary="A date has passed: a review, an action, a measurement or a record is overdue.",
    why="What is written and what happens drift apart with time. Dates are how one can tell.",
    fix="Do what was due, record it with its date, or decide and write down why not.",
)
LATE: Final = Rule(
    code="AIM502",
    name="late-within-grace",
    severity=Severity.NOTE,
    summary="A date was missed by no more than the grace.",
    why="A few days late is a weakness, not yet a lapse.",
    fix="Do it now, before it becomes a gap.",
)
DUE_SOON: Final = Rule(
    code="AIM503",
    name="due-soon",
    severity=Severity.NOTE,
    summary="Something is due within the warning time.",
    why="It is not late, and nothing is graded.",
    fix="Plan it.",
)
APPROVAL: Final = Rule(
    code="AIM601",
    name="approval-does-not-hold",
    severity=Severity.WARNING,
    summary="An approval is missing, not given by somebody entitled, or not of this text.",
    why="An approval vouches for a text somebody read. It says nothing about another one.",
    fix="Have the present text approved by somebody who may.",
)
SUSPECT: Final = Rule(
    code="AIM602",
    name="to-be-looked-at-again",
    severity=Severity.NOTE,
    summary="Something changed after what relies on it was last looked at.",
    why="That it no longer fits is a suspicion, not a finding; somebody has to look.",
    fix="Look again and record it.",
)
CLAIMED: Final = Rule(
    code="AIM603",
    name="approved-as-claimed",
    severity=Severity.NOTE,
    summary="Nothing but the artefact itself says that it was approved.",
    why="Anybody who may commit can write an approval into a file. A signature shows who did.",
    fix="Let the approver commit the approval, signed with a key among the allowed signers.",
)
NOT_SHOWN: Final = Rule(
    code="AIM604",
    name="signature-shows-something-else",
    severity=Severity.WARNING,
    summary="The commit of an approval is signed, but not by a key of the approver, or the signature is broken.",
    why="A signature that does not verify, or is somebody else's, speaks against the approval.",
    fix="Find out who made the commit; have the approver approve the text again.",
)
RELIED_ON: Final = Rule(
    code="AIM605",
    name="relied-on-text-changed",
    severity=Severity.NOTE,
    summary="A text that something relies on was changed after that was last looked at.",
    why="What was decided under the old text may not hold under the new one. The history shows the difference.",
    fix="Look whether it still holds, then record it with `aimsctl review ID`.",
)
NOTHING_RAN: Final = Rule(
    code="AIM801",
    name="no-operational-evidence",
    severity=Severity.WARNING,
    summary="A control is documented, and nothing shows that it runs for a system or a model version.",
    why="A certificate shows that a control is written down. Only its records show that it runs.",
    fix="Run the control and record it; `aimsctl evidence record` leaves a signed receipt.",
)
UNVERIFIED: Final = Rule(
    code="AIM802",
    name="evidence-does-not-count",
    severity=Severity.WARNING,
    summary="There is evidence that a control ran, and none that counts.",
    why="What cannot be verified, or is attested by somebody else than was asked for, shows nothing.",
    fix="Let who runs the control sign its receipts with a key of the trust file, and seal them; where a ledger cannot"
    " be read, `aimsctl evidence verify` says what is wrong with it.",
)
THEATRE: Final = Rule(
    code="AIM701",
    name="paper-compliance",
    severity=Severity.WARNING,
    summary="The artefacts have the marks of compliance on paper.",
    why="A certificate shows that a system exists, not that its controls run. This is what paper looks like.",
    fix="Follow the next step in the finding; if it is honest, say so in the artefact.",
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
    CLAIMED,
    NOT_SHOWN,
    RELIED_ON,
    NOTHING_RAN,
    UNVERIFIED,
    THEATRE,
)

BY_GRADE: Final = {"major": MAJOR, "minor": MINOR, "opportunity": OPPORTUNITY, "unknown": UNKNOWN}


_BY_RESULT: Final = {Result.UNKNOWN: NOT_JUDGED, Result.LATE: LATE, Result.SUSPECT: SUSPECT}
_BY_SHOWS: Final = {"absent": ABSENT, "stale": OVERDUE}


def reason_rule(answer: Answer | None, outcome: Outcome | None) -> Rule:
    """The code under which a reason is told; without an answer, that of the weight of many."""
    if answer is None or outcome is None:
        return WEIGHT
    if answer.state in ("waivers", "theatre"):
        return WAIVER if answer.state == "waivers" else THEATRE
    if outcome.words.get("doubt"):
        return UNVERIFIED
    if answer.test.predicate == "approved" and outcome.result in (Result.FAIL, Result.SUSPECT):
        return APPROVAL
    return _BY_RESULT.get(outcome.result) or _BY_SHOWS.get(answer.shows[outcome], FAILING)
