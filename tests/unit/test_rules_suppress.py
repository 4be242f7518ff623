"""Suppressions: what they set aside, for how long, and what is said about them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from aimsctl.assessment.findings import gap_findings
from aimsctl.assessment.gap import assess
from aimsctl.assessment.suppress import apply
from tests.unit.rule_workspaces import AS_OF, CONFIG, RISK, codes, loaded, told, written

NOTE = "# aimsctl: ignore[{}] until {}: the role is filled in May"
ENTRY = CONFIG + "suppress:\n  - {{rule: {}, path: {}, reason: the role is filled later, until: {}}}\n"


def test_a_comment_marks_the_finding_with_reason_and_last_day_and_keeps_it(tmp_path: Path) -> None:
    findings = told(tmp_path, {"policies/r.yaml": RISK + "owner: ROLE-9  " + NOTE.format("AIM301", "2026-12-31")})
    assert [(one.code, one.suppressed) for one in findings] == [
        ("AIM301", "the role is filled in May (until 2026-12-31)")
    ]


def test_a_comment_above_a_key_covers_what_stands_below_it_and_nothing_else(tmp_path: Path) -> None:
    text = RISK + NOTE.format("AIM301", "2026-12-31") + "\ncontrols:\n  - CTL-8\n  - CTL-9\nowner: ROLE-9\n"
    findings = told(tmp_path, {"policies/r.yaml": text})
    assert [(one.span.line, one.suppressed is None) for one in findings] == [(7, False), (8, False), (9, True)]


def test_a_comment_covers_the_codes_it_names_alone(tmp_path: Path) -> None:
    text = RISK + "likelihood: 1\ntarget_likelihood: 2  " + NOTE.format("AIM211", "2026-12-31")
    assert codes(told(tmp_path, {"policies/r.yaml": text})) == ["AIM216", "AIM932"]


@pytest.mark.parametrize(("day", "holds"), [("2026-11-01", True), ("2026-10-31", False)])
def test_the_last_day_belongs_to_it(tmp_path: Path, day: str, *, holds: bool) -> None:
    text = RISK + "owner: ROLE-9  " + NOTE.format("AIM301", day)
    assert codes(told(tmp_path, {"policies/r.yaml": text})) == ([] if holds else ["AIM301", "AIM931"])


def test_what_has_expired_is_told_though_the_finding_is_gone(tmp_path: Path) -> None:
    assert codes(
        told(tmp_path, {"policies/r.yaml": RISK + "source: other  " + NOTE.format("AIM301", "2026-01-01")})
    ) == ["AIM931"]


@pytest.mark.parametrize(
    ("path", "covered"),
    [("policies/r.yaml", True), ("policies/*", True), ("**", True), ("r.yaml", False), ("policies/R.yaml", False)],
)
def test_an_entry_covers_the_paths_that_fit_its_pattern(tmp_path: Path, path: str, *, covered: bool) -> None:
    files = {
        "aimsctl.yaml": ENTRY.format("AIM301", f"'{path}'", "2027-01-01"),
        "policies/r.yaml": RISK + "owner: ROLE-9\n",
    }
    assert codes(told(tmp_path, files)) == ([] if covered else ["AIM932", "AIM301"])


def test_each_suppression_of_a_finding_counts_as_used(tmp_path: Path) -> None:
    files = {
        "aimsctl.yaml": ENTRY.format("AIM301", "policies/*", "2027-01-01"),
        "policies/r.yaml": RISK + "owner: ROLE-9  " + NOTE.format("AIM301", "2026-12-31"),
    }
    (finding,) = told(tmp_path, files)
    assert finding.suppressed == "the role is filled in May (until 2026-12-31)"


def test_validate_says_nothing_about_suppressions_for_the_judgement_which_says_it_itself(tmp_path: Path) -> None:
    files = {
        "aimsctl.yaml": ENTRY.format("AIM501", "policies/*", "2027-01-01"),
        "policies/r.yaml": RISK + "owner: ROLE-9  " + NOTE.format("AIM301", "2026-12-31"),
    }
    assert codes(told(tmp_path, files)) == []
    workspace, _ = loaded(tmp_path)
    findings = apply(gap_findings(assess(workspace, AS_OF)), workspace, AS_OF, judged=True)
    assert [one.message for one in findings if one.code.startswith("AIM9")] == ["There is no AIM501 to set aside here."]


def test_a_finding_of_the_judgement_is_set_aside_and_its_gap_is_not(tmp_path: Path) -> None:
    process = (
        "kind: process\nid: PR-1\ntitle: Releases\nowner: ROLE-1\nstatus: approved\nversion: '1'\n"
        "approval: {by: ROLE-1, date: 2024-01-01}\nreview: {last: 2024-01-01, every: P1Y}  # aimsctl: "
        "ignore[AIM501,AIM402] until 2027-01-01: reviewed with the rest in spring\n"
        "purpose: Nothing goes live unseen.\ninputs: [A candidate]\noutputs: [A release]\nfeeds: []\n"
        "fulfils: ['8.1']\ncriteria: Every release has a record.\nevery: P3M\nproven_by: [deployment]\n"
    )
    workspace, place = loaded(written(tmp_path, {"policies/p.yaml": process}))
    assert place.findings == ()
    findings = apply(gap_findings(assess(workspace, AS_OF)), workspace, AS_OF, judged=True)
    late = [one for one in findings if one.code == "AIM501" and one.span.line == 8]
    assert late
    assert all(one.suppressed for one in late)
    assert not any(one.suppressed for one in findings if one.code.startswith("AIM4"))


def test_many_suppressions_and_findings_take_no_product_of_their_numbers(tmp_path: Path) -> None:
    rows = "".join(
        f"  # aimsctl: ignore[AIM301] until 2027-01-01: it waits\n  - {{id: RISK-{n}, title: Late, owner: R-{n}}}\n"
        for n in range(3000)
    )
    text = f"kind: register\nof: risk\ndefaults: {{status: draft}}\nitems:\n{rows}"
    began = dt.datetime.now(tz=dt.UTC)
    findings = told(tmp_path, {"policies/r.yaml": text})
    assert len(findings) == 3000
    assert codes(findings) == []
    assert dt.datetime.now(tz=dt.UTC) - began < dt.timedelta(seconds=20)
