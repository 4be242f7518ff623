"""The JSON Schemas in an organisation's rules: whether they ask for something, and what their numbers are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from aimsctl.assessment.rules.base import listed
from aimsctl.workspace.hints import closest, did_you_mean, shown
from aimsctl.workspace.kinds import kind

if TYPE_CHECKING:
    from aimsctl.source.yaml import Document, Pointer

_DECIMAL: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,14})\.[0-9]{1,15}")
_NUMERIC: Final = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
_PLAIN: Final = (
    "$schema", "$ref", "$comment", "type", "enum", "const", "pattern", "format", "required", "dependentRequired",
    "minLength", "maxLength", "minItems", "maxItems", "uniqueItems", "minContains", "maxContains", "minProperties",
    "maxProperties", "title", "description", "default", "examples", *_NUMERIC,
)  # fmt: skip
_SAME: Final = ("not", "if", "then", "else", "items", "contains")  # about the same fields, or the rows of them
_SAME_EACH: Final = ("allOf", "anyOf", "oneOf", "prefixItems")
_OTHER: Final = ("additionalProperties", "propertyNames", "unevaluatedProperties", "unevaluatedItems")
_TABLES: Final = ("properties", "patternProperties", "$defs", "dependentSchemas")
_KEYWORDS: Final = frozenset((*_PLAIN, *_SAME, *_SAME_EACH, *_OTHER, *_TABLES))

_Problem = tuple["Pointer", str, str, bool]


def misread(schema: Any, at: Pointer, on: str, path: str | None = "") -> Iterator[_Problem]:
    """Where a schema asks for nothing because of a name: a keyword that does not exist, a field that the kind lacks.

    Each comes as pointer, words, hint, and whether it is about the key. `path` is the field that the schema is about,
    with a dot behind it; None where nobody can tell.
    """
    if not isinstance(schema, Mapping):
        return
    for keyword, value in schema.items():
        here = (*at, keyword)
        if keyword not in _KEYWORDS:
            hint = did_you_mean(closest(keyword, _KEYWORDS)) or "The keywords are those of JSON Schema 2020-12."
            yield here, f"JSON Schema has no keyword {shown(keyword)}.", hint, True
            continue
        if path is not None:
            yield from _unknown_fields(keyword, value, here, on, path)
        for step, inner, below in _inner(keyword, value, path):
            yield from misread(inner, (*here, *step), on, below)


def _unknown_fields(keyword: str, value: Any, at: Pointer, on: str, path: str) -> Iterator[_Problem]:
    known = kind(on)
    if known is None or keyword not in ("properties", "required"):
        return
    named = enumerate(listed(value)) if keyword == "required" else ((name, name) for name in value)
    for step, name in named:
        if f"{path}{name}" not in known.fields:
            beside = [field.removeprefix(path) for field in known.fields if field.startswith(path)]
            hint = did_you_mean(closest(name, [field for field in beside if "." not in field]))
            where = f"`{path[:-1]}` of {on}" if path else on
            yield (*at, step), f"There is no field {shown(name)} in {where}.", hint, keyword == "properties"


def _inner(keyword: str, value: Any, path: str | None) -> Iterator[tuple[Pointer, Any, str | None]]:
    """The schemas within a keyword, where they stand in it, and which field they are about."""
    if keyword in _SAME:
        yield (), value, path
    elif keyword in _OTHER:
        yield (), value, None
    elif keyword in _SAME_EACH:
        yield from (((index,), inner, path) for index, inner in enumerate(listed(value)))
    elif keyword in _TABLES and isinstance(value, Mapping):
        for name, inner in value.items():
            below = path if keyword == "dependentSchemas" else None
            if keyword == "properties" and path is not None:
                below = f"{path}{name}."
            yield (name,), inner, below


def typed(document: Document, at: Pointer, schema: Any) -> Any:
    """The schema with decimals that are written without quotes as numbers, which the reader leaves as text.

    A decimal as `const` or in `enum` stands for the number and for the text, since only the field says which it is.
    """
    if isinstance(schema, list):
        return [typed(document, (*at, index), value) for index, value in enumerate(schema)]
    if not isinstance(schema, Mapping):
        return schema
    result: dict[str, Any] = {}
    for key, value in schema.items():
        here = (*at, key)
        if key in _NUMERIC and _is_decimal(document, here, value):
            result[key] = float(value)
        elif key == "const" and "enum" not in schema and _is_decimal(document, here, value):
            result["enum"] = [value, float(value)]
        elif key == "enum" and isinstance(value, list):
            decimals = [float(one) for index, one in enumerate(value) if _is_decimal(document, (*here, index), one)]
            result[key] = [*value, *decimals]
        else:
            result[key] = typed(document, here, value)
    return result


def _is_decimal(document: Document, at: Pointer, value: Any) -> bool:
    return isinstance(value, str) and _DECIMAL.fullmatch(value) is not None and document.plain(at)
