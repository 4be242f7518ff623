"""What a reader of a format gives: what happened, where in the file that stands, and what it did not understand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

State: TypeAlias = Literal["passed", "failed", "error", "skipped"]
Facts: TypeAlias = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Item:
    """One check within a run: a test case, a finding, a rule that found nothing."""

    place: str
    facts: Facts
    state: State


@dataclass(frozen=True, slots=True)
class Run:
    """One run that a file tells of: a test suite, a scan, a row.

    `facts` are the texts that a mapping may match and take; `fields` what the format itself says of the receipt. A
    `broken` run did not come to its end, whatever its items say; `empty` is the result of one without items.
    """

    place: str
    facts: Facts
    fields: Mapping[str, Any] = field(default_factory=dict)
    items: Sequence[Item] = ()
    broken: bool = False
    empty: State | None = None


@dataclass(slots=True)
class Reading:
    """All of a file: its runs, or the envelopes it holds ready signed, and a line for each thing not understood."""

    runs: list[Run] = field(default_factory=list)
    envelopes: list[tuple[str, bytes]] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)


def text_facts(values: Mapping[str, object]) -> dict[str, str]:
    """The values that are there, as facts."""
    return {name: str(value) for name, value in values.items() if isinstance(value, str | int | float) and value != ""}
