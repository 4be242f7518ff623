"""Documents as an auditor opens them: the same content in every format, with who, when, from which commit."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import zipfile
from hashlib import sha256
from pathlib import Path

import lxml.html
import pytest
from lxml import etree

from tests.acceptance.documents import (
    DAY,
    READERS,
    STATEMENT,
    WORD,
    aimsctl,
    docx_words,
    example,
    git,
    html_words,
    pdf_words,
    piped,
    render,
    runs,
    squeezed,
    xlsx_rows,
)
from tests.conftest import unavailable
from tests.packaging.distributions import ROOT

FORMATS = ("md", "html", "pdf", "docx", "xlsx")
ID = re.compile(r"\b(?:A(?:\.\d+){2,3}|[A-Z]{1,4}(?:-[A-Z0-9]+)+)\b")
pytestmark = pytest.mark.xdist_group("documents")


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The statement of applicability of the worked example in every format."""
    folder = tmp_path_factory.mktemp("documents")
    outcome = render(STATEMENT, "--format", ",".join(FORMATS), "--out", folder, *DAY)
    assert (outcome.returncode, outcome.stderr) == (0, "")
    assert outcome.stdout.splitlines() == [str(folder / f"{STATEMENT}.{name}") for name in FORMATS]
    return {name: (folder / f"{STATEMENT}.{name}").read_bytes() for name in FORMATS}


@pytest.mark.parametrize("name", ["html", "pdf", "docx"])
def test_every_word_is_in_every_format(rendered: dict[str, bytes], name: str) -> None:
    """Cells, headings, paragraphs: what the Markdown says, the others say."""
    shown = squeezed(READERS[name](rendered[name]))
    assert [run for run in runs(rendered["md"].decode()) if squeezed(run) not in shown] == []


def test_the_same_ids_stand_in_every_format(rendered: dict[str, bytes]) -> None:
    wanted = set(ID.findall(READERS["md"](rendered["md"])))
    assert len(wanted) > 60
    assert set(ID.findall(html_words(rendered["html"]))) == wanted
    assert set(ID.findall(docx_words(rendered["docx"]))) >= wanted
    assert wanted <= set(ID.findall(pdf_words(rendered["pdf"])))


def test_the_sheet_has_the_rows_of_the_table(rendered: dict[str, bytes]) -> None:
    head, *rows = xlsx_rows(rendered["xlsx"])["Statement of applicability"]
    sheet = {row[0]: dict(zip(head, row, strict=False)) for row in rows}
    page = lxml.html.document_fromstring(rendered["html"].decode())
    table = page.xpath("//table[caption='Statement of applicability']//tr[td]")
    own = page.xpath("//table[caption='Controls beyond Annex A']//tr[td]")
    shown = [row.xpath("string(th/strong)") for row in (*table, *own)]
    assert shown == list(sheet)
    assert len(table) == 38
    for row in table:
        cells = [cell.text_content() for cell in row]
        of_sheet = sheet[row.xpath("string(th/strong)")]
        assert cells[1] == of_sheet["Applicable"]
        assert squeezed(of_sheet["Justification"]) in squeezed(cells[2])
        assert cells[8:11] == [of_sheet[name] or "\u2013" for name in ("Documented", "Implemented", "Operating")]


def test_the_control_block_says_who_when_and_from_where(rendered: dict[str, bytes]) -> None:
    page = lxml.html.document_fromstring(rendered["html"].decode())
    block = {
        row[0].text_content(): row[1].text_content() for row in page.xpath("//table[caption='Document control']//tr")
    }
    assert list(block) == [
        "Organisation", "Document", "Version", "Status", "Owner", "Approved by", "Approval", "Classification",
        "Last review", "Next review", "Standard", "Rendered from", "As of",
    ]  # fmt: skip
    assert block["Document"] == "SOA-01"
    assert block["Approved by"] == "Chief Executive Officer, 28 October 2026"
    assert block["Approval"].startswith("Claimed")
    assert block["Standard"] == "ISO/IEC 42001:2023: 6.1.3"
    about = dict(row for row in xlsx_rows(rendered["xlsx"])["About"] if len(row) == 2)
    assert {name: about[name] for name in block} == block


