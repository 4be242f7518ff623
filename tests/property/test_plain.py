"""A file that is read without YAML means what YAML says, or it is not read that way."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aimsctl.source.plain import top
from aimsctl.source.yaml import read

FILES = sorted((Path(__file__).resolve().parents[2] / "policies" / "controls").glob("*.yaml"))
TEXTS = [path.read_text(encoding="utf-8") for path in FILES]
LINES = st.sampled_from(
    r"""
kind: control / id: CTL-01 / id: 'CTL-01' / id: "CTL-01" / id : CTL-01 / id: CTL-01 # x / id: true / id: 1 / id: !x y
id: &a CTL-01 / id: *a / <<: {id: CTL-02} / ? id / : CTL-03 / title: "a / b" / title: 'a / it's' / title: "a\"
fulfils: [A.6.2.6, A.6.2.8] / fulfils: [A.6.2.6, / A.6.2.8] / fulfils: [a, null] / fulfils: / - A.1 /   - A.1
how: >- / how: | /   text 'with /   id: CTL-09 /   "x: [ / # it's / --- / ... / %YAML 1.2 / note: a: b / x: } / key: -
- [ / ] / a: /   b: {c: d} /   e: { / } / text: plain /   and more / x: ~ / 	tab: x
""".replace(" / ", "\n").split("\n")
)


def held_to_yaml(text: str) -> bool:
    """Whether the file was read without YAML and YAML takes it too."""
    found, content = top(text.encode()), text.encode()
    data = read("policies/a.yaml", content).data
    if found is None or data is None:
        return False
    assert set(found) == set(data)
    for name, value in found.items():
        if value is not None:
            assert data[name] == (list(value) if isinstance(value, tuple) else value), name
    return True


@given(st.lists(LINES, max_size=8))
@example(['title: "a', "id: CTL-01", 'b"'])
@example(["fulfils: [A.1,", "id: CTL-01", "]"])
@example(['title: "a\\"', "id: CTL-01", 'b"'])
@example(["how: |", "  it's", "id: CTL-01"])
def test_lines_of_all_kinds(lines: list[str]) -> None:
    held_to_yaml("\n".join(lines) + "\n")


@given(st.sampled_from(TEXTS), st.lists(st.tuples(st.integers(0, 40), LINES), min_size=1, max_size=3))
def test_lines_put_into_a_control(text: str, more: list[tuple[int, str]]) -> None:
    lines = text.split("\n")
    for at, line in more:
        lines.insert(min(at, len(lines)), line)
    held_to_yaml("\n".join(lines))


@given(st.sampled_from(TEXTS), st.integers(0, 3000), st.text(max_size=3))
def test_characters_put_into_a_control(text: str, at: int, more: str) -> None:
    held_to_yaml(text[:at] + more + text[at:])


@pytest.mark.parametrize("text", TEXTS, ids=[path.name for path in FILES])
def test_the_controls_of_the_worked_example(text: str) -> None:
    held_to_yaml(text)


def test_most_of_them_are_plain() -> None:
    assert sum(map(held_to_yaml, TEXTS)) > len(TEXTS) / 2


@pytest.mark.parametrize("content", [b"\xff", b"id: a\r\n", b"\xef\xbb\xbfid: a", "id: a\u2028b".encode(), b"id: a\0"])
def test_what_is_no_plain_text(content: bytes) -> None:
    assert top(content) is None
