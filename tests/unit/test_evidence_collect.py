"""Imports: what a file says becomes receipts as the mapping says, and what is not understood is listed."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aimsctl.evidence.collect import FORMATS, read_format
from aimsctl.evidence.collect.collector import Collected, Source, collect
from aimsctl.evidence.collect.filling import moment
from aimsctl.evidence.collect.mapping import MappingRefusedError, read_mapping
from aimsctl.evidence.envelope import read_envelope, sign
from aimsctl.evidence.keys import from_seed
from aimsctl.evidence.problems import MalformedError
from aimsctl.evidence.receipts import Notary
from aimsctl.evidence.statement import Statement, read_statement

KEY = from_seed(b"\x14" * 32)
MAPPING: dict[str, Any] = {
    "version": 1,
    "timezone": "+02:00",
    "receipt": {
        "aiSystem": "AI-VISIT-NOTES",
        "model": "notes@4.2.0",
        "target": "modelVersion:notes@4.2.0",
        "executor": {"type": "ci", "id": "https://ci.example/gate", "name": "gate"},
    },
    "runs": [{"match": {"suite": "gate*"}, "control": "CTL-04"}],
}
JUNIT = """<?xml version="1.0"?>
<testsuites><testsuite name="gate-1" tests="3" failures="1" errors="0" skipped="1" time="2.5" timestamp="{stamp}">
<properties><property name="model" value="notes"/></properties>
<testcase classname="tests.bias" name="test_a" time="1"/>
<testcase classname="tests.bias" name="test_b"><failure message="Anna Smith was judged">Anna Smith</failure></testcase>
<testcase classname="tests.speed" name="test_c"><skipped/></testcase>
</testsuite></testsuites>"""


def collected(form: str, content: str | bytes, mapping: Any = None, finished: str | None = None) -> Collected:
    data = content.encode() if isinstance(content, str) else content
    read = read_mapping("mapping.yaml", json.dumps(MAPPING if mapping is None else mapping).encode())
    reading = read_format(form, data, read.options)
    notary = Notary([KEY], clock=lambda: datetime(2026, 10, 31, tzinfo=UTC))
    return collect(reading, read, notary, Source(form, "ab" * 32, finished))


def statements(found: Collected) -> list[Statement]:
    return [read_statement(read_envelope(receipt.envelope).payload) for receipt in found.receipts]


def junit(stamp: str = "2026-10-31T12:00:00") -> str:
    return JUNIT.format(stamp=stamp)


def entries(*rows: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {**MAPPING, **more, "runs": [{"control": "CTL-04", **row} for row in rows]}


# JUnit


def test_a_suite_is_a_run() -> None:
    (one,) = statements(collected("junit", junit()))
    assert one.predicate["result"] == "failed"
    assert one.predicate["counts"] == {"total": 3, "passed": 1, "failed": 1, "skipped": 1, "error": 0}
    assert one.predicate["startedOn"] == "2026-10-31T10:00:00.000Z"
    assert one.predicate["finishedOn"] == "2026-10-31T10:00:02.500Z"
    assert one.predicate["attestedBy"] == "collector"
    assert one.predicate["source"] == {"format": "junit", "digest": {"sha256": "ab" * 32}, "locator": "suite[0]"}


def test_texts_of_failures_stay_where_they_are() -> None:
    found = collected("junit", junit())
    assert "Anna" not in str(statements(found)) + str(found.unread)


def test_cases_go_to_the_entries_that_take_them_and_the_others_are_listed() -> None:
    mapping = entries({"match": {"suite": "gate*", "classname": ["tests.bias*", "tests.other"]}})
    found = collected("junit", junit(), mapping)
    (one,) = statements(found)
    assert one.predicate["counts"]["total"] == 2
    assert found.unread == ["suite[0]: no entry takes 1 of 3 items: test_c"]


def test_a_run_that_no_entry_takes_is_listed() -> None:
    found = collected("junit", junit(), entries({"match": {"suite": "nightly"}}))
    assert found.receipts == []
    assert found.unread == ["suite[0]: no entry of the mapping takes it (suite: gate-1, property.model: notes)"]


def test_items_that_are_ignored_do_not_decide() -> None:
    mapping = entries({"match": {"suite": "*"}, "ignore": {"name": "test_b"}})
    (one,) = statements(collected("junit", junit(), mapping))
    assert one.predicate["result"] == "passed"
    assert one.predicate["counts"] == {"total": 3, "passed": 1, "failed": 0, "skipped": 2, "error": 0}


@pytest.mark.parametrize(
    ("suite", "result"),
    [
        ('<testsuite name="gate"/>', "skipped"),
        ('<testsuite name="gate" errors="1"/>', "error"),
        ('<testsuite name="gate" failures="2"/>', "failed"),
        ('<testsuite name="gate" errors="1"><testcase name="a"/></testsuite>', "error"),
        ('<testsuite name="gate" failures="1"><testcase name="a"/></testsuite>', "error"),
        ('<testsuite name="gate"><testcase name="a"><skipped/></testcase></testsuite>', "skipped"),
        ('<testsuite name="gate"><testcase name="a"><error/><failure/></testcase></testsuite>', "error"),
        ('<testsuite name="gate"><testcase name="a"/></testsuite>', "passed"),
    ],
)
def test_the_result_of_a_suite(suite: str, result: str) -> None:
    (one,) = statements(collected("junit", suite, finished="2026-10-31T12:00:00Z"))
    assert one.text("result") == result


def test_suites_within_suites_have_their_own_place_and_strange_elements_are_listed() -> None:
    content = (
        '<testsuites><testsuite name="gate"><testsuite name="gate-a"><testcase name="x"><flaky/></testcase></testsuite>'
        '<testsuite name="gate-b"><testcase name="y"/></testsuite></testsuite></testsuites>'
    )
    found = collected("junit", content, finished="2026-10-31T12:00:00Z")
    assert [receipt.place for receipt in found.receipts] == ["suite[0]/suite[0]", "suite[0]/suite[1]"]
    assert found.unread == ["<flaky>: 1 not read"]


def test_the_control_can_stand_in_a_property_of_the_case(tmp_path: Path) -> None:
    (tmp_path / "test_gate.py").write_text(
        "def test_bias(record_property):\n    record_property('aims.control_id', 'CTL-04')\n\ndef test_other(): pass\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--junitxml=out.xml", "test_gate.py"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    found = collected(
        "junit", (tmp_path / "out.xml").read_bytes(), entries({"match": {"property.aims.control_id": "CTL-04"}})
    )
    assert [(receipt.control, receipt.result) for receipt in found.receipts] == [("CTL-04", "passed")]
    assert found.unread == ["suite[0]: no entry takes 1 of 2 items: test_other"]


# SARIF


def sarif(*, results: Any = (), invocations: Any = None, rules: Any = ("R1", "R2"), **run: Any) -> str:
    driver = {"name": "scan", "semanticVersion": "1.2.0", "rules": [{"id": rule} for rule in rules]}
    body = {"tool": {"driver": driver}, "results": results if results is None else list(results), **run}
    if invocations is not None:
        body["invocations"] = invocations
    return json.dumps({"version": "2.1.0", "runs": [body]})


SCAN = entries({"match": {"tool": "scan"}}, receipt={**MAPPING["receipt"], "finishedOn": "2026-10-31T12:00:00Z"})
DONE = [{"executionSuccessful": True, "startTimeUtc": "2026-10-31T11:00:00Z", "endTimeUtc": "2026-10-31T11:05:00.5Z"}]


def finding(**fields: Any) -> dict[str, Any]:
    return {"ruleId": "R1", "message": {"text": "Anna Smith"}, **fields}


@pytest.mark.parametrize(
    ("given", "result"),
    [
        ({}, "passed"),
        ({"rules": ()}, "passed"),
        ({"results": None}, "error"),
        ({"invocations": [{"executionSuccessful": False}]}, "error"),
        ({"invocations": [{}]}, "error"),
        ({"results": [finding()]}, "failed"),
        ({"results": [finding(kind="pass")]}, "passed"),
        ({"results": [finding(kind="review")]}, "error"),
        ({"results": [finding(kind="riddle")]}, "error"),
        ({"results": [{"message": {}}]}, "error"),
        ({"results": ["x"]}, "error"),
        ({"results": [finding(suppressions=[{"kind": "inSource"}])]}, "passed"),
        ({"results": [finding(suppressions=[{"kind": "external", "status": "underReview"}])]}, "failed"),
        ({"results": [finding(baselineState="absent")]}, "passed"),
        ({"results": [{"ruleIndex": 1}]}, "failed"),
        ({"results": [{"rule": {"id": "R2"}}]}, "failed"),
    ],
)
def test_the_result_of_a_scan(given: dict[str, Any], result: str) -> None:
    found = collected("sarif", sarif(**given), SCAN)
    assert [receipt.result for receipt in found.receipts] == [result]
    assert "Anna" not in str(statements(found)) + str(found.unread)


def test_a_rule_that_found_nothing_passed_and_one_that_is_not_there_made_no_receipt() -> None:
    mapping = entries(
        {"match": {"rule": "R1"}, "control": "CTL-01"},
        {"match": {"rule": "R2"}, "control": "CTL-02"},
        {"match": {"rule": "R3"}, "control": "CTL-03"},
    )
    found = collected("sarif", sarif(results=[finding()], invocations=DONE), mapping)
    assert [(receipt.control, receipt.result) for receipt in found.receipts] == [
        ("CTL-01", "failed"),
        ("CTL-02", "passed"),
    ]
    assert statements(found)[0].text("startedOn") == "2026-10-31T11:00:00.000Z"
    assert statements(found)[0].text("finishedOn") == "2026-10-31T11:05:00.500Z"


def test_a_level_can_be_said_not_to_decide() -> None:
    mapping = entries({"match": {"tool": "scan"}, "ignore": {"level": "note"}}, receipt=SCAN["receipt"])
    notes = sarif(results=[finding(level="note")])
    assert [receipt.result for receipt in collected("sarif", notes, SCAN).receipts] == ["failed"]
    assert [receipt.result for receipt in collected("sarif", notes, mapping).receipts] == ["passed"]


def test_our_own_sarif_and_junit_can_be_read(run: Any, vectors: Path, workspace: Any) -> None:
    root = workspace({"policies/a.yaml": "kind: policy\n"}).root
    told = run("validate", "--format", "sarif", cwd=root).stdout
    schema = json.loads((vectors / "schemas" / "sarif-schema-2.1.0.json").read_text())
    assert jsonschema_rs.validator_for(schema).is_valid(json.loads(told))
    mapping = entries({"match": {"tool": "aimsctl"}}, receipt=SCAN["receipt"])
    assert [receipt.result for receipt in collected("sarif", told, mapping).receipts] == ["failed"]
    told = run("validate", "--format", "junit", cwd=root).stdout
    mapping = entries({"match": {"suite": "*"}}, receipt=SCAN["receipt"])
    assert "failed" in {receipt.result for receipt in collected("junit", told, mapping).receipts}


# Tables


TABLE = entries(
    {
        "match": {"scanner": "PromptGuard"},
        "control": "CTL-08",
        "receipt": {"executor": {"type": "guardrail", "id": "urn:x1:guard", "name": "guard"}, "target": None},
        "take": {
            "target": {"from": "request", "values": {}},
            "finishedOn": "time",
            "result": {"from": "decision", "values": {"allow": "passed", "block": "passed", "broken": "error"}},
            "action": {"from": "decision", "values": {"allow": "allow", "block": "block"}},
            "scores.risk": "score",
        },
    }
)
ROW = TABLE["runs"][0]
ROW["take"] = {**ROW["take"], "target.id": "request"}
del ROW["take"]["target"]
ROW["receipt"]["target"] = {"kind": "input"}


def test_rows_of_csv_and_lines_of_json_say_the_same() -> None:
    csv = "scanner,request,time,decision,score\nPromptGuard,r-1,2026-10-31 12:00:00,block,0.97\n"
    row = {
        "scanner": "PromptGuard",
        "request": "r-1",
        "time": "2026-10-31T10:00:00Z",
        "decision": "block",
        "score": 0.97,
    }
    first, second = collected("table", csv, TABLE), collected("table", json.dumps(row), TABLE)
    one, two = statements(first)[0].predicate, statements(second)[0].predicate
    assert first.unread == second.unread == []
    assert one["target"] == {"kind": "input", "id": "r-1"}
    assert one["scores"] == [{"name": "risk", "value": 0.97}]
    assert (one["result"], one["action"], one["finishedOn"]) == ("passed", "block", "2026-10-31T10:00:00.000Z")
    assert {**one, "id": "", "source": ""} == {**two, "id": "", "source": ""}


def test_rows_that_are_not_understood_are_listed_with_their_line() -> None:
    rows = [
        "scanner,request,time,decision,score",
        "PromptGuard,r-1,2026-10-31 12:00:00,shrug,0.5",
        "Other,r-2,2026-10-31 12:00:00,allow,0.5",
        "PromptGuard,r-3,yesterday,allow,0.5",
        'PromptGuard,r-4,2026-10-31 12:00:00,allow,"0,5"',
        "PromptGuard,r-5",
        "",
        "PromptGuard,r-6,2026-10-31 12:00:00,broken,",
        "PromptGuard,r-7,2026-10-31 12:00:00,allow,0.5",
    ]
    found = collected("table", "\r\n".join(rows), TABLE)
    assert [receipt.place for receipt in found.receipts] == ["line 9"]
    assert found.unread == [
        "line 6: 2 cells under 5 headings",
        "line 2: the mapping does not say what result is where decision is 'shrug'",
        "line 3: no entry of the mapping takes it (scanner: Other, request: r-2, time: 2026-10-31 12:00:00)",
        "line 4: 'yesterday' is no time that is understood; RFC 3339 is",
        "line 5: scores.risk is no plain number: '0,5'",
        "line 8: the mapping does not say what action is where decision is 'broken'",
    ]


def test_windows_encodings_are_named_and_never_guessed() -> None:
    rows = "scanner;request;time;decision\nPromptGuard;Zürich;2026-10-31 12:00:00;allow\n"
    options = {**TABLE, "encoding": "cp1252", "delimiter": ";"}
    (one,) = statements(collected("table", rows.encode("cp1252"), options))
    assert one.text("target", "id") == "Zürich"
    with pytest.raises(MalformedError, match="not text in utf-8") as refused:
        collected("table", rows.encode("cp1252"), TABLE)
    assert "cp1252" in refused.value.hint


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("a,a\n1,2\n", "stands twice"),
        ("", "no headings"),
        ('a,b\n"x,y\n', "not CSV"),
        ("a\n" + "x" * 70_000, "not CSV"),
    ],
)
def test_tables_that_could_be_read_in_two_ways(content: str, said: str) -> None:
    with pytest.raises(MalformedError, match=said):
        collected("table", content, TABLE)


def test_decimals_of_the_mapping_are_numbers() -> None:
    content = """