def test_the_commit_is_named_and_marked_where_the_work_tree_differs(tmp_path: Path) -> None:
    workspace = example(tmp_path / "workspace")
    git(workspace, "init", "-q")
    git(workspace, "add", ".")
    git(workspace, "commit", "-qm", "all of it")
    commit = git(workspace, "rev-parse", "HEAD")[:12]

    def source() -> str:
        assert render(STATEMENT, "--format", "md", cwd=workspace).returncode == 0
        text = (workspace / "rendered" / f"{STATEMENT}.md").read_text()
        return re.findall(r"\| Rendered from \| (.+) \|", text)[0]

    assert source() == f"Commit {commit} of 2026-10-30; the artefacts read are those of the commit"
    soa = workspace / "policies" / "planning" / "soa.yaml"
    soa.write_text(soa.read_text() + "# a remark\n")
    assert source() == f"Commit {commit} of 2026-10-30; the artefacts read differ from it"
    (outcome,) = [render(STATEMENT, "--format", "md", "--rev", "HEAD", cwd=workspace)]
    assert outcome.returncode == 0
    text = (workspace / "rendered" / f"{STATEMENT}.md").read_text()
    assert "the artefacts read are those of the commit" in text
    assert "| As of | 30 October 2026 |" in text
    shutil.rmtree(workspace / ".git")
    assert source().startswith("Not from a commit:")


def test_the_same_input_gives_the_same_bytes_elsewhere(rendered: dict[str, bytes], tmp_path: Path) -> None:
    """In another folder, time zone, language, hash seed and order of files."""
    elsewhere = {**os.environ, "TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONHASHSEED": "7", "COLUMNS": "60"}
    (tmp_path / "x" / "y").mkdir(parents=True)
    names = ",".join(reversed(FORMATS))
    assert render(STATEMENT, "--format", names, "--out", tmp_path / "x" / "y", *DAY, env=elsewhere).returncode == 0
    again = {name: (tmp_path / "x" / "y" / f"{STATEMENT}.{name}").read_bytes() for name in FORMATS}
    assert [name for name in FORMATS if again[name] != rendered[name]] == []


def test_errors_are_no_document_unless_it_is_a_draft(tmp_path: Path) -> None:
    workspace = example(tmp_path / "workspace")
    (workspace / "policies" / "broken.yaml").write_text("kind: risk\nid: R-999\n")
    outcome = render(STATEMENT, *DAY, cwd=workspace)
    assert outcome.returncode == 5
    assert outcome.stderr.startswith("error: the workspace has 2 errors") or "error" in outcome.stderr
    assert not (workspace / "rendered").exists()
    outcome = render(STATEMENT, "--draft", "--format", "md,html,pdf,docx,xlsx", *DAY, cwd=workspace)
    assert (outcome.returncode, outcome.stderr) == (0, "")
    folder = workspace / "rendered"
    pages = pdf_words((folder / f"{STATEMENT}.pdf").read_bytes()).split("\f")[:-1]
    assert len(pages) > 3
    assert [number for number, page in enumerate(pages) if "DRAFT" not in page] == []
    assert 'class="draft"' in (folder / f"{STATEMENT}.html").read_text()
    assert "**DRAFT**" in (folder / f"{STATEMENT}.md").read_text()
    word = zipfile.ZipFile(folder / f"{STATEMENT}.docx")
    assert b"DRAFT" in b"".join(word.read(name) for name in word.namelist() if "header" in name)
    assert any(
        "DRAFT" in cell for row in xlsx_rows((folder / f"{STATEMENT}.xlsx").read_bytes())["About"] for cell in row
    )


def test_check_names_documents_that_are_not_what_the_artefacts_say(tmp_path: Path) -> None:
    workspace = example(tmp_path / "workspace")
    ask = (STATEMENT, "--format", "md,html,docx")
    assert render(*ask, *DAY, cwd=workspace).returncode == 0
    before = {path.name: path.read_bytes() for path in (workspace / "rendered").iterdir()}
    assert render(*ask, "--check", cwd=workspace).returncode == 0
    soa = workspace / "policies" / "planning" / "soa.yaml"
    soa.write_text(soa.read_text().replace("AI law moved twice within a year.", "AI law moved thrice."))
    outcome = render(*ask, "--check", cwd=workspace)
    assert outcome.returncode == 1
    assert outcome.stdout.splitlines() == [
        f"rendered/{STATEMENT}.{name} is not what the artefacts say" for name in ("docx", "html", "md")
    ]
    assert {path.name: path.read_bytes() for path in (workspace / "rendered").iterdir()} == before
    (workspace / "rendered" / f"{STATEMENT}.md").unlink()
    assert f"rendered/{STATEMENT}.md is missing" in render(*ask, "--check", cwd=workspace).stdout


