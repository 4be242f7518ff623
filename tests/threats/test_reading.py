"""Threats from the text of a file: each test carries the row of the threat table that it answers."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml as pyyaml

from aimsctl.errors import ConfigError
from aimsctl.source import yaml
from aimsctl.source.yaml import LIMITS, Document, Limits, read

MEMORY = 600_000_000
ATTACK = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, ({memory}, {memory}))
from aimsctl.source.yaml import read
document = read("a.yaml", sys.stdin.buffer.read())
print(*sorted({{problem.code for problem in document.problems}}), document.data is None)
"""


def of(text: str | bytes, limits: Limits = LIMITS) -> Document:
    return read("policies/a.yaml", text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text, limits)


def codes(text: str | bytes, limits: Limits = LIMITS) -> list[str]:
    return [problem.code for problem in of(text, limits).problems]


def refused(text: str | bytes, code: str, *words: str) -> None:
    """The text is refused, first with this code, in words that name what is wrong, and nothing of it is used."""
    document = of(text)
    assert document.data is None
    assert document.problems[0].code == code
    for word in words:
        assert word in f"{document.problems[0].message} {document.problems[0].hint}"


@contextmanager
def within(seconds: float) -> Iterator[None]:
    begin = time.perf_counter()
    yield
    assert time.perf_counter() - begin < seconds


def apart(content: str) -> tuple[int, str]:
    """Exit code and verdict of a process of its own with little memory, so that a crash or an explosion shows."""
    done = subprocess.run(
        [sys.executable, "-c", ATTACK.format(memory=MEMORY)],
        input=content.encode(),
        capture_output=True,
        timeout=20,
        check=False,
    )
    return done.returncode, done.stdout.decode().strip()


def laughs(kind: str, levels: int = 9, width: int = 9) -> str:
    """The billion laughs, as lists or as mappings."""
    lines = ["a0: &a0 [lol]" if kind == "lists" else "a0: &a0 {k: lol}"]
    for level in range(1, levels + 1):
        aliases = [f"*a{level - 1}"] * width
        body = (
            f"[{', '.join(aliases)}]"
            if kind == "lists"
            else ", ".join(f"k{at}: {one}" for at, one in enumerate(aliases))
        )
        lines.append(f"a{level}: &a{level} {body if kind == 'lists' else '{' + body + '}'}")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("kind", ["lists", "mappings"])
def test_Y_01_billion_laughs_is_refused_before_it_is_built(kind: str) -> None:
    text = laughs(kind)
    with within(1):
        refused(text, "AIM013", "aliases", "limit")
    assert apart(text) == (0, "AIM013 True")


@pytest.mark.parametrize("command", [("validate",), ("gap",)])
def test_Y_01_commands_survive_the_billion_laughs(run: Any, workspace: Any, command: tuple[str, ...]) -> None:
    built = workspace({"policies/a.yaml": f"kind: risk\n{laughs('lists')}"})
    outcome = run(*command, cwd=built.root, timeout=20)
    assert outcome.code == 1
    assert "AIM013" in outcome.stdout
    assert "Traceback" not in outcome.stderr


def test_Y_01_the_budget_is_exact() -> None:
    text = "a: &a [x]\n" + "".join(f"k{at}: *a\n" for at in range(10))
    assert codes(text, Limits(aliased_values=20)) == []
    assert codes(text, Limits(aliased_values=19)) == ["AIM013"]
    assert "19 values" in of(text, Limits(aliased_values=19)).problems[0].message


def test_Y_02_a_bomb_of_merge_keys_is_refused_before_it_is_built() -> None:
    lines = ["m0: &m0 {a0: 1, b0: 2, c0: 3}"]
    lines += [
        f"m{level}: &m{level}\n  <<: [{', '.join([f'*m{level - 1}'] * 40)}]\n  a{level}: 1" for level in range(1, 9)
    ]
    text = "\n".join(lines) + "\n"
    with within(1):
        refused(text, "AIM013", "merge keys")
    assert apart(text) == (0, "AIM013 True")


def test_Y_03_a_long_text_repeated_by_aliases_is_counted_in_characters() -> None:
    text = f"a: &a {'x' * 50_000}\nb: [{', '.join(['*a'] * 5000)}]\n"
    with within(1):
        refused(text, "AIM013", "characters")
    assert codes(f"a: &a {'x' * 50_000}\nb: [*a, *a]\n") == []


