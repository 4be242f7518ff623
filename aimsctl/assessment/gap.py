"""The gap analysis: every requirement with its three states, its grade, and reasons that point at lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Final

from aimsctl.assessment import grades
from aimsctl.assessment.facts import Facts
from aimsctl.assessment.gap_rules import UNVERIFIED, reason_rule
from aimsctl.assessment.grades import Verdict
from aimsctl.assessment.judge import Judge
from aimsctl.assessment.planned import planned_in_time
from aimsctl.assessment.predicates import Outcome, Result
from aimsctl.assessment.sentences import fill
from aimsctl.assessment.states import Answer, Situation, state_of
from aimsctl.assessment.waivers import Waiver, waivers_for
from aimsctl.standard.judging import STATES

if TYPE_CHECKING:
    from datetime import date

    from aimsctl.assessment.approvals import Approvals
    from aimsctl.diagnostics import Rule, Span
    from aimsctl.evidence.summary import Evidence
    from aimsctl.standard import Requirement, Test
    from aimsctl.workspace.workspace import Workspace

EXCLUDED: Final = dict.fromkeys(STATES, "not_expected")
UNVERIFIED_SAYS: Final = "Evidence {evidence} of {title} for {system} {model_version} does not count: {doubt}."


@dataclass(frozen=True, eq=False)
class Reason:
    """Why a requirement does not conform: the test and what it found, the place, the next step, the weight.

    `home` names the requirement under which the same lapse is told in full, where that is another one; `behind` names
    the tests from which a step of the grading follows. `tell` gives message, next step and place, and is asked only by
    who shows them: counts over a long history need none.
    """

    rule: Rule
    test: str
    state: str
    result: str
    grade: str
    tell: Callable[[], tuple[str, str, Span]]
    home: str = ""
    behind: tuple[str, ...] = ()

    @cached_property
    def _told(self) -> tuple[str, str, Span]:
        return self.tell()

    @property
    def message(self) -> str:
        """What the test found."""
        return self._told[0]

    @property
    def do(self) -> str:
        """The next step."""
        return self._told[1]

    @property
    def span(self) -> Span:
        """The place."""
        return self._told[2]


@dataclass(frozen=True, slots=True, eq=False)
class Assessed:
    """One requirement, judged. `grade` is major, minor, opportunity, unknown, conforms or not_applicable."""

    requirement: Requirement
    applicable: bool
    states: Mapping[str, str]
    grade: str
    reasons: tuple[Reason, ...]
    waivers: tuple[Waiver, ...]
    answers: tuple[Answer, ...]

    @property
    def id(self) -> str:
        """The id of the clause or control."""
        return self.requirement.id

    @property
    def waived(self) -> Waiver | None:
        """The waiver that keeps the gap from failing a run, if one covers all of it."""
        if self.grade not in (grades.MAJOR, grades.MINOR):
            return None
        reasons = (reason for reason in self.reasons if reason.grade in (grades.MAJOR, grades.MINOR))
        weighing = {test for reason in reasons for test in reason.behind or (reason.test,)}
        return next((waiver for waiver in self.waivers if waiver.covers(weighing)), None)


@dataclass(frozen=True, slots=True, eq=False)
class GapReport:
    """All 70 requirements in the order of the standard, judged on one day."""

    facts: Facts
    as_of: date
    requirements: tuple[Assessed, ...]
    waiver_reasons: tuple[Reason, ...]

    def get(self, requirement_id: str) -> Assessed:
        """The requirement of that id; KeyError if there is none."""
        return next(one for one in self.requirements if one.id == requirement_id)


def assess(
    workspace: Workspace, as_of: date, approvals: Approvals | None = None, evidence: Evidence | None = None
) -> GapReport:
    """Judge the workspace on that day (end of it, UTC), with what its history and its ledgers show if they were read.

    Pure: the same workspace, day, history and evidence give the same report.
    """
    facts = Facts(workspace, as_of, approvals, evidence)
    court = _Court(facts, Judge(facts))
    first = [court.judge(requirement) for requirement in facts.catalogue.requirements]
    second = tuple(court.judge_again(one) for one in first)
    return GapReport(facts, as_of, second, tuple(court.waiver_reasons()))


@dataclass(frozen=True, slots=True, eq=False)
class _Court:
    facts: Facts
    judge_tests: Judge

    def judge(self, requirement: Requirement) -> Assessed:
        """All tests but those that ask for the states of other requirements."""
        answers = tuple(self._answers(requirement, about_states=False))
        return self._assessed(requirement, answers)

    def judge_again(self, assessed: Assessed) -> Assessed:
        """The tests about other requirements' states, now that these are known."""
        more = tuple(self._answers(assessed.requirement, about_states=True))
        return self._assessed(assessed.requirement, (*assessed.answers, *more)) if more else assessed

    def _answers(self, requirement: Requirement, *, about_states: bool) -> Iterator[Answer]:
        for state, test in self._tests(requirement):
            if (test.predicate == "state") is about_states:
                yield self._answer(requirement, state, test)

    def _tests(self, requirement: Requirement) -> Iterator[tuple[str, Test]]:
        judgement = self.facts.judgement
        if not self.facts.applicable(requirement.id):
            yield from (("documented", judgement.tests[name]) for name in judgement.excluded_controls)
        else:
            for state, tests in judgement.tests_for(requirement).items():
                yield from ((state, test) for test in tests)
        for name in judgement.theatre:
            if requirement.id in judgement.tests[name].about:
                yield "theatre", judgement.tests[name]

    def _answer(self, requirement: Requirement, state: str, test: Test) -> Answer:
        outcomes = self.judge_tests.ask(test, requirement.id)
        shows = {outcome: self.judge_tests.shows(test, outcome) for outcome in outcomes}
        homeless = not self.facts.applicable(test.home)  # told in full nowhere else
        at_home = homeless or self.facts.judgement.at_home(test, requirement.id)
        return Answer(test, state, at_home, outcomes, shows, explained=self._explained(requirement, test))

    def _explained(self, requirement: Requirement, test: Test) -> bool:
        """Whether the test that would name the reason fails too: the nonconformity is written once, there."""
        if not test.cause:
            return False
        reason = self.judge_tests.ask(self.facts.judgement.tests[test.cause], requirement.id)
        return any(outcome.result is Result.FAIL for outcome in reason)

    def _assessed(self, requirement: Requirement, answers: tuple[Answer, ...]) -> Assessed:
        facts = self.facts
        applicable = facts.applicable(requirement.id)
        states = self._states(requirement, answers) if applicable else EXCLUDED
        facts.states[requirement.id] = dict(states)
        verdicts = self._verdicts(requirement, answers, states) if applicable else self._excluded(requirement, answers)
        grade = grades.worst(verdict.grade for verdict in verdicts)
        if applicable and grade in (grades.MAJOR, grades.MINOR) and planned_in_time(facts, requirement.id):
            grade = grades.OPPORTUNITY
        reasons = (*self._reasons(requirement, answers), *self._steps(requirement, verdicts))
        order = sorted(reasons, key=lambda reason: grades.WORST_FIRST.index(reason.grade))
        waivers = tuple(waivers_for(facts, requirement.id))
        return Assessed(requirement, applicable, states, grade, tuple(order), waivers, answers)

    def _states(self, requirement: Requirement, answers: tuple[Answer, ...]) -> Mapping[str, str]:
        situation = Situation(
            operational_control=requirement.operational,
            planned_in_time=planned_in_time(self.facts, requirement.id),
        )
        own = [answer for answer in answers if answer.state != "theatre"]
        return {state: state_of(state, own, situation) for state in STATES}

    def _verdicts(
        self, requirement: Requirement, answers: tuple[Answer, ...], states: Mapping[str, str]
    ) -> list[Verdict]:
        verdicts = [
            grades.tests_verdict(self.facts, requirement.id, list(answers)),
            grades.absence_verdict(requirement, states, answers),
            grades.operation_verdict(self.facts, requirement, states, answers),
        ]
        judged = any(answer.outcomes for answer in answers if answer.state != "theatre")
        if not judged:
            verdicts.append(Verdict(grades.UNKNOWN, "nothing-judged", "There is nothing to judge it by."))
        return verdicts

    def _excluded(self, requirement: Requirement, answers: tuple[Answer, ...]) -> list[Verdict]:
        verdict = grades.tests_verdict(self.facts, requirement.id, list(answers))
        stands = verdict.grade in (grades.CONFORMS, grades.OPPORTUNITY)
        return [Verdict(grades.NOT_APPLICABLE) if stands else verdict]

    # reasons

    def _reasons(self, requirement: Requirement, answers: tuple[Answer, ...]) -> Iterator[Reason]:
        for answer in answers:
            for outcome in answer.outcomes:
                if outcome.result not in (Result.PASS, Result.UNKNOWN):
                    yield self._reason(requirement, answer, outcome)
            for outcome in answer.having(Result.UNKNOWN)[:1]:  # one is enough: they are all unknown for one reason
                yield self._reason(requirement, answer, outcome)

    def _reason(self, requirement: Requirement, answer: Answer, outcome: Outcome) -> Reason:
        return Reason(
            rule=reason_rule(answer, outcome),
            test=answer.test.id,
            state=answer.state,
            result=outcome.result.value,
            grade=grades.weigh(self.facts, requirement.id, answer, outcome),
            tell=partial(self._told, requirement, answer, outcome),
            home="" if answer.at_home else answer.test.home,
        )

    def _told(self, requirement: Requirement, answer: Answer, outcome: Outcome) -> tuple[str, str, Span]:
        """Message, next step and place."""
        facts, message = self.facts, self._message(requirement, answer, outcome)
        step = facts.judgement.do(answer.test)
        do = _next_step(outcome) or fill(step, facts, requirement.id, outcome.item, outcome.words)
        return message, do, self._span(requirement, outcome)

    def _message(self, requirement: Requirement, answer: Answer, outcome: Outcome) -> str:
        facts = self.facts
        said = fill(facts.judgement.say(answer.test), facts, requirement.id, outcome.item, outcome.words)
        if outcome.result is not Result.UNKNOWN:
            return said
        if outcome.words.get("doubt"):
            return fill(UNVERIFIED_SAYS, facts, requirement.id, outcome.item, outcome.words)
        kinds = {*self.judge_tests.kinds(answer.test), *outcome.reads}
        unreadable = [place for name in kinds for place in facts.workspace.broken.get(name, ())]
        unreadable += facts.workspace.broken.get("*", ())
        if unreadable:
            paths = sorted({place.path for place in unreadable})
            return f"Cannot be judged ({answer.test.id}): {', '.join(paths)} could not be read without errors."
        return f"Cannot be judged ({answer.test.id}): nothing on file can tell."

    def _span(self, requirement: Requirement, outcome: Outcome) -> Span:
        span = outcome.item.span(outcome.at) if outcome.item is not None else None
        return span if span is not None else self.facts.missing_place(requirement.id)

    def _steps(self, requirement: Requirement, verdicts: list[Verdict]) -> Iterator[Reason]:
        """The steps of the grading that give a weight no single test has."""
        for verdict in verdicts:
            if verdict.step and verdict.grade in (grades.MAJOR, grades.MINOR, grades.UNKNOWN):
                do = "Mend what is listed with it." if verdict.step != "nothing-judged" else ""
                told = (verdict.say, do, self.facts.missing_place(requirement.id))
                yield Reason(
                    rule=reason_rule(None, None),
                    test=verdict.step,
                    state="",
                    result=Result.UNKNOWN.value if verdict.grade == grades.UNKNOWN else Result.FAIL.value,
                    grade=verdict.grade,
                    tell=partial(_as_told, told),
                    behind=verdict.behind,
                )

    def waiver_reasons(self) -> Iterator[Reason]:
        """What the tests of the waivers themselves found."""
        for name in self.facts.judgement.waiver_tests:
            test = self.facts.judgement.tests[name]
            outcomes = self.judge_tests.ask(test, "")
            shows = {outcome: self.judge_tests.shows(test, outcome) for outcome in outcomes}
            answer = Answer(test, "waivers", at_home=True, outcomes=outcomes, shows=shows)
            for outcome in outcomes:
                if outcome.result is not Result.PASS:
                    requirement = self._waived_requirement(outcome)
                    yield self._reason(requirement, answer, outcome)

    def _waived_requirement(self, outcome: Outcome) -> Requirement:
        named = outcome.item.get("requirements") if outcome.item is not None else None
        known = [name for name in named if name in self.facts.catalogue] if isinstance(named, list) else []
        return self.facts.catalogue.get(str(known[0])) if known else self.facts.catalogue.requirements[0]


def _as_told(told: tuple[str, str, Span]) -> tuple[str, str, Span]:
    return told


def _next_step(outcome: Outcome) -> str:
    """Where a draft of what is missing lies ready: to finish it; of evidence that does not count, to make it count.

    Otherwise nothing, and the test says what to do.
    """
    if outcome.words.get("doubt"):
        return UNVERIFIED.fix
    item = outcome.item
    if item is None or item.artefact is None or item.holder is not None or item.artefact.status != "draft":
        return ""
    return f"Finish the draft {item.id} and have it approved."
