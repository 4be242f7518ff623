"""The predicate about decisions: approved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimsctl.assessment.calendar import parse_date
from aimsctl.assessment.computed.risks import roles_behind
from aimsctl.assessment.predicates.base import Outcome, Question, Result, predicate, undecided
from aimsctl.assessment.selection import holds
from aimsctl.workspace.fingerprint import fingerprint

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from aimsctl.assessment.items import Item


@predicate("approved")
def approved(question: Question) -> list[Outcome]:
    """An answer an item: whether somebody entitled approved this very text; gives `problem`."""
    found, field = question.select(), question.text("field", "approval")
    return [_approved(item, field, question.mapping("by")) for item in found.items] + undecided(found)


def _approved(item: Item, field: str, by: Mapping[str, object]) -> Outcome:
    problem = approval_problem(item, field, by)
    if problem:
        at = field if item.get(field) is not None else "status" if field == "approval" else ""
        return Outcome(Result.FAIL, item, {"problem": problem}, at=at)
    kept = item.get(f"{field}.fingerprint")
    if kept is None or item.artefact is None or kept == fingerprint(item.artefact, item.facts.workspace, field):
        return Outcome(Result.PASS, item)
    problem = f"the text has changed since it was approved on {item.get(f'{field}.date')}"
    return Outcome(Result.SUSPECT, item, {"problem": problem}, at=f"{field}.fingerprint")


def approval_problem(item: Item, field: str, by: Mapping[str, object]) -> str:
    """Why the approval does not hold, in words; empty if it does."""
    if field == "approval" and item.get("status") != "approved":
        return f"its status is {item.get('status')}"
    if item.get(field) is None:
        return "no approval is on record"
    day, approver = parse_date(item.get(f"{field}.date")), item.get(f"{field}.by")
    if day is None:
        return "the approval has no date"
    if day > item.facts.as_of:
        return f"the approval is dated {day}, after the day of judgement"
    written = parse_date(item.get("issued"))
    if field == "approval" and written is not None and day < written:
        return f"it was approved on {day}, but the text is of {written}"
    return _approver_problem(item, approver, day, by)


def _approver_problem(item: Item, approver: object, day: date, by: Mapping[str, object]) -> str:
    found = item.facts.find(approver)
    if found is None or found.kind not in ("person", "role"):
        return f"{approver or 'nobody'} is neither a role nor a person on file"
    joined, left = parse_date(found.data.get("joined")), parse_date(found.data.get("left"))
    if (joined is not None and day < joined) or (left is not None and day > left):
        return f"{found.get('title')} was not with the organisation on {day}"
    if by and not any(holds(role, by) for role in roles_behind(item, approver)):
        return f"{found.get('title')} is not entitled to approve it"
    return ""
