"""The certification case in force: what is held, and what the decision for or against a certificate rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aimsctl.assessment.computed.registry import listed
from aimsctl.errors import UsageError
from aimsctl.standard.reusing import reuse

if TYPE_CHECKING:
    from aimsctl.assessment.facts import Facts
    from aimsctl.assessment.items import Item

KIND: Final = "certification-case"
_STANDING: Final = ("approved", "in_review", "draft")


def case_in(facts: Facts) -> Item | None:
    """The case that counts: approved before in review before draft, the newest first; None without any."""
    cases = [one for one in facts.items(KIND) if one.get("status") in _STANDING]
    return min(cases, key=_order, default=None)


def _order(case: Item) -> tuple[object, ...]:
    approved = str(case.get("approval.date") or "")
    newest_first = tuple(-ord(character) for character in approved)
    return (_STANDING.index(str(case.get("status"))), not approved, newest_first, case.id)


def case_named(facts: Facts, name: str) -> Item:
    """The case of that id, or without a name the one that counts. Raises UsageError if there is none."""
    found = facts.find(name, KIND) if name else case_in(facts)
    if found is None and KIND in facts.workspace.broken:
        raise UsageError("the certification case has errors", hint="`aimsctl validate` says which")
    if found is None:
        said = f"there is no certification case {name}" if name else "there is no certification case"
        raise UsageError(said, hint=f"`aimsctl new {KIND}` writes a draft of one; what it holds are your own numbers")
    return found


def held_by(facts: Facts) -> frozenset[str]:
    """The frameworks of the crosswalk for which something is held, by the certification case."""
    case = case_in(facts)
    named = listed(case.data.get("held")) if case is not None else []
    return frozenset(one.framework for one in reuse().held if one.id in named)
