"""Differences between two states of a workspace, in governance words."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest

from aimsctl.assessment.changes import changes, differences
from aimsctl.assessment.gap import assess
from aimsctl.assessment.movement import movement
from aimsctl.source.config import load as load_config
from aimsctl.source.files import WorkTree
from aimsctl.workspace.workspace import Workspace, load

ROOT = Path(__file__).resolve().parents[2]
DAY = dt.date(2026, 11, 1)


def loaded(root: Path) -> Workspace:
    tree = WorkTree(root)
    return load(tree, load_config(tree)[0])


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "policies", tmp_path / "policies")
    shutil.copy(ROOT / "aimsctl.yaml", tmp_path)
    return tmp_path


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_nothing_changed_says_nothing(changed: Path) -> None:
    edit(changed / "policies/suppliers/s-05.yaml", "kind: supplier", "# a remark\nkind:   supplier")
    before, after = loaded(ROOT), loaded(changed)
    assert changes(before, after) == []
    assert movement(assess(before, DAY), assess(after, DAY)) == []


def test_a_gap_that_closes_is_told_with_its_state_and_its_finding(changed: Path) -> None:
    edit(changed / "policies/suppliers/s-05.yaml", "last: 2025-09-30", "last: 2026-10-28")
    before, after = loaded(ROOT), loaded(changed)
    (change,) = changes(before, after)
    assert (change.what, change.id, change.details) == ("changed", "S-05", ("review last 2025-09-30 → 2026-10-28",))
    (moved,) = movement(assess(before, DAY), assess(after, DAY))
    assert (moved.id, moved.closed, moved.opened) == ("A.10.3", True, False)
    assert moved.states == {"operating": ("stale", "current")}
    assert [reason.test for reason in moved.gone_reasons] == ["supplier-reviewed"]


def test_a_gap_that_opens_is_told(changed: Path) -> None:
    edit(changed / "policies/leadership/pol-01.yaml", "status: approved", "status: retired")
    before, after = loaded(ROOT), loaded(changed)
    assert [change.what for change in changes(before, after)] == ["retired"]
    opened = {
        moved.id: moved.after.grade for moved in movement(assess(before, DAY), assess(after, DAY)) if moved.opened
    }
    assert opened["5.2"] == "major"


def test_added_and_removed_artefacts(changed: Path) -> None:
    (changed / "policies/improvement/imp-01.yaml").unlink()
    (changed / "policies/new.yaml").write_text("kind: risk\nid: RISK-NEW\ntitle: New\nstatus: draft\n")
    found = {(change.what, change.id) for change in changes(loaded(ROOT), loaded(changed))}
    assert found == {("removed", "IMP-01"), ("added", "RISK-NEW")}


def test_the_text_beside_a_policy_counts(changed: Path) -> None:
    edit(changed / "policies/documents/pro-01.md", "\n", "\n\nOne more sentence.\n")
    (change,) = changes(loaded(ROOT), loaded(changed))
    assert change.details == ("the text of its file changed",)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ({"likelihood": 2}, {"likelihood": 4}, ["likelihood 2 → 4"]),
        ({}, {"owner": "ROLE-CEO"}, ["owner set to ROLE-CEO"]),
        ({"owner": "ROLE-CEO"}, {}, ["owner taken away (was ROLE-CEO)"]),
        ({"how": "a" * 80}, {"how": "b" * 80}, ["how reworded"]),
        ({"controls": ["A", "B"]}, {"controls": ["B", "C"]}, ["controls now with C", "controls without A"]),
        ({"controls": ["A", "B"]}, {"controls": ["B", "A"]}, ["controls in another order"]),
        (
            {"actions": [{"what": "Train", "due": "2026-01-01"}]},
            {"actions": [{"what": "Train", "due": "2026-02-01"}, {"what": "Tell"}]},
            ["actions Train: due 2026-01-01 → 2026-02-01", "actions now with Tell"],
        ),
        ({"approval": {"by": "A"}}, {"approval": {"by": "B"}}, ["approval by A → B"]),
        ({"serious": False}, {"serious": True}, ["serious no → yes"]),
    ],
)
def test_differences_in_words(old: dict[str, object], new: dict[str, object], said: list[str]) -> None:
    assert list(differences(old, new)) == said
