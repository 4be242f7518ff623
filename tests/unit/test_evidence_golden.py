<<<<<<< HEAD
"""The golden set: one ledger of three receipts, made again here byte for byte, and the set others made before us."""

from __future__ import annotations

import base64
import json
from hashlib import sha256
from pathlib import Path

from aimsctl.evidence import envelope, merkle, notes
from aimsctl.evidence.ledger import Ledger
from aimsctl.evidence.proofs import proof_of
from aimsctl.evidence.statement import CONTROL_EXECUTION, STATEMENT_TYPE, read_statement
from aimsctl.evidence.strict import compact
from aimsctl.evidence.verify import open_sealed
from tests.unit.evidence_ledgers import CI, GUARDRAIL, HUMAN, LOG, ORIGIN, WITNESS, trusting

DATA = Path(__file__).resolve().parent.parent / "data" / "evidence"
AUDITOR = "auditor.example.org/witness"
SEEN = 1_795_343_100
SIGNERS = (CI, GUARDRAIL, HUMAN)


def golden(folder: Path) -> Path:
    """The set, made in the folder: the ledger, the cosigned proof of its last receipt, and the keys."""
    statements = json.loads((DATA / "golden" / "statements.json").read_text(encoding="utf-8"))
    ledger = Ledger.create(folder / "ledger", ORIGIN, LOG)
    for said, signer in zip(statements, SIGNERS, strict=True):
        ledger.append([envelope.sign(compact(said), [signer])])
    ledger.seal(LOG)
    note, checkpoint = ledger.checkpoint()
    ledger.add_signatures(note.text, checkpoint.size, [notes.cosign(note.text, AUDITOR, WITNESS, SEEN)])
    opened = open_sealed(ledger, trusting())
    (folder / "000000002.tlog-proof").write_text(str(proof_of(opened, 2)), encoding="utf-8")
    for name, key in (("ci", CI), ("guardrail", GUARDRAIL), ("human", HUMAN)):
        (folder / f"{name}.pem").write_bytes(key.public.pem())
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in found.items() if name not in {"ledger/lock", "statements.json"}}


def test_the_golden_set_is_made_again_byte_for_byte(tmp_path: Path) -> None:
    assert contents(golden(tmp_path)) == contents(DATA / "golden")


def test_the_statements_of_the_golden_set_are_control_runs() -> None:
    for _, entry in Ledger.open(DATA / "golden" / "ledger").entries():
        statement = read_statement(envelope.read_envelope(entry).payload)
        assert (statement.is_execution, statement.predicate_type) == (True, CONTROL_EXECUTION)


def test_the_envelope_that_others_made_under_a_placeholder_type_verifies() -> None:
    """Its type was replaced before the first release; the ledger takes any statement, so it stays a vector."""
    entry = (DATA / "placeholder.intoto.json").read_bytes()
    assert base64.b64encode(merkle.leaf_hash(entry)) == b"K79quzOvyzoqVCBuzIj2R+VC9SAiINyxZxeh+bVh6M4="
    read = envelope.read_envelope(entry)
    assert sha256(read.payload).hexdigest() == "40a6858dec3cdd5f41220187c517bccad3762b6b0693c61631dfd3398e7848b7"
    assert envelope.verified_by(read, {HUMAN.public.keyid: HUMAN.public})[0] == [HUMAN.public]
    statement = read_statement(read.payload)
    assert not statement.is_execution
    assert json.loads(read.payload)["_type"] == STATEMENT_TYPE
    assert envelope.sign(read.payload, [HUMAN]) == entry
=======
"""Bytes that must not change: the statement of the specification, and a receipt of our own."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime

from aimsctl.evidence.envelope import read_envelope, verified_by
from aimsctl.evidence.keys import from_seed
from aimsctl.evidence.receipts import Notary
from aimsctl.evidence.statement import CONTROL_EXECUTION, write_statement

PLACEHOLDER = "https://aimsctl.dev/attestation/control-execution/v0.1"
SUBJECT = {
    "name": "output/chatcmpl-123",
    "digest": {"aimsHmacSha256": "a5bd61d90a110526ecb299a67527ee940a9cca49986bd11bdc62aaa031ed61b5"},
}
PREDICATE = json.loads("""
{"id": "019aafd2-6c00-7a10-8000-000000000002", "sequence": 48211,
  "control": {"id": "OPS-07", "annexA": ["A.6.2.6", "A.6.2.8"],
    "source": {"uri": "git+https://git.example.com/aims.git",
               "digest": {"gitCommit": "5ba5ee830903e91240fc6f9f3a7a9293d49e69c9"}},
    "path": "controls/OPS-07.yaml",
    "digest": {"sha256": "3c9ab451bba578bf818cb30e933a5d92b760e87eeb7f5fb320e55313425f4751"}},
  "aiSystem": {"id": "claims-triage", "environment": "production"},
  "model": {"name": "claims-llm", "version": "2026.10.2",
    "digest": {"sha256": "81e995d99b793439abc3e327df8ee245cdb14a6cf3244bfad69ff116706111b8"}},
  "executor": {"type": "guardrail", "id": "https://claims.example.com/guardrails/pii-output",
    "name": "pii-output", "version": "1.4.2"},
  "attestedBy": "executor",
  "target": {"kind": "output", "subtype": "llm", "id": "chatcmpl-123",
    "traceId": "5b8efff798038103d269b633813fc60c", "spanId": "eee19b7ec3c1b174"},
  "result": "passed", "verdict": "modify", "action": "modify",
  "policy": {"id": "pii-policy", "rule": "rule-pii-email",
    "digest": {"sha256": "823412d1eacb67956220e532959f0104603057c88704863ca38e7cd188fda812"}},
  "scores": [{"name": "pii.entities", "value": 1, "comparator": "<=", "threshold": 0}],
  "startedOn": "2026-11-22T10:14:02.310Z", "finishedOn": "2026-11-22T10:14:02.317Z"}
""")


def test_the_statement_of_the_specification_byte_for_byte() -> None:
    """It was made with another predicate type; all other bytes are ours to repeat."""
    written = write_statement(PREDICATE, SUBJECT).replace(CONTROL_EXECUTION.encode(), PLACEHOLDER.encode())
    assert len(written) == 1462
    assert hashlib.sha256(written).hexdigest() == "34f34b8fef0912c4daf439744fe29967cd30667c56bb8015e901c06b5899b130"


def test_a_receipt_byte_for_byte() -> None:
    key = from_seed(b"\x12" * 32)
    notary = Notary(
        [key],
        lambda identifier: {"id": identifier, "path": "policies/a.yaml", "digest": {"sha256": "ab" * 32}},
        defaults={"aiSystem": "AI-NOTES", "model": "notes@4.2.0", "executor": PREDICATE["executor"]},
        secret=b"secret",
        clock=lambda: datetime(2026, 10, 31, 12, tzinfo=UTC),
        noise=lambda count: bytes(range(count)),
    )
    entry = notary.receipt(
        {"control": "CTL-08", "target": "output:é", "result": "passed", "scores": PREDICATE["scores"]}, b"well"
    )
    envelope = read_envelope(entry)
    assert verified_by(envelope, {key.public.keyid: key.public})[0] == [key.public]
    assert key.public.keyid == "00d6fd7a8269ddd8fb018e1275a05a6e55ba3fe4ea8eb9a07f9a8b5a37eeccd1"
    assert (len(entry), hashlib.sha256(entry).hexdigest()) == (
        1404,
        "e4f0cf7d4176b6919a1c6c6d6179ce4edc1a64246cc4361889298582540307b9",
    )
>>>>>>> ledger
