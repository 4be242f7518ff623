"""The readiness report: what others wrote is text on the page and in Markdown, and nothing of the machine is in it."""

from __future__ import annotations

import json
import platform
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from aimsctl.documents import report_page
from aimsctl.documents.report_page import page
from aimsctl.output.clean import clean
from aimsctl.output.gfm import markdown
from aimsctl.output.overview import overview_body
from tests.conftest import ROOT
from tests.unit.output_reports import HOSTILE, inert_markdown, markdown_tables

DAY = ("--as-of", "2026-11-01")
SCHEMA = json.loads((ROOT / "schemas" / "output" / "report.schema.json").read_text(encoding="utf-8"))
TEMPLATES = sorted((ROOT / "templates" / "report").glob("*.html.j2"))
NEUTRAL = "neutral"

MARKUP = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    '"><script>alert(1)</script><a href="',
    "' onmouseover='alert(1)' x='",
    '" onfocus="alert(1)" autofocus tabindex="0" style="position:fixed" x="',
    "</style><script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</textarea></noscript></template></select></desc></svg><iframe srcdoc='<script>alert(1)</script>'>",
    "<!--><script>alert(1)</script-->",
    "]]><script>alert(1)</script>",
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "<base href='https://evil.example/'><meta http-equiv='refresh' content='0;url=https://evil.example/'>",
    "<form action='https://evil.example/'><button formaction='javascript:alert(1)'>x</button></form>",
    "<object data='x'></object><embed src='x'><link rel='stylesheet' href='https://evil.example/x.css'>",
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    "<svg><annotation-xml encoding='text/html'><foreignObject><script>alert(1)</script></foreignObject></svg>",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "&lt;script&gt;alert(1)&lt;/script&gt; &#60;script&#62;",
    "{{ 7 * 7 }} {% include 'report.js' %} {# x #} {{ report.__class__ }}",
    "<scr\u0000ipt>alert(1)</script>\u2028\u202e<\u200bimg src=x onerror=alert(1)>",
)
EVERY_MARKUP = pytest.mark.parametrize("text", MARKUP)


@cache
def example() -> str:
    """The record of the worked example, with a suppression, an error and a file that was not read."""
    command = [sys.executable, "-P", "-m", "aimsctl", "report", "--format", "json", "--out", "-", *DAY]
    record = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)
    finding = {"code": "AIM203", "message": "x", "do": "x", "path": "x", "line": 1}
    record["suppressed"] = [{**finding, "reason": "x"}]
    record["errors"] = [finding]
    record["not_checked"] = [{"path": "x", "reason": "x"}]
    return json.dumps(record)


def filled(text: str) -> Any:
    """The record with the text in each place where the published schema allows any text."""
    return spread(json.loads(example()), SCHEMA, text)


def spread(value: Any, schema: Mapping[str, Any], text: str) -> Any:
    if "$ref" in schema:
        schema = SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]]
    if isinstance(value, dict):
        other = schema.get("additionalProperties") or {}
        return {key: spread(one, schema.get("properties", {}).get(key, other), text) for key, one in value.items()}
    if isinstance(value, list):
        return [spread(one, schema.get("items", {}), text) for one in value]
    closed = {"enum", "const", "pattern", "format"} & set(schema)
    return text if isinstance(value, str) and not closed else value


def census(text: str) -> tuple[Counter[str], Counter[tuple[str, str]]]:
    """How often each element is on the page, and each attribute of each."""
    elements = list(html.document_fromstring(text).iter())
    names = Counter(str(one.tag) for one in elements)
    return names, Counter((str(one.tag), name) for one in elements for name in one.attrib)


@cache
def harmless(text: str) -> str:
    return page(filled(text), clean)


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    root = tmp_path / "workspace"
    shutil.copytree(ROOT / "policies", root / "policies")
    shutil.copy(ROOT / "aimsctl.yaml", root)
    return root


def titles(root: Path, text: str) -> None:
    """Every title, statement and cause in the artefacts becomes the text."""
    quoted = json.dumps(text)
    for path in root.rglob("*.yaml"):
        old = path.read_text(encoding="utf-8")
        plain = r"(?m)^(\s*(?:- )?(?:title|statement|cause)): [^|>\n&*{\[][^\n]*$"
        path.write_text(re.sub(plain, lambda found: f"{found[1]}: {quoted}", old), encoding="utf-8")


# R-01


@EVERY_MARKUP
def test_R_01_markup_in_any_field_adds_no_element_and_no_attribute(text: str) -> None:
    assert census(harmless(text)) == census(harmless(NEUTRAL))


