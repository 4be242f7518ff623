"""The place of each risk among all of them."""

from __future__ import annotations

import time
from dataclasses import replace

from aimsctl.assessment.facts import Facts
from tests.property.changed_example import DAY, example

LOWEST_FIRST = ("low", "medium", "high", "critical")


def test_the_most_urgent_risk_comes_first_by_level_then_consequence_then_likelihood_then_id() -> None:
    risks = Facts(example(), DAY).standing("risk")
    placed = sorted(risks, key=lambda risk: int(str(risk.get("priority"))))
    assert [risk.get("priority") for risk in placed] == list(range(1, len(risks) + 1))
    urgency = [
        (-LOWEST_FIRST.index(str(risk.get("level"))), -number(risk.get("consequence")), -number(risk.get("likelihood")))
        for risk in placed
    ]
    assert list(zip(urgency, [risk.id for risk in placed], strict=True)) == sorted(
        zip(urgency, [risk.id for risk in placed], strict=True)
    )


def test_a_risk_that_does_not_count_has_no_place() -> None:
    (first, *_) = (one for one in example().artefacts if one.kind == "risk")
    retired = replace(first, data={**first.data, "status": "retired"})
    others = tuple(one for one in example().artefacts if one is not first)
    facts = Facts(replace(example(), artefacts=(retired, *others)), DAY)
    assert [risk.get("priority") for risk in facts.items("risk") if risk.id == first.id] == [None]


def test_asking_for_the_places_of_thousands_of_risks_sorts_them_once() -> None:
    """Sorting anew for each took twenty seconds for so many; sorting once takes a fiftieth of one."""
    (first, *_) = (one for one in example().artefacts if one.kind == "risk")
    many = [replace(first, id=f"R-{n}", data={**first.data, "id": f"R-{n}"}) for n in range(1000, 4000)]
    facts = Facts(replace(example(), artefacts=(*example().artefacts, *many)), DAY)
    begun = time.perf_counter()
    assert len({risk.get("priority") for risk in facts.standing("risk")}) == len(facts.standing("risk"))
    assert time.perf_counter() - begun < 5


def number(value: object) -> float:
    assert isinstance(value, int | float)
    return value
