"""The whole audit pack: everything in the workspace is in it, its figures agree, and every link leads somewhere."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from jinja2.filters import FILTERS

from aimsctl.assessment.gap import assess
from aimsctl.documents.environment import environment
from aimsctl.documents.provenance import Provenance
from aimsctl.documents.reading import slug as made_slug
from aimsctl.documents.registry import BY_ID
from aimsctl.documents.rendering import Run
from aimsctl.source.config import load as load_config
from aimsctl.source.files import WorkTree
from aimsctl.standard.documented import documents as documented
from aimsctl.workspace.workspace import load
from tests.acceptance.documents import DAY, example, render, runs, xlsx_rows
from tests.acceptance.golden import COLUMNS, GOLDEN, columns, pack, small
from tests.acceptance.golden import DAY as SMALL_DAY
from tests.packaging.distributions import ROOT

LINK = re.compile(r"\]\(([^)\s]+)\)")
ANCHOR = re.compile(r'<a id="([a-z0-9-]+)"></a>')
WITHOUT_HOME = {"person", "certification-case"}
HOSTILE = r"<img src=x> **b** | c [l](javascript:x) ${7*7} =1+1 {{ 9 }} <a id=\"r-01\"></a>"
pytestmark = pytest.mark.xdist_group("documents")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return example(tmp_path_factory.mktemp("pack") / "example")


@pytest.fixture(scope="module")
def documents(workspace: Path) -> dict[str, str]:
    """The pack of the worked example as Markdown."""
    return pack(workspace, *DAY)


def said(command: str, root: Path) -> dict:
    """The JSON of a command on a workspace."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "aimsctl", command, "--format", "json", *DAY],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    return json.loads(done.stdout)


def table(markdown: str, caption: str) -> list[list[str]]:
    """The rows of the table of that caption, its head left out."""
    lines = markdown.split(f"Table: {caption}\n\n", 1)[1].split("\n\n", 1)[0].splitlines()
    return [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines[2:]]


# completeness


def test_each_piece_of_documented_information_has_a_document() -> None:

    assert sorted(set(documented()) - set(BY_ID)) == []


def test_every_artefact_that_stands_has_a_place_in_the_pack(workspace: Path, documents: dict[str, str]) -> None:
    anchors = {name for text in documents.values() for name in ANCHOR.findall(text)}
    missing = [
        identifier
        for identifier, kind, status in artefacts(workspace)
        if kind not in WITHOUT_HOME and status != "retired" and identifier.lower() not in anchors
    ]
    assert missing == []


def artefacts(root: Path) -> list[tuple[str, str, str]]:

    tree = WorkTree(root)
    return [(one.id, one.kind, one.status) for one in load(tree, load_config(tree)[0]).artefacts]


def test_every_link_leads_somewhere(documents: dict[str, str]) -> None:
    anchors = {
        name: {*ANCHOR.findall(text), *(slug(line) for line in text.splitlines() if line.startswith("#"))}
        for name, text in documents.items()
    }
    broken = []
    for name, text in documents.items():
        for target in LINK.findall(text):
            file, _, anchor = target.partition("#")
            if ":" in target or file.endswith((".xlsx", ".html")):
                continue
            if (file or name) not in anchors or (anchor and anchor not in anchors[file or name]):
                broken.append((name, target))
    assert broken == []


def slug(heading: str) -> str:

    return made_slug(heading.lstrip("#").strip())


