"""The predicate about decisions: approved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimsctl.assessment.calendar import parse_date
from aimsctl.assessment.computed.risks import roles_behind
from aimsctl.assessment.predicates.base import Outcome, Question, Result, predicate, undecided, unless_unreadable
from aimsctl.assessment.selection import holds
from aimsctl.workspace.fingerprint import fingerprint

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aimsctl.assessment.items import Item


@predicate("approved")
def approved(question: Question) -> list[Outcome]:
    """An answer an item: whether somebody entitled approved this very text; gives `problem`."""
    found, field = question.select(), question.text("field", "approval")
    return [_approved(question, item, field) for item in found.items] + undecided(found)


def _approved(question: Question, item: Item, field: str) -> Outcome:
    problem = _text_problem(item, field)
    if problem:
        at = field if item.get(field) is not None else "status" if field == "approval" else ""
        return Outcome(Result.FAIL, item, {"problem": problem}, at=at)
    problem = _approver_problem(item, field, question.mapping("by"))
    if problem:
        return unless_unreadable(
            question, ("person", "role"), Outcome(Result.FAIL, item, {"problem": problem}, at=field)
        )
    kept = item.get(f"{field}.fingerprint")
    if kept is None or item.artefact is None or kept == fingerprint(item.artefact, item.facts.workspace, field):
        return Outcome(Result.PASS, item)
    problem = f"the text has changed since it was approved on {item.get(f'{field}.date')}"
    return Outcome(Result.SUSPECT, item, {"problem": problem}, at=f"{field}.fingerprint")


def approval_problem(item: Item, field: str, by: Mapping[str, object]) -> str:
    """Why the approval does not hold, in words; empty if it does."""
    return _text_problem(item, field) or _approver_problem(item, field, by)


def _text_problem(item: Item, field: str) -> str:
    """What is wrong with the approval itself, whoever gave it."""
    if field == "approval" and item.get("status") != "approved":
        return f"its status is {item.get('status')}"
    if item.get(field) is None:
        return "no approval is on record"
    day = parse_date(item.get(f"{field}.date"))
    if day is None:
        return "the approval has no date"
    if day > item.facts.as_of:
        return f"the approval is dated {day}, after the day of judgement"
    written = parse_date(item.get("issued"))
    if field == "approval" and written is not None and day < written:
        return f"it was approved on {day}, but the text is of {written}"
    return ""


def _approver_problem(item: Item, field: str, by: Mapping[str, object]) -> str:
    """Why whoever gave the approval could not, on its day."""
    day, approver = parse_date(item.get(f"{field}.date")), item.get(f"{field}.by")
    found = item.facts.find(approver)
    if found is None or found.kind not in ("person", "role"):
        return f"{approver or 'nobody'} is neither a role nor a person on file"
    joined, left = parse_date(found.data.get("joined")), parse_date(found.data.get("left"))
    if day is not None and ((joined is not None and day < joined) or (left is not None and day > left)):
        return f"{found.get('title')} was not with the organisation on {day}"
    if by and not any(holds(role, by) for role in roles_behind(item, approver)):
        return f"{found.get('title')} is not entitled to approve it"
    return ""
