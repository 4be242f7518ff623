"""The three states of a requirement, by the lines of the judgement's `states`: the first that fits decides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aimsctl.assessment.predicates import Outcome, Result

if TYPE_CHECKING:
    from aimsctl.standard import Test


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """A test asked for one requirement, in one of its states, with what it found."""

    test: Test
    state: str
    at_home: bool
    outcomes: tuple[Outcome, ...]
    shows: Mapping[Outcome, str]
    explained: bool = False  # the test that names the reason fails as well, and weighs in full

    def having(self, *results: Result) -> list[Outcome]:
        """The outcomes with one of these results."""
        return [outcome for outcome in self.outcomes if outcome.result in results]

    @property
    def weighs(self) -> bool:
        """Whether it counts in a state; tests that fail as opportunity count in none."""
        return self.test.fails_as != "opportunity"


@dataclass(frozen=True, slots=True)
class Situation:
    """What the states hang on besides the answers."""

    operational_control: bool
    planned_in_time: bool


def state_of(state: str, answers: Iterable[Answer], situation: Situation) -> str:
    """The word for one of the three states."""
    everything = [answer for answer in answers if answer.weighs]
    listed = [answer for answer in everything if answer.state == state]
    if not listed:
        return "not_expected"
    judged = [(answer, outcome) for answer in listed for outcome in answer.outcomes]
    if not judged:
        return _nothing_judged(state, everything, situation)
    if state == "operating":
        return _operating(judged)
    return _written(state, judged, situation)


def _nothing_judged(state: str, answers: list[Answer], situation: Situation) -> str:
    elsewhere = (answer for answer in answers if answer.test.predicate != "state")
    if any(answer.having(Result.FAIL) for answer in elsewhere):
        return "absent"
    return "absent" if state == "operating" and situation.operational_control else "not_expected"


def _written(state: str, judged: list[tuple[Answer, Outcome]], situation: Situation) -> str:
    failing = [(answer, outcome) for answer, outcome in judged if outcome.result is Result.FAIL]
    unknown = any(outcome.result is Result.UNKNOWN for _, outcome in judged)
    if state == "implemented" and situation.planned_in_time and failing:
        return "planned"
    passes = any(outcome.passes for _, outcome in judged)
    if failing and not passes and all(answer.shows[outcome] == "absent" for answer, outcome in failing):
        return "absent"
    if failing or unknown:
        return "partial"
    return "suspect" if any(outcome.result is Result.SUSPECT for _, outcome in judged) else "complete"


def _operating(judged: list[tuple[Answer, Outcome]]) -> str:
    shown = [answer.shows[outcome] for answer, outcome in judged if outcome.result is Result.FAIL]
    if shown and set(shown) == {"absent"} and not any(outcome.passes for _, outcome in judged):
        return "absent"
    receipts = [
        answer.shows.get(outcome) if outcome.result is Result.FAIL else ""
        for answer, outcome in judged
        if answer.test.predicate == "receipts" and outcome.result is not Result.UNKNOWN
    ]
    if receipts and set(receipts) == {"absent"}:
        return "absent"
    if "failing" in shown:
        return "failing"
    if shown or any(outcome.result is Result.SUSPECT for _, outcome in judged):
        return "stale"
    return "unknown" if any(outcome.result is Result.UNKNOWN for _, outcome in judged) else "current"