@pytest.mark.parametrize(
    "text", ["a: &a [*a]\n", "a: &a {b: *a}\n", "&r\na: *r\n", "a: &a\n  <<: *a\n", "a: &a [&b [*a, *b]]\n"]
)
def test_Y_04_a_cyclic_alias_is_refused_by_name(text: str) -> None:
    refused(text, "AIM014", "*", "&")


def nested(how: str, levels: int) -> str:
    """A document with so many levels below its root."""
    if how == "lists in brackets":
        return f"a: {'[' * levels}x{']' * levels}\n"
    if how == "mappings in braces":
        return f"a: {'{a: ' * levels}x{'}' * levels}\n"
    if how == "items":
        return f"a:\n  {'- ' * levels}x\n"
    if how == "fields":
        return "".join(f"{' ' * level}a:\n" for level in range(levels)) + f"{' ' * levels}a: x\n"
    if how == "explicit keys":
        return f"{'? ' * levels}x\n"
    return f"a: {'[{a: ' * (levels // 2)}x{'}]' * (levels // 2)}\n"


HOW = ("lists in brackets", "mappings in braces", "items", "fields", "mixed")


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("levels", [100, 200, 500, 1000])
def test_Y_05_deep_nesting_is_refused(how: str, levels: int) -> None:
    with within(1):
        refused(nested(how, levels), "AIM011")


@pytest.mark.parametrize("how", [*HOW, "explicit keys"])
@pytest.mark.parametrize("levels", [30_000, 100_000])
def test_Y_05_no_depth_crashes_the_interpreter(how: str, levels: int) -> None:
    text = nested(how, min(levels, 1000) if how == "fields" else levels)
    with within(10):
        code, verdict = apart(text)
    assert code == 0
    assert verdict.endswith(" True")


@pytest.mark.parametrize("how", HOW)
def test_Y_05_the_limit_is_exact(how: str) -> None:
    assert codes(nested(how, 62)) == []
    assert codes(nested(how, 66)) == ["AIM011"]
    assert "64" in of(nested(how, 66)).problems[0].message


def test_Y_05_aliases_do_not_lead_deeper_than_brackets() -> None:
    text = "a0: &a0 [x]\n" + "".join(f"a{at}: &a{at} [*a{at - 1}]\n" for at in range(1, 100))
    refused(text, "AIM011", "64")


def test_Y_06_a_file_over_the_limit_is_refused_and_one_at_it_is_read() -> None:
    start = "a: "
    assert codes(start + "x" * (LIMITS.size - len(start))) == []
    refused(start + "x" * (LIMITS.size - len(start) + 1), "AIM012", str(LIMITS.size))
    refused(f"a: {'x' * 2_000_000}\n", "AIM012", str(LIMITS.size))


def test_Y_06_a_long_key_is_refused_by_its_limit() -> None:
    refused(f"? {'k' * 70_000}\n: 1\n", "AIM012", "1024")
    assert len(of(f"? {'k' * 70_000}\n: 1\n").problems[0].message) < 200


NOTE = "# aimsctl: ignore[AIM203] until 2026-12-31: why"
LARGE = {
    "keys": "".join(f"k{at}: 1\n" for at in range(80_000)),
    "anchors": "".join(f"k{at}: &a{at} 1\n" for at in range(50_000)),
    "duplicates": "a: 1\n" * 190_000,
    "unknown aliases": f"a: [{'*x, ' * 240_000}]\n",
    "tags": f"a: [{'!x y, ' * 150_000}]\n",
    "values": f"a: [{'b,' * 490_000}]\n",
    "comments": "a: 1\n" + "#\n" * 490_000,
    "lost texts": "".join(f"k{at}: x #y\n" for at in range(70_000)),
    "suppressions": "".join(f"{NOTE}\n" for at in range(20_000)) + "a: 1\n",
    "suppressions of fields": "".join(f"{NOTE}\nk{at}: 1\n" for at in range(16_000)),
    "tabs": "a: [" + "1,\t" * 300_000 + "]\n",
    "lines of one text": "a: b\n" + "  c\n" * 240_000,
    "an open quote": "a: '" + "b\n" * 490_000,
    "colons": ":" * 990_000,
    "documents": "---\na: 1\n" * 90_000,
    "invisible characters": "a: " + "\u200b" * 330_000,
}  # fmt: skip


