"""Recording from the command line: one receipt, many, a command, an import; and what is said when it cannot be."""

from __future__ import annotations

import base64
import hashlib
import inspect
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from aimsctl.cli import quick
from aimsctl.cli.evidence_record import record
from aimsctl.evidence.envelope import sign
from aimsctl.evidence.keys import from_seed, write_private
from aimsctl.evidence.ledger import Ledger
from aimsctl.evidence.statement import id_of
from aimsctl.evidence.trustfile import EMPTY, with_key
from aimsctl.source.resources import schema_text

KEY = from_seed(b"\x12" * 32)
CONTROL = "kind: control\nid: CTL-08\ntitle: Grounding guard\nstatus: draft\nfulfils: [A.6.2.6]\n"
WHO = ("--system", "AI-NOTES", "--executor", "guardrail", "--executor-id", "https://notes.example/guards/grounding")
ONE = ("evidence", "record", "--control", "CTL-08", *WHO, "--output", "draft-1", "--result", "passed")
SUITE = '<testsuite name="gate" timestamp="2026-10-31T12:00:00Z"><testcase name="a"/>{more}</testsuite>'
MAPPING = """
version: 1
receipt: {aiSystem: AI-NOTES, target: "modelVersion:notes@4.2.0", executor: {type: ci, id: "x:gate", name: gate}}
runs: [{match: {suite: gate}, control: CTL-08}]
"""
BREAK = """
import sys
sys.stdout.write("out\\n")
sys.stderr.write("err\\n")
open(sys.argv[2], "w").write(sys.argv[3]) if len(sys.argv) > 2 else None
sys.exit(int(sys.argv[1]))
"""


