"""The worked example with its ledgers, changed in one place: what receipts show moves, and nothing else does.

The changes of `tests/data/mutations.yaml` are judged without the ledgers: there what artefacts say is in question, and
the ledgers would hide that a control shows nothing. Here it is what the receipts say, and what they are asked for.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from aimsctl.assessment.gap import assess
from aimsctl.evidence.ledger import Ledger
from aimsctl.evidence.summary import Evidence, read_counts, summarise
from aimsctl.evidence.trust import read_trust
from tests.packaging.distributions import ROOT
from tests.property.changed_example import DAY, Change, example, moves, pictures

EVIDENCE = ROOT / "evidence"
FIRST = dt.date(2026, 7, 1)


@cache
def evidence() -> Evidence:
    """What the ledgers show, read once."""
    trust = read_trust(lambda path: (ROOT / path).read_bytes(), "evidence/trust.yaml", "test", self_asserted=True)
    ledgers = [Ledger.open(EVIDENCE / name) for name in ("prod", "build")]
    counts = {"otlp:chat": read_counts((EVIDENCE / "counts/otlp-chat.csv").read_bytes())}
    return replace(summarise(ledgers, trust, FIRST, DAY), counts=counts)


def moved(change: Change | None = None, changed: Evidence | None = None) -> dict[str, str]:
    workspace = example() if change is None else change.made()
    return moves(_before(), pictures(assess(workspace, DAY, evidence=changed or evidence())))


@cache
def _before() -> dict[str, Any]:
    return pictures(assess(example(), DAY, evidence=evidence()))


def at(field: str) -> tuple[str | int, ...]:
    return ("evidence", 0, field)


# what is asked for


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param(
            Change("CTL-03", at("within")),
            {"A.6.2.6": "-c-lapses"},
            id="no time is set for the second look, so none is late",
        ),
        pytest.param(
            Change("CTL-03", at("within"), "PT60H"),
            {"A.6.2.6": "-c-lapses"},
            id="55 hours are in time where 60 are allowed",
        ),
        pytest.param(
            Change("CTL-10", at("within"), "PT3H"),
            {"A.6.2.6": "+c-lapses"},
            id="every review from the seventh on takes longer than three hours",
        ),
        pytest.param(
            Change("CTL-01", at("coverage_at_least"), 0.97),
            {"A.6.2.6": "-c-lapses"},
            id="97.8% is enough where 97% are asked for",
        ),
        pytest.param(
            Change("CTL-08", at("min_count"), 40),
            {"A.6.2.6": "operating current > stale; opportunity > minor; +c-evidence; -c-lapses"},
            id="forty receipts a day is more than the guard leaves",
        ),
        pytest.param(
            Change("CTL-08", at("environments"), ["build"]),
            {"A.6.2.6": "operating current > stale; opportunity > minor; +c-evidence; -c-lapses"},
            id="nothing of the guard comes from the build environment",
        ),
        pytest.param(
            Change("CTL-02", at("attested_by")),
            {"A.10.4": "opportunity > conforms; -c-own-evidence (unknown)"},
            id="a collector is enough",
        ),
        pytest.param(
            Change("CTL-13", at("max_age"), "P5D"),
            {"A.7.4": "operating current > stale; conforms > minor; +c-evidence x2"},
            id="the Monday before is six days ago",
        ),
        pytest.param(
            Change("CTL-04", at("min_count"), 4),
            {"A.6.2.4": "operating current > stale; conforms > minor; +c-evidence x2"},
            id="each version passed three suites",
        ),
        pytest.param(
            Change("CTL-15", at("executor_types"), ["ci"]),
            {},
            id="nobody ran the review of intended use, whoever may",
        ),
    ],
)
def test_what_is_asked_of_receipts_decides_what_they_show(change: Change, expected: dict[str, str]) -> None:
    assert moved(change) == expected


# what they say


def without(**asked: Any) -> Evidence:
    """The ledgers less the runs that are as asked."""
    return _each(lambda run: None if all(getattr(run, name) == value for name, value in asked.items()) else run)


def _each(change: Any) -> Evidence:
    runs = {name: tuple(new for run in runs if (new := change(run))) for name, runs in evidence().runs.items()}
    return replace(evidence(), runs=runs)


def test_the_ledger_of_builds_alone_shows_nothing_of_operation() -> None:
    found = moved(changed=without(origin="fernlough.example/ledger/prod"))
    assert found["A.6.2.6"].startswith("operating current > absent; opportunity > minor")
    assert found["A.7.4"].startswith("operating current > absent; conforms > m")
    assert "A.6.2.4" not in found


def test_the_runs_of_the_live_version_weigh_and_those_of_an_older_one_are_history() -> None:
    live = moved(changed=without(version="2.4.0"))
    assert {name for name, words in live.items() if "operating current > stale" in words} == set(live)
    assert set(live) == {"A.6.2.4", "A.6.2.6", "A.6.2.8", "A.7.4"}
    older = moved(changed=without(version="2.3.0"))
    assert older == {
        "A.6.2.4": "conforms > opportunity; +c-lapses",  # the table of September is not there
        "A.6.2.6": "+c-lapses",  # nobody watched drift; the floor and the second look had lapsed anyway
        "A.6.2.8": "+c-lapses",
        "A.7.4": "conforms > opportunity; +c-lapses",
    }


def test_a_failure_yesterday_is_failing_and_one_that_was_answered_is_not() -> None:
    def fail(on: dt.date) -> Evidence:
        return _each(lambda run: replace(run, result="failed") if (run.control, run.day) == ("CTL-07", on) else run)

    assert moved(changed=fail(dt.date(2026, 10, 31)))["A.6.2.6"].startswith("operating current > failing")
    assert moved(changed=fail(dt.date(2026, 10, 28))) == {}


def test_a_receipt_that_does_not_verify_is_none() -> None:
    found = moved(
        changed=_each(lambda run: replace(run, why="its key was revoked") if run.control == "CTL-12" else run)
    )
    assert found["A.9.2"].startswith("operating current > unknown")


def test_without_a_count_coverage_cannot_be_told() -> None:
    found = moved(changed=replace(evidence(), counts={}))
    assert found["A.6.2.6"].startswith("operating current > unknown; opportunity > unknown; +c-evidence (unknown)")


def test_a_ledger_that_cannot_be_read_may_have_shown_anything() -> None:
    found = moved(changed=replace(evidence(), unreadable=("prod: entry 7 holds another entry than the tree",)))
    words = {name: said for name, said in found.items() if "operating current > unknown" in said}
    assert {"A.6.2.4", "A.6.2.6", "A.6.2.8", "A.7.4", "A.9.2"} == set(words)


def test_every_control_that_owes_receipts_is_shown_by_its_own() -> None:
    """Without the receipts of one control the requirements it fulfils get worse, and those of others stay."""
    for control in sorted(evidence().runs):
        found = moved(changed=without(control=control))
        fulfils = set(example().by_id[control].data["fulfils"])
        assert {name for name, words in found.items() if "operating" in words} <= fulfils, control
        assert set(found) == fulfils, control
