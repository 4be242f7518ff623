"""Thresholds: a workspace may be stricter than the standard, and a laxer wish has no effect."""

from __future__ import annotations

from pathlib import Path

import pytest

from aimsctl.assessment.facts import Facts
from aimsctl.assessment.thresholds import in_force, why_not
from aimsctl.standard import judgement
from tests.unit.rule_workspaces import AS_OF, CONFIG, RISK, loaded, written


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("review_interval", "P1Y", True),
        ("review_interval", "P12M", True),
        ("review_interval", "P6M", True),
        ("review_interval", "P366D", False),
        ("review_interval", 12, False),
        ("systemic_items", 2, True),
        ("systemic_items", 4, False),
        ("systemic_share", "P1D", False),
        ("awareness_reach", 0.95, True),
        ("awareness_reach", 0.5, False),
        ("text_min_words", 4, True),
        ("text_min_words", 0, False),
    ],
)
def test_only_stricter_values_are_in_force(name: str, value: float | str, *, allowed: bool) -> None:
    assert (why_not(name, value) == "") is allowed
    assert in_force(name, {name: value}) == (value if allowed else judgement().thresholds[name])


def test_every_threshold_may_be_set_to_its_own_value() -> None:
    assert [name for name, value in judgement().thresholds.items() if why_not(name, value)] == []


def test_the_judgement_is_not_made_laxer_by_the_configuration(tmp_path: Path) -> None:
    settings = "thresholds:\n  review_interval: P9Y\n  awareness_interval: P3M\n"
    workspace, _ = loaded(written(tmp_path, {"aimsctl.yaml": CONFIG + settings, "policies/r.yaml": RISK}))
    facts = Facts(workspace, AS_OF)
    assert facts.period("review_interval").months == 12
    assert facts.period("awareness_interval").months == 3
