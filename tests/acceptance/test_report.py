"""The readiness report, as people who never see YAML read it."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.conftest import unavailable
from tests.packaging.distributions import ROOT
from tests.signing import commit, git

DAY = ("--as-of", "2026-11-01")
SCHEMA = json.loads((ROOT / "schemas" / "output" / "report.schema.json").read_text(encoding="utf-8"))


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """The worked example in a folder of the test's own."""
    root = tmp_path / "workspace"
    for name in ("policies", "evidence"):
        shutil.copytree(ROOT / name, root / name)
    shutil.copy(ROOT / "aimsctl.yaml", root)
    return root


def report(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-P", "-m", "aimsctl", "report", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def written(name: str) -> str:
    outcome = report("--format", name, "--out", "-", *DAY)
    assert (outcome.returncode, outcome.stderr) == (0, "")
    return outcome.stdout


def test_it_says_what_gap_says() -> None:
    command = [sys.executable, "-P", "-m", "aimsctl", "gap", "--format", "json", *DAY]
    gap = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout
    graded = [one["id"] for one in json.loads(gap)["requirements"] if one["grade"] == "major"]
    assert graded == ["A.8.4"]
    page = written("html")
    assert re.findall(r"Not ready", page)
    assert all(name in page for name in graded)


def test_evidence_that_does_not_count_or_lapsed_says_why() -> None:
    rows = {one["control"]: one for one in json.loads(written("json"))["evidence"]["rows"]}
    assert (rows["CTL-02"]["state"], rows["CTL-02"]["note"]) == ("unknown", "only a collector attests it")
    assert rows["CTL-03"]["note"] == "not good on 2026-08-29: a review ended late"
    assert (rows["CTL-08"]["state"], rows["CTL-08"]["newest"]) == ("fresh", "2026-10-31")
    assert rows["CTL-08"]["note"].startswith("not good on 10 days from 2026-09-15 to 2026-09-24: ")
    assert (rows["CTL-07"]["state"], rows["CTL-07"]["note"]) == ("fresh", "")
    for name in ("md", "html"):
        page = written(name)
        assert "none that counts" in page
        assert rows["CTL-08"]["note"] in page


def test_what_blocks_stage_1_is_told_once() -> None:
    page = written("md")
    assert "Stage 1 (designed and documented): not ready, blocked by 1 requirement." in page
    assert "Stage 2 (works in practice): not ready, blocked by what blocks stage 1 and by 1 more." in page


@pytest.mark.parametrize("name", ["html", "md", "json"])
def test_the_same_input_gives_the_same_bytes(name: str) -> None:
    assert written(name) == written(name)


def test_the_page_needs_nothing_from_elsewhere() -> None:
    page = written("html")
    assert re.findall(r"""(?:src|href)\s*=\s*["'](?!#|data:)""", page) == []
    assert re.findall(r"""url\(\s*["']?(?!data:)""", page) == []
    assert "Content-Security-Policy" in page


def test_what_an_artefact_says_is_text_on_the_page(tmp_path: Path) -> None:
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    settings = (ROOT / "aimsctl.yaml").read_text(encoding="utf-8")
    hostile = settings.replace("Fernlough Health, Inc.", "<script>alert(1)</script>")
    assert hostile != settings
    (workspace / "aimsctl.yaml").write_text(hostile, encoding="utf-8")
    (workspace / "policies").mkdir()
    outcome = report("--out", "page.html", *DAY, cwd=workspace)
    assert (outcome.returncode, outcome.stdout) == (0, "page.html\n")
    page = (workspace / "page.html").read_text(encoding="utf-8")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_several_formats_go_to_a_folder(tmp_path: Path) -> None:
    assert report("--format", "html,md,json", "--out", str(tmp_path), *DAY).returncode == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "readiness-report.html",
        "readiness-report.json",
        "readiness-report.md",
    ]


def test_a_format_that_does_not_exist_is_refused() -> None:
    outcome = report("--format", "docx", "--out", "-")
    assert outcome.returncode == 2
    assert "docx" in outcome.stderr


def problems(text: str) -> list[str]:
    validator = Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(json.loads(text))]


@pytest.mark.parametrize("as_of", ["2026-11-01", "2024-01-01", "2031-01-01"])
def test_its_json_keeps_to_the_published_schema(as_of: str) -> None:
    outcome = report("--format", "json", "--out", "-", "--as-of", as_of)
    assert problems(outcome.stdout) == []


def test_an_empty_workspace_has_a_report_in_each_format(workspace: Callable[..., Any], run: Callable[..., Any]) -> None:
    root = workspace().root
    for name in ("html", "md", "json"):
        outcome = run("report", "--format", name, "--out", "-", *DAY, cwd=root)
        assert (outcome.code, outcome.stderr) == (0, "")
        if name == "json":
            assert problems(outcome.stdout) == []
            assert [stage["ready"] for stage in outcome.json["stages"]] == [False, False]
        assert outcome.stdout.count("in no git repository with a history, so nothing can be said of the past.") == 2


