from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from aimsctl import standard
from aimsctl.standard import STATES, Requirement, catalogue, judgement
from aimsctl.standard.data import load

JUDGEMENT = judgement()
TESTS = list(JUDGEMENT.tests.values())
HOMES = {"shared", "applicable_controls", "excluded_controls", "theatre", "waivers", *JUDGEMENT.requirements}
USED_BY_THE_GRADES_OR_THE_CODE = {
    "systemic_share",
    "systemic_items",
    "hollow_share",
    "hollow_fields",
    "minors_make_major",
    "grace",
    "warn_before",
    "text_min_words",
    "section_min_words",
    "concern_time",
}


def each_test(function: Any) -> Any:
    return pytest.mark.parametrize("test", TESTS, ids=lambda test: test.id)(function)


def each_requirement(function: Any) -> Any:
    return pytest.mark.parametrize("requirement", catalogue().requirements, ids=lambda each: each.id)(function)


def listed() -> set[str]:
    """Every test id that some list of a requirement names."""
    return {name for states in JUDGEMENT.requirements.values() for names in states.values() for name in names}


def strings(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        node = list(node.values())
    if isinstance(node, list):
        for each in node:
            yield from strings(each)
    elif isinstance(node, str):
        yield node


def written_tests(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if "fails_as" in node:
            yield node["id"]
        node = list(node.values())
    if isinstance(node, list):
        for each in node:
            yield from written_tests(each)


def test_every_requirement_is_judged_in_the_order_of_the_catalogue() -> None:
    assert list(JUDGEMENT.requirements) == list(catalogue().by_id)


@each_requirement
def test_requirement_has_its_three_states_and_at_least_one_test(requirement: Requirement) -> None:
    lists = JUDGEMENT.requirements[requirement.id]
    assert tuple(lists) == STATES
    assert any(JUDGEMENT.tests[name].fails_as != "opportunity" for names in lists.values() for name in names)
    assert all(len(set(names)) == len(names) for names in lists.values())


def test_each_test_is_written_once() -> None:
    written = list(written_tests({key: value for key, value in load("judgement").items() if key != "test"}))
    assert len(written) == len(set(written)) == len(JUDGEMENT.tests)


def test_every_id_that_is_named_exists() -> None:
    stages = {name for names in JUDGEMENT.stage.values() for name in names}
    assert not (listed() | stages) - set(JUDGEMENT.tests)
    for test in TESTS:
        assert not test.cause or test.cause in JUDGEMENT.tests
        assert set(test.about) <= set(catalogue().by_id)
        assert set(test.args.get("ids", ())) <= set(catalogue().by_id)
        assert set(test.args.get("except", ())) <= set(catalogue().by_id)


def test_every_test_is_judged_somewhere() -> None:
    common = {name for names in JUDGEMENT.applicable_controls.values() for name in names}
    lists = (JUDGEMENT.excluded_controls, JUDGEMENT.theatre, JUDGEMENT.waiver_tests)
    assert set(JUDGEMENT.tests) == listed() | common | {name for names in lists for name in names}


def test_controls_that_can_be_plainly_needed_exist() -> None:
    assert all(catalogue().get(name).type == "control" for name in JUDGEMENT.needed_when)


def test_no_test_blocks_two_stages() -> None:
    first, second = JUDGEMENT.stage["1"], JUDGEMENT.stage["2"]
    assert len({*first, *second}) == len(first) + len(second)
    assert len(JUDGEMENT.stage_rules) == 5


@each_test
def test_test_is_well_formed(test: standard.Test) -> None:
    predicate = JUDGEMENT.predicates[test.predicate]
    assert set(test.args) <= set(predicate.args)
    assert test.home in HOMES
    assert test.fails_as in {"major", "minor", "opportunity"}
    assert test.shows in {"", "absent", "stale", "failing"}
    assert bool(test.about) == (test.home == "theatre")
    assert not (test.raises and test.fails_as != "minor")


@each_test
def test_test_says_what_is_missing_and_what_to_do(test: standard.Test) -> None:
    assert JUDGEMENT.say(test).endswith((".", "}"))
    assert JUDGEMENT.do(test).endswith((".", "`"))
    assert JUDGEMENT.shows(test)


def test_words_of_the_predicate_serve_where_a_test_has_none() -> None:
    test = JUDGEMENT.tests["processes-approved"]
    assert (test.say, test.do, test.shows) == ("", "", "")
    assert JUDGEMENT.say(test) == JUDGEMENT.predicates["approved"].say
    assert JUDGEMENT.do(test) == "Have the present text approved."
    assert JUDGEMENT.shows(test) == "failing"
    assert JUDGEMENT.say(JUDGEMENT.tests["policy-exists"]) == "There is no AI policy."


def test_home_is_where_the_test_is_written() -> None:
    homes = {
        "policy-exists": "5.2",
        "document-complete": "shared",
        "c-owes": "applicable_controls",
        "x-reason": "excluded_controls",
        "placeholder-left": "theatre",
        "waiver-valid": "waivers",
    }
    assert {name: JUDGEMENT.tests[name].home for name in homes} == homes


def test_a_bare_id_is_not_at_home_but_shared_tests_are_everywhere() -> None:
    tests = JUDGEMENT.tests
    assert JUDGEMENT.at_home(tests["policy-exists"], "5.2")
    assert not JUDGEMENT.at_home(tests["policy-exists"], "A.2.2")
    for name in ("document-complete", "c-owes", "x-reason", "placeholder-left"):
        assert JUDGEMENT.at_home(tests[name], "A.6.2.4")


def names_for(requirement: str) -> dict[str, list[str]]:
    found = JUDGEMENT.tests_for(catalogue().get(requirement))
    return {state: [test.id for test in tests] for state, tests in found.items()}


def test_a_clause_has_its_own_tests_only() -> None:
    assert names_for("5.3") == {state: list(names) for state, names in JUDGEMENT.requirements["5.3"].items()}


def test_a_control_is_also_judged_by_what_every_control_is_judged_by() -> None:
    operational, other = names_for("A.6.2.4"), names_for("A.2.3")
    assert operational["documented"][-1] == other["documented"][-1] == "c-row"
    assert other["implemented"][-3:] == ["c-owner", "c-lives", "c-in-force"]
    assert operational["operating"][-3:] == ["c-owes", "c-evidence", "c-lapses"]
    assert other["operating"] == ["c-own-evidence"]


def test_thresholds_are_complete() -> None:
    names = set(JUDGEMENT.thresholds)
    used = names & set(strings([[dict(test.args), test.when or {}] for test in TESTS]))
    assert names - used <= USED_BY_THE_GRADES_OR_THE_CODE <= names
    assert JUDGEMENT.stricter_when_higher <= names


def test_values_of_thresholds_are_shares_counts_or_durations() -> None:
    for name, value in JUDGEMENT.thresholds.items():
        if isinstance(value, str):
            assert value[0] == "P"
            assert value[-1] in "DMY"
            assert value[1:-1].isdigit()
        else:
            assert 0 < value < 1 if isinstance(value, float) else value > 0, name


def test_records_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        JUDGEMENT.tests["policy-exists"].fails_as = "minor"  # type: ignore[misc]
    with pytest.raises(AttributeError):
        catalogue().get("5.2").title = "x"  # type: ignore[misc]


def test_tests_and_requirements_can_be_kept_in_sets() -> None:
    assert len(set(TESTS)) == len(TESTS)
    assert len(set(catalogue().requirements)) == 70
