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
