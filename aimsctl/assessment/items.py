"""What a selection yields: an artefact, a row of one of its lists, a requirement, or a plain value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aimsctl.assessment.facts import Facts
    from aimsctl.diagnostics import Span
    from aimsctl.source.yaml import Pointer
    from aimsctl.workspace.artefacts import Artefact


@final
class _Unknown:
    """A computed value that nobody can tell, for want of history or of a readable artefact."""

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __bool__(self) -> bool:
        return False


UNKNOWN: Final = _Unknown()


class Item:
    """One thing a test looks at. Identity counts: each artefact and each row is one item for the whole run."""

    __slots__ = ("_cache", "artefact", "data", "facts", "holder", "kind", "pointer")

    def __init__(  # noqa: PLR0913, PLR0917 - an item is exactly these six things
        self,
        facts: Facts,
        kind: str,
        data: Mapping[str, object],
        artefact: Artefact | None = None,
        pointer: Pointer = (),
        holder: Item | None = None,
    ) -> None:
        self.facts = facts
        self.kind = kind
        self.data = data
        self.artefact = artefact
        self.pointer = pointer
        self.holder = holder
        self._cache: dict[str, object] = {}

    @property
    def id(self) -> str:
        """The id of the artefact, of the row or of the requirement; empty for a value."""
        own = self.data.get("id")
        return own if isinstance(own, str) else ""

    @property
    def top(self) -> Item:
        """The artefact item that this item is, or is a part of."""
        return self if self.holder is None else self.holder.top

    def get(self, name: str) -> object:
        """The field or computed value of that (dotted) name; of the holder where the item lacks it. None if empty."""
        if name not in self._cache:
            self._cache[name] = None  # a computed value that asks for itself finds nothing
            self._cache[name] = self._find(name)
        return self._cache[name]

    def _find(self, name: str) -> object:
        if name.startswith("holder."):
            return None if self.holder is None else self.holder.get(name[7:])
        if name == "status" and self.artefact is not None and self.holder is None:
            return self.artefact.status  # a record that does not say is approved
        found = self._field(name)
        if found is not None:
            return found
        if self.facts.computes(self, name):
            return self.facts.compute(self, name)
        if self.holder is not None and not self.facts.has_field(self, name):
            return self.holder.get(name)
        return None

    def _field(self, name: str) -> object:
        value: object = self.data
        for part in name.split("."):
            if not isinstance(value, dict):
                return None
            value = value.get(part)
        return value

    def span(self, name: str = "") -> Span | None:
        """Where the field of that name stands, or the item itself; None for values and requirements."""
        if self.artefact is None:
            return None if self.holder is None else self.holder.span(name)
        parts = tuple(int(part) if part.isdigit() else part for part in name.split(".")) if name else ()
        return self.artefact.span((*self.pointer, *parts))
