"""Floor 1: the auditor's judgement as data. Which tests stand behind each state, and what a failure weighs.

`judgement.yaml` explains its own language; predicates, states and grades are carried out in the assessment room.
"""

import functools
from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal, NamedTuple

from aimsctl.standard.data import load
from aimsctl.standard.requirements import Requirement

STATES: Final = ("documented", "implemented", "operating")

_WORDS: Final = frozenset(("id", "say", "do", "when", "gate", "fails_as", "raise", "shows", "why", "about", "cause"))


class Predicate(NamedTuple):
    """One comparison that code carries out: its arguments, its meaning, the words it gives to sentences."""

    name: str
    args: tuple[str, ...]
    means: str
    gives: tuple[str, ...]
    shows: str
    say: str
    do: str


class Test(NamedTuple):
    """One question put to the artefacts.

    `home` is the requirement under which it is written down, or shared, applicable_controls, excluded_controls,
    theatre or waivers. `say`, `do` and `shows` are empty where the predicate's own words serve; Judgement.say and
    its sisters fill them in. `raises`: minor becomes major where a failing item is high.
    """

    id: str
    home: str
    say: str
    do: str
    predicate: str
    args: Mapping[str, Any]
    when: Mapping[str, Any] | None
    gate: bool
    fails_as: Literal["major", "minor", "opportunity"]
    raises: bool
    shows: str
    why: str
    about: tuple[str, ...]
    cause: str

    def __hash__(self) -> int:
        return hash(self.id)


class Judgement(NamedTuple):
    """All tests, and the rules that turn their results into states, grades and what blocks the audit.

    `requirements` gives each requirement its test ids by state, bare ids included. The rules under `language`,
    `states`, `facts`, `grades` and `waivers` are as they stand in the data.
    """

    thresholds: Mapping[str, int | float | str]
    stricter_when_higher: frozenset[str]
    language: Mapping[str, Any]
    predicates: Mapping[str, Predicate]
    tests: Mapping[str, Test]
    requirements: Mapping[str, Mapping[str, tuple[str, ...]]]
    applicable_controls: Mapping[str, tuple[str, ...]]
    excluded_controls: tuple[str, ...]
    theatre: tuple[str, ...]
    waiver_tests: tuple[str, ...]
    needed_when: Mapping[str, Mapping[str, Any]]
    stage: Mapping[str, tuple[str, ...]]
    stage_rules: tuple[str, ...]
    states: Mapping[str, Any]
    facts: Mapping[str, str]
    grades: Mapping[str, Any]
    waivers: Mapping[str, Any]

    def say(self, test: Test) -> str:
        """The sentence for a failing item, with its placeholders."""
        return test.say or self.predicates[test.predicate].say

    def do(self, test: Test) -> str:
        """What to do next, with its placeholders."""
        return test.do or self.predicates[test.predicate].do

    def shows(self, test: Test) -> str:
        """What a failing item says about the state, as a word or, for some predicates, as the rule that finds it."""
        return test.shows or self.predicates[test.predicate].shows

    def at_home(self, test: Test, requirement: str) -> bool:
        """Whether a failure weighs in full here; elsewhere, as a bare id, it weighs one step less."""
        return test.home == requirement or test.home not in self.requirements

    def tests_for(self, requirement: Requirement) -> Mapping[str, tuple[Test, ...]]:
        """The tests by state: its own, then, for a control, those of every applicable control."""
        own = self.requirements[requirement.id]
        return {
            state: tuple(self.tests[name] for name in (*own[state], *self._in_common(requirement, state)))
            for state in STATES
        }

    def _in_common(self, requirement: Requirement, state: str) -> tuple[str, ...]:
        if requirement.type == "clause":
            return ()
        if state == "operating":
            state = "operating_if_operational" if requirement.operational else "operating_otherwise"
        return self.applicable_controls[state]


@functools.cache
def judgement() -> Judgement:
    """The judgement of this release."""
    data = load("judgement")
    tests: dict[str, Test] = {}
    for home, row in _homes(data):
        if isinstance(row, dict):  # the rest are bare ids of tests that are at home elsewhere
            tests[row["id"]] = _test(home, row)
    return Judgement(
        thresholds=data["thresholds"],
        stricter_when_higher=frozenset(data["stricter_when_higher"]),
        language=data["language"],
        predicates={name: _predicate(name, row) for name, row in data["predicates"].items()},
        tests=tests,
        requirements={
            requirement: {state: _ids(rows) for state, rows in states.items()}
            for requirement, states in data["requirements"].items()
        },
        applicable_controls={part: _ids(rows) for part, rows in data["applicable_controls"].items()},
        excluded_controls=_ids(data["excluded_controls"]),
        theatre=_ids(data["theatre"]),
        waiver_tests=_ids(data["waiver_tests"]),
        needed_when=data["needed_when"],
        stage={stage: tuple(data["stage"][stage]) for stage in ("1", "2")},
        stage_rules=tuple(data["stage"]["rules"]),
        states=data["states"],
        facts=data["facts"],
        grades=data["grades"],
        waivers=data["waivers"],
    )


def _homes(data: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any] | str]]:
    """Every row of every list of tests, with the home a test written there has."""
    for home, key in (("shared",) * 2, ("excluded_controls",) * 2, ("theatre",) * 2, ("waivers", "waiver_tests")):
        yield from ((home, row) for row in data[key])
    for rows in data["applicable_controls"].values():
        yield from (("applicable_controls", row) for row in rows)
    for requirement, states in data["requirements"].items():
        for rows in states.values():
            yield from ((requirement, row) for row in rows)


def _ids(rows: list[dict[str, Any] | str]) -> tuple[str, ...]:
    return tuple(row if isinstance(row, str) else row["id"] for row in rows)


def _test(home: str, row: dict[str, Any]) -> Test:
    (predicate,) = row.keys() - _WORDS
    return Test(
        id=row["id"],
        home=home,
        say=row.get("say", ""),
        do=row.get("do", ""),
        predicate=predicate,
        args=row[predicate],
        when=row.get("when"),
        gate=row.get("gate", False),
        fails_as=row["fails_as"],
        raises=row.get("raise") == "high",
        shows=row.get("shows", ""),
        why=row.get("why", ""),
        about=tuple(row.get("about", ())),
        cause=row.get("cause", ""),
    )


def _predicate(name: str, row: dict[str, Any]) -> Predicate:
    return Predicate(
        name=name,
        args=tuple(row["args"]),
        means=row["means"],
        gives=tuple(row.get("gives", ())),
        shows=row["shows"],
        say=row.get("say", ""),
        do=row.get("do", ""),
    )
