"""The ledger beside what it cannot do without: signing, hashing and verifying alone, on the same machine in one run."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from aimsctl.evidence import envelope, keys, tiles
from aimsctl.evidence.ledger import Ledger
from aimsctl.evidence.merkle import leaf_hash
from aimsctl.evidence.statement import subject_of, write_statement
from aimsctl.evidence.trust import NOBODY, Grant, Trust, read_trust
from aimsctl.evidence.verify import open_sealed, verify_ledger
from benchmarks.table import Row

ROOT = Path(__file__).resolve().parent.parent
ORIGIN = "aims.example.com/ledger/benchmark"
LOG, GUARDRAIL = keys.from_seed(b"\x21" * 32), keys.from_seed(b"\x12" * 32)
ROUNDS = 3
BATCH = 1000
DIGEST = {"sha256": "3c9ab451bba578bf818cb30e933a5d92b760e87eeb7f5fb320e55313425f4751"}


def predicate(number: int) -> dict[str, Any]:
    """A guardrail's run as it is recorded thousands of times a day."""
    return {
        "id": f"019aafd2-6c00-7a10-8000-{number:012d}",
        "sequence": number,
        "control": {"id": "OPS-07", "annexA": ["A.6.2.6"], "path": "controls/OPS-07.yaml", "digest": DIGEST},
        "aiSystem": {"id": "claims-triage", "environment": "production"},
        "model": {"name": "claims-llm", "version": "2026.10.2", "digest": DIGEST},
        "executor": {"type": "guardrail", "id": "https://claims.example.com/guardrails/pii", "name": "pii-output"},
        "attestedBy": "executor",
        "target": {"kind": "output", "id": f"chatcmpl-{number}"},
        "result": "passed",
        "verdict": "modify",
        "action": "modify",
        "startedOn": "2026-11-22T10:14:02.310Z",
        "finishedOn": "2026-11-22T10:14:02.317Z",
    }


def receipts(count: int) -> list[bytes]:
    """Signed receipts."""
    made = []
    for number in range(count):
        said = predicate(number)
        made.append(envelope.sign(write_statement(said, subject_of(said)), [GUARDRAIL]))
    return made


def padding(count: int) -> Iterator[list[bytes]]:
    """Entries of the size of a receipt that nobody signed, a thousand at a time, for what does not look inside."""
    for start in range(0, count, 1000):
        yield [b'{"number":%010d,"padding":"%s"}' % (number, b"x" * 1360) for number in range(start, start + 1000)]


