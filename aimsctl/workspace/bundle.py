"""Floor 2: schemas in one piece, for editors and tools that read a single file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aimsctl.workspace.kinds import COMMON, REGISTER, Schema, resolve, schema_of

UMBRELLA = "aims"


def bundle(name: str) -> Schema:
    """The schema of a kind, or the register form, with the shared pieces it uses inside it."""
    used: dict[str, Any] = {}
    schema: Schema = _rewritten(schema_of(name), name, lambda file, pointer: _shared(used, file, pointer, name))
    schema["$defs"] = {**schema.get("$defs", {}), **dict(sorted(used.items()))}
    return schema


def umbrella() -> Schema:
    """One schema for every artefact, chosen by its `kind`, with the schemas of all kinds inside it."""
    kinds = [*schema_of(REGISTER)["properties"]["of"]["enum"], REGISTER]

    def inside(file: str, pointer: str) -> str:
        return f"#{pointer}" if file == UMBRELLA else f"#/$defs/{file}{pointer}"

    parts = {name: _rewritten(schema_of(name), name, inside) for name in [COMMON, *kinds]}
    for part in parts.values():
        del part["$schema"], part["$id"]
    return {**_rewritten(schema_of(UMBRELLA), UMBRELLA, inside), "$defs": parts}


def _shared(used: dict[str, Any], file: str, pointer: str, home: str) -> str:
    """The reference inside the bundle to a shared piece, which is taken in with what it refers to in turn."""
    if file == home:
        return f"#{pointer}"
    name = "_".join(step for step in pointer.split("/")[2:] if step != "properties")
    if name not in used:
        used[name] = {}
        piece, _ = resolve(f"{file}.schema.json#{pointer}", home)
        used[name] = _rewritten(piece, file, lambda at, inner: _shared(used, at, inner, home))
    return f"#/$defs/{name}"


def _rewritten(schema: Any, home: str, place: Callable[[str, str], str]) -> Any:
    """A copy of the schema in which each reference is the one that `place` gives for its file and pointer."""
    if isinstance(schema, list):
        return [_rewritten(item, home, place) for item in schema]
    if not isinstance(schema, dict):
        return schema
    schema, home = _described(schema, home)
    copy = {key: _rewritten(value, home, place) for key, value in schema.items()}
    if isinstance(schema.get("$ref"), str):
        file, _, pointer = schema["$ref"].partition("#")
        copy["$ref"] = place(file.removesuffix(".schema.json") or home, pointer)
    return copy


def _described(schema: Schema, home: str) -> tuple[Schema, str]:
    """A reference to a single value, with that value's keywords in its place; anything else as it is.

    Editors show the description of what a reference leads to, not the one beside it, which is the one about the field.
    """
    while isinstance(schema.get("$ref"), str):
        target, at = resolve(schema["$ref"], home)
        if "properties" in target or "required" in target or "allOf" in target:
            break
        schema, home = {**target, **{key: value for key, value in schema.items() if key != "$ref"}}, at
    return schema, home
