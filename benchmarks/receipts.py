"""Makes receipts in one of several ways and prints the seconds that took, without the start of the process. A script.

    python benchmarks/receipts.py ours|lines|floor|glacis FOLDER COUNT

`floor` is the least that any receipt costs: the statement as JSON, the bytes to sign, the signature, the envelope.
`ours` is the Recorder with a ledger on disk, until everything is on it; `lines` is `aimsctl evidence record --stdin`.
`glacis` is the registry's package, offline, with its own store.
"""

from __future__ import annotations

import base64
import importlib
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aimsctl.evidence.envelope import pae
from aimsctl.evidence.keys import from_seed, write_private
from aimsctl.evidence.ledger import Ledger

KEY = from_seed(b"\x12" * 32)
SYSTEM = {"id": "AI-VISIT-NOTES", "environment": "production"}
EXECUTOR = {
    "type": "guardrail",
    "id": "https://notes.example/guards/grounding",
    "name": "grounding",
    "version": "1.8.1",
}
CONTROL = {"annexA": ["A.6.2.6"], "path": "policies/controls/ctl-08.yaml", "digest": {"sha256": "ed" * 32}}
MODEL = {"name": "visit-notes-llm", "version": "4.2.0", "digest": {"sha256": "81" * 32}}
FIELDS: dict[str, Any] = {
    "result": "passed",
    "verdict": "modify",
    "action": "modify",
    "policy": {"id": "pii-policy", "rule": "rule-pii-email"},
    "scores": [{"name": "struck", "value": 2, "comparator": "<=", "threshold": 5}],
}


def target(number: int) -> dict[str, str]:
    """An output, as a receipt names it."""
    return {"kind": "output", "subtype": "llm", "id": f"chatcmpl-{number}", "traceId": f"{number:032x}"}


def floor(_: Path, count: int) -> float:
    """Only what no receipt can do without."""
    predicate: dict[str, Any] = {
        "id": "019aafd2-6c00-7a10-8000-000000000002", "sequence": 1, "ledger": "notes.example/ledger/prod",
        "control": {"id": "CTL-08", **CONTROL}, "aiSystem": SYSTEM, "model": MODEL, "executor": EXECUTOR,
        "attestedBy": "executor", "target": target(1), **FIELDS, "startedOn": "2026-11-22T10:14:02.310Z",
        "finishedOn": "2026-11-22T10:14:02.317Z",
    }  # fmt: skip
    statement = {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": "output/chatcmpl-1", "digest": {"sha256": "aa" * 32}}],
        "predicateType": "urn:aimsctl:attestation:control-execution:v0.1",
        "predicate": predicate,
    }
    kind = "application/vnd.in-toto+json"
    began = time.perf_counter()
    for _number in range(count):
        payload = json.dumps(statement, separators=(",", ":"), ensure_ascii=False).encode()
        signature = base64.b64encode(KEY.handle.sign(pae(kind, payload))).decode()  # type: ignore[call-arg]
        signatures = [{"keyid": KEY.public.keyid, "sig": signature}]
        envelope = {"payloadType": kind, "payload": base64.b64encode(payload).decode(), "signatures": signatures}
        json.dumps(envelope, separators=(",", ":")).encode()
    return time.perf_counter() - began


def ours(folder: Path, count: int) -> float:
    """Our Recorder; the last receipt is on the disk when the time ends."""
    from aimsctl.evidence import Recorder  # noqa: PLC0415 - each way loads its own

    ledger = Ledger.create(folder, "notes.example/ledger/prod", from_seed(b"\x21" * 32))
    recorder = Recorder(
        ledger, key=KEY, system=SYSTEM, executor=EXECUTOR, model=MODEL, controls={"CTL-08": CONTROL}, most=count + 1
    )
    began = time.perf_counter()
    for number in range(count):
        recorder.record("CTL-08", target=target(number), **FIELDS)
    recorder.close()
    took = time.perf_counter() - began
    if sum(1 for _ in ledger.unsealed()) != count:
        raise RuntimeError("receipts are missing")
    return took


def lines(folder: Path, count: int) -> float:
    """The command that reads lines, with its start."""
    (folder / "policies").mkdir(parents=True)
    (folder / "policies" / "a.yaml").write_text("kind: control\nid: CTL-08\ntitle: Guard\nstatus: draft\n")
    (folder / "aimsctl.yaml").write_text("schema: 1\norganisation: Fernlough\n")
    write_private(folder / "key.pem", KEY)
    Ledger.create(folder / "evidence" / "ledger", "notes.example/ledger/prod", from_seed(b"\x21" * 32))
    same = {"aiSystem": SYSTEM, "executor": EXECUTOR, "model": MODEL, "control": "CTL-08", **FIELDS}
    text = "".join(json.dumps({**same, "target": target(number)}) + "\n" for number in range(count))
    command = [sys.executable, "-m", "aimsctl", "-q", "evidence", "record", "--stdin", "--key", "key.pem"]
    began = time.perf_counter()
    subprocess.run(command, cwd=folder, input=text.encode(), check=True)
    return time.perf_counter() - began


def glacis(folder: Path, count: int) -> float:
    """The package of that name, as its documentation uses it offline."""
    folder.mkdir(parents=True)
    peer = importlib.import_module("glacis").Glacis(
        mode="offline", signing_seed=b"\x12" * 32, db_path=folder / "glacis.db"
    )
    results = {"determination": {"action": "forwarded", "trigger": None, "confidence": 1.0}}
    began = time.perf_counter()
    for number in range(count):
        peer.attest(
            "visit-notes", "completion", {"id": f"chatcmpl-{number}"}, {"struck": 2}, control_plane_results=results
        )
    return time.perf_counter() - began


WAYS: dict[str, Callable[[Path, int], float]] = {"ours": ours, "lines": lines, "floor": floor, "glacis": glacis}


def main() -> int:
    """Prints the seconds."""
    way, folder, count = sys.argv[1:]
    print(WAYS[way](Path(folder), int(count)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