def test_a_risk_leads_to_its_evidence(documents: dict[str, str]) -> None:
    """Register, treatment, control, statement of applicability, evidence: each step is a link."""
    register = documents["ai-risk-register.md"]
    (row,) = (row for row in table(register, "Treatment, controls and evidence") if row[0].startswith("**R-01**"))
    assert row[1] == "[Reduce](risk-treatment-plan.md#r-01)"
    assert "statement-of-applicability.md#a-6-2-4" in row[2]
    assert "applied-controls.md#ctl-01" in row[3]
    (entry,) = (
        row
        for row in table(documents["statement-of-applicability.md"], "Statement of applicability")
        if "a-6-2-4" in row[0]
    )
    assert "ai-risk-register.md#r-01" in entry[3]
    assert "verification-and-validation-record.md#eval-in-2-4-0" in entry[7]
    plan = table(documents["risk-treatment-plan.md"], "Treatment decisions")
    (decision,) = (row for row in plan if 'id="r-01"' in row[0])
    assert "applied-controls.md#ctl-01" in decision[3]
    assert "statement-of-applicability.md#a-6-2-4" in decision[3]


@pytest.mark.parametrize("source", ["example", "empty"])
def test_no_section_is_empty(source: str, documents: dict[str, str], tmp_path: Path) -> None:
    """Something stands under every heading; where nothing is recorded, that is said with the day."""
    if source == "empty":
        (tmp_path / "policies").mkdir()
        draft = "kind: person\nid: PER-01\ntitle: Somebody\nstatus: draft\n"
        (tmp_path / "policies" / "person.yaml").write_text(draft, encoding="utf-8")
        (tmp_path / "aimsctl.yaml").write_text("schema: 1\norganisation: Nobody yet\n", encoding="utf-8")
        documents = pack(tmp_path, *DAY)
        assert "No risk is recorded as of 1 November 2026." in documents["ai-risk-register.md"]
        assert "No nonconformity is recorded as of 1 November 2026." in documents["nonconformity-register.md"]
    empty = []
    for name, text in documents.items():
        lines = [line for line in text.splitlines() if line and not line.startswith(("Table: ", "<a id"))]
        for line, after in zip(lines, [*lines[1:], "#"], strict=True):
            if line.startswith("#") and after.startswith("#") and depth(after) <= depth(line):
                empty.append((name, line))
    assert empty == []


def depth(heading: str) -> int:
    return len(heading) - len(heading.lstrip("#"))


def test_no_word_of_the_tool_slips_through(documents: dict[str, str]) -> None:
    """No name of the schema, no value of Python, no hole where a value should be."""
    slips = [
        (name, run)
        for name, text in documents.items()
        for run in runs(text)
        if re.search(r"\b(True|False|Undefined|UNKNOWN)\b", run.replace("False alarm", "").replace("True drafts", ""))
        or re.search(r"\b(not_expected|in_review|ai_system|management_system|not_effective)\b", run)
        or re.search(r"\(\)|, ,| ,|\.\.(?!\.)", run)
    ]
    assert slips == []


# figures agree


def test_the_risk_register_holds_every_risk(workspace: Path, documents: dict[str, str]) -> None:
    register = documents["ai-risk-register.md"]
    rows = table(register, "AI risk register")
    risks = [name for name, kind, status in artefacts(workspace) if kind == "risk" and status != "retired"]
    assert Counter(ANCHOR.findall(row[0])[0].upper() for row in rows) == Counter(risks)
    before = next(row for row in table(register, "Risks by level") if row[0] == "Before treatment")
    levels = Counter(row[8].split(" ", 1)[1] for row in rows)
    assert [int(cell) for cell in before[1:5]] == [levels[name] for name in ("low", "medium", "high", "critical")]
    assert sum(map(int, before[1:])) == len(risks)


def test_the_heat_map_holds_every_rated_risk_once(documents: dict[str, str]) -> None:
    register = documents["ai-risk-register.md"]
    shown = Counter(
        name
        for row in table(register, "Heat map before treatment: consequence against likelihood")
        for name in re.findall(r"\[(R-\d+)\]", "".join(row))
    )
    assert shown == Counter(re.findall(r'<a id="r-\d+"></a>\*\*(R-\d+)\*\*', register))


