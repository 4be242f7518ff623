"""What each test of the judgement reads of the worked example: artefact by artefact, field by field.

Each test is asked alone, on facts of its own, so nothing that another one has worked out before hides what it reads.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from aimsctl.assessment import grades
from aimsctl.assessment.facts import Facts
from aimsctl.assessment.items import Item
from aimsctl.assessment.judge import Judge
from aimsctl.assessment.planned import planned_in_time
from aimsctl.assessment.predicates import Outcome
from aimsctl.assessment.sentences import fill
from aimsctl.assessment.states import Answer
from aimsctl.assessment.waivers import waivers_for
from aimsctl.diagnostics import Span
from aimsctl.standard import Requirement, Test
from aimsctl.workspace.artefacts import Artefact
from aimsctl.workspace.workspace import Workspace
from tests.property.changed_example import DAY, WAIVERS, Change, Path, before, example

AROUND = ""
"""Stands for what is read of a requirement besides its tests: applicability, plans, high risks, waivers, its place."""


@dataclass
class Reads:
    """Places that were read, ids that were looked up, kinds of which it was asked whether they can be read."""

    places: dict[str, set[Path]] = field(default_factory=dict)
    ids: set[str] = field(default_factory=set)
    kinds: set[str] = field(default_factory=set)

    def touches(self, change: Change, *, unreadable: bool) -> bool:
        """Whether the change is one of what was read."""
        ours = self.places.get(change.artefact, set())
        if not change.at:
            return bool(ours) or change.artefact in self.ids
        if unreadable:
            return bool(ours) or change.artefact in self.ids or example().by_id[change.artefact].kind in self.kinds
        place = change.at
        if isinstance(place[-1], int) and not (change.value and isinstance(change.value_before(), dict)):
            place = place[:-1]  # a list is read as a whole, and what stood behind a row that is gone moves up
        return any(path[: len(place)] == place for path in ours)


class _Watched(dict[str, Any]):
    """The fields of an artefact or of a part of it; each look is noted."""

    def __init__(self, data: Mapping[str, Any], artefact: str, path: Path, watch: list[Reads]) -> None:
        super().__init__({key: _watched(value, artefact, (*path, key), watch) for key, value in data.items()})
        self._note = lambda key: watch[0].places.setdefault(artefact, set()).add((*path, key)) if key != "id" else None

    def __getitem__(self, key: str) -> Any:
        self._note(key)
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None) -> Any:
        self._note(key)
        return super().get(key, default)

    def __contains__(self, key: object) -> bool:
        self._note(str(key))
        return super().__contains__(key)

    def __iter__(self) -> Iterator[str]:
        for key in super().__iter__():
            self._note(key)
            yield key

    def items(self) -> Any:
        return [(key, self[key]) for key in self]


def _watched(value: Any, artefact: str, path: Path, watch: list[Reads]) -> Any:
    if isinstance(value, dict):
        return _Watched(value, artefact, path, watch)
    if isinstance(value, list):
        return [_watched(one, artefact, (*path, index), watch) for index, one in enumerate(value)]
    return value


class _LookedUp(Mapping[str, Any]):
    """A mapping of which each key that is asked for is noted."""

    def __init__(self, whole: Mapping[str, Any], asked: set[str]) -> None:
        self._whole, self._asked = whole, asked

    def __getitem__(self, key: str) -> Any:
        self._asked.add(key)
        return self._whole[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._whole)

    def __len__(self) -> int:
        return len(self._whole)


class _Watch:
    """The example under watch; each question gets facts of its own."""

    def __init__(self) -> None:
        self.current = [Reads()]
        self.artefacts = tuple(self._artefact(one) for one in example().artefacts)

    def _artefact(self, one: Artefact) -> Artefact:
        data = _Watched(one.data, one.id, (), self.current)
        return Artefact(one.kind, one.id, data, one.document, one.pointer, valid=one.valid)

    def facts(self) -> tuple[Facts, Reads]:
        """Facts of which nothing is worked out yet, and what is going to be read of them."""
        reads = Reads()
        broken: Mapping[str, tuple[Span, ...]] = _LookedUp({}, reads.kinds)
        workspace: Workspace = replace(example(), artefacts=self.artefacts, broken=broken)
        facts = Facts(workspace, DAY)
        vars(facts)["by_id"] = _LookedUp(facts.by_id, reads.ids)
        reads.kinds.clear()
        self.current[0] = reads
        return facts, reads


@cache
def reads() -> Mapping[str, Mapping[str, Reads]]:
    """What is read for each requirement, test by test, and under `waivers` for the tests of these."""
    watch = _Watch()
    found: dict[str, dict[str, Reads]] = {}
    for one in before().requirements:
        asked = {answer.test.id: _for_test(watch, one.requirement, answer) for answer in one.answers}
        found[one.id] = {**asked, AROUND: _around(watch, one.requirement)}
    judgement = before().facts.judgement
    waiving = [judgement.tests[name] for name in judgement.waiver_tests]
    first = before().requirements[0].requirement
    found[WAIVERS] = {test.id: _for_test(watch, first, _waiving(test)) for test in waiving}
    return found


def _waiving(test: Test) -> Answer:
    return Answer(test, "waivers", at_home=True, outcomes=(), shows={})


def _for_test(watch: _Watch, requirement: Requirement, known: Answer) -> Reads:
    facts, seen = watch.facts()
    facts.states |= before().facts.states
    judge, test = Judge(facts), known.test
    outcomes = judge.ask(test, requirement.id)
    if test.cause:
        judge.ask(facts.judgement.tests[test.cause], requirement.id)
    facts.applicable(test.home)
    shows = {outcome: judge.shows(test, outcome) for outcome in outcomes}
    answer = Answer(test, known.state, known.at_home, outcomes, shows, known.explained)
    for outcome in outcomes:
        _told(facts, requirement, answer, outcome)
    return seen


def _told(facts: Facts, requirement: Requirement, answer: Answer, outcome: Outcome) -> None:
    grades.weigh(facts, requirement.id, answer, outcome)
    if not outcome.passes:
        for text in (facts.judgement.say(answer.test), facts.judgement.do(answer.test)):
            fill(text, facts, requirement.id, outcome.item, outcome.words)
        facts.missing_place(requirement.id)
        if isinstance(outcome.item, Item) and outcome.item.artefact is not None:
            _ = outcome.item.artefact.status


def _around(watch: _Watch, requirement: Requirement) -> Reads:
    facts, seen = watch.facts()
    facts.applicable(requirement.id)
    facts.missing_place(requirement.id)
    planned_in_time(facts, requirement.id)
    facts.treats_high_risk(requirement.id)
    facts.touches_high_risk_system(requirement.id)
    waivers_for(facts, requirement.id)
    row = facts.soa_rows.get(requirement.id)
    _ = row.data.get("status") if row is not None else None
    return seen


def depending(change: Change) -> dict[str, set[str]]:
    """The tests that read what is changed, by requirement; those about states depend with the requirements they ask."""
    broken = bool(change.made().broken)
    found = {
        name: {test for test, seen in tests.items() if seen.touches(change, unreadable=broken)}
        for name, tests in reads().items()
    }
    moving = {name for name, tests in found.items() if tests}
    for one in before().requirements:
        for answer in one.answers:
            if answer.test.predicate == "state" and moving & _asked(answer.test):
                found[one.id].add(answer.test.id)
    return {name: tests for name, tests in found.items() if tests}


def _asked(test: Test) -> set[str]:
    ids = test.args.get("ids")
    return set(map(str, ids)) if isinstance(ids, list) else {one.id for one in before().requirements}
