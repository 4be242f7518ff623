"""Risks before and after treatment, the matrix they lie in, and the impact assessments of each system."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from aimsctl.assessment.computed.registry import listed, rows
from aimsctl.assessment.computed.risks import cell, rank
from aimsctl.assessment.responsible import title_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aimsctl.assessment.facts import Facts
    from aimsctl.assessment.items import Item

Record = dict[str, Any]
_STAGES: Final = {"before": "level", "target": "target_level", "after": "residual_level"}


def risks(facts: Facts) -> Record:
    """Levels of the method lowest first, counts by level, every risk most urgent first, and the method's matrix."""
    found = sorted(facts.standing("risk"), key=lambda risk: (risk.get("priority") or 0, risk.id))
    levels = [str(row["name"]) for row in _steps(facts, "levels") if row.get("name")]
    return {
        "levels": levels,
        "count": len(found),
        "counts": {name: _counts(found, field, levels) for name, field in _STAGES.items()},
        "above_appetite": sum(risk.get("above_line") is True for risk in found),
        "acceptable_up_to": facts.method.get("acceptable_up_to") if facts.method is not None else None,
        "method": facts.method.get("title") if facts.method is not None else None,
        "rows": [_risk(facts, risk) for risk in found],
        "matrix": _matrix(facts, found),
    }


def _counts(found: Sequence[Item], field: str, levels: Sequence[str]) -> Record:
    counted = Counter(risk.get(field) for risk in found)
    known = [counted.get(level, 0) for level in levels]
    return {"levels": known, "not_assessed": len(found) - sum(known)}


def _risk(facts: Facts, risk: Item) -> Record:
    before, after = (rank(risk, risk.get(field)) for field in ("level", "residual_level"))
    return {
        "id": risk.id,
        "title": str(risk.get("title")),
        "owner": title_of(facts, risk.get("owner")),
        "systems": [str(system.get("title")) for system in facts.systems_of(risk)] if risk.get("ai_systems") else [],
        "before": risk.get("level"),
        "target": risk.get("target_level"),
        "after": risk.get("residual_level"),
        "lowered": None if before is None or after is None else after < before,
        "treatment": risk.get("treatment"),
        "actions_open": risk.get("actions_open") is True,
    }


def _matrix(facts: Facts, found: Sequence[Item]) -> Record:
    """The cells of the method's matrix, worst consequence first, with the risks that lie in each before treatment."""
    method = facts.method
    likelihoods = _steps(facts, "likelihood_scale")
    values = [row.get("value") for row in likelihoods] or [None]
    return {
        "likelihoods": [_step(row) for row in likelihoods],
        "rows": [
            {"consequence": _step(row), "cells": [_cell(method, found, row.get("value"), value) for value in values]}
            for row in reversed(_steps(facts, "consequence_scale"))
            if method is not None
        ],
    }


def _step(row: Record) -> str:
    return f"{row.get('value')} {row.get('name') or ''}".strip()


def _cell(method: Item, found: Sequence[Item], consequence: object, likelihood: object) -> Record:
    """A cell without likelihood takes the whole row: the method then rates by consequence alone."""
    lying = (
        risk.id
        for risk in found
        if risk.get("consequence") == consequence and (likelihood is None or risk.get("likelihood") == likelihood)
    )
    return {"level": cell(method, consequence, likelihood), "risks": list(lying)}


def impact_assessments(facts: Facts) -> list[Record]:
    """The systems in scope with the model versions in use and their impact assessments, newest first."""
    return [
        {
            "system": str(system.get("title")),
            "id": system.id,
            "high_risk": system.get("high_risk") is True,
            "versions": [str(row.get("version")) for row in facts.items("ai-system.models") if _in_use(row, system)],
            "assessments": [_assessment(facts, one) for one in _newest_first(facts, system)],
        }
        for system in facts.standing("ai-system")
        if system.get("in_scope") is True
    ]


def _newest_first(facts: Facts, system: Item) -> list[Item]:
    about = [one for one in facts.standing("impact-assessment") if system.id in listed(one.get("ai_systems"))]
    return sorted(about, key=lambda one: (str(one.get("date") or ""), one.id), reverse=True)


def _assessment(facts: Facts, one: Item) -> Record:
    impacts = [row for row in facts.items("impact-assessment.impacts") if row.holder is one]
    return {
        "id": one.id,
        "date": one.get("date"),
        "outcome": one.get("outcome"),
        "next_review": one.get("next_review"),
        "impacts": len(impacts),
        "serious": sum(row.get("serious") is True for row in impacts),
    }


def _in_use(row: Item, system: Item) -> bool:
    return row.holder is system and row.get("current") is True


def _steps(facts: Facts, scale: str) -> list[Record]:
    return [] if facts.method is None else rows(facts.method, scale)
