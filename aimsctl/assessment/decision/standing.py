"""How far the workspace is today, as the gap analysis says, and whether it is more written than running."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aimsctl.assessment import exceptions
from aimsctl.assessment.calendar import parse_date
from aimsctl.assessment.computed.registry import listed, number
from aimsctl.assessment.decision.figures import Figures, counted
from aimsctl.assessment.readiness import STAGE_1, STAGE_2, blockers
from aimsctl.assessment.sentences import joined
from aimsctl.standard.deciding import decision

if TYPE_CHECKING:
    from aimsctl.assessment.gap import GapReport
    from aimsctl.assessment.items import Item

Record = dict[str, Any]
_FEW: Final = 10
_EUROPE: Final = frozenset({"EU", "EEA", "EUROPE", "EUROPEAN UNION"})
_HELD: Final = {
    "iso27001": "ISO/IEC 27001",
    "iso27701": "ISO/IEC 27701",
    "iso9001": "ISO 9001",
    "soc2_type1": "SOC 2 type 1",
    "soc2_type2": "SOC 2 type 2",
    "other": "another one",
}


def standing(report: GapReport, case: Item) -> Figures:
    """Facts and figures about the workspace and the systems in scope."""
    return _readiness(report, case).with_(_systems(report)).with_(_organisation(case))


def readiness(report: GapReport) -> Record:
    """The counts that the advice speaks of."""
    must_run = [one for one in report.requirements if one.applicable and one.states["operating"] != "not_expected"]
    unproven = [one for one in must_run if one.states["operating"] != "current"]
    paper = [one.id for one in unproven if one.states["documented"] == "complete"]
    found = blockers(report)
    grades = [one.grade for one in report.requirements]
    return {
        "requirements": len(report.requirements),
        "documented": sum(one.states["documented"] == "complete" for one in report.requirements),
        "must_run": len(must_run),
        "running": len(must_run) - len(unproven),
        "unproven": [one.id for one in unproven],
        "on_paper": paper,
        "grades": {grade: grades.count(grade) for grade in dict.fromkeys(("major", "unknown", "minor", "opportunity"))},
        "stage_1": list(dict.fromkeys(one.requirement for one in found if one.stage == STAGE_1)),
        "stage_2": list(dict.fromkeys(one.requirement for one in found if one.stage in (STAGE_1, STAGE_2))),
    }


def theatre(report: GapReport, figures: Figures) -> Record:
    """Whether far more is written than runs, in the organisation's own numbers, and what looks like paper."""
    counts = readiness(report)
    share = len(counts["on_paper"]) / counts["must_run"] if counts["must_run"] else 0.0
    paper = [finding for one in exceptions.paper(report) for finding in one["findings"]]
    return {
        "warns": share >= decision().theatre_share,
        "says": figures.fill(decision().theatre_say),
        "on_paper": counts["on_paper"],
        "findings": [{key: one[key] for key in ("message", "path", "line")} for one in paper],
    }


def _readiness(report: GapReport, case: Item) -> Figures:
    counts = readiness(report)
    unproven, must_run = len(counts["unproven"]), counts["must_run"]
    grades = counts["grades"]
    after = parse_date(case.get("next_review"))
    facts = {
        "stage_1_clear": not counts["stage_1"],
        "stage_2_clear": not counts["stage_2"],
        "no_major": not grades["major"] and not grades["unknown"],
        "all_operating": must_run > 0 and not unproven,
        "operation_shown": must_run > 0 and unproven / must_run < decision().theatre_share,
        "audit_done": _state(report, "9.2.2", "operating") == "current",
        "review_done": _state(report, "9.3.1", "operating") == "current",
        "policy_stands": _state(report, "5.2", "documented") == "complete",
        "soa_stands": _state(report, "6.1.3", "documented") == "complete",
        "assessed": all(_state(report, name, "operating") == "current" for name in ("8.2", "8.4")),
        "case_reviewed": after is not None and after >= report.as_of,
    }
    words = {
        "stage_1_blockers": _named(counts["stage_1"]),
        "stage_2_blockers": _named(counts["stage_2"]),
        "unproven": str(unproven),
        "must_run": str(must_run),
        "documented": str(counts["documented"]),
        "requirements": str(counts["requirements"]),
        "major": str(grades["major"] + grades["unknown"]),
        "minor": str(grades["minor"]),
    }
    return Figures(facts, words)


def _state(report: GapReport, requirement: str, state: str) -> str:
    return report.get(requirement).states[state]


def _named(requirements: list[str]) -> str:
    most = 5
    more = f" and {len(requirements) - most} more" if len(requirements) > most else ""
    return f"{counted(len(requirements), 'requirement')} ({', '.join(requirements[:most])}{more})"


def _systems(report: GapReport) -> Figures:
    systems = [one for one in report.facts.standing("ai-system") if one.get("in_scope") is True]
    roles = list(dict.fromkeys(str(role) for one in systems for role in listed(one.data.get("roles"))))
    high = [str(one.get("title")) for one in systems if one.get("high_risk") is True]
    suppliers = {name for one in systems for name in listed(one.data.get("suppliers"))}
    return Figures(
        {
            "provides": "provider" in roles,
            "only_uses": bool(roles) and set(roles) == {"user"},
            "high_risk": bool(high),
        },
        {
            "roles": joined(roles) or "none on file",
            "systems": str(len(systems)),
            "high_risk_count": str(len(high)),
            "high_risk_systems": joined(high) or "no system",
            "suppliers": str(len(suppliers)),
        },
    )


def _organisation(case: Item) -> Figures:
    held = [str(name) for name in listed(case.data.get("held"))]
    people, sites = number(case.get("people_in_ai_work")), number(case.get("sites"))
    markets = {str(name).strip().upper() for name in listed(case.data.get("markets"))}
    return Figures(
        {
            "soc2_held": bool({"soc2_type1", "soc2_type2"} & set(held)),
            "iso27001_held": "iso27001" in held,
            "few_people": people is not None and people <= _FEW,
            "eu_market": bool(markets & _EUROPE),
        },
        {
            "people": "not on file" if people is None else f"{people:g}",
            "sites": "not on file" if sites is None else f"{sites:g}",
            "held": joined([_HELD.get(name, name) for name in held]) or "none",
        },
    )
