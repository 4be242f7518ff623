"""Every test of the judgement has an example that passes it and one that fails it: small workspaces, found by walking.

`tests/judgement/<home>/<test>/` holds them; how they are written says `examples.py` beside them. The requirement for
which the test is asked is its home, or the one that `requirement` names. The file's name begins with what is shown:

* `pass`: the test is judged and nothing is found; with `nothing_judged` it has nothing to look at, and accuses nobody;
* `fail`: it finds exactly what `expect` says, each at its place, with its grade, in its words, and where it counts in a
  state, what that state is;
* `late`: the same, of a date missed by no more than the grace;
* `unknown`: the same, of what nobody can tell.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from aimsctl import standard
from aimsctl.assessment.gap import GapReport, Reason
from tests.judgement.examples import FOLDER, at, judged, read

JUDGEMENT = standard.judgement()
FILES = sorted(FOLDER.glob("*/*/*.yaml"))
WAIVERS = "waivers"
RESULTS = {"fail": {"fail", "suspect"}, "late": {"late"}, "unknown": {"unknown"}}
ELSEWHERE = {
    "c-lapses": "lapses are read from a ledger of receipts",
    "changes-recorded": "whether a text was issued anew is known from history",
    "approver-not-author": "who wrote a text is known from history",
}
"""Tests that a workspace alone cannot pass or fail, and why."""


def asked_for(test: standard.Test, example: dict[str, Any]) -> str:
    """The requirement for which the example asks the test."""
    named = example.get("requirement")
    return str(named) if named else test.about[0] if test.about else test.home


def told(report: GapReport, test: standard.Test, requirement: str) -> list[Reason]:
    """What the test found there that is not a pass."""
    reasons = report.waiver_reasons if requirement == WAIVERS else report.get(requirement).reasons
    return [reason for reason in reasons if reason.test == test.id]


def passes(report: GapReport, test: standard.Test, requirement: str) -> int:
    """How many items passed the test there."""
    if requirement == WAIVERS:
        return len(report.facts.standing("waiver")) - len(told(report, test, requirement))
    answers = [answer for answer in report.get(requirement).answers if answer.test.id == test.id]
    assert answers, f"{test.id} is not asked for {requirement}"
    return sum(outcome.passes for answer in answers for outcome in answer.outcomes)


def as_expected(report: GapReport, requirement: str, reason: Reason, *, with_state: bool) -> dict[str, str]:
    """The reason as an example says it."""
    said = {"at": at(reason.span), "grade": reason.grade, "message": reason.message}
    return {**said, "state": report.get(requirement).states[reason.state]} if with_state else said


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_example(path: Path, tmp_path: Path) -> None:
    example = read(path)
    test = JUDGEMENT.tests[path.parent.name]
    requirement = asked_for(test, example)
    report = judged(example, tmp_path)
    reasons = told(report, test, requirement)
    kind = path.stem.partition("-")[0]
    if kind == "pass":
        assert [reason.message for reason in reasons] == []
        if not test.gate:
            assert bool(passes(report, test, requirement)) is not example.get("nothing_judged", False)
        return
    expected = example["expect"] if isinstance(example["expect"], list) else [example["expect"]]
    found = [
        as_expected(report, requirement, reason, with_state="state" in expected[0])
        for reason in reasons
        if reason.result in RESULTS[kind]
    ]
    assert found == expected


@pytest.mark.parametrize("test", JUDGEMENT.tests.values(), ids=lambda test: test.id)
def test_every_test_has_an_example_on_both_sides_at_its_home(test: standard.Test) -> None:
    shown = {path.stem.partition("-")[0] for path in (FOLDER / test.home / test.id).glob("*.yaml")}
    assert shown >= {"pass", "fail"} if test.id not in ELSEWHERE else shown <= {"unknown"}


def test_every_example_is_of_a_test_of_its_home_and_shows_something() -> None:
    homes = {test.id: test.home for test in JUDGEMENT.tests.values()}
    assert {(path.parent.name, path.parent.parent.name) for path in FILES} <= set(homes.items())
    assert {path.stem.partition("-")[0] for path in FILES} <= {"pass", *RESULTS}


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_failure_that_counts_in_a_state_says_in_which_it_leaves_it(path: Path) -> None:
    test = JUDGEMENT.tests[path.parent.name]
    counts = test.fails_as != "opportunity" and test.home not in {"theatre", "excluded_controls", WAIVERS}
    if path.stem.startswith("fail"):
        expected = read(path)["expect"]
        assert all(("state" in one) is counts for one in (expected if isinstance(expected, list) else [expected]))
