"""The benchmarks measure what they say: valid artefacts of the stated size, and a table that stays in its place."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks import workspaces
from benchmarks.histories import write_history
from benchmarks.table import END, START, Row, write
from tests.packaging.distributions import ROOT
from tests.signing import git

AS_OF = ("--as-of", "2026-11-01")


def test_artefacts_have_the_stated_size_and_no_two_are_alike() -> None:
    texts = [text for _, _, text in workspaces.artefacts(2000)]
    assert 1150 < sum(map(len, texts)) / len(texts) < 1250
    assert len(set(texts)) == len(texts)


def test_the_workspace_is_valid_and_the_same_every_time(run: Any, tmp_path: Path) -> None:
    files = workspaces.write(tmp_path / "a", 40)
    again = workspaces.write(tmp_path / "b", 40)
    for kind, paths in files.items():
        assert [path.read_bytes() for path in paths] == [path.read_bytes() for path in again[kind]]
    outcome = run("validate", *AS_OF, "--format", "json", cwd=tmp_path / "a")
    assert (outcome.code, outcome.json["diagnostics"]) == (0, [])


def test_each_fault_is_one_finding(run: Any, tmp_path: Path) -> None:
    workspaces.write(tmp_path, 30, faults=10)
    outcome = run("validate", *AS_OF, "--format", "json", cwd=tmp_path)
    assert (outcome.code, len(outcome.json["diagnostics"])) == (1, 300)


def test_the_small_workspaces_are_valid(run: Any, tmp_path: Path) -> None:
    workspaces.write_one(tmp_path / "one")
    workspaces.write_register(tmp_path / "register", 100)
    assert run("validate", *AS_OF, cwd=tmp_path / "one").code == 0
    assert run("validate", *AS_OF, cwd=tmp_path / "register").code == 0


def test_the_floor_agrees_that_they_are_valid(run: Any, tmp_path: Path) -> None:
    assert run("schema", "--all", tmp_path / "schemas").code == 0
    for faults, code in ((0, 0), (1, 1)):
        root = tmp_path / f"faults{faults}"
        workspaces.write(root, 20, faults=faults)
        command = [sys.executable, str(ROOT / "benchmarks" / "floor.py"), str(tmp_path / "schemas"), str(root)]
        assert subprocess.run(command, capture_output=True, check=False).returncode == code


def test_the_table_replaces_only_what_stands_between_the_markers(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{START}\nold\n{END}\nafter\n")
    write(readme, "new")
    write(readme, "newer")
    assert readme.read_text() == f"before\n{START}\nnewer\n{END}\nafter\n"


def test_a_missed_budget_is_said() -> None:
    assert "**missed**" in Row("w", "o", "b", 2.51, " times", "at most", 2.5).cells[-1]
    assert "**missed**" not in Row("w", "o", "b", 10.0, " times", "at least", 10).cells[-1]


def test_a_made_history_is_valid_has_its_commits_and_the_floor_reads_each_file_once(run: Any, tmp_path: Path) -> None:
    root = tmp_path / "history"
    write_history(root, 20, 30)
    again = tmp_path / "again"
    write_history(again, 20, 30)
    assert git(root, "rev-parse", "main") == git(again, "rev-parse", "main")
    assert git(root, "rev-list", "--count", "main") == "30"
    outcome = run("validate", *AS_OF, "--format", "json", cwd=root)
    assert (outcome.code, outcome.json["diagnostics"]) == (0, [])
    command = [sys.executable, "-m", "benchmarks.git_floor", str(root)]
    told = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    listed = git(root, "rev-list", "--objects", "--all").splitlines()
    assert told == f"{sum(row.endswith('.yaml') for row in listed)} files\n"
