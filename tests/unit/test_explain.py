import json

import pytest

from aimsctl.assessment import explain as explaining
from aimsctl.assessment.explain_text import lines
from aimsctl.errors import UsageError
from aimsctl.standard import catalogue, judgement

EVERYTHING = [*catalogue().by_id, *judgement().tests]


def requirement(name: str) -> explaining.Explanation:
    found = explaining.explain(name)
    assert isinstance(found, explaining.Explanation)
    return found


def single(name: str) -> explaining.TestExplanation:
    found = explaining.explain(name)
    assert isinstance(found, explaining.TestExplanation)
    return found


def line(name: str, state: str, test: str) -> explaining.TestLine:
    return next(each for each in requirement(name).tests[state] if each.id == test)


def text(name: str, width: int = 80) -> str:
    return "\n".join(lines(explaining.explain(name), width))


@pytest.mark.parametrize("name", EVERYTHING)
def test_everything_is_explained_within_eighty_columns(name: str) -> None:
    written = lines(explaining.explain(name))
    assert max(map(len, written)) <= 80
    assert not [each for each in written if each != each.rstrip() or "{title}" in each]


@pytest.mark.parametrize("name", EVERYTHING)
def test_everything_is_plain_json(name: str) -> None:
    record = json.loads(json.dumps(explaining.explain(name).to_dict()))
    assert (record["version"], record["id"]) == (1, name)


def test_a_clause_shows_what_it_asks_and_what_serves_it() -> None:
    found = requirement("6.1.3")
    assert found.group == "6 Planning"
    assert "statement of applicability" in found.asks
    assert {"risk", "soa", "risk-method"} <= set(found.kinds)
    assert found.documents["AI risk treatment plan"] == "a clause demands it"
    assert set(found.tests) == {"documented", "implemented", "operating", "theatre"}
    assert not found.needed_when


def test_a_control_shows_why_its_documents_are_due() -> None:
    assert set(requirement("A.6.2.4").documents.values()) == {"due once the control is necessary"}
    assert set(requirement("A.8.3").documents.values()) == {"the usual proof of the control"}
    assert requirement("4.1").documents["Context analysis"] == "auditors usually ask for it"


def test_a_control_shows_what_is_judged_when_it_is_excluded() -> None:
    found = requirement("A.6.2.4")
    assert [each.id for each in found.tests["excluded"]] == ["x-reason", "x-needed", "x-review"]
    assert found.needed_when == "ai-system with in_scope: true, ours: true"
    assert requirement("A.7.3").needed_when == "any dataset"


def test_grades_say_what_a_failure_weighs_here() -> None:
    assert line("5.2", "documented", "policy-exists").weight == explaining.Weight("major")
    assert line("8.3", "documented", "treatment-results").weight == explaining.Weight("minor", raised="major")
    bare = line("A.2.2", "documented", "policy-exists").weight
    assert bare == explaining.Weight("minor", note="at home in 5.2; one step less here")
    cause = line("6.2", "implemented", "objectives-owned").weight
    assert cause == explaining.Weight("opportunity", note="follows from roles-held; one step less")
    shared = line("A.5.2", "documented", "document-approved").weight
    assert shared == explaining.Weight("minor")


def test_a_bare_id_is_not_raised() -> None:
    assert line("8.2", "implemented", "systems-have-risks").weight.raised == ""
    assert line("6.1.2", "implemented", "systems-have-risks").weight.raised == "major"


def test_tests_that_block_a_stage_say_so() -> None:
    assert line("5.2", "documented", "policy-exists").blocks == "1"
    assert line("9.2.1", "operating", "audit-done").blocks == "2"
    assert line("9.2.1", "operating", "audit-recent").blocks == ""


def test_partners_name_relation_reason_and_source() -> None:
    partner = next(each for each in requirement("4.4").partners if each.framework == "iso27001")
    assert (partner.item, partner.relation) == ("4.4", "superset")
    assert partner.rationale
    assert partner.source
    assert "ISO/IEC 27001" in requirement("6.1.4").without


def test_a_test_shows_each_place_it_is_used_in() -> None:
    uses = {(use.requirement, use.state): use.weight.grade for use in single("policy-exists").uses}
    assert uses == {("5.2", "documented"): "major", ("A.2.2", "documented"): "minor"}
    assert {use.state for use in single("high-risk-left-out").uses} == {"theatre"}
    assert len(single("c-row").uses) == 38


def test_a_test_shows_its_arguments_on_one_line() -> None:
    assert single("policy-exists").arguments == "of: policy, where: {type: ai}"
    assert single("nothing-ever-wrong").when == "of: scope, where: {approval.date: {older: first_year}}"


def test_placeholders_stand_in_angle_brackets() -> None:
    assert "<title> is vacant." in text("5.3")
    assert "Control A.2.2 has no row" in text("A.2.2")


def test_text_fits_the_width_it_is_given() -> None:
    assert max(map(len, lines(requirement("A.6.2.4"), 60))) <= 60
    assert max(map(len, lines(requirement("A.6.2.4"), 0))) <= 50


def test_capitals_do_not_matter() -> None:
    assert requirement("a.6.2.4").id == "A.6.2.4"
    assert single("Policy-Exists").id == "policy-exists"


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("6.1", "6.1 is a heading; below it: 6.1.1, 6.1.2, 6.1.3, 6.1.4"),
        ("a.8", "A.8 is a heading; below it: A.8.2, A.8.3, A.8.4, A.8.5"),
        ("A.624", "did you mean A.6.2.4"),
        ("policy-exist", "did you mean policy-exists"),
        ("AIM203", "`aimsctl rule AIM203` shows a rule"),
        ("zzzz", "clauses are written 6.1.3, controls A.6.2.4"),
        ("", "clauses are written 6.1.3, controls A.6.2.4"),
    ],
)
def test_an_unknown_name_is_refused_with_a_way_out(name: str, hint: str) -> None:
    with pytest.raises(UsageError) as refused:
        explaining.explain(name)
    assert refused.value.hint.startswith(hint)


def test_a_8_3_is_explained_as_reports_coming_in() -> None:
    assert "outsiders to tell the organisation" in " ".join(text("A.8.3").split())
