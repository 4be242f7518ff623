"""Spreadsheets: nothing that an artefact says comes out live, and nothing that a file brings is obeyed."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from aimsctl.exchange.cells import inert, plain
from aimsctl.source.yaml import read
from tests.conftest import Builder, Run
from tests.packaging.distributions import ROOT
from tests.threats.spreadsheets import book, changed

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


# what a file brings

HEAD: list[object] = ["Ref", "Risk", "Owner", "Likelihood", "Consequence society"]
ROW: list[object] = ["RISK-1", "A risk", "Head", 3, 2]
DTD = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'
LINK = (
    b'<Relationships><Relationship Id="r" Type="x/oleObject" Target="http://a" TargetMode="External"/></Relationships>'
)


@pytest.fixture
def home(workspace: Callable[..., Builder]) -> Path:
    role = {"kind": "role", "id": "ROLE-1", "title": "Head", "status": "draft"}
    return workspace({"policies/role.yaml": role}).root


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"xl/sharedStrings.xml": DTD}, "document type declaration"),
        ({"xl/workbook.xml": DTD}, "document type declaration"),
        ({"xl/styles.xml": '<?xml version="1.0" encoding="utf-16"?><a/>'.encode("utf-16")}, "not written in UTF-8"),
        ({"xl/styles.xml": b'<?xml version="1.0" encoding="utf-7"?><a/>'}, "not written in UTF-8"),
        ({"xl/vbaProject.bin": b"x"}, "holds macros"),
        ({"xl/macrosheets/sheet1.xml": b"<x/>"}, "holds macros"),
        ({"xl/externalLinks/externalLink1.xml": b"<x/>"}, "takes values from elsewhere"),
        ({"xl/connections.xml": b"<x/>"}, "takes values from elsewhere"),
        ({"xl/embeddings/oleObject1.bin": b"x"}, "takes values from elsewhere"),
        ({"xl/worksheets/_rels/sheet1.xml.rels": LINK}, "links to something outside"),
        ({"xl/media/a.xml": b"a" * 30_000_000}, "unpacks to far more than it is"),
        ({"xl/sharedStrings.xml": b"<sst>" + b" " * 30_000_000 + b"</sst>"}, "unpacks to far more than it is"),
    ],
)
def test_R_08_a_hostile_workbook_is_refused(home: Path, run: Run, parts: dict[str, bytes], said: str) -> None:
    path = changed(book(home / "r.xlsx", {"Risks": [HEAD, ROW]}), parts)
    outcome = run("import", path, "--apply", cwd=home)
    assert outcome.code == 2
    assert said in outcome.stderr
    assert "Traceback" not in outcome.stderr
    assert [file.name for file in (home / "policies").rglob("*.yaml")] == ["role.yaml"]


@pytest.mark.parametrize("replace", [{b'r="A1"': b'r="XFD1048576"'}, {b'<row r="1"': b'<row r="9999999"'}])
def test_R_08_a_sheet_with_a_far_corner_is_refused(home: Path, run: Run, replace: dict[bytes, bytes]) -> None:
    outcome = run("import", changed(book(home / "r.xlsx", {"Risks": [HEAD, ROW]}), replace=replace), cwd=home)
    assert outcome.code == 2
    assert "has a sheet of" in outcome.stderr


def test_R_08_one_long_text_in_every_cell_is_refused(home: Path, run: Run) -> None:
    path = book(home / "r.xlsx", {"Risks": [HEAD, *[["x" * 32_000] * 50] * 300]})
    outcome = run("import", path, cwd=home)
    assert outcome.code == 2
    assert "more text than can be read" in outcome.stderr


@pytest.mark.parametrize("content", [b"", b"PK", b"PK\x03\x04" + b"\0" * 60, b"\xd0\xcf\x11\xe0" + b"\0" * 600])
def test_R_08_what_is_no_workbook_is_refused(home: Path, run: Run, content: bytes) -> None:
    (home / "r.xlsx").write_bytes(content)
    outcome = run("import", "r.xlsx", cwd=home)
    assert outcome.code == 2
    assert outcome.stderr.startswith("error: ")


@pytest.mark.parametrize("share", range(1, 10))
def test_R_08_a_damaged_workbook_gives_no_traceback(home: Path, run: Run, share: int) -> None:
    content = book(home / "r.xlsx", {"Risks": [HEAD, ROW]}).read_bytes()
    cut = len(content) * share // 10
    (home / "r.xlsx").write_bytes(content[:cut] + b"\xff" * 20 + content[cut + 20 :])
    outcome = run("import", "r.xlsx", cwd=home)
    assert outcome.code in (0, 1, 2)
    assert "Traceback" not in outcome.stderr


def test_R_08_links_that_a_reader_may_click_are_no_danger(home: Path, run: Run) -> None:
    path = book(home / "r.xlsx", {"Risks": [HEAD, ["RISK-1", "https://example.com/a", "Head", 3, 2]]})
    assert run("import", path, cwd=home).code == 0


def test_X_03_every_row_of_a_real_sheet_is_accounted_for(home: Path, run: Run) -> None:
    rows = (
        "Risk register;;;;",
        ";;;;",
        "Ref;Risk;Owner;Likelihood;Comments",
        "Models;;;;",
        "1;Bias \x96 na\xefve;Head;4 (4);seen",
        ";;;;",
        "2;<title>;<owner>;;",
        "Ref;Risk;Owner;Likelihood;Comments",
        "3;Other;Nobody;4 (5);",
        "1;Again;;;",
    )
    (home / "register.csv").write_bytes("\r\n".join(rows).encode("latin-1"))
    told = run("import", "register.csv", "--format", "json", cwd=home)
    assert told.code == 1
    plan = told.json
    assert plan["notes"] == [
        "read as cp1252, for it is no UTF-8; --encoding says another",
        "cells parted by semicolons",
    ]
    counts = plan["sheets"][0]["rows"]
    assert counts == {"sheet": 10, "create": 1, "change": 0, "same": 0, "ignore": 4, "problem": 2}
    assert plan["sheets"][0]["head"] == 3
    reasons = {row["row"]: row["reason"] for row in plan["rows"] if row["action"] == "ignore"}
    assert reasons == {
        4: "section row",
        6: "blank",
        7: "template row: nothing but placeholders",
        8: "the headings again",
    }
    created = next(row for row in plan["rows"] if row["action"] == "create")
    assert (created["id"], created["title"]) == ("RISK-1", "Bias \u2013 na\u00efve")
    problems = {one["cell"]: one["message"] for one in plan["told"] if one["weight"] == "problem"}
    assert problems == {
        "C9": "Nobody is the id or title of no role",
        "D9": "4 (5) says two numbers",
        "A10": "RISK-1 is there already, in register row 5",
    }
    remarks = [one["message"] for one in plan["told"] if one["weight"] == "remark"]
    assert "Comments: not taken, no field has that name; it has 2 filled cells" in remarks


@pytest.mark.parametrize(
    ("content", "options", "code"),
    [
        ("\ufeffRef,Risk,Owner\nRISK-1,Caf\u00e9,Head\n".encode(), (), 0),
        ("Ref,Risk,Owner\nRISK-1,Caf\u00e9,Head\n".encode("utf-16"), (), 0),
        ("Ref,Risk,Owner\nRISK-1,Caf\u00e9,Head\n".encode("cp1252"), ("--encoding", "cp1252"), 0),
        ("Ref,Risk,Owner\nRISK-1,Caf\u00e9,Head\n".encode("cp1252"), ("--encoding", "utf-8"), 2),
        ("Ref,Risk,Owner\nRISK-1,Caf\u00e9,Head\n".encode("cp1252"), ("--encoding", "nonsense"), 2),
        (b"Ref,Risk\nRISK-1,\0\n", (), 2),
        (b'Ref,Risk\n"RISK-1,a\n', (), 2),
    ],
)
def test_X_03_the_encoding_is_found_or_named(
    home: Path, run: Run, content: bytes, options: tuple[str, ...], code: int
) -> None:
    (home / "r.csv").write_bytes(content)
    outcome = run("import", "r.csv", "--format", "json", *options, cwd=home)
    assert outcome.code == code
    if code == 0:
        assert outcome.json["rows"][0]["title"] == "Caf\u00e9"


def test_X_03_hidden_merged_and_doubled_is_told(home: Path, run: Run) -> None:
    rows = [["Ref", "Risk", "Owner", "Owner", "Likelihood"], ["RISK-1", "One", "Head", "Head", 3]]
    path = book(home / "r.xlsx", {"Risks": rows, "Old": rows, "Notes": [["x"]]}, hidden=("Old",))
    plan = run("import", path, "--format", "json", cwd=home).json
    assert {sheet["name"]: sheet["not_read"] for sheet in plan["sheets"]} == {
        "Risks": "",
        "Old": "hidden; name it in the map to have it read",
        "Notes": "no row with the headings of a known table; the map can name it",
    }
    assert [one["cell"] for one in plan["told"] if "another column is owner too" in one["message"]] == ["C1", "D1"]
    (home / "map.yaml").write_text("sheets: {Old: risk}\ncolumns: {C: owner, D: null}\n")
    plan = run("import", path, "--map", "map.yaml", "--format", "json", cwd=home).json
    assert [sheet["not_read"] for sheet in plan["sheets"]][:2] == ["", ""]


def test_X_03_hidden_rows_and_columns_are_read_and_told(home: Path, run: Run) -> None:
    path = home / "r.xlsx"
    made = xlsxwriter.Workbook(str(path))
    page = made.add_worksheet("Risks")
    rows = [HEAD, ["RISK-1", "One", "Head", 3, 2], ["RISK-2", "Two", "Head", 2, 2], [None] * 5]
    for number, row in enumerate(rows):
        page.write_row(number, 0, row)
    page.set_row(2, None, None, {"hidden": True})
    page.set_row(3, None, None, {"hidden": True})
    page.set_column("C:D", 8, None, {"hidden": True})
    made.close()
    plan = run("import", path, "--format", "json", cwd=home).json
    assert [row["id"] for row in plan["rows"] if row["action"] == "create"] == ["RISK-1", "RISK-2"]
    told = {one["cell"]: one["message"] for one in plan["told"]}
    assert told["A3"] == "hidden rows are read like any other: 3"
    assert told["C1"] == "hidden columns are read like any other: C, D"


def test_X_03_each_row_of_a_merged_cell_has_its_value(home: Path, run: Run) -> None:
    path = home / "r.xlsx"
    made = xlsxwriter.Workbook(str(path))
    page = made.add_worksheet("Risks")
    rows = [HEAD, ["RISK-1", "One", None, 3, 2], ["RISK-2", "Two", None, 2, 2], ["RISK-3", "Three", "-", 1, 2]]
    for number, row in enumerate(rows):
        page.write_row(number, 0, row)
    page.merge_range(1, 2, 2, 2, "Head")
    made.close()
    plan = run("import", path, "--format", "json", cwd=home).json
    owners = {row["id"]: [one["new"] for one in row["changes"] if one["field"] == "owner"] for row in plan["rows"]}
    assert owners == {"RISK-1": ["ROLE-1"], "RISK-2": ["ROLE-1"], "RISK-3": []}
    told = {one["cell"]: one["message"] for one in plan["told"]}
    assert told["C2"] == "merged cell C2:C3: its value is taken for each of its rows"
    assert told["C4"] == "owner: a placeholder is not taken"


def test_X_04_the_value_of_a_formula_is_named_as_kept_and_one_without_is_refused(home: Path, run: Run) -> None:
    rows: list[list[object]] = [HEAD, ["RISK-1", "One", "Head", "=1+2->3", 2], ["RISK-2", "Two", "Head", "=1/0->", 2]]
    path = changed(book(home / "r.xlsx", {"Risks": rows}), replace={b"<f>1/0</f><v></v>": b"<f>1/0</f>"})
    plan = run("import", path, "--format", "json", cwd=home).json
    assert [(row["id"], row["action"]) for row in plan["rows"]] == [("RISK-1", "create"), ("", "problem")]
    assert {"field": "likelihood", "cell": "D2", "old": None, "new": 3} in plan["rows"][0]["changes"]
    told = {one["cell"]: one["message"] for one in plan["told"]}
    assert told["D1"] == "formulas: the values taken are those of the last save, in D2"
    assert told["D3"] == "a formula without a value, or with an error"