@pytest.fixture
def root(workspace: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace with one control and a ledger, and the executor's key in the environment."""
    write_private(tmp_path / "keys" / "guard.pem", KEY)
    monkeypatch.setenv("AIMSCTL_KEY", str(tmp_path / "keys" / "guard.pem"))
    files = {"policies/guard.yaml": CONTROL, "break.py": BREAK, "map.yaml": MAPPING}
    folder: Path = workspace(files, config="schema: 1\norganisation: Fernlough\n").root
    new_ledger(folder, "notes.example/ledger/prod")
    return folder


def new_ledger(folder: Path, origin: str) -> None:
    Ledger.create(folder / "evidence" / "ledger", origin, from_seed(b"\x21" * 32))


def predicates(root: Path) -> list[dict[str, Any]]:
    entries = Ledger.open(root / "evidence" / "ledger").unsealed()
    return [json.loads(base64.b64decode(json.loads(entry)["payload"]))["predicate"] for entry in entries]


def test_one_receipt(run: Any, root: Path) -> None:
    told = run(
        *ONE, "--environment", "production", "--model", "notes@4.2.0", "--model-digest", "ab" * 32, "--verdict", "modify",  # noqa: E501
        "--action", "modify", "--score", "struck=2<=5", "--score", "risk=-0.5", "--count", "total=3", "--policy", "p",
        "--rule", "r", "--trace", "5b" * 16, "--evidence", "map.yaml", "--not-checked", "attachments", "--reviews",
        "019aafd2-6c00-7a10-8000-000000000002", "--executor-version", "1.8.1", cwd=root,
    )  # fmt: skip
    (one,) = predicates(root)
    assert (told.code, told.stdout, told.stderr) == (0, one["id"] + "\n", "")
    assert one["control"] == {
        "id": "CTL-08",
        "annexA": ["A.6.2.6"],
        "path": "policies/guard.yaml",
        "digest": {"sha256": hashlib.sha256(CONTROL.encode()).hexdigest()},
    }
    assert one["ledger"] == "notes.example/ledger/prod"
    assert one["aiSystem"] == {"id": "AI-NOTES", "environment": "production"}
    assert one["model"] == {"name": "notes", "version": "4.2.0", "digest": {"sha256": "ab" * 32}}
    assert one["executor"] == {
        "type": "guardrail", "id": "https://notes.example/guards/grounding", "name": "grounding", "version": "1.8.1",
    }  # fmt: skip
    assert one["target"] == {"kind": "output", "id": "draft-1", "traceId": "5b" * 16}
    assert one["scores"] == [
        {"name": "struck", "value": 2, "comparator": "<=", "threshold": 5},
        {"name": "risk", "value": -0.5},
    ]
    assert one["evidence"] == [{"name": "map.yaml", "digest": {"sha256": hashlib.sha256(MAPPING.encode()).hexdigest()}}]
    assert one["related"] == [{"id": "019aafd2-6c00-7a10-8000-000000000002", "relation": "reviews"}]
    assert one["attestedBy"] == "executor"


def test_a_review_names_nobody(run: Any, root: Path) -> None:
    review = ("evidence", "record", "--control", "CTL-08", "--system", "AI-NOTES", "--output", "draft-1", "--result")
    review += ("passed", "--review", "approved", "--reason", "correct", "--executor", "human", "--executor-id")
    told = run(*review, "mailto:anna@notes.example", cwd=root)
    assert told.code == 2
    assert "pseudonym" in told.stderr
    assert run(*review, "urn:notes:reviewer:r-0042", "--role", "clinician", cwd=root).code == 0
    assert predicates(root)[0]["executor"]["name"] == "r-0042"


def test_content_is_hashed_under_the_secret_and_not_kept(run: Any, root: Path) -> None:
    (root / "draft.txt").write_text("the patient is well")
    (root / "secret").write_text("s3cret\n")
    assert run(*ONE, "--content", "draft.txt", "--secret", "secret", cwd=root).code == 0
    entry = next(Ledger.open(root / "evidence" / "ledger").unsealed())
    subject = json.loads(base64.b64decode(json.loads(entry)["payload"]))["subject"]
    assert set(subject[0]["digest"]) == {"aimsHmacSha256"}
    assert b"patient" not in base64.b64decode(json.loads(entry)["payload"])


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (("--control", "CTL-09"), 3, "the control CTL-09 does not exist"),
        (("--result", "fine"), 2, "result must be one of passed"),
        (("--model", "notes"), 2, "NAME@VERSION"),
        (("--score", "high"), 2, "NAME=VALUE"),
        (("--score", "a=1e999"), 2, "scores[0].value is more"),
        (("--count", "many=3"), 2, "total=N"),
        (("--input", "x"), 2, "exclude each other"),
        (("--finished-on", "yesterday"), 2, "startedOn does not look"),
        (("--evidence", "missing.txt"), 2, "missing.txt cannot be read"),
        (("--key", "missing.pem"), 3, "missing.pem cannot be read"),
        (("--key", "policies/guard.yaml"), 3, "can be read by others"),
        (("--ledger", "elsewhere"), 3, "there is no ledger in elsewhere"),
        (("--output", "\x1b[2J"), 2, "target.id does not look"),
    ],
)
def test_what_cannot_be_recorded(options: tuple[str, ...], code: int, said: str, run: Any, root: Path) -> None:
    told = run(*ONE, *options, cwd=root)
    assert (told.code, told.stdout) == (code, "")
    assert said in told.stderr
    assert "Traceback" not in told.stderr
    assert predicates(root) == []


def test_the_key_is_needed_and_never_shown(run: Any, root: Path) -> None:
    told = run(*ONE, cwd=root, env={"AIMSCTL_KEY": ""})
    assert told.code == 3
    assert "no key to sign with" in told.stderr
    secret = KEY.pem().decode()
    assert run(*ONE, cwd=root, env={"AIMSCTL_KEY": secret}).code == 0
    broken = secret.replace("MC4CAQ", "MC4CAR")
    told = run("--debug", *ONE, cwd=root, env={"AIMSCTL_KEY": broken})
    assert told.code == 3
    assert secret.splitlines()[1][10:30] not in told.stdout + told.stderr


def test_of_two_ledgers_one_has_to_be_named(run: Any, root: Path) -> None:
    (root / "evidence" / "ledger").rename(root / "evidence" / "prod")
    new_ledger(root, "notes.example/ledger/build")
    told = run(*ONE, cwd=root)
    assert told.code == 2
    assert "there are 2 ledgers: evidence/ledger, evidence/prod" in told.stderr
    assert run(*ONE, cwd=root, env={"AIMSCTL_LEDGER": "evidence/ledger"}).code == 0
    assert run(*ONE, "--ledger", "evidence/prod", cwd=root).code == 0
    assert predicates(root)[0]["ledger"] == "notes.example/ledger/build"


# The short way, which loads no more than it needs, and the long one


def test_the_short_way_knows_the_options_of_the_long_one() -> None:
    options = {
        name.rstrip("_").replace("_", "-"): "list" in str(parameter.annotation)
        for name, parameter in inspect.signature(record).parameters.items()
    }
    assert {name for name, often in options.items() if often} == quick.OFTEN
    assert set(options) - quick.OFTEN - {"context", "stdin"} == quick.ONCE