@EVERY_MARKUP
def test_R_01_every_link_stays_inside_the_page(text: str) -> None:
    links = html.document_fromstring(harmless(text)).xpath(
        "//@href | //@src | //@action | //@data | //@xlink:href", namespaces={"xlink": "http://www.w3.org/1999/xlink"}
    )
    assert {link for link in links if not link.startswith("#")} == {"data:,"}


def test_R_01_markup_in_the_artefacts_and_the_name_of_a_file_is_text(copied: Path, run: Callable[..., Any]) -> None:
    def written(text: str, name: str) -> str:
        root = copied.with_name(f"filled-{len(text)}")
        shutil.copytree(copied, root)
        titles(root, text)
        settings = (root / "aimsctl.yaml").read_text(encoding="utf-8")
        named = re.sub(r"(?m)^organisation: .*$", lambda _: f"organisation: {json.dumps(text)}", settings)
        (root / "aimsctl.yaml").write_text(named, encoding="utf-8")
        (root / "policies" / name).write_text("kind: [\n", encoding="utf-8")
        outcome = run("report", "--out", "-", *DAY, cwd=root)
        assert (outcome.code, outcome.stderr) == (0, "")
        assert outcome.stdout.count(text.replace("<", "&lt;").replace(">", "&gt;")) > 100
        return str(outcome.stdout)

    hostile = written("<img src=x onerror=alert(1)>", "<img src=x onerror=alert(2)>.yaml")
    benign = written("-img src=x onerror=alert(9)-9", "-img src=x onerror=alert(2)-.yaml")
    assert census(hostile) == census(benign)
    assert "&lt;img src=x onerror=alert(2)&gt;.yaml" in hostile


# R-02


@cache
def outline(text: str) -> tuple[list[list[int]], Counter[str]]:
    """The rows and columns of each table, and how often each element of Markdown is there."""
    written = markdown(overview_body(filled(text)))
    tables = [[len(row) for row in table] for table in markdown_tables(written)]
    return tables, Counter(token.type for token in inert_markdown(written))


@pytest.mark.parametrize("text", [*MARKUP, *HOSTILE])
def test_R_02_markdown_keeps_its_rows_columns_and_headings(text: str) -> None:
    assert outline(text) == outline(NEUTRAL)


def test_R_02_a_title_cannot_forge_a_row_that_approves() -> None:
    forged = "x |\n| R-99 Forged | CEO | low | low | low | accept |\n\n## Approved\n\n- @team [x](javascript:alert(1))"
    written = markdown(overview_body(filled(forged)))
    assert not re.search(r"(?m)^\| R-99|^## Approved|^- @team", written)
    assert all(len(row) == len(table[0]) for table in markdown_tables(written) for row in table)


# R-03

COUNTED = """(text) => {
  const read = text ? new DOMParser().parseFromString(text, "text/html") : document, counts = {};
  for (const one of read.querySelectorAll("*")) counts[one.tagName] = (counts[one.tagName] ?? 0) + 1;
  return counts;
}"""


@pytest.mark.xdist_group("browser")
def test_R_03_a_browser_reads_the_page_as_it_was_written_also_a_second_time(browser: Any, tmp_path: Path) -> None:
    tab, complaints, results = browser.new_page(), [], []
    tab.on("console", lambda message: complaints.append(message.text))
    tab.on("dialog", lambda dialog: (complaints.append(dialog.message), dialog.dismiss()))
    tab.on("request", lambda request: complaints.extend([request.url] if not request.url.startswith("file:") else []))
    for number, text in enumerate((NEUTRAL, *MARKUP)):
        file = tmp_path / f"{number}.html"
        file.write_text(harmless(text), encoding="utf-8")
        tab.goto(file.as_uri())
        results.append((tab.evaluate(COUNTED), tab.evaluate(COUNTED, tab.content())))
    tab.close()
    assert complaints == []
    assert [result for result in results if result != results[0]] == []
    assert results[0][0] == results[0][1]


# R-04


def test_R_04_drawings_beside_the_artefacts_are_not_taken_in(copied: Path, run: Callable[..., Any]) -> None:
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>drawn-marker</script></svg>'
    for folder in ("policies", "evidence", "."):
        (copied / folder).mkdir(exist_ok=True)
        for name in ("logo.svg", "logo.svg.yaml", "chart.svg.yml"):
            (copied / folder / name).write_text(drawing, encoding="utf-8")
    for name in ("html", "md", "json"):
        outcome = run("report", "--format", name, "--out", "-", *DAY, cwd=copied)
        assert outcome.code == 0
        assert "<script>drawn-marker" not in outcome.stdout


