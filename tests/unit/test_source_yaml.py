"""What is read as what, and each refusal: its code, its place, and words that say what to type."""

from __future__ import annotations

import re

import pytest

from aimsctl.diagnostics import Severity
from aimsctl.source.yaml import LIMITS, RULES, Document, Limits, Value, read


def of(text: str, limits: Limits = LIMITS) -> Document:
    return read("policies/a.yaml", text.encode(), limits)


def told(text: str) -> list[str]:
    """The findings as `line:column code`."""
    return [f"{problem.span.line}:{problem.span.column} {problem.code}" for problem in of(text).problems]


def words(text: str) -> str:
    return " ".join(f"{problem.message} {problem.hint}" for problem in of(text).problems)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("3", 3),
        ("-3", -3),
        ("0", 0),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("'3'", "3"),
        ('"true"', "true"),
        ("''", ""),
        ("NO", "NO"),
        ("on", "on"),
        ("yes", "yes"),
        ("12:30", "12:30"),
        ("010", "010"),
        ("-0", "-0"),
        ("+1", "+1"),
        ("1.10", "1.10"),
        ("97.5", "97.5"),
        ("1e3", "1e3"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        (".nan", ".nan"),
        ("2026-03-01", "2026-03-01"),
        ("2025-02-30", "2025-02-30"),
        ("tRUE", "tRUE"),
        ("9" * 18, int("9" * 18)),
        ("9" * 19, "9" * 19),
        ("[1, x, [2]]", [1, "x", [2]]),
        ("{b: 1, c: }", {"b": 1, "c": None}),
        ("|\n  two\n  lines\n", "two\nlines\n"),
        (">-\n  two\n  lines\n", "two lines"),
        ("two\n  lines\n", "two lines"),
        ("x # comment", "x"),
        ("x#no comment", "x#no comment"),
        ("https://example.org/a:b", "https://example.org/a:b"),
    ],
)
def test_scalars_are_those_of_yaml_1_2(written: str, value: Value) -> None:
    document = of(f"a: {written}")
    assert document.data == {"a": value}
    assert type((document.data or {})["a"]) is type(value)
    assert document.problems == ()


def test_anchors_and_merge_keys_are_written_out() -> None:
    document = of("base: &b {x: 1, y: [2]}\nuse: *b\nmerged:\n  y: mine\n  <<: *b\nmany:\n  <<: [{x: 0}, *b]\n")
    assert document.data == {
        "base": {"x": 1, "y": [2]},
        "use": {"x": 1, "y": [2]},
        "merged": {"y": "mine", "x": 1},
        "many": {"x": 0, "y": [2]},
    }


def test_no_value_occurs_twice_in_the_data() -> None:
    """Whoever changes one place must not change another."""
    data = of("base: &b {y: [2]}\nuse: *b\nmerged: {<<: *b}\n").data
    assert data is not None
    base, use, merged = data["base"], data["use"], data["merged"]
    assert base == use == merged
    assert isinstance(base, dict)
    assert isinstance(use, dict)
    assert isinstance(merged, dict)
    assert len({id(base), id(use), id(merged), id(base["y"]), id(use["y"]), id(merged["y"])}) == 6


def test_a_marker_before_and_after_is_no_fault() -> None:
    assert of("%YAML 1.2\n---\na: 1\n...\n").data == {"a": 1}
    assert of("# comment\n--- # comment\na: 1\n").data == {"a": 1}
    assert of("\ufeffa: 1\n").data == {"a": 1}


