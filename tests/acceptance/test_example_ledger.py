"""The ledgers of the worked example: made anew they are the same bytes, they verify, and they tell what happened."""

from __future__ import annotations

import base64
import csv
import filecmp
import hashlib
import json
import struct
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from tools import make_ledger

ROOT = Path(__file__).resolve().parents[2]
EVIDENCE = ROOT / "evidence"
LEDGERS = {"prod": 3267, "build": 612}
IN, VN, CC = "AI-INBOX-URGENCY", "AI-VISIT-NOTES", "AI-CODE-COMPANION"
Receipt = dict[str, Any]

# Control, kinds of executor and target, and how many there are in August, September and October.
TABLE = [
    "CTL-01 IN    guardrail    period       124 120 124  368",
    "CTL-01 IN    guardrail    output       126 132 132  390",
    "CTL-02 IN    human        period        31  30  31   92",
    "CTL-03 IN    human        output       126 132 132  390",
    "CTL-04 IN,VN evalHarness  modelVersion   3   3   6   12",
    "CTL-05 IN,VN evalHarness  period         2   2   2    6",
    "CTL-06 IN,VN monitor      period        62  60  62  184",
    "CTL-07 VN    policyEngine period        31  30  31   92",
    "CTL-08 VN    guardrail    period       124  84 124  332",
    "CTL-08 VN    guardrail    output       168 120 176  464",
    "CTL-08 VN    evalHarness  period         0   9   0    9",
    "CTL-09 VN    policyEngine period        31  30  31   92",
    "CTL-10 VN    human        output       168 176 176  520",
    "CTL-11 CC    guardrail    period        31  30  31   92",
    "CTL-11 CC    guardrail    input         13  15  13   41",
    "CTL-12 CC    ci           change       189 198 198  585",
    "CTL-13 IN,VN monitor      period        10   8   8   26",
    "CTL-14 IN,VN monitor      period        62  60  62  184",
]


def entries(folder: Path) -> Iterator[bytes]:
    """The envelopes of a ledger in order, read from its tiles (C2SP tlog-tiles) and from nothing else."""
    for path in sorted((folder / "tile/entries").rglob("*"), key=lambda path: path.relative_to(folder).parts):
        content, at = path.read_bytes() if path.is_file() else b"", 0
        while at < len(content):
            (length,) = struct.unpack_from(">H", content, at)
            yield content[at + 2 : at + 2 + length]
            at += 2 + length


@cache
def receipts() -> dict[str, list[Receipt]]:
    """What the receipts of each ledger say, in order."""
    found = {}
    for name in LEDGERS:
        payloads = [json.loads(base64.b64decode(json.loads(entry)["payload"])) for entry in entries(EVIDENCE / name)]
        found[name] = [one["predicate"] for one in payloads]
    return found


def every() -> list[Receipt]:
    return [one for name in LEDGERS for one in receipts()[name]]


def of(control: str, **asked: str) -> list[Receipt]:
    """The receipts of a control with that `executor` type, `target` kind, `system` and text in `finishedOn`."""
    taken: dict[str, Callable[[Receipt], str]] = {
        "executor": lambda one: one["executor"]["type"],
        "target": lambda one: one["target"]["kind"],
        "system": lambda one: one["aiSystem"]["id"],
        "version": lambda one: one["model"]["version"],
    }
    own = [one for one in every() if one["control"]["id"] == control]
    day = asked.pop("on", "")
    own = [one for one in own if one["finishedOn"].startswith(day)]
    return [one for one in own if all(taken[name](one) == value for name, value in asked.items())]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


@cache
def counted() -> dict[tuple[str, str], int]:
    """What the gateway counted, by system and day."""
    rows = csv.DictReader((EVIDENCE / "counts/otlp-chat.csv").read_text(encoding="utf-8").splitlines())
    return {(row["ai_system"], row["date"]): int(row["count"]) for row in rows}


def guarded(control: str) -> Counter[str]:
    """What the guard's own counts come to, by day."""
    found: Counter[str] = Counter()
    for one in of(control, executor="guardrail", target="period"):
        found[one["finishedOn"][:10]] += one["counts"]["total"]
    return found


def test_made_again_they_are_the_same_bytes(tmp_path: Path) -> None:
    """They hold the digests of the files of controls: after a change there, run `python -m tools.make_ledger`."""
    made = tmp_path / "evidence"
    make_ledger.write(made)
    kept = {path.relative_to(EVIDENCE) for path in EVIDENCE.rglob("*") if path.is_file()} - {Path("README.md")}
    assert {path.relative_to(made) for path in made.rglob("*") if path.is_file()} == kept
    _, different, unreadable = filecmp.cmpfiles(made, EVIDENCE, [str(path) for path in kept], shallow=False)
    assert (different, unreadable) == ([], [])


