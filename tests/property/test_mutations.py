"""The worked example, changed in one place: only what depends on that place may move, and never for the better.

What may move follows from the judgement's own data: the tests that select the kind that was changed, those that read it
through links, computed values or approvals, and those that ask for the states of other requirements.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from aimsctl.assessment.gap import GapReport, assess
from aimsctl.assessment.grades import WORST_FIRST
from aimsctl.assessment.judge import Judge
from aimsctl.source.config import load as load_config
from aimsctl.source.files import FileRefusedError, Listing, WorkTree
from aimsctl.workspace.workspace import Workspace, load

ROOT = Path(__file__).resolve().parents[2]
DAY = dt.date(2026, 11, 1)
PROOF = frozenset(
    {"policy", "scope", "risk-method", "audit-programme", "audit", "management-review", "training", "process"}
)
"""Kinds whose artefacts only prove something: taking one away takes no duty away."""
EVERYWHERE = frozenset({"soa", "risk", "ai-system", "control", "role", "person", "waiver", "risk-method"})
"""Kinds behind applicability, high risk, levels, approvals and waivers, which weigh in every requirement."""


class Memory:
    """The worked example as files that are not on disk, one artefact each."""

    label = "changed"

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = files

    def listing(self, folder: str) -> Listing:
        return Listing(
            tuple(sorted(path for path in self.files if path.startswith(f"{folder}/") and path.endswith(".yaml")))
        )

    def read(self, path: str, limit: int = 0) -> bytes:  # noqa: ARG002 - the shape of a tree
        if path not in self.files:
            raise FileRefusedError("it does not exist")
        return self.files[path]


@cache
def original() -> tuple[Workspace, GapReport, tuple[dict[str, Any], ...], dict[str, bytes]]:
    tree = WorkTree(ROOT)
    workspace = load(tree, load_config(tree)[0])
    texts = {}
    artefacts = []
    for artefact in workspace.artefacts:
        data = {**artefact.data, "kind": artefact.kind}
        content = workspace.text_of(artefact)
        if content is not None:
            data["file"] = f"{artefact.id.lower()}.md"
            texts[f"policies/{data['file']}"] = content
        artefacts.append(data)
    return workspace, report(artefacts, texts), tuple(artefacts), texts


def report(artefacts: list[dict[str, Any]], texts: Mapping[str, bytes]) -> GapReport:
    files = {"aimsctl.yaml": (ROOT / "aimsctl.yaml").read_bytes(), **texts}
    files |= {f"policies/{one['id'].lower()}.yaml": json.dumps(one).encode() for one in artefacts}
    tree = Memory(files)
    return assess(load(tree, load_config(tree)[0]), DAY)


def moved(before: GapReport, after: GapReport) -> set[str]:
    def picture(one: Any) -> Any:
        reasons = {(reason.test, reason.message) for reason in one.reasons if reason.state}
        return one.grade, tuple(one.states.values()), reasons

    pairs = zip(before.requirements, after.requirements, strict=True)
    return {old.id for old, new in pairs if picture(old) != picture(new)}


def may_move(before: GapReport, kind: str) -> set[str]:
    """The requirements with a test that looks at the kind, links to it, or asks for the states of others."""
    judge = Judge(before.facts)
    found = set()
    for one in before.requirements:
        for answer in one.answers:
            if answer.test.predicate == "state" or answer.test.id in ("documents-used", "approval-outlived"):
                found.add(one.id)
            reads = {*judge.kinds(answer.test), *(name for outcome in answer.outcomes for name in outcome.reads)}
            if kind in reads or (answer.test.predicate in ("approved", "independent") and kind in EVERYWHERE):
                found.add(one.id)
    return found


def change(data: st.DataObject, *, everywhere: bool) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """An artefact whose kind weighs in every requirement, or does not, and all artefacts with that one changed."""
    artefacts = original()[2]
    index = data.draw(
        st.sampled_from([n for n, one in enumerate(artefacts) if (one["kind"] in EVERYWHERE) == everywhere])
    )
    victim = artefacts[index]
    changed = [dict(one) for one in artefacts]
    how = data.draw(st.sampled_from(["remove", "retire", "blank", "date", "link"]))
    if how == "remove":
        del changed[index]
    elif how == "retire":
        changed[index]["status"] = "retired"
    else:
        name = data.draw(st.sampled_from(sorted(set(victim) - {"kind", "id"})))
        changed[index][name] = {"blank": "", "date": "2019-01-01", "link": "NOBODY-1"}[how]
    return victim, changed


@given(st.data())
@settings(max_examples=60)
def test_only_what_depends_on_an_artefact_moves_with_it(data: st.DataObject) -> None:
    _, before, _, texts = original()
    victim, changed = change(data, everywhere=False)
    assert moved(before, report(changed, texts)) <= may_move(before, victim["kind"])


@given(st.data())
@settings(max_examples=60)
def test_whatever_weighs_everywhere_is_changed_each_grade_is_accounted_for(data: st.DataObject) -> None:
    """Every requirement is judged; what does not conform says why, and each reason points into a file that is there."""
    _, before, _, texts = original()
    _, changed = change(data, everywhere=True)
    after = report(changed, texts)
    assert [one.id for one in after.requirements] == [one.id for one in before.requirements]
    files = {"aimsctl.yaml", *texts, *(f"policies/{one['id'].lower()}.yaml" for one in changed)}
    for one in after.requirements:
        assert one.grade in {"conforms", "not_applicable"} or one.reasons, one.id
        assert {reason.span.path for reason in one.reasons} <= files, one.id


@given(st.data())
@settings(max_examples=40)
def test_taking_proof_away_never_helps(data: st.DataObject) -> None:
    _, before, artefacts, texts = original()
    at_fault = {reason.span.path.rpartition("/")[2] for one in before.requirements for reason in one.reasons}
    proofs = [
        index
        for index, one in enumerate(artefacts)
        if one["kind"] in PROOF and f"{one['id'].lower()}.yaml" not in at_fault
    ]
    index = data.draw(st.sampled_from(proofs))
    changed = [dict(one) for one in artefacts]
    if data.draw(st.booleans()):
        del changed[index]
    else:
        changed[index]["status"] = "retired"
    after = report(changed, texts)
    for old, new in zip(before.requirements, after.requirements, strict=True):
        assert WORST_FIRST.index(new.grade) <= WORST_FIRST.index(old.grade), (artefacts[index]["id"], old.id)
