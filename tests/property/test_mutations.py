"""The worked example, changed in one place: exactly what depends on that place moves, and in the right direction.

Three oracles: a table of changes whose effects were reviewed one by one against the story and the judgement; what each
test was seen to read, so that nothing else may move; and the rule that a change for the worse silences only what was
said of the changed artefact itself.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from functools import cache
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from aimsctl.assessment.gap import assess
from aimsctl.assessment.grades import WORST_FIRST
from aimsctl.workspace.kinds import kind_names
from tests.packaging.distributions import ROOT
from tests.property.changed_example import (
    DAY,
    NOBODY,
    Change,
    Path,
    Picture,
    before,
    example,
    moves,
    path_of,
    pictures,
    restored,
    story,
)
from tests.property.recorded import AROUND, depending

TABLE = yaml.safe_load((ROOT / "tests" / "data" / "mutations.yaml").read_text(encoding="utf-8"))
OPERATIONS = ("remove", "retire", "blank", "date", "cut")
EVERYWHERE = ("soa", "risk", "ai-system", "control", "role", "person", "waiver", "risk-method")
"""Kinds behind applicability, levels, entitlement and approvals: each is changed at least three times."""
STATES = ("documented", "implemented", "operating")
BEST_FIRST = ("complete", "current", "suspect", "unknown", "partial", "planned", "stale", "failing", "absent")
STEPS = ("minors", "nothing-written", "not-done", "high-risk-unproven", "never-shown", "nothing-judged")
"""Steps of the grading; they weigh what the tests found and read nothing themselves."""


@cache
def unchanged() -> dict[str, Picture]:
    return pictures(before())


def judged(change: Change) -> dict[str, Picture]:
    return pictures(assess(change.made(), DAY))


def change_of(row: dict[str, Any]) -> Change:
    """The change that a row of the table describes."""
    (operation,) = set(row) & set(OPERATIONS)
    at: Path = tuple(int(step) if step.isdigit() else step for step in row.get("at", "").split(".") if step)
    return made(operation, row[operation], at, row.get("to", ""))


def made(operation: str, artefact: str, at: Path = (), to: str = "") -> Change:
    if operation == "remove":
        return Change(artefact)
    if operation == "retire":
        return Change(artefact, ("status",), "retired")
    value = None if operation == "blank" else to
    if operation == "cut":
        value = [NOBODY] if isinstance(Change(artefact, at).value_before(), list) else NOBODY
    return Change(artefact, at, value)


def name_of(row: dict[str, Any]) -> str:
    return " ".join(str(value) for value in (*row["change"], *row["change"].values()) if value not in ("at", "to"))


# the table


@pytest.mark.parametrize("row", TABLE, ids=name_of)
def test_exactly_what_depends_on_a_place_moves_with_it(row: dict[str, Any]) -> None:
    assert moves(unchanged(), judged(change_of(row["change"]))) == row["moves"], row["why"]


def test_the_table_changes_every_kind_in_every_way() -> None:
    ways: dict[str, Counter[str]] = {name: Counter() for name in kind_names()}
    for row in TABLE:
        (operation,) = set(row["change"]) & set(OPERATIONS)
        ways[example().by_id[row["change"][operation]].kind][operation] += 1
    assert [name for name, counted in ways.items() if len(counted) < 2] == []
    assert {operation for counted in ways.values() for operation in counted} == set(OPERATIONS)
    assert all(ways[name].total() >= 3 for name in EVERYWHERE)


def test_artefacts_in_files_of_their_own_are_judged_as_in_the_story() -> None:
    ours, theirs = unchanged(), pictures(assess(story(), DAY))
    for name, picture in ours.items():
        plain = [reason[:7] for reason in picture["reasons"]], [reason[:7] for reason in theirs[name]["reasons"]]
        assert {**picture, "reasons": plain[0]} == {**theirs[name], "reasons": plain[1]}, name


# changes of any kind, at any place


@st.composite
def changes(draw: st.DrawFn) -> Change:
    """Any artefact, changed in one of the five ways at a place where that way is one."""
    kind = draw(st.sampled_from(kind_names()))
    artefact = draw(st.sampled_from([one.id for one in example().artefacts if one.kind == kind]))
    operation = draw(st.sampled_from(OPERATIONS))
    if operation in ("remove", "retire"):
        return made(operation, artefact)
    places = [place for place, value in _places(example().by_id[artefact].data, ()) if _suits(operation, value)]
    if not places:
        return made("remove", artefact)
    return made(operation, artefact, draw(st.sampled_from(places)), "2019-01-01")


def _places(data: Any, at: Path) -> list[tuple[Path, Any]]:
    """Every field and every row below, with its value."""
    steps = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    found = [((*at, step), value) for step, value in steps if step not in ("id", "kind")]
    return found + [place for deeper, value in found for place in _places(value, deeper)]


def _suits(operation: str, value: Any) -> bool:
    if operation == "blank":
        return True
    if operation == "date":
        return isinstance(value, str) and _is_date(value)
    named = value if isinstance(value, list) else [value]
    return any(isinstance(one, str) and one in example().by_id for one in named)


def _is_date(value: str) -> bool:
    try:
        dt.date.fromisoformat(value)
    except ValueError:
        return False
    return len(value) == len("2019-01-01")


@given(changes())
@settings(max_examples=80)
def test_what_read_nothing_of_a_place_does_not_move_at_all(change: Change) -> None:
    """The whole record stays, words and places too; where it moves, a test that read the place found something else."""
    old, new, depends = unchanged(), judged(change), depending(change)
    for name in old:
        if old[name] != new[name]:
            gone, come = Counter(old[name]["reasons"]), Counter(new[name]["reasons"])
            tests = {reason[0] for reason in (gone - come) + (come - gone)} - set(STEPS)
            tests = {test for test in tests if ":" not in test}
            around = AROUND in depends.get(name, ())
            assert tests <= depends.get(name, set()) or around, (name, tests)
            assert name in depends, name


@given(changes())
@settings(max_examples=80)
def test_a_change_for_the_worse_silences_only_what_was_said_of_the_artefact_itself(change: Change) -> None:
    """No grade and no state gets better unless a reason at the changed artefact went with the change."""
    old, new = unchanged(), judged(change)
    for name in old:
        if _better(old[name], new[name]):
            gone = _told(old[name]) - _told(new[name])
            own = any(path == path_of(change.artefact) for _, _, path in gone)
            assert own or _unknown(gone, new[name]), (name, gone)


def _better(old: Picture, new: Picture) -> bool:
    pairs = [(old[state], new[state]) for state in STATES if {old.get(state), new.get(state)} <= set(BEST_FIRST)]
    states = any(BEST_FIRST.index(after) < BEST_FIRST.index(first) for first, after in pairs)
    return states or ("grade" in old and WORST_FIRST.index(new["grade"]) > WORST_FIRST.index(old["grade"]))


def _told(picture: Picture) -> set[tuple[str, str, str]]:
    """Test, result and file of each reason."""
    return {(reason[0], reason[1], reason[7]) for reason in picture["reasons"]}


def _unknown(gone: set[tuple[str, str, str]], new: Picture) -> bool:
    """Whether a test that fell silent cannot tell any more, and says so."""
    return bool({test for test, _, _ in gone} & {reason[0] for reason in new["reasons"] if reason[1] == "unknown"})


@given(changes())
@settings(max_examples=15)
def test_taking_a_change_back_gives_the_same_report_again(change: Change) -> None:
    judged(change)
    assert pictures(assess(restored(change), DAY)) == unchanged()
    assert pictures(assess(example(), DAY)) == unchanged()
