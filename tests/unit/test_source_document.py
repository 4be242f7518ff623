"""Where values stand: spans for people, pointers for programs."""

from __future__ import annotations

import pytest

from aimsctl.diagnostics import Span
from aimsctl.source.document import json_pointer
from aimsctl.source.yaml import Pointer, read

TEXT = """\
# a comment first
kind: risk
title: 'Two words'
emoji: \U0001f600 x
defaults: &d {owner: ROLE-A, due: 2026-01-01}
items:
  - id: R-1
    text: |
      two
      lines

  - <<: *d
    note: plain text
      over two lines
    again: *d
empty:
"""
DOCUMENT = read("policies/a.yaml", TEXT.encode())


def place(pointer: Pointer, *, key: bool = False) -> str:
    span = DOCUMENT.span(pointer, key=key)
    return f"{span.line}:{span.column}-{span.end_line}:{span.end_column} {span.pointer}"


@pytest.mark.parametrize(
    ("pointer", "value", "key"),
    [
        ((), "2:1-16:7 ", "2:1-2:5 "),
        (("title",), "3:8-3:19 /title", "3:1-3:6 /title"),
        (("emoji",), "4:8-4:11 /emoji", "4:1-4:6 /emoji"),
        (("defaults",), "5:14-5:46 /defaults", "5:1-5:9 /defaults"),
        (("defaults", "due"), "5:35-5:45 /defaults/due", "5:30-5:33 /defaults/due"),
        (("items",), "7:3-15:14 /items", "6:1-6:6 /items"),
        (("items", 0), "7:5-10:12 /items/0", "7:5-7:7 /items/0"),
        (("items", 0, "text"), "8:11-10:12 /items/0/text", "8:5-8:9 /items/0/text"),
        (("items", 1, "note"), "13:11-14:21 /items/1/note", "13:5-13:9 /items/1/note"),
        (("empty",), "16:7-16:7 /empty", "16:1-16:6 /empty"),
    ],
)
def test_a_value_and_its_key_stand_where_they_are_written(pointer: Pointer, value: str, key: str) -> None:
    assert (place(pointer), place(pointer, key=True)) == (value, key)


def test_what_comes_from_an_alias_stands_where_it_is_used() -> None:
    assert place(("items", 1, "again", "owner")) == "15:12-15:14 /items/1/again/owner"
    assert place(("items", 1, "again", "owner"), key=True) == "15:5-15:10 /items/1/again/owner"


def test_what_comes_from_a_merge_key_stands_there() -> None:
    assert place(("items", 1, "owner")) == "12:9-12:11 /items/1/owner"
    assert place(("items", 1, "owner"), key=True) == "12:5-12:7 /items/1/owner"


@pytest.mark.parametrize(
    ("absent", "nearest"),
    [
        (("nothing",), ()),
        (("title", "deeper"), ("title",)),
        (("items", 7), ("items",)),
        (("items", -1), ("items",)),
        (("items", "0"), ("items",)),
        (("items", 0, "owner", "name"), ("items", 0)),
        (("items", 1, "again", "missing"), ("items", 1, "again")),
    ],
)
def test_what_is_absent_stands_where_the_nearest_value_does(absent: Pointer, nearest: Pointer) -> None:
    for key in (False, True):
        assert place(absent, key=key) == place(nearest, key=key)


def test_plain_means_written_without_quotes() -> None:
    assert [
        DOCUMENT.plain(pointer) for pointer in (("kind",), ("title",), ("items", 0, "text"), ("items",), ("no",))
    ] == [
        True,
        False,
        False,
        False,
        False,
    ]


def test_lines_are_those_of_an_editor() -> None:
    document = read("a.yaml", b"a: 1\r\nb: 2\rc: 3\n")
    assert [document.line(number) for number in range(6)] == ["", "a: 1", "b: 2", "c: 3", "", ""]


def test_an_unreadable_file_stands_as_a_whole() -> None:
    document = read("policies/b.yaml", b"a: [")
    assert document.span(("a",)) == document.span() == Span("policies/b.yaml")
    assert document.plain(("a",)) is False


def test_columns_count_characters_after_a_byte_order_mark() -> None:
    span = read("a.yaml", "\ufeffå: ø\n".encode()).span(("å",))
    assert (span.line, span.column, span.end_column) == (1, 4, 5)


def test_a_key_in_another_unicode_form_is_found_in_the_composed_one() -> None:
    document = read("a.yaml", "e\u0301: 1\n".encode())
    assert document.data == {"é": 1}
    assert document.span(("é",)).column == 5


def test_a_pointer_is_written_as_rfc_6901_says() -> None:
    assert json_pointer(()) == ""
    assert json_pointer(("a/b", 0, "c~d", "")) == "/a~1b/0/c~0d/"
