"""`aimsctl incident --bundle`: the answer and the receipts it rests on, verified with its VERIFY.md alone."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema_rs import validator_for

from tests.acceptance.test_evidence import ROOT
from tests.acceptance.test_operating import Site
from tests.unit.bundles import run_step

QUESTION = ("incident", "--system", "AI-01", "--as-of", "2026-10-20")
WINDOW = ("--from", "2026-10-10", "--to", "2026-10-12")
OUTPUT = {"target": {"kind": "output", "id": "out-1"}}
PERSON = {"executor": {"type": "human", "id": "urn:site:reviewer:r-1", "name": "r-1"}}


@pytest.fixture
def site(run: Any, workspace: Callable[..., Any], tmp_path: Path) -> Site:
    """The control ran before, on and after the days that are asked about, once on an output that a person reviewed."""
    site = Site(run, workspace().root, tmp_path / "private")
    site.allow("human")
    for day in ("2026-10-01", "2026-10-09", "2026-10-14"):
        site.ran(day)
    site.ran("2026-10-10", **OUTPUT)
    site.ran("2026-10-11", **OUTPUT, **PERSON, review={"outcome": "overridden"})
    return site


def handed_on(site: Site, folder: Path, *question: str) -> tuple[Path, Any]:
    """The bundle, moved to where nothing else is, and its manifest."""
    done = site.run(*QUESTION, *question, "--bundle", folder / "out", cwd=site.root)
    assert (done.code, done.stderr) == (0, "")
    assert done.stdout.startswith("wrote ")
    auditor = Path(shutil.move(folder / "out", folder / "auditor"))
    record = json.loads((auditor / "manifest.json").read_text())
    validator_for(json.loads((ROOT / "schemas/output/evidence-bundle.schema.json").read_text())).validate(record)
    return auditor, record


def places(folder: Path) -> list[int]:
    return [int(file.name[:9]) for file in sorted((folder / "ledgers/ledger/proofs").iterdir())]


def test_the_answer_for_a_time_verifies_without_this_tool(site: Site, tmp_path: Path) -> None:
    auditor, record = handed_on(site, tmp_path, *WINDOW)
    assert places(auditor) == [1, 2, 3, 4]  # those of the time, the last one before it and the next one
    assert (record["counts"]["receipts"], record["counts"]["besides"]) == (4, 2)
    shutil.rmtree(site.root)
    report = (auditor / "report.md").read_text()
    assert report.startswith("# Message triage: 2026-10-10T00:00:00Z to 2026-10-13T00:00:00Z\n")
    assert "4, of which 4 verified; 2 besides what was asked, which the answer names" in report
    assert str(site.root) not in report
    done = {step: run_step(auditor, step, tmp_path / "home") for step in "1234"}
    assert [one.returncode for one in done.values()] == [0, 0, 0, 0], [one.stderr for one in done.values()]
    assert done["4"].stdout.endswith("4 receipts valid, 0 things wrong\n")
    receipts = auditor / "ledgers/ledger/receipts.intoto.jsonl"
    receipts.write_bytes(receipts.read_bytes().replace(b'"payload":"e', b'"payload":"f', 1))
    assert run_step(auditor, "4", tmp_path / "home").returncode == 1


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        (("--output", "out-1"), {"system": "AI-01", "output": "out-1"}),
        (("--model-version", "2.1.0"), {"system": "AI-01", "model_version": "2.1.0"}),
    ],
)
def test_each_way_to_ask_hands_on_what_the_answer_names(
    site: Site, tmp_path: Path, question: tuple[str, ...], asked: dict[str, str]
) -> None:
    auditor, record = handed_on(site, tmp_path, *question)
    assert record["query"] == asked
    answer = site.run(*QUESTION, *question, "--format", "json", cwd=site.root).json
    rows = [row["ledger_index"] for one in answer["controls"] for row in one["receipts"]]
    named = [int(one[key]["place"].split()[1]) for one in answer["controls"] for key in ("last", "came") if one[key]]
    assert {*rows, *named, 3, 4} <= set(places(auditor))
    assert run_step(auditor, "4", tmp_path / "home").returncode == 0


def test_the_answer_can_be_read_and_handed_on_at_once(site: Site, tmp_path: Path) -> None:
    question = (*QUESTION, *WINDOW, "--bundle", tmp_path / "bundle")
    done = site.run(*question, "--format", "json", "--out", tmp_path / "answer.json", cwd=site.root)
    assert done.code == 0, done.stderr
    assert json.loads((tmp_path / "answer.json").read_text())["question"]["system"] == "AI-01"
    again = site.run(*question, cwd=site.root)
    assert (again.code, "is not empty" in again.stderr) == (2, True)


def test_an_answer_by_keys_that_are_not_trusted_is_handed_on_as_doubtful(site: Site, tmp_path: Path) -> None:
    (tmp_path / "trust.yaml").write_text("keys: []\n")
    untrusted = ("--trust", tmp_path / "trust.yaml", "--bundle", tmp_path / "bundle")
    done = site.run(*QUESTION, *WINDOW, *untrusted, cwd=site.root)
    assert (done.code, "2 receipts, 0 verified" in done.stdout) == (1, True)
    assert "NOT VERIFIED" in (tmp_path / "bundle/report.md").read_text()