def test_no_private_key_is_kept_and_each_key_says_that_it_is_for_tests() -> None:
    keys = yaml.safe_load((EVIDENCE / "trust.yaml").read_text(encoding="utf-8"))["keys"]
    assert len(keys) == 13
    assert all(one["name"].startswith("test-key-") and one["file"].startswith("keys/test-key-") for one in keys)
    assert all(b"PRIVATE" not in path.read_bytes() for path in EVIDENCE.rglob("*") if path.is_file())
    for name in ("trust.yaml", "logs.tlogpolicy", "README.md"):
        assert "test keys" in (EVIDENCE / name).read_text(encoding="utf-8").lower()
    (collector,) = [one for one in keys if one["allow"]["attestedBy"] == ["collector"]]
    assert collector["allow"]["controls"] == ["CTL-02"]


@pytest.mark.parametrize("name", LEDGERS)
def test_they_verify_and_their_last_checkpoint_is_cosigned(run: Any, name: str) -> None:
    ask = ("evidence", "verify", EVIDENCE / name, "--trust", EVIDENCE / "trust.yaml", "--as-of", "2026-11-01")
    done = run(*ask, "--format", "json", cwd=ROOT)
    assert (done.code, done.stderr) == (0, "")
    told = done.json
    assert (told["origin"], told["verdict"]) == (f"fernlough.example/ledger/{name}", "valid")
    assert (told["entries"], told["verified"], told["unsealed"]) == (LEDGERS[name], LEDGERS[name], 0)
    assert "internal-audit" in json.dumps(told["witnesses"])


def test_they_are_sealed_each_night_and_cosigned_on_mondays() -> None:
    for name in LEDGERS:
        notes = [path.read_text(encoding="utf-8") for path in (EVIDENCE / name / "checkpoints").iterdir()]
        nights = len({one["finishedOn"][:10] for one in receipts()[name]})
        assert len(notes) == nights
        assert 13 <= sum(note.count("\n— ") == 2 for note in notes) <= 14


@pytest.mark.parametrize("row", TABLE)
def test_the_table_of_controls_and_months(row: str) -> None:
    control, systems, executor, target, *numbers = row.split()
    found = of(control, executor=executor, target=target)
    months = Counter(one["finishedOn"][:7] for one in found)
    assert [months[f"2026-{month}"] for month in ("08", "09", "10")] == [int(one) for one in numbers[:3]]
    assert len(found) == int(numbers[3])
    assert {one["aiSystem"]["id"] for one in found} == {
        {"IN": IN, "VN": VN, "CC": CC}[one] for one in systems.split(",")
    }


def test_the_totals() -> None:
    assert {name: len(found) for name, found in receipts().items()} == LEDGERS
    assert sum(int(row.split()[-1]) for row in TABLE) == sum(LEDGERS.values()) == 3879
    assert Counter(one["finishedOn"][:7] for one in every()) == {"2026-08": 1301, "2026-09": 1239, "2026-10": 1339}
    assert Counter(one["result"] for one in every()) == {"passed": 3876, "failed": 2, "error": 1}
    assert {one["control"]["id"] for one in receipts()["build"]} == {"CTL-04", "CTL-05", "CTL-08", "CTL-12"}
    assert min(one["finishedOn"] for one in every()) >= "2026-08-01T00:00:00Z"
    assert max(one["finishedOn"] for one in every()) == "2026-10-31T23:59:59Z"


def test_each_receipt_is_told_apart_and_names_control_version_and_environment() -> None:
    assert len({one["id"] for one in every()}) == 3879
    assert all(one["id"][14] == "7" for one in every())
    for one in every():
        path = ROOT / one["control"]["path"]
        assert one["control"]["digest"]["sha256"] == _sha256(path), f"{path.name}: run python -m tools.make_ledger"
    models = {(one["model"]["name"], one["model"]["version"], one["model"]["digest"]["sha256"]) for one in every()}
    for name, version, digest in models:
        assert digest == hashlib.sha256(f"fernlough:{name}:{version}".encode()).hexdigest()
    environments = {name: {one["aiSystem"]["environment"] for one in found} for name, found in receipts().items()}
    assert environments == {"prod": {"production"}, "build": {"build"}}


@cache
def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_receipt_names_the_version_that_was_live() -> None:
    released = {
        IN: [("2026-10-20T06:00:00Z", "2.4.0"), ("2026-08-18T06:00:00Z", "2.3.0"), ("2026-03-17T06:00:00Z", "2.2.1")],
        VN: [("2026-09-15T06:00:00Z", "4.2.0"), ("2026-05-12T06:00:00Z", "4.1.0")],
        CC: [("2026-04-02T06:00:00Z", "cf-9")],
    }
    for one in every():
        if one["control"]["id"] != "CTL-04":
            live = next(name for since, name in released[one["aiSystem"]["id"]] if since <= one["finishedOn"])
            assert one["model"]["version"] == live


