"""Readiness: two answers, stage 1 and stage 2 of the audit, with what blocks each; counts, never one percentage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from aimsctl.assessment import grades
from aimsctl.standard.judging import STATES

if TYPE_CHECKING:
    from aimsctl.assessment.gap import Assessed, GapReport, Reason
    from aimsctl.diagnostics import Span

STAGE_1: Final = "1"
STAGE_2: Final = "2"
NEVER_RAN: Final = "operational, and nothing shows that it runs"


@dataclass(frozen=True, slots=True, eq=False)
class Blocker:
    """One thing that blocks a stage: the requirement, why, and where."""

    stage: str
    requirement: str
    test: str
    why: str
    do: str
    span: Span


def blockers(report: GapReport) -> tuple[Blocker, ...]:
    """What blocks each stage, in the order of the standard; what blocks stage 1 blocks stage 2 as well."""
    return tuple(blocker for one in report.requirements for blocker in _blockers(report, one))


def _blockers(report: GapReport, assessed: Assessed) -> Iterator[Blocker]:
    stage = report.facts.judgement.stage
    named = False
    for reason in assessed.reasons:
        which = next((number for number in (STAGE_1, STAGE_2) if _blocks(reason, stage[number])), None)
        if which is not None:
            named = True
            yield Blocker(which, assessed.id, reason.test, reason.message, reason.do, reason.span)
    if not named:
        yield from _by_grade(report, assessed)


def _blocks(reason: Reason, tests: tuple[str, ...]) -> bool:
    """A test named for the stage blocks, at home, while it fails or is unknown, or while an approval is suspect."""
    suspect = reason.result == "suspect" and reason.rule.code == "AIM601"
    return not reason.home and reason.test in tests and (reason.result in ("fail", "unknown") or suspect)


def _by_grade(report: GapReport, assessed: Assessed) -> Iterator[Blocker]:
    operational = assessed.requirement.operational and assessed.applicable
    stage = STAGE_2
    if assessed.grade == grades.MAJOR:
        why = "graded major"
        stage = STAGE_1 if assessed.states["documented"] == "absent" else STAGE_2
    elif assessed.grade == grades.UNKNOWN:
        why = "cannot be shown: it could not be judged"
    elif operational and assessed.states["operating"] == "absent":
        why = NEVER_RAN
    else:
        return
    first = next((one for one in assessed.reasons if why != NEVER_RAN or one.state == "operating"), None)
    span = first.span if first is not None else report.facts.missing_place(assessed.id)
    said = f"{why}: {first.message}" if first is not None else why
    yield Blocker(stage, assessed.id, first.test if first else "", said, first.do if first else "", span)


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts over the 70 requirements: by grade (waived apart), and by word for each of the three states."""

    requirements: int
    grades: dict[str, int]
    waived: int
    states: dict[str, dict[str, int]]
    stage_1_blockers: int
    stage_2_blockers: int


def summarise(report: GapReport) -> Summary:
    """The counts. Grades count waived requirements too: a waiver hides nothing."""
    counted = Counter(one.grade for one in report.requirements)
    found = blockers(report)
    return Summary(
        requirements=len(report.requirements),
        grades={grade: counted.get(grade, 0) for grade in grades.WORST_FIRST},
        waived=sum(1 for one in report.requirements if one.waived is not None),
        states={
            state: dict(sorted(Counter(one.states[state] for one in report.requirements).items())) for state in STATES
        },
        stage_1_blockers=len({one.requirement for one in found if one.stage == STAGE_1}),
        stage_2_blockers=len({one.requirement for one in found}),
    )