def test_a_committed_rendering_is_checked_against_the_commit_it_names(tmp_path: Path) -> None:
    """The commit that holds a document cannot be named in it: later commits of other files are no drift."""
    workspace = example(tmp_path / "workspace")
    git(workspace, "init", "-q")
    git(workspace, "add", ".")
    git(workspace, "commit", "-qm", "all of it")
    assert render(STATEMENT, "--format", "html", cwd=workspace).returncode == 0
    git(workspace, "add", ".")
    git(workspace, "commit", "-qm", "documents")
    assert render(STATEMENT, "--format", "html", "--check", cwd=workspace).returncode == 0


def in_repository(tmp_path: Path) -> Path:
    """The worked example, committed, and then with another reason in its statement of applicability."""
    workspace = example(tmp_path / "workspace")
    git(workspace, "init", "-q")
    git(workspace, "add", ".")
    git(workspace, "commit", "-qm", "all of it")
    soa = workspace / "policies" / "planning" / "soa.yaml"
    soa.write_text(soa.read_text().replace("AI law moved twice within a year.", "AI law moved thrice."))
    git(workspace, "commit", "-qam", "a reason")
    return workspace


def test_a_document_that_the_next_commits_leave_true_is_no_drift(tmp_path: Path) -> None:
    workspace = in_repository(tmp_path)
    assert render(STATEMENT, "--format", "md,pdf", cwd=workspace).returncode == 0
    (workspace / "policies" / "remark.txt").write_text("no artefact\n")
    soa = workspace / "policies" / "planning" / "soa.yaml"
    soa.write_text(soa.read_text() + "# a remark, which no document shows\n")
    git(workspace, "add", ".")
    git(workspace, "commit", "-qm", "documents, and a remark")
    outcome = render(STATEMENT, "--format", "md,pdf", "--check", cwd=workspace)
    assert (outcome.returncode, outcome.stdout, outcome.stderr) == (0, "", "")


@pytest.mark.parametrize("named", ["HEAD~1", "nothing"])
def test_a_document_that_names_another_commit_than_its_own_is_found(tmp_path: Path, named: str) -> None:
    """Whoever writes the documents can write `rendered.json` too."""
    workspace = in_repository(tmp_path)
    assert render(STATEMENT, "--format", "md", cwd=workspace).returncode == 0
    truth = git(workspace, "rev-parse", "HEAD")
    lie = git(workspace, "rev-parse", named) if named != "nothing" else "c0ffee" * 6 + "c0ff"
    folder = workspace / "rendered"
    for file in (folder / f"{STATEMENT}.md", folder / "rendered.json"):
        file.write_text(file.read_text().replace(truth, lie).replace(truth[:12], lie[:12]))
    known = json.loads((folder / "rendered.json").read_text())
    known["files"][f"{STATEMENT}.md"]["sha256"] = sha256((folder / f"{STATEMENT}.md").read_bytes()).hexdigest()
    (folder / "rendered.json").write_text(json.dumps(known))
    outcome = render(STATEMENT, "--format", "md", "--check", cwd=workspace)
    assert outcome.returncode == 1
    assert f"{STATEMENT}.md is not what" in outcome.stdout


def test_a_shallow_history_is_said_and_nothing_is_checked_against_it(tmp_path: Path) -> None:
    workspace = in_repository(tmp_path)
    assert render(STATEMENT, "--format", "md", cwd=workspace).returncode == 0
    git(workspace, "add", ".")
    git(workspace, "commit", "-qm", "documents")
    git(tmp_path, "clone", "-q", "--depth", "1", workspace.as_uri(), "shallow")
    outcome = render(STATEMENT, "--format", "md", "--check", cwd=tmp_path / "shallow")
    assert outcome.returncode == 6
    assert "the history is shallow" in outcome.stderr
    assert render(STATEMENT, "--format", "md", "--out", "new", cwd=tmp_path / "shallow").returncode == 0
    text = (tmp_path / "shallow" / "new" / f"{STATEMENT}.md").read_text()
    assert "the history is shallow, so no revisions are listed" in text
    assert "Table: Revisions" not in text