# Each as text, findings, and words that the message or hint must hold.
REFUSED = {
    "a key without its space": ("owner:ROLE-A\n", "1:1 AIM001", "space is missing after the colon.*owner: ROLE-A"),
    "the same further down": ("a: 1\nowner:ROLE-A\n", "2:1 AIM001", "owner: ROLE-A"),
    "the same above a field": ("owner:ROLE-A\na: 1\n", "1:1 AIM001", "owner: ROLE-A"),
    "the same in a group": ("by:\n  owner:A\n  status:B\n", "2:3 AIM001", "owner: A"),
    "the same in braces": ("a: {b:c}\n", "1:5 AIM001", "b: c"),
    "a hard space after the colon": ("a:\u00a0b\n", "1:1 AIM001", "space is missing"),
    "an item without its space": ("a:\n  - b\n  -c\n", "3:3 AIM001", "space is missing after the dash.*- c"),
    "items without their space": ("a:\n  -b\n  -c\n", "2:3 AIM001", "- b"),
    "a line without a colon": ("a: 1\nstatus approved\n", "2:1 AIM001", "neither a field.*Add the colon"),
    "a second colon": ("title: Policy: two\n", "1:14 AIM001", r'second colon.*title: "\.\.\."'),
    "a field indented too far": ("a: x\n  b: y\n", "2:4 AIM001", "indented further"),
    "a field indented too little": ("a:\n  b: 1\n c: 2\n", "3:2 AIM001", "begun on line 1.*same indentation"),
    "text after a quote": ("a: 'it's'\n", "1:8 AIM001", "after its closing quote.*twice"),
    "text after a bracket": ("a: [x] y\n", "1:8 AIM001", r"closing \]"),
    "an open bracket": ("a: [x\nb: y\n", "2:2 AIM001", r"comma or \] is missing"),
    "a bracket open to the end": ("a: [x\n", "1:4 AIM001", r"never closed.*Add \]"),
    "a list open to the end": ("a: [x,\n", "2:1 AIM001", "never closed"),
    "an open quote": ('a: "x\nb: y\n', "1:4 AIM001", 'quote " .*never closed'),
    "a missing comma": ("a: {b: 1 c: 2}\n", "1:11 AIM001", "line 1 and here a comma"),
    "two commas": ("a: [b,,c]\n", "1:7 AIM001", "a value is missing"),
    "a list beside its key": ("a: - b\n", "1:4 AIM001", "on a line of its own"),
    "a text that starts with @": ("a: @b\n", "1:4 AIM001", r'quotes: "@'),
    "a text that starts with %": ("a: %b\n", "1:4 AIM001", r'quotes: "%'),
    "a text that starts with ,": ("a: ,b\n", "1:4 AIM001", 'quotes: ",'),
    "a text in asterisks": ("a: **b**\n", "1:4 AIM001", r'quotes: "\*'),
    "a text that starts with ?": ("a: ? b\n", "1:4 AIM001", "question mark"),
    "a colon in a list": ("a: [b:, c]\n", "1:6 AIM001", "needs quotes"),
    "an unknown escape": ('a: "C:\\qx"\n', "1:7 AIM001", r"\\q means nothing.*single quotes"),
    "a number beyond Unicode": ('a: "\\U00110000"\n', "1:5 AIM001", "no Unicode character"),
    "text beside a block": ("a: >x\n  y\n", "1:5 AIM001", "next line"),
    "a key before nothing": (": b\n", "1:1 AIM001", "before the colon is missing"),
    "two anchors": ("a: &x &y z\n", "1:7 AIM001", "anchor"),
    "a first key on the marker": ("--- a: 1\n", "1:6 AIM001", "next line"),
    "an end without a beginning": ("a: 1\n...\n", "2:1 AIM001", r"marker \.\.\."),
    "an end glued to text": ("a: 1\n...more\nb: 1\n", "2:1 AIM001", "stand alone"),
    "only an end": ("...\n", "1:1 AIM001", "Delete this line"),
    "a marker in quotes": ('a: "b\n--- c"\n', "2:1 AIM001", "inside a quoted text"),
    "a comment glued to a quote": ('a: "x"# c\n', "1:7 AIM001", "space before its number sign"),
    "a comment glued to a bracket": ("a: [x]#c\n", "1:7 AIM001", "space before its number sign"),
    "a comment glued to a comma": ("a: [x,#c\n y]\n", "1:7 AIM001", "space before its number sign"),
    "a comment glued to a block": ("a: |#c\n  x\n", "1:5 AIM001", "space before its number sign"),
    "a key twice": ("a: 1\nb: 2\na: 3\n", "3:1 AIM002", '"a" occurs twice'),
    "a tag": ("a: !!str b\n", "1:4 AIM003", '"!!str"'),
    "a text that starts with !": ("a: !important\n", "1:4 AIM003", "quotes"),
    "a tag without an end": ("a: !<b\n", "1:4 AIM003", '"!<b"'),
    "a number as key": ("1: a\n", "1:1 AIM004", 'quotes: "1"'),
    "a list as key": ("[a]: b\n", "1:1 AIM004", "list or a mapping"),
    "an alias as key": ("a: &x b\n*x : c\n", "2:1 AIM004", "alias"),
    "a second document": ("a: 1\n---\nb: 2\n", "2:1 AIM005", "second document"),
    "nothing": ("", "1:1 AIM006", "no data"),
    "only a marker": ("---\n", "2:1 AIM006", "no data"),
    "only null": ("~\n", "1:1 AIM006", "no data"),
    "a list": ("- a\n", "1:1 AIM007", "a list.*kind: register"),
    "a text": ("Dear auditor\n", "1:1 AIM007", "one text"),
    "a lone surrogate": ('a: "\\ud83d\\ude00"\n', "1:5 AIM010", "half of a character.*character itself"),
    "a long key": (f"{'k' * 1025}: 1\n", "1:1026 AIM012", "1024"),
    "a long explicit key": (f"? {'k' * 1025}\n: 1\n", "1:3 AIM012", "1025.*1024"),
    "an alias of nothing": ("a: *x\n", "1:4 AIM025", "&x"),
    "a merge of a text": ("<<: a\n", "1:1 AIM015", "mapping"),
    "a tab as indentation": ("a:\n\tb: 1\n", "2:1 AIM016", "tab"),
    "a tab before a value": ("a:\tb\n", "1:3 AIM016", "tab"),
    "a tab in a list": ("a: [1,\n\t2]\n", "2:1 AIM016", "tab"),
    "another version": ("%YAML 1.1\n---\na: NO\n", "1:1 AIM020", "Delete the line"),
    "a version to come": ("%YAML 3.0\n---\na: 1\n", "1:1 AIM020", "YAML 1.2"),
    "an unknown directive": ("%FOO\n---\na: 1\n", "1:5 AIM020", "Delete the line"),
    "a directive without a marker": ("%YAML 1.2\na: 1\n", "2:1 AIM020", "---"),
    "an escaped control character": ('a: "\\e[2J"\n', "1:4 AIM009", "U\\+001B ESC"),
}


