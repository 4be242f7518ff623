"""Spreadsheets as a governance lead uses them, with the worked example."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from aimsctl.exchange.export import control_titles
from aimsctl.exchange.tables import tables
from aimsctl.source import yaml
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


@pytest.mark.parametrize(("library", "command"), [("xlsxwriter", "export"), ("python_calamine", "import")])
def test_without_the_library_the_line_that_installs_it_is_said(
    tmp_path: Path, run: Run, library: str, command: str
) -> None:
    file = tmp_path / "r.xlsx"
    words = ("export", "xlsx", "risk", "--out", file)
    assert run("-C", ROOT, *words).code == 0
    block = f"import sys; sys.modules[{library!r}] = None; from aimsctl.__main__ import main; main()"
    called = words if command == "export" else ("import", file)
    done = subprocess.run([sys.executable, "-c", block, "-C", ROOT, *called], capture_output=True, check=False)
    assert done.returncode == 4, done.stderr
    assert b'pip install "aimsctl[xlsx]"' in done.stderr


# and back in


@pytest.fixture
def example(tmp_path: Path) -> Path:
    root = tmp_path / "example"
    root.mkdir()
    shutil.copy(ROOT / "aimsctl.yaml", root)
    shutil.copytree(ROOT / "policies", root / "policies")
    return root


def texts(root: Path) -> dict[str, list[str]]:
    return {
        str(path.relative_to(root)): path.read_text(encoding="utf-8").splitlines()
        for path in sorted((root / "policies").rglob("*.yaml"))
    }


def edited(root: Path, run: Run, edits: dict[tuple[str, str, str], object], name: str = "edited.xlsx") -> Path:
    """The usual workbook as LibreOffice or Excel would save it after these cells were changed."""
    import openpyxl  # noqa: PLC0415

    assert run("export", "xlsx", "--out", name, *DAY, cwd=root).code == 0
    book = openpyxl.load_workbook(root / name)
    for (sheet, key, heading), value in edits.items():
        page = book[sheet]
        column = next(cell.column for cell in page[1] if cell.value == heading)
        row = next(row[0].row for row in page.iter_rows(min_row=2) if key in (row[0].value, row[1].value))
        page.cell(row, column).value = value
    book.save(root / name)
    return root / name


def test_out_and_in_again_changes_nothing_of_any_kind(tmp_path: Path, run: Run) -> None:
    lists = [f"{part.kind.name}.{part.rows}" for table in tables(["action"]) for part in table.parts]
    file = tmp_path / "every.xlsx"
    assert run("-C", ROOT, "export", "xlsx", *kind_names(), *lists, "action", "--out", file, *DAY).code == 0
    outcome = run("-C", ROOT, "import", file, "--format", "json", *DAY)
    plan = outcome.json
    assert (plan["rows"], plan["told"], outcome.code) == ([], [], 0)
    assert [sheet["name"] for sheet in plan["sheets"] if sheet["not_read"]] == ["About these sheets"]
    for sheet in plan["sheets"][:-1]:
        assert sheet["rows"]["same"] == sheet["rows"]["sheet"] - 1


def test_ten_changed_cells_are_a_plan_and_then_ten_lines(example: Path, run: Run) -> None:
    edits = {
        ("risk", "R-08", "title"): "Draft says: what nobody said",
        ("risk", "R-08", "likelihood"): 4,
        ("risk", "R-08", "review.last"): "2026-10-30",
        ("risk", "R-09", "owner"): "Chief Medical Officer",
        ("risk", "R-09", "controls"): "A.6.2.4; A.8.2",
        ("soa", "A.2.2", "justification"): "Buyers need one text.",
        ("soa", "A.2.3", "status"): "partly",
        ("supplier", "S-01", "rank"): "medium",
        ("ai-system", "AI-INBOX-URGENCY", "sensitive_use"): "no",
        ("ai-system", "AI-INBOX-URGENCY", "stage"): "retired",
    }
    file = edited(example, run, edits)
    before = texts(example)
    plan = run("import", file, *DAY, cwd=example)
    assert "R-08" in plan.stdout
    assert "likelihood (U" in plan.stdout
    assert "Nothing is written yet. `--apply` writes 6 rows." in plan.stdout
    assert texts(example) == before
    outcome = run("import", file, "--apply", "--format", "json", *DAY, cwd=example)
    Draft202012Validator(json.loads((ROOT / "schemas/output/import.schema.json").read_text())).validate(outcome.json)
    assert outcome.json["applied"]
    after = texts(example)
    old, new = (Counter((path, line) for path in state for line in state[path]) for state in (before, after))
    assert (new - old).total() == 10, new - old
    assert (old - new).total() == 9  # the day of the review is new: the register had one for all its risks
    comments = [sum("#" in line for text in state.values() for line in text) for state in (before, after)]
    assert comments[0] == comments[1]
    again = run("import", file, "--format", "json", *DAY, cwd=example).json
    assert again["rows"] == []


def test_a_long_text_is_shown_where_it_differs_and_keeps_its_other_lines(example: Path, run: Run) -> None:
    path = example / "policies/systems/visit-notes.yaml"
    old = path.read_text(encoding="utf-8")
    said = (yaml.read("a.yaml", path.read_bytes()).data or {})["oversight"]
    edits = {
        ("ai-system", "AI-VISIT-NOTES", "oversight"): str(said).replace("eight random drafts", "ten random drafts")
    }
    file = edited(example, run, edits)
    shown = " ".join(run("import", file, *DAY, cwd=example).stdout.split())
    assert "from …weekday reviewers check eight random drafts against the au… to …weekday reviewers check ten" in shown
    run("import", file, "--apply", *DAY, cwd=example)
    new = path.read_text(encoding="utf-8")
    changed = [line for line in new.splitlines() if line not in old.splitlines()]
    assert len(changed) == 1
    assert changed[0].endswith("Each weekday reviewers check ten random drafts against the audio")


def test_new_rows_become_drafts_in_a_register_and_new_entries_of_lists(example: Path, run: Run) -> None:
    import openpyxl  # noqa: PLC0415

    file = edited(example, run, {})
    book = openpyxl.load_workbook(file)
    heads = {name: [cell.value for cell in book[name][1]] for name in ("risk", "action")}
    new = {"title": "A new risk, with a comma", "owner": "ROLE-CTO", "likelihood": "3 - possible", "status": "approved"}
    book["risk"].append([new.get(str(head)) for head in heads["risk"]])
    entry = {"id": "R-08", "what": "Ask: who signs?", "by": "ROLE-CTO", "due": "2027-01-31"}
    book["action"].append([entry.get(str(head)) for head in heads["action"]])
    book.save(file)
    outcome = run("import", file, "--apply", "--format", "json", *DAY, cwd=example)
    assert [row["action"] for row in outcome.json["rows"]] == ["create", "create"]
    assert "no sheet approves; the status is not taken" in {one["message"] for one in outcome.json["told"]}
    made = (example / "policies" / "planning" / "risk-edited.yaml").read_text(encoding="utf-8")
    assert "kind: register\nof: risk\nitems:\n- id: RISK-" in made
    assert "  title: A new risk, with a comma\n  status: draft\n  owner: ROLE-CTO\n  likelihood: 3\n" in made
    register = (example / "policies" / "planning" / "risks-visit-notes.yaml").read_text(encoding="utf-8")
    assert "  - what: 'Ask: who signs?'\n    by: ROLE-CTO\n    due: 2027-01-31\n" in register
    assert run("validate", *DAY, cwd=example).code == 0


def test_levels_and_scores_that_a_sheet_types_are_checked_against_the_method(example: Path, run: Run) -> None:
    text = "Ref,Risk,Likelihood,consequence society,Level,Score\nX-1,One,4,4,Medium,16 (16)\nX-2,Two,4,4,critical,12\n"
    (example / "r.csv").write_text(text + "X-3,Three,4,4,tiny,16\nX-4,Four,,,low,3\n")
    outcome = run("import", "r.csv", "--format", "json", *DAY, cwd=example)
    assert outcome.code == 1
    assert {one["cell"]: one["message"] for one in outcome.json["told"] if one["weight"] == "finding"} == {
        "E2": "level is medium, but RM-01 gives critical for these ratings",
        "F3": "the score is 12, but consequence 4 times likelihood 4 is 16",
        "E4": "level is tiny, which is no level of RM-01",
        "E5": "level is low, but the row has no ratings that RM-01 gives a level for",
        "F5": "the score is 3, but the row has no ratings to check it with",
    }


def test_a_statement_in_markdown_is_compared_with_the_38_controls(tmp_path: Path, run: Run) -> None:
    (tmp_path / "aimsctl.yaml").write_text("schema: 1\norganisation: Fernlough\n")
    titles = control_titles()
    rows = [f"| {name} | {title} | Yes | A reason |" for name, title in titles.items() if name != "A.10.4"]
    rows[1] = "| **A.2.3** | Roles and responsibilities | Yes | A reason |"
    rows += ["| A.2.2 | AI policy | No | Once more |", "| A.6.5 | Logging | Yes | A reason |"]
    table = "# Statement\n\n| Control | Title | Applicable | Justification |\n|---|---|---|---|\n"
    (tmp_path / "soa.md").write_text(table + "\n".join(rows) + "\n")
    outcome = run("import", "soa.md", "--apply", "--format", "json")
    assert outcome.code == 1
    told = {one["message"] for one in outcome.json["told"]}
    assert "misses 1 of the 38 controls: A.10.4" in told
    assert f"A.2.3 is not Roles and responsibilities; its title is {titles['A.2.3']}" in told
    assert "A.2.2 is there already, in Statement (1) row 5" in told
    assert "A.6.5 is no control of Annex A or of our own" in told
    assert outcome.json["files"] == ["policies/planning/soa.yaml"]
    assert run("validate").code == 0


def test_a_map_says_what_columns_sheets_and_words_mean(tmp_path: Path, run: Run) -> None:
    (tmp_path / "aimsctl.yaml").write_text("schema: 1\norganisation: Fernlough\n")
    (tmp_path / "things.csv").write_text("Was,Wie oft,Wert\nX,selten,3\n")
    (tmp_path / "map.yaml").write_text(
        "sheets: {things: risk}\ncolumns: {Was: title, Wie oft: likelihood, C: consequence_society}\n"
        "values: {likelihood: {selten: 2}}\n"
    )
    plan = run("import", "things.csv", "--map", "map.yaml", "--format", "json").json
    assert {one["field"]: one["new"] for one in plan["rows"][0]["changes"]} == {
        "title": "X",
        "likelihood": 2,
        "consequence_society": 3,
    }


@pytest.mark.parametrize(
    "text",
    ["columns: {Was: titel}\n", "sheets: {things: rsk}\n", "colums: {}\n", "columns: [a]\n", "a: [", "- a\n", "\0"],
)
def test_a_map_that_says_something_impossible_is_refused(tmp_path: Path, run: Run, text: str) -> None:
    (tmp_path / "aimsctl.yaml").write_text("schema: 1\norganisation: Fernlough\n")
    (tmp_path / "things.csv").write_text("Was,title,owner\nX,a,b\n")
    (tmp_path / "map.yaml").write_text(text)
    outcome = run("import", "things.csv", "--map", "map.yaml")
    assert outcome.code == 2
    assert outcome.stderr.startswith("error: ") or ": error" in outcome.stderr


@pytest.mark.parametrize("name", ["nothing.csv", ".", "r.pdf", "r.xlsm"])
def test_a_file_that_cannot_be_read_is_a_usage_error(tmp_path: Path, run: Run, name: str) -> None:
    (tmp_path / "aimsctl.yaml").write_text("schema: 1\norganisation: Fernlough\n")
    for file in ("r.pdf", "r.xlsm"):
        (tmp_path / file).write_bytes(b"PK\x03\x04")
    assert run("import", name).code == 2


def test_decimals_become_numbers_and_control_characters_problems(example: Path, run: Run) -> None:
    assert run("export", "csv", "metric", "--out", "metric.csv", *DAY, cwd=example).code == 0
    text = (example / "metric.csv").read_bytes().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    rows[0]["at_most"], rows[1]["source"] = "2.5", "Reviews\x1b[31m"
    target = io.StringIO()
    writer = csv.DictWriter(target, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
    (example / "metric.csv").write_text(target.getvalue(), encoding="utf-8")
    outcome = run("import", "metric.csv", "--apply", "--format", "json", *DAY, cwd=example)
    assert outcome.code == 1
    problems = [one["message"] for one in outcome.json["told"] if one["weight"] == "problem"]
    assert problems == ["holds U+001B ESC, which no artefact may hold"]
    assert "\n  at_most: 2.5\n" in (example / "policies/performance/metrics.yaml").read_text(encoding="utf-8")
    assert run("validate", *DAY, cwd=example).code == 0


def test_thousands_of_new_rows_become_registers_that_can_be_read(tmp_path: Path, run: Run) -> None:
    (tmp_path / "aimsctl.yaml").write_text("schema: 1\norganisation: Fernlough\n")
    rows = "".join(f"{number},Risk {number},{'what happens then ' * 20}\n" for number in range(1500))
    (tmp_path / "many.csv").write_text("Ref,Risk,Description\n" + rows)
    outcome = run("import", "many.csv", "--apply", "--format", "json")
    assert outcome.code == 0
    assert outcome.json["files"][:2] == ["policies/planning/risk-many.yaml", "policies/planning/risk-many-2.yaml"]
    checked = run("validate", "--format", "json")
    assert (checked.code, checked.json["diagnostics"]) == (0, [])
    assert "Nothing to write." in run("import", "many.csv").stdout


def test_our_own_statement_is_read_back_with_all_its_controls(tmp_path: Path, run: Run) -> None:
    out = tmp_path / "out"
    wanted = ("render", "statement-of-applicability", "--format", "xlsx,md", "--out", out)
    assert run("-C", ROOT, *wanted, *DAY).code == 0
    plans = {
        name: run("-C", ROOT, "import", out / f"statement-of-applicability.{name}", "--format", "json", *DAY).json
        for name in ("xlsx", "md")
    }
    for plan in plans.values():
        assert [one for one in plan["told"] if one["weight"] == "finding"] == []  # none missed, repeated or mistitled
        assert [row for row in plan["rows"] if row["action"] == "create"] == []
    assert sum(sheet["rows"]["same"] for sheet in plans["xlsx"]["sheets"]) == 39
    assert [row["action"] for row in plans["xlsx"]["rows"]] == []
    problems = [one["message"] for one in plans["md"]["told"] if one["weight"] == "problem"]
    assert all("partly, by 20" in message for message in problems)  # two facts in one cell are not guessed at


def test_headings_of_any_list_make_no_sheet_a_risk_register(tmp_path: Path, run: Run) -> None:
    (tmp_path / "aimsctl.yaml").write_text("schema: 1\norganisation: Fernlough\n")
    (tmp_path / "people.csv").write_text("Ref,Name,Owner\n1,Ann,Bob\n2,Cy,Di\n")
    plan = run("import", "people.csv", "--format", "json").json
    assert plan["sheets"][0]["not_read"].startswith("no row with the headings of a known table")
