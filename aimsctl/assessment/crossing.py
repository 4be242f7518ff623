"""What the management system shows of another framework: item by item, with relation, source, states and evidence.

A mapping proves no conformity. What is shown is what the requirements of ISO/IEC 42001 show here on the day; how far
that reaches in the other framework is what the relation of each pair says.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from aimsctl.assessment.application import application
from aimsctl.assessment.case import held_by
from aimsctl.standard import crosswalk
from aimsctl.standard.judging import STATES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aimsctl.assessment.gap import Assessed, GapReport
    from aimsctl.standard import Framework, Pair
    from aimsctl.standard.partners import Item as Criterion

Record = dict[str, Any]
SHOWS: Final = ("shown", "in_part", "not_yet", "related_only", "no_counterpart")
_WHOLE: Final = ("equal", "superset")
_OUTSIDE: Final = "no"
_GOOD: Final = ("complete", "current")
_SOMETHING: Final = (*_GOOD, "partial", "suspect", "stale")
EU_AI_ACT: Final = "eu_ai_act"


def crossing(report: GapReport, framework_id: str, systems: Sequence[str] = ()) -> Record:
    """Every item of the framework with what is shown; for the EU AI Act also what applies to the AI systems named."""
    framework = crosswalk().frameworks[framework_id]
    partners: dict[str, list[Pair]] = {}
    for pair in crosswalk().pairs:
        if pair.framework == framework_id:
            partners.setdefault(pair.item, []).append(pair)
    judged = {one.id: _requirement(one) for one in report.requirements}
    items = [_item(framework, item, partners.get(item.id, []), judged) for item in framework.items.values()]
    used = {pair["source"] for item in items for pair in item["pairs"]}
    return {
        "organisation": report.facts.workspace.config.organisation,
        "standard": f"{report.facts.catalogue.standard}:{report.facts.catalogue.edition}",
        "as_of": report.as_of.isoformat(),
        "framework": {key: getattr(framework, key) for key in ("id", "name", "edition", "owner", "note")},
        "held": framework_id in held_by(report.facts),
        "notes": list(crosswalk().notes),
        "sources": [{"name": name, "what": what} for name, what in crosswalk().sources.items() if name in used],
        "counts": _counted([item["shows"] for item in items]),
        "items": items,
        "application": application(report.facts, systems) if framework_id == EU_AI_ACT else None,
    }


def overview(report: GapReport) -> Record:
    """All frameworks with how many of their items are shown, in part, and so on."""
    return {
        "organisation": report.facts.workspace.config.organisation,
        "standard": f"{report.facts.catalogue.standard}:{report.facts.catalogue.edition}",
        "as_of": report.as_of.isoformat(),
        "frameworks": frameworks(report),
    }


def frameworks(report: GapReport) -> list[Record]:
    """Each framework in numbers, without the evidence of its items."""
    met = {one.id: holds(one) for one in report.requirements}
    partners: dict[tuple[str, str], list[Record]] = {}
    for pair in crosswalk().pairs:
        row = {"relation": pair.relation, "holds": met[pair.requirement]}
        partners.setdefault((pair.framework, pair.item), []).append(row)
    held = held_by(report.facts)
    return [
        {
            "id": one.id,
            "name": one.name,
            "edition": one.edition,
            "held": one.id in held,
            "counts": _counted([_shows(one, item, partners.get((one.id, item.id), [])) for item in one.items.values()]),
        }
        for one in crosswalk().frameworks.values()
    ]


def _counted(shows: Sequence[str]) -> Record:
    counted = Counter(shows)
    return {"items": len(shows), **{name: counted.get(name, 0) for name in SHOWS}}


def _requirement(one: Assessed) -> Record:
    return {
        "requirement": one.id,
        "title": one.requirement.title,
        "applicable": one.applicable,
        **{state: one.states[state] for state in STATES},
        "grade": one.grade,
        "holds": holds(one),
        "evidence": evidence(one),
    }


def holds(one: Assessed) -> str:
    """How far the requirement itself is met: shown, in_part, not_shown, unknown or not_applicable."""
    if not one.applicable:
        return "not_applicable"
    if one.grade == "unknown" or "unknown" in one.states.values():
        return "unknown"
    expected = [state for state in one.states.values() if state != "not_expected"]
    if one.grade in ("conforms", "opportunity") and expected and all(state in _GOOD for state in expected):
        return "shown"
    return "in_part" if any(state in _SOMETHING for state in expected) else "not_shown"


def evidence(one: Assessed) -> list[Record]:
    """The artefacts by which tests of the requirement passed, each once."""
    found: dict[str, Record] = {}
    for answer in one.answers:
        for outcome in answer.outcomes:
            if outcome.passes and outcome.item is not None and outcome.item.top.artefact is not None:
                item = outcome.item.top
                found.setdefault(item.id, {"id": item.id, "kind": item.kind, "title": str(item.get("title"))})
    return sorted(found.values(), key=lambda row: (row["kind"], row["id"]))


def _item(framework: Framework, item: Criterion, pairs: Sequence[Pair], judged: Mapping[str, Record]) -> Record:
    rows = [
        {**judged[pair.requirement], "relation": pair.relation, "rationale": pair.rationale, "source": pair.source}
        for pair in pairs
    ]
    return {
        "id": item.id,
        "title": item.title,
        "shows": _shows(framework, item, rows),
        "pairs": rows,
    }


def _shows(framework: Framework, item: Criterion, rows: Sequence[Record]) -> str:
    if not rows or item.covered_by_aims == _OUTSIDE:
        return "no_counterpart"
    bearing = [row for row in rows if row["relation"] != "related"]
    if not bearing:
        return "related_only"
    whole = framework.id != EU_AI_ACT and any(row["relation"] in _WHOLE and row["holds"] == "shown" for row in bearing)
    if whole:
        return "shown"
    return "in_part" if any(row["holds"] in ("shown", "in_part") for row in bearing) else "not_yet"
