"""Whether data has the shape of one of this room's own schemas.

The schema files are the one description; the few JSON Schema keywords they use are read here, so that recording loads
no validator. A keyword that is not known is a defect and raises, it never passes.
"""

from __future__ import annotations

import json
import marshal
import math
import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, TypeAlias

from aimsctl.evidence.strict import encode
from aimsctl.source.resources import schema_text

Check: TypeAlias = Callable[[Any], str]
"""Returns the first thing wrong, as a place that ends in what is wrong with it; empty if nothing is."""

_IGNORED: Final = {"$schema", "$id", "$defs", "title", "description", "examples", "default"}
_REMEMBERED: Final = 1024
_QUICK_OBJECT: Final = _IGNORED | {"type", "required", "properties", "additionalProperties"}
_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}


class Fixed(dict[str, Any]):
    """A part that was checked once, is in nobody else's hands and is not changed, with its JSON; see `fixed`."""

    text: str = ""


@dataclass(frozen=True, slots=True)
class _Whole:
    """What a part of a schema has to know of the whole: its definitions, and whether names it lacks are refused."""

    defs: Mapping[str, Any]
    closed: bool


def problem(name: str, value: Any, *, closed: bool = False) -> str:
    """The first thing wrong with the value by `schemas/evidence/NAME.schema.json`; empty if it has the shape.

    `closed` is for what we write ourselves: a name that the schema does not know is wrong too.
    """
    return shape(name, closed)(value).strip()


@cache
def shape(name: str, closed: bool = False) -> Check:  # noqa: FBT001, FBT002 - a key of the cache
    """The check of that schema."""
    schema = json.loads(schema_text(f"evidence/{name}"))
    return _compiled(schema, _Whole(schema.get("$defs", {}), closed))


@cache
def field_names(name: str) -> tuple[str, ...]:
    """The names of the schema's own fields, in the order it lists them."""
    return tuple(json.loads(schema_text(f"evidence/{name}"))["properties"])


def fixed(name: str, field: str, value: Mapping[str, Any]) -> Fixed:
    """A copy of the value for a field of that schema, checked here and not again. Raises ValueError: what is wrong."""
    copy = deepcopy(dict(value))
    if wrong := _field(name, field)(copy):
        raise ValueError(_below(field, wrong))
    part = Fixed(copy)
    try:
        part.text = encode(copy)
    except ValueError as error:
        raise ValueError(f"{field} holds what JSON cannot carry") from error
    return part


@cache
def _field(name: str, field: str) -> Check:
    schema = json.loads(schema_text(f"evidence/{name}"))
    if field not in schema["properties"]:
        return lambda _: " does not exist"
    return _compiled(schema["properties"][field], _Whole(schema.get("$defs", {}), closed=True))


def _compiled(schema: Mapping[str, Any], whole: _Whole) -> Check:
    if "$ref" in schema:
        return _compiled(whole.defs[schema["$ref"].removeprefix("#/$defs/")], whole)
    unknown = set(schema) - set(_PLAIN) - set(_NESTED) - _IGNORED
    if unknown:
        raise ValueError(f"the schema uses {', '.join(sorted(unknown))}, which is not known here")
    if whole.closed and "properties" in schema and "additionalProperties" not in schema:
        schema = {**schema, "additionalProperties": False}
    tests = [make(schema[key]) for key, make in _PLAIN.items() if key in schema]
    tests += [make(schema, whole) for key, make in _NESTED.items() if key in schema]
    thorough = tests[0] if len(tests) == 1 else _each(tests)
    if schema.get("type") == "string" and "enum" not in schema:
        return _quick_text(schema, thorough)
    if schema.get("type") == "object" and set(schema) <= _QUICK_OBJECT:
        return _quick_object(schema, whole, thorough)
    return thorough


def _each(tests: list[Check]) -> Check:
    def check(value: Any) -> str:
        for test in tests:
            wrong = test(value)
            if wrong:
                return wrong
        return ""

    return check


def _quick_text(schema: Mapping[str, Any], thorough: Check) -> Check:
    """Most texts are as they must be: one look says so, and only the others are gone through in full."""
    low, high, looks = schema.get("minLength", 0), schema.get("maxLength", math.inf), _exact(schema.get("pattern", ""))

    def check(value: Any) -> str:
        return "" if type(value) is str and low <= len(value) <= high and looks(value) else thorough(value)

    return check


