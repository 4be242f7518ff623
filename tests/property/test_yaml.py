"""Reading holds for whatever is read: no crash, one verdict, the data a YAML 1.2 reader gives, places that fit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, ClassVar

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from aimsctl.diagnostics import Severity
from aimsctl.source.yaml import Document, Pointer, Value, read

BROKEN = [
    b"", b"\0", b"\xff", b"\xef\xbb\xbf", b"\xef\xbb\xbfa: 1", b"a: &a [*a]", b"&a a: *a", b"? ", b"? - a", b"- ",
    b": ", b"*a : 1", b'a: "\\u0000"', b"<<: [{a: 1}, {a: 2}]", b"<<: *x", b"a: !!binary x", b"%", b"%YAML 1.2\n",
    b"---\n---\n", b"a: |", b"a: >9\n", b"a: {", b"{a", b"a: '", b"a:\n\t", b"\t", b"#", b"# aimsctl: ignore[]",
    b"a: 1 #aimsctl: ignore", b"? &a a\n: *a\n", b"a: [b: {c: [d: e]}]", b"{a:b,c:d}", b"a: x\n  y\n # z\n", b"a:#",
    b"a: \xc2\x85b", b"\xe2\x80\xa8", b"a: \xed\xa0\x80", b"a: " + b"[" * 3000, b"[" * 3000, b"? " * 3000,
    b"a:\n- " + b"- " * 3000,
]  # fmt: skip
FRAGMENTS = [
    "a", "b: ", "key: ", "- ", "? ", ": ", "\n", "\n  ", "\n    ", "  ", " ", "\t", "[", "]", "{", "}", ",", "'", '"',
    "|\n", ">-\n", "&x ", "*x", "<<: ", "!!str ", "!", "#", " # c\n", "---\n", "...\n", "%YAML 1.1\n", "é", "\u2028",
    "\u200b", "\ufeff", "\r\n", "\r", "1", "0.5", "null", "true", "2026-01-01", "\\", "\\x00", "~", "@",
    "# aimsctl: ignore[AIM203] until 2026-12-31: why\n",
]  # fmt: skip


def problems_fit(document: Document) -> None:
    """One verdict: data, or an error that says why not; every place lies in the text."""
    errors = [problem for problem in document.problems if problem.severity is Severity.ERROR]
    reading = [problem for problem in errors if problem.code != "AIM040"]
    assert (document.data is None) == bool(reading)
    for problem in document.problems:
        assert problem.message
        assert "\n" not in problem.message + problem.hint
        assert 1 <= problem.span.line <= document.text.count("\n") + document.text.count("\r") + 1
        assert problem.span.column >= 1
        assert (problem.span.line, problem.span.column) <= (problem.span.end_line, problem.span.end_column)


@pytest.mark.parametrize("content", BROKEN)
def test_what_breaks_readers_is_told_the_same_every_time(content: bytes) -> None:
    first, second = read("a.yaml", content), read("a.yaml", content)
    problems_fit(first)
    assert (first.data, first.problems) == (second.data, second.problems)


@given(st.binary(max_size=200))
def test_any_bytes_give_data_or_an_error(content: bytes) -> None:
    problems_fit(read("a.yaml", content))


@settings(max_examples=500)
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=30).map("".join))
def test_any_arrangement_of_yaml_gives_data_or_an_error(text: str) -> None:
    document, again = read("a.yaml", text.encode()), read("a.yaml", text.encode())
    problems_fit(document)
    assert (document.data, document.problems) == (again.data, again.problems)
    if document.data is not None:
        for pointer, _ in values(document.data):
            span = document.span(pointer)
            assert (span.line, span.column) <= (span.end_line, span.end_column)
            document.span(pointer, key=True)


class Core(yaml.CSafeLoader):
    """PyYAML's own loader with the scalars of YAML 1.2 as artefacts use them."""

    yaml_implicit_resolvers: ClassVar[dict[str, list[Any]]] = {}


Core.add_implicit_resolver("tag:yaml.org,2002:null", re.compile("(?:~|null|Null|NULL|)$"), ["~", "n", "N", ""])
Core.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF"))
Core.add_implicit_resolver("tag:yaml.org,2002:int", re.compile("(?:0|-?[1-9][0-9]{0,17})$"), list("-0123456789"))

