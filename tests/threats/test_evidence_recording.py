"""Threats to recording: files and lines of others, keys, crashes, full disks, and copies that pass for first hand."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from aimsctl.evidence.collect import read_format
from aimsctl.evidence.collect.mapping import MappingRefusedError, read_mapping
from aimsctl.evidence.envelope import read_envelope
from aimsctl.evidence.keys import from_seed, write_private
from aimsctl.evidence.ledger import Ledger
from aimsctl.evidence.problems import MalformedError
from aimsctl.evidence.statement import read_statement

KEY, LOG = from_seed(b"\x12" * 32), from_seed(b"\x21" * 32)
CONTROL = "kind: control\nid: CTL-08\ntitle: Guard\nstatus: draft\n"
WHO = ("--control", "CTL-08", "--system", "S", "--executor", "guardrail", "--executor-id", "x:guard")
ONE = ("evidence", "record", *WHO, "--output", "draft-1", "--result", "passed")
MANY = ("evidence", "record", "--stdin", *WHO)
LINE = {"target": "output:a", "result": "passed"}
DEEP = "[" * 100 + "]" * 100


@pytest.fixture
def root(workspace: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_private(tmp_path / "guard.pem", KEY)
    monkeypatch.setenv("AIMSCTL_KEY", str(tmp_path / "guard.pem"))
    folder: Path = workspace({"policies/guard.yaml": CONTROL}, config="schema: 1\norganisation: Fernlough\n").root
    Ledger.create(folder / "evidence" / "ledger", "notes.example/ledger/prod", LOG)
    return folder


def entries(root: Path) -> list[bytes]:
    return list(Ledger.open(root / "evidence" / "ledger").unsealed())


def predicates(root: Path) -> list[Any]:
    return [read_statement(read_envelope(entry).payload).predicate for entry in entries(root)]


AMBIGUOUS = [
    b'{"target": "output:a", "result": "failed", "result": "passed"}',
    b'{"target": "output:a", "result": "passed", "scores": [{"name": "x", "value": NaN}]}',
    b'{"target": "output:a", "result": "passed", "scores": [{"name": "x", "value": 1e999}]}',
    b'{"target": "output:a", "result": "passed", "sequence": 9007199254740993}',
    b'{"target": "output:a", "result": "passed"} {}',
    b'\xef\xbb\xbf{"target": "output:a", "result": "passed"}',
    b'{"target": "output:\\ud800", "result": "passed"}',
    b'{"target": "output:a\xff", "result": "passed"}',
    b'{"target": "output:a", "result": "passed", "notChecked": ' + DEEP.encode() + b"}",
    b'{"target": "output:a", "result": true}',
    b'["passed"]',
    b"null",
]


def test_E_06_lines_that_two_readers_could_read_differently_are_refused(root: Path) -> None:
    command = [sys.executable, "-P", "-m", "aimsctl", *MANY]
    told = subprocess.run(command, cwd=root, input=b"\n".join(AMBIGUOUS), capture_output=True, check=False)
    assert told.returncode == 1
    assert told.stderr.count(b"line ") == len(AMBIGUOUS)
    assert b"Traceback" not in told.stderr
    assert entries(root) == []


@pytest.mark.parametrize("line", AMBIGUOUS[:9])
def test_E_06_the_same_in_files_of_others(line: bytes) -> None:
    assert len(read_format("table", line.replace(b"\xef\xbb\xbf", b"{} x"), {}).unread) == 1
    for form in ("sarif", "dsse"):
        try:
            assert read_format(form, line, {}).envelopes == []
        except MalformedError as error:
            assert len(error.message) < 200  # noqa: PT017 - both are right


def test_E_10_the_ledger_the_subject_and_the_time_are_inside_what_is_signed(run: Any, root: Path) -> None:
    assert run(*ONE, cwd=root).code == 0
    payload = json.loads(read_envelope(entries(root)[0]).payload)
    assert payload["predicate"]["ledger"] == "notes.example/ledger/prod"
    assert payload["subject"][0]["name"] == "output/draft-1"
    assert payload["predicate"]["startedOn"] <= payload["predicate"]["finishedOn"]
    told = run(*MANY, cwd=root, stdin=json.dumps({**LINE, "ledger": "other.example/ledger"}))
    assert told.code == 1
    assert "written for another ledger" in told.stderr


def test_E_16_a_run_that_ended_before_it_began_is_refused(run: Any, root: Path) -> None:
    told = run(*ONE, "--started-on", "2026-11-01T00:00:01Z", "--finished-on", "2026-11-01T00:00:00Z", cwd=root)
    assert told.code == 2
    assert "in order" in told.stderr


def test_E_18_a_receipt_names_the_text_of_the_control_that_was_in_force(run: Any, root: Path) -> None:
    for text in (CONTROL, CONTROL.replace("Guard", "Weaker guard")):
        (root / "policies" / "guard.yaml").write_text(text)
        assert run(*ONE, cwd=root).code == 0
    first, second = (one["control"]["digest"]["sha256"] for one in predicates(root))
    assert first == hashlib.sha256(CONTROL.encode()).hexdigest() != second


def test_E_18_a_control_that_is_there_twice_or_through_a_link_is_not_named(
    run: Any, root: Path, tmp_path: Path
) -> None:
    (root / "policies" / "again.yaml").write_text(CONTROL)
    told = run(*ONE, cwd=root)
    assert told.code == 3
    assert "policies/again.yaml and policies/guard.yaml" in told.stderr
    (root / "policies" / "again.yaml").unlink()
    (tmp_path / "elsewhere.yaml").write_text(CONTROL)
    (root / "policies" / "guard.yaml").unlink()
    (root / "policies" / "guard.yaml").symlink_to(tmp_path / "elsewhere.yaml")
    assert run(*ONE, cwd=root).code == 3


def limited() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (700_000_000, 700_000_000))


def test_E_21_a_line_without_end_takes_no_memory(root: Path) -> None:
    command = [sys.executable, "-P", "-m", "aimsctl", *MANY]
    good = json.dumps(LINE).encode() + b"\n"
    process = subprocess.Popen(
        command,
        cwd=root,
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=limited,  # noqa: PLW1509
    )
    assert process.stdin is not None
    process.stdin.write(good + b'{"target": "')
    for _ in range(1000):
        process.stdin.write(b"x" * 1_000_000)
    process.stdin.write(b'"}\n' + good)
    _, told = process.communicate(timeout=120)
    assert process.returncode == 1
    assert told.startswith(b"line 2: it has more than")
    assert len(entries(root)) == 2


HOSTILE_XML = {
    "billion laughs": '<!DOCTYPE t [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><testsuite name="&b;"/>',
    "external entity": '<!DOCTYPE t [<!ENTITY a SYSTEM "file:///etc/passwd">]><testsuite name="x">&a;</testsuite>',
    "external document type": '<!DOCTYPE t SYSTEM "http://example.org/t.dtd"><testsuite name="x"/>',
    "parameter entity": '<!DOCTYPE t [<!ENTITY % a SYSTEM "http://example.org/t.dtd">%a;]><testsuite/>',
    "unknown entity": "<testsuite>&nothing;</testsuite>",
    "deep": "<testsuite>" * 100_000,
    "unclosed": '<testsuite name="x">',
    "two roots": "<testsuite/><testsuite/>",
    "strange encoding": '<?xml version="1.0" encoding="utf-7"?><testsuite/>',
    "another format": "<html/>",
    "nothing": "",
}


@pytest.mark.parametrize("name", HOSTILE_XML)
def test_E_21_hostile_xml_is_refused(name: str) -> None:
    began = time.monotonic()
    with pytest.raises(MalformedError):
        read_format("junit", HOSTILE_XML[name].encode(), {})
    assert time.monotonic() - began < 5


def test_E_21_many_items_take_time_that_grows_with_them() -> None:
    cases = "".join(f'<testcase name="t{number}"/>' for number in range(100_000))
    began = time.monotonic()
    assert len(read_format("junit", f"<testsuite>{cases}</testsuite>".encode(), {}).runs[0].items) == 100_000
    rules = [{"id": f"R{number}"} for number in range(20_000)]
    results = [{"ruleId": f"R{number}"} for number in range(20_000)]
    runs = [{"tool": {"driver": {"name": "x", "rules": rules}}, "results": results}]
    log = json.dumps({"version": "2.1.0", "runs": runs})
    assert len(read_format("sarif", log.encode(), {}).runs[0].items) == 20_000
    assert time.monotonic() - began < 30


def test_E_22_the_key_is_in_no_output_and_no_receipt(run: Any, root: Path) -> None:
    secret = KEY.pem().decode().splitlines()[1]
    for arguments in (ONE, (*ONE, "--result", "x"), (*ONE, "--ledger", "missing"), ("--debug", *ONE, "--control", "X")):
        told = run(*arguments, cwd=root, env={"AIMSCTL_KEY": KEY.pem().decode()})
        assert secret[24:44] not in told.stdout + told.stderr
    assert secret[24:44].encode() not in b"".join(entries(root))


@pytest.mark.skipif(os.name != "posix", reason="permissions")
def test_E_22_a_key_that_others_can_read_is_refused(run: Any, root: Path, tmp_path: Path) -> None:
    (tmp_path / "guard.pem").chmod(0o644)
    told = run(*ONE, cwd=root)
    assert told.code == 3
    assert "can be read by others" in told.stderr


@pytest.mark.parametrize("field", ["attestedBy", "id", "sequence", "ledger", "source", "control"])
def test_E_24_a_copy_cannot_pass_for_first_hand(field: str) -> None:
    for content in (
        f"version: 1\nreceipt: {{{field}: executor}}\nruns: [{{match: {{a: b}}, control: C}}]\n",
        f"version: 1\nruns: [{{match: {{a: b}}, control: C, receipt: {{{field}: executor}}}}]\n",
        f"version: 1\nruns: [{{match: {{a: b}}, control: C, take: {{{field}: a}}}}]\n",
    ):
        with pytest.raises(MappingRefusedError, match=f"{field} is set by the import"):
            read_mapping("mapping.yaml", content.encode())


def test_K_01_eight_writers_lose_nothing(root: Path) -> None:
    script = f"""
