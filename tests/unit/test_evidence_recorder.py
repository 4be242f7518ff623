"""The Recorder: what an application leaves behind, from threads, forks and failures, and that it never breaks."""

from __future__ import annotations

import asyncio
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from aimsctl.errors import AimsError
from aimsctl.evidence import Recorder
from aimsctl.evidence.envelope import read_envelope, verified_by
from aimsctl.evidence.keys import from_seed, write_private
from aimsctl.evidence.problems import LedgerError, MalformedError
from aimsctl.evidence.statement import Statement, read_statement

KEY = from_seed(b"\x12" * 32)
EXECUTOR = {"type": "guardrail", "id": "https://notes.example/guards/grounding", "name": "grounding"}


class Kept:
    """A ledger in memory that can be told to fail."""

    origin = "notes.example/ledger/prod"

    def __init__(self) -> None:
        self.entries: list[bytes] = []
        self.batches: list[int] = []
        self.failure: Exception | None = None

    def append(self, envelopes: Sequence[bytes]) -> None:
        if self.failure is not None:
            raise self.failure
        self.entries += envelopes
        self.batches.append(len(envelopes))

    @property
    def statements(self) -> list[Statement]:
        envelopes = [read_envelope(entry) for entry in self.entries]
        assert all(verified_by(one, {KEY.public.keyid: KEY.public})[0] for one in envelopes)
        return [read_statement(one.payload) for one in envelopes]


