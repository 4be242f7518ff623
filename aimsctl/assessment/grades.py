"""The grade of a requirement, by the steps of the judgement's `grades`; the worst that any step gives stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from aimsctl.assessment.calendar import parse_date
from aimsctl.assessment.predicates import Outcome, Result

if TYPE_CHECKING:
    from aimsctl.assessment.facts import Facts
    from aimsctl.assessment.items import Item
    from aimsctl.assessment.states import Answer
    from aimsctl.standard import Requirement

MAJOR: Final = "major"
MINOR: Final = "minor"
UNKNOWN: Final = "unknown"
OPPORTUNITY: Final = "opportunity"
CONFORMS: Final = "conforms"
NOT_APPLICABLE: Final = "not_applicable"

WORST_FIRST: Final = (MAJOR, UNKNOWN, MINOR, OPPORTUNITY, CONFORMS, NOT_APPLICABLE)
_LOWER: Final = {MAJOR: MINOR, MINOR: OPPORTUNITY, OPPORTUNITY: OPPORTUNITY}
_MENDABLE: Final = ("reviewed", "recent", "closed", "each")


@dataclass(frozen=True, slots=True)
class Verdict:
    """A grade and, where no failing test gave it, the step that did, the sentence for it and the tests behind."""

    grade: str
    step: str = ""
    say: str = ""
    behind: tuple[str, ...] = ()


def worst(grades: Iterable[str]) -> str:
    """The worst of the grades; conforms where there is none."""
    return min(grades, key=WORST_FIRST.index, default=CONFORMS)


def weigh(facts: Facts, requirement_id: str, answer: Answer, outcome: Outcome) -> str:
    """The grade that one outcome of a test earns for the requirement, before the weight of numbers."""
    base: str = answer.test.fails_as
    match outcome.result:
        case Result.PASS:
            return CONFORMS
        case Result.LATE:
            return OPPORTUNITY
        case Result.UNKNOWN:
            light = OPPORTUNITY if outcome.words.get("doubt") else CONFORMS
            return light if base == OPPORTUNITY else UNKNOWN
        case Result.SUSPECT:
            return _suspect(answer, base)
        case Result.FAIL:
            return _failing(facts, requirement_id, answer, outcome)


def _failing(facts: Facts, requirement_id: str, answer: Answer, outcome: Outcome) -> str:
    base: str = answer.test.fails_as
    if not answer.at_home or answer.explained:
        return _LOWER[base]
    if base == MINOR and answer.test.raises and is_high(facts, requirement_id, answer, outcome):
        return MAJOR
    return base


def _suspect(answer: Answer, base: str) -> str:
    if answer.test.predicate == "approved":
        grade = OPPORTUNITY if base == OPPORTUNITY else MINOR
    else:
        grade = base if answer.state == "operating" else OPPORTUNITY
    return grade if answer.at_home else _LOWER[grade]


def is_high(facts: Facts, requirement_id: str, answer: Answer, outcome: Outcome) -> bool:
    """Whether people can be hurt: a high risk or a high-risk system is at the heart of the failing item."""
    if answer.test.predicate == "receipts":
        row = outcome.words.get("row_system")
        return (
            outcome.shows in ("absent", "failing")
            and not is_young(facts, outcome)
            and (_is_high_system(row) if row is not None else facts.touches_high_risk_system(requirement_id))
        )
    concerned = list(_concerned(facts, outcome.item)) if outcome.item is not None else []
    if concerned:
        return any(item.get("high") is True or _is_high_system(item) for item in concerned)
    return facts.treats_high_risk(requirement_id)


def is_young(facts: Facts, outcome: Outcome) -> bool:
    """Whether missing evidence has been due for no longer than the lapse window: a first lapse, not yet a pattern."""
    since = parse_date(outcome.words.get("due_since"))
    return outcome.shows == "absent" and since is not None and facts.period("lapse_window").after(since) >= facts.as_of


def _is_high_system(item: object) -> bool:
    get = getattr(item, "get", None)
    return get is not None and get("high_risk") is True


def _concerned(facts: Facts, item: Item) -> Iterable[Item]:
    """The risks and AI systems that the item is, belongs to or names."""
    if item.kind in ("risk", "ai-system"):
        yield item
        return
    for name in ("value", "ai_system", "ai_systems", "risk", "risks"):
        value = item.data.get(name)
        for identifier in value if isinstance(value, list) else [value]:
            found = facts.find(identifier)
            if found is not None and found.kind in ("risk", "ai-system"):
                yield found
    if item.holder is not None:
        yield from _concerned(facts, item.holder)


def tests_verdict(facts: Facts, requirement_id: str, answers: list[Answer]) -> Verdict:
    """Steps 2, 3 and 7: what the tests earn, minor becoming major by number, hollowness or accumulation."""
    grades = [weigh(facts, requirement_id, answer, outcome) for answer in answers for outcome in answer.outcomes]
    grade = worst(grades)
    if grade == MAJOR:
        return Verdict(grade)
    for answer in answers:
        if answer.at_home and not answer.explained and answer.test.fails_as == MINOR:
            if _systemic(facts, answer):
                say = f"Not a single lapse: {_count(answer)} of what was looked at fail in the same way."
                return Verdict(MAJOR, f"systemic:{answer.test.id}", say, (answer.test.id,))
            if _hollow(facts, answer):
                say = "A shell: most of what it should say is left open."
                return Verdict(MAJOR, f"hollow:{answer.test.id}", say, (answer.test.id,))
    minors = _many_minors(facts, answers)
    if minors:
        say = "Many different lapses in one place: the requirement as a whole does not work."
        return Verdict(MAJOR, "minors", say, minors)
    return Verdict(grade)


def _count(answer: Answer) -> str:
    return f"{len(answer.having(Result.FAIL))} of {len(answer.outcomes)}"


def _systemic(facts: Facts, answer: Answer) -> bool:
    failing = sum(1 for outcome in answer.having(Result.FAIL) if not is_young(facts, outcome))
    enough = failing >= facts.number("systemic_items")
    return enough and failing >= facts.number("systemic_share") * len(answer.outcomes)


def _hollow(facts: Facts, answer: Answer) -> bool:
    asked = answer.test.args.get("fields")
    if answer.test.predicate != "complete" or not isinstance(asked, list) or not answer.outcomes:
        return False
    if len(asked) < facts.number("hollow_fields"):
        return False
    limit = facts.number("hollow_share") * len(asked)
    return all(_missing(outcome) >= limit for outcome in answer.outcomes)


def _missing(outcome: Outcome) -> int:
    missing = outcome.words.get("missing")
    return len(missing) if isinstance(missing, list) else 0


def _many_minors(facts: Facts, answers: list[Answer]) -> tuple[str, ...]:
    """The minor tests that fail at home, if they are many; those that fail for the same items count once."""
    failing_for = {
        answer.test.id: frozenset(
            answer.test.id if outcome.item is None else id(_at_heart(outcome.item)) for outcome in failing
        )
        for answer in answers
        if answer.test.fails_as == MINOR
        and answer.test.home not in ("applicable_controls", "theatre")
        and answer.at_home
        and not answer.explained
        and (failing := answer.having(Result.FAIL))
    }
    many = len(set(failing_for.values())) >= facts.number("minors_make_major")
    return tuple(failing_for) if many else ()


def _at_heart(item: Item) -> Item:
    """The item itself; of a value of a field, the item that holds the field."""
    return item.holder if item.kind == "value" and item.holder is not None else item


def _failing_in(states: Iterable[str], answers: Iterable[Answer]) -> tuple[str, ...]:
    """The tests whose failures make these states what they are."""
    return tuple(one.test.id for one in answers if one.state in states and one.weighs and one.having(Result.FAIL))


def absence_verdict(requirement: Requirement, states: Mapping[str, str], answers: Iterable[Answer]) -> Verdict:
    """Step 4: what the standard wants in writing is not there at all, or the requirement is not done."""
    if requirement.type == "clause" and requirement.documented_information and states["documented"] == "absent":
        say = "What the standard wants in writing is not there at all."
        return Verdict(MAJOR, "nothing-written", say, _failing_in(("documented",), answers))
    if "absent" in states.values() and set(states.values()) <= {"absent", "not_expected"}:
        say = "Nothing of it is there: this is not a lapse in doing it, it is not done."
        return Verdict(MAJOR, "not-done", say, _failing_in(states, answers))
    return Verdict(CONFORMS)


def operation_verdict(
    facts: Facts, requirement: Requirement, states: Mapping[str, str], answers: Iterable[Answer]
) -> Verdict:
    """Step 5: an operational control that is declared implemented and does not show that it runs."""
    row = facts.soa_rows.get(requirement.id)
    declared = row is not None and row.data.get("status") == "implemented"
    if not requirement.operational or not declared or states["operating"] not in ("absent", "failing"):
        return Verdict(CONFORMS)
    behind = _failing_in(("operating",), answers)
    high = facts.treats_high_risk(requirement.id) or facts.touches_high_risk_system(requirement.id)
    receipts = (answer for answer in answers if answer.test.predicate == "receipts")
    rows = [outcome for answer in receipts for outcome in answer.having(Result.FAIL)]
    young = states["operating"] == "absent" and bool(rows) and all(is_young(facts, outcome) for outcome in rows)
    if high and not young:
        say = "It holds back a high risk or guards a high-risk system, and there is no proof that it holds."
        return Verdict(MAJOR, "high-risk-unproven", say, behind)
    if states["operating"] == "absent":
        say = "Declared implemented and written down, but nothing shows that it ever ran."
        return Verdict(MINOR, "never-shown", say, behind)
    return Verdict(CONFORMS)
