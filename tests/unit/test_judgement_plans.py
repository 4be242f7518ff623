"""A plan or a waiver of management: what each does to a gap, and when it does not hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from aimsctl import standard
from aimsctl.assessment.gap import Assessed
from tests.unit.judged_workspaces import PEOPLE, found_at, of, soa

# step 6: planned controls


def planned(**risk: Any) -> Assessed:
    """A control planned for January on a risk that was accepted until March, changed so."""
    own: dict[str, Any] = {
        "like": "risk",
        "actions": [{"what": "Write the suites", "by": "ROLE-HAG", "due": "2027-01-15"}],
        "residual_accepted": {"by": "PER-01", "date": "2026-09-14"},
        "accepted_until": "2027-03-31",
    }
    row = soa(status="planned", planned_for=risk.pop("planned_for", "2027-01-31"))
    return of("person", "role", row, own | risk).get("A.6.2.4")


def test_a_dated_plan_that_management_accepted_is_no_lapse() -> None:
    report = planned()
    assert (report.grade, report.states["implemented"]) == ("opportunity", "planned")
    assert report.states["operating"] == "absent"


@pytest.mark.parametrize(
    "changed",
    [
        {"planned_for": "2026-11-01"},
        {
            "actions": [
                {
                    "what": "Write the suites",
                    "by": "ROLE-HAG",
                    "due": "2026-09-15",
                    "done": "2026-09-14",
                    "result": "Done.",
                }
            ]
        },
        {"accepted_until": "2026-10-31"},
        {"residual_accepted": {"by": "PER-01", "date": "2026-11-02"}},
        {"residual_accepted": {"by": "PER-09", "date": "2026-09-14"}},
        {"controls": ["A.6.2.5"]},
    ],
    ids=[
        "date-reached",
        "nothing-open",
        "acceptance-ended",
        "accepted-tomorrow",
        "accepted-by-nobody",
        "other-control",
    ],
)
def test_a_plan_that_does_not_hold_is_graded_in_full(changed: dict[str, Any]) -> None:
    report = planned(**changed)
    assert report.grade in ("minor", "major")
    assert report.states["implemented"] != "planned"


def test_an_acceptance_of_the_day_of_judgement_holds() -> None:
    assert planned(residual_accepted={"by": "PER-01", "date": "2026-11-01"}).grade == "opportunity"


def waived(*artefacts: str | Mapping[str, Any], **waiver: Any) -> Assessed:
    """A control of which nothing shows that it ran, and a waiver for it."""
    own = {"like": "waiver", "requirements": ["A.6.2.4"], "approval": {"by": "PER-02", "date": "2026-09-07"}}
    return of(*PEOPLE, "ai-system", "control", soa(), *artefacts, own | waiver).get("A.6.2.4")


def test_a_waiver_changes_no_state_no_grade_and_no_reason() -> None:
    bare = of(*PEOPLE, "ai-system", "control", soa()).get("A.6.2.4")
    report = waived()
    assert report.waived is not None
    assert (report.grade, report.states, found_at(report)) == (bare.grade, bare.states, found_at(bare))


NARROW = ["c-evidence", "versions-tested", "evaluations-exist"]


def test_a_waiver_of_some_tests_covers_what_follows_from_them_alone() -> None:
    report = waived(tests=NARROW)
    assert "never-shown" in found_at(report)
    assert report.waived is not None


@pytest.mark.parametrize("left_out", NARROW)
def test_a_waiver_of_some_tests_does_not_cover_another_lapse(left_out: str) -> None:
    assert waived(tests=[name for name in NARROW if name != left_out]).waived is None


def test_a_waiver_of_some_tests_does_not_cover_that_nothing_was_ever_shown_where_no_test_says_so() -> None:
    waiver = {"like": "waiver", "requirements": ["A.5.3"], "approval": {"by": "PER-02", "date": "2026-09-07"}}
    whole = of(*PEOPLE, soa(control="A.5.3"), waiver).get("A.5.3")
    assert "never-shown" in found_at(whole)
    assert whole.waived is not None
    weighing = sorted({reason.test for reason in whole.reasons} & set(standard.judgement().tests))
    assert of(*PEOPLE, soa(control="A.5.3"), waiver | {"tests": weighing}).get("A.5.3").waived is None
