"""A document on a terminal of any width, and as Markdown."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aimsctl.output.gfm import code, inline, markdown
from aimsctl.output.terminal import terminal
from aimsctl.output.tree import Block, Bullets, Cell, Column, Facts, Heading, Item, Note, Paragraph, Table
from aimsctl.output.width import longest_word, width, wrap
from tests.unit.output_reports import HOSTILE, inert_markdown, markdown_tables

TABLE = Table(
    (Column("Requirement"), Column("Gaps", "right"), Column("Grade", "centre")),
    (
        (Cell("6.1.3 AI risk treatment"), Cell("12"), Cell("major", "bad")),
        (Cell("9.2 Internal audit"), Cell("0"), Cell("conforms", "good")),
    ),
    "Planning",
)
DOCUMENT: tuple[Block, ...] = (
    Heading(1, "Gap analysis"),
    Paragraph("Against the standard."),
    Note("Nothing was verified."),
    Heading(2, "Gaps"),
    TABLE,
    Bullets((Item("No owner.", "bad", "policies/a b.yaml:3", ("Next: name one.",)), Item("No review."))),
    Facts((("as of", Cell("2026-11-01")), ("trust", Cell("self-asserted", "warn")))),
)


def test_a_document_on_a_terminal() -> None:
    assert (
        terminal(DOCUMENT)
        == """\
Gap analysis
============

Against the standard.

Note: Nothing was verified.

Gaps
----

Planning
Requirement              Gaps   Grade
-----------------------  ----  --------
6.1.3 AI risk treatment    12   major
9.2 Internal audit          0  conforms

- No owner.
  policies/a b.yaml:3
  Next: name one.
- No review.

as of: 2026-11-01
trust: self-asserted
"""
    )


def test_a_document_as_markdown() -> None:
    assert (
        markdown(DOCUMENT, under=1)
        == """\
## Gap analysis

Against the standard.

> **Note:** Nothing was verified.

### Gaps

**Planning**

| Requirement | Gaps | Grade |
| --- | ---: | :---: |
| 6.1.3 AI risk treatment | 12 | major |
| 9.2 Internal audit | 0 | conforms |

- No owner. `policies/a b.yaml:3`
  - Next: name one.
- No review.

- **as of**: 2026-11-01
- **trust**: self-asserted
"""
    )


def test_cells_wrap_at_words() -> None:
    columns = (Column("Requirement"), Column("Says"))
    table = Table(columns, ((Cell("6.1.3"), Cell("a policy that " * 4 + "ends", "bad")),))
    assert (
        terminal([table], 40)
        == """\
Requirement  Says
-----------  ---------------------------
6.1.3        a policy that a policy that
             a policy that a policy that
             ends
"""
    )


def test_columns_that_do_not_fit_side_by_side_stand_below_each_other() -> None:
    assert (
        terminal([TABLE], 20)
        == """\
Planning
Requirement: 6.1.3
  AI risk treatment
  Gaps: 12
  Grade: major

Requirement: 9.2
  Internal audit
  Gaps: 0
  Grade: conforms
"""
    )


def test_wide_characters_keep_columns_straight() -> None:
    rows = tuple((Cell(text), Cell("|")) for text in ("漢字", "e\u0301", "plain", "🙂"))
    lines = terminal([Table((Column("Name"), Column("x")), rows)]).splitlines()
    assert {width(line[: line.index("|")]) for line in lines[2:]} == {7}


def test_an_empty_table_says_so() -> None:
    empty = Table((Column("A"),), (), "Waivers")
    assert terminal([empty]) == "Waivers\nnone\n"
    assert markdown([empty]) == "**Waivers**\n\nnone\n"


def test_no_blocks_are_no_text() -> None:
    assert terminal([]) == markdown([]) == ""


def test_long_names_of_facts_do_not_push_the_values_away() -> None:
    assert terminal([Facts((("a" * 30, Cell("value")), ("b", Cell("w"))))], 40) == f"{'a' * 30}: value\nb: w\n"


words = st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=30)
sentences = st.lists(words, max_size=8).map(" ".join)
tables = st.lists(st.tuples(sentences, sentences, sentences), min_size=1, max_size=4)


@given(tables, st.integers(1, 120))
def test_nothing_is_lost_at_any_width(rows: list[tuple[str, ...]], columns: int) -> None:
    """Every character of the cells is still there, however narrow the terminal; the guard adds only a backslash."""
    table = Table((Column("A"), Column("B"), Column("C")), tuple(tuple(map(Cell, row)) for row in rows))
    written = terminal([table, *(Paragraph(cell) for row in rows for cell in row)], columns)
    left = sorted(re.sub(r"\s", "", written))
    for row in rows:
        for character in "".join(row).replace(" ", "") * 2:
            assert character in left
            left.remove(character)


@given(sentences, st.integers(1, 60))
def test_wrapping_keeps_the_words_and_the_width(text: str, columns: int) -> None:
    lines = wrap(text, columns)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(width(line) <= max(columns, longest_word(text)) for line in lines)


@pytest.mark.parametrize("colour", [False, True])
def test_tones_only_add_colour(colour: bool) -> None:  # noqa: FBT001
    written = terminal(DOCUMENT, colour=colour)
    assert re.sub("\x1b\\[[0-9;]*m", "", written) == terminal(DOCUMENT)
    assert ("\x1b[1;31mmajor\x1b[0m" in written) is colour


def document(text: str) -> tuple[Block, ...]:
    return (
        Heading(1, text),
        Paragraph(text),
        Note(text),
        Bullets((Item(text, "", text, (text,)),)),
        Facts(((text, Cell(text)),)),
        Table((Column(text), Column("B")), ((Cell(text), Cell("last")),), text),
    )


def opened(written: str) -> list[str]:
    return [token.type for token in inert_markdown(written) if token.type.endswith("_open")]


@pytest.mark.parametrize("text", HOSTILE)
def test_markdown_shows_every_text_and_does_nothing_else(text: str) -> None:
    written = markdown(document(text))
    assert opened(written) == opened(markdown(document("x")))
    ((head, row),) = markdown_tables(written)
    assert head[0] == row[0]
    assert row[1] == "last"


def test_markdown_stays_readable_where_nothing_threatens() -> None:
    plain = "AIM203: risk R-1 in_review, 97.5 % (see A.6.2.4) - 'owner'?"
    assert inline(plain) == plain
    assert inline("a_b *c* [d] <e> f|g") == r"a_b \*c\* \[d\] &lt;e&gt; f&#124;g"
    assert code("policies/a.yaml:3:1") == "`policies/a.yaml:3:1`"
