"""The engine that decides and the one that explains agree on every kind, whatever somebody does to a good artefact."""

import copy
import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import referencing
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aimsctl.source import yaml
from aimsctl.workspace.artefacts import Artefact, load_artefacts
from aimsctl.workspace.explain import explain
from aimsctl.workspace.kinds import kind_names, schema_of
from aimsctl.workspace.schema import check

ROOT = Path(__file__).resolve().parents[2]
REGISTRY: Any = referencing.Registry().with_resources(
    (schema["$id"], referencing.Resource.from_contents(schema)) for schema in map(schema_of, (*kind_names(), "common"))
)
FORMATS = jsonschema.FormatChecker(formats=())


@FORMATS.checks("date", raises=ValueError)
def _date(value: object) -> bool:
    return not isinstance(value, str) or dt.date.fromisoformat(value) is not None


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
STRANGE = st.sampled_from(
    ["", "RISK-1", "A.6.2.4", "6.1.3", "2026-02-29", "2028-02-29", "9999-01-01", "P1Y", "P1Y2W", "draft", "approved",
     "yes", "A-", "-A", "a-1", "A-1 ", "٣", "1.0", "2026-1-1", "P٣Y"]
)  # fmt: skip
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 10**6) | st.floats(-9, 9) | TEXT | STRANGE,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)


def example(name: str) -> Any:
    path = ROOT / "tests" / "data" / "kinds" / f"{name}.yaml"
    (artefact,) = load_artefacts(yaml.read(path.name, path.read_bytes()))
    assert check(artefact)
    return artefact.data


GOOD = {name: example(name) for name in kind_names()}
EXPLAINERS = {
    name: jsonschema.Draft202012Validator(schema_of(name), registry=REGISTRY, format_checker=FORMATS)
    for name in kind_names()
}


def places(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for step, value in inner:
        yield (*path, step)
        yield from places(value, (*path, step))


def changed(data: Any, draw: Any) -> Any:
    data = copy.deepcopy(data)
    for _ in range(draw(st.integers(1, 3))):
        found = sorted(places(data), key=str)
        if not found:
            break
        *way, last = draw(st.sampled_from(found))
        holder = data
        for step in way:
            holder = holder[step]
        change = draw(st.sampled_from(["remove", "replace", "replace", "add"]))
        if change == "remove":
            del holder[last]
        elif change == "replace":
            holder[last] = draw(VALUES)
        elif isinstance(holder, dict):
            holder[draw(TEXT)] = draw(VALUES)
        else:
            holder.append(draw(VALUES))
    return data


@pytest.mark.parametrize("name", kind_names())
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(draw=st.data())
def test_both_engines_give_one_verdict_and_a_refusal_is_always_explained(name: str, draw: st.DataObject) -> None:
    data = changed(GOOD[name], draw.draw)
    document = yaml.read("policies/a.yaml", json.dumps(data).encode())
    artefact = Artefact(name, str(data.get("id")), data, document)
    fits = check(artefact)  # numbers have the types that the schema asks for now
    if not fits:
        assert explain(artefact)
    if not any(ends_a_line(value) for value in texts(data)):
        assert fits == EXPLAINERS[name].is_valid(data)


def ends_a_line(value: Any) -> bool:
    """Where the two are known to differ: in Python `$` also matches before a last line break."""
    return isinstance(value, str) and value.endswith("\n")


def texts(data: Any) -> Iterator[Any]:
    for path in places(data):
        value = data
        for step in path:
            value = value[step]
        yield value