def test_a_file_changed_by_hand_is_not_overwritten(tmp_path: Path) -> None:
    workspace = example(tmp_path / "workspace")
    ask = (STATEMENT, "--format", "md", *DAY)
    assert render(*ask, cwd=workspace).returncode == 0
    file = workspace / "rendered" / f"{STATEMENT}.md"
    theirs = file.read_text() + "\nour remark\n"
    file.write_text(theirs)
    outcome = render(*ask, cwd=workspace)
    assert outcome.returncode == 5
    assert f"{STATEMENT}.md was not rendered by aimsctl, or was changed since" in outcome.stderr
    assert file.read_text() == theirs
    assert render(*ask, "--force", cwd=workspace).returncode == 0
    assert "our remark" not in file.read_text()


def test_list_names_what_can_be_rendered() -> None:
    outcome = render("--list")
    assert outcome.returncode == 0
    assert re.search(rf"^{STATEMENT} +Statement of applicability \(xlsx too\)$", outcome.stdout, re.MULTILINE)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "no document is named"),
        (("statement",), "there is no document statement"),
        ((STATEMENT, "--format", "odt"), "there is no format 'odt' of documents"),
        ((STATEMENT, "--format", "html,pfd"), "there is no format 'pfd' of documents"),
        ((STATEMENT, "--templates", "nowhere"), "there is no folder nowhere"),
    ],
)
def test_what_is_not_there_is_a_usage_error(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    outcome = render(*arguments, "--out", tmp_path / "out")
    assert outcome.returncode == 2
    assert said in outcome.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("library", "name", "extra"), [("typst", "pdf", "pdf"), ("docx", "docx", "docx"), ("xlsxwriter", "xlsx", "xlsx")]
)
def test_a_missing_extra_says_the_line_that_installs_it(tmp_path: Path, library: str, name: str, extra: str) -> None:
    (tmp_path / "hidden").mkdir()
    hide = f"import sys\nsys.modules[{library!r}] = None\n"
    (tmp_path / "hidden" / "sitecustomize.py").write_text(hide)
    env = {**os.environ, "PYTHONPATH": str(tmp_path / "hidden")}
    outcome = render(STATEMENT, "--format", f"md,{name}", "--out", tmp_path / "out", *DAY, env=env)
    assert outcome.returncode == 4, outcome.stderr
    assert f'pip install "aimsctl[{extra}]"' in outcome.stderr
    assert not (tmp_path / "out").exists()


def test_a_template_is_copied_changed_and_used(tmp_path: Path) -> None:
    workspace = example(tmp_path / "workspace")
    named = aimsctl("templates", cwd=workspace).stdout.splitlines()
    assert named == sorted(path.name for path in (ROOT / "templates" / "documents").iterdir())
    assert aimsctl("templates", "eject", STATEMENT, "--out", "house", cwd=workspace).returncode == 0
    ours = workspace / "house" / f"{STATEMENT}.md.j2"
    assert ours.read_bytes() == (ROOT / "templates" / "documents" / ours.name).read_bytes()
    ask = (STATEMENT, "--format", "md", *DAY)
    assert render(*ask, cwd=workspace).returncode == 0
    shipped = (workspace / "rendered" / f"{STATEMENT}.md").read_text()
    assert render(*ask, "--templates", "house", cwd=workspace).returncode == 0
    assert (workspace / "rendered" / f"{STATEMENT}.md").read_text() == shipped
    ours.write_text(ours.read_text().replace("## Controls of Annex A", "## What we chose"))
    assert render(*ask, "--templates", "house", cwd=workspace).returncode == 0
    assert "## What we chose" in (workspace / "rendered" / f"{STATEMENT}.md").read_text()
    assert aimsctl("templates", "eject", STATEMENT, "--out", "house", cwd=workspace).returncode == 5
    assert "## What we chose" in ours.read_text()
    assert aimsctl("templates", "eject", "../front", cwd=workspace).returncode == 2
    assert aimsctl("templates", "eject", cwd=workspace).returncode == 2


def test_an_artefact_can_be_named(tmp_path: Path) -> None:
    outcome = render(STATEMENT, "--format", "md", "--id", "SOA-01", "--out", tmp_path, *DAY)
    assert outcome.stdout.splitlines() == [str(tmp_path / f"{STATEMENT}-soa-01.md")]
    outcome = render(STATEMENT, "--format", "md", "--id", "SOA-77", "--out", tmp_path, *DAY)
    assert (outcome.returncode, "holds nothing for" in outcome.stderr) == (5, True)


