"""Floor 3: what one requirement, or one test, is about. The same data that `gap` judges by, put in reading order.

`explain_text` writes it for the terminal; `to_dict` gives it to programs.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from aimsctl.errors import UsageError
from aimsctl.standard import DocumentedInformation, Requirement, Test, catalogue, crosswalk, documents, judgement
from aimsctl.workspace.kinds import kind, kind_names

_LOWER: Final = {"major": "minor", "minor": "opportunity", "opportunity": "opportunity"}


@dataclass(frozen=True, slots=True)
class Weight:
    """What a failing test weighs in a requirement: its grade, the one for a failing item that is high, and why less."""

    grade: str
    raised: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class TestLine:
    """One test of a requirement: the sentence and the next step keep the placeholders that a failing item fills."""

    id: str
    say: str
    do: str
    weight: Weight
    blocks: str
    why: str


@dataclass(frozen=True, slots=True)
class Partner:
    """One partner in another framework."""

    framework: str
    framework_name: str
    item: str
    title: str
    relation: str
    rationale: str
    source: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """All there is to say about one requirement, whatever the workspace holds.

    `tests` goes by state, with `excluded` for a control that the statement of applicability leaves out and `theatre`
    for what betrays paper compliance. `documents` names the documented information and why it is due, `kinds` the
    kinds that serve the requirement, `without` the reason for each framework that has no partner.
    """

    id: str
    title: str
    type: str
    group: str
    asks: str
    expects: tuple[str, ...]
    in_writing: tuple[str, ...]
    evidence: tuple[str, ...]
    record_trigger: str
    operational: bool
    related: Mapping[str, str]
    documents: Mapping[str, str]
    kinds: Mapping[str, str]
    tests: Mapping[str, tuple[TestLine, ...]]
    needed_when: str
    partners: tuple[Partner, ...]
    without: Mapping[str, str]

    def to_dict(self) -> dict[str, Any]:
        """The explanation as a JSON record."""
        return {"version": 1, **asdict(self)}


@dataclass(frozen=True, slots=True)
class Use:
    """One place where a test is judged, and what it weighs there."""

    requirement: str
    state: str
    weight: Weight


@dataclass(frozen=True, slots=True)
class TestExplanation:
    """All there is to say about one test: what it compares, and what its failure weighs wherever it is used."""

    id: str
    home: str
    say: str
    do: str
    why: str
    predicate: str
    means: str
    arguments: str
    when: str
    gate: bool
    blocks: str
    uses: tuple[Use, ...]

    def to_dict(self) -> dict[str, Any]:
        """The explanation as a JSON record."""
        return {"version": 1, **asdict(self)}


def explain(name: str) -> Explanation | TestExplanation:
    """The explanation of the requirement or test with that id. UsageError, with the nearest ids, if there is none."""
    requirement, test = catalogue().by_id.get(name.upper()), judgement().tests.get(name.lower())
    if requirement:
        return explain_requirement(requirement)
    if test:
        return explain_test(test)
    raise UsageError(f"no requirement and no test is called {name}", hint=_hint(name.upper()))


def _hint(name: str) -> str:
    below = [each.id for each in catalogue().requirements if each.id.startswith(f"{name}.")]
    if below:
        return f"{name} is a heading; below it: {', '.join(below)}"
    if name.startswith("AIM"):
        return f"`aimsctl rule {name}` shows a rule"
    known = {each.upper(): each for each in (*catalogue().by_id, *judgement().tests)}
    near = [known[each] for each in difflib.get_close_matches(name, known, n=3)]
    return f"did you mean {' or '.join(near)}?" if near else "clauses are written 6.1.3, controls A.6.2.4"


def explain_requirement(requirement: Requirement) -> Explanation:
    """The explanation of one requirement."""
    kinds = (known for name in kind_names() if (known := kind(name)) and requirement.id in known.serves)
    without = crosswalk().without.get(requirement.id, {})
    return Explanation(
        id=requirement.id,
        title=requirement.title,
        type=requirement.type,
        group=f"{requirement.group.id} {requirement.group.title}",
        asks=requirement.summary,
        expects=requirement.expects,
        in_writing=requirement.documented_information,
        evidence=requirement.typical_evidence,
        record_trigger=requirement.record_trigger,
        operational=requirement.operational,
        related={each.id: each.title for each in _related(requirement)},
        documents={each.name: _due(each) for each in documents().values() if requirement.id in each.requirements},
        kinds={known.name: known.description for known in kinds},
        tests=_tests(requirement),
        needed_when=_needed_when(requirement.id),
        partners=_partners(requirement),
        without={crosswalk().frameworks[name].name: reason for name, reason in without.items()},
    )


def _related(requirement: Requirement) -> Iterable[Requirement]:
    if requirement.type == "clause":
        return catalogue().related_controls(requirement.id)
    return map(catalogue().get, requirement.related_clauses)


def _needed_when(control: str) -> str:
    selection = judgement().needed_when.get(control)
    if selection is None:
        return ""
    return f"{selection['of']} with {flow(selection['where'])}" if "where" in selection else f"any {selection['of']}"


def _due(document: DocumentedInformation) -> str:
    if document.mandatory:
        return "a clause demands it"
    if document.basis == "practice":
        return "auditors usually ask for it"
    return "due once the control is necessary" if document.due_with_control else "the usual proof of the control"


def _tests(requirement: Requirement) -> dict[str, tuple[TestLine, ...]]:
    judged = judgement()
    found: dict[str, tuple[Test, ...]] = dict(judged.tests_for(requirement))
    if requirement.type == "control":
        found["excluded"] = tuple(judged.tests[name] for name in judged.excluded_controls)
    found["theatre"] = tuple(test for name in judged.theatre if requirement.id in (test := judged.tests[name]).about)
    return {state: tuple(_line(test, requirement.id) for test in tests) for state, tests in found.items()}


def _line(test: Test, requirement: str) -> TestLine:
    judged = judgement()
    return TestLine(
        id=test.id,
        say=judged.say(test).replace("{this}", requirement),
        do=judged.do(test).replace("{this}", requirement),
        weight=weight(test, requirement),
        blocks=_blocks(test),
        why=test.why,
    )


def weight(test: Test, requirement: str) -> Weight:
    """What the failing test weighs in the requirement, before numbers, absence and operation are looked at."""
    if not judgement().at_home(test, requirement):
        note = f"at home in {test.home}; one step less here"
        return Weight(_LOWER[test.fails_as], note=note)
    if test.cause:
        return Weight(_LOWER[test.fails_as], note=f"follows from {test.cause}; one step less")
    return Weight(test.fails_as, raised="major" if test.raises else "")


def _blocks(test: Test) -> str:
    return next((stage for stage, names in judgement().stage.items() if test.id in names), "")


def _partners(requirement: Requirement) -> tuple[Partner, ...]:
    frameworks = crosswalk().frameworks
    return tuple(
        Partner(
            framework=pair.framework,
            framework_name=frameworks[pair.framework].name,
            item=pair.item,
            title=frameworks[pair.framework].items[pair.item].title,
            relation=pair.relation,
            rationale=pair.rationale,
            source=pair.source,
        )
        for pair in crosswalk().of(requirement.id)
    )


def explain_test(test: Test) -> TestExplanation:
    """The explanation of one test."""
    judged = judgement()
    return TestExplanation(
        id=test.id,
        home=test.home,
        say=judged.say(test),
        do=judged.do(test),
        why=test.why,
        predicate=test.predicate,
        means=judged.predicates[test.predicate].means,
        arguments=flow(test.args),
        when=flow(test.when) if test.when else "",
        gate=test.gate,
        blocks=_blocks(test),
        uses=tuple(_uses(test)),
    )


def _uses(test: Test) -> Iterable[Use]:
    for requirement in catalogue().requirements:
        for state, tests in judgement().tests_for(requirement).items():
            if test in tests:
                yield Use(requirement.id, state, weight(test, requirement.id))
    for about in test.about:
        yield Use(about, "theatre", weight(test, about))


def flow(value: object) -> str:
    """Arguments as they stand in the data, on one line, without the outermost braces."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_inner(each)}" for key, each in value.items())
    return _inner(value)


def _inner(value: object) -> str:
    if isinstance(value, Mapping):
        return f"{{{flow(value)}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_inner, value))}]"
    return str(value).lower() if isinstance(value, bool) else str(value)