import sys
from aimsctl.evidence import Recorder
recorder = Recorder({str(root / "evidence" / "ledger")!r}, system="S",
                    executor={{"type": "guardrail", "id": "x:y", "name": "g"}}, batch=16, interval=0.001)
for number in range(200):
    recorder.record("CTL-08", target=f"output:{{sys.argv[1]}}/{{number}}")
recorder.close()
sys.exit(recorder.lost)
"""

    def write(name: int) -> int:
        return subprocess.run([sys.executable, "-c", script, str(name)], check=False, timeout=120).returncode

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(write, range(8))) == [0] * 8
    found = predicates(root)
    assert len({one["target"]["id"] for one in found}) == len(found) == 1600
    assert len({one["executor"]["run"] for one in found}) == 8


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_K_02_killed_at_any_moment_what_is_on_the_disk_is_whole_and_recording_goes_on(run: Any, root: Path) -> None:
    command = [sys.executable, "-P", "-m", "aimsctl", *MANY, "-q"]
    line = json.dumps(LINE).encode() + b"\n"
    luck = random.Random(6)  # noqa: S311 - moments, not secrets
    for _ in range(5):
        process = subprocess.Popen(command, cwd=root, stdin=subprocess.PIPE)
        assert process.stdin is not None
        process.stdin.write(line * 20)
        process.stdin.flush()
        time.sleep(0.3 + luck.random() / 2)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdin.close()
    before = len(predicates(root))
    assert run(*ONE, cwd=root).code == 0
    assert len(predicates(root)) == before + 1
    assert Ledger.open(root / "evidence" / "ledger").seal(LOG).size == before + 1


def small() -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))


@pytest.mark.skipif(os.name != "posix", reason="limits")
def test_K_04_on_a_full_disk_nothing_is_half_recorded(run: Any, root: Path) -> None:
    line = json.dumps(LINE).encode() + b"\n"
    command = [sys.executable, "-P", "-m", "aimsctl", *MANY]
    told = subprocess.run(
        command,
        cwd=root,
        input=line * 50,
        capture_output=True,
        check=False,
        preexec_fn=small,
    )
    assert told.returncode == 3
    assert b"nothing from line 1 on is recorded" in told.stderr
    assert b"Traceback" not in told.stderr
    assert entries(root) == []
    assert run(*ONE, cwd=root).code == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device here")
def test_K_04_an_id_that_cannot_be_printed_is_no_success(root: Path) -> None:
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-P", "-m", "aimsctl", *ONE]
        told = subprocess.run(command, cwd=root, stdout=full, stderr=subprocess.PIPE, check=False)
    assert told.returncode not in (0, 1)
    assert b"is recorded, but cannot be printed" in told.stderr
    assert len(entries(root)) == 1


def test_X_03_sheets_as_people_keep_them(run: Any, root: Path) -> None:
    rows = ["Scanner;Request;When;Verdict", "Guard;Ä-1;2026-10-31 12:00:00;ok", ";;;", "", "Total;1;;"]
    rows.append("Guard;=1+1;2026-10-31 13:00:00;ok")
    (root / "sheet.csv").write_bytes("\r\n".join(rows).encode("cp1252"))
    mapping = """