def test_sequences_have_no_hole() -> None:
    """Not even those of the guard that saw nothing for nine days: only coverage tells of it."""
    numbers: dict[str, list[int]] = {}
    for one in sorted(every(), key=lambda one: (one["finishedOn"], one["sequence"])):
        numbers.setdefault(one["executor"]["id"], []).append(one["sequence"])
    assert all(found == list(range(1, len(found) + 1)) for found in numbers.values())
    assert len(numbers) == 12 + 6


def test_the_reviewers() -> None:
    people = Counter(one["executor"]["name"] for control in ("CTL-03", "CTL-10") for one in of(control))
    assert people == {"r-0042": 195, "r-0044": 195, "r-0038": 130, "r-0041": 130, "r-0045": 140, "r-0047": 120}
    assert min(one["finishedOn"] for one in of("CTL-10") if one["executor"]["name"] == "r-0047") > "2026-08-10"
    said = {
        control: Counter((one["finishedOn"][5:7], one["review"]["outcome"]) for one in of(control))
        for control in ("CTL-03", "CTL-10")
    }
    assert [said["CTL-03"][month, "overridden"] for month in ("08", "09", "10")] == [12, 13, 11]
    assert [said["CTL-10"][month, "changesRequested"] for month in ("08", "09", "10")] == [4, 9, 4]
    assert {word for counts in said.values() for _, word in counts} == {"approved", "overridden", "changesRequested"}


def test_outputs_are_guarded_when_made_and_reviewed_after() -> None:
    made = {one["target"]["id"]: one for one in (*of("CTL-01", target="output"), *of("CTL-08", target="output"))}
    for one in made.values():
        assert moment(one["finishedOn"]) - moment(one["startedOn"]) == timedelta(seconds=1)
    third, sixth = made["inb-20260827-03"], made["vn-20260803-06"]
    assert (third["startedOn"], third["finishedOn"]) == ("2026-08-27T15:20:00Z", "2026-08-27T15:20:01Z")
    assert sixth["startedOn"] == "2026-08-03T17:05:00Z"
    ended = {one["target"]["id"]: moment(one["finishedOn"]) for one in (*of("CTL-03"), *of("CTL-10"))}
    after = {name: ended[name] - moment(one["startedOn"]) for name, one in made.items()}
    assert after["inb-20260803-06"] == timedelta(minutes=240)
    assert after["vn-20260803-06"] == timedelta(minutes=180)
    assert [name for name, taken in after.items() if taken > timedelta(hours=24)] == ["inb-20260827-03"]
    changed = sorted(name for name, one in made.items() if one["verdict"] == "modify")
    assert [name for name in changed if name.startswith("inb")] == [
        name for name in made if name.startswith("inb") and name[10:] in ("05-06", "25-06", "15-06")
    ]
    assert {(name[9:11], name[-2:]) for name in changed if name.startswith("vn")} <= {
        (f"{day:02}", "03") for day in range(2, 32, 2)
    }


def test_the_gateway_counted_on_its_own() -> None:
    months = Counter((system, day[5:7]) for system, day in counted() for _ in range(counted()[system, day]))
    assert [months[IN, month] for month in ("08", "09", "10")] == [76719, 77759, 78410]
    assert [months[VN, month] for month in ("08", "09", "10")] == [142318, 147868, 147680]


def coverage(control: str, system: str, month: str) -> float:
    seen, there = guarded(control), counted()
    total = sum(count for (name, day), count in there.items() if name == system and day[:7] == month)
    return round(100 * sum(count for day, count in seen.items() if day[:7] == month) / total, 2)


def test_the_metrics_of_coverage_are_those_of_the_receipts() -> None:
    metrics = yaml.safe_load((ROOT / "policies/performance/metrics.yaml").read_text(encoding="utf-8"))["items"]
    for metric, control, system in (("M-06", "CTL-08", VN), ("M-07", "CTL-01", IN)):
        (found,) = [one for one in metrics if one["id"] == metric]
        for result in found["results"]:
            assert result["value"] == coverage(control, system, str(result["date"])[:7])


