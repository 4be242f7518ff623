"""Floor 1: when the duties of the EU AI Act begin and to whom they are addressed. No legal advice."""

import functools
from collections.abc import Mapping
from typing import NamedTuple

from aimsctl.standard.data import load


class Beginning(NamedTuple):
    """A day from which duties apply, and the source that says so."""

    id: str
    day: str
    what: str
    source: str


class ActDuty(NamedTuple):
    """An article: the legal classes it is about, those it may be about, whom it addresses, and from which days on."""

    item: str
    classes: frozenset[str]
    may: frozenset[str]
    roles: tuple[str, ...]
    begins: tuple[str, ...]
    depends: str


class AiAct(NamedTuple):
    """The days, the roles of ISO/IEC 22989 in the words of the Act, and the articles of the crosswalk by id."""

    law: str
    notes: tuple[str, ...]
    dates: Mapping[str, Beginning]
    roles: Mapping[str, tuple[str, ...]]
    duties: Mapping[str, ActDuty]


@functools.cache
def ai_act() -> AiAct:
    """The application of the EU AI Act."""
    data = load("ai_act")
    return AiAct(
        law=data["law"],
        notes=tuple(data["notes"]),
        dates={
            row["id"]: Beginning(row["id"], row["day"], row["what"], data["sources"][row["source"]])
            for row in data["dates"]
        },
        roles={role: tuple(words) for role, words in data["roles"].items()},
        duties={
            row["item"]: ActDuty(
                row["item"],
                frozenset(row.get("classes", ())),
                frozenset(row.get("may", ())),
                tuple(row["roles"]),
                tuple(row["from"]),
                row.get("depends", ""),
            )
            for row in data["duties"]
        },
    )
