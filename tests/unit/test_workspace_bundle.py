import json
from pathlib import Path
from typing import Any

import jsonschema
import jsonschema_rs
import pytest

from aimsctl.source import yaml
from aimsctl.workspace.artefacts import load_artefacts
from aimsctl.workspace.bundle import bundle, umbrella
from aimsctl.workspace.kinds import kind_names, schema_of
from aimsctl.workspace.schema import check

EXAMPLES = Path(__file__).resolve().parents[1] / "data" / "kinds"
UMBRELLA = jsonschema_rs.Draft202012Validator(umbrella(), offline=True, validate_formats=True)


def example(name: str) -> Any:
    (artefact,) = load_artefacts(yaml.read("a.yaml", (EXAMPLES / f"{name}.yaml").read_bytes()))
    assert check(artefact)
    return artefact.data


def references(schema: Any) -> list[str]:
    if isinstance(schema, dict):
        own = [schema["$ref"]] if isinstance(schema.get("$ref"), str) else []
        return own + [found for value in schema.values() for found in references(value)]
    return [found for value in schema for found in references(value)] if isinstance(schema, list) else []


@pytest.mark.parametrize("name", [*kind_names(), "register"])
def test_a_bundle_stands_alone(name: str) -> None:
    schema = bundle(name)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert all(reference.startswith("#/$defs/") for reference in references(schema))
    assert schema["$id"] == schema_of(name)["$id"]
    assert json.dumps(bundle(name)) == json.dumps(schema), "the same bytes each time"


@pytest.mark.parametrize("name", kind_names())
def test_a_bundle_and_the_umbrella_judge_as_the_kind_does(name: str) -> None:
    validator = jsonschema_rs.Draft202012Validator(bundle(name), offline=True, validate_formats=True)
    good = example(name)
    for data in (good, {**good, "not_a_field": 1}, {**good, "id": "bad id"}, {"kind": name}):
        expected = data is good
        assert validator.is_valid(data) == expected
        assert UMBRELLA.is_valid(data) == expected


def test_making_a_bundle_leaves_the_schema_as_it_was() -> None:
    before = json.dumps(schema_of("risk"))
    bundle("risk")
    umbrella()
    assert json.dumps(schema_of("risk")) == before


def test_the_umbrella_asks_for_a_kind_and_takes_registers() -> None:
    assert not UMBRELLA.is_valid({"id": "R-1"})
    assert not UMBRELLA.is_valid({"kind": "thing"})
    register: dict[str, Any] = {"kind": "register", "of": "risk", "items": [{"id": "R-1", "title": "A"}]}
    assert UMBRELLA.is_valid(register)
    assert UMBRELLA.is_valid({**register, "defaults": {"status": "draft", "owner": "ROLE-A"}})
    assert not UMBRELLA.is_valid({**register, "defaults": {"onwer": "ROLE-A"}})
    assert not UMBRELLA.is_valid({**register, "items": [{"id": "R-1", "title": "A", "onwer": "ROLE-A"}]})
    assert not UMBRELLA.is_valid({**register, "items": [{"id": "R-1"}]})


def test_the_umbrella_refers_to_nothing_outside() -> None:
    assert all(reference.startswith("#/$defs/") for reference in references(umbrella()))
    jsonschema.Draft202012Validator.check_schema(umbrella())
