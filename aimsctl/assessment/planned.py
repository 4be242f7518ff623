"""Controls that are planned in time: a dated plan that management accepted is planning, not a lapse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimsctl.assessment.calendar import parse_date
from aimsctl.assessment.computed.registry import listed
from aimsctl.assessment.predicates.approvals import approval_problem

if TYPE_CHECKING:
    from aimsctl.assessment.facts import Facts
    from aimsctl.assessment.items import Item


def planned_in_time(facts: Facts, requirement_id: str) -> bool:
    """Whether a control is planned with a date ahead, on a risk with an open action and a lasting acceptance."""
    row = facts.soa_rows.get(requirement_id)
    planned_for = parse_date(row.data.get("planned_for")) if row is not None else None
    if row is None or row.data.get("status") != "planned" or planned_for is None or planned_for <= facts.as_of:
        return False
    naming = (risk for risk in facts.standing("risk") if requirement_id in listed(risk.data.get("controls")))
    return any(_carried(facts, risk) for risk in naming)


def _carried(facts: Facts, risk: Item) -> bool:
    """Whether work on the risk goes on, and somebody on file has accepted by today what remains until then."""
    if risk.get("actions_open") is not True or approval_problem(risk, "residual_accepted", {}):
        return False
    until = parse_date(risk.get("accepted_until"))
    return until is None or until >= facts.as_of
