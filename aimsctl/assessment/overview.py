"""The readiness report as plain data: everything its page, its Markdown and its JSON say, worked out once."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from aimsctl.assessment import ageing, exceptions, exposure
from aimsctl.assessment.crossing import frameworks
from aimsctl.assessment.findings import GRADE_WORDS
from aimsctl.assessment.grades import WORST_FIRST
from aimsctl.assessment.readiness import STAGE_1, STAGE_2, Blocker, blockers, summarise
from aimsctl.assessment.responsible import Places, owner_of
from aimsctl.standard.judging import STATES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from aimsctl.assessment.gap import Assessed, GapReport, Reason
    from aimsctl.diagnostics import Diagnostic

Record = dict[str, Any]
GOOD: Final = ("complete", "current")
PARTLY: Final = ("partial", "planned", "suspect", "stale", "failing", "unknown")
GAP_GRADES: Final = ("major", "unknown", "minor", "opportunity")
_FOUNDATIONS: Final = ("AIM0", "AIM1", "AIM3", "AIM9")
_COUNTED: Final = (
    (
        "Judged are the clauses 4 to 10 that ask for something and the controls of Annex A. A control that the"
        " statement of applicability excludes with a reason counts as not applicable."
    ),
    (
        "Each requirement has three states from three inputs: documented from artefacts, implemented from the links"
        " between them, operating from dated records and signed receipts. None is ever filled in from another."
    ),
    "Good counts complete and current; in part counts partial, planned, suspect, stale, failing and unknown.",
    (
        "A requirement is documented but not shown to operate where its documents are complete, operation is expected,"
        " and the operating state is anything but current."
    ),
    (
        "Grades are those of audit practice: what is absent or fails as a system is a major nonconformity, a lapse is a"
        " minor one, a weakness is an opportunity. The command aimsctl explain shows the tests behind each, and their"
        " weight."
    ),
)
_WEIGHED: Final = (
    (
        "The level of a risk comes from the matrix of the approved risk method. Before is the level as rated, target"
        " the one expected of the treatment, after the one found when the treatment was done."
    ),
    (
        "The owner of a requirement is the one the statement of applicability names, else that of the first process"
        " that fulfils it. A gap belongs to the AI systems that its words name, else to those of the artefact it points"
        " at."
    ),
    (
        "A review is overdue from the day after it was due. Evidence is fresh while its newest record is no older than"
        " the control allows, there are as many as it asks for and they cover as much, stale when not, failing when the"
        " newest one failed, missing where none is on file, and unknown where none of what is there counts; its age"
        " runs from the day of the newest record. A note tells when what is fresh today was not, and why."
    ),
    "No score is computed. Unknown never counts as a pass.",
)
_ASKS: Final = {STAGE_1: "designed and documented", STAGE_2: "works in practice"}


def overview(
    report: GapReport, findings: Iterable[Diagnostic], provenance: Mapping[str, str], past: Mapping[str, Any]
) -> Record:
    """The whole report; `findings` are those of validate and of the gap analysis, suppressed ones marked as such.

    `past` is what the history says of it: the trend, and what changed since the last audit.
    """
    told = list(findings)
    facts = report.facts
    return {
        "organisation": facts.workspace.config.organisation,
        "standard": f"{facts.catalogue.standard}:{facts.catalogue.edition}",
        "as_of": report.as_of.isoformat(),
        "stages": _stages(report),
        "summary": _summary(report),
        "groups": _groups(report),
        "gaps": _gaps(report),
        "risks": exposure.risks(facts),
        "impact_assessments": exposure.impact_assessments(facts),
        "reviews": ageing.reviews(facts),
        "evidence": ageing.evidence(report),
        "trend": past["trend"],
        "last_audit": past["last_audit"],
        "waivers": exceptions.waivers(report),
        "suppressed": exceptions.suppressed(told),
        "paper": exceptions.paper(report),
        "frameworks": frameworks(report),
        "errors": [exceptions.finding(one) for one in told if _is_error(one)],
        "not_checked": [{"path": path, "reason": reason} for path, reason in facts.workspace.not_checked],
        "read": {"files": len(facts.workspace.checked), "artefacts": len(facts.workspace.artefacts)},
        "provenance": dict(provenance),
        "how": _how(report),
    }


def _is_error(one: Diagnostic) -> bool:
    return one.severity.word == "error" and one.code.startswith(_FOUNDATIONS) and one.suppressed is None


# the answer


def _stages(report: GapReport) -> list[Record]:
    """Both stages; what blocks stage 1 blocks stage 2 as well and is told there once."""
    found = blockers(report)
    first = {one.requirement for one in found if one.stage == STAGE_1}
    own = {
        STAGE_1: [one for one in found if one.stage == STAGE_1],
        STAGE_2: [one for one in found if one.stage == STAGE_2 and one.requirement not in first],
    }
    blocked = {STAGE_1: first, STAGE_2: {one.requirement for one in found}}
    return [
        {
            "stage": stage,
            "asks": asks,
            "ready": not blocked[stage],
            "blocked": [one.id for one in report.requirements if one.id in blocked[stage]],
            "blockers": _by_requirement(report, own[stage]),
        }
        for stage, asks in _ASKS.items()
    ]


def _by_requirement(report: GapReport, found: Sequence[Blocker]) -> list[Record]:
    titles = {one.requirement: report.get(one.requirement).requirement.title for one in found}
    return [
        {
            "requirement": name,
            "title": title,
            "owner": owner_of(report.facts, name),
            "reasons": [
                {"why": one.why, "do": one.do, **exceptions.place(one.span)} for one in found if one.requirement == name
            ],
        }
        for name, title in titles.items()
    ]


def _summary(report: GapReport) -> Record:
    summary = summarise(report)
    return {
        "requirements": summary.requirements,
        "grades": [
            {"grade": grade, "words": GRADE_WORDS[grade], "count": count} for grade, count in summary.grades.items()
        ],
        "waived": summary.waived,
        "states": {state: bands(counts) for state, counts in summary.states.items()},
        "proof_gap": [one.id for one in report.requirements if _proof_gap(one)],
    }


def bands(counts: Mapping[str, int]) -> dict[str, int]:
    """How many are good, in part, absent and not expected."""
    return {
        "good": sum(counts.get(word, 0) for word in GOOD),
        "partly": sum(counts.get(word, 0) for word in PARTLY),
        "absent": counts.get("absent", 0),
        "not_expected": counts.get("not_expected", 0),
    }


def _proof_gap(one: Assessed) -> bool:
    """Documented in full, expected to operate, and not shown to."""
    return one.states["documented"] == "complete" and one.states["operating"] not in ("current", "not_expected")


# requirement by requirement


def _groups(report: GapReport) -> list[Record]:
    members: dict[str, list[Assessed]] = {}
    for one in report.requirements:
        members.setdefault(one.requirement.group.id, []).append(one)
    return [_group(report, found) for found in members.values()]


def _group(report: GapReport, members: Sequence[Assessed]) -> Record:
    group = members[0].requirement.group
    counted = Counter(one.grade for one in members)
    return {
        "id": group.id,
        "title": group.title,
        "type": members[0].requirement.type,
        "grades": {grade: counted.get(grade, 0) for grade in WORST_FIRST},
        "states": {state: bands(Counter(one.states[state] for one in members)) for state in STATES},
        "requirements": [_requirement(report, one) for one in members],
    }


def _requirement(report: GapReport, one: Assessed) -> Record:
    return {
        "id": one.id,
        "title": one.requirement.title,
        **one.states,
        "grade": one.grade,
        "waived": one.waived.id if one.waived is not None else None,
        "proof_gap": _proof_gap(one),
        "owner": owner_of(report.facts, one.id),
    }


def _gaps(report: GapReport) -> list[Record]:
    """The requirements with a gap, the gravest first, each with every reason told at it."""
    places = Places(report)
    return [_gap(report, one, places) for grade in GAP_GRADES for one in report.requirements if one.grade == grade]


def _gap(report: GapReport, one: Assessed, places: Places) -> Record:
    reasons = [_reason(reason, places) for reason in one.reasons if not reason.home]
    elsewhere = {reason.test: reason.home for reason in one.reasons if reason.home}
    return {
        **_requirement(report, one),
        "systems": sorted({system for reason in reasons for system in reason["systems"]}),
        "waived_because": one.waived.reason if one.waived is not None else None,
        "waived_until": one.waived.until if one.waived is not None else None,
        "reasons": reasons,
        "told_elsewhere": [{"test": test, "requirement": home} for test, home in elsewhere.items()],
    }


def _reason(reason: Reason, places: Places) -> Record:
    return {
        "code": reason.rule.code,
        "test": reason.test,
        "grade": reason.grade,
        "state": reason.state,
        "message": reason.message,
        "do": reason.do,
        **exceptions.place(reason.span),
        "systems": places.systems(reason),
    }


def _how(report: GapReport) -> list[str]:
    """How every number comes about, in sentences."""
    return [*_COUNTED, *report.facts.judgement.stage_rules, *_WEIGHED]