def _quick_object(schema: Mapping[str, Any], whole: _Whole, thorough: Check) -> Check:
    """The same for objects of named fields."""
    inside = {name: _remembering(one, whole) for name, one in schema.get("properties", {}).items()}
    required = frozenset(schema.get("required", ()))
    others: Check = _nothing_wrong if "additionalProperties" not in schema else _something

    def check(value: Any) -> str:
        if type(value) is not dict:
            return thorough(value)
        for name, item in value.items():
            if type(item) is not Fixed and inside.get(name, others)(item):
                return thorough(value)
        return "" if required <= value.keys() else thorough(value)

    return check


def _remembering(schema: Mapping[str, Any], whole: _Whole) -> Check:
    """The check of a field. What is read is a mapping or a list that stands in receipt after receipt, the same control,
    system and model: one that was found right is known again by its bytes. Equal bytes are equal values of equal types.
    """
    check = _compiled(schema, whole)
    target = whole.defs[schema["$ref"].removeprefix("#/$defs/")] if "$ref" in schema else schema
    if whole.closed or target.get("type") not in ("object", "array"):
        return check
    right: set[bytes] = set()

    def known(value: Any) -> str:
        try:
            key = marshal.dumps(value, 2)
        except ValueError:
            return check(value)
        if key in right:
            return ""
        wrong = check(value)
        if not wrong:
            if len(right) >= _REMEMBERED:
                right.clear()
            right.add(key)
        return wrong

    return known


def _nothing_wrong(_: Any) -> str:
    return ""


def _something(_: Any) -> str:
    return " needs a closer look"


def _type(wanted: str | list[str]) -> Check:
    names = [wanted] if isinstance(wanted, str) else wanted
    allowed = frozenset(kind for name in names for kind in _TYPES[name])
    wrong = f" must be {' or '.join(names)}"
    if "integer" in names and "number" not in names:  # 1.0 is an integer in JSON Schema
        return lambda value: "" if type(value) in allowed or (type(value) is float and value.is_integer()) else wrong
    return lambda value: "" if type(value) in allowed else wrong


def _enum(words: list[str]) -> Check:
    wrong = f" must be one of {', '.join(words)}"
    allowed = frozenset(words)
    return lambda value: "" if type(value) is str and value in allowed else wrong


def _exact(pattern: str) -> Callable[[str], object]:
    """In JSON Schema `$` is the end of the text, not also the place before its last line break."""
    return re.compile(pattern.removesuffix("$") + r"\Z" if pattern.endswith("$") else pattern).search


def _pattern(text: str) -> Check:
    looks = _exact(text)
    return lambda value: " does not look as it must" if isinstance(value, str) and not looks(value) else ""


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


def _names(schema: Mapping[str, Any], whole: _Whole) -> Check:
    """propertyNames: how each name must look. A key that is no text, as a caller's own dict can have, is wrong."""
    inside = _compiled(schema["propertyNames"], whole)

    def check(value: Any) -> str:
        if isinstance(value, dict):
            for name in value:
                if not isinstance(name, str) or inside(name):
                    return " has a name that does not look as it must"
        return ""

    return check


def _below(name: str, wrong: str) -> str:
    return f"{name}{wrong}" if wrong[0] in " [" else f"{name}.{wrong}"


def _properties(schema: Mapping[str, Any], whole: _Whole) -> Check:
    inside = {name: _compiled(one, whole) for name, one in schema["properties"].items()}

    def check(value: Any) -> str:
        if isinstance(value, dict):
            for name, item in value.items():
                test = inside.get(name)
                if test is not None and type(item) is not Fixed and (wrong := test(item)):
                    return _below(name, wrong)
        return ""

    return check


def _others(schema: Mapping[str, Any], whole: _Whole) -> Check:
    """additionalProperties: nothing else may stand there, or only what has the given shape."""
    named = schema.get("properties", {})
    wanted = schema["additionalProperties"]
    inside: Check = (lambda _: " does not exist") if wanted is False else _compiled(wanted, whole)

    def check(value: Any) -> str:
        if isinstance(value, dict):
            for name, item in value.items():
                if name not in named and (wrong := inside(item)):
                    return _below(name, wrong)
        return ""

    return check


def _items(schema: Mapping[str, Any], whole: _Whole) -> Check:
    inside = _compiled(schema["items"], whole)

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
_NESTED: Final[Mapping[str, Callable[[Mapping[str, Any], _Whole], Check]]] = {
    "propertyNames": _names,
    "properties": _properties,
    "additionalProperties": _others,
    "items": _items,
}
