"""How the judgement moved between two gap reports: gaps opened, closed and changed, and states that moved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from aimsctl.assessment.grades import WORST_FIRST
from aimsctl.standard.judging import STATES

if TYPE_CHECKING:
    from aimsctl.assessment.gap import Assessed, GapReport, Reason

GAPS: Final = ("major", "unknown", "minor", "opportunity")


@dataclass(frozen=True, slots=True, eq=False)
class Moved:
    """One requirement whose grade, states or reasons differ: what it was, what it is, what is new and what is gone."""

    before: Assessed
    after: Assessed
    new_reasons: tuple[Reason, ...]
    gone_reasons: tuple[Reason, ...]

    @property
    def id(self) -> str:
        """The id of the clause or control."""
        return self.after.id

    @property
    def states(self) -> dict[str, tuple[str, str]]:
        """The states that moved, from and to."""
        pairs = {state: (self.before.states[state], self.after.states[state]) for state in STATES}
        return {state: pair for state, pair in pairs.items() if pair[0] != pair[1]}

    @property
    def opened(self) -> bool:
        """Whether there is a gap now where there was none, or a worse one."""
        return WORST_FIRST.index(self.after.grade) < WORST_FIRST.index(self.before.grade) and self.after.grade in GAPS

    @property
    def closed(self) -> bool:
        """Whether there was a gap that is gone or milder."""
        return WORST_FIRST.index(self.after.grade) > WORST_FIRST.index(self.before.grade) and self.before.grade in GAPS


def movement(before: GapReport, after: GapReport) -> list[Moved]:
    """The requirements that moved, in the order of the standard. Both reports are judged on the same day."""
    old = {one.id: one for one in before.requirements}
    moved = (_moved(old[one.id], one) for one in after.requirements)
    return [one for one in moved if one is not None]


def _moved(before: Assessed, after: Assessed) -> Moved | None:
    was, is_now = _own(before), _own(after)
    new = tuple(reason for key, reason in is_now.items() if key not in was)
    gone = tuple(reason for key, reason in was.items() if key not in is_now)
    if before.grade == after.grade and before.states == after.states and not new and not gone:
        return None
    return Moved(before, after, new, gone)


def _own(assessed: Assessed) -> dict[tuple[str, str], Reason]:
    """The reasons by test and words; those that are told at another requirement are told there."""
    return {(reason.test, reason.message): reason for reason in assessed.reasons if not reason.home}
