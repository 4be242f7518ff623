"""Floor 1: the standard as frozen records. What it asks, how it is judged, its partners, what it wants in writing.

Each name below is loaded with its data when it is first used, so a command pays only for what it asks.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aimsctl.standard.documented import DocumentedInformation, documents
    from aimsctl.standard.filler import Placeholders, placeholders
    from aimsctl.standard.judging import STATES, Judgement, Predicate, Test, judgement
    from aimsctl.standard.partners import Crosswalk, Framework, Item, Pair, crosswalk
    from aimsctl.standard.requirements import Catalogue, Group, Requirement, catalogue

__all__ = [
    "STATES",
    "Catalogue",
    "Crosswalk",
    "DocumentedInformation",
    "Framework",
    "Group",
    "Item",
    "Judgement",
    "Pair",
    "Placeholders",
    "Predicate",
    "Requirement",
    "Test",
    "catalogue",
    "crosswalk",
    "documents",
    "judgement",
    "placeholders",
]

_HOMES = {
    "documented": ("DocumentedInformation", "documents"),
    "judging": ("STATES", "Judgement", "Predicate", "Test", "judgement"),
    "partners": ("Crosswalk", "Framework", "Item", "Pair", "crosswalk"),
    "filler": ("Placeholders", "placeholders"),
    "requirements": ("Catalogue", "Group", "Requirement", "catalogue"),
}

if not TYPE_CHECKING:  # hidden from the type checker, which would otherwise take any misspelt name for an object

    def __getattr__(name: str) -> object:
        for module, names in _HOMES.items():
            if name in names:
                return getattr(import_module(f"{__name__}.{module}"), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
