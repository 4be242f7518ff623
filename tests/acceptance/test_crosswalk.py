"""Other frameworks beside the management system, as a governance lead, an auditor and a buyer read them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest
from lxml import etree

from tests.conftest import Builder, Run
from tests.packaging.distributions import ROOT

DAY = ("--as-of", "2026-11-01")
FRAMEWORKS = {"soc2": 61, "nist_ai_rmf": 72, "eu_ai_act": 38, "iso27001": 68}


def record(run: Run, *arguments: str, schema: str = "crosswalk") -> Any:
    outcome = run("crosswalk", *arguments, "--format", "json", *DAY, cwd=ROOT)
    assert (outcome.code, outcome.stderr) == (0, "")
    found = outcome.json
    shape = json.loads((ROOT / "schemas" / "output" / f"{schema}.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(shape).validate(found)
    return found


def items(found: Any) -> dict[str, Any]:
    return {one["id"]: one for one in found["items"]}


@pytest.mark.parametrize(("framework", "count"), FRAMEWORKS.items())
def test_every_item_is_told_with_relation_source_states_and_evidence(run: Run, framework: str, count: int) -> None:
    found = record(run, framework)
    assert found["counts"]["items"] == len(found["items"]) == count
    sources = {one["name"] for one in found["sources"]}
    for item in found["items"]:
        for pair in item["pairs"]:
            assert pair["rationale"]
            assert pair["source"] in sources
            assert pair["holds"] != "shown" or pair["evidence"]


def test_the_overview_counts_what_each_framework_counts(run: Run) -> None:
    found = record(run, schema="crosswalks")
    assert {one["id"]: one["counts"]["items"] for one in found["frameworks"]} == FRAMEWORKS
    assert {one["id"]: one["held"] for one in found["frameworks"]} == dict.fromkeys(FRAMEWORKS, False) | {"soc2": True}


def test_only_a_partner_that_asks_for_as_much_shows_the_whole(run: Run) -> None:
    for framework in FRAMEWORKS:
        for item in record(run, framework)["items"]:
            whole = [
                pair for pair in item["pairs"] if pair["relation"] in ("equal", "superset") and pair["holds"] == "shown"
            ]
            assert (item["shows"] == "shown") == bool(whole), item["id"]
    assert record(run, "eu_ai_act")["counts"]["shown"] == 0


def test_what_soc_2_asks_alone_has_no_counterpart(run: Run) -> None:
    found = items(record(run, "soc2"))
    assert {found[name]["shows"] for name in ("CC6.2", "CC6.8", "A1.3", "PI1.4")} == {"no_counterpart"}


def test_what_the_workspace_does_not_show_is_not_shown(run: Run, workspace: Callable[..., Builder]) -> None:
    built = workspace({"policies/a.yaml": {"kind": "person", "id": "PER-01", "title": "Somebody", "status": "draft"}})
    found = run("crosswalk", "iso27001", "--format", "json", cwd=built.root).json
    assert found["counts"]["shown"] == found["counts"]["in_part"] == 0
    assert found["counts"]["not_yet"] > 40


@pytest.mark.parametrize("form", ["text", "md", "html", "json"])
@pytest.mark.parametrize("arguments", [(), ("soc2",), ("eu_ai_act",), ("--reuse",), ("iso27001", "--reuse")])
def test_it_never_says_compliant(run: Run, arguments: tuple[str, ...], form: str) -> None:
    outcome = run("crosswalk", *arguments, "--format", form, *DAY, cwd=ROOT)
    assert outcome.code == 0
    assert not re.search(r"\b(?:non-?)?compliant\b|\bcertified\b", outcome.stdout, re.IGNORECASE)
    assert form == "json" or "proves no conformity" in " ".join(outcome.stdout.split())


# the EU AI Act


def test_the_high_risk_system_of_the_example_has_the_duties_of_a_provider_and_their_day(run: Run) -> None:
    act = record(run, "eu_ai_act", "--system", "AI-INBOX-URGENCY")["application"]
    (system,) = act["systems"]
    assert (system["roles"], system["legal_class"]) == (["provider"], "high_risk")
    articles = {one["item"]: one for one in system["articles"]}
    assert (articles["Art. 9"]["addressed"], articles["Art. 9"]["from"]) == ("yes", ["2027-12-02", "2028-08-02"])
    assert (articles["Art. 4"]["from"], articles["Art. 4"]["begun"]) == (["2025-02-02"], True)
    assert "Art. 26" not in articles
    assert "Art. 53" not in articles


def test_each_system_gets_what_its_role_and_class_bring(run: Run) -> None:
    systems = {one["id"]: one for one in record(run, "eu_ai_act")["application"]["systems"]}
    assert set(systems) == {"AI-INBOX-URGENCY", "AI-VISIT-NOTES", "AI-CODE-COMPANION"}
    addressed = {
        name: {one["item"] for one in system["articles"] if one["addressed"] == "yes"}
        for name, system in systems.items()
    }
    assert addressed["AI-VISIT-NOTES"] == {"Art. 4", "Art. 5", "Art. 50"}
    assert addressed["AI-CODE-COMPANION"] == {"Art. 4", "Art. 5"}


def test_the_days_have_sources_and_come_with_the_day_of_judgement(run: Run) -> None:
    days = {one["id"]: one for one in record(run, "eu_ai_act")["application"]["dates"]}
    assert {name: one["day"] for name, one in days.items()} == {
        "literacy": "2025-02-02",
        "general_purpose": "2025-08-02",
        "transparency": "2026-08-02",
        "general": "2026-08-02",
        "marking": "2026-12-02",
        "annex_iii": "2027-12-02",
        "annex_i": "2028-08-02",
    }
    assert all("Regulation (EU)" in one["source"] for one in days.values())
    assert [name for name, one in days.items() if not one["begun"]] == ["marking", "annex_iii", "annex_i"]
    later = run("crosswalk", "eu_ai_act", "--format", "json", "--as-of", "2026-12-02", cwd=ROOT).json
    assert {one["id"]: one["begun"] for one in later["application"]["dates"]}["marking"] is True


def test_a_class_that_is_open_leaves_every_duty_of_the_role_open(run: Run) -> None:
    act = record(run, "eu_ai_act", "--system", "ai-billing-code-explorer")["application"]
    (system,) = act["systems"]
    assert {one["addressed"] for one in system["articles"]} == {"perhaps"}
    assert {"Art. 9", "Art. 50", "Art. 53"} <= {one["item"] for one in system["articles"]}


# using evidence again


def test_without_a_name_reuse_is_about_what_is_held(run: Run) -> None:
    found = record(run, "--reuse", schema="reuse")
    assert found["case"] == "CASE-01"
    assert [(one["id"], one["held"][0]["name"]) for one in found["frameworks"]] == [("soc2", "SOC 2 type 2 report")]


def test_reuse_says_which_evidence_serves_which_requirement_and_how_far(run: Run) -> None:
    (iso,) = record(run, "iso27001", "--reuse", schema="reuse")["frameworks"]
    serves = {one["requirement"]: one for one in iso["serves"]}
    assert serves["9.2.1"]["can"] == "whole"
    assert serves["9.2.1"]["from"][0]["item"] == "9.2.1"
    assert all(one["look_for"] for one in iso["serves"])
    assert iso["held"] == []


def test_what_soc_2_does_not_ask_is_said(run: Run) -> None:
    (soc2,) = record(run, "soc2", "--reuse", schema="reuse")["frameworks"]
    asked = {one["requirement"] for one in soc2["serves"] if one["can"] != "helps"}
    alone = {one["requirement"]: one["reason"] for one in soc2["not_asked"]}
    assert {"6.1.4", "8.4", "A.5.2", "A.5.5"} <= set(alone)
    assert alone["A.5.5"] == "No criterion looks at effects on society."
    assert asked.isdisjoint(alone)


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("nist_ai_rmf", "--reuse"), "soc2 or iso27001"),
        (("soc2", "--system", "AI-VISIT-NOTES"), "eu_ai_act --system"),
        (("eu_ai_act", "--system", "AI-VISIT-NOTE"), "did you mean `AI-VISIT-NOTES`?"),
        (("iso9001",), "iso9001"),
    ],
)
def test_what_does_not_fit_is_a_wrong_argument(run: Run, arguments: tuple[str, ...], hint: str) -> None:
    outcome = run("crosswalk", *arguments, cwd=ROOT)
    assert outcome.code == 2
    assert hint in outcome.stderr


def test_nothing_held_is_said(run: Run, workspace: Callable[..., Builder]) -> None:
    built = workspace({"policies/a.yaml": {"kind": "person", "id": "PER-01", "title": "Somebody", "status": "draft"}})
    outcome = run("crosswalk", "--reuse", cwd=built.root)
    assert outcome.code == 2
    assert "aimsctl crosswalk soc2 --reuse" in outcome.stderr


def test_the_page_has_an_entry_an_item(run: Run) -> None:
    page = etree.HTML(run("crosswalk", "soc2", "--format", "html", *DAY, cwd=ROOT).stdout.encode())
    told = [(one.text or "").split(" ")[0] for one in page.findall(".//main/ul/li")]
    assert {"CC1.1", "A1.3", "P8.1"} <= set(told)


def test_the_report_tells_the_same_numbers(run: Run) -> None:
    told = run("report", "--format", "json", "--out", "-", *DAY, cwd=ROOT).json["frameworks"]
    assert told == record(run, schema="crosswalks")["frameworks"]
    assert {one["id"]: one["counts"] for one in told}["soc2"] == record(run, "soc2")["counts"]
    for form in ("html", "md"):
        page = run("report", "--format", form, "--out", "-", *DAY, cwd=ROOT).stdout
        assert "Beside other frameworks" in page
        assert "A mapping proves no conformity with the other framework." in page
