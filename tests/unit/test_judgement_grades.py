"""The grades follow the steps of the judgement's table: a small workspace on each side of each step."""

from __future__ import annotations

import pytest

from aimsctl import standard
from aimsctl.assessment.gap import GapReport
from aimsctl.assessment.readiness import blockers
from tests.unit.judged_workspaces import NO_TEXT, PEOPLE, found_at, grade, of, soa, without

# grades, step 1: applicability


def test_an_excluded_control_is_not_applicable_while_its_exclusion_holds() -> None:
    assert of("soa").get("A.7.6").grade == "not_applicable"
    assert of("soa", {"like": "dataset", "used_for": ["training"]}).get("A.7.6").grade == "minor"


def test_an_exclusion_whose_review_is_past_stays_not_applicable() -> None:
    past = {
        "control": "A.7.6",
        "applicable": False,
        "justification": "We prepare no data for training.",
        "exclusion_review": "2026-09-01",
    }
    report = of({"like": "soa", "entries": [past]}).get("A.7.6")
    assert (report.grade, grade(report, "x-review")) == ("not_applicable", ["opportunity"])


def test_a_control_without_a_row_is_judged_as_applicable() -> None:
    report = of("soa").get("A.5.2")
    assert report.applicable
    assert grade(report, "c-row") == ["minor"]


# step 2: failing tests


def test_a_cause_that_fails_too_carries_the_weight() -> None:
    vacant = of("person", "role", "torstein", "vacant-clinical-safety", {"like": "risk", "owner": "ROLE-CSL"})
    assert grade(vacant.get("6.1.2"), "risks-owned") == ["opportunity"]
    assert grade(vacant.get("5.3"), "roles-held") == ["minor"]
    nobody = of("person", "role", {"like": "risk", "owner": "ROLE-CTO"})
    assert grade(nobody.get("6.1.2"), "risks-owned") == ["minor"]


def test_a_lightened_failure_counts_for_the_state_in_full() -> None:
    report = of(
        "person", "role", "torstein", "vacant-clinical-safety", {"like": "objective", "owner": "ROLE-CSL"}, "metric"
    )
    assert grade(report.get("6.2"), "objectives-owned") == ["opportunity"]
    assert report.get("6.2").states["implemented"] == "partial"


def test_a_test_that_is_at_home_elsewhere_weighs_one_step_less() -> None:
    report = of("scope")
    assert grade(report.get("6.1.1"), "method-exists") == ["major"]
    assert grade(report.get("6.1.2"), "method-exists") == ["minor"]


def test_a_suspect_approval_is_minor_whatever_its_absence_would_be() -> None:
    by_top = {"by": "PER-02", "date": "2026-03-02"}
    changed = of(*PEOPLE, {"like": "policy", "approval": by_top | {"fingerprint": NO_TEXT}}).get("5.2")
    assert grade(changed, "policy-approved") == ["minor"]
    nobody = of(*PEOPLE, {"like": "policy", "approval": {"by": "PER-09", "date": "2026-03-02"}}).get("5.2")
    assert grade(nobody, "policy-approved") == ["major"]


def test_a_suspicion_weighs_in_operating_and_is_a_hint_elsewhere() -> None:
    old = {"like": "risk", "assessed": "2025-10-13"}
    report = of("ai-system", "risk-method", "soa", old)
    assert grade(report.get("8.2"), "risks-after-change") == ["minor"]
    newer = of("risk-method", "risk", {"like": "soa", "approval": {"by": "PER-01", "date": "2026-03-02"}})
    assert grade(newer.get("6.1.3"), "soa-follows-risks") == ["opportunity"]


@pytest.mark.parametrize(
    ("last", "expected"),
    [("2025-11-01", []), ("2025-10-31", ["opportunity"]), ("2025-10-18", ["opportunity"]), ("2025-10-17", ["minor"])],
)
def test_a_date_missed_by_no_more_than_the_grace_is_an_opportunity(last: str, expected: list[str]) -> None:
    report = of({"like": "role", "review": {"last": last, "every": "P1Y"}})
    assert grade(report.get("5.3"), "roles-current") == expected


# step 3: weight


def test_a_lapse_weighs_more_where_people_can_be_hurt() -> None:
    for likelihood, expected in ((1, "minor"), (2, "major")):
        report = of("risk-method", without("risk", "treatment", likelihood=likelihood))
        assert grade(report.get("6.1.3"), "above-line-treated") == [expected]


