"""Documents made of text of others: rows R-01 to R-12, X-02 and T-01 to T-10."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from lxml import etree

from aimsctl.assessment.gap import assess
from aimsctl.documents import environment, worker
from aimsctl.documents.assembly import assemble
from aimsctl.documents.confined import Confined
from aimsctl.documents.docx import docx
from aimsctl.documents.html import html
from aimsctl.documents.pdf import data
from aimsctl.documents.plain import Plain, Prose
from aimsctl.documents.provenance import Provenance
from aimsctl.documents.reading import read
from aimsctl.documents.rendering import Run
from aimsctl.documents.sheets import Column, Sheet
from aimsctl.documents.sources import with_overrides
from aimsctl.documents.tree import Meta, Table
from aimsctl.documents.writing import write
from aimsctl.documents.xlsx import xlsx
from aimsctl.errors import RenderError
from aimsctl.output.clean import clean
from aimsctl.source.config import load as load_config
from aimsctl.source.files import WorkTree
from aimsctl.workspace.workspace import load
from tests.acceptance.documents import DAY, READERS, STATEMENT, example, git, render, squeezed, xlsx_rows
from tests.conftest import unavailable
from tests.threats.hostile_workspaces import CODE, FORMULAS, MARKUP, ROOT, hostile

FORMATS = ("md", "html", "pdf", "docx", "xlsx")
FORBIDDEN = {
    "script", "iframe", "object", "embed", "base", "form", "input", "svg", "math", "link", "img", "image",
    "annotation-xml", "foreignobject", "video", "audio",
}  # fmt: skip
HARMLESS = re.compile(r"#|https?://|mailto:|[a-z0-9-]+\.(html|md|pdf|docx|xlsx)(#|$)")
LETTERS = "".join(map(chr, (*range(0x20), 0x7F, 0x9B, 0x202E, 0x2066, 0xFEFF, 0xFFFE, 0xFFFF, 0xD800, 0xDCFF, 0xE0041)))
pytestmark = pytest.mark.xdist_group("hostile documents")


def every_document(root: Path, out: Path, *formats: str, env: dict[str, str] | None = None) -> dict[str, bytes]:
    """All documents of a workspace in these formats, else in all, as drafts, by file name."""
    wanted = ",".join(formats or FORMATS)
    outcome = render("--all", "--draft", "--format", wanted, "--out", out, *DAY, cwd=root, env=env)
    assert (outcome.returncode, outcome.stderr) == (0, "")
    return {path.name: path.read_bytes() for path in sorted(out.iterdir()) if path.name != "rendered.json"}


@pytest.fixture(scope="module")
def clean_ones(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("clean")
    return every_document(example(folder / "workspace"), folder / "out")


@pytest.fixture(scope="module")
def marked_up(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("markup")
    return every_document(hostile(folder / "workspace", MARKUP, organisation="Fernlough Health, Inc. "), folder / "out")


@pytest.fixture(scope="module")
def with_code(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("code")
    return every_document(hostile(folder / "workspace", CODE, organisation="Fernlough Health, Inc. "), folder / "out")


def pages(files: Mapping[str, bytes]) -> Iterator[tuple[str, Any]]:
    for name, content in files.items():
        if name.endswith(".html"):
            yield name, lxml.html.document_fromstring(content.decode())


def tables(files: Mapping[str, bytes]) -> dict[str, list[list[int]]]:
    """The number of columns of each row of the tables that templates make; those in texts have no caption."""
    found = {}
    for name, content in files.items():
        if name.endswith(".md"):
            blocks = read(content.decode(), trusted=True)
            found[name] = [
                [len(row) for row in block.rows] for block in blocks if isinstance(block, Table) and block.caption
            ]
    return found


def test_R_01_no_text_becomes_an_element_that_acts(clean_ones: dict[str, bytes], marked_up: dict[str, bytes]) -> None:
    """Beyond what the template makes there is only what Markdown has: emphasis, code, lists, links to the web."""
    of_templates = {name: Counter(node.tag for node in page.iter()) for name, page in pages(clean_ones)}
    for name, page in pages(marked_up):
        found = Counter(node.tag for node in page.iter())
        assert {tag: found[tag] for tag in FORBIDDEN if found[tag] != of_templates[name][tag]} == {}, name
        styles = page.xpath("//style")
        assert len(styles) == 1
        assert page.xpath("//meta[@http-equiv]/@http-equiv") == ["Content-Security-Policy"]
        assert [key for node in page.iter() for key in node.attrib if key.startswith("on") or key == "style"] == []
        links = page.xpath("//@href")
        assert [
            link
            for link in links
            if not re.match(r"#|https?://|mailto:|[a-z0-9-]+\.(html|md|pdf|docx|xlsx)(#|$)", link)
        ] == []
        assert page.xpath("//@src | //@srcset | //@action | //@data") == []


def test_R_02_a_cell_stays_a_cell(clean_ones: dict[str, bytes], marked_up: dict[str, bytes]) -> None:
    found, wanted = tables(marked_up), tables(clean_ones)
    index = "audit-pack-index.md"  # how many reasons the gaps have changes with the text
    assert [set(rows) for rows in found.pop(index)] == [set(rows) for rows in wanted.pop(index)]
    assert found == wanted
    for name, content in marked_up.items():
        if name.endswith(".md"):
            text = content.decode()
            outside = re.sub(r"`[^`]*`", "", text)  # of code spans
            prose = re.sub(r"\]\(<[^>]*>\)", "", outside)
            assert re.findall(r"<(?!br>|/a>|a id=\"[a-z0-9-]+\"></a>)", prose) == [], name
            assert re.search(r"(?<!\\)\]\(<?(?:javascript|data|file|vbscript):", outside) is None
            assert "![" not in re.sub(r"\\.", "", outside)
            fronts = [page.partition("\n## ")[0] for page in (text, clean_ones[name].decode())]
            assert fronts[0].count("| Approved by |") == fronts[1].count("| Approved by |")


def test_R_03_there_is_no_sanitiser_to_misconfigure() -> None:
    """Tags are text before any HTML is made; what the writer makes is made of the tree."""
    hidden = "<svg><math><style><annotation-xml encoding='text/html'><b>x</b></annotation-xml></style></math></svg>"
    page = html(assemble(f"# T\n\n{hidden}\n\n{hidden} in *text*\n", Meta("t", "o", "r", "s")))
    dom = lxml.html.document_fromstring(page)
    assert dom.xpath("//svg | //math | //main//style | //b") == []
    assert dom.text_content().count("<annotation-xml") == 2


@pytest.mark.parametrize("target", ["logo.svg", "data:image/svg+xml,<svg onload=x>", "https://evil.example/x.svg"])
def test_R_04_pictures_are_their_words(target: str) -> None:
    document = assemble(f"# T\n\n![our logo](<{target}>)\n", Meta("t", "o", "r", "s"))
    assert lxml.html.document_fromstring(html(document)).xpath("//img | //svg | //object") == []
    assert "our logo" in html(document)
    assert "our logo" in data(document)
    assert "logo.svg" not in data(document) + html(document)
    assert not [name for name in zipfile.ZipFile(io.BytesIO(docx(document))).namelist() if "media" in name]


def test_R_05_the_pdf_has_no_file_and_no_way_to_one(marked_up: dict[str, bytes]) -> None:
    found = [(name, content) for name, content in marked_up.items() if name.endswith(".pdf")]
    assert found
    for name, content in found:
        assert (
            re.findall(
                rb"/EmbeddedFile|/JavaScript|/Launch|/GoToR|/SubmitForm|/RichMedia|/URI *[(]file:|root:x:0", content
            )
            == []
        ), name


@pytest.mark.skipif(sys.platform != "linux", reason="strace")
def test_R_05_nothing_asks_the_network_and_only_fonts_and_libraries_are_read(tmp_path: Path) -> None:
    if shutil.which("strace") is None:
        unavailable("strace is not installed")
    root = hostile(tmp_path / "workspace", MARKUP)
    log = tmp_path / "trace"
    tracing = ["strace", "-f", "-qq", "-e", "trace=connect,execve,openat", "-o", str(log)]
    command = [sys.executable, "-P", "-m", "aimsctl", "render", STATEMENT, "--draft", "--format", "pdf,docx,html", *DAY]
    done = subprocess.run([*tracing, *command], cwd=root, capture_output=True, text=True, check=False, timeout=180)
    assert done.returncode == 0, done.stderr
    lines = log.read_text().splitlines()
    assert [line for line in lines if "connect(" in line and "AF_INET" in line] == []
    written = {found for line in lines for found in re.findall(r'openat\([^,]+, "([^"]+)", O_(?:WRONLY|RDWR)', line)}
    assert {path for path in written if not path.startswith(("/dev/", "/proc/"))} <= {
        path for path in written if "rendered" in path or path.startswith(".")
    }
    started = [found for line in lines for found in re.findall(r'execve\("([^"]+)"', line) if "ENOENT" not in line]
    assert {Path(path).name for path in started} <= {Path(sys.executable).name, "git"}


def test_R_06_a_document_that_takes_too_long_ends() -> None:
    rows = "| a | b |\n|---|---|\n" + "| word word | word |\n" * 60_000
    huge = data(assemble(f"# T\n\n---\n\n## H\n\n{rows}", Meta("t", "o", "r", "s")))
    began = time.monotonic()
    with Confined(seconds=2) as confined, pytest.raises(RenderError, match="the PDF could not be made: it took longer"):
        confined.pdf(huge, 0)
    assert time.monotonic() - began < 20


def test_R_06_a_document_that_takes_too_much_memory_ends() -> None:
    with Confined() as confined, pytest.raises(RenderError, match="it needs more memory than a document may take"):
        confined.markdown("x.md.j2", {"x.md.j2": "{% set a = 'A' * 3000000000 %}{{ a ~ a }}"}, {})


@pytest.mark.parametrize("place", ["text", "title"])
def test_R_07_letters_that_no_format_holds_are_shown(place: str) -> None:
    markdown = (
        "# T\n\n---\n\n## H\n\n" + (LETTERS.replace("\n", " ").replace("\r", " ") if place == "text" else "x") + "\n"
    )
    shown = clean(LETTERS)
    meta = Meta(shown if place == "title" else "t", "o", "r", "s")
    document = assemble(markdown, meta)
    write(document.blocks).encode()
    lxml.html.document_fromstring(html(document))
    package = zipfile.ZipFile(io.BytesIO(docx(document)))
    for name in package.namelist():
        if name.endswith((".xml", ".rels")):
            etree.fromstring(package.read(name))
    with Confined() as confined:
        assert confined.pdf(data(document), 0).startswith(b"%PDF")
    book = zipfile.ZipFile(
        io.BytesIO(xlsx(meta, [], [Sheet("S", "rows", (Column("H", "a"),))], {"rows": [{"a": shown}], "tones": {}}))
    )
    for name in book.namelist():
        etree.fromstring(book.read(name))


def test_R_09_names_of_files_come_from_no_text(tmp_path: Path) -> None:
    root = example(tmp_path / "workspace")
    names = ("../../x", "a/b", "CON", "A" * 300, "a\\b")
    for name in names:
        outcome = render(STATEMENT, "--format", "md", "--id", name, "--out", "out", *DAY, cwd=root)
        assert outcome.returncode in (2, 5), outcome.stderr
    soa = root / "policies" / "planning" / "soa.yaml"
    soa.write_text(soa.read_text().replace("SOA-01", "SOA-" + "A" * 300))
    ask = (STATEMENT, "--draft", "--format", "md", "--id", "SOA-" + "A" * 300, "--out", "out")
    assert render(*ask, *DAY, cwd=root).returncode == 0
    made = [path.name for path in (root / "out").glob("**/*")]
    assert len(made) == 2
    assert [name for name in made if not re.fullmatch(r"[a-z0-9-]{1,120}\.(md|json)", name)] == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["workspace"]


def test_R_09_a_folder_that_leads_out_of_the_workspace_is_not_followed(tmp_path: Path) -> None:
    root = example(tmp_path / "workspace")
    (tmp_path / "elsewhere").mkdir()
    (root / "rendered").symlink_to(tmp_path / "elsewhere")
    outcome = render(STATEMENT, "--format", "md", *DAY, cwd=root)
    assert outcome.returncode == 5
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_R_10_files_that_people_wrote_are_not_overwritten(tmp_path: Path) -> None:
    root = example(tmp_path / "workspace")
    (root / "rendered").mkdir()
    theirs = root / "rendered" / f"{STATEMENT}.md"
    theirs.write_text("ours\n")
    assert render(STATEMENT, "--format", "md,html", *DAY, cwd=root).returncode == 5
    assert theirs.read_text() == "ours\n"
    assert sorted(path.name for path in (root / "rendered").iterdir()) == [theirs.name]


def test_R_11_what_is_left_out_is_said(tmp_path: Path) -> None:
    root = example(tmp_path / "workspace")
    broken = next(root.rglob("soa.yaml"))
    broken.write_text(broken.read_text().replace("owner:", "ownr:", 1))
    assert render(STATEMENT, "--format", "md", *DAY, cwd=root).returncode == 5
    outcome = render(STATEMENT, "--format", "md", "--draft", *DAY, cwd=root)
    if outcome.returncode == 0:
        assert "what they touch is left out" in (root / "rendered" / f"{STATEMENT}.md").read_text()
    else:
        assert "the workspace holds nothing for" in outcome.stderr


def test_R_12_no_document_tells_where_it_was_made(tmp_path: Path) -> None:
    root = example(tmp_path / "secret-folder")
    git(root, "init", "-q")
    git(root, "add", ".")
    git(root, "commit", "-qm", "all")
    env = {**os.environ, "USER": "secretuser", "LOGNAME": "secretuser", "API_TOKEN": "s3cr3t-t0k3n"}
    some = (STATEMENT, "aims-manual", "ai-policy", "ai-risk-register")
    assert render(*some, "--format", ",".join(FORMATS), *DAY, cwd=root, env=env).returncode == 0
    secrets = ("secret-folder", "secretuser", "s3cr3t-t0k3n", str(tmp_path), str(ROOT))
    for path in sorted((root / "rendered").iterdir()):
        content = path.read_bytes()
        if path.suffix in (".docx", ".xlsx"):
            package = zipfile.ZipFile(io.BytesIO(content))
            content = b"".join(package.read(name) for name in package.namelist())
        elif path.suffix == ".pdf":
            content += READERS["pdf"](content).encode()
        assert [word for word in secrets if word.encode() in content] == [], path.name


def test_X_02_no_cell_is_a_formula(tmp_path: Path) -> None:
    root = hostile(tmp_path / "workspace", FORMULAS)
    made = every_document(root, tmp_path / "out", "xlsx")
    books = {name: content for name, content in made.items() if name.endswith(".xlsx")}
    assert books
    for name, content in books.items():
        cells = [cell for rows in xlsx_rows(content).values() for row in rows for cell in row]  # refuses formulas
        assert any("=1+1" in cell for cell in cells), name
        package = zipfile.ZipFile(io.BytesIO(content))
        assert [part for part in package.namelist() if "external" in part.lower() or "vba" in part.lower()] == []
        assert b"hyperlink" not in b"".join(package.read(part) for part in package.namelist() if "worksheets" in part)


def test_T_01_what_looks_like_a_template_in_a_text_is_text(with_code: dict[str, bytes]) -> None:
    for name, content in with_code.items():
        ending = name.rpartition(".")[2]
        if ending == "xlsx":
            words = " ".join(cell for rows in xlsx_rows(content).values() for row in rows for cell in row)
        else:
            words = READERS[ending](content)
        shown = squeezed(words)
        assert "{{7*7}}" in shown, name
        assert squeezed("{% include '../../etc/passwd' %} {# gone #}") in shown, name
        assert "root:x:0" not in shown
        assert squeezed('#let x = 1 $ y $ @ref <label> #read("/etc/passwd")') in shown, name


ESCAPES = (
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ ''|attr('__class__') }}",
    "{{ '{0.__class__}'.format(1) }}",
    "{{ '{a.__class__}'.format_map({'a': 1}) }}",
    "{% set f = '{0.__class__.__init__.__globals__}'.format %}{{ f(cycler) }}",
    "{{ cycler.__init__.__globals__.os.system('touch PWNED') }}",
    "{{ lipsum.__globals__['os'].popen('touch PWNED').read() }}",
    "{{ self._TemplateReference__context }}",
    "{{ self.__init__.__globals__ }}",
    "{{ joiner.__init__.__globals__ }}",
    "{{ namespace.__init__.__globals__ }}",
    "{{ artefacts.__class__ }}",
    "{{ artefacts.clear() }}",
    "{{ artefacts.update({'a': 1}) }}",
    "{{ range.__self__ }}",
    "{{ config }}",
    "{{ ''|map(attribute='__class__')|list }}{{ [1]|map(attribute='__class__')|first }}",
    "{% import 'os' as os %}{{ os.system('touch PWNED') }}",
    "{% include ['/etc/passwd', '../../../etc/passwd'] %}",
)


@pytest.fixture(scope="module")
def example_run() -> Run:
    tree = WorkTree(ROOT)
    config, _ = load_config(tree)
    report = assess(load(tree, config), date(2026, 11, 1))
    return Run(report, Provenance(), clean, lambda *_: "# T\n", lambda *_: b"")


@pytest.fixture(scope="module")
def context(example_run: Run) -> Mapping[str, Any]:
    """What the template of the statement sees."""
    return example_run.document(example_run.wanted((STATEMENT,))[0])[1]


@pytest.mark.parametrize("source", ESCAPES)
def test_T_02_no_way_out_of_the_sandbox(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, context: Mapping[str, Any], source: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(RenderError, match=r"template x\.md\.j2, line 3: |there is no template") as refused:
        environment.rendered({"x.md.j2": f"# T\n\n{source}\n"}.get, "x.md.j2", context)
    assert refused.value.exit_code == 5
    assert list(tmp_path.iterdir()) == []


def strangers(value: Any, path: str = "") -> Iterator[str]:
    """Where a value of the context is something that a template could act with."""
    if type(value) in (str, int, float, bool, type(None), date, Plain, Prose):
        return
    if type(value) is dict:
        for key, one in value.items():
            yield from strangers(one, f"{path}.{key}")
    elif type(value) in (list, tuple):
        for place, one in enumerate(value):
            yield from strangers(one, f"{path}.{place}")
    else:
        yield f"{path}: {type(value)}"


def test_T_03_templates_see_plain_values_only(example_run: Run) -> None:
    wanted = example_run.wanted(())
    assert wanted
    for one in wanted:
        _, values = example_run.document(one)
        assert list(strangers(values)) == []


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("{{ 'A' * 100000000 }}", "writes more than"),
        ("{{ '%0100000000d' % 1 }}", "writes more than"),
        ("{{ 'A'|center(100000000) }}", "writes more than|memory"),
        (
            "{% for a in 'A' * 99999 %}{% for b in 'A' * 99999 %}{{ 'A' * 99 }}{% endfor %}{% endfor %}",
            "writes more than",
        ),
        (
            "{% for a in 'A' * 99999 %}{% for b in 'A' * 99999 %}{% endfor %}{% endfor %}",
            "it took longer than 2 seconds",
        ),
        ("{% set x = 9 ** (9 ** 9) %}", "it took longer than 2 seconds"),
        ("{% include 'x.md.j2' %}", "recursion"),
        ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "recursion"),
        ("{{ range(9) }}", "'range' is undefined"),
    ],
)
def test_T_04_a_template_that_takes_too_much_ends(source: str, said: str) -> None:
    seconds = 2 if "seconds" in said else 20
    with Confined(seconds) as confined, pytest.raises(RenderError, match=said):
        confined.markdown("x.md.j2", {"x.md.j2": source}, {})


def test_T_05_templates_come_from_their_folder_only(tmp_path: Path) -> None:
    root = example(tmp_path / "workspace")
    ours = tmp_path / "ours"
    ours.mkdir()
    (tmp_path / "x.md.j2").write_text("gotcha")
    for source in (
        "{% include '../x.md.j2' %}",
        "{% include '/etc/passwd' %}",
        f"{{% include '{tmp_path}/x.md.j2' %}}",
    ):
        (ours / f"{STATEMENT}.md.j2").write_text(f"# T\n\n{source}\n")
        outcome = render(STATEMENT, "--format", "md", "--templates", ours, *DAY, cwd=root)
        assert (outcome.returncode, "there is no template" in outcome.stderr) == (5, True), outcome.stderr
    (ours / f"{STATEMENT}.md.j2").unlink()
    (ours / f"{STATEMENT}.md.j2").symlink_to(tmp_path / "x.md.j2")
    outcome = render(STATEMENT, "--format", "md", "--templates", ours, *DAY, cwd=root)
    assert outcome.returncode == 5
    assert "was not read" in outcome.stderr
    assert not (root / "rendered").exists()


def test_T_06_templates_of_the_audited_tree_do_not_count(tmp_path: Path) -> None:
    root = example(tmp_path / "workspace")
    with (root / "aimsctl.yaml").open("a") as stream:
        stream.write("\ntemplates: house\n")
    (root / "house").mkdir()
    (root / "house" / f"{STATEMENT}.md.j2").write_text("# Everything is fine\n")
    outcome = render(STATEMENT, "--format", "md", "--draft", *DAY, cwd=root)
    assert outcome.returncode == 0
    assert "counts only with --policy-from" in outcome.stderr
    file = root / "rendered" / f"{STATEMENT}.md"
    assert "Everything is fine" not in file.read_text()
    trusted = tmp_path / "trusted"
    shutil.copytree(root, trusted)
    (root / "house" / f"{STATEMENT}.md.j2").write_text("# Not this one\n")
    outcome = render(STATEMENT, "--format", "md", "--draft", "--policy-from", trusted, *DAY, cwd=root)
    assert (outcome.returncode, outcome.stderr) == (0, "")
    assert file.read_text() == "# Everything is fine\n"


@pytest.mark.parametrize("name", ["a.md.j2", "x.j2"])
def test_T_07_escaping_follows_the_output_and_no_name(name: str) -> None:
    found = environment.rendered({name: "{{ x }}"}.get, name, {"x": "<b>*x*</b>"})
    assert found == "&lt;b>\\*x\\*&lt;/b>"


def test_T_08_no_shipped_template_lifts_the_escaping() -> None:
    for path in sorted((ROOT / "templates").rglob("*.j2")):
        text = path.read_text(encoding="utf-8")
        assert re.findall(r"\|\s*safe\b|autoescape|Markup|xmlattr|href=[^\"'#]", text) == [], path.name


@pytest.mark.parametrize(
    "source", ["{{ 'x'|safe }}", "{{ {'a': 'b'}|xmlattr }}", "{{ 'x'|forceescape }}", "{{ 'x'|urlize }}"]
)
def test_T_08_templates_of_others_cannot_lift_it(source: str) -> None:
    with pytest.raises(RenderError, match="No filter named"):
        environment.rendered({"x.md.j2": source}.get, "x.md.j2", {})


def test_T_08_text_marked_as_safe_by_a_template_is_escaped_by_the_writers() -> None:
    source = "{% autoescape false %}<b>{{ x }}</b>{% endautoescape %}"
    markdown = environment.rendered({"x.md.j2": source}.get, "x.md.j2", {"x": "<script>"})
    page = html(assemble(f"# T\n\n{markdown}", Meta("t", "o", "r", "s")))
    assert lxml.html.document_fromstring(page).xpath("//b | //script") == []


@pytest.mark.parametrize(
    ("source", "line", "said"),
    [
        ("# T\n\n{{ organisaton }}\n", 3, "organisaton"),
        ("# T\n\n\n{{ document.ownr }}\n", 4, "ownr"),
        ("# T\n{{ document.owner.nme }}\n", 2, "nme"),
        ("# T\n\n{% if %}\n", 3, "Expected an expression"),
        ("# T\n{{ organisation | shout }}\n", 2, "shout"),
        ("# T\n{{ 1 + organisation }}\n", 2, "unsupported operand"),
        ("# T\n{{ statement[0].control.x }}\n", 2, "x"),
        ("# T\n{% include 'front.md.j2' %}\n{% include 'nothing.md.j2' %}\n", 0, "there is no template nothing.md.j2"),
    ],
)
def test_T_09_a_wrong_template_names_template_line_and_variable(
    context: Mapping[str, Any], source: str, line: int, said: str
) -> None:
    name = f"{STATEMENT}.md.j2"
    with pytest.raises(RenderError) as refused:
        environment.rendered(with_overrides({name: source}), name, context)
    assert said in refused.value.message
    if line:
        assert refused.value.message.startswith(f"template {name}, line {line}: ")


def test_T_09_nothing_half_written_is_left(tmp_path: Path) -> None:
    """A template fails: what was rendered before stands as it was."""
    root = example(tmp_path / "workspace")
    assert render(STATEMENT, "--format", "md,html", *DAY, cwd=root).returncode == 0
    before = {path.name: path.read_bytes() for path in (root / "rendered").iterdir()}
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours" / "front.md.j2").write_text("# T\n{{ nothing }}")
    outcome = render(STATEMENT, "--format", "md,html", "--templates", tmp_path / "ours", *DAY, cwd=root)
    assert outcome.returncode == 5
    assert outcome.stderr.startswith("error: template front.md.j2, line 2: 'nothing' is undefined\n")
    assert {path.name: path.read_bytes() for path in (root / "rendered").iterdir()} == before


def test_T_10_the_same_input_gives_the_same_bytes(tmp_path: Path, clean_ones: dict[str, bytes]) -> None:
    root = example(tmp_path / "elsewhere" / "other")
    env = {**os.environ, "TZ": "Pacific/Apia", "LC_ALL": "C", "PYTHONHASHSEED": "99"}
    again = every_document(root, tmp_path / "o", env=env)
    assert [name for name in clean_ones if clean_ones[name] != again.get(name)] == []


def test_T_the_worker_is_confined() -> None:
    """It has nothing of the surroundings but where Python finds its modules, and cannot write a file."""
    assert worker.MEMORY <= 4 << 30
    source = "{{ 1 }}"
    os.environ["OUTSIDE"] = "x"
    try:
        with Confined() as confined:
            confined.markdown("x.md.j2", {"x.md.j2": source}, {})
            process = confined._process  # noqa: SLF001
            assert process is not None
            held = Path(f"/proc/{process.pid}/environ").read_bytes()
            limits = Path(f"/proc/{process.pid}/limits").read_text()
    finally:
        del os.environ["OUTSIDE"]
    assert b"OUTSIDE" not in held
    assert re.search(r"Max file size +0 +0", limits)
