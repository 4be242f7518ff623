"""The three states follow the judgement's table: a small workspace on each side of each line."""

from __future__ import annotations

from typing import Any

import pytest

from aimsctl.assessment.gap import Assessed
from tests.unit.judged_workspaces import CHECKED, NO_TEXT, grade, of, soa, without


def test_documented_is_complete_while_all_passes() -> None:
    assert of("audit-programme", "person", "role").get("9.2.2").states["documented"] == "complete"


@pytest.mark.parametrize(
    ("requirement", "state", "artefacts", "expected"),
    [
        ("6.1.2", "operating", ["risk-method"], "not_expected"),  # no test is listed
        ("4.1", "operating", ["person"], "absent"),  # nothing is judged, and no context analysis is on file
        ("7.5.2", "implemented", ["person"], "not_expected"),  # nothing is judged, and nothing is wrong
        ("5.2", "documented", ["person"], "absent"),  # none passes, and what fails shows absent
        ("4.3", "documented", ["scope"], "partial"),  # some pass, some fail
        ("9.2.2", "documented", ["person", "role", {"like": "audit-programme", "methods": "As usual."}], "partial"),
        (
            "9.2.2",
            "documented",
            [
                "person",
                "role",
                {"like": "audit-programme", "approval": {"by": "PER-01", "date": "2026-03-02", "fingerprint": NO_TEXT}},
            ],
            "suspect",
        ),
        ("6.1.3", "implemented", [{"like": "risk", "controls": ["CTL-09"]}], "absent"),
    ],
)
def test_documented_and_implemented_take_the_first_line_that_fits(
    requirement: str, state: str, artefacts: list[Any], expected: str
) -> None:
    assert of(*artefacts).get(requirement).states[state] == expected


@pytest.mark.parametrize(
    ("expected", "records"),
    [
        ("current", [{}]),
        ("absent", []),
        ("stale", [{"date": "2025-08-10"}]),
        ("failing", [{"result": "failed"}]),
        ("failing", [{"result": "failed"}, {"id": "CHK-02", "date": "2026-04-20"}]),  # it passed before it failed
        ("current", [{"result": "failed"}, {"id": "CHK-02", "date": "2026-06-20"}]),  # and here afterwards
    ],
)
def test_operating_of_a_control_tells_what_its_records_show(expected: str, records: list[dict[str, Any]]) -> None:
    control = {"like": "control", "fulfils": ["A.5.3"], "ai_systems": [], "evidence": [CHECKED]}
    checks = [{"like": "check"} | record for record in records]
    assert of(control, soa(control="A.5.3"), *checks).get("A.5.3").states["operating"] == expected


def test_an_operational_control_without_anything_to_judge_is_absent_and_another_is_not_expected() -> None:
    report = of(soa(control="A.3.3"))
    assert report.get("A.3.3").states["operating"] == "absent"
    assert of(soa(control="A.4.6")).get("A.4.6").states["operating"] == "not_expected"


def test_operating_is_unknown_only_while_nothing_fails() -> None:
    unreadable = {"like": "evaluation", "id": "EVAL-02", "date": "in March"}
    fresh = of("ai-system", "control", soa(), "evaluation", unreadable, invalid=True)
    assert fresh.get("A.6.2.4").states["operating"] == "unknown"
    old = {"like": "evaluation", "date": "2025-08-10", "criteria_set": "2025-07-15"}
    stale = of("ai-system", "control", soa(), old, unreadable, invalid=True)
    assert stale.get("A.6.2.4").states["operating"] == "stale"


def test_what_was_never_done_is_absent_and_what_lapsed_is_stale() -> None:
    never = of("ai-system", without("metric", "results")).get("9.1")
    assert never.states["operating"] == "absent"
    old = {"date": "2026-03-31", "value": 0.5, "evaluation": "As in winter; nothing to do."}
    lapsed = of("ai-system", {"like": "metric", "results": [old]}).get("9.1")
    assert lapsed.states["operating"] == "stale"


def test_a_system_of_which_a_clause_was_never_seen_in_operation_does_not_turn() -> None:
    parts = ["risk", "risk-method", "ai-system", "audit", "management-review"]
    assert grade(of(*parts, "metric").get("4.4"), "system-turns") == []
    assert grade(of(*parts, without("metric", "results")).get("4.4"), "system-turns") == ["major"]


def test_no_state_borrows_from_another() -> None:
    recorded = of("ai-system", "control", "evaluation").get("A.6.2.4")
    assert (recorded.states["operating"], recorded.states["documented"]) == ("current", "partial")
    written = of("person", "role", "ai-system", "control", soa()).get("A.6.2.4")
    assert (written.states["operating"], written.states["implemented"]) == ("absent", "complete")


def test_a_date_missed_within_the_grace_counts_as_a_pass_for_the_state() -> None:
    def reviewed(day: str) -> Assessed:
        return of(
            "role",
            "solveig",
            {"like": "management-review", "date": day, "participants": ["ROLE-CEO"]},
            "chief-executive",
        ).get("9.3.1")

    assert reviewed("2025-10-18").states["operating"] == "current"  # due on 2026-10-18, fourteen days ago
    assert reviewed("2025-10-17").states["operating"] == "stale"
