"""What a predicate answers, and the registry of the closed set of predicates."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from aimsctl.assessment.selection import Selection, select

if TYPE_CHECKING:
    from aimsctl.assessment.facts import Facts
    from aimsctl.assessment.items import Item


class Result(StrEnum):
    """What a test finds out about one item. `LATE` is missed by no more than the grace: a pass for the state."""

    PASS = "pass"  # noqa: S105 - a verdict, no secret
    LATE = "late"
    FAIL = "fail"
    SUSPECT = "suspect"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """The answer for one item, the words it gives to the sentence, the field at fault, and what it shows.

    `reads` is the kinds that were looked at for it beside those that the test selects.
    """

    result: Result
    item: Item | None = None
    words: Mapping[str, object] = field(default_factory=dict)
    at: str = ""
    shows: str = ""
    reads: tuple[str, ...] = ()

    @property
    def passes(self) -> bool:
        """Whether it counts as a pass for the state."""
        return self.result in (Result.PASS, Result.LATE)


@dataclass(frozen=True, slots=True)
class Question:
    """A test's arguments, asked for one requirement in one workspace."""

    facts: Facts
    args: Mapping[str, object]
    this: str

    def select(self, name: str | None = None) -> Selection:
        """The selection under that argument, or the one that the arguments themselves are."""
        wanted = self.args if name is None else self.args[name]
        if not isinstance(wanted, Mapping):
            raise TypeError(name)
        plain = {key: value for key, value in wanted.items() if name is not None or key != "field"}
        return select(self.facts, plain, this=self.this)

    def text(self, name: str, default: str = "") -> str:
        """An argument that is a word."""
        return str(self.args.get(name, default))

    def words(self, name: str) -> list[str]:
        """An argument that is a list of words."""
        value = self.args.get(name, [])
        return [str(one) for one in value] if isinstance(value, list) else [str(value)]

    def mapping(self, name: str) -> Mapping[str, object]:
        """An argument that is a mapping; empty if left out."""
        value = self.args.get(name, {})
        return value if isinstance(value, Mapping) else {}

    def unreadable(self, kinds: Iterable[str]) -> bool:
        """Whether an artefact of one of the kinds, or one whose kind cannot be told, could not be read."""
        broken = self.facts.workspace.broken
        return any(name in broken for name in (*kinds, "*"))


Predicate = Callable[[Question], list[Outcome]]

PREDICATES: Final[dict[str, Predicate]] = {}


def predicate(name: str) -> Callable[[Predicate], Predicate]:
    """Register the function as the predicate of that name."""

    def register(work: Predicate) -> Predicate:
        PREDICATES[name] = work
        return work

    return register


def undecided(found: Selection) -> list[Outcome]:
    """An unknown for each item of which nobody can tell whether the test is about it."""
    return [Outcome(Result.UNKNOWN, item) for item in found.undecided]


def unless_unreadable(question: Question, rescuers: Iterable[str], failure: Outcome) -> Outcome:
    """The failure; unknown instead where an unreadable artefact of those kinds might have prevented it."""
    kinds = sorted(rescuers)
    if not question.unreadable(kinds):
        return failure
    return Outcome(Result.UNKNOWN, failure.item, failure.words, failure.at, reads=(*failure.reads, *kinds))
