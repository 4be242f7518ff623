"""Spreadsheets as a governance lead uses them, with the worked example."""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path

import pytest

from aimsctl.exchange.tables import tables
from aimsctl.workspace.kinds import kind_names
from tests.acceptance.documents import xlsx_rows
from tests.conftest import Run
from tests.packaging.distributions import ROOT

DAY = ("--as-of", "2026-11-01")


def test_the_usual_registers_come_in_one_workbook(tmp_path: Path, run: Run) -> None:
    outcome = run("-C", ROOT, "export", "xlsx", "--out", tmp_path / "all.xlsx", *DAY)
    assert outcome.code == 0, outcome.stderr
    sheets = xlsx_rows((tmp_path / "all.xlsx").read_bytes())
    assert list(sheets) == ["risk", "ai-system", "soa", "supplier", "action", "About these sheets"]
    for name, rows in list(sheets.items())[:-1]:
        assert f"{name}: {len(rows) - 1} rows" in outcome.stdout
    assert "not in it: actions (export risk.actions), approval" in outcome.stdout


def test_the_same_artefacts_give_the_same_bytes(tmp_path: Path, run: Run) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        assert run("-C", ROOT, "export", "xlsx", "--out", tmp_path / name, *DAY).code == 0
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_a_csv_file_holds_one_table_with_what_is_worked_out(tmp_path: Path, run: Run) -> None:
    assert run("-C", ROOT, "export", "csv", "risk", "--out", tmp_path / "risks.csv", *DAY).code == 0
    rows = list(csv.DictReader(io.StringIO((tmp_path / "risks.csv").read_bytes().decode("utf-8-sig"))))
    draft = next(row for row in rows if row["id"] == "R-08")
    assert (draft["likelihood"], draft["level"], draft["residual_level"]) == ("5", "critical", "medium")
    assert run("-C", ROOT, "export", "csv", "--out", tmp_path / "all.csv").code == 2


def test_every_kind_and_every_list_can_be_exported(tmp_path: Path, run: Run) -> None:
    lists = [f"{part.kind.name}.{part.rows}" for table in tables(["action"]) for part in table.parts]
    outcome = run("-C", ROOT, "export", "xlsx", *kind_names(), *lists, "--out", tmp_path / "every.xlsx", *DAY)
    assert outcome.code == 0, outcome.stderr


@pytest.mark.parametrize("name", ["rsk", "risk.model", "role.x"])
def test_an_unknown_table_is_refused_with_what_there_is(tmp_path: Path, run: Run, name: str) -> None:
    outcome = run("-C", ROOT, "export", "csv", name, "--out", tmp_path / "x.csv")
    assert outcome.code == 2
    assert "hint: " in outcome.stderr
    assert not (tmp_path / "x.csv").exists()


def test_an_artefact_with_errors_is_said_to_be_missing(tmp_path: Path, run: Run) -> None:
    (tmp_path / "policies").mkdir()
    (tmp_path / "aimsctl.yaml").write_text("schema: 1\norganisation: Fernlough\n")
    (tmp_path / "policies" / "r.yaml").write_text("kind: risk\nid: RISK-1\ntitle: A risk\nstatus: approved\n")
    outcome = run("export", "csv", "risk", "--out", "risks.csv")
    assert outcome.code == 1
    assert "risk: 0 rows" in outcome.stdout
    assert "left out because of its errors: policies/r.yaml:1" in outcome.stderr


def test_without_the_library_the_line_that_installs_it_is_said(tmp_path: Path, run: Run) -> None:
    (tmp_path / "block").mkdir()
    (tmp_path / "block" / "sitecustomize.py").write_text("import sys\nsys.modules['xlsxwriter'] = None\n")
    environment = {"PYTHONPATH": f"{tmp_path / 'block'}:{ROOT}", "PATH": str(Path(sys.executable).parent)}
    outcome = run("-C", ROOT, "export", "xlsx", "risk", "--out", tmp_path / "r.xlsx", env=environment)
    assert outcome.code == 4
    assert 'pip install "aimsctl[xlsx]"' in outcome.stderr
