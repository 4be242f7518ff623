"""Which evidence of a held SOC 2 or ISO/IEC 27001 can serve which requirement, and what those never ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aimsctl.assessment.case import case_in, held_by
from aimsctl.assessment.computed.registry import listed
from aimsctl.assessment.crossing import holds
from aimsctl.errors import UsageError
from aimsctl.standard import crosswalk
from aimsctl.standard.judging import STATES
from aimsctl.standard.reusing import reuse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aimsctl.assessment.gap import Assessed, GapReport

Record = dict[str, Any]
REUSABLE: Final = ("soc2", "iso27001")
_CAN: Final = ("whole", "part", "helps")


def reused(report: GapReport, framework_id: str = "") -> Record:
    """The record for one framework, or for all that are held. Raises UsageError where nothing is held or fits."""
    facts = report.facts
    if framework_id and framework_id not in REUSABLE:
        raise UsageError(f"--reuse is about what can be held, and {framework_id} cannot", hint="soc2 or iso27001")
    held = held_by(facts)
    wanted = [framework_id] if framework_id else [name for name in REUSABLE if name in held]
    if not wanted:
        hint = "name one to see what it could serve: `aimsctl crosswalk soc2 --reuse`"
        raise UsageError("no certification case says that SOC 2 or ISO/IEC 27001 is held", hint=hint)
    case = case_in(facts)
    return {
        "organisation": facts.workspace.config.organisation,
        "standard": f"{facts.catalogue.standard}:{facts.catalogue.edition}",
        "as_of": report.as_of.isoformat(),
        "case": case.id if case is not None else "",
        "notes": list(reuse().notes),
        "frameworks": [_framework(report, name) for name in wanted],
    }


def _framework(report: GapReport, name: str) -> Record:
    framework = crosswalk().frameworks[name]
    case = case_in(report.facts)
    named = listed(case.data.get("held")) if case is not None else []
    rows = [row for one in report.requirements if one.applicable for row in _row(one, name)]
    return {
        "id": name,
        "name": framework.name,
        "edition": framework.edition,
        "held": [
            {"name": one.name, "says": one.says} for one in reuse().held if one.framework == name and one.id in named
        ],
        "serves": rows,
        "not_asked": [row for one in report.requirements if one.applicable for row in _not_asked(one, name)],
    }


def _row(one: Assessed, name: str) -> Iterator[Record]:
    serves = reuse().serves
    pairs = [pair for pair in crosswalk().of(one.id) if pair.framework == name]
    if not pairs:
        return
    items = crosswalk().frameworks[name].items
    partners = [
        {
            "item": pair.item,
            "title": items[pair.item].title,
            "relation": pair.relation,
            "can": serves[pair.relation].can,
            "says": serves[pair.relation].says,
            "rationale": pair.rationale,
            "source": pair.source,
        }
        for pair in sorted(pairs, key=lambda pair: _CAN.index(serves[pair.relation].can))
    ]
    yield {
        "requirement": one.id,
        "title": one.requirement.title,
        **{state: one.states[state] for state in STATES},
        "grade": one.grade,
        "holds": holds(one),
        "can": partners[0]["can"],
        "look_for": list(one.requirement.typical_evidence or one.requirement.expects),
        "from": partners,
    }


def _not_asked(one: Assessed, name: str) -> Iterator[Record]:
    """A requirement that the other framework does not ask for, or touches by its theme only."""
    pairs = [pair for pair in crosswalk().of(one.id) if pair.framework == name]
    if any(pair.relation != "related" for pair in pairs):
        return
    reason = crosswalk().without.get(one.id, {}).get(name, "")
    touched = ", ".join(pair.item for pair in pairs)
    yield {
        "requirement": one.id,
        "title": one.requirement.title,
        "touched": [pair.item for pair in pairs],
        "reason": reason or (f"Only its theme is touched, by {touched}." if pairs else "No counterpart."),
        "grade": one.grade,
        "holds": holds(one),
    }