def metrics(count: int, late: int) -> GapReport:
    """So many metrics, the first ones of them measured too long ago."""
    old = [{"date": "2026-07-31", "value": 0.5, "evaluation": "As in spring; nothing to do."}]
    return of(
        "person",
        "role",
        *({"like": "metric", "id": f"MET-{n}"} | ({"results": old} if n < late else {}) for n in range(count)),
    )


@pytest.mark.parametrize(("count", "late", "systemic"), [(6, 3, True), (7, 3, False), (4, 2, False), (3, 3, True)])
def test_half_of_them_and_at_least_three_is_no_single_lapse(count: int, late: int, *, systemic: bool) -> None:
    report = metrics(count, late).get("9.1")
    assert ("systemic:results-on-time" in found_at(report)) is systemic
    assert (report.grade == "major") is systemic


def test_what_its_cause_explains_is_never_systemic() -> None:
    sent = [{"like": "communication", "id": f"COMM-{n}", "sender": "ROLE-CSL"} for n in range(3)]
    vacant = of("person", "role", "torstein", "vacant-clinical-safety", *sent).get("7.4")
    assert "systemic:communication-senders" not in found_at(vacant)
    nobody = of("person", "role", *sent).get("7.4")
    assert "systemic:communication-senders" in found_at(nobody)


def test_a_shell_is_no_document_but_a_gap_in_it_is_a_gap() -> None:
    shell = without("impact-assessment", status="in_review")
    short = ("intended_use", "setting_technical", "setting_social", "failures", "oversight", "conclusion")
    hollow = of(shell | dict.fromkeys(short, "To be defined")).get("6.1.4")
    assert "hollow:ia-complete" in found_at(hollow)
    gaps = of(shell | dict.fromkeys(short[:5], "To be defined")).get("6.1.4")
    assert "hollow:ia-complete" not in found_at(gaps)


def test_two_lapses_are_not_yet_a_large_one_and_those_of_one_thing_count_once() -> None:
    outdated = {
        "approval": {"by": "PER-02", "date": "2026-03-02"},
        "review": {"last": "2025-03-02", "every": "P1Y"},
    }
    one = of(*PEOPLE, "communication", without("policy", "reviews", **outdated)).get("5.2")
    two = of(*PEOPLE, without("policy", "reviews", **outdated)).get("5.2")  # and nobody was told
    same = of(*PEOPLE, without("policy", "reviews", "available_at", **outdated)).get("5.2")  # nor is it to be found
    assert [one.grade, two.grade, same.grade] == ["minor", "minor", "minor"]


def test_lapses_of_different_things_add_up_to_a_major_one() -> None:
    parts = [
        "person",
        {"like": "role", "review": {"last": "2025-03-02", "every": "P1Y"}},
        without("role", "accepted", id="ROLE-ENG", title="Head of engineering", duties=["aims_reporting"]),
    ]
    assert of(*parts).get("5.3").grade == "minor"
    vacant = {"like": "vacant-clinical-safety", "review": {"last": "2026-09-07", "every": "P1Y"}}
    report = of(*parts, "torstein", vacant).get("5.3")
    assert report.grade == "major"
    assert "minors" in found_at(report)


# step 4: absence


def test_what_the_standard_wants_in_writing_is_major_when_nothing_of_it_is_there() -> None:
    assert "nothing-written" in found_at(of("scope").get("8.2"))
    assert "nothing-written" not in found_at(of("scope", "risk").get("8.2"))


def test_a_requirement_of_which_nothing_is_there_is_not_done() -> None:
    report = of("scope").get("A.10.3")
    assert (report.grade, "not-done" in found_at(report)) == ("major", True)
    assert "not-done" not in found_at(of("supplier").get("A.10.3"))


# step 5: operational controls


HIGH = {"like": "risk", "likelihood": 2}


def test_declared_implemented_and_never_shown_is_minor() -> None:
    never = of("ai-system", "control", "risk-method", soa(), "risk").get("A.6.2.4")
    assert grade(never, "never-shown") == ["minor"]
    shown = of("ai-system", "control", "risk-method", soa(), "risk", "evaluation").get("A.6.2.4")
    assert "never-shown" not in found_at(shown)