def test_a_history_that_does_not_reach_back_to_the_audit_concludes_nothing(copied: Path) -> None:
    git(copied, "init", "-q")
    for name, said in (
        ("no commit", "The history cannot be read"),
        ("a late one", "The history begins after the audit"),
    ):
        outcome = report("--format", "md,json", "--trend", *DAY, cwd=copied)
        assert (outcome.returncode, outcome.stderr) == (0, ""), name
        text = (copied / "readiness-report.json").read_text(encoding="utf-8")
        assert problems(text) == []
        since = json.loads(text)["last_audit"]
        assert since["missing"].startswith(said)
        assert (since["requirements"], since["artefacts"], since["closed"]) == ([], [], 0)
        assert since["missing"] in (copied / "readiness-report.md").read_text(encoding="utf-8").replace("\\", "")
        commit(copied, "All of it at once", day="2026-10-30")


def test_what_cannot_be_read_is_told_and_never_counts(copied: Path) -> None:
    (copied / "policies" / "planning" / "soa.yaml").write_text("kind: [\n", encoding="utf-8")
    outcome = report("--format", "html,md,json", *DAY, cwd=copied)
    assert (outcome.returncode, outcome.stderr) == (0, "")
    record = (copied / "readiness-report.json").read_text(encoding="utf-8")
    assert problems(record) == []
    told = json.loads(record)
    assert "policies/planning/soa.yaml" in {one["path"] for one in told["errors"]}
    unknown = next(one["count"] for one in told["summary"]["grades"] if one["grade"] == "unknown")
    assert unknown > 0
    for name in ("html", "md"):
        assert "policies/planning/soa.yaml" in (copied / f"readiness-report.{name}").read_text(encoding="utf-8")


def test_suppressions_and_waivers_are_told_in_full(copied: Path) -> None:
    settings = copied / "aimsctl.yaml"
    entry = "suppress:\n  - rule: AIM601\n    path: policies/**\n    reason: The board meets\n    until: 2026-12-31\n"
    settings.write_text(settings.read_text(encoding="utf-8") + entry, encoding="utf-8")
    outcome = report("--format", "html,md,json", *DAY, cwd=copied)
    assert (outcome.returncode, outcome.stderr) == (0, "")
    record = json.loads((copied / "readiness-report.json").read_text(encoding="utf-8"))
    assert problems(json.dumps(record)) == []
    (waiver,) = record["waivers"]
    waived = f"waived by WVR-01 until 2027-01-31: {waiver['reason']}"
    assert {one["reason"] for one in record["suppressed"]} == {"The board meets (until 2026-12-31)", waived}
    for name in ("html", "md"):
        page = (copied / f"readiness-report.{name}").read_text(encoding="utf-8")
        for said in ("The board meets", "2026-12-31", waiver["until"], waiver["approved_on"], waiver["owner"]):
            assert said in page, (name, said)


def test_it_says_where_the_policy_came_from_and_whether_the_tree_differs(copied: Path) -> None:
    shutil.copytree(copied, base := copied.with_name("base"))
    settings = copied / "aimsctl.yaml"
    settings.write_text(settings.read_text(encoding="utf-8") + "# edited\n", encoding="utf-8")
    outcome = report("--format", "html,md,json", "--policy-from", "../base", *DAY, cwd=copied)
    assert (outcome.returncode, outcome.stderr) == (0, "")
    digest = hashlib.sha256((base / "aimsctl.yaml").read_bytes()).hexdigest()[:12]
    for name in ("html", "md", "json"):
        text = (copied / f"readiness-report.{name}").read_text(encoding="utf-8")
        assert digest in text
        assert "differs from" in text


def test_open_shows_the_page_that_was_written(copied: Path) -> None:
    shown = copied.with_name("shown.txt")
    browser = copied.with_name("browser")
    browser.write_text(f'#!/bin/sh\nprintf %s "$1" > {shown}\n', encoding="utf-8")
    browser.chmod(0o755)
    command = [sys.executable, "-P", "-m", "aimsctl", "report", "--open", *DAY]
    surroundings = {**os.environ, "BROWSER": f"{browser} %s"}
    outcome = subprocess.run(command, cwd=copied, env=surroundings, capture_output=True, text=True, check=False)
    assert (outcome.returncode, outcome.stdout) == (0, "readiness-report.html\n")
    assert shown.read_text(encoding="utf-8") == (copied / "readiness-report.html").as_uri()


@pytest.mark.parametrize("arguments", [("--open", "--format", "md"), ("--open", "--out", "-")])
def test_open_without_a_page_is_refused_before_anything_is_written(copied: Path, arguments: tuple[str, ...]) -> None:
    outcome = report(*arguments, *DAY, cwd=copied)
    assert (outcome.returncode, outcome.stdout) == (2, "")
    assert "--open" in outcome.stderr
    assert list(copied.glob("readiness-report*")) == []


def test_the_report_is_a_pdf_too(run: Any, tmp_path: Path) -> None:
    if importlib.util.find_spec("typst") is None or shutil.which("pdftotext") is None:
        unavailable("typst or pdftotext is not installed")
    ask = ("-C", ROOT, "report", "--as-of", "2026-11-01", "--format", "pdf")
    first, second = tmp_path / "first.pdf", tmp_path / "second.pdf"
    assert run(*ask, "--out", first).code == 0
    assert run(*ask, "--out", second).code == 0
    assert first.read_bytes() == second.read_bytes()
    told = subprocess.run(["pdftotext", "-layout", first, "-"], check=True, capture_output=True, text=True).stdout
    assert "Readiness report of Fernlough Health, Inc." in " ".join(told.split())
    assert "This is no certificate" in told
    assert "A.8.4" in told