def test_open_gaps_are_those_of_the_gap_report(workspace: Path, documents: dict[str, str]) -> None:
    report = said("gap", workspace)
    wanted = {
        (one["id"], squeezed(reason["message"]))
        for one in report["requirements"]
        if one["grade"] in ("major", "minor", "opportunity", "unknown")
        for reason in one["reasons"]
        if not reason["home"]
    }
    rows = table(documents["audit-pack-index.md"], "Open gaps")
    shown = {(row[0].split(" ")[0], squeezed(runs(row[2])[0])) for row in rows}
    assert shown == wanted
    grades = Counter(
        row[5].split(" ", 1)[1]
        for row in table(documents["audit-pack-index.md"], "Clauses and controls, their documents and their state")
    )
    assert grades["major nonconformity"] == report["summary"]["grades"]["major"]
    assert sum(grades.values()) == report["summary"]["requirements"] == 70


def squeezed(text: str) -> str:
    return " ".join(text.split())


def test_open_and_overdue_actions_are_told(documents: dict[str, str]) -> None:
    """NC-01 is 32 days late: the log says so, and so do the minutes' decisions."""
    log = documents["nonconformity-register.md"]
    assert ["overdue" in row[3] for row in table(log, "Corrective actions for NC-01")] == [True]
    plan = documents["risk-treatment-plan.md"]
    late = [row for row in table(plan, "Actions of the plan") if "open" in row[5] or "overdue" in row[5]]
    assert f"{len({row[0] for row in late})} still have open actions as of 1 November 2026" in plan


def test_a_review_gathers_what_lies_between(documents: dict[str, str]) -> None:
    """The planned review has what came after the one held, and nothing twice."""
    held, planned = documents["management-review-mr-2026-1.md"], documents["management-review-mr-2027-1.md"]
    assert "INC-01" in "".join(map("".join, table(held, "Incidents in this time")))
    assert "INC-02" in "".join(map("".join, table(planned, "Incidents in this time")))
    assert "INC-01" not in "".join(map("".join, table(planned, "Incidents in this time")))
    assert "NC-04" not in "".join(map("".join, table(held, "Nonconformities found in this time or open in it")))
    assert len(table(planned, "Decisions of the review before")) == 5
    assert "has not been entered as held" in planned


def test_a_statement_of_the_manual_is_that_of_the_artefact(documents: dict[str, str]) -> None:
    manual = documents["aims-manual.md"]
    drawn = manual.split("```figure processes\n", 1)[1].split("\n```", 1)[0].splitlines()
    assert drawn[1] == "PR-2 Risk and impact \u2192 PR-3, PR-4"
    assert len(drawn) == len(table(manual, "Processes and how they interact")) == 8
    assert "An arrow leads" in manual


def test_an_extract_holds_what_concerns_it(workspace: Path, tmp_path: Path) -> None:
    outcome = render(
        "ai-risk-register", "--id", "AI-VISIT-NOTES", "--format", "md", "--out", tmp_path, *DAY, cwd=workspace
    )
    assert (outcome.returncode, outcome.stderr) == (0, "")
    (file,) = tmp_path.glob("*.md")
    shown = {ANCHOR.findall(row[0])[0] for row in table(file.read_text(encoding="utf-8"), "AI risk register")}
    assert {"r-08", "r-17"} <= shown
    assert "r-01" not in shown


def test_an_extract_names_the_documents_that_concern_it(workspace: Path, tmp_path: Path) -> None:
    ask = ("ai-impact-assessment", "--id", "AI-VISIT-NOTES", "--format", "md", "--out", tmp_path)
    assert render(*ask, *DAY, cwd=workspace).returncode == 0
    assert [path.name for path in tmp_path.glob("*.md")] == ["ai-impact-assessment-ia-vn.md"]


# workbooks


