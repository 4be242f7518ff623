"""Floor 1: the crosswalk to SOC 2, NIST AI RMF, the EU AI Act and ISO/IEC 27001. No pairing proves conformity."""

import functools
from collections.abc import Mapping
from typing import Any, NamedTuple

from aimsctl.standard.data import load


class Item(NamedTuple):
    """One criterion, subcategory, article or control of another framework.

    `covered_by_aims` is set for the EU AI Act only: partly, or no where the management system does not reach.
    """

    id: str
    title: str
    covered_by_aims: str = ""


class Framework(NamedTuple):
    """Another framework, in one edition, with the items that matter here."""

    id: str
    name: str
    edition: str
    owner: str
    note: str
    items: Mapping[str, Item]


class Pair(NamedTuple):
    """One requirement and its partner. The relation is read from ours toward the other: equal, superset and so on."""

    requirement: str
    framework: str
    item: str
    relation: str
    rationale: str
    source: str


class Crosswalk(NamedTuple):
    """All pairs, and where a requirement has no partner the reason: `without[requirement][framework]`."""

    notes: tuple[str, ...]
    sources: Mapping[str, str]
    frameworks: Mapping[str, Framework]
    pairs: tuple[Pair, ...]
    without: Mapping[str, Mapping[str, str]]

    def of(self, requirement: str) -> tuple[Pair, ...]:
        """The partners of one requirement, by framework and item in the order of the data."""
        return tuple(pair for pair in self.pairs if pair.requirement == requirement)


@functools.cache
def crosswalk() -> Crosswalk:
    """The crosswalk from ISO/IEC 42001:2023."""
    data = load("crosswalk")
    without: dict[str, dict[str, str]] = {}
    for row in data["no_counterpart"]:
        without.setdefault(row["from"], {})[row["framework"]] = row["reason"]
    return Crosswalk(
        notes=tuple(data["notes"]),
        sources={row["name"]: row["what"] for row in data["sources"]},
        frameworks={row["id"]: _framework(row) for row in data["frameworks"]},
        pairs=tuple(
            Pair(row["from"], row["framework"], row["to"], row["relation"], row["rationale"], row["source"])
            for row in data["mappings"]
        ),
        without=without,
    )


def _framework(row: dict[str, Any]) -> Framework:
    items = {item["id"]: Item(item["id"], item["title"], item.get("covered_by_aims", "")) for item in row["items"]}
    return Framework(row["id"], row["name"], row["edition"], row["owner"], row["note"], items)
