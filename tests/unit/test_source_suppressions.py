"""Comments that set findings aside: what they cover, and what makes them incomplete."""

from __future__ import annotations

import re

import pytest

from aimsctl.source.yaml import Document, read

FORM = "# aimsctl: ignore[AIM203] until 2026-12-31: the board knows"


def of(text: str) -> Document:
    return read("policies/a.yaml", text.encode())


def covered(text: str) -> list[tuple[int, int]]:
    document = of(text)
    assert document.problems == ()
    return [(one.target_line, one.last_line) for one in document.suppressions]


def test_it_says_what_why_and_until_when() -> None:
    (one,) = of("a: 1  # aimsctl: ignore[AIM203, ORG-001] until 2026-12-31: because: it is so\n").suppressions
    assert (one.codes, one.until, one.reason) == (("AIM203", "ORG-001"), "2026-12-31", "because: it is so")
    assert (one.span.line, one.span.column) == (1, 7)
    assert one.covers("AIM203", 1)
    assert one.covers("ORG-001", 1)
    assert not one.covers("AIM203", 2)
    assert not one.covers("AIM204", 1)


def test_behind_a_value_it_covers_that_line() -> None:
    assert covered(f"a: 1\nb: 2 {FORM}\nc: 3\n") == [(2, 2)]
    assert covered(f"a: {FORM}\n  b: 2\n") == [(1, 1)]


def test_above_a_field_it_covers_the_field_and_what_is_below() -> None:
    assert covered(f"{FORM}\na: 1\nb: 2\n") == [(2, 2)]
    assert covered(f"a: 1\n{FORM}\n\n# another comment\nb:\n  c: 2\n  d:\n    - 3\n\ne: 4\n") == [(5, 8)]
    assert covered(f"a:\n  {FORM}\n  b: 1\n  c: 2\n") == [(3, 3)]
    assert covered(f"a: 1\n{FORM}\nb: |\n  two\n  lines\n\nc: 1\n") == [(3, 5)]


def test_above_a_list_item_it_covers_the_item() -> None:
    assert covered(f"a:\n  {FORM}\n  - b: 1\n    c: 2\n  - d: 3\n") == [(3, 4)]


def test_at_the_end_it_covers_nothing_that_is_there() -> None:
    ((first, last),) = covered(f"a: 1\n{FORM}\n")
    assert first == last > 2


def test_text_that_looks_like_one_is_text() -> None:
    assert covered(f"a: '{FORM}'\nb: |\n  {FORM}\nc: x#aimsctl\n") == []


def test_other_comments_are_none_of_ours() -> None:
    assert covered("a: 1 # see aimsctl: the tool\n# yamllint disable\n") == []


@pytest.mark.parametrize(
    ("comment", "says"),
    [
        ("ignore[AIM203]: why not", "until when"),
        ("ignore[AIM203] until 2026-12-31", "no reason"),
        ("ignore[AIM203] until 2026-12-31:", "no reason"),
        ("ignore[AIM203] until 2026-02-30: why not", "not a date"),
        ("ignore[AIM203] until Christmas: why not", "not a date"),
        ("ignore[] until 2026-12-31: why not", "not the code"),
        ("ignore[*] until 2026-12-31: why not", "not the code"),
        ("ignore[AIM2] until 2026-12-31: why not", "not the code"),
        ("ignore[aim203] until 2026-12-31: why not", "not the code"),
        ("ignore[AIM001] until 2026-12-31: why not", "AIM001 cannot be set aside"),
        ("ignore until 2026-12-31: why not", "not understood"),
        ("disable[AIM203] until 2026-12-31: why not", "not understood"),
        ("ignore AIM203", "not understood"),
        ("", "not understood"),
    ],
)
def test_an_incomplete_one_sets_nothing_aside(comment: str, says: str) -> None:
    document = of(f"a: 1 # aimsctl: {comment}\n")
    (problem,) = document.problems
    assert (problem.code, problem.span.line, problem.span.column) == ("AIM040", 1, 6)
    assert re.search(says, problem.message)
    assert "# aimsctl: ignore[AIM203] until 2026-12-31: the reason" in problem.hint
    assert document.suppressions == ()
    assert document.data == {"a": 1}