version: 1
encoding: cp1252
delimiter: ";"
timezone: "+01:00"
receipt: {aiSystem: S, executor: {type: guardrail, id: "x:y", name: g}, target: {kind: input}}
runs:
  - match: {Scanner: Guard}
    control: CTL-08
    take: {target.id: Request, finishedOn: When, result: {from: Verdict, values: {ok: passed}}}
"""
    (root / "map.yaml").write_text(mapping)
    told = run("evidence", "import", "table", "sheet.csv", "--map", "map.yaml", cwd=root)
    assert told.stdout.splitlines() == [
        "imported  line 2: CTL-08 passed",
        "imported  line 6: CTL-08 passed",
        "not understood  line 5: no entry of the mapping takes it (Scanner: Total, Request: 1)",
        "sheet.csv: 2 imported, 0 already there, 1 not understood; attested by the collector",
    ]
    assert [one["target"]["id"] for one in predicates(root)] == ["Ä-1", "=1+1"]


def test_C_01_what_files_of_others_say_reaches_the_terminal_clean(run: Any, root: Path) -> None:
    (root / "a.jsonl").write_text('{"a\\u001b[2J": "\\u202e\\u0007x"}\n')
    (root / "map.yaml").write_text("version: 1\nruns: [{match: {b: c}, control: CTL-08}]\n")
    told = run("evidence", "import", "table", "a.jsonl", "--map", "map.yaml", cwd=root)
    assert told.code == 1
    assert not {"\x1b", "\x07", "\u202e"} & set(told.stdout + told.stderr)


def test_E_05_the_signed_bytes_are_the_ones_that_were_made(run: Any, root: Path) -> None:
    line = r'{"target": "output:\u00e9 e\u0301 \ud83d\ude00 \/", "result": "passed", "counts": {"total": 1.0}}'
    assert run(*MANY, "-q", cwd=root, stdin=line).code == 0
    payload = base64.b64decode(json.loads(entries(root)[0])["payload"])
    assert json.loads(payload)["predicate"]["target"]["id"] == "é e\u0301 😀 /"
    assert b'"total":1.0' in payload
