"""Floor 1: what the evidence behind a held certificate or report can do for ISO/IEC 42001."""

import functools
from collections.abc import Mapping
from typing import NamedTuple

from aimsctl.standard.data import load


class Held(NamedTuple):
    """Something an organisation can hold, the framework it belongs to, and how far its evidence reaches."""

    id: str
    framework: str
    name: str
    says: str


class Service(NamedTuple):
    """What evidence for a partner can do: serve the whole, serve a part, or only help."""

    can: str
    says: str


class Reuse(NamedTuple):
    """All of it: what can be held, and what each relation of the crosswalk lets evidence do."""

    held: tuple[Held, ...]
    serves: Mapping[str, Service]
    notes: tuple[str, ...]


@functools.cache
def reuse() -> Reuse:
    """How evidence of other frameworks can be used again."""
    data = load("reuse")
    return Reuse(
        held=tuple(Held(row["held"], row["framework"], row["name"], row["says"]) for row in data["held"]),
        serves={relation: Service(row["can"], row["says"]) for relation, row in data["serves"].items()},
        notes=tuple(data["notes"]),
    )