@pytest.mark.parametrize(
    ("in_force_since", "step"),
    [("2025-07-31", "high-risk-unproven"), ("2025-08-01", "never-shown")],  # the first evidence is due a year later
    ids=["due-for-93-days", "due-for-92-days"],
)
def test_where_it_holds_back_a_high_risk_a_first_lapse_is_minor_until_it_becomes_a_pattern(
    in_force_since: str, step: str
) -> None:
    control = {"like": "control", "in_force_since": in_force_since}
    report = of("ai-system", control, "risk-method", soa(), HIGH).get("A.6.2.4")
    assert {"never-shown", "high-risk-unproven"} & found_at(report) == {step}


def test_proof_that_fails_is_major_where_it_holds_back_a_high_risk_and_a_stale_one_is_not() -> None:
    parts = ["ai-system", "control", "risk-method", soa(), HIGH]
    limits = [{"theme": "safety", "measure": "Missed emergencies", "at_most": 1, "value": 3, "date": "2026-01-10"}]
    failing = of(*parts, {"like": "evaluation", "results": limits}).get("A.6.2.4")
    assert (failing.states["operating"], grade(failing, "high-risk-unproven")) == ("failing", ["major"])
    stale = of(*parts, {"like": "evaluation", "date": "2025-08-10", "criteria_set": "2025-07-15"}).get("A.6.2.4")
    assert stale.states["operating"] == "stale"
    assert "high-risk-unproven" not in found_at(stale)


def test_a_control_that_is_not_declared_implemented_owes_no_proof_yet() -> None:
    partly = of("ai-system", "control", soa(status="partly", planned_for="2027-01-31")).get("A.6.2.4")
    assert "never-shown" not in found_at(partly)


# step 7: unknown


def test_what_nobody_can_tell_stands_above_a_minor_lapse_and_below_a_major_one() -> None:
    unreadable = {"like": "risk", "id": "RISK-02", "likelihood": "seldom"}
    minor = of("risk-method", without("risk", "resources"), unreadable, invalid=True).get("8.2")
    assert minor.grade == "unknown"
    late = of("risk-method", {"like": "risk", "assessed": "2026-02-20"}, unreadable, invalid=True).get("8.2")
    assert (late.grade, grade(late, "risks-on-time")) == (
        "unknown",
        ["minor"],
    )  # the lapse that was found is told as well
    major = of(without("risk-method", "annex_a_comparison"), unreadable, invalid=True).get("6.1.3")
    assert major.grade == "major"


def test_a_hint_that_nobody_can_tell_is_no_gap() -> None:
    report = of("ai-system", "evaluation", "person").get("A.6.2.4")
    assert grade(report, "tests-second-look") == ["conforms"]


def test_nothing_to_look_at_is_not_conformity() -> None:
    report = of("person").get("7.5.2")
    assert (report.grade, found_at(report)) == ("unknown", {"nothing-judged"})


# step 8: the rest


SOURCES = ("audit", "incident", "monitoring", "feedback", "review")


def test_only_hints_make_an_opportunity_and_without_them_it_conforms() -> None:
    done = {"like": "improvement", "decision": "do", "effect_checked": "2026-10-05", "effect": "effective"}
    action = {"what": "Show the results by language", "by": "ROLE-HAG", "due": "2026-06-30", "done": "2026-06-11"}
    sources = [{"like": done, "id": f"IMP-{n}", "source": name, "actions": [action]} for n, name in enumerate(SOURCES)]
    assert of("person", "role", *sources).get("10.1").grade == "conforms"
    assert of("person", "role", *sources[:-1]).get("10.1").grade == "opportunity"


def test_no_test_that_fails_as_opportunity_blocks_a_stage() -> None:
    judgement = standard.judgement()
    named = {name for stage in judgement.stage.values() for name in stage}
    assert {name for name in named if judgement.tests[name].fails_as == "opportunity"} == set()


def test_an_opportunity_blocks_no_stage_and_a_lapse_named_for_it_does() -> None:
    hint = of(
        *PEOPLE,
        "communication",
        without("scope", "certificate_wording", approval={"by": "PER-02", "date": "2026-03-02"}),
        "ai-system",
        "context",
        "interested-party",
        "obligation",
    )
    assert hint.get("4.3").grade == "opportunity"
    assert [one for one in blockers(hint) if one.requirement == "4.3"] == []
    lapse = of("person", "role", "scope", "ai-system")
    assert {(one.stage, one.test) for one in blockers(lapse) if one.requirement == "4.3"} >= {("1", "scope-approved")}
