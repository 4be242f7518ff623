"""Floor 2: the typed links between artefacts, seen from both ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from aimsctl.source.yaml import Pointer, Value
from aimsctl.workspace.artefacts import Artefact
from aimsctl.workspace.kinds import Field, kind


@dataclass(frozen=True, slots=True, eq=False)
class Link:
    """One link: from which artefact and place in it, to which id, through which field."""

    source: Artefact
    path: Pointer
    target: str
    field: Field


def links_from(artefact: Artefact) -> Iterator[Link]:
    """The links that an artefact holds, field by field. Values that are no text are passed over; the schema tells them.

    Clauses and controls that a `requirement` field names are no links; the ids of Annex A in a field that also takes
    controls are.
    """
    data = artefact.data
    for field, first, rest in _link_fields(artefact.kind):
        if first in data:
            for path, target in _values(data[first], rest, (first,)):
                yield Link(artefact, path, target, field)


def links_by_target(artefacts: Iterable[Artefact]) -> dict[str, tuple[Link, ...]]:
    """Every link of the artefacts by the id it points to, in the order of the artefacts."""
    found: dict[str, list[Link]] = {}
    for artefact in artefacts:
        for link in links_from(artefact):
            found.setdefault(link.target, []).append(link)
    return {target: tuple(links) for target, links in found.items()}


@cache
def _link_fields(name: str) -> tuple[tuple[Field, str, tuple[str, ...]], ...]:
    """The fields of a kind that link, each with the first name of its path and the names below that."""
    known = kind(name)
    if known is None:
        return ()
    paths = ((field, field.path.split(".")) for field in known.link_fields)
    return tuple((field, first, tuple(rest)) for field, (first, *rest) in paths)


def _values(value: Value, names: tuple[str, ...], path: Pointer) -> Iterator[tuple[Pointer, str]]:
    if isinstance(value, str):
        if not names:
            yield path, value
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _values(item, names, (*path, index))
    elif isinstance(value, dict) and names and names[0] in value:
        yield from _values(value[names[0]], names[1:], (*path, names[0]))
