"""Every test of the judgement has an example that passes it and one that fails it: small workspaces, found by walking.

`tests/judgement/<home>/<test>/` holds them; how they are written says `examples.py` beside them. The requirement for
which the test is asked is its home, or the one that `requirement` names. The file's name begins with what is shown:

* `pass`: the test is judged and nothing is found; with `nothing_judged` it has nothing to look at, and accuses nobody;
* `fail`: it finds exactly the one thing that `expect` says, at its place, with its grade, in its words, and where it
  counts in a state, what that state is;
* `late`: the same, of a date missed by no more than the grace;
* `unknown`: the same, of what nobody can tell.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from aimsctl import standard
from aimsctl.assessment.gap import GapReport, Reason
from aimsctl.assessment.judge import Judge
from tests.judgement.examples import FOLDER, asked, at, judged, read, unfolded

JUDGEMENT = standard.judgement()
FILES = sorted(FOLDER.glob("*/*/*.yaml"))
WAIVERS = "waivers"
RESULTS = {"fail": {"fail", "suspect"}, "late": {"late"}, "unknown": {"unknown"}}
KEYS = {
    "requirement",
    "as_of",
    "thresholds",
    "invalid",
    "artefacts",
    "texts",
    "history",
    "runs",
    "nothing_judged",
    "expect",
}

example_files = pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")


def shown_by(path: Path) -> str:
    """What the example shows: pass, fail, late or unknown."""
    return path.stem.partition("-")[0]


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


def counts_in_a_state(test: standard.Test) -> bool:
    """Whether a failure of the test is told by one of the three states."""
    return test.fails_as != "opportunity" and test.home not in {"theatre", "excluded_controls", WAIVERS}


def as_expected(report: GapReport, test: standard.Test, requirement: str, reason: Reason) -> dict[str, str]:
    """The reason as an example says it."""
    said = {"at": at(reason.span), "grade": reason.grade, "message": reason.message}
    if counts_in_a_state(test) and reason.result != "late":
        said["state"] = report.get(requirement).states[reason.state]
    return said


@example_files
def test_example(path: Path) -> None:
    example, test = read(path), JUDGEMENT.tests[path.parent.name]
    requirement = asked_for(test, example)
    report = judged(example)
    reasons = told(report, test, requirement)
    if shown_by(path) == "pass":
        assert [reason.message for reason in reasons] == []
        if not test.gate:
            assert bool(passes(report, test, requirement)) is not example.get("nothing_judged", False)
        return
    assert [as_expected(report, test, requirement, reason) for reason in reasons] == [example["expect"]]
    assert {reason.result for reason in reasons} <= RESULTS[shown_by(path)]


@pytest.mark.parametrize("test", JUDGEMENT.tests.values(), ids=lambda test: test.id)
def test_every_test_has_an_example_on_both_sides_at_its_home(test: standard.Test) -> None:
    shown = {shown_by(path) for path in (FOLDER / test.home / test.id).glob("*.yaml")}
    assert shown >= {"pass", "fail"}


def test_every_example_is_of_a_test_of_its_home_and_shows_something() -> None:
    homes = {test.id: test.home for test in JUDGEMENT.tests.values()}
    assert {(path.parent.name, path.parent.parent.name) for path in FILES} <= set(homes.items())
    assert {shown_by(path) for path in FILES} == {"pass", *RESULTS}
    assert {name for path in FILES for name in read(path)} <= KEYS
    assert set(FOLDER.rglob("*.yaml")) == {*FILES, FOLDER / "cast.yaml"}  # none lies where nobody walks


@example_files
def test_an_example_is_short_enough_to_be_read_at_a_glance(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 22
    assert max(len(line) for line in lines if "message: " not in line) <= 140


@pytest.mark.parametrize("name", sorted(JUDGEMENT.tests))
def test_what_passes_is_unknown_while_an_artefact_it_selects_cannot_be_read(name: str) -> None:
    """The unreadable one might be the one that fails: nothing beside it can pass for certain."""
    test = JUDGEMENT.tests[name]
    example = read(FOLDER / test.home / name / "pass.yaml")
    requirement = asked_for(test, example)
    for kind in sorted(Judge(asked(example)).kinds(test) - {"requirement"}):
        unreadable = {
            "kind": kind,
            "id": "UNREADABLE-01",
            "title": "Nobody can read this",
            "status": "approved",
            "?": 1,
        }
        worse = {**example, "artefacts": [*example["artefacts"], unreadable], "invalid": True}
        if test.predicate == "state":
            results = {reason.result for reason in told(judged(worse), test, requirement)}
        else:
            results = {outcome.result.value for outcome in Judge(asked(worse)).ask(test, requirement)} - {"pass"}
        assert results == {"unknown"}, kind


@pytest.mark.parametrize("name", ["risks-owned", "c-evidence", "waiver-valid", "placeholder-left"])
def test_what_is_unknown_names_the_file_that_could_not_be_read(name: str) -> None:
    test = JUDGEMENT.tests[name]
    example = read(FOLDER / test.home / name / "pass.yaml")
    broken = {"like": example["artefacts"][-1], "id": "BROKEN-01", "unheard_of": "x"}
    report = judged({**example, "artefacts": [*example["artefacts"], broken], "invalid": True})
    reasons = told(report, test, asked_for(test, example))
    assert [(reason.result, reason.grade) for reason in reasons] == [("unknown", "unknown")]
    assert reasons[0].message == f"Cannot be judged ({name}): policies/BROKEN-01.yaml could not be read without errors."


def test_a_record_that_cannot_be_read_may_be_the_newest_and_never_passes() -> None:
    """The older record is fresh; the newer one failed, and with an error in it nobody can tell."""
    example = read(FOLDER / "applicable_controls" / "c-own-evidence" / "pass.yaml")
    newer = {"like": "check", "id": "CHK-02", "date": "2026-09-01", "result": "failed"}
    for record, result in ((newer, "fail"), ({**newer, "unheard_of": "x"}, "unknown")):
        report = judged({**example, "artefacts": [*example["artefacts"], record], "invalid": True})
        (reason,) = told(report, JUDGEMENT.tests["c-own-evidence"], "A.10.4")
        assert reason.result == result
        assert ("policies/CHK-02.yaml could not be read" in reason.message) is (result == "unknown")


def _judged_with(name: str, changed: str) -> list[tuple[str, str]]:
    """The example that passes, with the artefact of that id made unreadable: result and grade of the test's reasons."""
    test = JUDGEMENT.tests[name]
    example = read(FOLDER / test.home / name / "pass.yaml")
    artefacts = [one for entry in example["artefacts"] for one in unfolded(entry)]
    assert changed in {one["id"] for one in artefacts}
    artefacts = [{**one, **({"unheard_of": "x"} if one["id"] == changed else {})} for one in artefacts]
    report = judged({**example, "artefacts": artefacts, "invalid": True})
    return [(reason.result, reason.grade) for reason in told(report, test, asked_for(test, example))]


def test_a_holder_who_cannot_be_read_leaves_open_whether_the_role_is_vacant() -> None:
    assert _judged_with("roles-held", "PER-01") == [("unknown", "unknown")]


def test_an_approval_by_somebody_who_cannot_be_read_is_not_called_invalid() -> None:
    assert _judged_with("scope-approved", "PER-02") == [("unknown", "unknown")]


def test_a_premise_that_cannot_be_read_leaves_the_test_open() -> None:
    assert _judged_with("context-redone", "CTX-01") == [("unknown", "unknown")]


def test_a_lapse_whose_home_is_excluded_weighs_in_full_where_it_is_asked_for_too() -> None:
    test = JUDGEMENT.tests["data-approved"]
    example = read(FOLDER / test.home / "data-approved" / "fail.yaml")
    (statement,) = unfolded("soa")
    statement["entries"] = [
        {
            **statement["entries"][0],
            "control": test.home,
            "applicable": False,
            "justification": "We use no data of that kind.",
        }
    ]
    for artefacts, grade in (([], "opportunity"), ([statement], "minor")):
        report = judged({**example, "artefacts": [*example["artefacts"], *artefacts], "invalid": True})
        assert [reason.grade for reason in told(report, test, "A.7.3")] == [grade]
