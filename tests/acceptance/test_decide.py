"""Is a certificate worth it: the worked example and three organisations that need other advice."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from lxml import etree

from tests.conftest import Builder, Run
from tests.packaging.distributions import ROOT

DAY = ("--as-of", "2026-11-01")
CASES = ROOT / "tests" / "data" / "cases"


def advice(run: Run, root: Path, *arguments: str) -> Any:
    outcome = run("decide", *arguments, "--format", "json", *DAY, cwd=root)
    assert (outcome.code, outcome.stderr) == (0, "")
    shape = json.loads((ROOT / "schemas" / "output" / "decide.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(shape).validate(outcome.json)
    return outcome.json


def edited(tmp_path: Path, case: str, *edits: tuple[str, str]) -> Path:
    """A copy of a case with pieces of its certification case replaced."""
    root = tmp_path / "edited"
    shutil.copytree(CASES / case, root)
    file = root / "policies" / "case.yaml"
    text = file.read_text("utf-8")
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    file.write_text(text, "utf-8")
    return root


@pytest.mark.parametrize("case", ["startup", "vendor", "hospital"])
def test_the_cases_are_valid(run: Run, case: str) -> None:
    assert "no findings" in run("validate", *DAY, cwd=CASES / case).stdout


@pytest.mark.parametrize(
    ("case", "option", "reason"),
    [
        ("startup", "use_without_certificate", "Nobody binds business to a certificate"),
        ("vendor", "certify_now", "Brackwede Insurance binds business to the certificate, worth EUR 1,900,000 a year."),
        ("hospital", "evidence_first", "What protects people from Sepsis alarm is a control that runs"),
    ],
)
def test_each_organisation_gets_its_own_advice_and_why(run: Run, case: str, option: str, reason: str) -> None:
    found = advice(run, CASES / case)
    assert found["recommendation"]["option"] == option
    assert any(said.startswith(reason) for said in found["reasons_for"])
    assert found["reasons_against"]
    assert found["first"]
    assert found["would_change"]
    recommended = [one["id"] for one in found["options"] if one["recommended"]]
    assert recommended == [option]
    assert all(one["done"] for one in found["options"])


def test_the_example_gets_advice_in_its_own_numbers(run: Run) -> None:
    found = advice(run, ROOT)
    assert found["recommendation"]["option"] == "certify_now"
    assert found["management"]["agrees"] is True
    assert found["money"]["audits_total"] == 61000
    assert found["money"]["quotes_total"] == found["money"]["budget_total"] == 185000
    assert found["money"]["worth_needing"] == 440000
    assert len(found["money"]["lines"]) == 18
    assert all(line["source"] for line in found["money"]["lines"])
    assert found["readiness"]["stage_1"] == ["A.8.4"]
    assert any("Dutch hospital group" in said and "dated plan" in said for said in found["first"])
    assert any("Recertification is in no quote" in said for said in found["money"]["remarks"])


def test_the_cycle_is_three_years_from_the_day_it_is_wanted(run: Run) -> None:
    steps = {one["id"]: one["by"] for one in advice(run, ROOT)["cycle"]["steps"]}
    assert steps["decision"] == "2027-09-30"
    assert steps["surveillance_1"] == "2028-09-30"
    assert steps["recertification"] == "2030-09-30"
    assert steps["stage_1"] < steps["stage_2"] < steps["decision"]


def test_without_a_day_the_cycle_is_in_months(run: Run) -> None:
    assert {one["by"] for one in advice(run, CASES / "startup")["cycle"]["steps"]} == {None}


def test_an_empty_list_says_that_nobody_asks(run: Run) -> None:
    unsaid = {one["field"] for one in advice(run, CASES / "startup")["unsaid"]}
    assert unsaid == {"held", "internal_auditor", "quotes", "budget"}
    assert advice(run, ROOT)["unsaid"] == []


def test_no_amount_is_invented(run: Run) -> None:
    money = advice(run, CASES / "startup")["money"]
    assert money["quotes_total"] is None
    assert money["lines"] == []
    assert "not on file" in run("decide", *DAY, cwd=CASES / "startup").stdout


@pytest.mark.parametrize(
    ("edit", "option", "first"),
    [
        (("system_owner: ROLE-CTO\n", ""), "certify_later", "Name who owns the management system."),
        (
            ("internal_auditor: The internal auditor of the parent company\n", ""),
            "certify_later",
            "Name an independent internal auditor; an outside firm will do.",
        ),
        (("years_funded: 3", "years_funded: 1"), "certify_later", "Have three years promised, not 1."),
        (
            ("{year: 1, amount: 90000}", "{year: 1, amount: 70000}"),
            "certify_later",
            "Bring budget and quotes together: year 1 lacks EUR 14,000.",
        ),
        (("[nothing_else]", "[soc2_with_ai]"), "soc2_with_ai", "Ask the auditor of the report"),
        (("[nothing_else]", "[evidence_pack]"), "evidence_first", "Let records begin"),
        (("[nothing_else]", "[internal_framework]"), "use_without_certificate", "Write and approve the AI policy"),
        (("how: contract", "how: expected_later"), "certify_later", "Let records begin"),
    ],
)
def test_what_the_case_says_decides(run: Run, tmp_path: Path, edit: tuple[str, str], option: str, first: str) -> None:
    found = advice(run, edited(tmp_path, "vendor", edit))
    assert found["recommendation"]["option"] == option
    assert any(said.startswith(first) for said in found["first"])


def test_what_would_change_it_does_change_it(run: Run, tmp_path: Path) -> None:
    turns = {one["fact"]: one["option"] for one in advice(run, CASES / "vendor")["would_change"]}
    assert turns["auditor_named"] == "certify_later"
    edit = ("internal_auditor: The internal auditor of the parent company\n", "")
    assert advice(run, edited(tmp_path, "vendor", edit))["recommendation"]["option"] == turns["auditor_named"]


def test_management_that_decided_otherwise_is_told(run: Run, tmp_path: Path) -> None:
    root = edited(tmp_path, "startup", ("years_funded: 1", "years_funded: 1\ndecision: certify"))
    assert advice(run, root)["management"] == {"decision": "certify", "reason": "", "agrees": False}
    assert "which differs from it" in run("decide", *DAY, cwd=root).stdout


def test_using_the_standard_without_a_certificate_has_its_own_end(run: Run) -> None:
    options = {one["id"]: one for one in advice(run, ROOT)["options"]}
    done = {one["say"]: one["met"] for one in options["use_without_certificate"]["done"]}
    assert done["The AI policy is approved and known."] is True
    assert done["No major gap is open."] is False
    assert None not in done.values()


def test_it_warns_where_far_more_is_written_than_runs(run: Run, tmp_path: Path) -> None:
    assert advice(run, ROOT)["theatre"]["warns"] is False
    root = tmp_path / "later"
    for folder in ("policies",):
        shutil.copytree(ROOT / folder, root / folder)
    shutil.copy(ROOT / "aimsctl.yaml", root)
    outcome = run("decide", "--format", "json", "--as-of", "2028-03-01", cwd=root)
    theatre = outcome.json["theatre"]
    assert theatre["warns"] is True
    assert theatre["says"].startswith("Written is not running:")
    assert len(theatre["on_paper"]) >= 10


@pytest.mark.parametrize("form", ["text", "md", "html"])
def test_it_says_what_a_certificate_does_not_prove(run: Run, form: str) -> None:
    told = run("decide", "--format", form, *DAY, cwd=ROOT).stdout
    assert "What a certificate does not prove" in told
    assert "presumption of conformity" in " ".join(told.split())


def test_the_page_is_whole(run: Run, tmp_path: Path) -> None:
    assert run("decide", "--format", "html", "--out", tmp_path / "page.html", *DAY, cwd=ROOT).code == 0
    page = etree.HTML((tmp_path / "page.html").read_bytes())
    assert "Recommendation: Certify now" in [one.text for one in page.findall(".//h2")]
    assert page.find(".//script") is None


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (
            {"policies/a.yaml": {"kind": "person", "id": "PER-01", "title": "A", "status": "draft"}},
            "no certification case",
        ),
        (
            {"policies/a.yaml": {"kind": "certification-case", "id": "CASE-01", "titel": "A", "status": "draft"}},
            "has errors",
        ),
    ],
)
def test_without_a_case_it_says_what_is_needed(
    run: Run, workspace: Callable[..., Builder], files: dict[str, Any], said: str
) -> None:
    outcome = run("decide", cwd=workspace(files).root)
    assert outcome.code == 2
    assert said in outcome.stderr


def test_a_bare_draft_is_weighed_and_said_to_be_one(run: Run, workspace: Callable[..., Builder]) -> None:
    draft = {"kind": "certification-case", "id": "CASE-01", "title": "Worth it", "status": "draft"}
    outcome = run("decide", cwd=workspace({"policies/a.yaml": draft}).root)
    assert outcome.code == 0
    told = " ".join(outcome.stdout.split())
    assert "Note: The case is a draft." in told
    assert "The case does not say yet: who asks for a certificate (asked_by); how many people do AI work" in told
    assert "Recommendation: Use the standard, without a certificate" in outcome.stdout