def test_workbooks_have_every_entry(workspace: Path, tmp_path: Path) -> None:
    outcome = render("--all", "--format", "xlsx", "--out", tmp_path, *DAY, cwd=workspace)
    assert (outcome.returncode, outcome.stderr) == (0, "")
    books = {path.stem: xlsx_rows(path.read_bytes()) for path in tmp_path.glob("*.xlsx")}
    assert sorted(books) == sorted(columns())
    counted = Counter(kind for _, kind, status in artefacts(workspace) if status != "retired")
    for name, sheet, kind in (
        ("ai-risk-register", "Risks", "risk"),
        ("nonconformity-register", "Nonconformities", "nonconformity"),
        ("ai-system-inventory", "AI systems", "ai-system"),
        ("competence-records", "Competence", "competence"),
        ("document-control", "Documents", "document"),
        ("supplier-record", "Suppliers", "supplier"),
    ):
        assert len(books[name][sheet]) - 1 == counted[kind], name


def test_columns_of_workbooks_are_stable() -> None:
    """Columns may be added at the end of a sheet. Who imports a workbook counts on those that were there."""
    kept = json.loads(COLUMNS.read_text(encoding="utf-8"))
    assert columns() == kept, "see tests/acceptance/golden.py"


# the documents as they should be


def test_documents_of_the_small_workspace_are_as_they_were(tmp_path: Path) -> None:
    made = pack(small(tmp_path), *SMALL_DAY)
    wanted = {path.name: path.read_text(encoding="utf-8") for path in GOLDEN.glob("*.md")}
    assert sorted(made) == sorted(wanted)
    assert [name for name in made if made[name] != wanted[name]] == [], "see tests/acceptance/golden.py"


def test_hostile_text_adds_no_element_to_any_document(tmp_path: Path) -> None:
    """Every title, and all text in every file, is text in every document: the page has the same elements as before."""
    calm, wild = (small(tmp_path / name) for name in ("calm", "wild"))
    for folder, text in ((calm, re.sub(r"\S", "a", HOSTILE)), (wild, HOSTILE)):
        for file in (folder / "policies").glob("*.yaml"):
            lines = [retold(line, text) for line in file.read_text(encoding="utf-8").splitlines()]
            file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    pages = [pack(folder, *SMALL_DAY, name="html") for folder in (calm, wild)]
    assert sorted(pages[0]) == sorted(pages[1])
    for name, page in pages[1].items():
        added = elements(page) - elements(pages[0][name])
        assert set(added) <= {"strong"}, name  # where Markdown is allowed, strong words are
        assert "javascript:x" not in "".join(re.findall(r'href="([^"]*)"', page))
        assert "49" not in page.replace("&#x27;", "") or "49" in pages[0][name]


def retold(line: str, text: str) -> str:
    """The line with the text of its title, or of another field that takes any text."""
    fields = "title|description|issue|effect|interest|duty|how|purpose|idea|what|report|finding|assessment|interfaces"
    found = re.match(rf"(\s*(?:- )?(?:{fields}): )[^>|{{\[].*", line)
    return f'{found[1]}"{text}"' if found else line


def elements(page: str) -> Counter[str]:
    return Counter(re.findall(r"<([a-z][a-z0-9]*)", page))


# what templates may use is written down


def test_every_name_a_template_may_use_is_documented() -> None:

    page = (ROOT / "docs" / "documents.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z_]+)`", page))
    assert sorted(set(environment(lambda _: None).filters) - set(FILTERS) - named) == []
    assert sorted(context_names() - named) == []


def context_names() -> set[str]:
    """The names at the top of the context of the documents of a workspace."""
    seen: set[str] = set()

    def keep(_: str, context: Mapping[str, Any]) -> str:
        seen.update(context)
        return "# Nothing\n"

    tree = WorkTree(ROOT)
    workspace = load(tree, load_config(tree)[0])
    run = Run(assess(workspace, date(2026, 11, 1)), Provenance(), str, keep, lambda *_: b"")
    for one in run.wanted(["management-review", "audit-pack-index"]):
        run.document(one)
    return seen
