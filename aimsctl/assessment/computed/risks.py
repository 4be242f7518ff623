"""Computed values of risks and impact assessments: everything that the approved risk method decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimsctl.assessment.calendar import parse_date, parse_duration
from aimsctl.assessment.computed.registry import computed, listed, number, past, rows
from aimsctl.assessment.items import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aimsctl.assessment.items import Item

PEOPLE = (
    "fairness",
    "accountability",
    "transparency",
    "safety",
    "health",
    "financial",
    "privacy",
    "access",
    "human_rights",
)
SOCIETY = (
    "environment",
    "economy_and_jobs",
    "government_and_public_life",
    "public_health_and_safety",
    "norms_and_culture",
    "misinformation_and_bias",
)
LEVELS = ("individuals", "groups", "society")


def cell(item: Item, consequence: object, likelihood: object) -> str | None:
    """The level that the method's matrix gives; None without a method or outside its scales."""
    method = item.facts.method
    if method is None:
        return None
    row = _place(rows(method, "consequence_scale"), consequence)
    scale = rows(method, "likelihood_scale")
    column = _place(scale, likelihood) if scale else 0
    matrix = listed(method.data.get("matrix"))
    if row is None or column is None or row >= len(matrix):
        return None
    line = listed(matrix[row])
    found = line[column] if column < len(line) else None
    return found if isinstance(found, str) else None


def _place(scale: list[dict[str, object]], value: object) -> int | None:
    if number(value) is None:
        return None
    return next((index for index, step in enumerate(scale) if step.get("value") == value), None)


def rank(item: Item, level: object) -> int | None:
    """The place of a level among the method's levels, lowest first."""
    method = item.facts.method
    names = [row.get("name") for row in rows(method, "levels")] if method is not None else []
    return names.index(level) if level in names else None


def _at_or_above(item: Item, level: object, line: str) -> object:
    method = item.facts.method
    if method is None:
        return UNKNOWN
    ours, theirs = rank(item, level), rank(item, method.get(line))
    return UNKNOWN if ours is None or theirs is None else ours >= theirs


@computed("consequence", "risk")
def consequence(item: Item) -> object:
    """The highest of the three consequence values."""
    values = (number(item.get(f"consequence_{who}")) for who in ("organisation", "individuals", "society"))
    return max((value for value in values if value is not None), default=None)


@computed("level", "risk")
def level(item: Item) -> object:
    """The level before treatment."""
    return cell(item, item.get("consequence"), item.get("likelihood"))


@computed("target_level", "risk")
def target_level(item: Item) -> object:
    """The level expected after treatment."""
    return cell(item, item.get("target_consequence"), item.get("target_likelihood"))


@computed("residual_level", "risk")
def residual_level(item: Item) -> object:
    """The level found after treatment."""
    return cell(item, item.get("residual_consequence"), item.get("residual_likelihood"))


@computed("above_line", "risk")
def above_line(item: Item) -> object:
    """Whether the level ranks above the appetite of the method; without a level nobody can tell."""
    method, ours = item.facts.method, rank(item, item.get("level"))
    if method is None:
        return UNKNOWN
    line = rank(item, method.get("acceptable_up_to"))
    return UNKNOWN if ours is None or line is None else ours > line


@computed("high", "risk")
def high(item: Item) -> object:
    """Whether the level ranks at or above what the method calls high."""
    return _at_or_above(item, item.get("level"), "high_from")


@computed("priority", "risk")
def priority(item: Item) -> object:
    """The place among all risks by level, then consequence, then likelihood; 1 is the most urgent."""
    return item.facts.risk_places.get(item)


def places(risks: Iterable[Item]) -> dict[Item, int]:
    """The place of each of the risks, the most urgent first."""
    return {risk: place for place, risk in enumerate(sorted(risks, key=_urgency), start=1)}


