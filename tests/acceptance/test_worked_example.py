"""The worked example: every planted defect is found at its line, and nothing that is right is reported."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
EXPECTED = yaml.safe_load((ROOT / "tests" / "data" / "worked_example.yaml").read_text(encoding="utf-8"))
STATES = ("documented", "implemented", "operating")
WITHOUT_LEDGER = {"A.6.2.4", "A.6.2.6", "A.6.2.8", "A.7.4", "A.9.2", "A.9.4"}


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    import json  # noqa: PLC0415
    import subprocess  # noqa: PLC0415
    import sys  # noqa: PLC0415

    command = [
        sys.executable,
        "-P",
        "-m",
        "aimsctl",
        "-C",
        str(ROOT),
        "gap",
        "--format",
        "json",
        "--as-of",
        EXPECTED["as_of"],
    ]
    done = subprocess.run(command, capture_output=True, check=False, cwd=tmp_path_factory.mktemp("anywhere"))
    loaded: dict[str, Any] = json.loads(done.stdout)
    return loaded


def told(record: dict[str, Any], requirement: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in record["requirements"] if one["id"] == requirement)
    return found


def test_the_totals_are_those_of_the_story(record: dict[str, Any]) -> None:
    counted = Counter(one["grade"] for one in record["requirements"])
    assert dict(counted) == EXPECTED["grades"]


def test_nothing_else_is_reported(record: dict[str, Any]) -> None:
    assert [one["id"] for one in record["requirements"] if one["grade"] != "conforms"] == [
        one["id"] for one in EXPECTED["requirements"]
    ]


@pytest.mark.parametrize("expected", EXPECTED["requirements"], ids=lambda one: one["id"])
def test_each_defect_is_found_at_its_line_with_state_and_grade(
    record: dict[str, Any], expected: dict[str, Any]
) -> None:
    one = told(record, expected["id"])
    assert [one[state] for state in STATES] == expected["states"]
    assert one["grade"] == expected["grade"]
    reasons = [
        (reason["test"], reason["path"], line(reason), reason["grade"])
        for reason in one["reasons"]
        if not reason["home"]
    ]
    wanted = [(row["test"], row["path"], row["line"], row["grade"]) for row in expected.get("reasons", [])]
    assert len(reasons) == len(wanted)
    for test, path, text, grade in wanted:
        assert any((test, path, grade) == (one[0], one[1], one[3]) and one[2].startswith(text) for one in reasons)


def line(reason: dict[str, Any]) -> str:
    path, number = str(reason["path"]), int(reason["line"])
    return (ROOT / path).read_text(encoding="utf-8").split("\n")[number - 1].strip()


def test_the_audit_is_blocked_by_what_the_story_says(record: dict[str, Any]) -> None:
    assert {one["requirement"] for one in record["stages"]["1"]} == {"A.8.4"}
    assert {one["requirement"] for one in record["stages"]["2"]} == WITHOUT_LEDGER


def test_paper_is_not_seen_where_there_is_none(record: dict[str, Any]) -> None:
    paper = {one["message"] for one in record["diagnostics"] if one["code"] == "AIM701"}
    assert {message.split("(")[-1] for message in paper} == {"6.1.3)", "7.5.2)"}


def test_the_waiver_stands_and_does_not_cover_what_it_is_not_about(record: dict[str, Any]) -> None:
    waiver = told(record, "A.6.2.8")["waiver"]
    assert (waiver["id"], waiver["problem"], waiver["covers"]) == ("WVR-01", "", False)


def test_every_kind_is_used(record: dict[str, Any]) -> None:
    from aimsctl.source.config import load as load_config  # noqa: PLC0415
    from aimsctl.source.files import WorkTree  # noqa: PLC0415
    from aimsctl.workspace.kinds import kind_names  # noqa: PLC0415
    from aimsctl.workspace.workspace import load  # noqa: PLC0415

    tree = WorkTree(ROOT)
    workspace = load(tree, load_config(tree)[0])
    assert {artefact.kind for artefact in workspace.artefacts} == set(kind_names())
    assert record["summary"]["errors"] == 1
