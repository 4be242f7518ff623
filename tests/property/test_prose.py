"""Markdown of artefacts, rewritten in our own form: the same words, whatever the text."""

from __future__ import annotations

import re
from collections.abc import Iterable

from hypothesis import given, settings
from hypothesis import strategies as st

from aimsctl.documents.escaping import code, escape
from aimsctl.documents.prose import block_markdown, inline_markdown
from aimsctl.documents.reading import read
from aimsctl.documents.tree import Block, inlines_of, plain

TEXTS = st.text(st.sampled_from("*_`[]()<>!|\\&#;~$@ \n\t0aé.\x1f-+:=1\u200b\ufffd\U0001f7e9"), max_size=16)
LISTED = re.compile(r"\d+\.|[,\u2022]")  # what stands for lists and cells on one line


def words(blocks: Iterable[Block]) -> str:
    """All text of the blocks without white space."""
    return "".join("".join(plain(one) for block in blocks for one in inlines_of(block)).split())


@settings(max_examples=3000)
@given(TEXTS)
def test_on_one_line_no_word_is_lost_and_none_is_added(text: str) -> None:
    line = inline_markdown(text)
    assert "\n" not in line
    assert LISTED.sub("", words(read(line, trusted=True))) == LISTED.sub("", words(read(text)))


@settings(max_examples=3000)
@given(TEXTS)
def test_as_blocks_no_word_is_lost_and_none_is_added(text: str) -> None:
    assert words(read(block_markdown(text, 2), trusted=True)) == words(read(text))


@settings(max_examples=3000)
@given(TEXTS, TEXTS)
def test_plain_text_is_read_back_word_for_word_in_a_cell(one: str, other: str) -> None:
    for form in (escape, code):
        (table,) = read(f"| a | b |\n|---|---|\n| {form(one)} | {form(other)} |\n", trusted=True)
        cells = [plain(inlines) for inlines in inlines_of(table)][2:]
        shown = ["".join(text.replace("\x1f", " ").split()) for text in (one, other)]
        assert ["".join(text.split()) for text in cells] == shown
