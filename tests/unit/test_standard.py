import collections
import subprocess
import sys
from pathlib import Path

import pytest

import aimsctl.standard
from aimsctl.standard import Requirement, catalogue, crosswalk, documents, judgement
from aimsctl.standard.data import load

ROOT = Path(__file__).resolve().parents[2]
RELATIONS = {"equal", "superset", "subset", "intersects", "related"}


def ids(kind: str) -> list[str]:
    return [each.id for each in catalogue().requirements if each.type == kind]


def test_every_clause_that_states_requirements_is_there() -> None:
    assert len(ids("clause")) == 32
    assert collections.Counter(clause.partition(".")[0] for clause in ids("clause")) == {
        "4": 4,
        "5": 3,
        "6": 6,
        "7": 7,
        "8": 4,
        "9": 6,
        "10": 2,
    }


def test_every_control_of_annex_a_is_there() -> None:
    split = collections.Counter(each.group.id for each in catalogue().requirements if each.type == "control")
    assert len(ids("control")) == 38
    assert [split[f"A.{number}"] for number in range(2, 11)] == [3, 2, 5, 4, 9, 5, 4, 3, 3]


def test_clauses_come_first_and_each_id_once() -> None:
    every = [each.id for each in catalogue().requirements]
    assert every == ids("clause") + ids("control")
    assert len(set(every)) == len(every) == len(catalogue().by_id)


def test_headings_of_each_requirement_are_known() -> None:
    headings = {group.id: group for group in (*catalogue().groups, *catalogue().objectives)}
    for each in catalogue().requirements:
        assert headings[each.parent].type == headings[each.group.id].type == each.type
        assert each.id.startswith(each.parent + ".")
    assert all(group.parent in headings for group in headings.values() if group.parent)


@pytest.mark.parametrize("requirement", catalogue().requirements, ids=lambda each: each.id)
def test_requirement_says_what_it_asks(requirement: Requirement) -> None:
    assert requirement.title
    assert requirement.summary.endswith((".", "?"))
    assert requirement.expects
    assert all(clause in ids("clause") for clause in requirement.related_clauses)
    if requirement.type == "control":
        assert requirement.typical_evidence
        assert requirement.related_clauses
        assert requirement.record_trigger


def test_a_8_3_lets_outsiders_report_to_the_organisation() -> None:
    control = catalogue().get("A.8.3")
    assert "outsiders to tell the organisation" in control.summary
    assert "about reports coming in" in judgement().tests["outside-procedure"].why
    assert "duties to report" in catalogue().get("A.8.5").summary


def test_controls_that_ask_for_writing_and_for_running_records() -> None:
    controls = [each for each in catalogue().requirements if each.type == "control"]
    assert sum(each.requires_documentation for each in controls) == 25
    assert sum(each.operational for each in controls) == 18


def test_unknown_requirement_is_a_key_error() -> None:
    assert "A.8.5" in catalogue()
    assert "A.8.6" not in catalogue()
    with pytest.raises(KeyError):
        catalogue().get("A.8.6")


def test_controls_related_to_a_clause() -> None:
    assert [each.id for each in catalogue().related_controls("6.3")] == ["A.6.2.5"]


def test_annex_c_names_controls_that_exist() -> None:
    annex = load("iso42001")["annex_c"]
    assert [len(annex[part]) for part in ("organizational_objectives", "risk_sources")] == [11, 7]
    for theme in (*annex["organizational_objectives"], *annex["risk_sources"]):
        assert set(theme["related_controls"]) <= set(ids("control"))


def test_both_sides_of_each_pair_exist_once() -> None:
    walk = crosswalk()
    keys = [(pair.requirement, pair.framework, pair.item) for pair in walk.pairs]
    assert len(set(keys)) == len(keys) == 663
    for pair in walk.pairs:
        assert pair.requirement in catalogue().by_id
        assert pair.item in walk.frameworks[pair.framework].items
        assert pair.relation in RELATIONS
        assert pair.source in walk.sources
        assert pair.rationale


def test_where_there_is_no_partner_the_reason_is_given() -> None:
    walk = crosswalk()
    paired = {(pair.requirement, pair.framework) for pair in walk.pairs}
    alone = {(each, name) for each in catalogue().by_id for name in walk.frameworks} - paired
    assert alone == {(each, name) for each, reasons in walk.without.items() for name in reasons}


def test_partners_of_one_requirement() -> None:
    partners = crosswalk().of("4.4")
    assert {pair.requirement for pair in partners} == {"4.4"}
    assert ("iso27001", "4.4", "superset") in {(pair.framework, pair.item, pair.relation) for pair in partners}


def test_frameworks_are_listed_whole_where_they_say_so() -> None:
    sizes = {name: len(framework.items) for name, framework in crosswalk().frameworks.items()}
    assert sizes["soc2"] == 61
    assert sizes["nist_ai_rmf"] == 72
    assert {item.covered_by_aims for item in crosswalk().frameworks["eu_ai_act"].items.values()} == {"partly", "no"}


def test_documented_information_names_requirements_that_exist() -> None:
    assert collections.Counter(each.basis for each in documents().values()) == {
        "clause": 20,
        "control": 22,
        "practice": 13,
    }
    for each in documents().values():
        assert set(each.clauses) <= set(ids("clause"))
        assert set(each.controls) <= set(ids("control"))
        assert each.requirements
        assert each.fields
        assert each.mandatory == (each.basis == "clause")


def test_what_is_demanded_in_writing_has_its_documented_information() -> None:
    named = {name for each in documents().values() for name in each.requirements}
    demanded = {each.id for each in catalogue().requirements if each.requires_documentation}
    assert demanded <= named
    due = {name for each in documents().values() if each.mandatory or each.due_with_control for name in each.controls}
    assert {name for name in due if not catalogue().get(name).requires_documentation} == set()


def test_compiled_data_equals_its_source_byte_for_byte() -> None:
    command = [sys.executable, str(ROOT / "tools" / "compile_standard.py"), "--check"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout) == (0, "")


def test_each_part_is_loaded_only_when_asked_for() -> None:
    code = (
        "import sys\n"
        "from aimsctl.standard import catalogue\n"
        "catalogue()\n"
        "print(*sorted(name for name in sys.modules if name.startswith('aimsctl.standard.') or name == 'yaml'))\n"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert result.stdout.split() == ["aimsctl.standard.data", "aimsctl.standard.requirements"]


def test_a_name_that_does_not_exist_is_refused() -> None:
    with pytest.raises(AttributeError, match="no attribute 'clauses'"):
        _ = aimsctl.standard.clauses  # type: ignore[attr-defined]
