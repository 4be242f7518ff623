"""The predicate about decisions: approved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aimsctl.assessment.calendar import parse_date
from aimsctl.assessment.changes import covered_differences
from aimsctl.assessment.computed.risks import roles_behind
from aimsctl.assessment.predicates.base import Outcome, Question, Result, predicate, undecided, unless_unreadable
from aimsctl.assessment.selection import holds
from aimsctl.workspace.fingerprint import fingerprint

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aimsctl.assessment.items import Item
    from aimsctl.workspace.artefacts import Artefact

_TOLD: Final = 3  # differences told in one sentence


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
    if item.artefact is None:
        return Outcome(Result.PASS, item)
    demanded = _demanded(item, item.artefact, field)
    if demanded is not None:
        return demanded
    if not _outlived(item, item.artefact, field):
        return Outcome(Result.PASS, item)
    problem = f"the text has changed since it was approved on {item.get(f'{field}.date')}"
    words = _what_changed(item, item.artefact, field)
    at = f"{field}.fingerprint" if item.get(f"{field}.fingerprint") is not None else field
    return Outcome(Result.SUSPECT, item, {"problem": f"{problem}: {words}" if words else problem}, at=at)


def _demanded(item: Item, artefact: Artefact, field: str) -> Outcome | None:
    """Why the approval lacks what the configuration asks for; None if it has it, or nothing is asked."""
    asked, history = item.facts.workspace.config.approvals, item.facts.approvals
    if not (asked.signed or asked.second_person):
        return None
    if history is None:
        return Outcome(Result.UNKNOWN, item, {"problem": "its history was not read"}, at=field)
    shown = history.of(artefact, field)
    if asked.signed and shown is not None and shown.state != "verified":
        return Outcome(
            Result.FAIL, item, {"problem": f"no signature of the approver stands behind it, {shown.why}"}, at=field
        )
    if asked.second_person:
        return _second_person(item, field, item.get("authors"))
    return None


def _second_person(item: Item, field: str, authors: object) -> Outcome | None:
    if not isinstance(authors, list):
        return Outcome(Result.UNKNOWN, item, {"problem": "nobody can tell who wrote it"}, at=field)
    approver = item.facts.find(item.get(f"{field}.by"))
    person = (
        approver.data.get("holder") if approver is not None and approver.kind == "role" else item.get(f"{field}.by")
    )
    if person in authors:
        return Outcome(Result.FAIL, item, {"problem": "who approved it wrote it too"}, at=f"{field}.by")
    return None


def _outlived(item: Item, artefact: Artefact, field: str) -> bool:
    """Whether the approval covers another text: by the fingerprint it keeps, or else by the history."""
    kept, history = item.get(f"{field}.fingerprint"), item.facts.approvals
    if kept is not None:
        return kept != fingerprint(artefact, item.facts.workspace, field)
    return history is not None and history.changed_since(artefact, field) is not None


def _what_changed(item: Item, artefact: Artefact, field: str) -> str:
    """What differs from the approved text, in words; empty where no history shows that text."""
    history = item.facts.approvals
    approved = None if history is None else history.changed_since(artefact, field)
    if approved is None:
        return ""
    told = list(covered_differences(approved.artefact, artefact, field))
    if approved.text != item.facts.workspace.text_of(artefact):
        told.append("its Markdown text is another")
    more = f" and {len(told) - _TOLD} more" if len(told) > _TOLD else ""
    return "; ".join(told[:_TOLD]) + more


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