@pytest.mark.parametrize("text", LARGE.values(), ids=LARGE)
def test_Y_06_no_megabyte_takes_long_or_floods_the_output(text: str) -> None:
    assert len(text.encode()) <= LIMITS.size
    with within(5):
        document = of(text)
        document.span(("missing",))
    assert len(document.problems) <= LIMITS.problems + 1


def test_Y_06_ten_thousand_files_fit_into_memory() -> None:
    fields = "\n".join(f"field_{at}: some words about the risk number {{}}" for at in range(24))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    documents = [of(fields.replace("{}", str(at))) for at in range(10_000)]
    assert len(documents[0].text) > 1000
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 < 200_000_000


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        ("a: 1\nb: 2\na: 3\n", 1, 3),
        ("x:\n  a: 1\n  a: 2\n", 2, 3),
        ("x: [{a: 1, a: 2}]\n", 1, 1),
        ("a: 1\n'a': 2\n", 1, 2),
        ('a: 1\n"\\x61": 2\n', 1, 2),
        ("'1': 1\n'1': 2\n", 1, 2),
        ("\u00e9: 1\ne\u0301: 2\n", 1, 2),
        ("b: &b {}\nx:\n  <<: *b\n  <<: *b\n", 3, 4),
        ("? a\n: 1\na: 2\n", 1, 3),
    ],
)
def test_Y_07_a_duplicate_key_is_an_error_with_both_lines(text: str, first: int, second: int) -> None:
    document = of(text)
    (problem,) = document.problems
    assert document.data is None
    assert (problem.code, problem.span.line, problem.related[0].span.line) == ("AIM002", second, first)


def test_Y_07_one_and_zero_one_are_no_keys_at_all() -> None:
    assert codes("1: a\n01: b\n") == ["AIM004", "AIM004"]


HONEST = """\
kind: register
of: risk
defaults: &defaults
  owner: ROLE-A
  review: &review {last: 2026-01-01, every: P6M}
items:
  - <<: *defaults
    id: R-1
    owner: ROLE-B
  - id: R-2
    review: *review
"""


def test_Y_08_anchors_in_honest_use_are_accepted_and_findings_point_to_the_place_of_use() -> None:
    document = of(HONEST)
    assert document.problems == ()
    assert document.data is not None
    review = {"last": "2026-01-01", "every": "P6M"}
    assert document.data["items"] == [
        {"id": "R-1", "owner": "ROLE-B", "review": review},
        {"id": "R-2", "review": review},
    ]
    assert document.span(("items", 1, "review", "every")).line == 11
    assert document.span(("items", 0, "review", "every")).line == 7
    assert document.span(("items", 0, "owner")).line == 9


def test_Y_09_nothing_is_typed_that_yaml_1_2_leaves_as_text() -> None:
    text = "country: NO\nclause: 6.10\nversion: 1.10\ncode: 0755\ntime: 12:30\nowner: ~\nid: 1_000\nstate: on\n"
    assert of(text).data == {
        "country": "NO", "clause": "6.10", "version": "1.10", "code": "0755", "time": "12:30", "owner": None,
        "id": "1_000", "state": "on",
    }  # fmt: skip
    assert of(text).plain(("clause",))


@pytest.mark.parametrize(
    "written",
    [
        "2025-01-31", "2025-01-31T10:00:00+02:00", "2025-02-30", "2025-13-01", "2025-01-01 25:00:00", "0000-01-01",
        "9999-12-31", "2024-02-29", "2023-02-29",
    ],
)  # fmt: skip
def test_Y_10_a_date_stays_the_text_it_was_written_as(written: str) -> None:
    assert of(f"a: {written}\nb: '{written}'\n").data == {"a": written, "b": written}


@pytest.mark.parametrize(
    "written", ["9" * 5000, "0x" + "f" * 5000, "1:59:59:59", ".nan", ".inf", "-.inf", "1e999", "-0.0", "-" + "9" * 30]
)
def test_Y_11_a_huge_or_odd_number_stays_text(written: str) -> None:
    assert of(f"a: {written}\n").data == {"a": written}


