"""The schema files themselves: complete, readable by a governance lead, closed, and true to the standard's data."""

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import referencing

from aimsctl.source import yaml
from aimsctl.standard import catalogue, documents
from aimsctl.workspace.artefacts import load_artefacts
from aimsctl.workspace.kinds import Kind, kind, kind_names
from aimsctl.workspace.schema import check

ROOT = Path(__file__).resolve().parents[2]
FILES = {path.name.removesuffix(".schema.json"): json.loads(path.read_text()) for path in (ROOT / "schemas").glob("*")
         if path.is_file() and path.name != "aimsctl.schema.json"}  # fmt: skip
KINDS = kind_names()
EXAMPLES = ROOT / "tests" / "data" / "kinds"
REGISTRY: Any = referencing.Registry().with_resources(
    (schema["$id"], referencing.Resource.from_contents(schema)) for schema in FILES.values()
)
SAFE_PATTERN = re.compile(r"(?:\\[.rn]|\(\?:|[^\\?]|(?<=[)\]])\?)+")


def known(name: str) -> Kind:
    found = kind(name)
    assert found is not None
    return found


def nodes(schema: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(schema, dict):
        yield path, schema
        for key, value in schema.items():
            if key not in ("x-aimsctl", "examples", "enum"):
                yield from nodes(value, f"{path}/{key}")
    elif isinstance(schema, list):
        for index, value in enumerate(schema):
            yield from nodes(value, f"{path}/{index}")


def properties() -> Iterator[tuple[str, dict[str, Any], str]]:
    """Every property that describes a field: where, the schema, the file. Conditions only add what is required."""
    for file, schema in FILES.items():
        for path, node in nodes(schema):
            if "/then" in path or "/if" in path:
                continue
            for name, value in node.get("properties", {}).items():
                if not path.endswith("/properties"):
                    yield f"{file}{path}/{name}", value, file


def resolved(schema: dict[str, Any], file: str) -> dict[str, Any]:
    while "$ref" in schema:
        target, _, pointer = schema["$ref"].partition("#")
        file = target.removesuffix(".schema.json") or file
        found: Any = FILES[file]
        for step in pointer.split("/")[1:]:
            found = found[step]
        schema = {**found, **{key: value for key, value in schema.items() if key != "$ref"}}
    return schema


def patterns() -> list[str]:
    return sorted({node["pattern"] for schema in FILES.values() for _, node in nodes(schema)
                   if isinstance(node.get("pattern"), str)})  # fmt: skip


def test_there_is_a_schema_for_every_kind_and_the_files_beside_them() -> None:
    assert len(KINDS) == 37
    assert set(FILES) == {*KINDS, "common", "register", "aims"}


@pytest.mark.parametrize("name", sorted(FILES))
def test_is_a_valid_schema_of_its_dialect_under_its_own_address(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(FILES[name])
    assert FILES[name]["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert FILES[name]["$id"] == f"https://aimsctl.example/schemas/{name}.schema.json"
    assert FILES[name]["title"]
    assert FILES[name]["description"].endswith(".")


def test_every_field_is_described_in_a_sentence() -> None:
    for where, schema, file in properties():
        description = resolved(schema, file).get("description", "")
        assert description.endswith("."), where
        assert description[0].isupper(), where
        assert len(description.split()) >= 2, where


def test_the_meanings_of_words_are_sentences_in_step_with_the_words() -> None:
    told = [(where, resolved(schema, file)) for where, schema, file in properties()]
    for where, schema in told:
        if "enumDescriptions" in schema:
            assert len(schema["enumDescriptions"]) == len(schema["enum"]), where
            assert all(meaning.endswith(".") for meaning in schema["enumDescriptions"]), where
    assert sum("enumDescriptions" in schema for _, schema in told) > 60


def test_examples_are_accepted_by_their_fields() -> None:
    seen = 0
    for where, schema, file in properties():
        for example in resolved(schema, file).get("examples", ()):
            at = {**schema, "$id": FILES[file]["$id"] + "/example"} if "$ref" in schema else schema
            if "$ref" in at:
                at = {**at, "$ref": absolute(schema["$ref"], file)}
            validator = jsonschema.Draft202012Validator(inlined(at, file), registry=REGISTRY)
            assert validator.is_valid(example), where
            seen += 1
    assert seen > 150


def inlined(schema: Any, file: str) -> Any:
    if isinstance(schema, dict):
        inner = {key: inlined(value, file) for key, value in schema.items() if key != "$id"}
        return {**inner, "$ref": absolute(schema["$ref"], file)} if isinstance(schema.get("$ref"), str) else inner
    return [inlined(value, file) for value in schema] if isinstance(schema, list) else schema


def absolute(reference: str, file: str) -> str:
    target, _, pointer = reference.partition("#")
    if target.startswith("https://"):
        return reference
    return f"https://aimsctl.example/schemas/{target or f'{file}.schema.json'}#{pointer}"


def test_references_stay_among_the_files_and_lead_somewhere() -> None:
    for file, schema in FILES.items():
        for _, node in nodes(schema):
            if "$ref" in node:
                target = node["$ref"].partition("#")[0]
                assert target in ("", "common.schema.json") or file == "aims", node["$ref"]
                resolved(node, file)
            assert not {"$dynamicRef", "$dynamicAnchor", "unevaluatedProperties", "uniqueItems"} & set(node)


def test_every_group_of_fields_is_strict() -> None:
    for file in (*KINDS, "register", "common"):
        for path, node in nodes(FILES[file]):
            if node.get("type") == "object" and "properties" in node:
                assert node.get("additionalProperties") is False, f"{file}{path}"


@pytest.mark.parametrize("pattern", patterns())
def test_patterns_mean_the_same_in_python_and_ecmascript(pattern: str) -> None:
    re.compile(pattern)
    assert pattern.startswith("^")
    assert pattern.endswith("$")
    assert SAFE_PATTERN.fullmatch(pattern), "groups, classes and escapes that both dialects share"


@pytest.mark.parametrize("pattern", patterns())
@pytest.mark.parametrize("unit", ["A", "A-", "-A", "A.2.", "A.2", "9", "P9", "P9Y", "1900-", "\n", "a", ""])
def test_patterns_are_linear(pattern: str, unit: str) -> None:
    text = unit * (100_000 // max(len(unit), 1)) + "!"
    started = time.perf_counter()
    re.search(pattern, text)
    assert time.perf_counter() - started < 0.5


@pytest.mark.parametrize("name", KINDS)
def test_what_a_kind_says_of_itself_is_known_elsewhere(name: str) -> None:
    this, requirements = known(name), {requirement.id for requirement in catalogue().requirements}
    assert set(this.serves) <= requirements
    assert set(this.carries) <= set(documents())
    assert this.title
    for field in this.fields.values():
        assert set(field.links) <= {*KINDS, "annex_a"}, field.path
        assert bool(field.links) == bool(field.reverse), field.path
    for path in (*this.leaves_out, *(path for paths in this.approves_only.values() for path in paths)):
        assert path in this.fields, path
    assert set(this.approves_only) <= set(this.fields)
    assert this.dated_by in {"approval.date", "review.last", *this.fields}
    for sentence in this.computed.values():
        assert sentence
    assert not set(this.computed) & set(this.fields), "what is worked out is never typed"


def test_prefixes_are_unique() -> None:
    assert len({known(name).prefix for name in KINDS}) == len(KINDS)


def test_reverse_names_do_not_clash_at_a_target() -> None:
    seen: dict[tuple[str, str], str] = {}
    for name in KINDS:
        for field in known(name).link_fields:
            for target in field.links:
                first = seen.setdefault((target, f"{name}.{field.reverse}"), field.path)
                assert first == field.path or "." in field.path, (target, field.reverse)


def test_topics_of_documents_follow_their_types() -> None:
    this = known("document")
    assert set(this.topics) == set(this.fields["types"].enum) - {"external", "other"}
    for topic in this.topics.values():
        assert set(topic["serves"]) <= set(this.serves) | {"A.7.6"}


def test_every_document_of_the_standard_has_a_kind_that_carries_it_line_by_line() -> None:
    homes = {name: (known(home), row) for home in KINDS for name, row in known(home).documents.items()}
    assert set(homes) == set(documents())
    for document in documents().values():
        home, row = homes[document.id]
        assert document.id in home.carries
        assert len(row["lines"]) == len(document.fields), document.id
        for name in (name for line in row["lines"] for name in line):
            assert is_field(home, name), f"{document.id}: {name}"
        assert set(row.get("type", ())) <= set(known("document").fields["types"].enum)


def is_field(home: Kind, name: str) -> bool:
    """A field or computed value of the home, of a row of it, or of another kind that the name begins with."""
    other, _, rest = name.partition(".")
    if other in KINDS and rest:
        return is_field(known(other), rest)
    if other == "sections":
        return any(rest in topic["topics"] for topic in known("document").topics.values())
    shapes = [
        row for shape in ("action", "measurement") for row in FILES["common"]["$defs"][shape]["x-aimsctl"]["computed"]
    ]
    return name in home.fields or name in home.computed or (other in home.fields and rest in shapes)


@pytest.mark.parametrize("name", KINDS)
def test_each_kind_has_a_complete_example(name: str) -> None:
    data = example(name)
    assert list(validator(name).iter_errors(data)) == []
    fields = [field for field in known(name).fields.values() if "." not in field.path and field.path != "status"]
    missing = [field.path for field in fields if field.level != "optional" and field.path not in data]
    assert missing == []


def test_the_examples_make_a_workspace_without_loose_ends() -> None:
    cast = (EXAMPLES.parents[1] / "judgement" / "cast.yaml").read_text()  # who else there is
    ids = {example(name)["id"] for name in KINDS} | set(re.findall(r"\bid: ([A-Z0-9-]+)", cast)) | {"DS-02"}
    for name in KINDS:
        text = (EXAMPLES / f"{name}.yaml").read_text()
        named = set(re.findall(r"\b(?:ROLE|PER|AI|DS|CTL|RISK|MET|NC|EVAL|AP|PTY|OBL|CTX|POL)-[A-Z0-9]+\b", text))
        assert named <= ids


@pytest.mark.parametrize("name", KINDS)
def test_a_draft_needs_four_fields_and_its_rows_may_have_holes(name: str) -> None:
    draft = {"kind": name, "id": "X-1", "title": "Draft", "status": "draft"}
    assert validator(name).is_valid(draft)
    for field in ("kind", "id", "title"):
        assert not validator(name).is_valid({key: value for key, value in draft.items() if key != field})
    without_status = {key: value for key, value in draft.items() if key != "status"}
    assert not validator(name).is_valid(without_status)
    for field in known(name).fields.values():
        if field.type == "object" and "." not in field.path:
            assert validator(name).is_valid({**draft, field.path: [{}] if field.many else {}}), field.path


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("status", ["in_review", "approved", "retired"])
def test_from_review_on_every_field_of_the_level_is_required(name: str, status: str) -> None:
    levels = {"always", "approved"} if status == "approved" else {"always"}
    required = {field.path for field in known(name).fields.values() if field.level in levels and "." not in field.path}
    for field in set(example(name)) - {"status", "likelihood_scale"}:
        data = {key: value for key, value in {**example(name), "status": status}.items() if key != field}
        assert validator(name).is_valid(data) == (field not in required), field


@pytest.mark.parametrize("name", [name for name in KINDS if known(name).klass == "record"])
def test_a_record_without_status_is_held_to_what_an_approved_one_needs(name: str) -> None:
    silent = {key: value for key, value in example(name).items() if key != "status"}
    assert validator(name).is_valid(silent)
    for field in known(name).fields.values():
        if field.level == "always" and field.path in silent:
            assert not validator(name).is_valid({key: value for key, value in silent.items() if key != field.path})


@pytest.mark.parametrize("name", KINDS)
def test_controlled_and_reviewed_kinds_ask_for_version_approval_and_review_once_approved(name: str) -> None:
    this = known(name)
    levels = {field: this.fields[field].level for field in ("version", "approval", "review")}
    asked = {field for field, level in levels.items() if level == "approved"}
    expected = {"controlled": {"version", "approval", "review"}, "register": {"review"} if this.reviewed else set()}
    assert asked == expected.get(this.klass, set())


def test_a_risk_method_has_likelihood_or_says_why_not() -> None:
    data = example("risk-method")
    del data["likelihood_scale"]
    assert not validator("risk-method").is_valid(data)
    assert validator("risk-method").is_valid({**data, "why_no_likelihood": "Events are too rare to count."})


@pytest.mark.parametrize("name", KINDS)
def test_no_group_of_fields_takes_a_field_it_does_not_know(name: str) -> None:
    for path in groups(example(name)):
        data = example(name)
        group: Any = data
        for step in path:
            group = group[step]
        group["not_a_field"] = "x"
        assert not validator(name).is_valid(data), path


def groups(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(data, dict):
        yield path
        for key, value in data.items():
            yield from groups(value, (*path, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from groups(value, (*path, index))


def example(name: str) -> dict[str, Any]:
    """The complete example of a kind, its decimals as numbers."""
    document = yaml.read(f"{name}.yaml", (EXAMPLES / f"{name}.yaml").read_bytes())
    assert document.problems == ()
    (artefact,) = load_artefacts(document)
    assert check(artefact)
    return artefact.data


def validator(name: str) -> Any:
    return jsonschema.Draft202012Validator(FILES[name], registry=REGISTRY)
