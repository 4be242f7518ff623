"""What of the EU AI Act is addressed to which AI system, by the role and class its record names, and from when on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aimsctl.assessment.computed.registry import listed
from aimsctl.errors import UsageError
from aimsctl.standard.european import ActDuty, ai_act
from aimsctl.workspace.hints import closest, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aimsctl.assessment.facts import Facts
    from aimsctl.assessment.items import Item

Record = dict[str, Any]
_OPEN: Final = ("", "not_determined")
_NONE: Final = "not_applicable"


def application(facts: Facts, names: Sequence[str] = ()) -> Record:
    """The days with their sources, and for each system named (else each in scope) the articles addressed to it.

    Raises UsageError for a name that no AI system has.
    """
    act = ai_act()
    systems = [_system(facts, name) for name in names] or [
        one for one in facts.standing("ai-system") if one.get("in_scope") is True
    ]
    today = facts.as_of.isoformat()
    return {
        "law": act.law,
        "notes": list(act.notes),
        "dates": [
            {"id": one.id, "day": one.day, "what": one.what, "source": one.source, "begun": one.day <= today}
            for one in act.dates.values()
        ],
        "systems": [_record(one, today) for one in systems],
    }


def _system(facts: Facts, name: str) -> Item:
    found = facts.find(name, "ai-system") or facts.find(name.upper(), "ai-system")
    if found is None:
        near = closest(name.upper(), [one.id for one in facts.items("ai-system")])
        hint = did_you_mean(near) if near else "`aimsctl list ai-system` shows them"
        raise UsageError(f"there is no AI system {name}", hint=hint)
    return found


def _record(system: Item, today: str) -> Record:
    act = ai_act()
    roles = [str(role) for role in listed(system.data.get("roles"))]
    theirs = list(dict.fromkeys(word for role in roles for word in act.roles.get(role, ())))
    legal_class = str(system.get("legal_class") or "")
    found = ((duty, _addressed(duty, legal_class, theirs)) for duty in act.duties.values())
    return {
        "id": system.id,
        "title": str(system.get("title")),
        "roles": roles,
        "roles_in_the_act": theirs,
        "legal_class": legal_class,
        "legal_class_reason": str(system.get("legal_class_reason") or ""),
        "high_risk": system.get("high_risk") is True,
        "jurisdictions": [str(place) for place in listed(system.data.get("jurisdictions"))],
        "articles": [_article(duty, addressed, today) for duty, addressed in found if addressed != "no"],
    }


def _addressed(duty: ActDuty, legal_class: str, roles: Sequence[str]) -> str:
    """yes, no, or perhaps: where it depends on what the system does, or where the class is open."""
    if legal_class == _NONE or not set(duty.roles) & set(roles):
        return "no"
    if legal_class in duty.classes:
        return "yes"
    return "perhaps" if legal_class in duty.may or legal_class in _OPEN else "no"


def _article(duty: ActDuty, addressed: str, today: str) -> Record:
    dates = [ai_act().dates[name] for name in duty.begins]
    return {
        "item": duty.item,
        "addressed": addressed,
        "depends": duty.depends,
        "dates": [one.id for one in dates],
        "from": list(dict.fromkeys(one.day for one in dates)),
        "begun": any(one.day <= today for one in dates),
    }
