"""Floor 2: whether a schema that an organisation wrote keeps to itself, before anything compiles it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
MOST_PARTS: Final = 20_000
_DEEPEST: Final = 64
_LONGEST_PATTERN: Final = 1000
_MOST_PATTERNS: Final = 20  # compiled, each may take ten megabytes
_MOST_REFERENCES: Final = 200
_MOST_STEPS: Final = 2_000  # that references lead to, followed to their ends
_REFUSED: Final = (
    "$id", "$anchor", "$dynamicRef", "$dynamicAnchor", "$recursiveRef", "$recursiveAnchor", "$vocabulary"
)  # fmt: skip
_DATA: Final = ("const", "enum", "default", "examples")
_TABLES: Final = ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas")


class SchemaRefusedError(ValueError):
    """A schema that is not used, and in one line why."""


def ensure_closed(schema: Any) -> None:
    """Return only if the schema refers to nothing but its own parts, and to those without running in a circle."""
    if not isinstance(schema, Mapping | bool):
        raise SchemaRefusedError("a schema is a group of keywords, or true or false")
    references: dict[str, str] = {}
    patterns = 0
    for pointer, part in _parts(schema):
        _ensure_plain(part)
        patterns += len(_patterns(part))
        if "$ref" in part:
            references[pointer] = _target(part["$ref"])
    if len(references) > _MOST_REFERENCES:
        raise SchemaRefusedError(f"the schema has more than {_MOST_REFERENCES} references")
    if patterns > _MOST_PATTERNS:
        raise SchemaRefusedError(f"the schema has more than {_MOST_PATTERNS} patterns")
    for target in references.values():
        if not _exists(schema, target):
            raise SchemaRefusedError(f"`$ref` points to nothing: #{target[:80]}")
    _ensure_no_circle(references)
    _ensure_few_steps(references)


def _parts(schema: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every group of keywords in the schema with its pointer; what is data or a table of names is looked through."""
    waiting: list[tuple[str, Any, int, bool]] = [("", schema, 0, False)]
    seen = 0
    while waiting:
        pointer, part, depth, names = waiting.pop()
        seen += 1
        if seen > MOST_PARTS or depth > _DEEPEST:
            raise SchemaRefusedError(f"the schema is too large: more than {MOST_PARTS} parts or {_DEEPEST} levels")
        if isinstance(part, Mapping) and not names:
            yield pointer, part
        for step, value in _inner(part, names=names):
            waiting.append((f"{pointer}/{_escaped(step)}", value, depth + 1, not names and step in _TABLES))


def _inner(part: Any, *, names: bool) -> Iterator[tuple[str, Any]]:
    if isinstance(part, Mapping):
        yield from ((str(key), value) for key, value in part.items() if names or key not in _DATA)
    elif isinstance(part, list):
        yield from ((str(index), value) for index, value in enumerate(part))


def _ensure_plain(part: Mapping[str, Any]) -> None:
    for keyword in _REFUSED:
        if keyword in part:
            raise SchemaRefusedError(f"`{keyword}` is not allowed in the schema of a rule")
    if part.get("$schema", DIALECT) not in {DIALECT, f"{DIALECT}#"}:
        raise SchemaRefusedError(f"`$schema` may only be {DIALECT}")
    if any(len(str(pattern)) > _LONGEST_PATTERN for pattern in _patterns(part)):
        raise SchemaRefusedError(f"a pattern is longer than {_LONGEST_PATTERN} characters")


def _patterns(part: Mapping[str, Any]) -> list[Any]:
    """The regular expressions that a group of keywords holds itself."""
    named = part.get("patternProperties")
    return [*([part["pattern"]] if "pattern" in part else []), *(named if isinstance(named, Mapping) else ())]


def _target(reference: Any) -> str:
    """The pointer inside the schema that a reference names."""
    if not isinstance(reference, str) or (reference != "#" and not reference.startswith("#/")):
        raise SchemaRefusedError("`$ref` may only point into the same schema, such as #/$defs/name")
    return reference[1:]


def _exists(schema: Any, pointer: str) -> bool:
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(schema, Mapping) and name in schema:
            schema = schema[name]
        elif isinstance(schema, list) and name.isdigit() and int(name) < len(schema):
            schema = schema[int(name)]
        else:
            return False
    return True


def _ensure_no_circle(references: Mapping[str, str]) -> None:
    """A part that can come back to itself is refused, even where data would end the circle: rules need no recursion."""
    edges = {
        start: {target for at, target in references.items() if _within(at, start)} for start in references.values()
    }
    for start, after in edges.items():
        waiting, reached = list(after), set[str]()
        while waiting:
            here = waiting.pop()
            if here == start:
                raise SchemaRefusedError(f"`$ref` runs in a circle: #{start[:80]}")
            if here not in reached:
                reached.add(here)
                waiting += edges[here]


def _ensure_few_steps(references: Mapping[str, str]) -> None:
    """References that double at each step are refused: a few lines of them would take longer than anybody waits."""
    steps: dict[str, int] = {}

    def count(start: str) -> int:
        if start not in steps:
            steps[start] = sum(1 + count(target) for at, target in references.items() if _within(at, start))
        return steps[start]

    if any(count(target) > _MOST_STEPS for target in references.values()):
        raise SchemaRefusedError(f"a reference leads to more than {_MOST_STEPS} others, followed to their ends")


def _within(pointer: str, outer: str) -> bool:
    return pointer == outer or pointer.startswith(f"{outer}/")


def _escaped(step: str) -> str:
    return step.replace("~", "~0").replace("/", "~1")
