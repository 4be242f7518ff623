"""`aimsctl incident`: which controls ran, which did not, who looked at it, as a responder and an auditor ask."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema_rs import validator_for

from tests.acceptance.test_evidence import ROOT
from tests.acceptance.test_operating import Site

SYSTEM = ("--system", "AI-01", "--as-of", "2026-10-20")
OUTPUT = {"target": {"kind": "output", "id": "out-1"}}
PERSON = {"executor": {"type": "human", "id": "urn:site:reviewer:r-1", "name": "r-1"}}


@pytest.fixture
def site(run: Any, workspace: Callable[..., Any], tmp_path: Path) -> Site:
    site = Site(run, workspace().root, tmp_path / "private")
    site.allow("human")
    return site


def asked(site: Site, *arguments: str, code: int = 0) -> dict[str, Any]:
    done = site.run("incident", *SYSTEM, *arguments, "--format", "json", cwd=site.root)
    assert done.code == code, done.stderr
    validator_for(json.loads((ROOT / "schemas/output/incident.schema.json").read_text())).validate(done.json)
    return dict(done.json)


def control(site: Site, *arguments: str) -> dict[str, Any]:
    (one,) = asked(site, *arguments)["controls"]
    return dict(one)


WINDOW = ("--from", "2026-10-10", "--to", "2026-10-12")


def test_a_control_that_was_due_and_left_nothing_did_not_run(site: Site) -> None:
    site.ran("2026-10-01")
    site.ran("2026-10-14")
    found = control(site, *WINDOW)
    assert (found["status"], found["due"], found["runs"]) == ("did_not_run", True, 0)
    assert (found["last"]["finished"], found["came"]["finished"]) == ("2026-10-01T10:00:01Z", "2026-10-14T10:00:01Z")
    text = site.run("incident", *SYSTEM, *WINDOW, cwd=site.root).stdout
    assert "1 control was due; 0 ran; 1 did not run: CTL-01 Tests before each release." in text


def test_one_that_ran_is_told_with_its_receipts_and_how_they_ended(site: Site) -> None:
    for day in ("2026-10-09", "2026-10-10", "2026-10-12"):
        site.ran(day, verdict="deny", action="block")
    site.ran("2026-10-11", "failed")
    found = control(site, *WINDOW)
    assert (found["status"], found["results"], found["actions"]) == ("ran", {"failed": 1, "passed": 2}, {"block": 2})
    assert [row["ledger_index"] for row in found["receipts"]] == [1, 3, 2]
    assert asked(site, *WINDOW)["counts"]["failed"] == 1


def test_a_time_between_two_runs_is_held_by_the_one_before(site: Site) -> None:
    site.ran("2026-10-09")
    found = control(site, "--from", "2026-10-10T00:00:00Z", "--to", "2026-10-10T12:00:00Z")
    assert (found["status"], found["due"]) == ("held", False)


def test_a_count_that_is_not_reached_is_a_run_in_part(site: Site) -> None:
    site.owe(", min_count: 2, per: P1D")
    for day in ("2026-10-10", "2026-10-10", "2026-10-11"):
        site.ran(day)
    found = control(site, *WINDOW)
    assert (found["status"], found["owed_runs"], found["missed_runs"]) == ("in_part", 6, 3)


def test_every_output_that_a_receipt_names_is_to_be_looked_at_where_all_are_owed(site: Site) -> None:
    site.owe(", coverage_of: 'otlp:chat', coverage_at_least: 0.99")
    counts = site.root / "evidence/counts/otlp-chat.csv"
    counts.parent.mkdir()
    counts.write_text("ai_system,date,count\nAI-01,2026-10-11,1000\n", encoding="utf-8")
    site.ran("2026-10-10", **OUTPUT)
    site.ran("2026-10-11", target={"kind": "period", "id": "day"}, counts={"total": 980})
    site.ran("2026-10-11", control={"id": "CTL-99"}, target={"kind": "output", "id": "out-2"})
    found = control(site, *WINDOW)
    assert (found["status"], found["owed_outputs"], found["missed_outputs"]) == ("in_part", 2, ["out-2"])
    assert found["uncovered"] == [{"day": "2026-10-11", "seen": 980, "counted": 1000}]


def test_a_review_of_the_output_is_told_with_who_when_and_how_late(site: Site) -> None:
    site.owe(", within: PT24H")
    owed = site.root / "policies/control.yaml"
    owed.write_text(owed.read_text(encoding="utf-8").replace("[guardrail], max", "[guardrail, human], max"), "utf-8")
    site.ran("2026-10-10", **OUTPUT)
    site.ran("2026-10-10", **OUTPUT, **PERSON, finishedOn="2026-10-11T16:00:00Z", review={"outcome": "overridden"})
    record = asked(site, "--output", "out-1")
    assert record["question"]["made"] == "2026-10-10T10:00:00Z"
    assert [(row["executor_name"], row["review_outcome"]) for row in record["reviews"]] == [("r-1", "overridden")]
    assert record["controls"][0]["late"] == [{"output": "out-1", "finished": "2026-10-11T16:00:00Z", "by_hours": 6.0}]
    text = site.run("incident", *SYSTEM, "--output", "out-1", cwd=site.root).stdout
    assert "late by 6 hours" in text


def test_that_nobody_looked_at_the_output_is_said(site: Site) -> None:
    site.ran("2026-10-10", **OUTPUT)
    text = site.run("incident", *SYSTEM, "--output", "out-1", cwd=site.root).stdout
    assert "No verified receipt says that a person looked at this output." in text


def test_a_collector_is_a_weaker_witness_and_not_a_run(site: Site) -> None:
    site.ran("2026-10-11", attestedBy="collector")
    found = control(site, *WINDOW)
    assert (found["status"], found["runs"]) == ("unverified", 0)
    assert found["aside"][0]["why"] == "only a collector attests it"


def test_what_nobody_may_attest_is_no_run(site: Site, tmp_path: Path) -> None:
    site.ran("2026-10-11")
    (tmp_path / "trust.yaml").write_text("keys: []\n")
    found = control(site, *WINDOW, "--trust", str(tmp_path / "trust.yaml"))
    assert (found["status"], found["aside"][0]["why"][:14]) == ("unverified", "signed by a ke")


def test_a_run_that_was_skipped_is_none(site: Site) -> None:
    site.ran("2026-10-11", "skipped")
    found = control(site, *WINDOW)
    assert (found["status"], found["runs"]) == ("unverified", 0)
    assert found["aside"][0]["why"] == "the control did not run: skipped"


def test_a_version_is_asked_from_its_release_on(site: Site) -> None:
    site.ran("2026-10-11")
    record = asked(site, "--model-version", "2.1.0")
    assert record["question"]["kind"] == "version"
    assert record["controls"][0]["of_version"] == {"passed": 1}
    done = site.run("incident", *SYSTEM, "--model-version", "9", cwd=site.root)
    assert (done.code, "its artefact lists" in done.stderr) == (2, True)


def test_a_candidate_that_never_went_live_owes_its_gate_only(site: Site) -> None:
    site.ran("2026-10-11", "failed", model={"name": "triage", "version": "2.2.0-rc1"})
    record = asked(site, "--model-version", "2.2.0-rc1")
    assert (record["question"]["live"], record["counts"]["did_not_run"], record["counts"]["failed"]) == (False, 0, 1)


def test_what_cannot_be_read_may_hold_more(site: Site) -> None:
    site.ran("2026-10-11")
    (site.root / "evidence/ledger/checkpoint").write_bytes(b"x")
    assert asked(site, *WINDOW, code=1)["unread"]
    text = site.run("incident", *SYSTEM, *WINDOW, cwd=site.root).stdout
    assert "Note: Could not be read, so it may hold more:" in text


def test_that_a_control_did_not_run_is_said_of_ledgers_that_can_be_read_alone(site: Site) -> None:
    site.ran("2026-10-01")
    assert control(site, *WINDOW)["status"] == "did_not_run"
    (site.root / "evidence/ledger/checkpoint").write_bytes(b"x")
    record = asked(site, *WINDOW, code=1)
    assert record["controls"][0]["status"] == "unknown"
    assert (record["counts"]["did_not_run"], record["counts"]["unknown"]) == (0, 1)
    text = " ".join(site.run("incident", *SYSTEM, *WINDOW, cwd=site.root).stdout.split())
    assert "of 1 it cannot be told: CTL-01 Tests before each release" in text


def test_a_control_with_errors_is_named_and_not_left_out_in_silence(site: Site) -> None:
    site.ran("2026-10-11")
    path = site.root / "policies/control.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("max_age: P2D", "max_age: two days"), "utf-8")
    record = asked(site, *WINDOW, code=1)
    assert record["controls"] == []
    assert record["unread"] == ["policies/control.yaml:1: it has errors, so what it asks of controls is not known"]


def git(folder: Path, *arguments: str, when: str = "2026-10-01T00:00:00Z") -> None:
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
    dates = {"GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when, "PATH": "/usr/bin:/bin", "HOME": str(folder)}
    subprocess.run(["git", "-C", str(folder), *identity, *arguments], check=True, capture_output=True, env=dates)


def test_what_was_owed_is_read_from_git_as_it_stood_then(site: Site) -> None:
    digest = hashlib.sha256((site.root / "policies/control.yaml").read_bytes()).hexdigest()
    git(site.root, "init", "-q", "-b", "main")
    git(site.root, "add", "-A")
    git(site.root, "commit", "-qm", "first")
    site.owe(", min_count: 50, per: P1D")
    git(site.root, "commit", "-qam", "more is owed", when="2026-10-12T00:00:00Z")
    site.ran("2026-10-11", control={"id": "CTL-01", "path": "policies/control.yaml", "digest": {"sha256": digest}})
    site.ran("2026-10-12", control={"id": "CTL-01", "path": "policies/control.yaml", "digest": {"sha256": "0" * 64}})
    record = asked(site, *WINDOW)
    (found,) = record["controls"]
    assert "as they stood in git then" in record["state"]["told"]
    assert (found["status"], found["owed_runs"], found["texts"]) == ("ran", 0, {"other": 1, "same": 1})
    assert [change["id"] for change in record["changed"]] == ["CTL-01"]
    later = asked(site, "--from", "2026-10-13", "--to", "2026-10-13")
    assert later["controls"][0]["owed_runs"] == 50
    assert asked(site, *WINDOW, "--rev", "HEAD")["controls"][0]["owed_runs"] == 150
    early = asked(site, "--from", "2026-09-01", "--to", "2026-09-02")
    assert early["state"]["commit"] == ""
    assert "git holds no state of that time" in early["state"]["told"]


def test_E_18_a_receipt_for_another_text_of_the_control_is_told(site: Site) -> None:
    stated = {"id": "CTL-01", "path": "policies/control.yaml", "digest": {"sha256": "0" * 64}}
    site.ran("2026-10-11", control=stated)
    assert control(site, *WINDOW)["texts"] == {"other": 1}
    text = site.run("incident", *SYSTEM, *WINDOW, cwd=site.root).stdout
    assert "1 by another text of the control" in " ".join(text.split())


@pytest.mark.parametrize("form", ["md", "html", "pdf"])
def test_it_comes_as_a_document(site: Site, form: str, tmp_path: Path) -> None:
    site.ran("2026-10-11")
    file = tmp_path / f"incident.{form}"
    done = site.run("incident", *SYSTEM, *WINDOW, "--format", form, "--out", file, cwd=site.root)
    assert (done.code, done.stdout) == (0, f"{file}\n")
    content = file.read_bytes()
    assert content.startswith(b"%PDF-") if form == "pdf" else b"site.example/ledger" in content


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "nothing is asked about the system"),
        (("--to", "2026-10-11"), "--to without --from"),
        (("--from", "2026-10-12", "--to", "2026-10-10"), "--to lies before --from"),
        (("--model-version", "1", "--output", "x"), "--model-version stands alone"),
        (("--output", "unheard-of"), "no receipt of AI-01 names it"),
        (("--from", "soon"), "is no time"),
        (("--from", "2026-10-12", "--format", "pdf"), "a PDF goes to a file"),
    ],
)
def test_a_question_that_cannot_be_understood_is_told_how_to_ask(
    site: Site, arguments: tuple[str, ...], told: str
) -> None:
    done = site.run("incident", *SYSTEM, *arguments, cwd=site.root)
    assert done.code == 2
    assert told in " ".join(done.stderr.split())


def test_a_system_is_known_by_its_id_its_model_or_its_title(site: Site) -> None:
    site.ran("2026-10-11")
    for name in ("ai-01", "triage", "Message triage"):
        done = site.run("incident", "--system", name, "--as-of", "2026-10-20", *WINDOW, cwd=site.root)
        assert done.code == 0, done.stderr
    done = site.run("incident", "--system", "AI-02", *WINDOW, cwd=site.root)
    assert (done.code, "AI-01" in done.stderr) == (2, True)
