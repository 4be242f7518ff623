"""Values that are worked out and never typed, one function each, under the names that the schemas list as computed.

A function takes the item and returns plain data (dates as ISO text) or `UNKNOWN`. Dates after the day of judgement
never count as done.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aimsctl.assessment.computed import common, documents, governance, risks, systems
from aimsctl.assessment.computed.registry import COMPUTED, Work

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aimsctl.assessment.items import Item

__all__ = ["common", "documents", "find", "governance", "needs", "risks", "systems"]

NEEDS: Final[dict[tuple[str, str], tuple[str, ...]]] = {
    ("role", "vacant"): ("person",),
    ("process", "last_output"): ("check",),
    ("obligation", "from_customer"): ("interested-party",),
    ("objective", "last_measured"): ("metric",),
    ("objective", "progress"): ("metric",),
    ("competence", "duties"): ("role",),
    ("communication", "from_top"): ("role",),
    ("audit-programme", "done"): ("audit",),
    ("management-review", "top_management_present"): ("role", "person"),
    ("ai-system", "high_risk"): ("impact-assessment", "risk-method"),
    ("ai-system", "last_change"): ("change",),
    ("evaluation", "test_data_seen"): ("ai-system",),
    ("deployment", "before_evaluation"): ("evaluation",),
    ("risk", "controls_in_force"): ("soa", "control"),
    ("risk", "right_acceptor"): ("risk-method", "role", "person"),
    ("impact-assessment", "serious"): ("risk-method",),
    **{
        ("risk", name): ("risk-method",)
        for name in ("level", "above_line", "high", "target_level", "residual_level", "lowered", "next_due")
    },
}
"""Kinds that a computed value reads besides its own: where one of them is unreadable, it is not to be trusted."""


def find(item: Item, name: str) -> Work | None:
    """The function behind a computed value of this item: of its kind, of every artefact, or of rows of its shape."""
    work = COMPUTED.get((item.kind, name))
    if work is not None or item.kind == "requirement":
        return work
    if item.artefact is not None and item.holder is None:
        return COMPUTED.get(("*", name))
    if "due" in item.data and "what" in item.data:
        return COMPUTED.get(("*.action", name))
    if "measure" in item.data:
        return COMPUTED.get(("*.measurement", name))
    return None


def needs(kinds: Iterable[str], names: Iterable[str]) -> set[str]:
    """The further kinds that the computed values of that name read, for items of these kinds."""
    wanted = set(names)
    return {needed for kind in kinds for name in wanted for needed in NEEDS.get((kind, name), ())}
