"""The third state from receipts: current, failing, stale, absent and unknown, as an engineer and an auditor see it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aimsctl.evidence import envelope, keys
from aimsctl.evidence.ledger import Ledger
from tests.unit.evidence_ledgers import predicate, statement
from tests.unit.test_output_json import problems

KINDS = Path(__file__).parents[1] / "data" / "kinds"
OWED = (
    "{id: guard-runs, kind: receipts, executor_types: [guardrail], max_age: P2D, attested_by: executor, "
    "per_model_version: true%s}"
)
AS_OF = "2026-10-20"


class Site:
    """A workspace with one AI system, one control that owes receipts, and a ledger."""

    def __init__(self, run: Any, root: Path, folder: Path) -> None:
        self.root, self.keys, self.run, self.number = root, folder, run, 0
        for kind in ("person", "role", "ai-system"):
            (root / "policies").mkdir(exist_ok=True)
            shutil.copy(KINDS / f"{kind}.yaml", root / "policies")
        self.owe("")
        assert self.evidence("init", "--origin", "site.example/ledger").code == 0
        assert self.evidence("key", "new", "guard").code == 0
        assert self.evidence("key", "add", "evidence/keys/guard.pem", "--executor-type", "guardrail").code == 0

    def evidence(self, *arguments: str) -> Any:
        return self.run("evidence", *arguments, env={"AIMSCTL_KEYS": str(self.keys)}, cwd=self.root)

    def owe(self, more: str) -> None:
        """Write the control with one more condition on its evidence."""
        text = (KINDS / "control.yaml").read_text(encoding="utf-8")
        head, _, tail = text.partition("evidence:\n")
        rest = tail.split("\n", 1)[1]
        control = f"{head}evidence:\n  - {OWED % more}\n{rest}"
        (self.root / "policies/control.yaml").write_text(control, encoding="utf-8")

    def ran(self, day: str, result: str = "passed", **changes: Any) -> None:
        """Record a run of that day and seal it."""
        self.number += 1
        said = predicate(self.number, result=result, startedOn=f"{day}T10:00:00Z", finishedOn=f"{day}T10:00:01Z")
        said |= {
            "control": {"id": "CTL-01"},
            "aiSystem": {"id": "AI-01"},
            "model": {"name": "triage", "version": "2.1.0"},
        }
        signer = keys.read_private(self.keys / "guard.pem")
        Ledger.open(self.root / "evidence/ledger").append([envelope.sign(statement(said | changes), [signer])])
        assert self.evidence("seal").code == 0

    def gap(self, as_of: str = AS_OF, *options: str) -> Any:
        done = self.run("gap", "--as-of", as_of, "--fail-on", "never", "--format", "json", *options, cwd=self.root)
        assert done.stderr == ""
        return done.json

    def operating(self, as_of: str = AS_OF, *options: str) -> str:
        return str(
            next(one["operating"] for one in self.gap(as_of, *options)["requirements"] if one["id"] == "A.6.2.4")
        )

    def rows(self, as_of: str = AS_OF) -> list[str]:
        """The results of the test that asks for the evidence."""
        found = next(one for one in self.gap(as_of)["requirements"] if one["id"] == "A.6.2.4")
        return [one["result"] for one in found["reasons"] if one["test"] in {"c-evidence", "c-own-evidence"}]

    def told(self, test: str) -> list[str]:
        """What is said of A.6.2.4 by that test."""
        found = next(one for one in self.gap()["requirements"] if one["id"] == "A.6.2.4")
        return [one["message"] for one in found["reasons"] if one["test"] == test]

    def allow(self, executor: str) -> None:
        """Let the key attest for that type of executor too."""
        trust = self.root / "evidence/trust.yaml"
        trust.write_text(trust.read_text(encoding="utf-8").replace("[guardrail]", f"[guardrail, {executor}]"), "utf-8")

    def codes(self, as_of: str = AS_OF) -> dict[str, str]:
        return {one["code"]: one["message"] for one in self.gap(as_of)["diagnostics"] if one["code"].startswith("AIM8")}


@pytest.fixture
def site(run: Any, workspace: Callable[..., Any], tmp_path: Path) -> Site:
    return Site(run, workspace().root, tmp_path / "private")


def test_a_control_that_nothing_shows_is_documented_and_absent(site: Site) -> None:
    assert site.rows() == ["fail"]
    assert site.codes() == {
        "AIM801": "Tests before each release for Message triage 2.1.0 is documented, and no receipt shows that it runs."
    }


def test_it_goes_from_current_to_failing_to_current_to_stale(site: Site) -> None:
    site.ran("2026-10-19")
    assert (site.rows(), site.codes()) == ([], {})
    site.ran("2026-10-20", "failed")
    assert site.operating() == "failing"
    assert site.rows("2026-10-19") == []  # on that day it was good
    site.ran("2026-10-21")
    assert site.rows("2026-10-21") == []
    assert site.operating("2026-11-20") == "stale"


def test_the_clock_decides_what_is_stale_to_the_day(site: Site) -> None:
    site.ran("2026-10-18")
    assert site.rows("2026-10-20") == []
    assert site.rows("2026-10-21") == ["fail"]
    assert site.rows("2026-10-17") == ["fail"]  # what is still to come shows nothing


def test_a_new_model_version_starts_with_none(site: Site) -> None:
    site.ran("2026-10-19", model={"name": "triage", "version": "2.0.0"})
    site.ran("2026-10-19", aiSystem={"id": "AI-99"})
    site.ran("2026-10-19", control={"id": "CTL-99"})
    assert site.rows() == ["fail"]
    assert "AIM801" in site.codes()


def test_what_is_not_sealed_does_not_count(site: Site) -> None:
    said = predicate(1, startedOn="2026-10-19T10:00:00Z", finishedOn="2026-10-19T10:00:01Z")
    said |= {"control": {"id": "CTL-01"}, "aiSystem": {"id": "AI-01"}, "model": {"name": "triage", "version": "2.1.0"}}
    signer = keys.read_private(site.keys / "guard.pem")
    Ledger.open(site.root / "evidence/ledger").append([envelope.sign(statement(said), [signer])])
    assert site.rows() == ["fail"]


def test_what_nobody_may_attest_is_unknown_and_neither_good_nor_absent(site: Site) -> None:
    site.ran("2026-10-19")
    (site.root / "evidence/trust.yaml").write_text("keys: []\n", encoding="utf-8")
    assert site.rows() == ["unknown"]
    assert list(site.codes()) == ["AIM802"]
    assert "a key that is not trusted" in site.codes()["AIM802"]


def test_a_run_that_was_skipped_shows_nothing_and_says_why(site: Site) -> None:
    site.ran("2026-10-19", "skipped")
    assert site.rows() == ["unknown"]
    assert "does not count: the control did not run: skipped" in site.codes()["AIM802"]


def test_a_collector_is_not_the_executor(site: Site) -> None:
    site.ran("2026-10-19", attestedBy="collector")
    assert site.rows() == ["unknown"]
    assert "only a collector attests it" in site.codes()["AIM802"]


def test_trust_comes_from_the_verifier_if_there_is_one(site: Site, tmp_path: Path) -> None:
    site.ran("2026-10-19")
    told = site.gap()["summary"]["provenance"]["evidence"]
    assert "self-asserted trust" in told
    other = tmp_path / "other"
    shutil.copytree(site.root / "evidence", other)
    (other / "trust.yaml").write_text("keys: []\n", encoding="utf-8")
    done = site.gap(AS_OF, "--trust", str(other / "trust.yaml"))
    assert "self-asserted" not in done["summary"]["provenance"]["evidence"]
    assert site.operating(AS_OF, "--trust", str(other / "trust.yaml")) != "current"


def test_a_ledger_whose_bytes_were_changed_makes_everything_unknown(site: Site) -> None:
    site.ran("2026-10-19")
    assert site.rows() == []
    entries = next((site.root / "evidence/ledger/tile/entries").rglob("*"))
    while entries.is_dir():
        entries = next(entries.iterdir())
    content = bytearray(entries.read_bytes())
    content[len(content) // 2] ^= 1
    entries.chmod(0o644)
    entries.write_bytes(content)
    assert site.rows() == ["unknown"]
    assert "a ledger could not be read" in site.codes()["AIM802"]
    assert "not readable" in site.gap()["summary"]["provenance"]["evidence"]


def test_a_count_a_day_is_held_on_the_last_whole_day(site: Site) -> None:
    site.owe(", min_count: 2, per: P1D")
    site.ran("2026-10-19")
    assert site.rows() == ["fail"]
    site.ran("2026-10-19")
    assert site.rows() == []


def period(total: int) -> dict[str, Any]:
    return {"target": {"kind": "period", "id": "day"}, "counts": {"total": total}}


def test_coverage_is_measured_by_somebody_elses_count(site: Site) -> None:
    site.owe(", coverage_of: 'otlp:chat', coverage_at_least: 0.99")
    site.ran("2026-10-19", **period(990))
    assert site.rows() == ["unknown"]  # nobody counted
    counts = site.root / "evidence/counts/otlp-chat.csv"
    counts.parent.mkdir()
    counts.write_text("ai_system,date,count\nAI-01,2026-10-19,1000\n", encoding="utf-8")
    assert site.rows() == []
    counts.write_text("ai_system,date,count\nAI-01,2026-10-19,1001\n", encoding="utf-8")
    assert site.rows() == ["fail"]
    counts.write_text("ai_system,date,count\nAI-01,soon,1001\n", encoding="utf-8")
    assert site.rows() == ["unknown"]


def test_a_lapse_that_was_mended_stays_visible(site: Site) -> None:
    for day in ("2026-10-10", "2026-10-11", "2026-10-16", "2026-10-18", "2026-10-20"):
        site.ran(day)
    assert site.told("c-lapses") == [
        (
            "Evidence guard-runs of Tests before each release for Message triage is good today; it was not on 2 days "
            "from 2026-10-14 to 2026-10-15: nothing recent enough."
        )
    ]
    assert site.rows() == []


def test_a_late_review_is_a_lapse_and_lateness_is_computed(site: Site) -> None:
    site.owe(", within: PT24H")
    control = site.root / "policies/control.yaml"
    control.write_text(
        control.read_text(encoding="utf-8").replace("[guardrail], max_age: P2D", "[guardrail, human], max_age: P4D"),
        "utf-8",
    )
    output = {"target": {"kind": "output", "id": "out-1"}}
    site.ran("2026-10-17", **output)  # made at 10:00
    person = {"type": "human", "id": "urn:site:reviewer:r-1", "name": "r-1"}
    site.allow("human")
    site.ran("2026-10-18", executor=person, **output | {"finishedOn": "2026-10-18T10:00:00Z"})
    assert not site.told("c-lapses")
    site.ran("2026-10-18", executor=person, **output | {"finishedOn": "2026-10-18T10:00:02Z"})
    assert "it was not on 2026-10-18: a review ended late." in site.told("c-lapses")[0]


def test_a_review_may_say_itself_when_its_output_was_made(site: Site) -> None:
    site.owe(", within: PT24H")
    control = site.root / "policies/control.yaml"
    control.write_text(control.read_text(encoding="utf-8").replace("[guardrail], max", "[human], max"), "utf-8")
    person = {"type": "human", "id": "urn:site:reviewer:r-1", "name": "r-1"}
    site.allow("human")
    made = {"from": "2026-10-18T09:59:59Z", "to": "2026-10-18T09:59:59Z"}
    for day, number in (("2026-10-18", 1), ("2026-10-19", 2)):
        site.ran(day, executor=person, target={"kind": "output", "id": f"out-{number}", "window": made})
    assert "it was not on 2026-10-19: a review ended late." in site.told("c-lapses")[0]


def test_a_release_in_the_middle_of_a_day_takes_nothing_from_that_days_coverage(site: Site) -> None:
    site.owe(", coverage_of: 'otlp:chat', coverage_at_least: 0.99")
    counts = site.root / "evidence/counts/otlp-chat.csv"
    counts.parent.mkdir()
    counts.write_text("ai_system,date,count\nAI-01,2026-10-19,1000\n", encoding="utf-8")
    site.ran("2026-10-19", **period(300) | {"model": {"name": "triage", "version": "2.0.9"}})
    site.ran("2026-10-19", **period(700))
    assert site.rows() == []


def test_only_the_environments_that_are_named_count(site: Site) -> None:
    site.owe(", environments: [production]")
    site.ran("2026-10-19", aiSystem={"id": "AI-01", "environment": "staging"})
    assert site.rows() == ["fail"]
    told = "1 that are there do not fit, the newest since it is of staging, and runs of production are owed"
    assert told in site.codes()["AIM801"]
    assert told in " ".join(
        site.run("show", "CTL-01", "--as-of", AS_OF, "--format", "md", cwd=site.root).stdout.split()
    )
    site.ran("2026-10-19", aiSystem={"id": "AI-01", "environment": "production"})
    assert site.rows() == []


def test_where_a_witness_is_required_none_is_no_evidence(site: Site) -> None:
    site.owe(", witness: required")
    site.ran("2026-10-19")
    assert site.rows() == ["unknown"]
    assert "no witness saw it" in site.codes()["AIM802"]


def test_evidence_is_told_in_every_output_with_its_trust(site: Site) -> None:
    site.ran("2026-10-19")
    text = site.run("gap", "--as-of", AS_OF, "--fail-on", "never", cwd=site.root).stdout
    assert "evidence: ledgers site.example/ledger at 1; trust: the workspace's own (self-asserted trust)" in text


def test_the_report_and_the_documents_read_it_too(site: Site, tmp_path: Path) -> None:
    site.ran("2026-10-19")
    site.run("report", "--as-of", AS_OF, "--format", "json", "--out", tmp_path / "r.json", cwd=site.root)
    record = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    (row,) = record["evidence"]["rows"]
    assert row["state"] == "fresh"


def test_a_control_is_shown_with_its_receipts(site: Site) -> None:
    site.ran("2026-10-18")
    site.ran("2026-10-19", "failed")
    done = site.run("show", "CTL-01", "--as-of", AS_OF, "--format", "json", cwd=site.root)
    assert problems("show", done.stdout) == []
    (row,) = done.json["receipts"]
    assert (row["system"], row["runs"], row["not_passed"], row["last_result"]) == ("AI-01", 2, 1, "failed")
    assert (row["last"], row["last_place"]) == ("2026-10-19T10:00:01Z", "site.example/ledger 1")
    assert done.json["history"] is None
    assert "2026-10-19T10:00:01Z, failed" in site.run("show", "CTL-01", "--as-of", AS_OF, cwd=site.root).stdout
