"""Who answers for a requirement, and which AI systems a finding is about, in words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from aimsctl.assessment.computed.registry import listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aimsctl.assessment.facts import Facts
    from aimsctl.assessment.gap import GapReport, Reason
    from aimsctl.assessment.items import Item
    from aimsctl.diagnostics import Span


def title_of(facts: Facts, identifier: object) -> str:
    """The title of the artefact of that id; the id itself where there is none, and nothing for nothing."""
    found = facts.find(identifier)
    return str(found.get("title")) if found is not None else str(identifier or "")


def named(facts: Facts, identifier: object) -> str:
    """The artefact's id and title, or the id alone where there is none of that id."""
    found = facts.find(identifier)
    return f"{identifier} {found.get('title')}" if found is not None else str(identifier)


def owner_of(facts: Facts, requirement_id: str) -> str:
    """The title of the owner of a requirement."""
    return title_of(facts, owner_id(facts, requirement_id))


def owner_id(facts: Facts, requirement_id: str) -> str:
    """The owner in the statement of applicability, else of the first process that fulfils the requirement; or empty."""
    row = facts.soa_rows.get(requirement_id)
    named = row.data.get("owner") if row is not None else None
    if named is None:
        fulfilling = (one for one in facts.standing("process") if requirement_id in listed(one.get("fulfils")))
        process = next(fulfilling, None)
        named = process.get("owner") if process is not None else None
    return str(named or "")


class Places:
    """The artefacts of a workspace by where they stand."""

    def __init__(self, report: GapReport) -> None:
        self._facts = report.facts
        self._systems = {system.id: str(system.get("title")) for system in report.facts.standing("ai-system")}
        self._items: dict[str, list[tuple[str, Item]]] = {}
        for item in report.facts.by_id.values():
            span = item.span()
            if span is not None:
                self._items.setdefault(span.path, []).append((span.pointer, item))

    def systems(self, reason: Reason) -> list[str]:
        """The AI systems that the words of a reason name; where they name none, those of the artefact it points at."""
        said = sorted(filter(None, self._systems.values()), key=len, reverse=True)
        if said:
            named = set(re.findall("|".join(rf"(?<!\w){re.escape(title)}(?!\w)" for title in said), reason.message))
            if named:
                return sorted(named)
        return sorted({self._systems[name] for name in self._named_at(reason.span) if name in self._systems})

    def _named_at(self, span: Span) -> Iterator[str]:
        for pointer, item in self._items.get(span.path, ()):
            if span.pointer == pointer or span.pointer.startswith(f"{pointer}/"):
                named = item.get("ai_systems") or item.get("ai_system") or ()
                yield from map(str, named if isinstance(named, list) else [named] if isinstance(named, str) else ())
                yield item.id
