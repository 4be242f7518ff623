"""Receipts, ledgers and trust made on the spot; seeds of keys are one byte repeated, so that all is repeatable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from aimsctl.evidence import envelope, keys
from aimsctl.evidence.ledger import Ledger
from aimsctl.evidence.notes import Verifier
from aimsctl.evidence.policy import NONE, LogPolicy
from aimsctl.evidence.statement import CONTROL_EXECUTION, STATEMENT_TYPE, subject_of
from aimsctl.evidence.strict import compact
from aimsctl.evidence.trust import Grant, Trust

ORIGIN = "aims.example.com/ledger/prod"
CI, GUARDRAIL, HUMAN, LOG, WITNESS = (keys.from_seed(bytes([seed]) * 32) for seed in (0x11, 0x12, 0x13, 0x21, 0x22))
COMMIT = "5ba5ee830903e91240fc6f9f3a7a9293d49e69c9"


def predicate(number: int, **changes: Any) -> dict[str, Any]:
    """A control run that is valid, but for what `changes` changes."""
    said = {
        "id": f"019aafd2-6c00-7a10-8000-{number:012d}",
        "sequence": number,
        "control": {"id": "OPS-07", "annexA": ["A.6.2.6"]},
        "aiSystem": {"id": "claims-triage", "environment": "production"},
        "executor": {
            "type": "guardrail",
            "id": "https://claims.example.com/guardrails/pii-output",
            "name": "pii-output",
        },
        "attestedBy": "executor",
        "target": {"kind": "output", "id": f"chatcmpl-{number}"},
        "result": "passed",
        "startedOn": "2026-11-22T10:14:02.310Z",
        "finishedOn": "2026-11-22T10:14:02.317Z",
    }
    return said | changes


def statement(said: Mapping[str, Any], kind: str = CONTROL_EXECUTION) -> bytes:
    """Its bytes, unchecked."""
    subject = {"name": "s", "digest": {"sha256": "00"}} if kind != CONTROL_EXECUTION else subject_of(said)
    return compact({"_type": STATEMENT_TYPE, "subject": [subject], "predicateType": kind, "predicate": said})


def receipt(number: int, signers: Sequence[keys.PrivateKey] = (GUARDRAIL,), **changes: Any) -> bytes:
    """A signed receipt."""
    return envelope.sign(statement(predicate(number, **changes)), signers)


def trusting(
    *signers: keys.PrivateKey, log: Verifier | None = None, policy: LogPolicy | None = None, **grant: Any
) -> Trust:
    """Trust of these keys, of a log or of a whole policy, as a verifier would bring it along."""
    known = {key.public.keyid: key.public for key in signers or (CI, GUARDRAIL, HUMAN)}
    grants = {keyid: (Grant(f"key-{keyid[:4]}", **grant),) for keyid in known}
    policy = policy or (LogPolicy([log], quorum=NONE) if log is not None else None)
    return Trust(known, grants, policy, "trust.yaml", "0" * 64, self_asserted=False)


def sealed_ledger(folder: Path, count: int, *, seals: int = 1, **changes: Any) -> Ledger:
    """A ledger with so many sealed receipts."""
    ledger = Ledger.create(folder, ORIGIN, LOG)
    step = max(1, -(-count // seals))
    for start in range(0, count, step):
        ledger.append([receipt(number, **changes) for number in range(start, min(start + step, count))])
        ledger.seal(LOG)
    return ledger