def test_both_ways_record_the_same(run: Any, root: Path) -> None:
    rest = ("--finished-on", "2026-10-31T12:00:00Z", "--score", "a=1", "--score", "b=2", "--evidence", "map.yaml")
    assert run(*ONE, *rest, cwd=root).code == 0
    assert run("--color", "never", *ONE, *rest, cwd=root).code == 0
    one, two = predicates(root)
    assert {**one, "id": ""} == {**two, "id": ""}


def test_the_short_way_loads_neither_the_command_line_nor_yaml(root: Path) -> None:
    script = "import sys; from aimsctl.cli.quick import attempt; code = attempt(sys.argv[1:]); print(*sys.modules)"
    told = subprocess.run(
        [sys.executable, "-c", script, *ONE[2:]], cwd=root, capture_output=True, text=True, check=True
    ).stdout
    loaded = {name.partition(".")[0] for name in told.split()}
    assert "cryptography" in loaded
    assert not loaded & {"typer", "yaml", "duckdb", "jsonschema", "rich", "jinja2"}
    assert len(predicates(root)) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("--control",), ("control", "x"), ("--control=CTL-08",), ("--control", "a", "--control", "b"), ("--stdin",),
        ("--count", "-1"), ("--help",), ("--unknown", "x"), (), ("--control", "CTL-08"),
    ],
)  # fmt: skip
def test_what_is_not_plain_goes_the_long_way(arguments: tuple[str, ...], root: Path) -> None:
    script = "import sys; from aimsctl.cli.quick import attempt; sys.exit(attempt(sys.argv[1:]) is not None)"
    subprocess.run([sys.executable, "-c", script, *arguments], cwd=root, check=True)
    assert predicates(root) == []


@pytest.mark.parametrize(
    "settings", ["policies: './policies'", "policies: &a policies", "evidence: ev.d", "evidence: [a]"]
)
def test_settings_that_are_not_plain_are_read_as_yaml(settings: str, run: Any, root: Path) -> None:
    (root / "aimsctl.yaml").write_text(f"schema: 1\norganisation: Fernlough\n{settings}\n")
    (root / "ev.d").symlink_to("evidence")
    assert run(*ONE, "--ledger", "evidence/ledger", cwd=root).code == 0


# What the trust file says


@pytest.fixture
def trusting(root: Path) -> Path:
    """The workspace, where the guard's key may attest the guard's control as a guardrail and nothing else."""
    evidence = root / "evidence"
    (evidence / "guard.pem").write_bytes(KEY.public.pem())
    ledger = Ledger.open(evidence / "ledger")
    (evidence / "logs.tlogpolicy").write_text(f"log {ledger.log.text}\nquorum none\n")
    allow = {"executorTypes": ["guardrail"], "controls": ["CTL-08"]}
    row = {"keyid": KEY.public.keyid, "algorithm": "ed25519", "file": "guard.pem", "name": "guard", "allow": allow}
    (evidence / "trust.yaml").write_bytes(
        with_key(EMPTY.encode(), "trust.yaml", {**row, "validFromIndex": 0, "revokedAtIndex": None})
    )
    return root


@pytest.mark.parametrize("first", [(), ("--color", "never")], ids=["short way", "long way"])
def test_what_would_never_be_sealed_is_not_recorded(first: tuple[str, ...], run: Any, trusting: Path) -> None:
    assert run(*first, *ONE, cwd=trusting).code == 0
    refused = [word if word != "guardrail" else "ci" for word in ONE]
    told = run(*first, *refused, cwd=trusting)
    assert told.code == 3
    assert "it would not be sealed: the key guard may not attest an executor of type ci" in told.stderr
    told = run(*first, *ONE, "--finished-on", "2999-01-01T00:00:00Z", cwd=trusting)
    assert "still to come" in told.stderr
    told = run(*first, *ONE, cwd=trusting, env={"AIMSCTL_KEY": from_seed(b"\x99" * 32).pem().decode()})
    assert (told.code, "is not trusted" in told.stderr) == (3, True)
    assert len(predicates(trusting)) == 1


