"""The two incident questions of the worked example, with exactly the answers of its story."""

from __future__ import annotations

from typing import Any

from tests.conftest import Run
from tests.packaging.distributions import ROOT

AS_OF = ("--as-of", "2026-11-01", "--format", "json")


def answered(run: Run, *question: str) -> dict[str, Any]:
    done = run("incident", *question, *AS_OF, cwd=ROOT)
    assert done.code == 0, done.stderr
    return dict(done.json)


def by_id(record: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["id"]: one for one in record["controls"]}


def those(record: dict[str, Any], *statuses: str) -> set[str]:
    return {one["id"] for one in record["controls"] if one["status"] in statuses}


def test_which_controls_ran_while_the_guard_saw_nothing(run: Run) -> None:
    window = ("--from", "2026-09-15T06:00:00Z", "--to", "2026-09-24T06:00:00Z")
    record = answered(run, "--system", "visit-notes", *window)
    controls = by_id(record)
    assert record["question"]["version"] == "4.2.0"
    assert {one["id"] for one in record["controls"] if one["due"]} == {
        *("CTL-06", "CTL-07", "CTL-08", "CTL-09", "CTL-10", "CTL-13", "CTL-14")
    }
    ran = {"CTL-06": 9, "CTL-07": 9, "CTL-09": 9, "CTL-10": 56, "CTL-13": 1, "CTL-14": 9}
    assert {name: controls[name]["runs"] for name in those(record, "ran")} == ran
    assert record["counts"]["receipts"] == 93
    assert (record["counts"]["failed"], record["counts"]["error"], record["counts"]["late"]) == (0, 0, 0)
    assert controls["CTL-10"]["reviews"] == {"approved": 49, "changesRequested": 7}
    assert those(record, "did_not_run") == {"CTL-08"}
    guard = controls["CTL-08"]
    assert (guard["runs"], guard["owed_runs"], guard["missed_runs"]) == (0, 36, 36)
    assert (guard["owed_outputs"], len(guard["missed_outputs"])) == (56, 56)
    assert [day["seen"] for day in guard["uncovered"]] == [0] * 8
    assert (those(record, "held"), controls["CTL-04"]["of_version"]) == ({"CTL-04"}, {"passed": 3})
    assert controls["CTL-04"]["before"]["finished"].startswith("2026-09-08")
    assert those(record, "not_due") == {"CTL-05", "CTL-15"}
    assert [controls[name]["next_by"] for name in ("CTL-05", "CTL-15")] == ["2026-09-30", "2026-09-30"]
    assert controls["CTL-05"]["came"]["finished"].startswith("2026-09-30")
    assert controls["CTL-15"]["came"] is None
    aside = [one["receipt"]["finished_on"][:10] for one in guard["aside"]]
    assert aside == ["2026-09-26"] * 9  # the drafts that were checked again
    assert [one["id"] for one in record["linked"]] == ["INC-02", "NC-04", "R-17"]


def test_how_one_urgency_was_looked_at(run: Run) -> None:
    record = answered(run, "--system", "inbox-urgency", "--output", "inb-20260827-03")
    controls = by_id(record)
    assert (record["question"]["version"], record["question"]["made"]) == ("2.3.0", "2026-08-27T15:20:00Z")
    on_it = [row for one in record["controls"] for row in one["receipts"] if row["target_id"] == "inb-20260827-03"]
    assert [(row["control_id"], row["executor_name"], row["finished_on"]) for row in on_it] == [
        ("CTL-01", "red-flag-floor", "2026-08-27T15:20:01Z"),
        ("CTL-03", "r-0042", "2026-08-29T22:20:00Z"),
    ]
    assert (on_it[0]["result"], on_it[0]["verdict"]) == ("passed", "allow")
    assert [row["review_outcome"] for row in record["reviews"]] == ["approved"]
    assert [(one["output"], one["by_hours"]) for one in controls["CTL-03"]["late"]] == [("inb-20260827-03", 31.0)]
    assert those(record, "did_not_run", "in_part") == set()
    assert those(record, "unverified") == {"CTL-02"}
    assert {one["why"] for one in controls["CTL-02"]["aside"]} == {"only a collector attests it"}
    assert (controls["CTL-04"]["status"], controls["CTL-04"]["of_version"]) == ("held", {"passed": 3})
    assert [row["finished_on"] for row in controls["CTL-06"]["receipts"]] == ["2026-08-27T23:30:00Z"]
    assert [row["finished_on"] for row in controls["CTL-14"]["receipts"]] == ["2026-08-27T03:00:00Z"]
    quality = controls["CTL-13"]
    assert (quality["status"], quality["before"]["result"]) == ("held", "error")
    assert quality["before"]["finished"].startswith("2026-08-24")
    assert quality["passed_before"] is None or quality["passed_before"]["finished"].startswith("2026-08-17")
    assert those(record, "not_due") == {"CTL-05", "CTL-15"}
    assert controls["CTL-05"]["came"]["finished"].startswith("2026-08-31")
    counts = record["counts"]
    assert (counts["late"], counts["held_bad"], counts["unverified"], counts["did_not_run"]) == (1, 1, 1, 0)


def test_which_controls_ran_for_a_version(run: Run) -> None:
    record = answered(run, "--system", "AI-INBOX-URGENCY", "--model-version", "2.4.0-rc1")
    assert record["question"]["live"] is False
    assert by_id(record)["CTL-04"]["results"] == {"failed": 1, "passed": 2}
    assert record["counts"]["did_not_run"] == 0
    record = answered(run, "--system", "AI-VISIT-NOTES", "--model-version", "4.2.0")
    assert (those(record, "did_not_run"), those(record, "in_part")) == ({"CTL-15"}, {"CTL-08"})
