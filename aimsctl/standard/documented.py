"""Floor 1: documented information. What clauses demand in writing, what controls ask for, what auditors expect."""

import functools
from collections.abc import Mapping
from typing import Literal, NamedTuple

from aimsctl.standard.data import load


class DocumentedInformation(NamedTuple):
    """One piece of documented information with what an auditor expects to find in it.

    `mandatory`: a clause demands it. `due_with_control`: a control demands it, once the control is necessary.
    A document is maintained and replaced, a record is dated proof that is kept.
    """

    id: str
    name: str
    type: Literal["document", "record"]
    basis: Literal["clause", "control", "practice"]
    mandatory: bool
    due_with_control: bool
    clauses: tuple[str, ...]
    controls: tuple[str, ...]
    purpose: str
    fields: tuple[str, ...]
    refresh: str

    @property
    def requirements(self) -> tuple[str, ...]:
        """The clauses and controls it serves."""
        return self.clauses + self.controls


@functools.cache
def documents() -> Mapping[str, DocumentedInformation]:
    """All documented information by id, in the order of the data."""
    return {
        row["id"]: DocumentedInformation(
            id=row["id"],
            name=row["name"],
            type=row["kind"],
            basis=row["basis"],
            mandatory=row["mandatory"],
            due_with_control=row.get("mandatory_if_control_applies", False),
            clauses=tuple(row["clauses"]),
            controls=tuple(row["controls"]),
            purpose=row["purpose"],
            fields=tuple(row["fields"]),
            refresh=row["refresh"],
        )
        for row in load("documents")["documents"]
    }
