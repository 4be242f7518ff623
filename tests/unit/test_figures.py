"""The drawing of how processes interact: complete, within its surface, inert, and told in words."""

from __future__ import annotations

import itertools
import re

import pytest
from lxml import etree

from aimsctl.documents.figures import PROCESSES, description, drawing, drawn, svg
from aimsctl.documents.interaction import WIDE, laid_out
from aimsctl.documents.tree import Figure
from aimsctl.documents.wordml import NAMESPACES

SVG = "{http://www.w3.org/2000/svg}"
LINES = ("PR-1 Steer \u2192 PR-2, PR-3, PR-4", "PR-2 Rate \u2192 PR-3", "PR-3 Build \u2192 PR-2, PR-1", "PR-4 Watch")
HOSTILE = '</title><script>x</script> "& \u2192 PR-9'


def processes(*feeds: tuple[str, str, tuple[str, ...]]) -> list[dict[str, object]]:
    return [{"id": name, "title": title, "feeds": [{"id": one} for one in fed]} for name, title, fed in feeds]


def test_lines_tell_each_process_and_whom_it_feeds() -> None:
    made = drawn(PROCESSES, processes(("PR-1", "Steer  it", ("PR-2",)), ("PR-2", "Rate", ())))
    assert made == ["PR-1 Steer it \u2192 PR-2", "PR-2 Rate"]


def test_who_feeds_all_is_a_band_and_who_feeds_it_says_so() -> None:
    boxes = {box.lines[0].partition(",")[0]: box for box in laid_out(LINES).boxes}
    assert [name for name, box in boxes.items() if box.band] == ["PR-1"]
    assert boxes["PR-3"].lines == ("PR-3, feeds PR-1 too", "Build")
    assert len(laid_out(LINES).arrows) == 2


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 24])
def test_boxes_lie_apart_and_within_the_surface(count: int) -> None:
    lines = [f"PR-{one} Process {one} \u2192 PR-{(one + 1) % count}" for one in range(count)]
    made = laid_out(lines)
    assert len(made.boxes) == count
    for box in made.boxes:
        assert box.x >= 0
        assert box.x + box.wide <= WIDE
        assert 0 <= box.y <= box.y + box.high <= made.high
    for one, other in itertools.combinations(made.boxes, 2):
        apart_x = one.x + one.wide <= other.x or other.x + other.wide <= one.x
        apart_y = one.y + one.high <= other.y or other.y + other.high <= one.y
        assert apart_x or apart_y, (one.lines, other.lines)


def test_the_drawing_says_in_words_what_it_shows() -> None:
    figure = Figure(PROCESSES, LINES)
    root = etree.fromstring(svg(figure))
    assert root.get("role") == "img"
    assert root.findtext(f"{SVG}title") == "How the processes feed each other"
    assert root.findtext(f"{SVG}desc") == description(figure) == "; ".join(LINES) + "."


@pytest.mark.parametrize("kind", [PROCESSES, "unheard-of"])
def test_text_of_others_is_text_in_a_drawing(kind: str) -> None:
    figure = Figure(kind, (f"PR-1 {HOSTILE}", "PR-2 Rate \u2192 PR-1"))
    page = etree.fromstring(svg(figure))
    assert {etree.QName(node).localname for node in page.iter()} <= {
        "svg", "title", "desc", "rect", "text", "line", "polygon",
    }  # fmt: skip
    word = etree.fromstring(f"<w:p {NAMESPACES}>{drawing(figure)}</w:p>")
    said = "".join(word.itertext()) + "".join(map(str, word.xpath("//@descr")))
    assert "<script>x</script>" in said
    numbers = re.findall(r'<wps:cNvPr id="(\d+)"', drawing(figure))
    assert len(numbers) == len(set(numbers))


def test_no_process_draws_nothing() -> None:
    assert laid_out([]).boxes == ()
