"""Waivers: gaps that management lives with for a time, on record. They change no state, no reason and no grade."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aimsctl.assessment.calendar import parse_date, parse_duration
from aimsctl.assessment.computed.risks import entitled, roles_behind
from aimsctl.assessment.predicates.approvals import approval_problem

if TYPE_CHECKING:
    from aimsctl.assessment.facts import Facts
    from aimsctl.assessment.items import Item
    from aimsctl.diagnostics import Span


@dataclass(frozen=True, slots=True, eq=False)
class Waiver:
    """One waiver in force for a requirement; with `problem` it has no effect, and the words say why."""

    id: str
    title: str
    owner: str
    until: str
    approved_by: str
    reason: str
    tests: tuple[str, ...]
    span: Span | None
    problem: str

    def covers(self, failing_tests: set[str]) -> bool:
        """Whether all that weighs on the requirement is what the waiver is about."""
        return not self.problem and (not self.tests or failing_tests <= set(self.tests))


def waivers_for(facts: Facts, requirement_id: str) -> list[Waiver]:
    """The waivers that name the requirement and have not ended, those without effect included."""
    return [
        _waiver(facts, item, requirement_id)
        for item in facts.items("waiver")
        if requirement_id in _listed(item.data.get("requirements"))
        and item.get("status") in ("approved", "in_review")
        and item.get("expired") is not True
    ]


def _waiver(facts: Facts, item: Item, requirement_id: str) -> Waiver:
    approver = facts.find(item.get("approval.by"))
    return Waiver(
        id=item.id,
        title=str(item.get("title")),
        owner=str(item.get("owner") or ""),
        until=str(item.get("until") or ""),
        approved_by=str(approver.get("title")) if approver is not None else "",
        reason=str(item.get("reason") or ""),
        tests=tuple(str(test) for test in _listed(item.data.get("tests"))),
        span=item.span(),
        problem=_problem(facts, item, requirement_id),
    )


def _problem(facts: Facts, item: Item, requirement_id: str) -> str:
    """Why the waiver has no effect, in words; empty if it has."""
    control = requirement_id.startswith("A.")
    limits = facts.judgement.waivers["limits"]["control" if control else "clause"]
    problem = approval_problem(item, "approval", {})
    if problem:
        return problem
    return _limit_problem(item, limits) or _plan_problem(item) or _authority_problem(facts, item, requirement_id)


def _limit_problem(item: Item, limits: Mapping[str, object]) -> str:
    approved, until = parse_date(item.get("approval.date")), parse_date(item.get("until"))
    longest, renewals = parse_duration(limits["longest"]), item.get("renewals")
    if approved is None or until is None or longest is None or until > longest.after(approved):
        return f"it lasts longer than {longest.words if longest else 'allowed'} from its approval"
    if isinstance(renewals, int) and isinstance(limits["renewals"], int) and renewals > limits["renewals"]:
        return f"it was renewed {renewals} times; {limits['renewals']} is the most"
    return ""


def _plan_problem(item: Item) -> str:
    until = parse_date(item.get("until"))
    dues = [parse_date(row.get("due")) for row in _listed(item.data.get("actions")) if isinstance(row, Mapping)]
    if not any(due is not None and until is not None and due <= until for due in dues):
        return "no action that closes the gap is due before it ends"
    return ""


def _authority_problem(facts: Facts, item: Item, requirement_id: str) -> str:
    roles = roles_behind(item, item.get("approval.by"))
    if any(role.get("top_management") is True for role in roles):
        return _high_problem(facts, item, requirement_id)
    risk = facts.find(item.get("risk"), "risk")
    if not requirement_id.startswith("A.") or risk is None:
        return "only top management may approve it"
    if not any(entitled(item, role, risk.get("residual_level") or risk.get("level")) for role in roles):
        return "whoever approved it may not accept the risk it names"
    return _high_problem(facts, item, requirement_id)


def _high_problem(facts: Facts, item: Item, requirement_id: str) -> str:
    if not requirement_id.startswith("A.") or not facts.treats_high_risk(requirement_id):
        return ""
    if not item.data.get("risk"):
        return "the control treats a high risk, and the waiver names no risk that carries the gap"
    return "" if item.data.get("compensating") else "the control treats a high risk, and nothing stands in for it"


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []
