"""Threats through schemas and through data that are checked against them (rows S)."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from aimsctl.source import config, yaml
from aimsctl.source.files import WorkTree
from aimsctl.workspace.artefacts import load_artefacts
from aimsctl.workspace.closed import SchemaRefusedError
from aimsctl.workspace.explain import explain
from aimsctl.workspace.schema import check, closed_schema
from aimsctl.workspace.workspace import load
from tests.conftest import Builder

DRAFT = "kind: risk\nid: RISK-1\ntitle: A risk\nstatus: draft\n"
Make = Callable[..., Builder]

OPENED: list[str] = []
WATCHING: list[bool] = []


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if WATCHING and event == "open":
        OPENED.append(str(arguments[0]))


sys.addaudithook(_watch)


@pytest.fixture
def opened() -> Iterator[list[str]]:
    """The files opened while the test runs; the network is closed for every test."""
    OPENED.clear()
    WATCHING.append(True)
    yield OPENED
    WATCHING.clear()


def codes(text: str) -> set[str]:
    (artefact,) = load_artefacts(yaml.read("policies/a.yaml", text.encode()))
    return set() if check(artefact) else {finding.code for finding in explain(artefact)}


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "http://127.0.0.1:9/x"},
        {"$ref": "https://json-schema.org/draft/2020-12/schema"},
        {"$ref": "file:///etc/passwd"},
        {"$ref": "../../aimsctl.yaml"},
        {"$ref": "common.schema.json"},
        {"$ref": "//127.0.0.1/x"},
        {"$ref": ["#"]},
        {"properties": {"a": {"items": {"$ref": "http://127.0.0.1:9/x"}}}},
        {"properties": {"examples": {"$ref": "http://127.0.0.1:9/x"}}},
        {"$dynamicRef": "http://127.0.0.1:9/x"},
        {"$dynamicRef": "#meta"},
        {"$recursiveRef": "#"},
        {"$id": "http://127.0.0.1:9/", "$ref": "x"},
        {"$defs": {"a": {"$id": "file:///etc/passwd"}}},
        {"$schema": "http://127.0.0.1:9/meta"},
        {"$schema": "http://json-schema.org/draft-07/schema#"},
        {"$anchor": "a"},
        {"$vocabulary": {"http://127.0.0.1:9/v": True}},
    ],
)
def test_S_01_remote_references(schema: dict[str, Any], opened: list[str]) -> None:
    with pytest.raises(SchemaRefusedError):
        closed_schema(schema)
    assert not [path for path in opened if "passwd" in path or "aimsctl.yaml" in path]


def test_S_01_our_own_schemas_reach_nothing_outside_the_package(opened: list[str]) -> None:
    assert codes(DRAFT + "owner: [x]\n") == {"AIM103"}
    assert not [path for path in opened if path.endswith(".json") and "schemas" not in path]


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "#"},
        {"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}, "$ref": "#/$defs/a"},
        {"$defs": {"a": {"$ref": "#/$defs/a"}}},
        {"properties": {"a": {"$ref": "#"}}},
        {"$defs": {"a": {"properties": {"b": {"$ref": "#/$defs/a"}}}}, "$ref": "#/$defs/a"},
        {"allOf": [{"$ref": "#/allOf/0"}]},
    ],
)
def test_S_02_reference_loops(schema: dict[str, Any]) -> None:
    with pytest.raises(SchemaRefusedError, match="circle"):
        closed_schema(schema)


def test_S_02_references_without_a_loop_work_and_dangling_ones_are_refused() -> None:
    schema = {
        "$defs": {"a": {"type": "string"}, "b": {"$ref": "#/$defs/a"}},
        "properties": {"x": {"$ref": "#/$defs/b"}},
    }
    assert closed_schema(schema).accepts({"x": "text"})
    assert not closed_schema(schema).accepts({"x": 1})
    with pytest.raises(SchemaRefusedError, match="points to nothing"):
        closed_schema({"$ref": "#/$defs/none"})


@pytest.mark.parametrize("pattern", ["^(a+)+$", "^(a|a)*$", "^([a-z]*)*$", "(x+x+)+y"])
def test_S_03_redos(pattern: str) -> None:
    schemas = [{"pattern": pattern}, {"patternProperties": {pattern: False}}, {"propertyNames": {"pattern": pattern}}]
    started = time.perf_counter()
    for schema in schemas:
        compiled = closed_schema(schema)
        for text in ("a" * 100_000 + "!", "x" * 100_000):
            compiled.accepts(text)
            compiled.accepts({text: 1})
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize("field", ["id", "owner", "retention", "assessed", "title"])
def test_S_03_long_values_in_our_own_patterns(field: str) -> None:
    started = time.perf_counter()
    for unit in ("A", "A-", "9", "P9Y", "1900-"):
        text = DRAFT.replace(f"{field}: ", f"x{field}: ") + f"{field}: '{unit * (90_000 // len(unit))}!'\n"
        assert codes(text)
    assert time.perf_counter() - started < 5


@pytest.mark.parametrize("pattern", ["(?<=a)b", "(?=a)", r"(a)\1", "(a", "[", "*", "a{1,99999999}", r"\p{Nonsense}"])
def test_S_04_patterns_of_other_dialects(pattern: str) -> None:
    with pytest.raises(SchemaRefusedError) as refused:
        closed_schema({"properties": {"a": {"pattern": pattern}}})
    assert "pattern" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_S_04_letters_of_every_script_can_be_asked_for() -> None:
    compiled = closed_schema({"pattern": r"^\p{L}+$"})
    assert compiled.accepts("Bjørk")
    assert not compiled.accepts("B1")


def test_S_05_dollar_before_a_newline() -> None:
    assert codes(DRAFT.replace("RISK-1", '"RISK-1\\n"')) == {"AIM105"}
    assert codes(DRAFT + 'assessed: "2026-01-01\\n"\n') == {"AIM106"}
    assert codes(DRAFT + 'retention: "P1Y\\n"\n') == {"AIM106"}
    assert not closed_schema({"pattern": "^a$"}).accepts("a\n")


def test_S_06_formats_are_checked() -> None:
    assert codes(DRAFT + "assessed: nonsense\n") == {"AIM106"}
    assert codes(DRAFT + "assessed: 2026-02-29\n") == {"AIM106"}
    assert codes(DRAFT + "assessed: 2028-02-29\n") == set()
    assert codes(DRAFT + "retention: nonsense\n") == {"AIM106"}
    assert codes(DRAFT + "retention: PT1H\n") == {"AIM106"}
    assert codes(DRAFT + "retention: P1Y6M\n") == set()
    for name, good, bad in [
        ("date", "2026-03-31", "2026-03-32"),
        ("duration", "P1Y", "1 year"),
        ("uri", "https://example.org/a", "not a uri"),
        ("email", "a@example.org", "nobody"),
    ]:
        compiled = closed_schema({"format": name})
        assert compiled.accepts(good), name
        assert not compiled.accepts(bad), name


def test_S_07_a_repository_cannot_replace_a_schema(workspace: Make, run: Any) -> None:
    lax = {"$id": "https://aimsctl.example/schemas/risk.schema.json"}
    made = workspace(
        {
            "policies/a.yaml": "# yaml-language-server: $schema=../schemas/risk.schema.json\n"
            + DRAFT
            + "onwer: ROLE-A\n",
            **{f"{folder}schemas/risk.schema.json": json.dumps(lax) for folder in ("", "policies/", "aimsctl/_data/")},
            "pyproject.toml": "[project]\n",
        }
    )
    done = run("-C", made.root, "validate", "--format", "json")
    assert done.code == 1
    assert "AIM102" in {finding["code"] for finding in done.json["diagnostics"]}


def test_S_08_schemas_are_told_apart_by_their_whole_address() -> None:
    """Nothing is fetched, so nothing is cached; a compiled schema is kept by kind, a stranger's not at all."""
    first = closed_schema({"$defs": {"a": {"type": "string"}}, "$ref": "#/$defs/a"})
    second = closed_schema({"$defs": {"a": {"type": "integer"}}, "$ref": "#/$defs/a"})
    assert first.accepts("x")
    assert not second.accepts("x")
    for other in ("https://evil.example/schemas/common.schema.json#/$defs/id", "common.schema.json#/$defs/id"):
        with pytest.raises(SchemaRefusedError):
            closed_schema({"$ref": other})


def test_S_09_cost() -> None:
    started = time.perf_counter()
    rows = [{"a": number, "b": [number]} for number in range(2_000)]
    assert closed_schema({"uniqueItems": True}).accepts(rows)
    assert closed_schema({"oneOf": [{"const": number} for number in range(3_000)]}).accepts(5)
    with pytest.raises(SchemaRefusedError, match="too large"):
        closed_schema({"enum": [], "allOf": [{"title": "x"}] * 30_000})
    with pytest.raises(SchemaRefusedError, match="references"):
        closed_schema({"$defs": {"a": {}}, "allOf": [{"$ref": "#/$defs/a"}] * 1_000})
    deep: dict[str, Any] = {}
    for _ in range(500):
        deep = {"not": deep}
    with pytest.raises(SchemaRefusedError, match="too large"):
        closed_schema(deep)
    assert time.perf_counter() - started < 3


def test_S_09_messages_are_cut_however_much_is_wrong() -> None:
    started = time.perf_counter()
    text = DRAFT + "ai_systems:\n" + "".join(f"  - 'bad {'x' * 900} {number}'\n" for number in range(900))
    (artefact,) = load_artefacts(yaml.read("policies/a.yaml", text.encode()))
    assert not check(artefact)
    findings = explain(artefact)
    assert len(findings) <= 50
    assert max(len(finding.message) for finding in findings) < 400
    assert time.perf_counter() - started < 3


