"""What the advice rests on: facts that hold or do not, and figures for its sentences."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from aimsctl.assessment.sentences import joined

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_MOST: Final = 2
_LONGEST: Final = 60
NOT_ON_FILE: Final = "an amount that is not on file"


@dataclass(slots=True)
class Figures:
    """Facts by name, and words by name for sentences."""

    facts: dict[str, bool] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)

    def with_(self, other: Figures) -> Figures:
        """Both together."""
        return Figures({**self.facts, **other.facts}, {**self.words, **other.words})

    def holds(self, conditions: Iterable[str], turned: Mapping[str, bool] | None = None) -> bool:
        """Whether every condition holds, with some facts turned over; `not x` asks that x does not hold."""
        facts = {**self.facts, **(turned or {})}
        return all(facts[name.removeprefix("not ")] is not name.startswith("not ") for name in conditions)

    def fill(self, sentence: str) -> str:
        """The sentence with its figures, each as one piece: braces in a value are text."""
        parts = sentence.split("{")
        pieces = [parts[0]]
        for part in parts[1:]:
            name, _, rest = part.partition("}")
            pieces += [self.words[name], rest]
        said = "".join(pieces)
        return said[:1].upper() + said[1:]


def money(amount: float | None, currency: str) -> str:
    """An amount with its currency, thousands set apart; what stands for one that is not on file."""
    return NOT_ON_FILE if amount is None else f"{currency} {amount:,.0f}".strip()


def several(names: Iterable[str]) -> str:
    """One or two short names as people list them, else how many they are; nobody for none."""
    told = list(names)
    if len(told) > _MOST or any(len(name) > _LONGEST for name in told):
        return counted(len(told), "buyer")
    return joined(told) or "nobody"


def counted(number: int, noun: str) -> str:
    """`1 requirement`, `2 requirements`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
