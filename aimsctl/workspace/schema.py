"""Floor 2: artefacts against the schemas of their kinds, without a network and without backtracking.

jsonschema-rs decides, in microseconds an artefact. Only where it refuses one is jsonschema loaded, to say what is
wrong; what jsonschema lets pass (its `$` also matches before a last line break), jsonschema-rs tells. Schemas come from
the package alone: no folder of a workspace can replace one, and no reference leaves the package.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import jsonschema_rs

from aimsctl.source.yaml import Pointer
from aimsctl.workspace.artefacts import Artefact
from aimsctl.workspace.closed import SchemaRefusedError, ensure_closed
from aimsctl.workspace.kinds import COMMON, Schema, schema_of

if TYPE_CHECKING:
    import jsonschema.protocols

MOST_FAILURES: Final = 100
_LINEAR: Final = jsonschema_rs.RegexOptions()
_HIDDEN: Final = "this value"
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]{1,3})?")
_LONGEST_NUMBER: Final = 40
_EXACT: Final = 2**53  # every whole number below it is a float too


@dataclass(frozen=True, slots=True)
class Failure:
    """One way in which data miss a schema: the keyword that refused, what it wanted, and where."""

    keyword: str
    expected: Any
    pointer: Pointer
    instance: Any
    schema: Mapping[str, Any]
    message: str


def check(artefact: Artefact) -> bool:
    """Whether the artefact satisfies the schema of its kind, which `artefact.valid` then says too.

    The reader leaves decimals as text, because only the schema knows that `1.10` is a version here and a number there.
    So if the first answer is no, what is written without quotes takes the type its place asks for, and is asked again.
    """
    validator = _validator(artefact.kind)
    artefact.valid = validator.is_valid(artefact.data) or (
        _convert(artefact, validator) and validator.is_valid(artefact.data)
    )
    return artefact.valid


def failures(name: str, data: Mapping[str, Any]) -> list[Failure]:
    """What is wrong with data that the schema file `name` refuses; never empty, never a flood.

    jsonschema names the parts of a schema that refused; jsonschema-rs adds the places that jsonschema let pass.
    """
    found = list(islice(_told_by_jsonschema(name, data), MOST_FAILURES))
    told = {failure.pointer for failure in found}
    others = islice(_told_by_jsonschema_rs(_validator(name), data), MOST_FAILURES)
    return [*found, *(failure for failure in others if failure.pointer not in told)]


@dataclass(frozen=True, slots=True)
class ClosedSchema:
    """A schema that did not come with the package, compiled so that it reaches nothing and cannot run away."""

    validator: jsonschema_rs.Draft202012Validator

    def accepts(self, data: Any) -> bool:
        """Whether the data satisfy the schema."""
        return self.validator.is_valid(data)

    def failures(self, data: Any) -> list[Failure]:
        """What is wrong with the data, in the engine's own words; values are not repeated."""
        return list(islice(_told_by_jsonschema_rs(self.validator, data), MOST_FAILURES))


def closed_schema(schema: Any) -> ClosedSchema:
    """A schema written by somebody else, compiled with the linear regex engine; SchemaRefusedError says what is wrong.

    References stay inside it and never run in a circle, it names no other dialect, and every pattern compiles.
    """
    ensure_closed(schema)
    try:
        return ClosedSchema(_compiled(schema))
    except (ValueError, OverflowError, RecursionError) as error:
        raise SchemaRefusedError(_reason(error)) from error


def _reason(error: Exception) -> str:
    if not isinstance(error, jsonschema_rs.ValidationError):
        return "the schema cannot be compiled"
    path = "/".join(str(step) for step in error.instance_path)
    return f"{error.message[:300]} (at /{path})"


@cache
def _validator(name: str) -> jsonschema_rs.Draft202012Validator:
    return _compiled(schema_of(name), _common())


def _compiled(schema: Schema, registry: jsonschema_rs.Registry | None = None) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(
        schema, registry=registry, offline=True, validate_formats=True, pattern_options=_LINEAR, mask=_HIDDEN
    )


@cache
def _common() -> jsonschema_rs.Registry:
    return jsonschema_rs.Registry([(schema_of(COMMON)["$id"], schema_of(COMMON))])


def _convert(artefact: Artefact, validator: jsonschema_rs.Draft202012Validator) -> bool:
    """Whether something could be given the type that the schema asks for at its place."""
    changed = False
    for error in validator.iter_errors(artefact.data):
        if isinstance(error.kind, jsonschema_rs.ValidationErrorKind.Type):
            changed |= _retype(artefact, tuple(error.instance_path), error.kind.types)
    return changed


def _retype(artefact: Artefact, path: Pointer, types: list[str]) -> bool:
    if not path:
        return False
    holder: Any = artefact.data
    for step in path[:-1]:
        holder = holder[step]
    value = holder[path[-1]]
    if isinstance(value, int) and not isinstance(value, bool) and "string" in types:
        holder[path[-1]] = str(value)
        return True
    number = _number(value) if isinstance(value, str) and {"number", "integer"} & set(types) else None
    if number is None or not _is_plain(artefact, path, value):
        return False
    holder[path[-1]] = number
    return True


def _is_plain(artefact: Artefact, path: Pointer, value: str) -> bool:
    """Whether the number is written without quotes. Places are worked out only where a quoted twin leaves a doubt."""
    text = artefact.document.text
    return not (f'"{value}"' in text or f"'{value}'" in text) or artefact.document.plain(artefact.place(path))


def _number(text: str) -> int | float | None:
    """The finite number that a plain scalar writes, whole ones as int; None if it writes none."""
    if len(text) > _LONGEST_NUMBER or not _NUMBER.fullmatch(text):
        return None
    if text.removeprefix("-").isdigit():
        return int(text)
    number = float(text)
    if not math.isfinite(number):
        return None
    return int(number) if number.is_integer() and abs(number) < _EXACT else number


def _told_by_jsonschema(name: str, data: Mapping[str, Any]) -> Iterator[Failure]:
    for error in _explainer(name).iter_errors(data):
        schema = error.schema if isinstance(error.schema, Mapping) else {}
        pointer = tuple(error.absolute_path)
        yield Failure(str(error.validator), error.validator_value, pointer, error.instance, schema, "")


def _told_by_jsonschema_rs(validator: jsonschema_rs.Draft202012Validator, data: Any) -> Iterator[Failure]:
    for error in validator.iter_errors(data):
        pointer = tuple(error.instance_path)
        yield Failure(error.kind.name, error.kind.value, pointer, error.instance, {}, error.message)


@cache
def _explainer(name: str) -> jsonschema.protocols.Validator:
    import jsonschema  # noqa: PLC0415 (140 ms that only a refused artefact pays)
    import referencing  # noqa: PLC0415

    known = [referencing.Resource.from_contents(schema_of(each)) for each in (name, COMMON)]
    registry: referencing.Registry[Any] = referencing.Registry().with_resources(
        (resource.contents["$id"], resource) for resource in known
    )
    formats = jsonschema.FormatChecker(formats=())
    formats.checks("date", raises=ValueError)(_is_date)
    return jsonschema.Draft202012Validator(schema_of(name), registry=registry, format_checker=formats)


def _is_date(value: object) -> bool:
    if isinstance(value, str):
        dt.date.fromisoformat(value)
    return True
