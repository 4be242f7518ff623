"""Values set in a YAML file as people wrote it: the lines that change, the comments that stay."""

from __future__ import annotations

import pytest

from aimsctl.authoring.values import Change, rewritten
from aimsctl.errors import RenderError

LIST = """\
# the file
users:   # who
- nurses # asked in May
# the next one is new
- 'doctors, all'   # asked in June
- porters
last: 1
"""
PARAGRAPH = """\
how: >-  # agreed with the clinic
  One two three four five six seven eight nine ten
  eleven twelve thirteen fourteen fifteen sixteen
  seventeen eighteen nineteen twenty.
last: 1
"""


def edited(text: str, *changes: Change) -> str:
    return rewritten(text.encode(), "a.yaml", changes).decode()


@pytest.mark.parametrize(
    ("new", "old_lines", "new_lines"),
    [
        (
            ["nurses", "physicians", "porters"],
            ["- 'doctors, all'   # asked in June"],
            ["- physicians   # asked in June"],
        ),
        (["nurses", "doctors, all", "porters", "clerks"], [], ["- clerks"]),
        (["clerks", "nurses", "doctors, all", "porters"], [], ["- clerks"]),
        (["nurses", "porters"], ["- 'doctors, all'   # asked in June"], []),
        (
            ["aides", "doctors, all", "clerks"],
            ["- nurses # asked in May", "- porters"],
            ["- aides # asked in May", "- clerks"],
        ),
        (
            ["nurses", "x" * 130, "porters"],
            ["- 'doctors, all'   # asked in June"],
            [f"- {'x' * 130}   # asked in June"],
        ),
        (["nurses", "a b: c", "porters"], ["- 'doctors, all'   # asked in June"], ["- 'a b: c'   # asked in June"]),
    ],
)
def test_an_entry_of_a_list_changes_where_it_stands(new: list[str], old_lines: list[str], new_lines: list[str]) -> None:
    text = edited(LIST, Change(("users",), new))
    gone = [line for line in LIST.splitlines() if line not in text.splitlines()]
    assert gone == old_lines
    assert [line for line in text.splitlines() if line not in LIST.splitlines()] == new_lines


def test_lists_with_line_ends_of_windows_and_without_a_last_one() -> None:
    text = LIST.replace("\n", "\r\n").removesuffix("last: 1\r\n").removesuffix("\r\n")
    found = edited(text, Change(("users",), ["nurses", "doctors, all", "cooks", "clerks"]))
    assert found == text.removesuffix("porters") + "cooks\r\n- clerks"


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        ("twelve", "12", ["  eleven 12 thirteen fourteen fifteen sixteen"]),
        ("twelve ", "", ["  eleven thirteen fourteen fifteen sixteen"]),
        ("twenty.", "twenty. Then more of it.", ["  Then more of it."]),
        ("One two", "One or two", ["  One or two three four five six seven eight nine", "  ten"]),
    ],
)
def test_a_paragraph_keeps_the_lines_that_say_the_same(old: str, new: str, lines: list[str]) -> None:
    said = " ".join(line.strip() for line in PARAGRAPH.splitlines()[1:4])
    text = edited(PARAGRAPH, Change(("how",), said.replace(old, new)))
    assert [line for line in text.splitlines() if line not in PARAGRAPH.splitlines()] == lines
    assert text.startswith("how: >-  # agreed with the clinic\n")


def test_a_long_text_behind_which_a_comment_stands_stays_on_its_line() -> None:
    words = " ".join(["word"] * 40)
    assert edited("how: short # why\nlast: 1\n", Change(("how",), words)) == f"how: {words} # why\nlast: 1\n"
    assert edited("how: short\nlast: 1\n", Change(("how",), words)).startswith("how: >-\n  word word")


def test_a_short_text_instead_of_a_paragraph_and_back() -> None:
    assert edited(PARAGRAPH, Change(("how",), "Once")) == "how: >-  # agreed with the clinic\n  Once\nlast: 1\n"


def test_a_list_of_groups_changes_entry_by_entry() -> None:
    text = "rows:\n- {a: 1}  # first\n- a: 2  # second\n  b: 3\nlast: 1\n"
    assert edited(text, Change(("rows", 1, "b"), 4)) == text.replace("b: 3", "b: 4")
    assert edited(text, Change(("rows",), [{"a": 1}, {"a": 5}])) == "rows:\n- {a: 1}  # first\n- a: 5\nlast: 1\n"


def test_what_cannot_be_edited_safely_is_left_alone() -> None:
    with pytest.raises(RenderError, match="cannot be emptied"):
        edited(LIST, Change(("users",), []))
