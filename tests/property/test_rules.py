"""Whatever somebody does to an artefact, the rules answer with findings."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from aimsctl.assessment import rules
from aimsctl.assessment.suppress import apply
from aimsctl.source.config import Config
from aimsctl.source.files import FileRefusedError, Listing
from aimsctl.workspace.workspace import load
from tests.packaging.distributions import ROOT

KINDS = ("risk", "risk-method", "soa", "impact-assessment", "ai-system", "control", "audit-programme", "deployment")
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 7),
    st.sampled_from(
        ["", "TBD", "low", "A.6.2.4", "9.9.9", "RISK-1", "ROLE-HAG", "2026-01-01", "2199-12-31", "P1Y", "ai_system"]
    ),
    st.lists(st.sampled_from(["low", "A.6.2.4", "none", "AI-INBOX-URGENCY"]), max_size=3),
)


class Memory:
    """A tree of files that are not on disk."""

    label = "a test"

    def __init__(self, files: dict[str, str]) -> None:
        self.files = files

    @staticmethod
    def blob_id(_path: str) -> str:
        return ""

    def listing(self, folder: str) -> Listing:
        return Listing(tuple(sorted(path for path in self.files if path.startswith(f"{folder}/"))))

    def read(self, path: str, limit: int = 0) -> bytes:  # noqa: ARG002 - the shape of a tree
        if path not in self.files:
            raise FileRefusedError("it does not exist")
        return self.files[path].encode()


@cache
def examples() -> list[dict[str, Any]]:
    """Some artefacts of the worked example, of kinds with much to contradict."""
    found = (yaml.safe_load(path.read_text()) for path in sorted((ROOT / "policies").rglob("*.yaml")))
    dated = (json.loads(json.dumps(one, default=str)) for one in found)
    return [one for one in dated if one.get("kind") in KINDS or one.get("of") in KINDS]


def places(data: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in nested data."""
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for step, value in inner:
        yield (*at, step)
        yield from places(value, (*at, step))


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_rules_never_fall(data: st.DataObject) -> None:
    chosen = data.draw(st.lists(st.sampled_from(range(len(examples()))), min_size=1, max_size=4))
    files = {}
    for number, index in enumerate(chosen):
        artefact = copy.deepcopy(examples()[index])
        for _ in range(data.draw(st.integers(0, 3))):
            *way, last = data.draw(st.sampled_from(list(places(artefact))))
            target = artefact
            for step in way:
                target = target[step]
            if data.draw(st.booleans()):
                target[last] = data.draw(VALUES)
            else:
                del target[last]
            if not artefact:
                break
        files[f"policies/{number}.yaml"] = json.dumps(artefact)
    workspace = load(Memory(files), Config())
    as_of = data.draw(st.dates())
    findings = apply([*workspace.findings, *rules.check(workspace, as_of)], workspace, as_of)
    assert all(finding.message and "\n" not in finding.message for finding in findings)
    again = apply([*workspace.findings, *rules.check(workspace, as_of)], workspace, as_of)
    assert findings == again