version: 1
receipt: {aiSystem: A, executor: {type: evalHarness, id: "x:y", name: z}, scores: [{name: "1.5", value: 0.5}]}
runs:
  - match: {a: 1}
    control: CTL-01
    receipt: {target: "period:1", result: passed, finishedOn: 2026-10-31T12:00:00Z, sampling: {method: "2", rate: 0.25}}
"""
    read = read_mapping("m.yaml", content.encode())
    found = collect(read_format("table", b"a\n1\n", {}), read, Notary([KEY]), Source("table", "ab" * 32))
    (one,) = statements(found)
    assert one.predicate["scores"] == [{"name": "1.5", "value": 0.5}]
    assert one.predicate["sampling"] == {"method": "2", "rate": 0.25}


# Signed already


STATEMENT = {
    "_type": "https://in-toto.io/Statement/v1",
    "subject": [{"name": "m", "digest": {"sha256": "00" * 32}}],
    "predicateType": "https://in-toto.io/attestation/test-result/v0.1",
    "predicate": {"result": "PASSED"},
}
ENVELOPE = sign(json.dumps(STATEMENT).encode(), [KEY])


def test_envelopes_are_kept_byte_for_byte() -> None:
    spaced = ENVELOPE.replace(b'","sig"', b'" , "sig"')
    reading = read_format("dsse", ENVELOPE + b"\n\n" + spaced + b"\r\n{}\n", {})
    assert reading.envelopes == [("line 1", ENVELOPE), ("line 3", spaced)]
    assert reading.unread == ["line 4: the envelope lacks a payload or its type"]


def test_an_envelope_on_many_lines_is_written_on_one_and_a_bundle_gives_its_envelope() -> None:
    inner = json.loads(ENVELOPE)
    assert read_format("dsse", json.dumps(inner, indent=2).encode(), {}).envelopes == [("file", ENVELOPE)]
    bundle = {
        "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
        "verificationMaterial": {"publicKey": {"hint": "x"}, "tlogEntries": []},
        "dsseEnvelope": inner,
    }
    reading = read_format("dsse", json.dumps(bundle).encode(), {})
    assert reading.envelopes == [("file", ENVELOPE)]
    assert reading.unread == ["file: of the bundle only the envelope is kept, not verificationMaterial"]


@pytest.mark.parametrize("content", [b"{}", b"[]", b"x", b'{"payloadType":"a","payload":"","signatures":[]}', b"\xff"])
def test_what_is_no_envelope_is_listed(content: bytes) -> None:
    reading = read_format("dsse", content, {})
    assert (reading.envelopes, len(reading.unread)) == ([], 1)


# Mappings


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "holds no data"),
        ("version: 1\nversion: 1\n", "cannot be read"),
        ("version: 2\nruns: []\n", "version must be one of 1"),
        ("version: 1\nruns: [{match: {suite: a}}]\n", "runs[0] lacks control"),
        ("version: 1\nruns: [{match: {suite: [[a]]}, control: C}]\n", "runs[0].match.suite[0] must be string"),
        ("version: 1\nruns: [{match: {}, control: C, receipt: {attestedBy: executor}}]\n", "attestedBy is set by the"),
        ("version: 1\nruns: [{match: {}, control: C, take: {control.id: x}}]\n", "control is set by the import"),
        ("version: 1\nreceipt: {id: x}\nruns: [{match: {}, control: C}]\n", "id is set by the import"),
    ],
)
def test_mappings_that_are_refused(content: str, said: str) -> None:
    with pytest.raises(MappingRefusedError) as refused:
        read_mapping("mapping.yaml", content.encode())
    assert said in refused.value.message


def test_nothing_without_a_time_makes_a_receipt() -> None:
    found = collected("junit", '<testsuite name="gate"><testcase name="a"/></testsuite>')
    assert found.receipts == []
    assert "does not say when it ran" in found.unread[0]
    mapping = {name: value for name, value in MAPPING.items() if name != "timezone"}
    assert "names no time zone" in collected("junit", junit(), mapping).unread[0]
    assert collected("junit", junit("2026-10-31T12:00:00+02:00"), mapping).unread == []


@pytest.mark.parametrize(
    "text", ["2026-02-30T00:00:00Z", "2026-10-31", "31.10.2026 12:00:00", "0001-01-01T00:00:00+23:59", 5]
)
def test_times_that_are_none(text: object) -> None:
    with pytest.raises(MalformedError):
        moment(text, "Z")


def test_ids_depend_on_the_file_the_place_and_what_was_taken() -> None:
    first, again = collected("junit", junit()), collected("junit", junit())
    part = collected("junit", junit(), entries({"match": {"classname": "tests.bias"}}))
    other = collected("junit", junit(), entries({"match": {"suite": "*"}, "control": "CTL-05"}))
    ids = [one.receipts[0].id for one in (first, again, part, other)]
    assert ids[0] == ids[1]
    assert len(set(ids)) == 3


# Whatever comes in


@given(st.sampled_from(sorted(FORMATS)), st.binary(max_size=200))
def test_no_bytes_break_a_reader(form: str, content: bytes) -> None:
    try:
        read_format(form, content, {})
    except MalformedError as error:
        assert len(error.message) < 400  # noqa: PT017 - most inputs are refused, some are not


NAMES = st.sampled_from(
    [
        *("tool", "driver", "name", "rules", "id", "results", "ruleId", "ruleIndex", "rule", "index", "kind", "level"),
        *("invocations", "executionSuccessful", "suppressions", "status", "defaultConfiguration", "startTimeUtc"),
        *("versionControlProvenance", "revisionId"),
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["R1", "fail", "2.1.0", "x"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
)


@given(VALUES)
def test_no_sarif_breaks_the_reader(run: Any) -> None:
    log = json.dumps({"version": "2.1.0", "runs": [run]}).encode()
    reading = read_format("sarif", log, {})
    assert len(reading.runs) + len(reading.unread) >= 1


CELLS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=8)


@given(st.lists(st.tuples(CELLS, CELLS), max_size=5))
def test_every_row_is_a_run_or_is_listed(rows: list[tuple[str, str]]) -> None:
    content = "a,b\n" + "".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row) + "\n" for row in rows)
    reading = read_format("table", content.encode(), {})
    blank = sum(not any(cell.strip() for cell in row) for row in rows)
    assert len(reading.runs) + blank == len(rows)
    assert reading.unread == []


def test_base64_of_an_envelope_is_kept_as_it_came() -> None:
    safe = json.loads(ENVELOPE)
    safe["payload"] = base64.urlsafe_b64encode(base64.b64decode(safe["payload"])).decode()
    content = json.dumps(safe).encode()
    assert read_format("dsse", content, {}).envelopes == [("file", content)]