@pytest.mark.parametrize("value", [".inf", "-.inf", ".nan", "1e999", "1e308", "-1e308", "9" * 18, "9" * 40, "0.1e-300"])
def test_S_10_crash_values(value: str) -> None:
    draft = "kind: metric\nid: MET-1\ntitle: M\nstatus: draft\n"
    assert codes(draft + f"at_most: {value}\n") <= {"AIM103"}
    codes(draft + f"at_most: {value}\nresults: [{{date: 2026-01-01, value: {value}}}]\n")
    codes(DRAFT + f"likelihood: {value}\n")


@pytest.mark.parametrize("value", [float("inf"), float("-inf"), float("nan"), 1e308, 10**400, -(10**400)])
def test_S_10_crash_values_against_multiples_and_bounds(value: float) -> None:
    for schema in ({"multipleOf": 0.1}, {"multipleOf": 3}, {"maximum": 5}, {"type": "integer"}, {"const": 1}):
        closed_schema(schema).accepts(value)


CONFORMANCE: list[tuple[dict[str, Any] | bool, list[Any], list[Any]]] = [
    (True, [1, "a", None, {}], []),
    (False, [], [1, "a", None, {}]),
    ({"type": "integer"}, [1, 1.0, -3], [1.1, "1", None, True]),
    ({"type": ["string", "null"]}, ["a", None], [1, [], {}]),
    ({"enum": [1, "a", None, False, [1], {"a": 1}]}, [1, 1.0, "a", None, False, [1], {"a": 1}], [0, "b", True, [], {}]),
    ({"const": {"a": 1, "b": 2}}, [{"b": 2, "a": 1}], [{"a": 1}, [], "a"]),
    ({"const": False}, [False], [0, [], None]),
    ({"multipleOf": 0.01}, [4.02, 0, 0.0075 * 4], [0.0075]),
    ({"maximum": 3, "minimum": 1}, [1, 3, 2.5, "x"], [0.9, 3.1]),
    ({"exclusiveMaximum": 3, "exclusiveMinimum": 1}, [2, "x"], [1, 3]),
    ({"maxLength": 2, "minLength": 1}, ["a", "ab", "\U0001f600\U0001f600", 5], ["", "abc"]),
    ({"pattern": "a+"}, ["xaax", 5, None], ["b"]),
    ({"prefixItems": [{"type": "integer"}], "items": {"type": "string"}}, [[1, "a"], [], [1], "x"], [["a"], [1, 2]]),
    ({"items": {"type": "integer"}}, [[1, 2], [], {"a": "x"}], [[1, "x"]]),
    ({"contains": {"const": 5}, "minContains": 1, "maxContains": 2}, [[5], [5, 1, 5], "x"], [[], [1], [5, 5, 5]]),
    ({"maxItems": 1, "minItems": 1}, [[1], "x"], [[], [1, 2]]),
    ({"uniqueItems": True}, [[1, 2], [1, True], [{"a": 1}, {"a": 2}], [[1], [True]]],
     [[1, 1.0], [{"a": 1}, {"a": 1}]]),
    ({"required": ["a"]}, [{"a": None}, [], "x"], [{}, {"b": 1}]),
    ({"properties": {"a": {"type": "integer"}}, "additionalProperties": False}, [{}, {"a": 1}, [], 3],
     [{"a": "x"}, {"b": 1}]),
    ({"patternProperties": {"^x": {"type": "integer"}}}, [{"x1": 1, "y": "a"}], [{"x1": "a"}]),
    ({"additionalProperties": {"type": "boolean"}, "properties": {"a": {}}}, [{"a": 1, "b": True}], [{"b": 1}]),
    ({"propertyNames": {"maxLength": 1}}, [{"a": 1}, []], [{"ab": 1}]),
    ({"maxProperties": 1, "minProperties": 1}, [{"a": 1}, 5], [{}, {"a": 1, "b": 2}]),
    ({"dependentRequired": {"a": ["b"]}}, [{}, {"a": 1, "b": 2}, {"b": 1}], [{"a": 1}]),
    ({"dependentSchemas": {"a": {"required": ["b"]}}}, [{}, {"a": 1, "b": 2}], [{"a": 1}]),
    ({"allOf": [{"minimum": 1}, {"maximum": 3}]}, [2], [0, 4]),
    ({"anyOf": [{"type": "string"}, {"minimum": 5}]}, ["a", 6], [4]),
    ({"oneOf": [{"type": "integer"}, {"minimum": 2}]}, [1, 2.5], [3, 1.5]),
    ({"not": {"type": "integer"}}, ["a", 1.5], [1]),
    ({"if": {"minimum": 10}, "then": {"multipleOf": 10}, "else": {"multipleOf": 3}}, [20, 9], [15, 8]),
    ({"then": {"const": 0}}, [1], []),
    ({"$defs": {"a/b": {"type": "integer"}, "c~d": {"type": "string"}},
      "prefixItems": [{"$ref": "#/$defs/a~1b"}, {"$ref": "#/$defs/c~0d"}]}, [[1, "x"]], [["x"], [1, 2]]),
    ({"$ref": "#/$defs/a", "maximum": 3, "$defs": {"a": {"minimum": 1}}}, [2], [0, 4]),
    ({"properties": {"$ref": {"type": "string"}}}, [{"$ref": "a"}], [{"$ref": 1}]),
    ({"unevaluatedProperties": False, "allOf": [{"properties": {"a": {}}}]}, [{"a": 1}], [{"b": 1}]),
    ({"prefixItems": [{}], "unevaluatedItems": False}, [[1]], [[1, 2]]),
]  # fmt: skip