PYTHON_TAGS = [
    "!!python/object/apply:os.system ['touch PWNED']",
    "!!python/object/new:os.system ['touch PWNED']",
    "!!python/name:os.system",
    "!!python/module:antigravity",
    "!!python/object/new:type {args: [z, [], {extend: !!python/name:exec }], listitems: 'touch PWNED'}",
    "!<tag:yaml.org,2002:python/object/apply:os.system> ['touch PWNED']",
]


@pytest.mark.parametrize("written", PYTHON_TAGS)
def test_Y_12_an_executable_tag_is_refused_by_name(
    written: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    refused(f"a: {written}\n", "AIM003", written.split(" ", maxsplit=1)[0][:20])
    assert list(tmp_path.iterdir()) == []
    assert "antigravity" not in sys.modules


def test_Y_12_an_alias_for_an_executable_tag_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = "%TAG !p! tag:yaml.org,2002:python/\n---\na: !p!object/apply:os.system ['touch PWNED']\n"
    assert codes(text) == ["AIM020", "AIM003"]
    assert "!p!object/apply:os.system" in of(text).problems[1].message
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "written",
    [
        "!!set {a, b}", "!!omap [a: 1]", "!!pairs [a: 1]", "!!binary aGk=", "!!int foo", "!!bool foo", "!!float foo",
        "!!timestamp foo", "!include other.yaml", "!ENV ${HOME}", "!vault |\n  x\n", "! x", "!!str x", "!!null ''",
    ],
)  # fmt: skip
def test_Y_13_any_other_tag_is_refused_with_its_line(written: str) -> None:
    document = of(f"a: 1\nb: {written}\n")
    refused(f"a: 1\nb: {written}\n", "AIM003", written.split(maxsplit=1)[0])
    assert document.problems[0].span.line == 2
    assert codes(f"a: 1\n{written.split(maxsplit=1)[0]} b: 1\n") == ["AIM003"]


@pytest.mark.parametrize(
    "key", ["1", "01", "-7", "1.5", "1e3", "0x1f", "0o7", ".inf", ".nan", "12:30", "true", "False", "null", "~",
            "2026-01-01", "2026-01-01T10:00:00Z", "? [a, b]\n", "? {a: b}\n", "[a, b]", "{a: b}"],
)  # fmt: skip
def test_Y_14_a_key_that_is_no_text_is_refused_with_its_line(key: str) -> None:
    document = of(f"a: x\n{key}: y\n")
    assert document.data is None
    assert [(problem.code, problem.span.line) for problem in document.problems] == [("AIM004", 2)]


@pytest.mark.parametrize("key", ["'1'", '"true"', "on", "NO", "y", "6.1.3", "A.6.2.4", "1st", "-a", "="])
def test_Y_14_a_key_that_is_text_is_accepted(key: str) -> None:
    assert codes(f"{key}: x\n") == []


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        ("a: café\n".encode("latin-1"), "AIM008", ("0xE9", "offset 6", "Latin-1")),
        ("\ufeffa: 1\n".encode("utf-16-le"), "AIM008", ("UTF-16",)),
        ("\ufeffa: 1\n".encode("utf-16-be"), "AIM008", ("UTF-16",)),
        ("a: one\n".encode("utf-16-le"), "AIM008", ("UTF-16",)),
        ("a: one\n".encode("utf-16-be"), "AIM008", ("UTF-16",)),
        ("\ufeffa: é\n".encode("utf-16"), "AIM008", ("UTF-16",)),
        ("\ufeffa: 1\n".encode("utf-32-le"), "AIM008", ("UTF-32",)),
        ("a: one\n".encode("utf-32-be"), "AIM008", ("UTF-32",)),
        (b"a: \xc0\xaf\n", "AIM008", ("0xC0", "offset 3")),
        (b"\xef\xbb\xbfa: \xff\n", "AIM008", ("offset 6",)),
        (b"a: \xed\xa0\x80\n", "AIM010", ("surrogate",)),
        (b'a: "\\ud800"\n', "AIM010", ("\\ud800", "surrogate")),
        (b'a: "\\udfff x"\n', "AIM010", ("\\udfff",)),
        (b"a: x\0y\n", "AIM009", ("U+0000",)),
        (b"a: \x1b[2J\n", "AIM009", ("U+001B",)),
        (b"a: \x7f\n", "AIM009", ("U+007F",)),
        (b"a: \xc2\x9b2J\n", "AIM009", ("U+009B",)),
        (b'a: "\\x1b[2J"\n', "AIM009", ("U+001B",)),
        (b'"\\0": x\n', "AIM009", ("U+0000",)),
    ],
)
def test_Y_15_only_utf8_without_control_characters_is_read(content: bytes, code: str, words: tuple[str, ...]) -> None:
    refused(content, code, *words)


