"""Rules of the organisation: where they apply, what they say, and how they are told when they cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from aimsctl.assessment.rules import organisation
from tests.packaging.distributions import ROOT
from tests.unit.rule_workspaces import CONFIG, RISK, codes, loaded, told, written

RULE = "code: ORG-001\nname: risks-have-owners\non: risk\nmessage: A risk has an owner.\n"
OWNER = RULE + "then: {required: [owner]}\n"


def broken(tmp_path: Path, rule: str) -> list[tuple[str, str]]:
    """Place and words of what is wrong with a rule."""
    findings = told(tmp_path, {"policies/r.yaml": RISK, "rules/own.yaml": rule})
    assert {one.code for one in findings} == {"AIM921"}
    return [(f"{one.span.line}:{one.span.column}", one.message) for one in findings]


def test_the_finding_has_the_words_of_the_rule_and_stands_where_the_schema_failed(tmp_path: Path) -> None:
    rule = RULE + "then: {properties: {likelihood: {maximum: 3}}}\nhint: Ask the board.\nseverity: note\n"
    (finding,) = told(tmp_path, {"policies/r.yaml": RISK + "likelihood: 4\n", "rules/own.yaml": rule})
    assert (finding.code, finding.severity.word, finding.message, finding.hint) == (
        "ORG-001",
        "note",
        "A risk has an owner.",
        "Ask the board.",
    )
    assert (finding.span.line, finding.span.column, finding.span.pointer) == (5, 13, "/likelihood")
    assert finding.subject == "RISK-1:likelihood"


def test_a_missing_field_is_told_at_the_first_key_with_the_reason_of_the_engine(tmp_path: Path) -> None:
    (finding,) = told(tmp_path, {"policies/r.yaml": "# note\n" + RISK, "rules/own.yaml": OWNER})
    assert (finding.span.line, finding.hint) == (2, '"owner" is a required property')


def test_further_places_are_related(tmp_path: Path) -> None:
    rule = RULE + "then: {properties: {likelihood: {maximum: 3}}, required: [owner, trigger]}\n"
    (finding,) = told(tmp_path, {"policies/r.yaml": RISK + "likelihood: 4\n", "rules/own.yaml": rule})
    assert len(finding.related) == 2


def test_it_applies_where_its_condition_holds_to_all_but_retired_ones(tmp_path: Path) -> None:
    register = (
        "kind: register\nof: risk\ndefaults: {status: draft}\nitems:\n"
        "  - {id: RISK-1, title: One, likelihood: 5}\n  - {id: RISK-2, title: Two, likelihood: 1}\n"
        "  - {id: RISK-3, title: Three, likelihood: 5, status: retired, owner: ROLE-1, concerns: ai_system,"
        " ai_systems: [AI-1], description: It was late., source: other}\n"
    )
    rule = OWNER + "if: {properties: {likelihood: {minimum: 4}}, required: [likelihood]}\n"
    files = {
        "policies/r.yaml": register,
        "policies/role.yaml": "kind: role\nid: ROLE-1\ntitle: Lead\nstatus: draft\n",
        "policies/s.yaml": "kind: ai-system\nid: AI-1\ntitle: Triage\nstatus: draft\n",
        "rules/own.yaml": rule.replace("required: [owner]", "required: [trigger]"),
    }
    assert [(one.code, one.span.line) for one in told(tmp_path, files)] == [("ORG-001", 5)]


def test_it_sees_what_the_defaults_of_a_register_give(tmp_path: Path) -> None:
    register = (
        "kind: register\nof: risk\ndefaults: {status: draft, likelihood: 2}\nitems:\n  - {id: RISK-1, title: One}\n"
    )
    rule = RULE + "then: {properties: {likelihood: {const: 3}}}\n"
    (finding,) = told(tmp_path, {"policies/r.yaml": register, "rules/own.yaml": rule})
    assert finding.span.pointer == "/defaults/likelihood"


def test_an_artefact_that_missed_its_schema_gets_none_of_its_findings(tmp_path: Path) -> None:
    files = {"policies/r.yaml": RISK + "onwer: ROLE-1\n", "rules/own.yaml": OWNER}
    assert codes(told(tmp_path, files)) == ["AIM102"]


def test_decimals_are_numbers_where_the_field_is_one_and_text_where_it_is_not(tmp_path: Path) -> None:
    metric = "kind: metric\nid: M-1\ntitle: Recall\nstatus: draft\nat_least: 0.9\nversion: 1.10\n"
    rule = (
        "rules:\n"
        "- {code: ORG-001, name: a, on: metric, then: {properties: {at_least: {minimum: 0.95}}}, message: One.}\n"
        "- {code: ORG-002, name: b, on: metric, then: {properties: {at_least: {minimum: 0.85}}}, message: Two.}\n"
        "- {code: ORG-003, name: c, on: metric, then: {properties: {at_least: {const: 0.9}}}, message: Three.}\n"
        "- {code: ORG-004, name: d, on: metric, then: {properties: {version: {const: 1.10}}}, message: Four.}\n"
        "- {code: ORG-005, name: e, on: metric, then: {properties: {version: {enum: [1.1]}}}, message: Five.}\n"
    )
    assert codes(told(tmp_path, {"policies/m.yaml": metric, "rules/own.yaml": rule})) == ["ORG-001", "ORG-005"]


def test_rules_come_from_the_policy_where_one_is_given(tmp_path: Path) -> None:
    policy = written(tmp_path / "policy", {"policies/r.yaml": RISK, "rules/own.yaml": OWNER})
    files = {"policies/r.yaml": RISK, "rules/own.yaml": OWNER.replace("001", "002")}
    assert codes(told(tmp_path / "audited", files, policy=policy)) == ["ORG-001"]


def test_the_rules_that_can_be_used_are_listed(tmp_path: Path) -> None:
    rules = "rules:\n- {code: ORG-002, name: b, on: risk, then: {}, message: Two.}\n- {code: ORG-003}\n"
    root = written(tmp_path, {"policies/r.yaml": RISK, "rules/own.yaml": OWNER, "rules/two.yaml": rules})
    assert [rule.code for rule in organisation.rules(loaded(root)[0])] == ["ORG-001", "ORG-002"]


@pytest.mark.parametrize(
    ("rule", "place", "words"),
    [
        (OWNER.replace("ORG-001", "AIM301"), "1:7", "`code` must be ORG- and three digits, such as ORG-001."),
        (OWNER.replace("then: {required: [owner]}", "then: [owner]"), "5:7", "`then` must be a JSON Schema"),
        (OWNER.replace("then: {required: [owner]}", "then: true"), "5:7", "`then` must be a JSON Schema"),
        (OWNER.replace("A risk has an owner.", "[a, b]"), "4:10", "`message` must be text."),
        (OWNER + "run: 'import os'\n", "6:1", "A rule has no field run."),
        (RULE + "then: {required: owner}\n", "5:7", "The schema is refused"),
        (RULE + "then: {properties: {actions: {items: {required: [whut]}}}}\n", "5:50", "There is no field whut"),
        (RULE + "then: {anyOf: [{required: [owner]}, {not: {required: [onwer]}}]}\n", "5:55", "no field onwer in risk"),
        (RULE + "then: {type: object, requried: [owner]}\n", "5:22", "JSON Schema has no keyword requried."),
        ("rules: {a: b}\n", "1:8", "`rules` must be a list of rules."),
    ],
)
def test_a_rule_that_cannot_be_used_is_told_at_its_line(tmp_path: Path, rule: str, place: str, words: str) -> None:
    found = broken(tmp_path, rule)
    assert [at for at, _ in found] == [place]
    assert words in found[0][1]


def test_one_broken_rule_does_not_hide_the_others(tmp_path: Path) -> None:
    rules = (
        "rules:\n- {code: ORG-001}\n- {code: ORG-002, name: b, on: risk, then: {required: [owner]}, message: Two.}\n"
    )
    findings = told(tmp_path, {"policies/r.yaml": RISK, "rules/own.yaml": rules, "rules/yaml.yaml": "a: [\n"})
    assert {one.code for one in findings} == {"AIM001", "AIM921", "ORG-002"}


def test_too_many_rules_are_an_error(tmp_path: Path) -> None:
    rows = "".join(f"- {{code: ORG-{n:03}, name: n, on: risk, then: {{}}, message: M.}}\n" for n in range(600))
    findings = told(tmp_path, {"policies/r.yaml": RISK, "rules/own.yaml": "rules:\n" + rows})
    assert [one.message for one in findings] == ["There are more than 500 rules; the rest was not read."]


def test_no_rules_folder_is_nothing_to_tell(tmp_path: Path) -> None:
    assert codes(told(tmp_path, {"aimsctl.yaml": CONFIG + "rules: own\n", "policies/r.yaml": RISK})) == []


def test_the_rule_on_the_page_works_as_printed(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    rule = page.split("## Rules of your own")[1].split("```yaml\n")[1].split("```")[0]
    incident = "kind: incident\nid: INC-1\ntitle: Late\nstatus: draft\nseverity: serious\n"
    (finding,) = told(tmp_path, {"policies/i.yaml": incident, "rules/own.yaml": rule})
    assert (finding.code, finding.severity.word) == ("ORG-001", "warning")