@pytest.mark.parametrize(("text", "where", "says"), REFUSED.values(), ids=REFUSED)
def test_a_refusal_has_its_code_its_place_and_the_way_out(text: str, where: str, says: str) -> None:
    assert told(text) == [where]
    assert of(text).data is None
    assert re.search(says, words(text)), words(text)


WARNED = {
    "text after a number sign": ("a: Case #12\n", "1:9 AIM021", {"a": "Case"}),
    "a line that looks like a field": ("a: x\n  status approved\n", "2:3 AIM022", {"a": "x status approved"}),
    "a direction override": ("a: \u202ex\n", "1:4 AIM018", {"a": "\u202ex"}),
    "a zero width space in a key": ("a\u200bb: x\n", "1:2 AIM018", {"a\u200bb": "x"}),
    "an escaped zero width space": ('a: "\\u200b"\n', "1:4 AIM018", {"a": "\u200b"}),
    "a Cyrillic letter in a name": ("a: M\u0430ria\n", "1:5 AIM019", {"a": "M\u0430ria"}),
    "a line separator": ("a: x\u2028y\n", "1:5 AIM017", {"a": "x y"}),
}


@pytest.mark.parametrize(("text", "where", "data"), WARNED.values(), ids=WARNED)
def test_a_warning_leaves_the_data_readable(text: str, where: str, data: dict[str, Value]) -> None:
    assert told(text) == [where]
    assert [problem.severity for problem in of(text).problems] == [Severity.WARNING]
    assert of(text).data == data


