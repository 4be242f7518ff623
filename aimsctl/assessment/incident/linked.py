"""What the records tell beside the receipts: incidents and concerns of the system then, and what they led to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from aimsctl.assessment.calendar import parse_date
from aimsctl.assessment.computed.registry import listed
from aimsctl.diagnostics import Span

if TYPE_CHECKING:
    from datetime import date

    from aimsctl.assessment.facts import Facts
    from aimsctl.assessment.incident.scope import Scope
    from aimsctl.assessment.items import Item

_EVENTS: Final = ("incident", "concern")


def linked(facts: Facts, scope: Scope) -> list[dict[str, Any]]:
    """The events of the system whose time meets that of the question, each followed by what it led to."""
    found: dict[str, dict[str, Any]] = {}
    for kind in _EVENTS:
        for item in facts.standing(kind):
            if scope.system in _systems(item) and _meets(item, scope):
                found.setdefault(item.id, _record(item, ""))
                for name in listed(item.get("leads_to")):
                    led = facts.find(name)
                    if led is not None:
                        found.setdefault(led.id, _record(led, item.id))
    return list(found.values())


def _record(item: Item, through: str) -> dict[str, Any]:
    span = item.span() or Span("")
    return {
        "id": item.id,
        "kind": item.kind,
        "title": str(item.get("title")),
        "from": through,
        "path": span.path,
        "line": span.line,
    }


def _systems(item: Item) -> Iterator[str]:
    yield from map(str, listed(item.get("ai_systems")))
    if isinstance(one := item.get("ai_system"), str):
        yield one


def _meets(item: Item, scope: Scope) -> bool:
    known = [day for name in ("occurred", "date") if (day := parse_date(item.get(name))) is not None]
    return bool(known) and _overlap(min(known), max(known), scope)


def _overlap(first: date, last: date, scope: Scope) -> bool:
    return first <= scope.end.date() and scope.begin.date() <= last
