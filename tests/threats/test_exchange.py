"""Spreadsheets: nothing that an artefact says comes out live, and nothing that a file brings is obeyed."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aimsctl.exchange.cells import inert, plain
from aimsctl.source.yaml import read
from tests.conftest import Builder, Run
from tests.packaging.distributions import ROOT

SAMPLE = read("risk.yaml", (ROOT / "tests" / "data" / "kinds" / "risk.yaml").read_bytes()).data or {}
FORMULAS = (
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1,1)",
    "=cmd|'/C calc'!A0",
    '=HYPERLINK("https://example.com","click")',
    "\uff1d1+1",
    "\uff0b1",
    "\uff0d1",
    "\uff20A1",
    "'=1+1",
    "''=1+1",
    "a;=1+1",
    "a,=1+1",
    "a\t=1+1",
    "a|=1+1",
    "a\n=1+1",
)
LIVE = re.compile("(?:^|[,;|\t\n\r])[ ]*[=+\\-@\uff1d\uff0b\uff0d\uff20]")


def test_X_01_no_cell_of_a_csv_file_opens_a_formula_and_numbers_stay_numbers(
    workspace: Callable[..., Builder], run: Run
) -> None:
    root = _workspace(workspace)
    assert run("export", "csv", "risk", "--out", "risks.csv", cwd=root).code == 0
    text = (root / "risks.csv").read_bytes().decode("utf-8-sig")
    head, *rows = csv.reader(io.StringIO(text))
    for row in rows:
        cells = dict(zip(head, row, strict=True))
        assert cells["likelihood"].isdigit()
        for value in cells.values():
            assert not LIVE.search(value)
    told = {dict(zip(head, row, strict=True))["description"] for row in rows}
    assert {plain(one) for one in told} == set(FORMULAS)
    assert ",5," in text or ",4," in text or ",3," in text or ",2," in text


@pytest.mark.parametrize("separator", [";", "\t", "|", ","])
def test_X_01_no_formula_appears_when_the_file_is_parted_at_another_mark(separator: str) -> None:
    target = io.StringIO()
    csv.writer(target, quoting=csv.QUOTE_NONNUMERIC).writerow(["x", *(inert(text) for text in FORMULAS)])
    for part in re.split(f"[{re.escape(separator)}\n]", target.getvalue()):
        assert not part.lstrip(' "').startswith(("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20"))


@given(st.text(alphabet="'=+-@\t\r\n,;| ab\uff1d"))
def test_X_01_what_was_made_inert_comes_back_as_it_was(text: str) -> None:
    assert not LIVE.search(inert(text))
    assert plain(inert(text)) == text


def test_X_02_every_text_of_a_workbook_is_a_text(workspace: Callable[..., Builder], run: Run) -> None:
    root = _workspace(workspace)
    assert run("export", "xlsx", "risk", "--out", "risks.xlsx", cwd=root).code == 0
    with zipfile.ZipFile(root / "risks.xlsx") as package:
        sheets = [package.read(name).decode() for name in package.namelist() if name.startswith("xl/worksheets/sheet")]
        strings = package.read("xl/sharedStrings.xml").decode()
        assert not [name for name in package.namelist() if "externalLink" in name or "vba" in name.lower()]
    for sheet in sheets:
        assert "<f>" not in sheet
        assert "<hyperlink" not in sheet
    assert "=HYPERLINK" in strings


def _workspace(workspace: Callable[..., Builder]) -> Path:
    files = {
        f"policies/{number}.yaml": {
            **SAMPLE,
            "id": f"RISK-{number}",
            "title": text.replace("\n", ";"),
            "description": text,
        }
        for number, text in enumerate(FORMULAS)
    }
    return workspace(files).root
