"""Putting the tests of the judgement to a workspace, each one once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from aimsctl.assessment.computed import needs
from aimsctl.assessment.facts import Facts, kinds_named
from aimsctl.assessment.predicates import PREDICATES, Outcome, Question, Result
from aimsctl.assessment.selection import select

if TYPE_CHECKING:
    from aimsctl.standard import Test


class Judge:
    """Asks tests and remembers the answers; a test that names $this is asked for each requirement anew."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self._answers: dict[tuple[str, str], tuple[Outcome, ...]] = {}
        self._own: dict[str, bool] = {}  # whether a test asks about the requirement it is asked for
        self._kinds: dict[str, frozenset[str]] = {}

    def ask(self, test: Test, this: str) -> tuple[Outcome, ...]:
        """The outcomes of a test, empty where it is not judged.

        An artefact of a kind the test selects that could not be read makes it unknown, unless it fails anyway.
        """
        if test.id not in self._own:
            self._own[test.id] = _names_this(test.args) or _names_this(test.when)
        key = (test.id, this if self._own[test.id] else "")
        if key not in self._answers:
            self._answers[key] = self._ask(test, this)
        return self._answers[key]

    def _ask(self, test: Test, this: str) -> tuple[Outcome, ...]:
        question = Question(self.facts, test.args, this)
        if test.when is not None:
            premise = select(self.facts, test.when, this=this)
            if not premise.items:
                return (
                    (Outcome(Result.UNKNOWN, reads=tuple(premise.kinds)),) if question.unreadable(premise.kinds) else ()
                )
        outcomes = PREDICATES[test.predicate](question)
        if test.gate:
            outcomes = [outcome for outcome in outcomes if not outcome.passes]
        if question.unreadable(self.kinds(test)) and not any(answer.result is Result.FAIL for answer in outcomes):
            outcomes.append(Outcome(Result.UNKNOWN))
        return tuple(outcomes)

    def kinds(self, test: Test) -> frozenset[str]:
        """The kinds of artefact that the test looks at, those behind its computed values included."""
        if test.id not in self._kinds:
            found = {name for of in _selected(test.args) for name in kinds_named(of.partition(".")[0])}
            names = set(_names(test.args))
            self._kinds[test.id] = frozenset(found | needs(found, names))
        return self._kinds[test.id]

    def shows(self, test: Test, outcome: Outcome) -> str:
        """What a failing outcome says about the state: absent, stale or failing."""
        return outcome.shows or self.facts.judgement.shows(test)


def _names_this(part: object) -> bool:
    if isinstance(part, dict):
        return any(_names_this(value) for value in part.values())
    return part == "$this"


def _selected(part: object) -> Iterator[str]:
    if isinstance(part, dict):
        of = part.get("of")
        if isinstance(of, str):
            yield of
        elif isinstance(of, list):
            yield from map(str, of)
        for value in part.values():
            yield from _selected(value)
    elif isinstance(part, list):
        for value in part:
            yield from _selected(value)


def _names(part: object) -> Iterator[str]:
    if isinstance(part, dict):
        yield from map(str, part)
        for value in part.values():
            yield from _names(value)
    elif isinstance(part, list):
        for value in part:
            yield from _names(value)
    elif isinstance(part, str):
        yield part
