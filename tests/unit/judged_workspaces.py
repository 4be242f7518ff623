"""Small workspaces for the tables of the judgement, and what they are asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aimsctl.assessment.gap import Assessed, GapReport
from tests.judgement.examples import judged

PEOPLE = ["person", "role", "solveig", "chief-executive"]
ROW = {
    "control": "A.6.2.4",
    "applicable": True,
    "reasons": ["best_practice"],
    "justification": "Bought models change, and only our own tests tell.",
    "status": "implemented",
    "owner": "ROLE-HAG",
    "implemented_by": ["CTL-01"],
}
NO_TEXT = "sha256:" + 64 * "0"
CHECKED = {"id": "checks", "kind": "records", "record": "check", "max_age": "P1Y"}


def of(*artefacts: str | Mapping[str, Any], **more: Any) -> GapReport:
    """The workspace of these artefacts, judged on 2026-11-01."""
    return judged({"artefacts": list(artefacts), **more})


def soa(**row: Any) -> dict[str, Any]:
    """A statement of applicability with one row, changed so."""
    return {"like": "soa", "entries": [ROW | row]}


def without(kind: str, *fields: str, **own: Any) -> dict[str, Any]:
    """The complete artefact of the kind without those fields, and with others."""
    return {"like": kind, "without": list(fields), **own}


def grade(assessed: Assessed, test: str) -> list[str]:
    """The grades that what the test found earns there."""
    return [reason.grade for reason in assessed.reasons if reason.test == test]


def found_at(assessed: Assessed) -> set[str]:
    """The tests and steps that found something there."""
    return {reason.test for reason in assessed.reasons}