def _urgency(risk: Item) -> tuple[float, float, float, str]:
    ranked = rank(risk, risk.get("level"))
    worst, likelihood = number(risk.get("consequence")) or 0, number(risk.get("likelihood")) or 0
    return (1 if ranked is None else -ranked), -worst, -likelihood, risk.id


@computed("lowered", "risk")
def lowered(item: Item) -> object:
    """Whether what remains ranks below the level before treatment."""
    before, after = rank(item, item.get("level")), rank(item, item.get("residual_level"))
    return None if before is None or after is None else after < before


@computed("controls_in_force", "risk")
def controls_in_force(item: Item) -> object:
    """Whether a control that treats the risk is applicable and implemented."""
    return any(_in_force(item, name) for name in listed(item.data.get("controls")))


def _in_force(item: Item, name: object) -> bool:
    row = item.facts.soa_rows.get(str(name))
    if row is not None:
        return row.data.get("applicable") is True and row.data.get("status") in ("implemented", "partly")
    control = item.facts.find(name, "control")
    return control is not None and past(item, control.get("in_force_since")) is not None


@computed("right_acceptor", "risk")
def right_acceptor(item: Item) -> object:
    """Whether the rest was accepted by the role the method names, by one above it, or by top management."""
    by = item.get("residual_accepted.by")
    return by is not None and any(entitled(item, role, item.get("residual_level")) for role in roles_behind(item, by))


def roles_behind(item: Item, name: object) -> list[Item]:
    """The role of that id, or the roles that the person of that id holds."""
    role = item.facts.find(name, "role")
    if role is not None:
        return [role]
    return [held for held in item.facts.standing("role") if held.data.get("holder") == name]


def entitled(item: Item, role: Item, accepted_level: object) -> bool:
    """Whether the role may accept a risk of that level: the one the method names, one above it, or top management."""
    method = item.facts.method
    steps = rows(method, "levels") if method is not None else []
    needed = next((step.get("accepted_by") for step in steps if step.get("name") == accepted_level), None)
    if role.get("top_management") is True or role.id == needed:
        return True
    below, seen = item.facts.find(needed, "role"), set[str]()
    while below is not None and below.id not in seen:
        seen.add(below.id)
        below = item.facts.find(below.data.get("reports_to"), "role")
    return role.id in seen


@computed("next_due", "risk")
def next_due(item: Item) -> object:
    """The last day for the next assessment: the last one plus the method's interval."""
    method = item.facts.method
    assessed = parse_date(item.get("assessed"))
    interval = parse_duration(method.get("interval")) if method is not None else None
    return None if assessed is None or interval is None else interval.after(assessed).isoformat()


@computed("serious", "impact-assessment.impacts")
def serious(item: Item) -> object:
    """Whether severity and likelihood reach what the method calls high."""
    return _at_or_above(item, cell(item, item.data.get("severity"), item.data.get("likelihood")), "high_from")


@computed("missing_levels", "impact-assessment")
def missing_levels(item: Item) -> object:
    """Individuals, groups or society without an impact and without a reason why there is none."""
    named = {row.get("who") for row in rows(item, "impacts")}
    if item.get("no_impact_reason"):
        named |= set(listed(item.data.get("no_impact_on")))
    return [who for who in LEVELS if who not in named]


@computed("open_topics_people", "impact-assessment")
def open_topics_people(item: Item) -> object:
    """Topics about people that were neither found to matter nor found not to."""
    return _open_topics(item, PEOPLE)


@computed("open_topics_society", "impact-assessment")
def open_topics_society(item: Item) -> object:
    """Topics about society that were neither found to matter nor found not to."""
    return _open_topics(item, SOCIETY)


def _open_topics(item: Item, topics: tuple[str, ...]) -> list[str]:
    seen = {row.get("topic") for row in rows(item, "impacts")}
    seen |= set(listed(item.data.get("considered_without_effect")))
    return [topic for topic in topics if topic not in seen]
