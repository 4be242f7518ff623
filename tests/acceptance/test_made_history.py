"""The worked example with a made history of two years: what its commands tell is what was done."""

from __future__ import annotations

import filecmp
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from tests.signing import git

ROOT = Path(__file__).resolve().parents[2]
AS_OF = ("--as-of", "2026-11-01")

pytestmark = pytest.mark.xdist_group("made_history")  # it is made once


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "history"
    subprocess.run([sys.executable, ROOT / "tools/make_history.py", folder], cwd=ROOT, check=True, capture_output=True)
    return folder


@pytest.fixture
def signers(made: Path) -> Path:
    return made.with_name("history-keys") / "allowed-signers"


def same(left: Path, right: Path) -> bool:
    compared = filecmp.dircmp(left, right)
    alike = not (compared.left_only or compared.right_only or compared.funny_files)
    _, differ, errors = filecmp.cmpfiles(left, right, compared.common_files, shallow=False)
    return alike and not differ and not errors and all(same(left / name, right / name) for name in compared.common_dirs)


def test_it_ends_as_the_worked_example_stands(made: Path) -> None:
    for name in ("policies", "evidence"):
        assert same(made / name, ROOT / name)
    assert int(git(made, "rev-list", "--count", "main")) > 300


def test_approvals_of_documents_are_verified_and_those_in_registers_are_claims(
    run: Any, made: Path, signers: Path
) -> None:
    command = ("gap", *AS_OF, "--fail-on", "never", "--format", "json")
    told = run(*command, "--allowed-signers", signers, cwd=made).json
    states = {one["id"]: one["state"] for one in told["approvals"] if one["field"] == "approval"}
    assert states["POL-01"] == states["SOA-01"] == "verified"
    assert set(states.values()) == {"verified", "claimed"}
    without = {one["id"]: one for one in run(*command, cwd=made).json["requirements"]}
    moved = {one["id"]: one for one in told["requirements"] if one["grade"] != without[one["id"]]["grade"]}
    assert list(moved) == ["6.3"]  # only the history shows what was issued anew, and no planned change names it
    reasons = [one for one in moved["6.3"]["reasons"] if one["test"] == "changes-recorded"]
    assert {one["result"] for one in reasons} == {"fail"}
    assert {one["result"] for one in without["6.3"]["reasons"] if one["test"] == "changes-recorded"} == {"unknown"}


def test_the_policy_has_its_versions_with_who_wrote_and_who_approved(run: Any, made: Path, signers: Path) -> None:
    told = run("history", "POL-01", "--allowed-signers", signers, "--format", "json", cwd=made).json
    assert told["approval"]["state"] == "verified"
    assert [(one["version"], one["author"], one["approved_by"]) for one in told["revisions"]] == [
        ("1.1", "p-01", "ROLE-CEO"),
        ("1.1", "p-04", ""),
        ("1.0", "p-01", "ROLE-CEO"),
        ("1.0", "p-04", ""),
    ]


def test_readiness_rose_month_by_month(run: Any, made: Path) -> None:
    points = run("trend", *AS_OF, "--format", "json", cwd=made).json["points"]
    assert [points[0]["label"], points[-1]["label"], len(points)] == ["2024-11", "2026-11", 25]
    complete = [one["states"]["documented"].get("complete", 0) for one in points]
    assert complete == sorted(complete)
    assert complete[0] == 0
    since = run("trend", *AS_OF, "--since", "audit", "--format", "json", cwd=made).json["points"]
    assert 0 < len(since) < len(points)
    assert [
        one["label"] for one in run("trend", *AS_OF, "--by", "tag", "--format", "json", cwd=made).json["points"]
    ] == ["half-year-2026"]


def test_a_pull_request_is_told_in_words(run: Any, made: Path, signers: Path) -> None:
    """An approved policy lost a principle and a waiver runs longer: both are named, and the policy is suspect."""
    git(made, "checkout", "-q", "proposal")
    try:
        told = run("gap", *AS_OF, "--since", "main", "--allowed-signers", signers, "--format", "markdown", cwd=made)
        record = run("gap", *AS_OF, "--since", "main", "--allowed-signers", signers, "--format", "json", cwd=made).json
    finally:
        git(made, "checkout", "-q", "main")
    words = " ".join(told.stdout.replace("\\", "").split())
    assert "principles without Anyone, inside or outside, may raise a concern without fear." in words
    assert "until 2027-01-31 → 2027-03-31" in words
    moved = {one["id"]: one["states"] for one in record["since"]["requirements"] if one["states"]}
    assert moved["5.2"] == {"documented": ["complete", "suspect"]}
    assert {one["id"] for one in record["since"]["artefacts"]} == {"POL-01", "WVR-01"}


def test_the_report_tells_how_readiness_moved_and_what_changed_since_the_audit(
    run: Any, made: Path, tmp_path: Path
) -> None:
    assert run("report", *AS_OF, "--trend", "--format", "html,md,json", "--out", tmp_path, cwd=made).code == 0
    record = json.loads((tmp_path / "readiness-report.json").read_text(encoding="utf-8"))
    months = run("trend", *AS_OF, "--format", "json", cwd=made).json["points"][-13:]
    assert record["trend"] == {"missing": "", "complete": True, "points": months}
    since = record["last_audit"]
    before = run("diff", since["commit"], *AS_OF, "--format", "json", cwd=made).json
    assert (since["missing"], since["id"], since["date"]) == ("", "AUD-2026-1", "2026-06-18")
    assert since["artefacts"] == before["artefacts"]
    assert since["opened"] == sum(one["opened"] for one in before["requirements"])
    assert since["closed"] == sum(one["closed"] for one in before["requirements"]) > 0
    page = html.fromstring((tmp_path / "readiness-report.html").read_bytes())
    (drawing,) = page.xpath("//section[@id='trend']//figure/svg[@role='img']")
    described = {one.tag: one.text for one in drawing if one.tag in ("title", "desc")}
    assert described["title"] == "Requirements with each state good"
    assert "documented: 2 in 2025-11" in described["desc"]
    assert page.xpath("//*[@style]") == []
    markdown = (tmp_path / "readiness-report.md").read_text(encoding="utf-8").replace("\\", "")
    for text in (page.text_content(), markdown):
        assert "2025-11" in text
        assert f"{since['closed']} gaps closed or milder" in text
        assert since["artefacts"][0]["details"][0] in text


def test_a_report_that_was_not_asked_for_the_trend_says_how_to_get_it(run: Any, made: Path) -> None:
    record = run("report", *AS_OF, "--format", "json", "--out", "-", cwd=made).json
    assert "report --trend" in record["trend"]["missing"]
    assert record["trend"]["points"] == []
    assert record["last_audit"]["missing"] == ""