keys = st.from_regex(r"[a-z_]{1,8}", fullmatch=True) | st.text("aé-. ñ12", min_size=1, max_size=8).filter(str.strip)
words = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), max_size=30)
# Texts that a reader of YAML 1.1 or 1.2 takes for something else if they are not quoted.
traps = st.sampled_from(
    [
        "NO",
        "on",
        "12:30",
        "010",
        "1.10",
        "6.10",
        "2026-03-01",
        "1_000",
        "null",
        "~",
        "true",
        "0x1f",
        ".nan",
        "#12",
        "- a",
    ]
)
scalars = st.none() | st.booleans() | st.integers(-(10**17), 10**17) | words | traps | st.just("two\nlines\n")
trees = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4), max_leaves=20
)
documents = st.dictionaries(keys, trees, min_size=1, max_size=5)
styles = st.fixed_dictionaries(
    {
        "default_flow_style": st.sampled_from([True, False, None]),
        "indent": st.integers(2, 4),
        "width": st.sampled_from([20, 80, 1000]),
        "default_style": st.sampled_from([None, None, "'", '"']),
        "explicit_start": st.booleans(),
        "line_break": st.sampled_from(["\n", "\r\n"]),
    }
)


def dumped(data: dict[str, Any], style: dict[str, Any]) -> str:
    """The data as YAML. Quoting everything would also quote numbers, so only texts are left then."""
    if style["default_style"]:
        data = {name: value for name, value in data.items() if isinstance(value, str)} or {"a": "b"}
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False, **style)


@settings(max_examples=300)
@given(documents, styles)
def test_what_pyyaml_writes_is_read_as_its_own_loader_reads_it(data: dict[str, Any], style: dict[str, Any]) -> None:
    text = dumped(data, style)
    expected = yaml.load(text, Loader=Core)  # noqa: S506 - derived from the safe loader
    document = read("a.yaml", text.encode())
    if document.data is None:  # an unquoted key that is no text, or twice the same key in another Unicode form
        assert {problem.code for problem in document.problems} <= {"AIM002", "AIM004"}
    else:
        assert document.data == expected


def values(value: Value, pointer: Pointer = ()) -> Iterator[tuple[Pointer, Value]]:
    yield pointer, value
    if isinstance(value, dict):
        for name, below in value.items():
            yield from values(below, (*pointer, name))
    elif isinstance(value, list):
        for index, below in enumerate(value):
            yield from values(below, (*pointer, index))


def written(document: Document, pointer: Pointer, *, key: bool = False) -> str:
    """The text that a span covers, taken from the source line by line as an editor would."""
    span = document.span(pointer, key=key)
    lines = document.text.replace("\r\n", "\n").split("\n")[span.line - 1 : span.end_line]
    lines[-1] = lines[-1][: span.end_column - 1]
    lines[0] = lines[0][span.column - 1 :]
    return "\n".join(lines)


@settings(max_examples=300)
@given(documents, styles)
def test_every_place_covers_the_text_of_its_value(data: dict[str, Any], style: dict[str, Any]) -> None:
    document = read("a.yaml", dumped(data, style).encode())
    if document.data is None:
        return
    for pointer, value in values(document.data):
        text = written(document, pointer)
        if isinstance(value, dict | list):
            assert not text.startswith(" ")
            continue
        again = yaml.load(text, Loader=Core)  # noqa: S506 - derived from the safe loader
        if text.startswith("|"):
            again = value if again.split() == str(value).split() else again  # its last line breaks are cut off
        assert again == value
        assert document.plain(pointer) == (text[:1] not in {"'", '"', "|", ">"})
        if pointer and isinstance(pointer[-1], str):
            assert yaml.load(written(document, pointer, key=True), Loader=Core) == pointer[-1]  # noqa: S506


@given(documents, styles, st.integers(0, 10**6), st.binary(max_size=4) | st.sampled_from(FRAGMENTS).map(str.encode))
def test_a_text_torn_anywhere_still_gives_one_verdict(
    data: dict[str, Any], style: dict[str, Any], at: int, put: bytes
) -> None:
    content = dumped(data, style).encode()
    cut = at % (len(content) + 1)
    problems_fit(read("a.yaml", content[:cut]))
    problems_fit(read("a.yaml", content[:cut] + put + content[cut:]))
    problems_fit(read("a.yaml", content[:cut] + put + content[cut + len(put) :]))
