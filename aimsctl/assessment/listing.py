"""Artefacts of a kind by what their fields say: which ones, and what stands in the fields that were asked about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from aimsctl.assessment.computed.registry import COMPUTED
from aimsctl.assessment.items import Item
from aimsctl.assessment.responsible import title_of
from aimsctl.errors import UsageError
from aimsctl.workspace.hints import closest, did_you_mean
from aimsctl.workspace.kinds import Kind, kind, kind_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from aimsctl.assessment.facts import Facts
    from aimsctl.workspace.artefacts import Artefact

Record = dict[str, Any]
_ROW_SHAPES: Final = ("*.action", "*.measurement")


@dataclass(frozen=True, slots=True)
class Where:
    """One condition: the path of a field or computed value, and the text it must have; empty asks for absence."""

    field: str
    value: str


def known_kind(name: str) -> Kind:
    """The kind of that name. Raises UsageError with the nearest name if there is none."""
    found = kind(name)
    if found is None:
        near = closest(name, kind_names())
        raise UsageError(f"there is no kind {name}", hint=did_you_mean(near) if near else "`aimsctl schema` lists them")
    return found


def conditions(of: Kind, texts: Sequence[str]) -> tuple[Where, ...]:
    """The conditions that `FIELD=VALUE` texts say. Raises UsageError for a field or a word that the kind lacks."""
    return tuple(_condition(of, text) for text in texts)


def _condition(of: Kind, text: str) -> Where:
    name, equals, value = (part.strip() for part in text.partition("="))
    if not equals:
        raise UsageError(f"--where {text} says no value", hint="write it as FIELD=VALUE, such as status=approved")
    field = of.fields.get(name)
    if field is None and not _worked_out(of, name):
        near = closest(name, _names(of))
        said = f"`aimsctl schema {of.name}` lists its fields"
        raise UsageError(f"{of.name} has no field {name}", hint=did_you_mean(near) if near else said)
    if field is not None and field.enum and value and value not in field.enum:
        raise UsageError(f"{value} is no value of {name}", hint=f"one of {', '.join(field.enum)}")
    return Where(name, value)


def _worked_out(of: Kind, name: str) -> bool:
    rows, dot, last = name.rpartition(".")
    if dot and rows in of.fields:
        return any((shape, last) in COMPUTED for shape in (f"{of.name}.{rows}", *_ROW_SHAPES))
    return (of.name, name) in COMPUTED or ("*", name) in COMPUTED


def _names(of: Kind) -> list[str]:
    return [*of.fields, *(name for shape, name in COMPUTED if shape in (of.name, "*"))]


def listing(facts: Facts, of: Kind, wanted: Sequence[Where] = ()) -> Record:
    """The artefacts of the kind that meet every condition, in the order of the paths, those with errors included.

    `unread` names the places of artefacts and files of that kind, or of a kind that cannot be told, which could not be
    read without errors: what they hold may be missing from the list.
    """
    workspace = facts.workspace
    items = {id(item.artefact): item for item in facts.items(of.name)}
    found = (
        (one, items.get(id(one)) or Item(facts, of.name, one.data, one))
        for one in workspace.artefacts
        if one.kind == of.name
    )
    broken = (*workspace.broken.get(of.name, ()), *workspace.broken.get("*", ()))
    return {
        "as_of": facts.as_of.isoformat(),
        "kind": of.name,
        "where": [{"field": one.field, "value": one.value} for one in wanted],
        "artefacts": [
            _row(facts, artefact, item, wanted)
            for artefact, item in found
            if all(meets(item, condition) for condition in wanted)
        ],
        "unread": [{"path": span.path, "line": span.line} for span in broken],
    }


def _row(facts: Facts, artefact: Artefact, item: Item, wanted: Sequence[Where]) -> Record:
    owner = artefact.data.get("owner")
    span = artefact.span()
    return {
        "id": artefact.id,
        "title": artefact.title,
        "status": artefact.status,
        "owner": owner if isinstance(owner, str) else "",
        "owner_title": title_of(facts, owner),
        "valid": artefact.valid,
        "path": span.path,
        "line": span.line,
        "values": {one.field: values(item, one.field) for one in wanted},
    }


def meets(item: Item, condition: Where) -> bool:
    """Whether one of the field's values is the one asked for; without a value, whether the field is empty."""
    found = values(item, condition.field)
    return condition.value in found if condition.value else not found


def values(item: Item, path: str) -> list[str]:
    """What stands in a field, as texts: several for a list and for a field of rows, none where it is empty."""
    rows, dot, last = path.rpartition(".")
    if dot and item.artefact is not None and item.artefact.valid and isinstance(item.data.get(rows), list):
        holding = (row for row in item.facts.items(f"{item.kind}.{rows}") if row.holder is item)
        return [text for row in holding for text in _texts(row.get(last))]
    found = item.get(path) if item.artefact is not None and item.artefact.valid else None
    return list(_texts(found)) or list(_walk(item.data, path.split(".")))


def _walk(value: object, names: Sequence[str]) -> Iterator[str]:
    if not names:
        yield from _texts(value)
    elif isinstance(value, dict):
        yield from _walk(value.get(names[0]), names[1:])
    elif isinstance(value, list):
        for one in value:
            yield from _walk(one, names)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, bool):
        yield "true" if value else "false"
    elif isinstance(value, str | int | float):
        yield str(value)
    elif value is not None and not isinstance(value, dict):
        yield "unknown"