@EVERY_MARKUP
def test_R_04_the_charts_hold_shapes_and_words_only(text: str) -> None:
    drawings = html.document_fromstring(harmless(text)).xpath("//svg")
    assert len(drawings) > 70
    assert {one.tag for drawing in drawings for one in drawing.iter()} == {
        "svg",
        "title",
        "desc",
        "text",
        "rect",
        "path",
    }
    values = [str(value) for drawing in drawings for one in drawing.iter() for value in one.attrib.values()]
    assert [value for value in values if re.search(r"url\(|:|<", value)] == []


# R-12


def test_R_12_nothing_of_the_machine_is_in_any_format(copied: Path, run: Callable[..., Any]) -> None:
    secrets = {
        "USER": "user-of-this-machine",
        "LOGNAME": "user-of-this-machine",
        "HOME": "/home/user-of-this-machine",
        "HOSTNAME": "host-of-this-machine",
        "AWS_SECRET_ACCESS_KEY": "secret-of-this-machine",
        "GITHUB_TOKEN": "token-of-this-machine",
    }
    shutil.copytree(copied, base := copied.with_name("base"))
    (copied / "policies" / "broken.yaml").write_text("kind: [\n", encoding="utf-8")
    (copied / "policies" / "link.yaml").symlink_to(base / "aimsctl.yaml")
    (copied / "policies" / "locked.yaml").mkdir()
    for policy in ((), ("--policy-from", str(base)), ("--policy-from", "../base")):
        outcome = run("report", "--format", "html,md,json", *policy, *DAY, cwd=copied, env=secrets)
        assert (outcome.code, outcome.stderr) == (0, "")
        for file in copied.glob("readiness-report.*"):
            written = file.read_text(encoding="utf-8")
            assert re.findall(r"\S*-of-this-machine", written) == []
            for private in (str(copied.parent), str(ROOT), sys.prefix, platform.node() or "no name"):
                assert private not in written, (file.name, policy, private)


# T-07


@pytest.mark.parametrize("name", ["answer.html.j2", "page.txt", "page.svg.j2", "page.htm.jinja", "page", "report.css"])
def test_T_07_what_a_template_is_called_turns_no_escaping_off(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"report/report.html.j2": f"{{% include '{name}' %}}", f"report/{name}": "{{ report.organisation }}"}
    if name == "report.css":
        given = {"report/report.html.j2": "{{ report.organisation }}", "report/report.css": ""}
    given.setdefault("report/report.css", "")
    monkeypatch.setattr(report_page, "template_text", lambda wanted: given.get(wanted, ""))
    assert page(filled("<b>'\""), clean) == "&lt;b&gt;&#39;&#34;"


# T-08


def expressions(text: str) -> Iterator[str]:
    yield from re.findall(r"\{\{.*?\}\}|\{%.*?%\}", text, re.DOTALL)


def outside(text: str) -> str:
    """The template without the inside of its expressions."""
    return re.sub(r"\{\{.*?\}\}", "VALUE", re.sub(r"\{%.*?%\}|\{#.*?#\}", "", text, flags=re.DOTALL), flags=re.DOTALL)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_T_08_the_templates_hold_no_way_around_escaping(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for one in expressions(text):
        assert not re.search(r"\|\s*(safe|xmlattr|tojson|urlize|forceescape)\b|autoescape|Markup|__html__", one), one
    for tag in re.findall(r"<[a-zA-Z][^<>]*>", outside(text)):
        bare = re.sub(r'="[^"]*"', "", tag)
        assert "VALUE" not in bare, tag
        assert "=" not in bare, tag
        for link in re.findall(r'\b(?:href|src|action|formaction|data|style|on\w+)="([^"]*)"', tag):
            assert link.startswith("#") or link == "data:,", tag


@pytest.mark.parametrize("name", ["report.css", "report.js"])
def test_T_08_style_and_script_are_written_without_any_value(name: str) -> None:
    text = (ROOT / "templates" / "report" / name).read_text(encoding="utf-8")
    assert list(expressions(text)) == []
    assert "</" not in text
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|url\(|@import", text
    )


@EVERY_MARKUP
def test_T_08_values_stand_in_no_style_and_no_script(text: str) -> None:
    def inside(written: str) -> list[str]:
        return re.findall(r"<(?:script|style)>(.*?)</(?:script|style)>", written, re.DOTALL)

    assert inside(harmless(text)) == inside(harmless(NEUTRAL))