def test_Y_15_the_place_of_a_bad_character_is_its_line() -> None:
    for content in (b"a: 1\r\nb: 2\nc: \x1b\n", b"a: 1\nb: 2\nc: \xe9\n", b"a: 1\nb: 2\nc: \xed\xa0\x80\n"):
        span = of(content).problems[0].span
        assert (span.line, span.column) == (3, 4)


def test_Y_15_a_byte_order_mark_is_allowed_at_the_start_only() -> None:
    assert of(b"\xef\xbb\xbfa: 1\n").data == {"a": 1}
    assert codes("a: 1\nb: \ufeffx\n") == ["AIM018"]


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_Y_16_line_ends_change_neither_verdict_nor_line(end: str) -> None:
    for text in (
        HONEST,
        "a: 1\nb: [\n  !x c]\n",
        "a: |\n  x\n\n  y\nb: *z\n",
        "a: x\n  y\n\tz\n",
        "a: 'x\n  y\nb: 1\n",
    ):
        plain, other = of(text), of(text.replace("\n", end))
        assert other.data == plain.data
        assert [(one.code, one.span) for one in other.problems] == [(one.code, one.span) for one in plain.problems]


def test_Y_16_mixed_line_ends_and_none_at_the_end_are_read() -> None:
    assert of("a: 1\r\nb: 2\rc: 3\nd: 4").data == {"a": 1, "b": 2, "c": 3, "d": 4}


@pytest.mark.parametrize("mark", ["\x85", "\u2028", "\u2029"])
def test_Y_16_an_unusual_line_break_is_warned_of_and_ends_no_line(mark: str) -> None:
    document = of(f"a: x{mark}y\nb: 1\n")
    assert document.data == {"a": "x y", "b": 1}
    assert [(problem.code, problem.severity.word) for problem in document.problems] == [("AIM017", "warning")]
    smuggled = of(f"title: x{mark}status: approved\n")
    assert smuggled.data is None


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a:\n\tb: 1\n", 2), ("\ta: 1\n", 1), ("a: 1\n\tb: 2\n", 2), ("a:\n  - b\n\t- c\n", 3), ("a:\tb\n", 1),
        ("a: 1\t\n", 1), ("a: 1\t# c\n", 1), ("a: [1,\n\t2]\n", 2), ("a: {b: 1,\tc: 2}\n", 1), ("a:\n-\tb\n", 2),
        ("a: |\n\tx\n", 2),        ("a: 1\n\t\nb: 2\n", 2), ("a: x\n\ty\n", 2),
    ],
)  # fmt: skip
def test_Y_17_a_tab_is_refused_with_its_line_and_called_a_tab(text: str, line: int) -> None:
    refused(text, "AIM016", "tab")
    assert of(text).problems[0].span.line == line


@pytest.mark.parametrize(
    "text", ["a: 1\n... garbage\n", "a: 1\n...\nb: 2\n", "a: 1\n...\n", "a: [1]]\n", 'a: "x" y\n', "a: 1\n}\n"]
)
def test_Y_17_what_trails_is_refused(text: str) -> None:
    assert of(text).data is None
    assert codes(text)[0] == "AIM001"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: 1\n---\nb: 2\n", "AIM005"), ("a: 1\n---\n", "AIM005"), ("---\na: 1\n...\n---\nb: 1\n", "AIM005"),
        ("", "AIM006"), ("\n\n", "AIM006"), ("# only a comment\n", "AIM006"), ("---\n", "AIM006"),
        ("---\n...\n", "AIM006"), ("null\n", "AIM006"), ("approved\n", "AIM007"), ("'quoted'\n", "AIM007"),
        ("42\n", "AIM007"), ("- a\n", "AIM007"), ("[]\n", "AIM007"), ("\ufeff", "AIM006"),
    ],
)  # fmt: skip
def test_Y_18_a_file_that_is_not_one_mapping_is_refused_by_name(text: str, code: str) -> None:
    refused(text, code)


