"""Starting a workspace, writing artefacts, and recording decisions, as a governance lead does it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aimsctl.authoring.edit import Setting, changed, scalar
from aimsctl.source import yaml

ROOT = Path(__file__).resolve().parents[2]
ANSWERS = ("--organisation", "Acme Health Ltd", "--role", "provider", "--sector", "health care", "--held", "soc2_type2")
ROLE = "kind: role\nid: ROLE-CEO\ntitle: Chief executive\nstatus: draft\n"
POLICY = """# The company's word on AI.
kind: policy
id: POL-1
title: AI policy   # short on purpose
owner: ROLE-CEO
status: in_review  # waiting for the board
version: '1.0'
review:
  every: P1Y  # the board meets in June
  last: 2026-06-01
type: ai
purpose: Says what we stand for in AI.
applies_to: Everybody, and every AI system we run.
"""


def test_init_needs_no_terminal_and_its_workspace_is_valid_and_empty_handed(run: Any, tmp_path: Path) -> None:
    assert run("init", *ANSWERS).code == 0
    validated = run("validate")
    assert validated.code == 0
    assert "no findings" in validated.stdout
    record = run("gap", "--format", "json").json
    good = {state: counts.get("complete", 0) for state, counts in record["summary"]["states"].items()}
    assert good["documented"] == 0
    assert good["implemented"] <= 1
    assert record["summary"]["states"]["operating"].get("current", 0) == 0
    assert (tmp_path / "aimsctl.yaml").read_text().count("Acme Health Ltd") == 1


def test_init_again_changes_nothing(run: Any, tmp_path: Path, tree_of: Any) -> None:
    run("init", *ANSWERS)
    before = tree_of(tmp_path)
    again = run("init", "--organisation", "Somebody else")
    assert "0 files written" in again.stdout
    assert tree_of(tmp_path) == before


def test_init_writes_a_draft_for_every_document_a_clause_wants(run: Any, tmp_path: Path) -> None:
    from aimsctl.standard import documents  # noqa: PLC0415
    from aimsctl.workspace.kinds import kind  # noqa: PLC0415

    run("init", *ANSWERS)
    texts = [path.read_text() for path in (tmp_path / "policies").rglob("*.yaml")]
    kinds = {re.search(r"^kind: (\S+)$", text, re.MULTILINE)[1] for text in texts}  # type: ignore[index]
    carried = {name for one in kinds for name in kind(one).carries}  # type: ignore[union-attr]
    assert {one.id for one in documents().values() if one.mandatory} <= carried
    assert all(
        "status: draft" in text and "What an auditor looks for" in text for text in texts if "person" not in text
    )


@pytest.mark.parametrize(("forge", "file"), [("github", ".github/workflows/aims.yml"), ("gitlab", ".gitlab-ci.yml")])
def test_init_sets_up_ci_that_blocks_on_errors_and_reports_gaps(
    run: Any, tmp_path: Path, forge: str, file: str
) -> None:
    run("init", *ANSWERS, "--ci", forge)
    text = (tmp_path / file).read_text()
    assert "aimsctl validate" in text
    assert "gap --fail-on never" in text
    assert "To tighten" in text
    assert "--policy-from" in text


def test_init_refuses_words_that_do_not_exist(run: Any) -> None:
    assert run("init", "--organisation", "X", "--role", "wizard").code == 2


def test_init_example_copies_the_worked_example_with_its_ledgers(run: Any, tmp_path: Path) -> None:
    done = run("init", "--example")
    assert done.code == 0
    assert "then `aimsctl gap --as-of 2026-11-01`" in done.stdout
    assert run("validate").code == 0
    for folder in ("policies", "evidence"):
        paths = [path for path in (ROOT / folder).rglob("*") if path.is_file()]
        assert [path for path in paths if (tmp_path / path.relative_to(ROOT)).read_bytes() != path.read_bytes()] == []
    ask = ("gap", "--as-of", "2026-11-01", "--format", "json")
    here, there = run(*ask), run(*ask, cwd=ROOT)
    assert (here.code, here.json["requirements"]) == (there.code, there.json["requirements"])
    assert here.json["summary"]["provenance"] == there.json["summary"]["provenance"]


def test_new_writes_a_valid_draft_whose_id_comes_from_its_title(run: Any, workspace: Any, tmp_path: Path) -> None:
    root = workspace({"policies/role.yaml": ROLE}).root
    first = run("new", "risk", "--title", "Late call-back", cwd=root)
    assert first.code == 0
    identifier = re.search(r"RISK-[A-Z2-7]{5}", first.stdout)[0]  # type: ignore[index]
    assert run("validate", cwd=root).code == 0
    other = tmp_path / "branch"
    shutil.copytree(root, other, ignore=shutil.ignore_patterns("risk-*"))
    assert identifier not in run("new", "risk", "--title", "Silent guard", cwd=other).stdout
    again = run("new", "risk", "--title", "Late call-back", cwd=root)
    assert again.code == 0
    assert identifier not in again.stdout


def test_new_statement_of_applicability_lists_all_controls_undecided(run: Any, workspace: Any) -> None:
    root = workspace({"policies/role.yaml": ROLE}).root
    assert run("new", "soa", "--id", "SOA-1", cwd=root).code == 0
    text = (root / "policies/planning/soa-1.yaml").read_text()
    assert len(re.findall(r"^- control: A\.", text, re.MULTILINE)) == 38
    assert run("validate", cwd=root).code == 0


def test_new_refuses_what_is_there_already(run: Any, workspace: Any) -> None:
    root = workspace({"policies/role.yaml": ROLE}).root
    assert run("new", "role", "--id", "ROLE-CEO", cwd=root).code == 2
    assert "did you mean `policy`?" in run("new", "polcy", cwd=root).stderr


def test_every_kind_can_be_started_with_new(run: Any, workspace: Any) -> None:
    from aimsctl.authoring.scaffold import rows, skeleton  # noqa: PLC0415
    from aimsctl.workspace.kinds import kind, kind_names  # noqa: PLC0415

    files = {}
    for name in kind_names():
        known = kind(name)
        assert known is not None
        files[f"policies/{name}.yaml"] = skeleton(known, f"{known.prefix}-1", f"A {name}", "s.json", rows(known))
    outcome = run("validate", "--format", "json", cwd=workspace(files).root)
    assert outcome.json["diagnostics"] == []


def approved_workspace(workspace: Any) -> Path:
    root: Path = workspace({"policies/role.yaml": ROLE, "policies/policy.yaml": POLICY}).root
    return root


def test_approve_edits_only_its_lines_and_keeps_comments(run: Any, workspace: Any) -> None:
    root = approved_workspace(workspace)
    outcome = run("approve", "POL-1", "--by", "ROLE-CEO", "--on", "2026-06-22", cwd=root)
    assert outcome.code == 0
    before, after = POLICY.splitlines(), (root / "policies/policy.yaml").read_text().splitlines()
    assert [line for line in after if line not in before] == [
        "status: approved  # waiting for the board",
        next(line for line in after if line.startswith("approval:")),
    ]
    assert re.search(
        r"^approval: \{by: ROLE-CEO, date: 2026-06-22, fingerprint: 'sha256:[0-9a-f]{64}'\}$",
        "\n".join(after),
        re.MULTILINE,
    )
    assert run("validate", cwd=root).code == 0


def test_a_changed_text_makes_the_approval_suspect_and_a_new_one_clears_it(run: Any, workspace: Any) -> None:
    root = approved_workspace(workspace)
    run("approve", "POL-1", "--by", "ROLE-CEO", "--on", "2026-06-22", cwd=root)

    def suspect() -> bool:
        record = run("gap", "--format", "json", "--as-of", "2026-07-01", cwd=root).json
        reasons = next(one for one in record["requirements"] if one["id"] == "7.5.2")["reasons"]
        return any(reason["result"] == "suspect" and reason["test"] == "documents-approved" for reason in reasons)

    assert not suspect()
    file = root / "policies/policy.yaml"
    file.write_text(file.read_text().replace("stand for", "might stand for"))
    assert suspect()
    assert run("approve", "POL-1", "--by", "ROLE-CEO", "--on", "2026-06-30", cwd=root).code == 0
    assert not suspect()


def test_layout_and_order_do_not_make_an_approval_suspect(run: Any, workspace: Any) -> None:
    root = approved_workspace(workspace)
    run("approve", "POL-1", "--by", "ROLE-CEO", "--on", "2026-06-22", cwd=root)
    file = root / "policies/policy.yaml"
    lines = [line for line in file.read_text().splitlines() if not line.startswith("#")]
    file.write_bytes(("\r\n".join(sorted(lines, key=lambda line: line.startswith("type"))) + "\r\n").encode())
    record = run("gap", "--format", "json", "--as-of", "2026-07-01", "--requirement", "7.5.2", cwd=root).json
    assert not [reason for reason in record["requirements"][0]["reasons"] if reason["result"] == "suspect"]


def test_review_edits_only_the_date(run: Any, workspace: Any) -> None:
    root = approved_workspace(workspace)
    assert run("review", "POL-1", "--on", "2026-08-01", cwd=root).code == 0
    assert (root / "policies/policy.yaml").read_text() == POLICY.replace("2026-06-01", "2026-08-01")


def test_items_of_a_register_are_edited_in_place(run: Any, workspace: Any) -> None:
    register = (
        "kind: register\nof: role\ndefaults:\n  status: in_review\n  owner: ROLE-CEO\n"
        "  review: {last: 2026-01-05, every: P6M}\nitems:\n"
        "# the top\n- id: ROLE-CEO\n  title: Chief executive\n  holder: PER-1\n  responsibilities: [All of it]\n"
        "  authority: Whatever it takes\n  duties: [aims_reporting]\n"
        "- {id: ROLE-CTO, title: IT, holder: PER-1, responsibilities: [IT], authority: Some of it, duties: [risk]}\n"
    )
    person = "kind: person\nid: PER-1\ntitle: Somebody\nowner: ROLE-CEO\nstatus: approved\n"
    root = workspace({"policies/roles.yaml": register, "policies/person.yaml": person}).root
    assert run("approve", "ROLE-CEO", "ROLE-CTO", "--by", "PER-1", "--on", "2026-06-22", cwd=root).code == 0
    assert run("review", "ROLE-CTO", "--on", "2026-07-01", cwd=root).code == 0
    text = (root / "policies/roles.yaml").read_text()
    assert text.count("date: 2026-06-22") == 2
    assert "review: {last: 2026-07-01, every: P6M}" in text.splitlines()[-1]
    assert "  review: {last: 2026-01-05, every: P6M}" in text.splitlines()[5]
    assert run("validate", cwd=root).code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("POL-9", "--by", "ROLE-CEO"), "there is no artefact POL-9"),
        (("POL-1", "--by", "ROLE-CFO"), "there is no artefact ROLE-CFO"),
        (("POL-1", "--by", "POL-1"), "no role and no person"),
        (("ROLE-CEO", "--by", "ROLE-CEO"), "cannot be recorded like this"),
    ],
)
def test_a_decision_that_does_not_hold_changes_nothing(
    run: Any, workspace: Any, tree_of: Any, arguments: tuple[str, ...], said: str
) -> None:
    root = approved_workspace(workspace)
    before = tree_of(root)
    outcome = run("approve", *arguments, cwd=root)
    assert outcome.code == 2
    assert said in outcome.stderr
    assert tree_of(root) == before


def test_R_10_a_hand_edited_layout_survives_or_the_edit_is_refused() -> None:
    strange = b"{id: A-1, title: x, status: draft, ? review : {last: 2026-01-01}}\n"
    result = changed(strange, "a.yaml", [Setting(("review", "last"), "2026-02-02", "status")])
    assert result == strange.replace(b"2026-01-01", b"2026-02-02")


@given(st.text(max_size=40))
@settings(max_examples=200, deadline=None)
def test_any_text_is_written_so_that_it_reads_back(text: str) -> None:
    from aimsctl.errors import RenderError  # noqa: PLC0415

    try:
        result = changed(b"a: 1  # kept\nb: old\n", "a.yaml", [Setting(("b",), text, "a")])
    except RenderError:
        return
    assert yaml.read("a.yaml", result).data == {"a": 1, "b": text}
    assert result.startswith(b"a: 1  # kept\n")


@given(st.from_regex(r"[A-Za-z0-9./ _-]{1,20}", fullmatch=True))
@settings(max_examples=200, deadline=None)
def test_plain_scalars_stay_text(text: str) -> None:
    assert yaml.read("a.yaml", f"a: {scalar(text)}\n".encode()).data == {"a": text}


def test_the_baseline_lets_an_existing_system_begin_green(run: Any, tmp_path: Path) -> None:
    run("init", *ANSWERS)
    assert run("gap").code == 1
    assert run("gap", "--write-baseline", "gaps.json").code == 0
    assert run("gap", "--baseline", "gaps.json").code == 0
    (tmp_path / "policies/leadership/pol-001.yaml").write_text("kind: policy\nid: POL-001\ntitle: x\nstatus: aproved\n")
    assert run("gap", "--baseline", "gaps.json").code == 1
    (tmp_path / "gaps.json").write_text("[]")
    assert run("gap", "--baseline", "gaps.json").code == 2


def test_the_badge_says_what_blocks_and_is_a_picture(run: Any, tmp_path: Path) -> None:
    run("init", *ANSWERS)
    run("gap", "--badge", "badge.svg")
    text = (tmp_path / "badge.svg").read_text()
    assert "stage 1 blocked" in text
    assert text.startswith("<svg")
    assert "<title>" in text
