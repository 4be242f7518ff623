"""Floor 2: what a kind of artefact is. A kind is its schema file; nothing about a kind stands in code.

Each kind is read from its file when somebody first asks for it, so a run over three files reads three schemas.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Literal

from aimsctl.source.resources import schema_text

Class = Literal["controlled", "register", "record"]
Level = Literal["always", "approved", "optional"]
Schema = dict[str, Any]

COMMON: Final = "common"
REGISTER: Final = "register"
KEYWORD: Final = "x-aimsctl"
_NAMED_TYPES: Final = {
    "string": "string",
    "text": "text",
    "date": "date",
    "duration": "duration",
    "requirement": "requirement",
    "annex_a": "annex_a",
    "annex_a_or_id": "link",
    "id": "string",
}


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a kind, addressed by its dotted path; a field of a row has the list before it: `actions.due`.

    `links` names the kinds a link may point to, with `annex_a` among them where a control of Annex A is allowed too.
    `reverse` is the name of the link seen from its target. `level` says from when on the schema asks for the field.
    """

    path: str
    type: str
    many: bool
    links: tuple[str, ...]
    reverse: str
    level: Level
    description: str
    enum: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """One kind of artefact, as its schema file describes it."""

    name: str
    title: str
    description: str
    klass: Class
    prefix: str
    reviewed: bool
    dated_by: str
    serves: tuple[str, ...]
    carries: tuple[str, ...]
    fields: Mapping[str, Field]
    computed: Mapping[str, str]
    leaves_out: tuple[str, ...]
    approves_only: Mapping[str, tuple[str, ...]]
    topics: Mapping[str, Mapping[str, tuple[str, ...]]]
    documents: Mapping[str, Mapping[str, Any]]
    link_fields: tuple[Field, ...]


@cache
def schema_of(name: str) -> Schema:
    """The schema file of that name as data, shared: nobody changes it."""
    schema: Schema = json.loads(schema_text(name))
    return schema


@cache
def kind_names() -> tuple[str, ...]:
    """The names of all kinds, in the order of the standard's clauses."""
    return tuple(schema_of(REGISTER)["properties"]["of"]["enum"])


@cache
def kind(name: str) -> Kind | None:
    """The kind of that name; None if there is none."""
    return _read(name, schema_of(name)) if name in kind_names() else None


def resolve(reference: str, home: str) -> tuple[Schema, str]:
    """What a `$ref` in the schema file `home` points to, and the file it stands in."""
    file, _, pointer = reference.partition("#")
    name = file.removesuffix(".schema.json") or home
    target: Any = schema_of(name)
    for step in pointer.split("/")[1:]:
        target = target[step]
    return target, name


def _read(name: str, schema: Schema) -> Kind:
    facts = schema[KEYWORD]
    properties = schema["$defs"]["entry"]["properties"]
    levels = _levels(name, schema)
    fields = {field.path: field for field in _fields(properties, "", name, levels)}
    return Kind(
        name=name,
        title=schema["title"],
        description=schema["description"],
        klass=facts["class"],
        prefix=facts["prefix"],
        reviewed=facts["reviewed"],
        dated_by=facts["dated_by"],
        serves=tuple(facts["serves"]),
        carries=tuple(facts["carries"]),
        fields=fields,
        computed=facts.get("computed", {}),
        leaves_out=(*schema_of(COMMON)["$defs"]["envelope"][KEYWORD]["leaves_out"], *facts.get("leaves_out", ())),
        approves_only={part: tuple(paths) for part, paths in facts.get("approves_only", {}).items()},
        topics={
            type_: {key: tuple(words) for key, words in row.items()} for type_, row in facts.get("topics", {}).items()
        },
        documents=facts.get("documents", {}),
        link_fields=tuple(field for field in fields.values() if field.links),
    )


def _levels(name: str, schema: Schema) -> dict[str, Level]:
    """From when on each field is asked for: what the `required` lists of the schema and of its conditions say."""
    levels: dict[str, Level] = {}
    for condition in schema["allOf"]:
        status = condition.get("if", {}).get("properties", {}).get("status", {})
        level: Level = "approved" if "const" in status else "always"
        for path in _required(condition.get("then", {}), "", name):
            levels.setdefault(path, level)
    return levels | dict.fromkeys(schema["required"], "always")


def _required(schema: Schema, prefix: str, home: str) -> Iterator[str]:
    if "$ref" in schema:
        target, at = resolve(schema["$ref"], home)
        yield from _required(target, prefix, at)
    for name in schema.get("required", ()):
        yield prefix + name
    for name, inner in schema.get("properties", {}).items():
        yield from _required(inner.get("items", inner), f"{prefix}{name}.", home)


def _fields(properties: Schema, prefix: str, home: str, levels: Mapping[str, Level]) -> Iterator[Field]:
    for name, schema in properties.items():
        path = prefix + name
        node, at, type_ = _resolved(schema, home)
        many = node.get("type") == "array"
        inner, inner_at, inner_type = _innermost(node, at) if many else (node, at, type_)
        yield _field(path, node, inner, inner_type, levels.get(path, "optional"))
        if "properties" in inner:
            yield from _fields(inner["properties"], f"{path}.", inner_at, levels)


def _field(path: str, node: Schema, inner: Schema, type_: str, level: Level) -> Field:
    facts = node.get(KEYWORD, {})
    links = tuple(facts.get("link", ()))
    allowed = tuple(inner["enum"]) if "enum" in inner else (inner["const"],) if "const" in inner else ()
    return Field(
        path=path,
        type="link" if links else "enum" if allowed else type_,
        many=node.get("type") == "array",
        links=links,
        reverse=facts.get("reverse", ""),
        level=level,
        description=node["description"],
        enum=allowed,
    )


def _resolved(schema: Schema, home: str) -> tuple[Schema, str, str]:
    """A property with what it refers to filled in, the file its parts stand in, and the word for its type."""
    type_ = str(schema.get("type", ""))
    while "$ref" in schema:
        named = schema["$ref"].rpartition("/")[2]
        type_ = type_ or _NAMED_TYPES.get(named, "")
        target, home = resolve(schema["$ref"], home)
        schema = {**target, **{key: value for key, value in schema.items() if key != "$ref"}}
    return schema, home, type_ or str(schema.get("type", ""))


def _innermost(schema: Schema, home: str) -> tuple[Schema, str, str]:
    """What a list holds; of a list of lists, what the inner ones hold."""
    inner, at, type_ = _resolved(schema["items"], home)
    return _innermost(inner, at) if inner.get("type") == "array" else (inner, at, type_)
