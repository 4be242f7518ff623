"""Writes the worked example's ledgers into evidence/: 3,879 signed receipts of three months.

    python -m tools.make_ledger [FOLDER]

Fernlough Health is invented, and so is every receipt. The keys are made from their names and prove nothing to anybody:
each is called a test key, and whoever has this file has all of them. No private key is written. There is no clock and
no chance in it: the same bytes come out every time. Receipts hold the digest of their control's file, so the ledgers
are made again when one of those changes.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from aimsctl.evidence.controls import Controls
from aimsctl.evidence.envelope import sign
from aimsctl.evidence.keys import PrivateKey, from_seed
from aimsctl.evidence.ledger import Ledger
from aimsctl.evidence.notes import WITNESS, cosign, verifier
from aimsctl.evidence.policy import write_policy
from aimsctl.evidence.statement import new_id, subject_of, write_statement
from aimsctl.evidence.trustfile import EMPTY, with_key
from tools.ledger_story import BLIND, DAY, DAYS, IN, LAST, NAMES, VN, Run, at, counted, live, runs, text

ROOT: Final = Path(__file__).resolve().parent.parent
ORIGIN: Final = "fernlough.example/ledger/"
LEDGERS: Final = ("prod", "build")
WITNESS_NAME: Final = "fernlough.example/test-witness/internal-audit"


@dataclass(frozen=True)
class Signer:
    """An executor or, for CTL-02, a collector: its key, what it may attest, and the ledger it writes to."""

    name: str
    kind: str
    controls: tuple[str, ...]
    ledger: str = "prod"
    collects: bool = False

    @property
    def key_name(self) -> str:
        """The name of its key, which says what it is."""
        return f"test-key-{self.name}"

    @property
    def environment(self) -> str:
        """Where it runs."""
        return "production" if self.ledger == "prod" else "build"


SIGNERS: Final = {
    signer.name: signer
    for signer in (
        Signer("red-flag-floor", "guardrail", ("CTL-01",)),
        Signer("ehr-import", "human", ("CTL-02",), collects=True),
        Signer("review-desk", "human", ("CTL-03", "CTL-10")),
        Signer("release-gate", "evalHarness", ("CTL-04", "CTL-05"), "build"),
        Signer("drift", "monitor", ("CTL-06",)),
        Signer("consent", "policyEngine", ("CTL-07",)),
        Signer("grounding", "guardrail", ("CTL-08",)),
        Signer("regrounding", "evalHarness", ("CTL-08",), "build"),
        Signer("sign-off", "policyEngine", ("CTL-09",)),
        Signer("prompt-filter", "guardrail", ("CTL-11",)),
        Signer("merge-approval", "ci", ("CTL-12",), "build"),
        Signer("data-limits", "monitor", ("CTL-13",)),
        Signer("log-chain", "monitor", ("CTL-14",)),
    )
}


def test_key(name: str) -> PrivateKey:
    """The key of that name. Anybody can make it, so nothing it signs is evidence outside this example."""
    return from_seed(hashlib.sha256(f"aimsctl worked example, TEST KEY, not secret: {name}".encode()).digest())


def executor(run: Run) -> dict[str, str]:
    """Who ran it; people stand there by their pseudonym."""
    kind = SIGNERS[run.signer].kind
    if kind == "human":
        name = run.person or "customer-nurses"
        return {"type": kind, "id": f"urn:fernlough:{'reviewer' if run.person else 'role'}:{name}", "name": name}
    found = {"type": kind, "id": f"https://fernlough.example/{run.signer}", "name": run.signer}
    versions = {"red-flag-floor": "3.2", "grounding": "1.8.1" if run.finished >= BLIND[1] else "1.8.0"}
    return {**found, "version": versions[run.signer]} if run.signer in versions else found


def model(run: Run) -> dict[str, Any]:
    """The version that was live, or the candidate, with its digest as the AI system's artefact has it."""
    name, version = NAMES[run.system], run.version or live(run.system, run.finished)
    digest = hashlib.sha256(f"fernlough:{name}:{version}".encode()).hexdigest()
    return {"name": name, "version": version, "digest": {"sha256": digest}}


