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
