"""Floor 1: how much one file may hold, and what its aliases add to it.

An alias is written out as a copy, so that data is always a tree; the budget is spent before each value is copied, so a
file that multiplies itself is refused before it is built.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from aimsctl.source import rules
from aimsctl.source.document import Value
from aimsctl.source.problems import Problem, Unreadable


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one file may hold; each is named in the message of the finding that it causes."""

    size: int = 1_000_000  # bytes
    depth: int = 64  # lists and mappings in each other
    aliased_values: int = 100_000
    aliased_share: int = 10  # characters that aliases may add, as a multiple of the file's own ...
    aliased_free: int = 10_000  # ... but always so many
    problems: int = 50


LIMITS: Final = Limits()
OPEN: Final = -1
_PER_VALUE: Final = 2  # characters that any value costs, such as a comma and a space


class Expansion:
    """The values that anchors mark, and the budget for writing them out again.

    An alias costs what it writes out, and at least what writing out its value has cost: a merge key whose fields are
    mostly there already still counts as often as it is written, as other readers of the file will find.
    """

    def __init__(self, size: int, limits: Limits) -> None:
        self._limits = limits
        self._most = max(limits.aliased_free, limits.aliased_share * size)
        self._values = 0
        self._characters = 0
        self._marked: dict[str, Value] = {}
        self._cost: dict[str, int] = {}

    def mark(self, name: str, value: Callable[[], Value]) -> Value:
        """The value, which from now on has this name; while it is read it has none that could be used."""
        self._marked.pop(name, None)
        self._cost[name] = OPEN
        before = self._values
        self._marked[name] = read = value()
        self._cost[name] = self._values - before
        return read

    def state(self, name: str) -> int | None:
        """OPEN for a name whose value is being read, None for one that marks nothing, else what it costs at least."""
        return self._cost.get(name)

    def alias(self, depth: int, event: Any) -> Value:
        """The value that the alias repeats, as a copy. Raises Unreadable with a problem where that exceeds a limit."""
        before = self._values
        value = self._copy(self._marked[event.anchor], depth, event)
        self._spend(max(0, before + self._cost[event.anchor] - self._values), 0, event)
        return value

    def _copy(self, value: Value, depth: int, event: Any) -> Value:
        self._spend(1, len(value) if isinstance(value, str) else 0, event)
        if not isinstance(value, list | dict):
            return value
        if depth > self._limits.depth:
            raise Unreadable(too_deep(event, self._limits))
        if isinstance(value, list):
            return [self._copy(item, depth + 1, event) for item in value]
        for key in value:
            self._spend(1, len(key), event)
        return {key: self._copy(item, depth + 1, event) for key, item in value.items()}

    def _spend(self, values: int, characters: int, event: Any) -> None:
        self._values += values
        self._characters += characters + _PER_VALUE * values
        if self._values > self._limits.aliased_values:
            limit = f"{self._limits.aliased_values} values"
        elif self._characters > self._most:
            limit = f"{self._most} characters"
        else:
            return
        said = f"Written out, the aliases and merge keys of this file add more than {limit}, the limit for it."
        start, end = event.start_mark.index, event.end_mark.index
        raise Unreadable(Problem(rules.EXPANSION, start, end, said, rules.EXPANSION.fix))


def too_deep(event: Any, limits: Limits) -> Problem:
    """The problem of a list or mapping below the deepest level."""
    said = f"Lists and mappings are nested more than {limits.depth} levels deep here."
    return Problem(rules.TOO_DEEP, event.start_mark.index, event.end_mark.index, said, rules.TOO_DEEP.fix)