def receipt(run: Run, sequence: int, controls: Controls) -> bytes:
    """Its signed envelope. Signer and number in the sequence stand where others draw the rest of the id by chance."""
    kind, _, target = run.target.partition(":")
    fields = {**run.fields}
    salt = list(SIGNERS).index(run.signer)
    predicate = {
        "id": new_id(run.finished, (salt << 68 | sequence << 8).to_bytes),
        "sequence": sequence,
        "control": controls(run.control),
        "aiSystem": {"id": run.system, "environment": SIGNERS[run.signer].environment},
        "model": model(run),
        "executor": executor(run),
        "attestedBy": "collector" if SIGNERS[run.signer].collects else "executor",
        "target": {"kind": kind, "id": target, **fields.pop("target", {})},
        "result": run.result,
        **fields,
        "startedOn": text(run.started or run.finished),
        "finishedOn": text(run.finished),
    }
    return sign(write_statement(predicate, subject_of(predicate)), [test_key(SIGNERS[run.signer].key_name)])


def receipts() -> list[tuple[str, datetime, bytes]]:
    """The receipts in order: the ledger, when the run ended, the envelope."""
    controls = Controls.of(ROOT)
    numbers: dict[str, int] = {}
    found = []
    for run in runs():
        who = executor(run)["id"]
        numbers[who] = numbers.get(who, 0) + 1
        found.append((SIGNERS[run.signer].ledger, run.finished, receipt(run, numbers[who], controls)))
    return found


def write_ledger(folder: Path, name: str, entries: list[tuple[datetime, bytes]]) -> None:
    """One ledger, sealed every night; the auditor cosigns the checkpoint of each Monday, and the last."""
    signer, witness = test_key(f"test-log-{name}"), test_key(WITNESS_NAME)
    ledger = Ledger.create(folder, ORIGIN + name, signer)
    done = datetime.min.replace(tzinfo=UTC)
    for seal in (at(day + DAY, 0, 15) for day in DAYS):
        ledger.append([entry for finished, entry in entries if done <= finished < seal])
        if ledger.seal(signer).size and (seal.isoweekday() == 1 or seal.date() > LAST):
            note, checkpoint = ledger.checkpoint()
            seconds = int((seal + timedelta(hours=8, minutes=45)).timestamp())
            ledger.add_signatures(note.text, checkpoint.size, [cosign(note.text, WITNESS_NAME, witness, seconds)])
        done = seal
    ledger.close()
    (folder / "checkpoints" / "0").unlink()
    for rest in ("wal", "lock", ".drafts"):
        found = folder / rest
        shutil.rmtree(found) if found.is_dir() else found.unlink(missing_ok=True)


def trust() -> dict[str, bytes]:
    """The files that say who may attest what."""
    files: dict[str, bytes] = {}
    warned = EMPTY.replace("# Who", "# Test keys of an invented company: they prove nothing to anybody.\n# Who", 1)
    content = warned.encode()
    for signer in SIGNERS.values():
        public = test_key(signer.key_name).public
        files[path := f"keys/{signer.key_name}.pem"] = public.pem()
        allow = {
            "executorTypes": [signer.kind],
            "attestedBy": ["collector" if signer.collects else "executor"],
            "controls": [*signer.controls],
            "ledgers": [ORIGIN + signer.ledger],
        }
        row = {"keyid": public.keyid, "algorithm": public.algorithm, "file": path, "name": signer.key_name}
        content = with_key(content, "trust.yaml", {**row, "allow": allow})
    logs = [verifier(ORIGIN + name, test_key(f"test-log-{name}").public) for name in LEDGERS]
    witness = verifier(WITNESS_NAME, test_key(WITNESS_NAME).public, WITNESS)
    policy = "# Test keys of an invented company.\n" + write_policy(logs, {WITNESS_NAME: witness}, "all")
    return {**files, "trust.yaml": content, "logs.tlogpolicy": policy.encode()}


def counts() -> str:
    """What the gateway counted by day, apart from the guards."""
    rows = [f"{system},{day},{counted(system, day)}" for system in (IN, VN) for day in DAYS]
    return "\n".join(["ai_system,date,count", *rows]) + "\n"


def write(folder: Path) -> None:
    """Everything but the README, in place of what was there."""
    for name in (*LEDGERS, "keys", "counts"):
        shutil.rmtree(folder / name, ignore_errors=True)
    files = {**trust(), "counts/otlp-chat.csv": counts().encode()}
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    made = receipts()
    for name in LEDGERS:
        write_ledger(folder / name, name, [(finished, entry) for ledger, finished, entry in made if ledger == name])


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "evidence")