def test_fact_1_the_grounding_guard_saw_nothing_for_nine_days() -> None:
    inside = [
        one for one in of("CTL-08", executor="guardrail") if "2026-09-15T06" <= one["startedOn"] < "2026-09-24T06"
    ]
    assert inside == []
    seen = guarded("CTL-08")
    assert (seen["2026-09-15"], counted()[VN, "2026-09-15"]) == (336, 6728)
    assert [seen[f"2026-09-{day}"] for day in range(16, 24)] == [0] * 8
    assert (seen["2026-09-24"], counted()[VN, "2026-09-24"]) == (6139, 6462)
    again = of("CTL-08", executor="evalHarness")
    assert sum(one["counts"]["total"] for one in again) == 47077
    windows = [(one["target"]["window"]["from"], one["target"]["window"]["to"]) for one in again]
    assert (windows[0][0], windows[-1][1]) == ("2026-09-15T06:00:00Z", "2026-09-24T06:00:00Z")
    assert all(before[1] == after[0] for before, after in pairwise(windows))
    inside = [one for one in of("CTL-10") if "2026-09-15" <= one["finishedOn"] < "2026-09-24"]
    assert Counter(one["review"]["outcome"] for one in inside) == {"approved": 49, "changesRequested": 7}
    assert {one["model"]["version"] for one in again} == {"4.2.0"}


def test_fact_2_one_review_was_late_and_says_nothing_of_it() -> None:
    (late,) = [one for one in of("CTL-03") if one["target"]["id"] == "inb-20260827-03"]
    assert (late["finishedOn"], late["executor"]["name"], late["result"]) == (
        "2026-08-29T22:20:00Z",
        "r-0042",
        "passed",
    )
    assert moment(late["finishedOn"]) - moment("2026-08-27T15:20:00Z") == timedelta(hours=55)


def test_fact_3_a_candidate_failed_in_spanish() -> None:
    suites = {
        (one["model"]["version"], one["scores"][0]["name"]): (
            one["result"],
            one["scores"][0]["value"],
            *one.get("counts", {}).values(),
        )
        for one in of("CTL-04")
    }
    whole, spanish = "emergency sensitivity, %", "emergency sensitivity in Spanish, %"
    assert suites["2.4.0-rc1", whole] == ("passed", 97.1, 412, 400, 12)
    assert suites["2.4.0-rc1", spanish] == ("failed", 95.1, 82, 78, 4)
    assert suites["2.4.0", whole] == ("passed", 97.3, 412, 401, 11)
    assert suites["2.4.0", spanish] == ("passed", 97.6, 82, 80, 2)
    assert [key for key, told in suites.items() if told[0] != "passed"] == [("2.4.0-rc1", spanish)]
    for one in of("CTL-04"):
        if "counts" in one and one["scores"][0]["comparator"] == ">=":
            counts = one["counts"]
            assert round(100 * counts["passed"] / counts["total"], 1) == one["scores"][0]["value"]
            assert one["result"] == (
                "passed" if one["scores"][0]["value"] >= one["scores"][0]["threshold"] else "failed"
            )


def test_fact_4_nobody_but_the_collector_speaks_for_the_nurses() -> None:
    assert Counter(one["attestedBy"] for one in of("CTL-02")) == {"collector": 92}
    assert {one["control"]["id"] for one in every() if one["attestedBy"] == "collector"} == {"CTL-02"}


def test_fact_5_messages_bypassed_the_floor_in_a_restart() -> None:
    assert (guarded("CTL-01")["2026-10-06"], counted()[IN, "2026-10-06"]) == (3166, 3237)
    shares = {day: seen / counted()[IN, day] for day, seen in guarded("CTL-01").items()}
    assert [day for day, share in shares.items() if share < 0.99] == ["2026-10-06"]


def test_fact_6_an_alarm_and_an_error() -> None:
    (alarm,) = [one for one in of("CTL-06") if one["result"] != "passed"]
    assert (alarm["finishedOn"], alarm["aiSystem"]["id"], alarm["scores"][0]["value"]) == (
        "2026-09-01T23:30:00Z",
        IN,
        0.23,
    )
    (error,) = [one for one in of("CTL-13") if one["result"] != "passed"]
    assert (error["result"], error["finishedOn"], error["aiSystem"]["id"]) == ("error", "2026-08-24T05:00:00Z", IN)
    assert [one["result"] for one in of("CTL-13", system=IN, on="2026-08-31")] == ["passed"]


def test_fact_7_nobody_reviewed_the_intended_use() -> None:
    assert of("CTL-15") == []


def test_blocks_and_refused_merges_are_passed_controls() -> None:
    blocked = [one for one in every() if one.get("action") == "block"]
    assert Counter((one["control"]["id"], one["finishedOn"][5:7]) for one in blocked) == {
        ("CTL-11", "08"): 13,
        ("CTL-11", "09"): 15,
        ("CTL-11", "10"): 13,
        ("CTL-12", "08"): 1,
        ("CTL-12", "09"): 1,
        ("CTL-12", "10"): 1,
    }
    assert {(one["verdict"], one["result"]) for one in blocked} == {("deny", "passed")}
