"""The worked example: every planted defect is found at its line, and nothing that is right is reported.

With its ledgers, and without them, as of the day of its story.
"""

from __future__ import annotations

import shutil
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
WITH = yaml.safe_load((ROOT / "tests" / "data" / "worked_example.yaml").read_text(encoding="utf-8"))
STATES = ("documented", "implemented", "operating")


def without() -> dict[str, Any]:
    """What is expected without the ledgers: the same but for what the data says apart."""
    apart = WITH["without_ledger"]
    found = {one["id"]: one for one in (*WITH["requirements"], *apart["requirements"])}
    return {**WITH, **apart, "requirements": list(found.values())}


EXPECTED = {"with the ledgers": WITH, "without them": without()}
ROWS = [(name, one) for name, expected in EXPECTED.items() for one in expected["requirements"]]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The repository, and a copy of the workspace without its evidence."""
    bare = tmp_path_factory.mktemp("bare")
    shutil.copytree(ROOT / "policies", bare / "policies")
    shutil.copy(ROOT / "aimsctl.yaml", bare)
    return {"with the ledgers": ROOT, "without them": bare}


@cache
def judged(root: Path, as_of: str) -> dict[str, Any]:
    import json  # noqa: PLC0415
    import subprocess  # noqa: PLC0415
    import sys  # noqa: PLC0415

    command = [sys.executable, "-P", "-m", "aimsctl", "-C", str(root), "gap", "--format", "json", "--as-of", as_of]
    done = subprocess.run(command, capture_output=True, check=False, cwd=root.parent)
    loaded: dict[str, Any] = json.loads(done.stdout)
    return loaded


def told(record: dict[str, Any], requirement: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in record["requirements"] if one["id"] == requirement)
    return found


def blocked(record: dict[str, Any], stage: str) -> set[str]:
    """What blocks the stage; what blocks stage 1 blocks stage 2 as well."""
    return {one["requirement"] for name in ("1", "2") if name <= stage for one in record["stages"][name]}


@pytest.mark.parametrize("name", EXPECTED)
def test_the_totals_are_those_of_the_story(place: dict[str, Path], name: str) -> None:
    record, expected = judged(place[name], WITH["as_of"]), EXPECTED[name]
    assert dict(Counter(one["grade"] for one in record["requirements"])) == expected["grades"]
    waived = [one["id"] for one in record["requirements"] if one["waiver"] and one["waiver"]["covers"]]
    assert waived == expected["waived"]
    assert record["summary"]["errors"] == 1


@pytest.mark.parametrize("name", EXPECTED)
def test_nothing_else_is_reported(place: dict[str, Path], name: str) -> None:
    record = judged(place[name], WITH["as_of"])
    assert {one["id"] for one in record["requirements"] if one["grade"] != "conforms"} == {
        one["id"] for one in EXPECTED[name]["requirements"]
    }


@pytest.mark.parametrize(("name", "expected"), ROWS, ids=[f"{one['id']} {name}" for name, one in ROWS])
def test_each_defect_is_found_at_its_line_with_state_and_grade(
    place: dict[str, Path], name: str, expected: dict[str, Any]
) -> None:
    one = told(judged(place[name], WITH["as_of"]), expected["id"])
    assert [one[state] for state in STATES] == expected["states"]
    assert one["grade"] == expected["grade"]
    left = [reason for reason in one["reasons"] if not reason["home"]]
    for row in expected.get("reasons", []):
        left.remove(next(reason for reason in left if fits(row, reason)))
    assert left == []


def fits(row: dict[str, Any], reason: dict[str, Any]) -> bool:
    named = [reason[name] for name in ("test", "path", "grade")] == [row["test"], row["path"], row["grade"]]
    return named and line(reason).startswith(row["line"]) and row.get("says", "") in reason["message"]


def line(reason: dict[str, Any]) -> str:
    path, number = str(reason["path"]), int(reason["line"])
    return (ROOT / path).read_text(encoding="utf-8").split("\n")[number - 1].strip()


@pytest.mark.parametrize("name", EXPECTED)
def test_the_audit_is_blocked_by_what_the_story_says(place: dict[str, Path], name: str) -> None:
    record = judged(place[name], WITH["as_of"])
    assert blocked(record, "1") == set(EXPECTED[name]["stage_1"])
    assert blocked(record, "2") == set(EXPECTED[name]["stage_2"])


def test_paper_is_not_seen_where_there_is_none(place: dict[str, Path]) -> None:
    record = judged(place["with the ledgers"], WITH["as_of"])
    paper = {one["message"] for one in record["diagnostics"] if one["code"] == "AIM701"}
    assert {message.split("(")[-1] for message in paper} == {"6.1.3)", "7.5.2)"}


def test_the_waiver_stands_and_does_not_cover_what_it_is_not_about(place: dict[str, Path]) -> None:
    for name, covers in (("with the ledgers", True), ("without them", False)):
        waiver = told(judged(place[name], WITH["as_of"]), "A.6.2.8")["waiver"]
        assert (waiver["id"], waiver["problem"], waiver["covers"]) == ("WVR-01", "", covers)


def test_a_month_without_receipts_is_no_operation(place: dict[str, Path]) -> None:
    """Nearly all receipts are stale a month later; only what is owed more seldom than that still counts."""
    record = judged(place["with the ledgers"], "2026-11-30")
    found = {name: told(record, name)["operating"] for name in ("A.6.2.4", "A.6.2.6", "A.6.2.8", "A.7.4", "A.9.2")}
    assert found == {
        "A.6.2.4": "current",  # the gate of the live versions, and a monthly table of 31 days ago
        "A.6.2.6": "stale",
        "A.6.2.8": "stale",
        "A.7.4": "stale",
        "A.9.2": "stale",
    }
    assert told(record, "A.6.2.6")["grade"] == "major"
    assert not told(record, "A.6.2.8")["waiver"]["covers"]


def test_the_summary_names_the_ledgers_and_whose_trust_it_is(place: dict[str, Path]) -> None:
    said = judged(place["with the ledgers"], WITH["as_of"])["summary"]["provenance"]["evidence"]
    assert said.startswith(
        "ledgers fernlough.example/ledger/build at 612, fernlough.example/ledger/prod at 3267; trust"
    )
    assert "self-asserted trust" in said
    assert "evidence" not in judged(place["without them"], WITH["as_of"])["summary"]["provenance"]


def test_every_kind_is_used() -> None:
    from aimsctl.source.config import load as load_config  # noqa: PLC0415
    from aimsctl.source.files import WorkTree  # noqa: PLC0415
    from aimsctl.workspace.kinds import kind_names  # noqa: PLC0415
    from aimsctl.workspace.workspace import load  # noqa: PLC0415

    tree = WorkTree(ROOT)
    workspace = load(tree, load_config(tree)[0])
    assert {artefact.kind for artefact in workspace.artefacts} == set(kind_names())