@pytest.mark.parametrize(
    "text",
    [
        "a: x  # a comment\n#b: also\n",
        "# yaml-language-server: $schema=../schemas/risk.schema.json\na: b\n",
        "a: see C#, F#\n",
        "a: |\n  # no comment\n  text #5\n",
        "a: 'x #5'\n",
        "a: x # 5\n",
        "a: several words\n  and status of more\n",
        "a: 'x\ty'\n",
        "a: x\ty\n",
        "a: |\n  x\ty\n",
        "# a\tcomment\na: b\n",
        "a: \u0396\u03b5\u03cd\u03c2\n",  # Greek alone
        "a: \u0394t and \u03b1-helix\n",  # Greek in formulas
        "a: \U0001f469\u200d\u2695\ufe0f\n",  # a joiner within an emoji
        "a: caf\u00e9 na\u00efve \u2013 \u201equoted\u201c \u20ac\n",
        "a: sha256:0123\nb: [a.b, c-d]\nc: {d: e:f}\n",
        "a: first\n  https://example.org\n  sha256:00\n",
        "a:\n  - -1\n  - - x\n",
        "on: x\nno: y\n6.1.3: z\n",
    ],
)
def test_what_is_right_is_not_warned_of(text: str) -> None:
    assert told(text) == []


def test_every_fault_in_a_file_is_told_at_once() -> None:
    assert told("a: !x 1\nb: 2\nb: 3\n7: 4\nc: *d\n") == ["1:4 AIM003", "3:1 AIM002", "4:1 AIM004", "5:4 AIM025"]


def test_findings_in_one_file_are_counted_out() -> None:
    assert len(of("a: 1\n" * 1000).problems) == LIMITS.problems + 1


def test_long_texts_are_cut_in_messages() -> None:
    problem = of(f"? {'k' * 900}\n: 1\n? {'k' * 900}\n: 2\n").problems[0]
    assert problem.code == "AIM002"
    assert len(problem.message) < 120


def test_a_duplicate_names_the_first_place() -> None:
    (problem,) = of("a:\n  b: 1\n  'b': 2\n").problems
    (first,) = problem.related
    assert (problem.span.line, first.span.line, first.span.column) == (3, 2, 3)


def test_lines_end_where_editors_end_them() -> None:
    for end in ("\n", "\r\n", "\r"):
        document = of(f"a: 1{end}b: !x 2{end}")
        assert [problem.span.line for problem in document.problems] == [2]
    assert of("a: x\u2028y\u0085z\nb: !x 2\n").problems[-1].span.line == 2


@pytest.mark.parametrize(
    ("start", "what"),
    [
        ("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n", "Git LFS pointer"),
        ("\0GITCRYPT\0\x01\x02", "git-crypt"),
        ("$ANSIBLE_VAULT;1.1;AES256\n6162\n", "Ansible Vault"),
        ("-----BEGIN PGP MESSAGE-----\n", "PGP"),
        ("-----BEGIN AGE ENCRYPTED FILE-----\n", "age"),
        ("kind: ENC[AES256_GCM,data:x]\nsops:\n  mac: ENC[x]\n  version: 3.9.0\n", "sops"),
    ],
)
def test_what_is_sealed_is_named_and_not_checked(start: str, what: str) -> None:
    document = of(start)
    assert document.data is None
    assert what in document.not_checked
    assert [problem.code for problem in document.problems] in (["AIM023"], ["AIM024"])
    assert what in document.problems[0].message


def test_limits_are_kept_exactly_and_named() -> None:
    limits = Limits(size=100, depth=3)
    assert of("a: [[1]]\n", limits).data == {"a": [[1]]}
    assert of(f"a: {'x' * 97}", limits).data == {"a": "x" * 97}
    for text, code, number in (("a: [[[1]]]\n", "AIM011", "3"), ("a" * 101, "AIM012", "100")):
        (problem,) = of(text, limits).problems
        assert (problem.code, number in problem.message) == (code, True)


def test_rules_are_named_once_and_fully_described() -> None:
    assert len({rule.code for rule in RULES}) == len({rule.name for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert re.fullmatch(r"AIM0\d\d", rule.code)
        assert all(text.endswith((".", ")", "`")) for text in (rule.summary, rule.why, rule.fix)), rule.code