def test_Y_18_an_empty_file_is_never_valid(run: Any, workspace: Any) -> None:
    outcome = run("validate", cwd=workspace({"policies/a.yaml": "# nothing yet\n"}).root)
    assert outcome.code == 1
    assert "AIM006" in outcome.stdout


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: x\u202ey\n", "AIM018"), ("a: x\u2066y\u2069\n", "AIM018"), ("a: x\u200by\n", "AIM018"),
        ("a: x\u2060y\n", "AIM018"), ("a: x\U000e0041\n", "AIM018"), ("a: x\U000e0100\n", "AIM018"),
        ("a: x\xady\n", "AIM018"), ("a: x\u200dy\n", "AIM018"), ("b: 1 # x\u202ey\n", "AIM018"),
        ("a: \u0391nna\n", "AIM019"), ("a: \u0440aul\n", "AIM019"), ("a\u0435: 1\n", "AIM019"),
    ],
)  # fmt: skip
def test_Y_19_invisible_and_lookalike_characters_are_warned_of(text: str, code: str) -> None:
    document = of(text)
    assert document.data is not None
    assert [(problem.code, problem.severity.word) for problem in document.problems] == [(code, "warning")]


def test_Y_20_without_libyaml_nothing_is_read_rather_than_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pyyaml, "__with_libyaml__", False)
    with pytest.raises(ConfigError, match="libyaml") as error:
        of("a: 1\n")
    assert "pip install" in error.value.hint


def test_Y_21_what_is_not_checked_is_listed_with_the_reason(workspace: Any) -> None:
    from aimsctl.source.files import WorkTree  # noqa: PLC0415 - this row alone looks at files

    built = workspace(
        {
            f"policies/{name}": "a: 1\n"
            for name in (
                "a.yaml",
                "b.yml",
                "Risk.YAML",
                ".hidden.yaml",
                ".folder/c.yaml",
                "module/d.yaml",
                "module/.git",
            )
        }
    )
    (built.root / "policies/link.yaml").symlink_to("a.yaml")
    (built.root / "policies/folder").symlink_to(".folder")
    os.mkfifo(built.root / "policies/pipe.yaml")
    listing = WorkTree(built.root).listing("policies")
    assert listing.files == ("policies/a.yaml", "policies/b.yml")
    assert dict(listing.not_checked) == {
        "policies/.folder": "a hidden folder",
        "policies/.hidden.yaml": "a hidden file",
        "policies/Risk.YAML": "its name does not end in .yaml or .yml in small letters",
        "policies/folder": "a symbolic link",
        "policies/link.yaml": "a symbolic link",
        "policies/module": "a repository of its own (submodule)",
        "policies/pipe.yaml": "not a regular file",
    }


def test_Y_21_the_summary_counts_what_was_checked_and_names_what_was_not(run: Any, workspace: Any) -> None:
    built = workspace(
        {
            "policies/a.yaml": {"kind": "person", "id": "PER-01", "title": "Ada", "status": "draft"},
            "policies/Risk.YAML": "kind: risk\n",
            "policies/pointer.yaml": "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n",
            "policies/secret.yaml": "\0GITCRYPT\0\x01",
        }
    )
    outcome = run("validate", cwd=built.root)
    told = outcome.stdout + outcome.stderr
    assert outcome.code == 1
    assert "Risk.YAML" in told
    assert "AIM024" in told
    assert "AIM023" in told


def test_Y_22_a_file_is_read_once_and_judged_by_those_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Positions are worked out later from the text that was read, not from the file."""
    from aimsctl.source.files import WorkTree  # noqa: PLC0415 - this row alone looks at files

    file = tmp_path / "a.yaml"
    file.write_text("a: 1\nb: first\n")
    document = read("a.yaml", WorkTree(tmp_path).read("a.yaml"))
    file.write_text("# another\n\n\na: 1\nb: second\n")
    monkeypatch.setattr(os, "open", lambda *_, **__: pytest.fail("the file was opened again"))
    assert document.data == {"a": 1, "b": "first"}
    assert document.span(("b",)).line == 2
    assert document.line(2) == "b: first"
    assert yaml.read("a.yaml", document.text.encode()).data == document.data
