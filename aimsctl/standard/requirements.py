"""Floor 1: the catalogue. The requirements of clauses 4 to 10 and the controls of Annex A, in our own words."""

import functools
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from aimsctl.standard.data import load

Type = Literal["clause", "control"]


class Group(NamedTuple):
    """A heading: a clause without requirements of its own, or an objective of Annex A. `parent` is empty at the top."""

    id: str
    title: str
    type: Type
    summary: str
    parent: str = ""


class Requirement(NamedTuple):
    """A clause that states requirements, or a control of Annex A.

    `group` is the top heading (clause 6, objective A.6), `parent` the id of the nearest one (6.1, A.6.2).
    `documented_information` is what a clause demands in writing. `requires_documentation` says whether anything is
    demanded in writing; for a control, once it is necessary. `operational` controls are shown by dated records that
    keep coming, `record_trigger` says when; clauses are judged by their own tests and carry neither.
    """

    id: str
    title: str
    type: Type
    group: Group
    parent: str
    summary: str
    expects: tuple[str, ...]
    documented_information: tuple[str, ...] = ()
    typical_evidence: tuple[str, ...] = ()
    operational: bool = False
    requires_documentation: bool = False
    record_trigger: str = ""
    related_clauses: tuple[str, ...] = ()

    def __hash__(self) -> int:
        return hash(self.id)


class Catalogue(NamedTuple):
    """The edition and its requirements: clauses first, then controls, each in the order of the standard."""

    standard: str
    title: str
    edition: str
    edition_note: str
    requirements: tuple[Requirement, ...]
    groups: tuple[Group, ...]
    objectives: tuple[Group, ...]
    by_id: Mapping[str, Requirement]

    def __contains__(self, requirement: object) -> bool:
        return requirement in self.by_id

    def get(self, requirement: str) -> Requirement:
        """The requirement with this id; KeyError if there is none."""
        return self.by_id[requirement]

    def related_controls(self, clause: str) -> tuple[Requirement, ...]:
        """The controls that name this clause as related."""
        return tuple(each for each in self.requirements if clause in each.related_clauses)


@functools.cache
def catalogue() -> Catalogue:
    """The catalogue of ISO/IEC 42001:2023."""
    data = load("iso42001")
    groups = {row["id"]: _clause_group(row) for row in data["clauses"] if row["kind"] == "group"}
    objectives = {group.id: group for group in _objectives(data["annex_a"]["objectives"])}
    requirements = (
        *(_clause(row, groups) for row in data["clauses"] if row["kind"] == "requirement"),
        *(_control(row, objectives) for row in data["annex_a"]["controls"]),
    )
    return Catalogue(
        standard=data["standard"],
        title=data["title"],
        edition=data["edition"],
        edition_note=data["edition_note"],
        requirements=requirements,
        groups=tuple(groups.values()),
        objectives=tuple(objectives.values()),
        by_id={each.id: each for each in requirements},
    )


def _clause_group(row: dict[str, Any]) -> Group:
    return Group(row["id"], row["title"], "clause", row["summary"], row["parent"] or "")


def _objectives(rows: list[dict[str, Any]]) -> list[Group]:
    found = []
    for row in rows:
        found.append(Group(row["id"], row["title"], "control", row["objective"]))
        found += [
            Group(sub["id"], sub["title"], "control", sub["objective"], row["id"])
            for sub in row.get("sub_objectives", ())
        ]
    return found


def _clause(row: dict[str, Any], groups: Mapping[str, Group]) -> Requirement:
    return Requirement(
        id=row["id"],
        title=row["title"],
        type="clause",
        group=groups[row["id"].partition(".")[0]],
        parent=row["parent"],
        summary=row["summary"],
        expects=tuple(row["expects"]),
        documented_information=tuple(row["documented_information"]),
        requires_documentation=bool(row["documented_information"]),
    )


def _control(row: dict[str, Any], objectives: Mapping[str, Group]) -> Requirement:
    return Requirement(
        id=row["id"],
        title=row["title"],
        type="control",
        group=objectives[row["objective"]],
        parent=row.get("sub_objective", row["objective"]),
        summary=row["summary"],
        expects=tuple(row["expects"]),
        typical_evidence=tuple(row["typical_evidence"]),
        operational=row["operational"],
        requires_documentation=row["requires_documentation"],
        record_trigger=row["record_trigger"],
        related_clauses=tuple(row["related_clauses"]),
    )