def seconds(work: Callable[[], object]) -> float:
    """How long it took."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def signatures_alone(folder: Path) -> tuple[int, float]:
    """How many receipts the ledgers in the folder hold, and how long their signatures alone take to verify."""
    known = read_trust(lambda path: (folder / path).read_bytes(), "trust.yaml", "benchmark", self_asserted=True).keys
    envelopes = []
    for place in sorted(path.parent for path in folder.glob("*/ledger.yaml")):
        for index, width in tiles.widths(Ledger.open(place).checkpoint()[1].size, 0):
            envelopes += [envelope.read_envelope(entry) for entry in tiles.read_bundle(place, index, width)]

    def verify() -> None:
        for one in envelopes:
            envelope.verified_by(one, known)

    return len(envelopes), min(seconds(verify) for _ in range(ROUNDS))


def evidence(count: int, large: int, folder: Path) -> Iterator[Row]:
    """Recording, sealing and verifying `count` receipts, and the tree of a `large` ledger."""
    yield _appending(count, folder)
    yield _sealing(large, folder)
    yield from _tree(large, folder)
    yield _verifying(count, folder)


def _appending(count: int, folder: Path) -> Row:
    payloads = [write_statement(said := predicate(number), subject_of(said)) for number in range(count)]
    ledger = Ledger.create(folder / "append", ORIGIN, LOG)

    def made(start: int) -> list[bytes]:
        return [envelope.sign(payload, [GUARDRAIL]) for payload in payloads[start : start + BATCH]]

    def append() -> None:
        for start in range(0, count, BATCH):
            ledger.append(made(start))

    floor = min(seconds(lambda: [made(start) for start in range(0, count, BATCH)]) for _ in range(ROUNDS))
    ours = min(seconds(append) for _ in range(ROUNDS))
    beside = f"only sign and encode: {count / floor:,.0f} a second"
    work = f"signed receipts appended, {BATCH} at a time, each time on disk"
    return Row(work, f"{count / ours:,.0f} a second", beside, ours / floor, " times its time", "at most", 1.5)


def _sealing(count: int, folder: Path) -> Row:
    ledger = Ledger.create(folder / "large", ORIGIN, LOG)
    for batch in padding(count):
        ledger.append(batch)
    rate = count / seconds(lambda: ledger.seal(LOG))
    return Row(
        f"`evidence seal`, {count:,} entries of 1.4 kB",
        f"{rate:,.0f} a second",
        "",
        rate,
        " a second",
        "at least",
        200_000,
    )


def _tree(count: int, folder: Path) -> Iterator[Row]:
    (whole, memory), (hashing, _) = (_alone(folder / "large", what) for what in ("tree", "hash"))
    work = f"root of {count:,} entries re-derived from disk"
    beside = f"reading and hashing them: {hashing:.2f} s"
    yield Row(work, f"{whole:.2f} s", beside, whole / hashing, " times its time", "at most", 2)
    yield Row("the same", f"{memory:.0f} MB", "", memory, " MB", "at most", 64)


def _verifying(count: int, folder: Path) -> Row:
    entries = receipts(count)
    ledger = Ledger.create(folder / "verify", ORIGIN, LOG)
    ledger.append(entries)
    ledger.seal(LOG)
    keyid = GUARDRAIL.public.keyid
    trust = Trust({keyid: GUARDRAIL.public}, {keyid: (Grant("guardrail", {"executorTypes": ("guardrail",)}),)})
    read = [envelope.read_envelope(entry) for entry in entries]
    signed = [(one.signatures[0].value, envelope.pae(one.payload_type, one.payload)) for one in read]
    cores = len(os.sched_getaffinity(0))

    def raw(part: int) -> None:
        for signature, message in signed[part::cores]:
            GUARDRAIL.public.verifies(signature, message)

    def alone() -> None:
        with ThreadPoolExecutor(cores) as pool:
            list(pool.map(raw, range(cores)))

    def whole() -> None:
        if verify_ledger(ledger, trust).verified != count:
            raise RuntimeError("the ledger of the benchmark does not verify")

    taken = [(seconds(alone), seconds(whole)) for _ in range(ROUNDS)]
    floor, ours = min(one for one, _ in taken), min(one for _, one in taken)
    beside = f"Ed25519 alone on {cores} cores: {count / floor:,.0f} a second"
    return Row(
        "`evidence verify`", f"{count / ours:,.0f} a second", beside, floor / ours, " of its rate", "at least", 0.8
    )


def _alone(folder: Path, what: str) -> tuple[float, float]:
    """Seconds and peak megabytes of the work in a process of its own, as it measures them itself.

    What the system tells of a finished process includes the memory of the one that started it.
    """
    command = (sys.executable, "-m", "benchmarks.evidence", str(folder), what)
    told = json.loads(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)
    return told["seconds"], told["megabytes"]


def main(folder: Path, what: str) -> None:
    """One measurement: the whole tree verified, or its entries only read and hashed."""
    ledger = Ledger.open(folder)

    def tree() -> None:
        sealed = open_sealed(ledger, NOBODY).tree
        for _, found in sealed.bundles(0, sealed.size):
            if not isinstance(found, list):
                raise found

    def hashes() -> None:
        for index, width in tiles.widths(ledger.checkpoint()[1].size, 0):
            for entry in tiles.read_bundle(folder, index, width):
                leaf_hash(entry)

    taken = seconds(tree if what == "tree" else hashes)
    status = Path("/proc/self/status")
    peak = re.search(r"VmHWM:\s+(\d+) kB", status.read_text() if status.exists() else "")
    print(json.dumps({"seconds": taken, "megabytes": int(peak[1]) / 1024 if peak else 0}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