@pytest.mark.parametrize(("schema", "good", "bad"), CONFORMANCE, ids=lambda value: str(value)[:40])
def test_S_11_conformance(schema: Any, good: list[Any], bad: list[Any]) -> None:
    """Required behaviour of 2020-12, a group a keyword, through the wrapper that every foreign schema goes through."""
    compiled = closed_schema(schema)
    assert [value for value in good if not compiled.accepts(value)] == []
    assert [value for value in bad if compiled.accepts(value)] == []
    assert all(compiled.failures(value) for value in bad)


def test_S_12_a_workspace_of_another_schema_version_is_told_and_not_judged_by_this_one(workspace: Make) -> None:
    made = workspace({"policies/a.yaml": DRAFT}, config={"schema": 2})
    tree = WorkTree(made.root)
    settings, findings = config.load(tree)
    assert [finding.code for finding in findings if finding.span.pointer == "/schema"]
    assert load(tree, settings).findings == ()


def test_values_are_shown_only_where_the_words_need_them() -> None:
    secret = "ghp_" + "S3cr3t" * 30
    lines = ("onwer: {0}", "likelihood: {0}", "actions: {0}", "ai_systems: {0}", "review: {{last: [{0}]}}")
    text = DRAFT + "".join(f"{line.format(secret)}\n" for line in lines)
    (artefact,) = load_artefacts(yaml.read("policies/a.yaml", text.encode()))
    assert not check(artefact)
    findings = explain(artefact)
    assert len(findings) == 5
    assert not [finding for finding in findings if "S3cr3t" in finding.message + finding.hint]
    (artefact,) = load_artefacts(yaml.read("policies/a.yaml", (DRAFT + f"treatment: {secret}\n").encode()))
    check(artefact)
    assert len(explain(artefact)[0].message) < 200


def test_a_rule_of_the_organisation_does_not_print_the_values_it_refuses() -> None:
    failures = closed_schema({"properties": {"a": {"type": "integer"}}}).failures({"a": "ghp_S3cr3t"})
    assert [failure.pointer for failure in failures] == [("a",)]
    assert "S3cr3t" not in failures[0].message


def test_every_schema_file_is_inside_the_package_or_the_checkout(opened: list[str]) -> None:
    codes(DRAFT)
    root = Path(__file__).resolve().parents[2]
    assert all(Path(path).resolve().is_relative_to(root) for path in opened if path.endswith(".schema.json"))
