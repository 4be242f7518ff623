"""The sections of a Markdown text."""

from __future__ import annotations

import pytest

from aimsctl.assessment.headings import heading_words, sections


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("Gates", "gates"),
        ("2.1 Gates & roles", "gates roles"),
        ("Gates ##", "gates"),
        ("  `Gates`, *twice*  ", "gates twice"),
        ("human_oversight", "human_oversight"),
        ("Zusätze", "zusätze"),
    ],
)
def test_headings_are_compared_by_their_words(written: str, words: str) -> None:
    assert heading_words(written) == words


def test_a_section_holds_its_sub_sections_and_ends_at_the_next_of_its_level() -> None:
    text = "# One\na\n## Two\nb\n### Three\nc\n## Four\nd\n"
    assert sections(text) == {"one": "a\nb\nc\nd", "two": "b\nc", "three": "c", "four": "d"}


def test_what_looks_like_a_heading_in_code_is_none() -> None:
    assert list(sections("# One\n```\n# two\n```\n~~~\n# three\n~~~\n#four\n####### five\n")) == ["one"]


def test_the_first_of_two_equal_headings_counts() -> None:
    assert sections("# One\na\n# One\nb\n") == {"one": "a"}