class Clock:
    """One second later at each look."""

    def __init__(self) -> None:
        self.now = datetime(2026, 10, 31, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


def recorder(ledger: Any, **settings: Any) -> Recorder:
    return Recorder(
        **{"ledger": ledger, "key": KEY, "system": "AI-VISIT-NOTES", "executor": EXECUTOR, "clock": Clock(), **settings}
    )


@pytest.fixture
def kept() -> Kept:
    return Kept()


def test_a_block_is_a_run(kept: Kept) -> None:
    with recorder(kept, model="notes@4.2.0") as ours, ours.running("CTL-08", target="output:draft-1") as run:
        run.set(verdict="modify", action="modify")
        run.score("struck", 2, "<=", 5)
        run.evidence("trace.json", b"{}", "application/json")
        run.content("the patient is well")
    statement = kept.statements[0]
    assert statement.predicate["id"] == run.receipt_id
    assert statement.predicate["ledger"] == "notes.example/ledger/prod"
    assert statement.predicate["result"] == "passed"
    assert statement.predicate["scores"] == [{"name": "struck", "value": 2, "comparator": "<=", "threshold": 5}]
    assert statement.text("startedOn") < statement.text("finishedOn")
    assert b"patient" not in kept.entries[0]


def test_what_the_block_raises_is_an_error_and_goes_on(kept: Kept) -> None:
    ours = recorder(kept)
    with pytest.raises(ZeroDivisionError), ours.running("CTL-08", target="output:draft-1"):
        _ = 1 / 0
    ours.close()
    assert [one.text("result") for one in kept.statements] == ["error"]


def test_each_call_of_a_decorated_function_is_a_run(kept: Kept) -> None:
    ours = recorder(kept)

    @ours.controlled(
        "CTL-08",
        target=lambda draft: f"output:{draft}",
        outcome=lambda struck: {"verdict": "modify" if struck else "allow"},
    )
    def guard(draft: str) -> int:
        """Strikes out."""
        if draft == "broken":
            raise ValueError(draft)
        return len(draft) - 1

    assert guard.__doc__ == "Strikes out."
    assert [guard("a"), guard("abc")] == [0, 2]
    with pytest.raises(ValueError, match="broken"):
        guard("broken")
    ours.close()
    rows = [(one.text("target", "id"), one.text("result"), one.text("verdict")) for one in kept.statements]
    assert rows == [("a", "passed", "allow"), ("abc", "passed", "modify"), ("broken", "error", "")]


def test_coroutines_are_runs_too(kept: Kept) -> None:
    ours = recorder(kept)

    @ours.controlled("CTL-08", target="period:2026-10-31")
    async def guard() -> str:
        await asyncio.sleep(0)
        return "seen"

    assert asyncio.run(guard()) == "seen"
    ours.close()
    assert [one.text("result") for one in kept.statements] == ["passed"]


def test_an_outcome_that_cannot_be_told_is_no_pass(kept: Kept, caplog: pytest.LogCaptureFixture) -> None:
    ours = recorder(kept)
    guard = ours.controlled("CTL-08", target="output:a", outcome=lambda _: {"verdict": {}["missing"]})(lambda: "out")
    assert guard() == "out"
    ours.close()
    assert [one.text("result") for one in kept.statements] == ["error"]
    assert ours.lost == 0
    assert "lacks something" in caplog.text


@pytest.mark.parametrize(
    "settings",
    [
        {"ledger": "/nonexistent/ledger"},
        {"key": "/nonexistent/key.pem"},
        {"key": None},
        {"executor": {"type": "robot"}},
        {"model": "no-version"},
        {"controls": "/nonexistent"},
        {"clock": lambda: None},
    ],
)
def test_no_failure_of_recording_reaches_the_caller(
    settings: dict[str, Any], kept: Kept, caplog: pytest.LogCaptureFixture
) -> None:
    ours = recorder(**{"ledger": kept, **settings}) if "clock" not in settings else recorder(kept, **settings)
    assert ours.record("CTL-08", target="output:a") is None
    ours.close()
    assert (ours.lost, ours.recorded, kept.entries) == (1, 0, [])
    assert "a receipt is lost" in caplog.text


def test_a_strict_recorder_says_what_went_wrong_before_anything_runs() -> None:
    with pytest.raises(AimsError, match="cannot be read"):
        recorder(Kept(), key="/nonexistent/key.pem", strict=True)


def test_a_strict_recorder_has_written_when_it_returns_and_raises_when_it_could_not(kept: Kept) -> None:
    ours = recorder(kept, strict=True)
    assert ours.record("CTL-08", target="output:a") == kept.statements[0].text("id")
    with pytest.raises(MalformedError, match="result must be one of"):
        ours.record("CTL-08", target="output:a", result="fine")
    kept.failure = LedgerError("the disk is full")
    with pytest.raises(LedgerError, match="disk is full"):
        ours.record("CTL-08", target="output:a")


def test_what_is_refused_leaves_no_hole_and_what_is_lost_does(kept: Kept) -> None:
    ours = recorder(kept)
    ours.record("CTL-08", target="output:a")
    ours.record("CTL-08", target="output:a", prompt="Anna Smith")
    ours.record("CTL-08", target="output:b")
    ours.close()
    assert [one.predicate["sequence"] for one in kept.statements] == [1, 2]
    assert ours.lost == 1


def test_a_ledger_that_comes_back_gets_all_that_waited(kept: Kept, caplog: pytest.LogCaptureFixture) -> None:
    kept.failure = LedgerError("the ledger is locked by another process")
    ours = recorder(kept, interval=0.01)
    for number in range(5):
        ours.record("CTL-08", target=f"output:{number}")
    deadline = time.monotonic() + 10
    while "receipts wait" not in caplog.text and time.monotonic() < deadline:
        time.sleep(0.01)
    kept.failure = None
    ours.flush()
    assert [one.text("target", "id") for one in kept.statements] == list("01234")
    assert ours.lost == 0
    ours.close()


def test_a_ledger_that_never_comes_back_costs_receipts_that_are_counted(
    kept: Kept, caplog: pytest.LogCaptureFixture
) -> None:
    kept.failure = LedgerError("the disk is full")
    ours = recorder(kept, most=3, interval=0.01)
    taken = [ours.record("CTL-08", target=f"output:{number}") for number in range(5)]
    assert [one is not None for one in taken] == [True, True, True, False, False]
    ours.close()
    assert ours.lost == 5
    assert "the disk is full" in caplog.text


def test_one_receipt_that_the_ledger_refuses_does_not_hold_up_the_others(kept: Kept) -> None:
    ours = recorder(kept, interval=5)
    for number in range(3):
        ours.record("CTL-08", target=f"output:{number}")
    entries: list[bytes] = []
    refuse_second = iter([True, False, True, False])

    def append(envelopes: Sequence[bytes]) -> None:
        if next(refuse_second):
            raise MalformedError("not this one")
        entries.extend(envelopes)

    kept.append = append  # type: ignore[method-assign]
    ours.close()
    assert (len(entries), ours.lost) == (2, 1)


def test_batches(kept: Kept) -> None:
    ours = recorder(kept, interval=30, batch=10)
    for number in range(25):
        ours.record("CTL-08", target=f"output:{number}")
    ours.close()
    assert sum(kept.batches) == 25
    assert max(kept.batches) == 10


def test_what_comes_while_a_batch_is_written_waits_for_the_next(kept: Kept) -> None:
    """Else a quick caller would make the disk wait for each few receipts."""
    ours = recorder(kept, interval=30, batch=10)
    append = kept.append

    def while_writing(envelopes: Sequence[bytes]) -> None:
        append(envelopes)
        if len(kept.batches) == 1:
            ours.record("CTL-08", target="output:late")

    kept.append = while_writing  # type: ignore[method-assign]
    for number in range(3):
        ours.record("CTL-08", target=f"output:{number}")
    ours.flush()
    assert kept.batches == [3]
    ours.close()
    assert kept.batches == [3, 1]


def test_threads_lose_nothing_and_share_one_sequence(kept: Kept) -> None:
    ours = recorder(kept, interval=0.001, batch=7)

    def work(name: int) -> None:
        for number in range(50):
            with ours.running("CTL-08", target=f"output:{name}/{number}"):
                pass

    threads = [threading.Thread(target=work, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ours.close()
    assert sorted(one.predicate["sequence"] for one in kept.statements) == list(range(1, 401))
    assert len({one.text("target", "id") for one in kept.statements}) == 400
    assert (ours.recorded, ours.lost) == (400, 0)


def test_threads_that_record_while_others_flush_and_close_lose_nothing(kept: Kept) -> None:
    ours = recorder(kept, interval=0.001, batch=3)
    done = threading.Event()

    def work(name: int) -> None:
        for number in range(100):
            ours.record("CTL-08", target=f"output:{name}/{number}")

    def disturb() -> None:
        while not done.is_set():
            ours.flush()
            ours.close()

    disturber = threading.Thread(target=disturb)
    threads = [threading.Thread(target=work, args=(name,)) for name in range(4)]
    for thread in (disturber, *threads):
        thread.start()
    for thread in threads:
        thread.join()
    done.set()
    disturber.join()
    ours.close()
    assert sorted(one.predicate["sequence"] for one in kept.statements) == list(range(1, 401))
    assert (ours.recorded, ours.lost) == (400, 0)


def test_a_recorder_can_be_used_again_after_it_was_closed(kept: Kept) -> None:
    ours = recorder(kept)
    ours.record("CTL-08", target="output:a")
    ours.close()
    ours.record("CTL-08", target="output:b")
    ours.close()
    assert [one.predicate["sequence"] for one in kept.statements] == [1, 2]


def test_it_takes_the_key_from_the_environment(kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_private(tmp_path / "key.pem", KEY)
    for value in (KEY.pem().decode(), str(tmp_path / "key.pem")):
        monkeypatch.setenv("AIMSCTL_KEY", value)
        assert recorder(kept, key=None, strict=True).record("CTL-08", target="output:a")
    assert len(kept.statements) == 2


def test_the_control_is_named_as_it_stands_in_the_workspace(kept: Kept, workspace: Any) -> None:
    text = "kind: control\nid: CTL-08\ntitle: Guard\nstatus: draft\nfulfils: [A.6.2.6, '8.1']\n"
    made = workspace({"policies/deep/guard.yaml": text, "policies/other.yaml": "kind: control\nid: CTL-088\n"})
    ours = recorder(kept, controls=made.root)
    ours.record("CTL-08", target="output:a")
    ours.close()
    control = kept.statements[0].predicate["control"]
    assert (control["path"], control["annexA"]) == ("policies/deep/guard.yaml", ["A.6.2.6"])
    assert ours.record("CTL-09", target="output:a") is None


FORKED = """
import os, sys
sys.path.insert(0, {tests!r})
from aimsctl.evidence import Recorder
from aimsctl.evidence.keys import from_seed

class Appends:
    origin = "notes.example/ledger/prod"
    def append(self, envelopes):
        with open("entries", "ab", buffering=0) as stream:
            stream.write(b"".join(one + b"\\n" for one in envelopes))

recorder = Recorder(Appends(), key=from_seed(b"\\x12" * 32), system="S", interval=30,
                    executor={{"type": "guardrail", "id": "x:y", "name": "g"}})
recorder.record("CTL-08", target="output:before")
"""
BY_FORK = """
child = os.fork()
recorder.record("CTL-08", target="output:" + ("parent" if child else "child"))
if child:
    os.waitpid(child, 0)
sys.exit(0)
"""
BY_MULTIPROCESSING = """
import multiprocessing
def work():
    recorder.record("CTL-08", target="output:child")
process = multiprocessing.get_context("fork").Process(target=work)
process.start()
process.join()
recorder.record("CTL-08", target="output:parent")
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.parametrize("how", [BY_FORK, BY_MULTIPROCESSING])
def test_a_forked_child_goes_on_with_a_run_of_its_own(how: str, tmp_path: Path) -> None:
    script = FORKED.format(tests=str(tmp_path)) + how
    subprocess.run([sys.executable, "-c", script], cwd=tmp_path, check=True, timeout=60)
    entries = (tmp_path / "entries").read_bytes().splitlines()
    statements = [read_statement(read_envelope(entry).payload) for entry in entries]
    rows = {one.text("target", "id"): (one.text("executor", "run"), one.predicate["sequence"]) for one in statements}
    assert len(entries) == len(rows) == 3
    assert rows["before"][0] == rows["parent"][0] != rows["child"][0]
    assert (rows["before"][1], rows["parent"][1], rows["child"][1]) == (1, 2, 1)


def test_what_waits_is_written_when_the_program_ends(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-c", FORKED.format(tests=str(tmp_path)) + "raise SystemExit(3)"],
        cwd=tmp_path,
        check=False,
        timeout=60,
    )
    assert len((tmp_path / "entries").read_bytes().splitlines()) == 1


def test_nothing_confidential_is_logged(kept: Kept, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    ours = recorder(kept, secret=b"s3cret-value")
    ours.record("CTL-08", target="output:a", content="Anna Smith", result="Anna Smith")
    ours.record("CTL-08", target="output:a", content="Anna Smith", note="Anna Smith")
    ours.close()
    assert ours.lost == 2
    assert "Anna" not in caplog.text
    assert "s3cret" not in caplog.text
    assert "s3cret" not in repr(vars(ours)["_notary"])
