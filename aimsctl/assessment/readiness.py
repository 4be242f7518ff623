"""Readiness: two answers, stage 1 and stage 2 of the audit, with what blocks each; counts, never one percentage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
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


def blocked(report: GapReport) -> Mapping[str, frozenset[str]]:
    """The stages that each requirement blocks, without the reasons; requirements that block none are left out."""
    found = {one.id: frozenset(stage for stage, _ in _stages(report, one)) for one in report.requirements}
    return {identifier: stages for identifier, stages in found.items() if stages}


def _blockers(report: GapReport, assessed: Assessed) -> Iterator[Blocker]:
    for stage, reason in _stages(report, assessed):
        if reason is None:
            yield _by_grade(report, assessed, stage)
        else:
            yield Blocker(stage, assessed.id, reason.test, reason.message, reason.do, reason.span)


def _stages(report: GapReport, assessed: Assessed) -> list[tuple[str, Reason | None]]:
    """The stages that a requirement blocks, each with the reason; None where its grade or its state blocks it."""
    tests = report.facts.judgement.stage
    pairs = ((stage, reason) for reason in assessed.reasons for stage in (STAGE_1, STAGE_2))
    named: dict[Reason, str] = {}
    for stage, reason in pairs:
        if _blocks(reason, tests[stage]):
            named.setdefault(reason, stage)
    if named:
        return [(stage, reason) for reason, stage in named.items()]
    if _why(assessed):
        first = assessed.grade == grades.MAJOR and assessed.states["documented"] == "absent"
        return [(STAGE_1 if first else STAGE_2, None)]
    return []


def _blocks(reason: Reason, tests: tuple[str, ...]) -> bool:
    """A test named for the stage blocks, at home, while it fails or is unknown, or while an approval is suspect."""
    suspect = reason.result == "suspect" and reason.rule.code == "AIM601"
    return not reason.home and reason.test in tests and (reason.result in ("fail", "unknown") or suspect)


def _why(assessed: Assessed) -> str:
    """Why a requirement blocks though no test that is named for a stage does; empty if it does not."""
    if assessed.grade == grades.MAJOR:
        return "graded major"
    if assessed.grade == grades.UNKNOWN:
        return "cannot be shown: it could not be judged"
    never_ran = assessed.requirement.operational and assessed.applicable and assessed.states["operating"] == "absent"
    return NEVER_RAN if never_ran else ""


def _by_grade(report: GapReport, assessed: Assessed, stage: str) -> Blocker:
    why = _why(assessed)
    first = next((one for one in assessed.reasons if why != NEVER_RAN or one.state == "operating"), None)
    span = first.span if first is not None else report.facts.missing_place(assessed.id)
    said = f"{why}: {first.message}" if first is not None else why
    return Blocker(stage, assessed.id, first.test if first else "", said, first.do if first else "", span)


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
    stages = blocked(report).values()
    return Summary(
        requirements=len(report.requirements),
        grades={grade: counted.get(grade, 0) for grade in grades.WORST_FIRST},
        waived=sum(1 for one in report.requirements if one.waived is not None),
        states={
            state: dict(sorted(Counter(one.states[state] for one in report.requirements).items())) for state in STATES
        },
        stage_1_blockers=sum(STAGE_1 in one for one in stages),
        stage_2_blockers=len(stages),
    )