def test_lines_commands_and_files_are_held_to_it_too(run: Any, trusting: Path) -> None:
    lines = [json.dumps({"target": "output:1", "result": "passed", **more}) for more in ({}, {"executor": CI})]
    told = run(*MANY, cwd=trusting, stdin="\n".join(lines))
    assert (told.code, told.stderr.count("may not attest an executor of type ci")) == (1, 1)
    told = run(*RUN, "--", sys.executable, "break.py", "0", cwd=trusting)
    assert (told.code, told.stdout) == (3, "")
    (trusting / "out.xml").write_text(SUITE.format(more=""))
    told = run("evidence", "import", "junit", "out.xml", "--map", "map.yaml", cwd=trusting)
    assert told.stdout.startswith("not understood  suite[0]: it would not be sealed: the key guard may not attest")
    (trusting / "theirs.jsonl").write_bytes(sign(b"{}", [from_seed(b"\x99" * 32)]))
    told = run("evidence", "import", "dsse", "theirs.jsonl", cwd=trusting)
    assert told.code == 1
    assert len(predicates(trusting)) == 1


# Many


CI = {"type": "ci", "id": "x:gate", "name": "gate"}
MANY = ("evidence", "record", "--stdin", "--control", "CTL-08", *WHO)


def test_each_refused_line_is_named_and_the_others_are_recorded(run: Any, root: Path) -> None:
    lines = [
        json.dumps({"target": "output:1", "result": "passed"}),
        "",
        json.dumps({"target": "output:2", "result": "fine"}),
        "{",
        json.dumps({"target": "output:3", "result": "failed", "prompt": "Anna Smith"}),
        '{"target": "output:4", "result": "passed", "result": "failed"}',
        json.dumps({"target": "output:5", "result": "failed", "control": "CTL-09"}),
        json.dumps({"target": "output:6", "result": "failed", "notChecked": ["x" * 70_000]}),
        json.dumps({"target": {"kind": "output", "id": "7"}, "result": "failed", "aiSystem": "AI-OTHER"}),
    ]
    told = run(*MANY, cwd=root, stdin="\n".join(lines))
    assert told.code == 1
    assert [line.split(":")[0] for line in told.stderr.splitlines()] == [
        "line 3", "line 4", "line 5", "line 6", "line 7", "line 8", "recorded 2, refused 6",
    ]  # fmt: skip
    assert "Anna" not in told.stderr
    assert [(one["target"]["id"], one["aiSystem"]["id"]) for one in predicates(root)] == [
        ("1", "AI-NOTES"),
        ("7", "AI-OTHER"),
    ]


@pytest.mark.skipif(os.name != "posix", reason="a shell")
def test_without_standard_input_there_is_nothing_to_read(root: Path) -> None:
    command = f'exec "{sys.executable}" -P -m aimsctl {" ".join(MANY)} <&-'
    told = subprocess.run(["sh", "-c", command], cwd=root, capture_output=True, text=True, check=False)
    assert told.returncode == 2
    assert "standard input cannot be read" in told.stderr


def test_ten_thousand_lines_lose_nothing(run: Any, root: Path) -> None:
    lines = "".join(json.dumps({"target": f"output:{number}", "result": "passed"}) + "\n" for number in range(10_000))
    told = run(*MANY, "-q", cwd=root, stdin=lines)
    assert (told.code, told.stderr) == (0, "")
    assert [one["target"]["id"] for one in predicates(root)] == [str(number) for number in range(10_000)]


@pytest.fixture
def stream(root: Path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    started = []

    def start(*options: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-P", "-m", "aimsctl", *MANY, *options]
        process = subprocess.Popen(command, cwd=root, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stderr):
            pipe.close()


def wait_for(count: int, root: Path) -> None:
    deadline = time.monotonic() + 30
    while len(predicates(root)) < count and time.monotonic() < deadline:
        time.sleep(0.02)
    assert len(predicates(root)) == count


def test_what_has_arrived_is_kept_while_the_sender_goes_on(stream: Any, root: Path) -> None:
    process = stream()
    for number in range(3):
        process.stdin.write(json.dumps({"target": f"output:{number}", "result": "passed"}).encode() + b"\n{")
        process.stdin.flush()
        wait_for(number + 1, root)
        process.stdin.write(b"}\n")
    process.stdin.close()
    assert process.wait(30) == 1


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, -signal.SIGTERM), (signal.SIGINT, 130)])
def test_asked_to_stop_it_has_recorded_what_it_read(number: int, code: int, stream: Any, root: Path) -> None:
    process = stream()
    process.stdin.write(json.dumps({"target": "output:1", "result": "passed"}).encode() + b"\n")
    process.stdin.flush()
    wait_for(1, root)
    process.send_signal(number)
    assert process.wait(30) == code
    assert len(predicates(root)) == 1


