"""Every test of the judgement has an example that passes it and one that fails it: small workspaces, found by walking.

A file below `tests/judgement/<test>/` is one workspace: `artefacts` (each a file of its own), `texts` (Markdown by
name), and where it matters `requirement` (for which the test is asked), `as_of` and `thresholds`. A file whose name
begins with `fail` says what is expected: at which artefact, with which grade, in which words.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from aimsctl import standard
from aimsctl.assessment.gap import GapReport, Reason, assess
from aimsctl.source.config import load as load_config
from aimsctl.source.files import FileRefusedError, Listing
from aimsctl.workspace.workspace import load

FOLDER = Path(__file__).parent / "judgement"
FILES = sorted(FOLDER.glob("*/*.yaml"))
JUDGEMENT = standard.judgement()
WAIVERS = "waivers"
UNKNOWABLE = {  # only history or a ledger can tell; each has a reason here and its tests where those are read
    "changes-recorded": "whether a text was issued anew is known from history alone",
    "approver-not-author": "who wrote a text is known from history alone",
    "c-lapses": "lapses are read from the ledger alone",
}


class Memory:
    """A tree of files that are not on disk."""

    label = "an example"

    def __init__(self, files: Mapping[str, str]) -> None:
        self.files = files

    def listing(self, folder: str) -> Listing:
        inside = (path for path in self.files if path.startswith(f"{folder}/") and path.endswith(".yaml"))
        return Listing(tuple(sorted(inside)))

    def read(self, path: str, limit: int = 0) -> bytes:  # noqa: ARG002 - the shape of a tree
        if path not in self.files:
            raise FileRefusedError("it does not exist")
        return self.files[path].encode()


def judged(example: Mapping[str, Any]) -> GapReport:
    """The example judged, after its artefacts proved valid."""
    config = {"schema": 1, "organisation": "Example", "thresholds": example.get("thresholds", {})}
    files = {"aimsctl.yaml": json.dumps(config)}
    files |= {f"policies/{one['id'].lower()}.yaml": json.dumps(one) for one in example["artefacts"]}
    files |= {f"policies/{name}": text for name, text in example.get("texts", {}).items()}
    tree = Memory(files)
    workspace = load(tree, load_config(tree)[0])
    if not example.get("invalid"):
        assert [f"{one.span.path}: {one.message}" for one in workspace.findings] == []
    return assess(workspace, dt.date.fromisoformat(example.get("as_of", "2026-11-01")))


def requirement_of(test: standard.Test, example: Mapping[str, Any]) -> str:
    """Where the test is asked: as the example says, else at its home or where its failure counts."""
    named = example.get("requirement")
    if named is not None:
        return str(named)
    return test.about[0] if test.about else test.home


def told(report: GapReport, test: standard.Test, requirement: str) -> list[Reason]:
    """What the test found wrong there."""
    reasons = report.waiver_reasons if requirement == WAIVERS else report.get(requirement).reasons
    return [reason for reason in reasons if reason.test == test.id]


def passes(report: GapReport, test: standard.Test, requirement: str) -> int:
    """How many items passed the test there."""
    if requirement == WAIVERS:
        return len(report.facts.standing("waiver"))
    answers = (answer for answer in report.get(requirement).answers if answer.test.id == test.id)
    return sum(outcome.passes for answer in answers for outcome in answer.outcomes)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_example(path: Path) -> None:
    example = yaml.safe_load(path.read_text(encoding="utf-8"))
    test = JUDGEMENT.tests[path.parent.name]
    requirement = requirement_of(test, example)
    report = judged(example)
    reasons = told(report, test, requirement)
    if path.stem.startswith("pass"):
        assert [reason.message for reason in reasons] == []
        assert test.gate or example.get("nothing_to_judge") or passes(report, test, requirement)
        return
    expected = example["expect"]
    found = [reason for reason in reasons if reason.result in ("fail", "suspect")]
    assert (expected["at"], expected["grade"], expected["message"]) in [
        (_at(reason), reason.grade, reason.message) for reason in found
    ]


def _at(reason: Reason) -> str:
    return reason.span.path.removeprefix("policies/").removesuffix(".yaml").upper()


@pytest.mark.parametrize("test", sorted(JUDGEMENT.tests))
def test_every_test_has_an_example_on_both_sides(test: str) -> None:
    if test in UNKNOWABLE:
        assert not (FOLDER / test).exists()
        return
    names = {path.stem.partition("-")[0] for path in (FOLDER / test).glob("*.yaml")}
    assert names == {"pass", "fail"}


def test_no_example_is_of_a_test_that_does_not_exist() -> None:
    assert {path.parent.name for path in FILES} <= set(JUDGEMENT.tests)


def test_a_record_that_cannot_be_read_may_be_the_newest_and_never_passes() -> None:
    """The older record is fresh; the newer one failed, and with an error in it nobody can tell."""
    example = yaml.safe_load((FOLDER / "c-evidence" / "pass.yaml").read_text(encoding="utf-8"))
    newer = {**example["artefacts"][1], "id": "CHK-NEWER", "date": "2026-09-01", "result": "failed"}
    for record, result in ((newer, "fail"), ({**newer, "unheard_of": "x"}, "unknown")):
        report = judged({**example, "artefacts": [*example["artefacts"], record], "invalid": True})
        reasons = told(report, JUDGEMENT.tests["c-evidence"], "A.8.4")
        assert [reason.result for reason in reasons] == [result]
    assert "policies/chk-newer.yaml could not be read" in reasons[0].message


def _judged_with(name: str, change: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, str]]:
    """The example that passes, with fields of its artefacts replaced by id: result and grade of the test's reasons."""
    example = yaml.safe_load((FOLDER / name / "pass.yaml").read_text(encoding="utf-8"))
    artefacts = [{**one, **change.get(one["id"], {})} for one in example["artefacts"]]
    report = judged({**example, "artefacts": artefacts, "invalid": True})
    test = JUDGEMENT.tests[name]
    return [(reason.result, reason.grade) for reason in told(report, test, requirement_of(test, example))]


def test_a_holder_who_cannot_be_read_leaves_open_whether_the_role_is_vacant() -> None:
    assert _judged_with("roles-held", {"PER-08": {"unheard_of": "x"}}) == [("unknown", "unknown")]


def test_an_approval_by_a_role_that_cannot_be_read_is_not_called_invalid() -> None:
    assert _judged_with("scope-approved", {"ROLE-CEO": {"unheard_of": "x"}}) == [("unknown", "unknown")]


def test_a_premise_that_cannot_be_read_leaves_the_test_open() -> None:
    assert _judged_with("context-redone", {"CTX-01": {"unheard_of": "x"}}) == [("unknown", "unknown")]


def test_a_lapse_whose_home_is_excluded_weighs_in_full_where_it_is_asked_for_too() -> None:
    example = yaml.safe_load((FOLDER / "data-approved" / "fail.yaml").read_text(encoding="utf-8"))
    excluding = yaml.safe_load((FOLDER / "x-reason" / "pass.yaml").read_text(encoding="utf-8"))
    statement = next(one for one in excluding["artefacts"] if one["kind"] == "soa")
    statement["entries"] = [{**statement["entries"][0], "control": "A.7.2", "applicable": False}]
    test = JUDGEMENT.tests["data-approved"]
    for artefacts, grade in (([], "opportunity"), ([statement], "minor")):
        report = judged({**example, "artefacts": [*example["artefacts"], *artefacts], "invalid": True})
        assert [reason.grade for reason in told(report, test, "A.7.3")] == [grade]
