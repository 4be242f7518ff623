"""The codes under which a judgement is told, each met by an example."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from aimsctl.assessment.findings import gap_findings
from aimsctl.assessment.gap import GapReport, assess
from aimsctl.assessment.gap_rules import RULES
from tests.judgement.examples import FOLDER, judged, read
from tests.unit.rule_workspaces import loaded, written

MET_BY = {
    "AIM401": "policy-exists",
    "AIM402": "documents-reviewed",
    "AIM403": "context-topics",
    "AIM404": "plan-complete",
    "AIM411": "policy-exists",
    "AIM412": "above-line-treated",
    "AIM413": "policy-exists",
    "AIM421": "acceptance-valid",
    "AIM431": "waiver-expired",
    "AIM501": "documents-reviewed",
    "AIM601": "policy-approved",
    "AIM602": "ia-after-change",
    "AIM701": "approval-outlived",
}
BY_DAY = {"AIM503": "2026-06-10", "AIM502": "2026-06-30", "AIM501": "2026-11-01"}
ELSEWHERE = {"AIM603", "AIM604", "AIM605", "AIM801", "AIM802"}  # met where there is a history or a ledger
POLICY = """\
kind: policy
id: POL-1
title: AI policy
owner: ROLE-1
status: approved
version: '1'
approval: {by: ROLE-1, date: 2025-06-22}
review: {last: 2025-06-22, every: P1Y}
type: ai
purpose: Says what the organisation stands for.
applies_to: Everybody who works for it.
"""


def codes(report: GapReport) -> set[str]:
    reasons = [reason for one in report.requirements for reason in one.reasons] + list(report.waiver_reasons)
    return {reason.rule.code for reason in reasons} | {finding.code for finding in gap_findings(report)}


def test_every_code_has_an_example() -> None:
    assert {rule.code for rule in RULES} == {*MET_BY, *BY_DAY, *ELSEWHERE}


@pytest.mark.parametrize(("code", "example"), sorted(MET_BY.items()))
def test_a_code_is_met_by_an_example_of_the_judgement(code: str, example: str) -> None:
    found = sorted(FOLDER.glob(f"*/{example}/*.yaml"))
    assert any(code in codes(judged(read(path))) for path in found)


@pytest.mark.parametrize(("code", "day"), sorted(BY_DAY.items()))
def test_a_review_is_due_soon_then_late_then_overdue(tmp_path: Path, code: str, day: str) -> None:
    workspace, _ = loaded(written(tmp_path, {"policies/p.yaml": POLICY}))
    found = codes(assess(workspace, dt.date.fromisoformat(day)))
    assert found & {"AIM501", "AIM502", "AIM503"} >= {code}
    assert "AIM503" not in found or code == "AIM503"
