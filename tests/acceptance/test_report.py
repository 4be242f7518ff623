"""The readiness report, as people who never see YAML read it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.packaging.distributions import ROOT

DAY = ("--as-of", "2026-11-01")


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


def test_what_blocks_stage_1_is_told_once() -> None:
    page = written("md")
    assert "Stage 1 (designed and documented): not ready, blocked by 1 requirement." in page
    assert "Stage 2 (works in practice): not ready, blocked by what blocks stage 1 and by 6 more." in page


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
