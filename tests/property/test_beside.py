"""Whatever somebody does to an artefact, each answer beside the standard comes, in the shape its schema promises."""

from __future__ import annotations

import copy
import json
from datetime import date
from functools import cache
from typing import Any

import jsonschema_rs
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from aimsctl.assessment.chain import chain
from aimsctl.assessment.crossing import crossing
from aimsctl.assessment.decision.advice import advice
from aimsctl.assessment.dossier import dossier
from aimsctl.assessment.duties import duties
from aimsctl.assessment.gap import GapReport, assess
from aimsctl.assessment.listing import listing
from aimsctl.output.advice import advice_body
from aimsctl.output.crossing import crossing_body
from aimsctl.output.dossier import dossier_body
from aimsctl.output.drawing import dot, mermaid, svg
from aimsctl.output.duties import duties_body
from aimsctl.output.gfm import markdown
from aimsctl.output.listing import listing_body
from aimsctl.source.config import Config
from aimsctl.workspace.kinds import kind
from aimsctl.workspace.workspace import load
from tests.packaging.distributions import ROOT
from tests.property.test_rules import Memory, places

KINDS = ("certification-case", "ai-system", "control", "soa", "waiver", "audit-programme", "risk", "obligation")
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 7),
    st.sampled_from(
        ["", "{needing}", "2026-01-01", "9999-12-31", "0001-01-01", "P9999Y", "ROLE-HAG", "tender", "draft"]
    ),
    st.lists(st.sampled_from(["evidence_pack", "A.6.2.4", "CTL-01", "user"]), max_size=3),
)


@cache
def examples() -> list[dict[str, Any]]:
    """The artefacts of the worked example that the answers read most."""
    found = (yaml.safe_load(path.read_text()) for path in sorted((ROOT / "policies").rglob("*.yaml")))
    dated = (json.loads(json.dumps(one, default=str)) for one in found)
    return [one for one in dated if one.get("kind") in KINDS or one.get("of") in KINDS]


@cache
def validator(name: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(
        json.loads((ROOT / "schemas" / "output" / f"{name}.schema.json").read_text("utf-8"))
    )


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_each_answer_comes_in_its_shape(data: st.DataObject) -> None:
    files = {}
    for number, example in enumerate(examples()):
        artefact = copy.deepcopy(example)
        if artefact.get("kind") == "certification-case" or data.draw(st.integers(0, 3)) == 0:
            for _ in range(data.draw(st.integers(0, 2))):
                *way, last = data.draw(st.sampled_from(list(places(artefact))))
                target = artefact
                for step in way:
                    target = target[step]
                target[last] = data.draw(VALUES)
        files[f"policies/{number}.yaml"] = json.dumps(artefact)
    report = assess(load(Memory(files), Config(organisation="Fernlough")), date(2026, 11, 1))
    asked(report)


def asked(report: GapReport) -> None:
    """Ask for every answer, hold its record to its schema, and write its document."""
    found: dict[str, Any] = {
        "todo": (duties(report), duties_body),
        "crosswalk": (crossing(report, "eu_ai_act"), crossing_body),
    }
    risk = kind("risk")
    assert risk is not None
    found["list"] = (listing(report.facts, risk), listing_body)
    if report.facts.items("certification-case"):
        found["decide"] = (advice(report), advice_body)
    if report.facts.workspace.artefacts:
        found["show"] = (dossier(report, report.facts.workspace.artefacts[0]), dossier_body)
    for name, (record, body) in found.items():
        shape = {"version": 1, **record, "provenance": {}}
        assert [one.message for one in validator(name).iter_errors(shape)] == [], name
        assert markdown(body(record))
    drawn = chain(report)
    assert validator("graph").is_valid({"version": 1, **drawn, "provenance": {}})
    assert all(draw(drawn) for draw in (svg, mermaid, dot))