def test_the_index_links_every_file(tmp_path: Path) -> None:
    outcome = render("--all", "--format", ",".join(FORMATS), "--out", tmp_path / "out", *DAY)
    assert (outcome.returncode, outcome.stderr) == (0, "")
    made = {path.name for path in (tmp_path / "out").iterdir()} - {"index.html", "index.md", "rendered.json"}
    page = lxml.html.document_fromstring((tmp_path / "out" / "index.html").read_text())
    assert set(page.xpath("//table//a/@href")) == made
    assert {f"{STATEMENT}.{name}" for name in FORMATS} <= made


# the formats, by their own standards


def test_the_pdf_is_tagged_archivable_and_accessible(rendered: dict[str, bytes]) -> None:
    content = rendered["pdf"]
    told = piped(["pdfinfo", "-"], content).decode()
    assert re.search(r"^Tagged: +yes$", told, re.MULTILINE)
    assert re.search(r"^Title: +Statement of applicability$", told, re.MULTILINE)
    assert b"<pdfuaid:part>1</pdfuaid:part>" in content
    assert b"<pdfaid:part>2</pdfaid:part>" in content
    assert b"/Lang(en-GB)" in content


def test_wide_tables_turn_the_page_and_repeat_their_head(rendered: dict[str, bytes]) -> None:
    sizes = re.findall(
        r"Page +\d+ size: +([\d.]+) x ([\d.]+)", piped(["pdfinfo", "-l", "99", "-"], rendered["pdf"]).decode()
    )
    turned = [float(width) > float(height) for width, height in sizes]
    assert not turned[0]
    assert sum(turned) >= 3
    pages = pdf_words(rendered["pdf"]).split("\f")[:-1]
    with_rows = [page for page in pages if re.search(r"^A\.\d", page, re.MULTILINE)]
    assert [page for page in with_rows if "Evidence and its date" not in page] == []
    assert [number for number, page in enumerate(pages, 1) if f"Page {number} of {len(pages)}" not in page] == []
    body = etree.fromstring(zipfile.ZipFile(io.BytesIO(rendered["docx"])).read("word/document.xml"))
    assert "landscape" in {size.get(f"{WORD}orient") for size in body.iter(f"{WORD}pgSz")}
    tables = [
        table for table in body.iter(f"{WORD}tbl") if table.find(f".//{WORD}tblStyle").get(f"{WORD}val") == "Lines"
    ]
    assert [table for table in tables if table.find(f"{WORD}tr/{WORD}trPr/{WORD}tblHeader") is None] == []


def test_every_link_within_the_document_leads_somewhere(rendered: dict[str, bytes]) -> None:
    page = lxml.html.document_fromstring(rendered["html"].decode())
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert [link for link in page.xpath("//a/@href") if link.startswith("#") and link[1:] not in ids] == []
    body = etree.fromstring(zipfile.ZipFile(io.BytesIO(rendered["docx"])).read("word/document.xml"))
    marks = {mark.get(f"{WORD}name") for mark in body.iter(f"{WORD}bookmarkStart")}
    assert {link.get(f"{WORD}anchor") for link in body.iter(f"{WORD}hyperlink")} - {None} <= marks


@pytest.mark.parametrize("name", ["docx", "xlsx"])
def test_libreoffice_opens_it(rendered: dict[str, bytes], tmp_path: Path, name: str) -> None:
    office = shutil.which("soffice")
    if office is None:
        unavailable("LibreOffice is not installed")
    (tmp_path / f"in.{name}").write_bytes(rendered[name])
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [str(office), profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), f"in.{name}"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=180)
    assert done.returncode == 0, done.stderr
    shown = squeezed(pdf_words((tmp_path / "in.pdf").read_bytes()))
    assert "StatementofApplicability".lower() in shown.lower()
    assert "A.10.4" in shown


def test_the_html_needs_nothing_from_elsewhere_and_runs_nothing(rendered: dict[str, bytes]) -> None:
    page = lxml.html.document_fromstring(rendered["html"].decode())
    policy = page.xpath("string(//meta[@http-equiv='Content-Security-Policy']/@content)")
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert page.xpath("//script | //@src | //link | //iframe | //form") == []
    assert page.get("lang") == "en-GB"
    assert page.xpath("//th[not(@scope)]") == []


def test_a_manifest_tells_what_was_rendered(tmp_path: Path) -> None:
    assert render(STATEMENT, "--format", "md", "--out", tmp_path / "out", *DAY).returncode == 0
    known = json.loads((tmp_path / "out" / "rendered.json").read_text())
    assert list(known["files"]) == [f"{STATEMENT}.md"]
    assert ROOT.name not in (tmp_path / "out" / "rendered.json").read_text()
