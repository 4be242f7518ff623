"""Whether data has the shape of one of this room's own schemas.

The schema files are the one description; the few JSON Schema keywords they use are read here, so that recording loads
no validator. A keyword that is not known is a defect and raises, it never passes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final, TypeAlias

from aimsctl.source.resources import schema_text

Check: TypeAlias = Callable[[Any], str]
"""Returns the first thing wrong, as a place that ends in what is wrong with it; empty if nothing is."""

_IGNORED: Final = {"$schema", "$id", "$defs", "title", "description", "examples", "default"}
_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "null": (type(None),),
}


def problem(name: str, value: Any) -> str:
    """The first thing wrong with the value by `schemas/evidence/NAME.schema.json`; empty if it has the shape."""
    return shape(name)(value).strip()


@cache
def shape(name: str) -> Check:
    """The check of that schema."""
    schema = json.loads(schema_text(f"evidence/{name}"))
    return _compiled(schema, schema["$defs"])


def _compiled(schema: Mapping[str, Any], defs: Mapping[str, Any]) -> Check:
    if "$ref" in schema:
        return _compiled(defs[schema["$ref"].removeprefix("#/$defs/")], defs)
    unknown = set(schema) - set(_PLAIN) - set(_NESTED) - _IGNORED
    if unknown:
        raise ValueError(f"the schema uses {', '.join(sorted(unknown))}, which is not known here")
    tests = [make(schema[key]) for key, make in _PLAIN.items() if key in schema]
    tests += [make(schema, defs) for key, make in _NESTED.items() if key in schema]
    if len(tests) == 1:
        return tests[0]

    def check(value: Any) -> str:
        for test in tests:
            wrong = test(value)
            if wrong:
                return wrong
        return ""

    return check


def _type(wanted: str | list[str]) -> Check:
    names = [wanted] if isinstance(wanted, str) else wanted
    allowed = frozenset(kind for name in names for kind in _TYPES[name])
    wrong = f" must be {' or '.join(names)}"
    return lambda value: "" if type(value) in allowed else wrong


def _enum(words: list[str]) -> Check:
    wrong = f" must be one of {', '.join(words)}"
    return lambda value: "" if isinstance(value, str) and value in words else wrong


def _pattern(text: str) -> Check:
    exact = re.compile(text.removesuffix("$") + r"\Z" if text.endswith("$") else text)
    return lambda value: " does not look as it must" if isinstance(value, str) and not exact.search(value) else ""


def _limit(applies: type | tuple[type, ...], exceeds: Callable[[Any, Any], bool], said: str) -> Callable[[Any], Check]:
    """A keyword that holds one number against one kind of value."""

    def make(limit: Any) -> Check:
        wrong = f" {said.format(limit)}"
        return lambda value: wrong if isinstance(value, applies) and exceeds(value, limit) else ""

    return make


def _required(names: list[str]) -> Check:
    def check(value: Any) -> str:
        if isinstance(value, dict):
            for name in names:
                if name not in value:
                    return f" lacks {name}"
        return ""

    return check


def _below(name: str, wrong: str) -> str:
    return f"{name}{wrong}" if wrong[0] in " [" else f"{name}.{wrong}"


def _properties(schema: Mapping[str, Any], defs: Mapping[str, Any]) -> Check:
    inside = {name: _compiled(one, defs) for name, one in schema["properties"].items()}

    def check(value: Any) -> str:
        if isinstance(value, dict):
            for name, item in value.items():
                test = inside.get(name)
                if test is not None and (wrong := test(item)):
                    return _below(name, wrong)
        return ""

    return check


def _others(schema: Mapping[str, Any], defs: Mapping[str, Any]) -> Check:
    """additionalProperties: nothing else may stand there, or only what has the given shape."""
    named = schema.get("properties", {})
    wanted = schema["additionalProperties"]
    inside: Check = (lambda _: " does not exist") if wanted is False else _compiled(wanted, defs)

    def check(value: Any) -> str:
        if isinstance(value, dict):
            for name, item in value.items():
                if name not in named and (wrong := inside(item)):
                    return _below(name, wrong)
        return ""

    return check


def _items(schema: Mapping[str, Any], defs: Mapping[str, Any]) -> Check:
    inside = _compiled(schema["items"], defs)

    def check(value: Any) -> str:
        if isinstance(value, list):
            for index, item in enumerate(value):
                if wrong := inside(item):
                    return _below(f"[{index}]", wrong)
        return ""

    return check


_PLAIN: Final[Mapping[str, Callable[[Any], Check]]] = {
    "type": _type,
    "enum": _enum,
    "minLength": _limit(str, lambda value, limit: len(value) < limit, "is shorter than {}"),
    "maxLength": _limit(str, lambda value, limit: len(value) > limit, "is longer than {} characters"),
    "pattern": _pattern,
    "minItems": _limit(list, lambda value, limit: len(value) < limit, "has fewer than {}"),
    "maxItems": _limit(list, lambda value, limit: len(value) > limit, "has more than {}"),
    "minProperties": _limit(dict, lambda value, limit: len(value) < limit, "has fewer than {}"),
    "maxProperties": _limit(dict, lambda value, limit: len(value) > limit, "has more than {}"),
    "minimum": _limit((int, float), lambda value, limit: value < limit, "is less than {}"),
    "maximum": _limit((int, float), lambda value, limit: value > limit, "is more than {}"),
    "required": _required,
}
_NESTED: Final[Mapping[str, Callable[[Mapping[str, Any], Mapping[str, Any]], Check]]] = {
    "properties": _properties,
    "additionalProperties": _others,
    "items": _items,
}
