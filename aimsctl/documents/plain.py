"""Artefacts as plain values: every field that the schema names, absent ones as None, with the computed values beside.

`Plain` and `Prose` are text that turns itself into inert Markdown where a template prints it: `Plain` word for word,
`Prose` with the Markdown that the schema allows in it. A link is a dict with `id`, `title` and `kind`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from aimsctl.assessment.items import UNKNOWN
from aimsctl.documents.escaping import escape
from aimsctl.documents.prose import inline_markdown
from aimsctl.workspace.kinds import Field, kind, kind_names

if TYPE_CHECKING:
    from aimsctl.assessment.facts import Facts
    from aimsctl.assessment.items import Item

Record = dict[str, Any]
Visible = Callable[[str], str]
ENVELOPE_COMPUTED: Final = ("dated", "last_review", "next_review", "approval_state")
UNKNOWN_WORD: Final = "unknown"


class Plain(str):
    """One line of text of others."""

    __slots__ = ()

    def __html__(self) -> str:
        return escape(self)


class Prose(str):
    """Text of others in which Markdown is allowed."""

    __slots__ = ()

    def __html__(self) -> str:
        return inline_markdown(self)


class Shape(NamedTuple):
    """A field and the fields below it."""

    field: Field
    below: Mapping[str, Shape]


@cache
def shapes(kind_name: str) -> Mapping[str, Shape]:
    """The fields of a kind as a tree."""
    known = kind(kind_name)
    return {} if known is None else _below(known.fields, "")


def _below(fields: Mapping[str, Field], prefix: str) -> dict[str, Shape]:
    own = {path.removeprefix(prefix): field for path, field in fields.items() if path.startswith(prefix)}
    return {name: Shape(field, _below(fields, f"{field.path}.")) for name, field in own.items() if "." not in name}


class Records:
    """The artefacts of a workspace as plain values, each made once."""

    def __init__(self, facts: Facts, visible: Visible) -> None:
        self.facts = facts
        self.visible = visible
        self._links: dict[str, Record] = {}
        self._made: dict[int, Record] = {}
        self._rows: dict[str, dict[int, list[Item]]] = {}

    def all(self) -> dict[str, list[Record]]:
        """Every artefact that is not retired, by kind; the kind's name with underscores."""
        return {name.replace("-", "_"): self.of(name) for name in kind_names()}

    def of(self, kind_name: str) -> list[Record]:
        """The artefacts of a kind that are not retired, in the order of their ids as people count them."""
        items = (item for item in self.facts.items(kind_name) if item.get("status") != "retired")
        return [self.record(item) for item in sorted(items, key=lambda item: natural(item.id))]

    def record(self, item: Item) -> Record:
        """One artefact; made once."""
        key = id(item)
        if key not in self._made:
            self._made[key] = self._record(item)
        return self._made[key]

    def _record(self, item: Item) -> Record:
        found = self._group(shapes(item.kind), item.data, item)
        known = kind(item.kind)
        names = (*ENVELOPE_COMPUTED, *(known.computed if known is not None else ()))
        computed = {name: self._computed(item.get(name)) for name in names if "." not in name}
        return {**found, **computed, "status": Plain(item.get("status")), "path": self._path(item)}

    def entry(self, row: Item, path: str) -> Record:
        """One row of a list of an artefact."""
        shape = shapes(row.kind.partition(".")[0])[path]
        return self._row(shape, row)

    def link(self, identifier: object) -> Record | None:
        """Where an id leads: the artefact's or the requirement's title; the id itself where there is neither."""
        if not isinstance(identifier, str):
            return None
        if identifier not in self._links:
            self._links[identifier] = self._link(identifier)
        return self._links[identifier]

    def text(self, value: object) -> Plain | None:
        """A text that came from somewhere, made visible; None for nothing."""
        return None if value is None else Plain(self.visible(str(value)))

    def _link(self, identifier: str) -> Record:
        item = self.facts.find(identifier)
        title, name = identifier, ""
        if item is not None:
            title, name = str(item.get("title")), item.kind
        elif identifier in self.facts.catalogue:
            title, name = self.facts.catalogue.get(identifier).title, "requirement"
        return {"id": self.text(identifier), "title": self.text(title), "kind": name}

    def _path(self, item: Item) -> Plain | None:
        span = item.span()
        return None if span is None else self.text(f"{span.path}:{span.line}")

    def _group(self, below: Mapping[str, Shape], data: object, item: Item | None) -> Record:
        found = data if isinstance(data, dict) else {}
        return {name: self._value(shape, found.get(name), item) for name, shape in below.items()}

    def _value(self, shape: Shape, value: object, item: Item | None) -> Any:
        if shape.below:
            if not shape.field.many:
                return self._group(shape.below, value, None)
            return self._list(shape, value, item)
        if shape.field.many or isinstance(value, list):
            return [self._many(shape.field, one) for one in value] if isinstance(value, list) else []
        return self._single(shape.field, value)

    def _list(self, shape: Shape, value: object, item: Item | None) -> list[Record]:
        if item is None:
            return [self._group(shape.below, row, None) for row in value] if isinstance(value, list) else []
        return [self._row(shape, row) for row in self._rows_of(item, shape.field.path)]

    def _row(self, shape: Shape, row: Item) -> Record:
        """A row of a list, with what is worked out for rows of its shape."""
        names = ["open", "overdue"] if "due" in shape.below and "what" in shape.below else []
        known = kind(row.kind.partition(".")[0])
        prefix = f"{shape.field.path}."
        names += [name.removeprefix(prefix) for name in (known.computed if known else ()) if name.startswith(prefix)]
        if "measure" in shape.below:
            names.append("met")
        computed = {name: self._computed(row.get(name)) for name in names}
        return {**self._group(shape.below, row.data, None), **computed}

    def _rows_of(self, item: Item, path: str) -> list[Item]:
        name = f"{item.kind}.{path}"
        if name not in self._rows:
            by_holder: dict[int, list[Item]] = defaultdict(list)
            for row in self.facts.items(name):
                by_holder[id(row.holder)].append(row)
            self._rows[name] = by_holder
        return self._rows[name].get(id(item), [])

    def _many(self, field: Field, value: object) -> Any:
        return [self._single(field, one) for one in value] if isinstance(value, list) else self._single(field, value)

    def _single(self, field: Field, value: object) -> Any:
        if field.type in ("link", "requirement"):
            return self.link(value)
        if isinstance(value, str):
            return Prose(self.visible(value)) if field.type == "text" else Plain(self.visible(value))
        return value

    def _computed(self, value: object) -> Any:
        if value is UNKNOWN:
            return Plain(UNKNOWN_WORD)
        if isinstance(value, list):
            return [self._computed(one) for one in value]
        return self.text(value) if isinstance(value, str) else value


def natural(identifier: str) -> list[tuple[int, int, str]]:
    """A key that sorts R-2 before R-10 and A.6.2.4 before A.10.2."""
    parts = identifier.replace("-", ".").split(".")
    return [(0, int(part), "") if part.isdecimal() and part.isascii() else (1, 0, part) for part in parts]
