"""The readiness report in a real browser: on phones, desks and paper, with and without script, for everybody."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import BROWSER_REQUIRED, ROOT, unavailable

pytestmark = pytest.mark.xdist_group("browser")

AXE = ROOT / "build" / "node" / "node_modules" / "axe-core" / "axe.min.js"
PICTURES = ROOT / "build" / "pictures"
WIDTHS = (360, 768, 1440)
EVERY_WIDTH = pytest.mark.parametrize("width", WIDTHS)
EVERY_SCHEME = pytest.mark.parametrize("scheme", ["light", "dark"])
SELECTED = "select[name={}]"
# What sticks out of the window and is not inside a region that scrolls by itself. Hidden words take no room.
STICKING_OUT = """() => [...document.querySelectorAll("body *")].filter((one) => {
  const box = one.getBoundingClientRect();
  return box.right > innerWidth + 1 && box.width > 1 && !one.closest(".scroll, .unseen, .skip, [hidden]");
}).map((one) => `${one.tagName}.${one.className.baseVal ?? one.className}: ${one.textContent.slice(0, 60)}`)"""
# A word that is broken inside, told by the boxes of its letters standing in several lines.
SHORT_WORDS = ".heat th, .heat small, .badge, .level, .date"
BROKEN_WORDS = """(selector) => [...document.querySelectorAll(selector)].flatMap((one) => {
  const found = [], walk = document.createTreeWalker(one, NodeFilter.SHOW_TEXT);
  for (let text; (text = walk.nextNode()); ) {
    for (const word of text.data.matchAll(/[^\\s-]+/g)) {
      const range = document.createRange();
      range.setStart(text, word.index);
      range.setEnd(text, word.index + word[0].length);
      if (new Set([...range.getClientRects()].map((box) => Math.round(box.top))).size > 1) found.push(word[0]);
    }
  }
  return found;
})"""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("report") / "report.html"
    command = [sys.executable, "-P", "-m", "aimsctl", "report", "--as-of", "2026-11-01", "--out", str(file)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return file


Open = Callable[..., Any]


@pytest.fixture
def opened(browser: Any, report: Path) -> Iterator[Open]:
    """Opens the page in a window of its own, and fails at the end if the page complained or asked for anything."""
    contexts, complaints, requests = [], [], []

    def show(*, width: int = 1440, scheme: str = "light", script: bool = True, address: str = "") -> Any:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=script
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: requests.append(request.url))
        page.goto(report.as_uri() + address)
        return page

    yield show
    for context in contexts:
        context.close()
    assert complaints == []
    assert {url.partition("#")[0] for url in requests} <= {report.as_uri()}


def visible(page: Any) -> list[str]:
    gaps: list[str] = page.locator("article.gap:visible").evaluate_all("all => all.map((one) => one.id)")
    return gaps


@EVERY_SCHEME
@EVERY_WIDTH
def test_nothing_sticks_out_and_no_word_breaks(opened: Open, width: int, scheme: str) -> None:
    page = opened(width=width, scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.evaluate(STICKING_OUT) == []
    assert page.evaluate(BROKEN_WORDS, SHORT_WORDS) == []
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"report-{width}-{scheme}.png", full_page=True)


@EVERY_WIDTH
def test_the_map_of_risks_shows_all_its_columns_without_scrolling(opened: Open, width: int) -> None:
    region = opened(width=width).locator(".scroll:has(.heat)")
    assert region.evaluate("one => one.scrollWidth - one.clientWidth") == 0


@pytest.mark.parametrize("name", ["grade", "owner", "system"])
def test_a_filter_leaves_exactly_what_it_names(opened: Open, name: str) -> None:
    page = opened()
    everything = visible(page)
    choices = page.locator(f"{SELECTED.format(name)} option").evaluate_all("all => all.map((one) => one.value)")
    assert choices[0] == ""
    seen = set()
    for choice in choices[1:]:
        page.select_option(SELECTED.format(name), choice)
        shown = visible(page)
        seen.update(shown)
        if name == "system":
            fitting = page.locator("article.gap").filter(has=page.locator(f'[data-system="{choice}"]'))
        else:
            fitting = page.locator(f'article.gap[data-{name}="{choice}"]')
        assert shown == fitting.evaluate_all("all => all.map((one) => one.id)") != []
        assert page.locator("#filtered").text_content() in (
            f"{len(shown)} of {len(everything)} shown",
            f"All {len(everything)} shown",
        )
        assert page.locator(".graded:visible").count() == page.locator(".graded:has(.gap:visible)").count()
    if name == "grade":
        assert seen == set(everything)
    page.get_by_role("button", name="Show all").click()
    assert visible(page) == everything


def test_filters_add_up(opened: Open) -> None:
    page = opened()
    page.select_option(SELECTED.format("grade"), "minor")
    minor = visible(page)
    owner = page.locator("article.gap:visible").last.get_attribute("data-owner")
    page.select_option(SELECTED.format("owner"), owner)
    assert 0 < len(visible(page)) < len(minor)
    page.select_option(SELECTED.format("grade"), "major")
    if not visible(page):
        assert page.locator("#filtered").text_content().startswith("0 of ")


def test_a_link_to_a_hidden_gap_shows_it(opened: Open) -> None:
    page = opened()
    page.select_option(SELECTED.format("grade"), "opportunity")
    page.locator("#all a[href='#gap-A.8.4']").click()
    page.locator("#gap-A\\.8\\.4").wait_for(state="visible")


def test_the_page_is_complete_without_script(opened: Open) -> None:
    with_script, without = opened(), opened(script=False)
    assert without.locator("#filters").is_hidden()
    sections = "main > section:not(#gaps), article.gap"
    texts = [page.locator(sections).all_inner_texts() for page in (with_script, without)]
    assert texts[0] == texts[1]
    assert visible(with_script) == visible(without) != []


def test_paper_holds_everything_whatever_was_filtered(opened: Open) -> None:
    page = opened()
    everything = visible(page)
    page.select_option(SELECTED.format("grade"), "major")
    page.emulate_media(media="print")
    assert visible(page) == everything
    assert page.locator("nav, .filters, footer").locator("visible=true").count() == 0
    PICTURES.mkdir(parents=True, exist_ok=True)
    pdf = page.pdf(path=PICTURES / "report.pdf", prefer_css_page_size=True, print_background=True, tagged=True)
    assert pdf.startswith(b"%PDF-")
    assert b"/StructTreeRoot" in pdf


@EVERY_SCHEME
@pytest.mark.parametrize("width", [360, 1440])
def test_axe_finds_nothing_serious(opened: Open, width: int, scheme: str) -> None:
    if not AXE.exists():
        unavailable("axe-core is not installed below build/node", required=BROWSER_REQUIRED)
    page = opened(width=width, scheme=scheme)
    page.evaluate(AXE.read_text(encoding="utf-8"))  # the driver may run script; the page's own policy may not be eased
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    told = [
        f"{one['id']} ({one['impact']}): {one['help']}: {node['target']} {node.get('failureSummary', '')}"
        for one in found["violations"]
        if one["impact"] in ("serious", "critical", "moderate")
        for node in one["nodes"][:5]
    ]
    assert told == []


def test_the_policy_stops_what_is_not_the_pages_own(browser: Any, report: Path) -> None:
    page = browser.new_page()
    page.goto(report.as_uri())
    caught = page.evaluate(
        """async () => {
          const told = [];
          document.addEventListener("securitypolicyviolation", (event) => told.push(event.effectiveDirective));
          const add = (name, values) => document.body.append(Object.assign(document.createElement(name), values));
          add("script", {textContent: "window.entered = true"});
          add("style", {textContent: "body { display: none }"});
          document.body.setAttribute("style", "color: red");
          add("img", {src: "file:///etc/hostname"});
          add("iframe", {src: "data:text/html,x"});
          await new Promise((done) => setTimeout(done, 300));
          return {told: told.sort(), entered: window.entered ?? false, shown: getComputedStyle(document.body).display};
        }"""
    )
    assert caught["told"] == ["frame-src", "img-src", "script-src-elem", "style-src-attr", "style-src-elem"]
    assert (caught["entered"], caught["shown"]) == (False, "block")
    page.close()


def focused(page: Any) -> dict[str, Any]:
    state: dict[str, Any] = page.evaluate(
        """() => {
          const one = document.activeElement, style = getComputedStyle(one), box = one.getBoundingClientRect();
          return {name: one.tagName, href: one.getAttribute("href"), outline: style.outlineStyle,
                  width: parseFloat(style.outlineWidth), left: box.left, label: one.getAttribute("aria-label")};
        }"""
    )
    return state


def test_the_keyboard_reaches_everything_and_shows_where_it_is(opened: Open) -> None:
    page = opened()
    page.keyboard.press("Tab")
    first = focused(page)
    assert (first["href"], first["left"] >= 0) == ("#answer", True)
    reached, stops = set(), page.locator("a[href], select, button, [tabindex='0']").locator("visible=true").count()
    for _ in range(stops):
        state = focused(page)
        reached.add(state["name"])
        assert state["outline"] != "none", state
        assert state["width"] >= 1, state
        page.keyboard.press("Tab")
    assert reached == {"A", "SELECT", "BUTTON", "DIV"}
    assert focused(page)["name"] in ("BODY", "A")  # past the last stop: no trap


def test_a_screen_reader_finds_its_way(opened: Open) -> None:
    page = opened()
    assert page.get_by_role("banner").count() == 1
    assert page.get_by_role("main").count() == 1
    assert page.get_by_role("contentinfo").count() == 1
    assert page.get_by_role("navigation", name="Contents").count() == 1
    assert page.get_by_role("heading", level=1).all_inner_texts() == ["Fernlough Health, Inc."]
    for link in page.get_by_role("navigation").get_by_role("link").all():
        target = link.get_attribute("href").removeprefix("#")
        assert page.locator(f"section#{target}").get_by_role("heading", level=2).count() == 1


def test_a_table_stays_a_table_when_it_is_laid_out_as_cards(opened: Open) -> None:
    told = []
    for width in (360, 1440):
        page = opened(width=width)
        table = page.get_by_role("table", name="Risks, most urgent first")
        counted = [table.get_by_role(role).count() for role in ("columnheader", "rowheader", "cell")]
        told.append(counted)
    assert told[0] == told[1]
    assert told[0][:2] == [6, 27]
