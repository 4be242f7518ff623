"""Risks as the documents show them: counts by level, and the matrix of the method with the risks that lie in it."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Final

from aimsctl.assessment.computed.registry import rows
from aimsctl.assessment.computed.risks import cell
from aimsctl.documents.plain import natural

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aimsctl.assessment.facts import Facts
    from aimsctl.assessment.items import Item
    from aimsctl.documents.plain import Record, Records

_STAGES: Final = {
    "before": ("level", "consequence", "likelihood"),
    "target": ("target_level", "target_consequence", "target_likelihood"),
    "after": ("residual_level", "residual_consequence", "residual_likelihood"),
}


def exposure(facts: Facts, records: Records, levels: Sequence[str]) -> Record:
    """The risks that count: their matrix and their number at each level before treatment, as planned, and after it."""
    found = sorted(facts.standing("risk"), key=lambda risk: natural(risk.id))
    method = facts.method
    return {
        "count": len(found),
        "above_appetite": sum(risk.get("above_line") is True for risk in found),
        "appetite": records.text(method.get("acceptable_up_to")) if method is not None else None,
        "method": records.link(method.id) if method is not None else None,
        "counts": {stage: _counts(found, names[0], levels) for stage, names in _STAGES.items()},
        "unrated": {
            stage: [records.link(risk.id) for risk in found if risk.get(names[0]) is None]
            for stage, names in _STAGES.items()
        },
        "matrix": {stage: _matrix(method, records, found, names[1:]) for stage, names in _STAGES.items()},
    }


def _counts(found: Sequence[Item], field: str, levels: Sequence[str]) -> list[Record]:
    counted = Counter(str(risk.get(field)) for risk in found)
    return [{"level": level, "count": counted[level]} for level in levels]


def _matrix(method: Item | None, records: Records, found: Sequence[Item], axes: Sequence[str]) -> Record | None:
    """The cells of the method's matrix, worst consequence first; None without a method that counts."""
    if method is None:
        return None
    lying: dict[tuple[object, object], list[Record | None]] = defaultdict(list)
    likelihoods = rows(method, "likelihood_scale") or [{"value": None, "name": None}]
    for risk in found:
        likelihood = risk.get(axes[1]) if rows(method, "likelihood_scale") else None
        lying[risk.get(axes[0]), likelihood].append(records.link(risk.id))
    return {
        "likelihoods": [_step(records, step) for step in likelihoods],
        "rows": [
            {
                "consequence": _step(records, step),
                "cells": [
                    {
                        "level": records.text(cell(method, step.get("value"), other.get("value"))),
                        "risks": lying.get((step.get("value"), other.get("value")), []),
                    }
                    for other in likelihoods
                ],
            }
            for step in reversed(rows(method, "consequence_scale"))
        ],
    }


def _step(records: Records, step: Mapping[str, object]) -> Record:
    return {"value": step.get("value"), "name": records.text(step.get("name"))}
