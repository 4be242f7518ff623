"""The data beside the standard: the EU AI Act in time, evidence used again, and the advice on certification."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from aimsctl.standard import crosswalk
from aimsctl.standard.data import load
from aimsctl.standard.deciding import decision
from aimsctl.standard.european import ai_act
from aimsctl.standard.reusing import reuse
from aimsctl.workspace.kinds import Field, kind

NAME = re.compile(r"\{([a-z_0-9]+)\}")
FIGURES = {
    *("needing", "verb_needing", "worth_needing", "bridging", "worth_expected", "needed_by", "months_left"),
    *("least_months", "most_months", "accepting_soc2", "worth_soc2", "accepting_evidence", "worth_evidence"),
    *(
        "accepting_framework",
        "worth_framework",
        "owner",
        "years_funded",
        "quotes_total",
        "budget_total",
        "audits_total",
        "short_years",
    ),
    *("offers", "stage_1_blockers", "stage_2_blockers", "unproven", "must_run", "documented", "requirements", "major"),
    *("minor", "roles", "systems", "high_risk_count", "high_risk_systems", "suppliers", "people", "sites", "held"),
}


def field(of: str, path: str) -> Field:
    found = kind(of)
    assert found is not None
    return found.fields[path]


def test_each_article_of_the_crosswalk_has_its_addressees_and_days() -> None:
    act = ai_act()
    assert set(act.duties) == set(crosswalk().frameworks["eu_ai_act"].items)
    for duty in act.duties.values():
        assert duty.classes | duty.may
        assert set(duty.begins) <= set(act.dates)
        assert not duty.classes & duty.may
        assert not duty.may or duty.depends


def test_the_classes_and_roles_of_the_act_are_those_of_the_records() -> None:
    act = ai_act()
    classes = set(field("ai-system", "legal_class").enum)
    assert {name for duty in act.duties.values() for name in duty.classes | duty.may} <= classes
    assert set(act.roles) == set(field("ai-system", "roles").enum)


def test_each_source_of_a_day_is_used_and_each_day_has_one() -> None:
    data = load("ai_act")
    assert {row["source"] for row in data["dates"]} == set(data["sources"])


def test_what_can_be_held_is_what_a_case_can_name() -> None:
    assert {one.id for one in reuse().held} <= set(field("certification-case", "held").enum)
    assert set(reuse().serves) == {"equal", "superset", "subset", "intersects", "related"}
    assert {one.framework for one in reuse().held} <= set(crosswalk().frameworks)


def test_the_ladder_ends_with_a_line_that_always_holds() -> None:
    ladder = decision().ladder
    assert ladder[-1].when == ()
    assert all(rung.when for rung in ladder[:-1])
    assert {rung.option for rung in ladder} == set(decision().options)


def test_the_options_agree_with_the_decisions_that_a_case_can_name() -> None:
    decided = {name for option in decision().options.values() for name in option.decisions}
    assert decided == set(field("certification-case", "decision").enum)


def sentences() -> Iterator[str]:
    data = decision()
    yield from (one.say for one in data.arguments)
    yield from (one.say for option in data.options.values() for one in option.first)
    yield from (one.say for one in data.drivers)
    yield data.theatre_say


@pytest.mark.parametrize("sentence", list(sentences()))
def test_a_sentence_names_only_figures_that_there_are(sentence: str) -> None:
    assert set(NAME.findall(sentence)) <= FIGURES
    assert "{" not in NAME.sub("", sentence)


def test_every_option_has_reasons_on_both_sides() -> None:
    for name in decision().options:
        sides = {one.side for one in decision().arguments if name in one.options}
        assert sides == {"for", "against"}


def test_no_percentage_and_no_price_stands_in_the_advice() -> None:
    text = str(load("decision"))
    assert not re.search(r"\d\s?%|(?:USD|EUR|GBP|\$|€)\s?\d", text)
