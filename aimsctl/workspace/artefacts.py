"""Floor 2: one governed record, whether it has a file of its own or is an item of a register."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from aimsctl.diagnostics import Span
from aimsctl.source.yaml import Document, Pointer, Value
from aimsctl.workspace.kinds import REGISTER, kind


@dataclass(slots=True, eq=False)
class Artefact:
    """One artefact: its data with the register's defaults filled in, and where each field stands.

    `valid` is True once the artefact satisfies the schema of its kind; only then do its fields have the types that the
    schema promises. `own` is what an item of a register says itself; the rest of its data are the register's defaults.
    """

    kind: str
    id: str
    data: dict[str, Value]
    document: Document
    pointer: Pointer = ()
    own: Mapping[str, Value] = field(default_factory=dict)
    valid: bool = False

    @property
    def title(self) -> str:
        """The title, or the id where there is none."""
        title = self.data.get("title")
        return title if isinstance(title, str) else self.id

    @property
    def status(self) -> str:
        """Where the artefact stands: a record that does not say is approved, anything else a draft."""
        status = self.data.get("status")
        if isinstance(status, str):
            return status
        known = kind(self.kind)
        return "approved" if status is None and known is not None and known.klass == "record" else "draft"

    def get(self, path: str) -> Value:
        """The value at a dotted path through groups of fields; None if it is absent."""
        value: Value = self.data
        for name in path.split("."):
            if not isinstance(value, dict):
                return None
            value = value.get(name)
        return value

    def place(self, path: str | Pointer = ()) -> Pointer:
        """The pointer of a field in the document; a field that comes from the register's defaults lies there."""
        steps: Pointer = tuple(path.split(".")) if isinstance(path, str) and path else tuple(path)
        if not steps or not self.pointer or steps[0] in self.own or steps[0] not in self.data:
            return (*self.pointer, *steps)
        return ("of",) if steps[0] == "kind" else ("defaults", *steps)

    def span(self, path: str | Pointer = (), *, key: bool = False) -> Span:
        """Where the value at that path stands, or its key; the nearest field around it if it is absent."""
        return self.document.span(self.place(path), key=key)


def load_artefacts(document: Document) -> list[Artefact]:
    """The artefacts of a document, in its order: itself, or the items of a register. Nothing is checked here."""
    data = document.data
    if data is None:
        return []
    name = data.get("kind")
    if name == REGISTER:
        return _items(document, data)
    return [Artefact(name, _id(data), data, document)] if isinstance(name, str) else []


def _items(document: Document, register: Mapping[str, Value]) -> list[Artefact]:
    of, defaults, items = register.get("of"), register.get("defaults"), register.get("items")
    if not isinstance(of, str) or not isinstance(items, list):
        return []
    shared: dict[str, Value] = {"kind": of, **defaults} if isinstance(defaults, dict) else {"kind": of}
    return [
        Artefact(of, _id(item), {**shared, **item}, document, ("items", index), item)
        for index, item in enumerate(items)
        if isinstance(item, dict)
    ]


def _id(data: Mapping[str, Value]) -> str:
    found = data.get("id")
    return found if isinstance(found, str) else ""
