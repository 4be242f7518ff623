"""`aimsctl evidence query`: what ran for this model version, how was this output reviewed; each hit from the ledger."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema_rs import validator_for

from tests.acceptance.test_evidence import ROOT, Site

OUTPUT = {"kind": "output", "id": "chatcmpl-7"}
PERSON = {"type": "human", "id": "urn:site:reviewer:r-0042", "name": "r-0042"}


@pytest.fixture
def site(run: Any, workspace: Callable[..., Any], tmp_path: Path) -> Site:
    site = Site(run, workspace().root, tmp_path / "private")
    trust = site.root / "evidence/trust.yaml"
    trust.write_text(trust.read_text().replace("[guardrail]", "[guardrail, human]"))
    site.record(1, target=OUTPUT, verdict="modify", action="modify", model={"name": "claims-llm", "version": "1.0"})
    site.record(2, model={"name": "claims-llm", "version": "1.1"}, finishedOn="2026-11-22T11:00:00Z")
    reviewed = {"target": OUTPUT, "review": {"outcome": "approved", "reasonCode": "correct"}}
    site.record(3, executor=PERSON, finishedOn="2026-11-22T12:00:00Z", **reviewed)
    site.record(4, result="error", finishedOn="2026-11-23T00:00:00Z")
    assert site("seal").code == 0
    return site


def found(site: Site, *asked: str) -> list[int]:
    done = site("query", *asked, "--format", "jsonl")
    assert done.code == 0, done.stderr
    return [json.loads(line)["ledger_index"] for line in done.stdout.splitlines()]


@pytest.mark.parametrize(
    ("asked", "hits"),
    [
        ((), [0, 1, 2, 3]),
        (("--system", "claims-triage"), [0, 1, 2, 3]),
        (("--system", "claims"), []),
        (("--model-version", "1.0"), [0]),
        (("--output", "chatcmpl-7"), [0, 2]),
        (("--control", "OPS-07", "--result", "error"), [3]),
        (("--executor", "human"), [2]),
        (("--executor", "r-0042"), [2]),
        (("--executor", "urn:site:reviewer:r-0042"), [2]),
        (("--since", "2026-11-22T11:00:00Z", "--until", "2026-11-22T12:00:00Z"), [1]),
        (("--since", "2026-11-22", "--until", "2026-11-22"), [0, 1, 2]),
        (("--since", "2026-11-23"), [3]),
    ],
)
def test_each_question_finds_its_receipts(site: Site, asked: tuple[str, ...], hits: list[int]) -> None:
    assert found(site, *asked) == hits


def test_people_read_one_receipt_a_line(site: Site) -> None:
    assert site("query", "--output", "chatcmpl-7").stdout.splitlines()[:2] == [
        (
            "2026-11-22T10:14:02.317Z OPS-07 claims-triage 1.0 passed (modify), output chatcmpl-7, by pii-output "
            "(guardrail), aims.example.com/ledger/prod 0"
        ),
        (
            "2026-11-22T12:00:00Z OPS-07 claims-triage no version passed (approved, correct), output chatcmpl-7, "
            "by r-0042 (human), aims.example.com/ledger/prod 2"
        ),
    ]
    assert site("query", "--output", "none").stdout.startswith("0 receipts; trust: the workspace's own")


def test_a_hit_names_the_bytes_it_was_read_from(site: Site) -> None:
    done = site("query", "--result", "error", "--format", "json")
    validator_for(json.loads((ROOT / "schemas/output/evidence-query.schema.json").read_text())).validate(done.json)
    (hit,) = done.json["receipts"]
    entry = dict(site.ledger.entries())[hit["ledger_index"]]
    assert hit["entry_sha256"] == hashlib.sha256(entry).hexdigest()
    assert (hit["signer"], hit["verified"], done.json["unread"]) == ("pii-guard", True, [])


def test_what_nobody_may_attest_is_found_and_not_believed(site: Site, tmp_path: Path) -> None:
    (tmp_path / "trust.yaml").write_text("keys: []\n")
    done = site("query", "--output", "chatcmpl-7", "--trust", tmp_path / "trust.yaml")
    assert done.code == 1
    assert done.stdout.count("NOT VERIFIED (signed by a key that is not trusted") == 2
    assert "2 receipts, none verified" in done.stdout


def test_what_cannot_be_read_may_hold_more_and_the_answer_says_so(site: Site) -> None:
    bundle = next((site.root / "evidence/ledger/tile/entries").rglob("*/4"))
    bundle.write_bytes(bundle.read_bytes().replace(b'"payload":"', b'"payload":"A', 1)[:-1])
    done = site("query", "--output", "chatcmpl-7")
    assert done.code == 1
    assert done.stdout.startswith("COULD NOT BE READ, so it may hold more: aims.example.com/ledger/prod")
    assert "could not be read" in site("query", "--format", "jsonl").stderr


def test_an_id_that_json_writes_with_an_escape_is_found_all_the_same(site: Site) -> None:
    site.record(5, target={"kind": "output", "id": 'say "hi"'})
    assert site("seal").code == 0
    assert found(site, "--output", 'say "hi"') == [4]


def test_a_time_that_is_none_is_refused_with_the_way_to_write_it(site: Site) -> None:
    done = site("query", "--since", "yesterday")
    assert (done.code, "2026-09-15T06:00:00Z" in done.stderr) == (2, True)
