"""Looking around in a workspace: list, show, graph, todo, and what the shell offers while typing."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from lxml import etree

from tests.conftest import Builder, Run
from tests.packaging.distributions import ROOT

DAY = ("--as-of", "2026-11-01")
SVG = "{http://www.w3.org/2000/svg}"


def schema(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / "schemas" / "output" / f"{name}.schema.json").read_text("utf-8"))
    return found


def example(run: Run, *arguments: str) -> str:
    outcome = run(*arguments, *DAY, cwd=ROOT)
    assert (outcome.code, outcome.stderr) == (0, "")
    return outcome.stdout


def record(run: Run, *arguments: str) -> Any:
    found = json.loads(example(run, *arguments, "--format", "json"))
    jsonschema.Draft202012Validator(schema(arguments[0])).validate(found)
    return found


def listed(run: Run, *arguments: str) -> list[str]:
    return [one["id"] for one in record(run, "list", *arguments)["artefacts"]]


def test_list_gives_every_artefact_of_the_kind(run: Run) -> None:
    assert listed(run, "waiver") == ["WVR-01"]
    assert len(listed(run, "control")) == 18


@pytest.mark.parametrize(
    ("kind", "where", "expected"),
    [
        ("ai-system", "high_risk=true", ["AI-INBOX-URGENCY"]),
        ("ai-system", "roles=user", ["AI-CODE-COMPANION"]),
        ("ai-system", "models.version=2.4.0", ["AI-INBOX-URGENCY"]),
        ("nonconformity", "actions.overdue=true", ["NC-01"]),
        ("supplier", "review.last=2025-09-30", ["S-05"]),
        ("improvement", "decision=", ["IMP-03"]),
        ("ai-system", "models.version=9.9", []),
    ],
)
def test_list_asks_fields_lists_rows_and_what_is_worked_out(
    run: Run, kind: str, where: str, expected: list[str]
) -> None:
    assert listed(run, kind, "--where", where) == expected


def test_all_conditions_have_to_hold(run: Run) -> None:
    both = ("--where", "ai_systems=AI-VISIT-NOTES", "--where", "operator=human")
    found = listed(run, "control", *both)
    assert "CTL-10" in found
    assert "CTL-01" not in found


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("list", "rsik"), "did you mean `risk`?"),
        (("list", "risk", "--where", "ownr=x"), "did you mean `owner`?"),
        (("list", "risk", "--where", "owner"), "FIELD=VALUE"),
        (("list", "ai-system", "--where", "stage=alive"), "one of planned"),
        (("show", "WVR-1"), "did you mean `WVR-01`?"),
        (("show", "A.6.2.4"), "aimsctl explain A.6.2.4"),
        (("graph", "NOBODY-1"), "aimsctl list KIND"),
        (("todo", "--owner", "Nobody"), "aimsctl list role"),
    ],
)
def test_what_does_not_exist_is_a_wrong_argument_with_a_hint(run: Run, arguments: tuple[str, ...], hint: str) -> None:
    outcome = run(*arguments, cwd=ROOT)
    assert outcome.code == 2
    assert hint in outcome.stderr
    assert outcome.stdout == ""


def test_an_artefact_with_errors_is_listed_and_said_to_have_them(run: Run, workspace: Callable[..., Builder]) -> None:
    built = workspace(
        {
            "policies/a.yaml": {"kind": "person", "id": "PER-01", "title": "Somebody", "status": "approved"},
            "policies/b.yaml": {"kind": "person", "id": "PER-02", "titel": "Nobody", "status": "draft"},
            "policies/c.yaml": "kind: person\nid: [\n",
        }
    )
    found = run("list", "person", cwd=built.root)
    assert found.code == 0
    assert "has errors" in found.stdout
    assert "policies/c.yaml:1" in found.stdout
    record_too = run("list", "person", "--format", "json", cwd=built.root).json
    assert [one["id"] for one in record_too["artefacts"]] == ["PER-01", "PER-02"]


def test_show_has_the_links_both_ways(run: Run) -> None:
    found = record(run, "show", "CTL-08")
    assert {
        "field": "ai_systems",
        "id": "AI-VISIT-NOTES",
        "kind": "ai-system",
        "title": "Visit Notes",
        "found": True,
    } in found["links"]
    assert {"SOA-01", "NC-04", "R-17"} <= {one["id"] for one in found["linked_from"]}
    text = example(run, "show", "ctl-08")
    for said in ("Grounding guard", "Linked from", "policies/controls/ctl-08.yaml", "A.6.2.6"):
        assert said in text


def test_show_has_the_states_of_the_requirements_that_it_serves(run: Run) -> None:
    served = {one["id"]: one for one in record(run, "show", "CTL-15")["requirements"]}
    states = [served["A.9.4"][name] for name in ("documented", "implemented", "operating", "grade")]
    assert states == ["complete", "complete", "absent", "minor"]
    assert served["A.9.4"]["by"] == "the statement of applicability"


def test_show_of_a_control_tells_the_evidence_it_owes_and_its_receipts(run: Run) -> None:
    shown = record(run, "show", "CTL-08")
    (row,) = shown["evidence"]
    assert (row["evidence"], row["system"], row["version"], row["state"]) == (
        "guard-runs",
        "Visit Notes",
        "4.2.0",
        "fresh",
    )
    assert row["note"].startswith("not good on 10 days from 2026-09-15 to 2026-09-24: ")
    assert [(one["version"], one["runs"]) for one in shown["receipts"]] == [("4.1.0", 429), ("4.2.0", 376)]
    assert "self-asserted trust" in shown["provenance"]["evidence"]
    text = run("show", "CTL-02", *DAY, cwd=ROOT).stdout
    assert "none that counts" in text
    assert [one["state"] for one in record(run, "show", "CTL-15")["evidence"]] == ["missing"] * 3
    assert record(run, "show", "R-01")["evidence"] == []


def test_show_of_a_risk_has_its_level(run: Run) -> None:
    worked_out = {one["name"]: one["value"] for one in record(run, "show", "R-01")["computed"]}
    assert (worked_out["level"], worked_out["residual_level"]) == ("high", "high")


@pytest.mark.parametrize("form", ["text", "md", "html"])
@pytest.mark.parametrize("command", [("list", "risk"), ("show", "SOA-01"), ("todo",)])
def test_each_answer_is_a_document_in_each_form(run: Run, command: tuple[str, ...], form: str) -> None:
    assert example(run, *command, "--format", form) == example(run, *command, "--format", form)


def test_an_answer_goes_to_a_file(run: Run, tmp_path: Path) -> None:
    outcome = run("todo", "--format", "html", "--out", tmp_path / "todo.html", *DAY, cwd=ROOT)
    assert (outcome.code, outcome.stdout) == (0, f"{tmp_path / 'todo.html'}\n")
    page = etree.HTML((tmp_path / "todo.html").read_bytes())
    assert page.findtext(".//h1") == "To do, as of 2026-11-01"
    assert page.find(".//script") is None


# duties


def test_todo_holds_what_is_due_in_order(run: Run) -> None:
    duties = record(run, "todo")["duties"]
    dated = [one["due"] for one in duties if one["due"]]
    assert dated == sorted(dated)
    assert [one["due"] for one in duties][len(dated) :] == [None] * (len(duties) - len(dated))
    grades = [one["grade"] for one in duties if not one["due"]]
    assert grades[0] == "major"
    assert grades[-1] == "opportunity"


@pytest.mark.parametrize(
    ("identifier", "source", "due", "requirement"),
    [
        ("NC-01", "action", "2026-09-30", "10.2"),
        ("S-05", "review", "2026-09-30", "A.10.3"),
        ("R-19", "assessment", "2026-10-14", "8.2"),
        ("CTL-15", "evidence", "2026-10-04", "A.9.4"),
        ("AP-2026", "plan", "2027-03-01", None),
        ("A.8.4", "gap", None, "A.8.4"),
    ],
)
def test_todo_takes_from_every_source_and_tells_a_gap_where_its_date_is(
    run: Run, identifier: str, source: str, due: str | None, requirement: str | None
) -> None:
    found = next(one for one in record(run, "todo")["duties"] if one["id"] == identifier)
    assert (found["source"], found["due"]) == (source, due)
    assert requirement is None or requirement in found["requirements"]


def test_todo_tells_evidence_that_is_not_good_and_not_what_is_renewed_every_day(run: Run) -> None:
    duties = record(run, "todo")["duties"]
    owed = {one["id"] for one in duties if one["source"] == "evidence" and one["id"].startswith("CTL-")}
    assert owed == {"CTL-02", "CTL-15"}
    (unverified,) = [one for one in duties if one["id"] == "CTL-02"]
    assert (
        unverified["what"]
        == "Evidence nurse-confirmations for Inbox Urgency does not count: only a collector attests it."
    )
    assert (unverified["requirements"], unverified["grade"]) == (["A.10.4"], "opportunity")
    lapsed = [one for one in duties if one["id"] == "A.6.2.6"]
    assert len(lapsed) == 3
    assert all(one["due"] is None and "is good today; it was not on" in one["what"] for one in lapsed)


def test_evidence_that_is_renewed_seldom_is_told_before_it_is_stale(run: Run) -> None:
    outcome = run("todo", "--format", "json", "--as-of", "2026-11-15", cwd=ROOT)
    tables = [one for one in outcome.json["duties"] if one["id"] == "CTL-05"]
    assert {(one["due"], one["soon"]) for one in tables} == {("2026-12-04", True)}


def test_a_lapse_is_told_once(run: Run) -> None:
    duties = record(run, "todo")["duties"]
    assert [one["source"] for one in duties if "Codefenn" in f"{one['title']} {one['what']}"] == ["review"]
    assert sum("Responsible use of AI tools" in one["what"] for one in duties) == 1


def test_a_waived_gap_asks_for_nothing_before_its_waiver_ends(run: Run) -> None:
    outcome = run("todo", "--format", "json", "--as-of", "2027-01-10", cwd=ROOT)
    ends = [one for one in outcome.json["duties"] if one["source"] == "waiver"]
    assert [(one["id"], one["due"]) for one in ends] == [("WVR-01", "2027-01-31")]


@pytest.mark.parametrize("name", ["ROLE-HCO", "role-hco", "Head of Customer Operations", "PER-10"])
def test_todo_of_one_owner(run: Run, name: str) -> None:
    duties = record(run, "todo", "--owner", name)["duties"]
    assert {one["owner"] for one in duties} == {"ROLE-HCO"}
    assert {"NC-01", "A.8.4"} <= {one["id"] for one in duties}


# graph


def test_the_graph_runs_from_risk_to_system(run: Run) -> None:
    found = record(run, "graph", "R-01")
    edges = {(one["from"], one["to"]) for one in found["edges"]}
    path = (
        *("risk:R-01", "treatment:R-01", "control:CTL-01", "applicability:A.6.2.6", "evidence:CTL-01/floor-runs"),
        "system:AI-INBOX-URGENCY",
    )
    assert set(pairwise(path)) <= edges


def test_no_control_leads_to_the_evidence_of_another(run: Run) -> None:
    names = {one["id"] for one in record(run, "graph", "R-01")["nodes"] if one["layer"] == "evidence"}
    assert names == {"CTL-01 floor-runs", "CTL-03 second-looks", "CTL-04 gate-suites"}


def test_an_artefact_outside_the_chain_is_drawn_with_its_links(run: Run) -> None:
    found = record(run, "graph", "DOC-01")
    assert found["layers"] == ["linking", "artefact", "linked"]
    assert {"ROLE-PEO"} <= {one["id"] for one in found["nodes"]}


def test_the_picture_has_every_node_a_title_and_no_two_boxes_in_one_place(run: Run) -> None:
    drawn = etree.fromstring(example(run, "graph", "--format", "svg").encode())
    nodes = record(run, "graph")["nodes"]
    boxes = drawn.findall(f".//{SVG}rect")
    places = {(box.get("x"), box.get("y")) for box in boxes}
    assert len(places) == len(boxes) == len(nodes)
    assert drawn.get("role") == "img"
    assert "Columns from left to right: risks: 27" in drawn.findtext(f"{SVG}desc")
    assert drawn.findtext(f"{SVG}title") == "How the management system hangs together, as of 2026-11-01"
    high = int(drawn.get("height"))
    assert all(int(box.get("y")) + int(box.get("height")) < high for box in boxes)


@pytest.mark.parametrize("form", ["mermaid", "dot", "svg", "json"])
def test_the_same_workspace_gives_the_same_drawing(run: Run, form: str) -> None:
    first = run("graph", "--format", form, *DAY, cwd=ROOT, env={"PYTHONHASHSEED": "1"})
    assert first.stdout == run("graph", "--format", form, *DAY, cwd=ROOT, env={"PYTHONHASHSEED": "2"}).stdout
    assert first.stdout


def test_an_empty_workspace_draws_an_empty_picture(run: Run, workspace: Callable[..., Builder]) -> None:
    built = workspace({"policies/a.yaml": {"kind": "person", "id": "PER-01", "title": "Somebody", "status": "draft"}})
    drawn = run("graph", "--format", "svg", cwd=built.root)
    assert (drawn.code, drawn.stderr) == (0, "nothing to draw yet: drafts are left out\n")
    etree.fromstring(drawn.stdout.encode())


# completion


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("list ris", ["risk-method", "risk"]),
        ("show WVR", ["WVR-01"]),
        ("graph A.6.2.4", ["A.6.2.4"]),
        ("todo --owner ROLE-HC", ["ROLE-HCO"]),
    ],
)
def test_the_shell_offers_kinds_and_ids(run: Run, words: str, offered: list[str]) -> None:
    typed = f"aimsctl {words}"
    env = {"_AIMSCTL_COMPLETE": "complete_bash", "COMP_WORDS": typed, "COMP_CWORD": str(len(typed.split()) - 1)}
    outcome = run(cwd=ROOT, env=env)
    assert (outcome.code, sorted(re.split(r"\s+", outcome.stdout.strip()))) == (0, sorted(offered))


def test_outside_a_workspace_the_shell_is_offered_nothing(run: Run) -> None:
    env = {"_AIMSCTL_COMPLETE": "complete_bash", "COMP_WORDS": "aimsctl show C", "COMP_CWORD": "2"}
    outcome = run(env=env)
    assert (outcome.code, outcome.stdout.strip(), outcome.stderr) == (0, "", "")


# where it comes from


@pytest.mark.parametrize("command", [("list", "risk"), ("show", "R-01"), ("todo",), ("crosswalk", "soc2"), ("decide",)])
def test_each_answer_says_whose_policy_it_follows(run: Run, command: tuple[str, ...]) -> None:
    own = "the workspace's own (self-asserted trust)"
    assert run(*command, "--format", "json", *DAY, cwd=ROOT).json["provenance"]["policy"].startswith(own)
    assert "self-asserted trust" in run(*command, *DAY, cwd=ROOT).stdout
    assert "self-asserted trust" not in run(*command, "-q", *DAY, cwd=ROOT).stdout


def test_a_waiver_of_the_audited_tree_counts_only_where_the_policy_has_it(run: Run, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "policies", tmp_path / "policies")
    shutil.copy(ROOT / "aimsctl.yaml", tmp_path)
    (tmp_path / "policies" / "planning" / "wvr-01.yaml").unlink()
    ours, theirs = (
        run("todo", "--format", "json", "--as-of", "2027-01-10", *policy, cwd=ROOT).json["duties"]
        for policy in ((), ("--policy-from", str(tmp_path)))
    )
    assert any(one["source"] == "waiver" for one in ours)
    assert not any(one["source"] == "waiver" for one in theirs)


def test_answers_read_a_commit(run: Run, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "policies", tmp_path / "policies")
    shutil.copy(ROOT / "aimsctl.yaml", tmp_path)
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
    for arguments in (("init", "-q"), ("add", "."), (*identity, "commit", "-qm", "Begin")):
        subprocess.run(["git", *arguments], cwd=tmp_path, check=True)
    (tmp_path / "policies" / "planning" / "wvr-01.yaml").unlink()
    assert run("list", "waiver", "--format", "json", cwd=tmp_path).json["artefacts"] == []
    committed = run("list", "waiver", "--rev", "HEAD", "--format", "json", cwd=tmp_path).json
    assert [one["id"] for one in committed["artefacts"]] == ["WVR-01"]
    assert committed["provenance"]["artefacts"].startswith("from ")