def test_several_streams_at_once_lose_nothing(stream: Any, root: Path) -> None:
    processes = [stream("-q") for _ in range(4)]

    def feed(name: int) -> None:
        lines = (json.dumps({"target": f"output:{name}/{at}", "result": "passed"}) + "\n" for at in range(200))
        processes[name].communicate("".join(lines).encode(), timeout=60)

    threads = [threading.Thread(target=feed, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [process.returncode for process in processes] == [0] * 4
    assert len({one["target"]["id"] for one in predicates(root)}) == 800


# A command


RUN = ("evidence", "run", "--control", "CTL-08", "--system", "AI-NOTES", "--target", "change:abc")


def broken(root: Path, code: int, report: str | None = None) -> tuple[str, ...]:
    return ("--", sys.executable, "break.py", str(code), *((str(root / "report"), report) if report else ()))


@pytest.mark.parametrize(("code", "result"), [(0, "passed"), (1, "failed"), (3, "failed"), (130, "error")])
def test_a_command_ends_as_it_ends(code: int, result: str, run: Any, root: Path) -> None:
    told = run(*RUN, *broken(root, code), cwd=root)
    assert (told.code, told.stdout, told.stderr) == (code, "out\n", "err\n")
    (one,) = predicates(root)
    assert one["result"] == result
    assert one["startedOn"] <= one["finishedOn"]
    assert one["executor"]["type"] == "ci"
    assert str(root) not in json.dumps(one)


@pytest.mark.parametrize(
    ("code", "more", "result"),
    [
        (0, "", "passed"),
        (0, '<testcase name="b"><failure/></testcase>', "failed"),
        (1, '<testcase name="b"><failure/></testcase>', "failed"),
        (1, "", "error"),
        (0, '<testcase name="b"><error/></testcase>', "error"),
        (0, "<oops", "error"),
    ],
)
def test_the_report_has_to_agree(code: int, more: str, result: str, run: Any, root: Path) -> None:
    told = run(*RUN, "--junit", "report", *broken(root, code, SUITE.format(more=more)), cwd=root)
    assert told.code == code
    (one,) = predicates(root)
    assert one["result"] == result
    assert one["evidence"][0]["digest"]["sha256"] == hashlib.sha256((root / "report").read_bytes()).hexdigest()


def test_a_report_of_an_earlier_run_is_no_evidence_of_this_one(run: Any, root: Path) -> None:
    (root / "report").write_text(SUITE.format(more=""))
    told = run(*RUN, "--junit", "report", *broken(root, 0), cwd=root)
    assert told.code == 0
    assert predicates(root)[0]["result"] == "error"
    assert predicates(root)[0]["notChecked"] == ["report: the command did not write it"]


def test_a_clean_scan_has_passed(run: Any, root: Path) -> None:
    report = json.dumps({"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "scan"}}, "results": []}]})
    assert run(*RUN, "--sarif", "report", *broken(root, 0, report), cwd=root).code == 0
    assert predicates(root)[0]["result"] == "passed"


def test_a_command_that_cannot_start_is_evidence_too(run: Any, root: Path) -> None:
    assert run(*RUN, "--", "no-such-command", "--secret=s3cret", cwd=root).code == 127
    assert run(*RUN, "--", str(root / "map.yaml"), cwd=root).code == 126
    assert [one["result"] for one in predicates(root)] == ["error", "error"]
    assert "s3cret" not in str(predicates(root))


def test_what_is_wrong_is_said_before_the_command_runs(run: Any, root: Path) -> None:
    told = run(*RUN[:-1], "nothing", "--", sys.executable, "break.py", "0", cwd=root)
    assert (told.code, told.stdout) == (2, "")
    told = run(*RUN, "--key", "missing.pem", "--", sys.executable, "break.py", "0", cwd=root)
    assert (told.code, told.stdout) == (3, "")


@pytest.mark.skipif(os.name != "posix", reason="permissions")
def test_a_run_that_cannot_be_recorded_is_not_silently_green(run: Any, root: Path) -> None:
    ledger = root / "evidence" / "ledger"
    script = f"import os; os.chmod({str(ledger)!r}, 0o500); print('ran')"
    told = run(*RUN, "--", sys.executable, "-c", script, cwd=root, as_nobody=True)
    ledger.chmod(0o700)
    assert (told.code, told.stdout) == (3, "ran\n")
    assert "the run is not recorded" in told.stderr


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_a_request_to_stop_reaches_the_command_and_is_recorded(root: Path) -> None:
    script = "import time; print('up', flush=True); time.sleep(60)"
    command = [sys.executable, "-P", "-m", "aimsctl", *RUN, "--", sys.executable, "-c", script]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"up\n"
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 128 + signal.SIGTERM
    assert predicates(root)[0]["result"] == "error"


def test_the_command_has_the_environment_of_its_caller(run: Any, root: Path) -> None:
    script = "import os, sys; sys.exit(os.environ.get('GIT_AUTHOR_NAME') != 'me')"
    assert run(*RUN, "--", sys.executable, "-c", script, cwd=root, env={"GIT_AUTHOR_NAME": "me"}).code == 0


# Imports


def test_the_same_file_twice_adds_nothing(run: Any, root: Path) -> None:
    (root / "out.xml").write_text(SUITE.format(more="<rerun/>"))
    told = run("evidence", "import", "junit", "out.xml", "--map", "map.yaml", cwd=root)
    assert told.code == 1
    assert told.stdout.splitlines() == [
        "imported  suite[0]: CTL-08 passed",
        "not understood  <rerun>: 1 not read",
        "out.xml: 1 imported, 0 already there, 1 not understood; attested by the collector",
    ]
    told = run("evidence", "import", "junit", "out.xml", "--map", "map.yaml", "--format", "json", cwd=root)
    assert [one["new"] for one in told.json["receipts"]] == [False]
    assert jsonschema_rs.is_valid(json.loads(schema_text("output/import")), told.json)
    (one,) = predicates(root)
    assert one["attestedBy"] == "collector"
    assert one["id"] == id_of(hashlib.sha256((root / "out.xml").read_bytes()).hexdigest(), "suite[0]", "CTL-08", "")


def test_the_same_file_adds_nothing_after_sealing_either(run: Any, root: Path) -> None:
    (root / "out.xml").write_text(SUITE.format(more=""))
    assert run("evidence", "import", "junit", "out.xml", "--map", "map.yaml", cwd=root).code == 0
    ledger = Ledger.open(root / "evidence" / "ledger")
    assert ledger.seal(from_seed(b"\x21" * 32)).size == 1
    told = run("evidence", "import", "junit", "out.xml", "--map", "map.yaml", cwd=root)
    assert told.stdout.startswith("already there  suite[0]: CTL-08 passed\n")
    assert list(ledger.unsealed()) == []


def test_signed_evidence_of_others_is_kept_as_it_is_and_once(run: Any, root: Path) -> None:
    assert run(*ONE, cwd=root).code == 0
    ledger = Ledger.open(root / "evidence" / "ledger")
    (entry,) = ledger.unsealed()
    other = entry.replace(b'","payload"', b'", "payload"')
    (root / "theirs.intoto.jsonl").write_bytes(entry + b"\n" + other + b"\n")
    for _ in range(2):
        assert run("evidence", "import", "dsse", "theirs.intoto.jsonl", cwd=root).code == 0
    assert list(ledger.unsealed()) == [entry, other]


def test_a_trial_writes_nothing(run: Any, root: Path) -> None:
    (root / "out.xml").write_text(SUITE.format(more=""))
    told = run("evidence", "import", "junit", "out.xml", "--map", "map.yaml", "--dry-run", cwd=root)
    assert told.stdout.startswith("would import  suite[0]: CTL-08 passed\n")
    assert predicates(root) == []


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("xunit", "out.xml", "--map", "map.yaml"), 2, "there is no format xunit"),
        (("junit", "out.xml"), 2, "needs a mapping"),
        (("dsse", "out.xml", "--map", "map.yaml"), 2, "says itself what it is about"),
        (("sarif", "out.xml", "--map", "map.yaml"), 10, "out.xml is not imported"),
        (("junit", "missing.xml", "--map", "map.yaml"), 2, "missing.xml cannot be read"),
        (("junit", "out.xml", "--map", "policies/guard.yaml"), 3, "is not valid"),
    ],
)
def test_imports_that_are_refused(arguments: tuple[str, ...], code: int, said: str, run: Any, root: Path) -> None:
    (root / "out.xml").write_text(SUITE.format(more=""))
    told = run("evidence", "import", *arguments, cwd=root)
    assert (told.code, told.stdout) == (code, "")
    assert said in told.stderr
