"""The readiness report as a document: its policy, its outline and its tables, read without a browser."""

from __future__ import annotations

import base64
import hashlib
import itertools
import re
import subprocess
import sys
from collections import Counter

import pytest
from lxml import html

from tests.conftest import ROOT

STATES = ("documented", "implemented", "operating")


@pytest.fixture(scope="module")
def text() -> str:
    command = [sys.executable, "-P", "-m", "aimsctl", "report", "--as-of", "2026-11-01", "--out", "-"]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def page(text: str) -> html.HtmlElement:
    return html.document_fromstring(text)


def digests(text: str, name: str) -> set[str]:
    """The digests of all inline elements of that name, of the bytes between their tags."""
    found = re.findall(rf"<{name}\b[^>]*>(.*?)</{name}>", text, re.DOTALL)
    assert found
    return {f"'sha256-{base64.b64encode(hashlib.sha256(one.encode()).digest()).decode()}'" for one in found}


def test_the_policy_allows_exactly_the_pages_own_style_and_script(text: str, page: html.HtmlElement) -> None:
    (policy,) = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    directives = {name: set(values) for name, *values in (one.split() for one in policy.split("; "))}
    assert directives == {
        "default-src": {"'none'"},
        "script-src": digests(text, "script"),
        "style-src": digests(text, "style"),
        "img-src": {"data:"},
        "base-uri": {"'none'"},
        "form-action": {"'none'"},
    }
    assert len(page.xpath("//script")) == len(page.xpath("//style")) == 1
    assert page.xpath("//*[@style] | //@*[starts-with(name(), 'on')] | //script[@src]") == []


def test_the_policy_stands_before_everything_it_governs(page: html.HtmlElement) -> None:
    names = [(one.tag, one.get("http-equiv")) for one in page.find("head")]
    assert names[:2] == [("meta", None), ("meta", "Content-Security-Policy")]  # the encoding, then the policy


def test_headings_go_down_one_step_at_a_time(page: html.HtmlElement) -> None:
    levels = [int(one.tag[1]) for one in page.xpath("//h1 | //h2 | //h3 | //h4 | //h5 | //h6")]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert [pair for pair in itertools.pairwise(levels) if pair[1] - pair[0] > 1] == []


def test_each_landmark_and_section_has_a_name(page: html.HtmlElement) -> None:
    assert [len(page.xpath(f"//body/{tag}")) for tag in ("header", "footer")] == [1, 1]
    assert len(page.xpath("//main")) == len(page.xpath("//nav[@aria-label]")) == 1
    ids = set(page.xpath("//@id"))
    for section in page.xpath("//section | //article"):
        assert section.get("aria-label") or section.get("aria-labelledby") in ids
    assert page.get("lang") == "en"


def test_ids_are_unique_and_links_lead_to_them(page: html.HtmlElement) -> None:
    ids = Counter(page.xpath("//@id"))
    assert [name for name, count in ids.items() if count > 1] == []
    assert {link.removeprefix("#") for link in page.xpath("//a/@href")} <= set(ids)
    named = {name for value in page.xpath("//@aria-labelledby") for name in value.split()}
    assert named <= set(ids)


def test_each_table_says_what_it_shows_and_each_head_what_it_heads(page: html.HtmlElement) -> None:
    tables = page.xpath("//table")
    assert len(tables) >= 6
    for table in tables:
        assert table.xpath("normalize-space(caption)")
        assert table.xpath(".//th[not(@scope)]") == []
        width = sum(int(cell.get("colspan", 1)) for cell in table.xpath("thead/tr/*"))
        for row in table.xpath("tbody/tr"):
            assert sum(int(cell.get("colspan", 1)) for cell in row) == width
        assert table.xpath("ancestor::div[@role='region' and @tabindex='0' and @aria-label]")


def test_each_chart_is_told_in_words(page: html.HtmlElement) -> None:
    charts = page.xpath("//figure[@class='chart']")
    assert len(charts) == 6
    for chart in charts:
        (drawing,) = chart.xpath("svg[@role='img']")
        title, description = (page.get_element_by_id(name) for name in drawing.get("aria-labelledby").split())
        assert title.text
        numbers = [int(one) for one in re.findall(r"\b(\d+) (?!days)[a-z]", description.text)]
        assert numbers
        assert {int(one) for one in drawing.xpath("text[contains(@class, 'number')]/text()")} <= set(numbers)


def test_the_grid_shows_each_of_the_70_requirements_once(page: html.HtmlElement) -> None:
    tiles = page.xpath("//li[contains(@class, 'tile')]/a/@href")
    rows = page.xpath("//section[@id='all']//tr/@id")
    assert len(tiles) == len(set(tiles)) == 70
    assert [link.removeprefix("#") for link in tiles] == rows


def test_it_opens_with_the_answer_and_says_what_it_is_not(page: html.HtmlElement) -> None:
    sections = page.xpath("//main/section/@id")
    assert sections[0] == "answer"
    assert [link.removeprefix("#") for link in page.xpath("//nav//a/@href")] == sections
    verdicts = page.xpath("//section[@id='answer']//p[@class='verdict']/text()")
    assert verdicts == ["Not ready", "Not ready"]
    assert "not a certificate" in page.xpath("string(/html/body/header)")
    assert "no certificate" in page.xpath("string(//section[@id='method'])")


def test_each_gap_names_owner_place_and_next_action(page: html.HtmlElement) -> None:
    gaps = page.xpath("//article[contains(@class, 'gap ')]")
    assert len(gaps) == 16
    for gap in gaps:
        assert gap.xpath("string(.//dt[.='Owner']/following-sibling::dd)")
        assert len(gap.xpath(".//span[contains(@class, 'state')]")) == len(STATES)
        reasons = gap.xpath(".//ul[@class='reasons']/li")
        for reason in reasons:
            assert re.fullmatch(r"[\w./-]+\.yaml:\d+", reason.xpath("string(.//code)")), reason.text_content()
            assert reason.xpath("string(.//p[@class='next'])").startswith("Next ")
