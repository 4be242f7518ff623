"""Threats to evidence: what is forged, swapped, cut, replayed, rolled back or merely claimed (rows E)."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from aimsctl.evidence import envelope, keys, notes
from aimsctl.evidence.bundle import Given, verify_bundle, verify_proof
from aimsctl.evidence.check import Checker
from aimsctl.evidence.ledger import Ledger
from aimsctl.evidence.problems import Fault, KeyRefusedError, MalformedError
from aimsctl.evidence.proofs import proof_of
from aimsctl.evidence.strict import parse
from aimsctl.evidence.trust import NOBODY, Requirement, read_trust
from aimsctl.evidence.verify import open_sealed, read_anchor, verify_ledger
from tests.conftest import unavailable
from tests.unit.evidence_ledgers import (
    CI,
    GUARDRAIL,
    HUMAN,
    LOG,
    ORIGIN,
    predicate,
    receipt,
    sealed_ledger,
    statement,
    trusting,
)

LOG_KEY = notes.verifier(ORIGIN, LOG.public)
ROOT = Path(__file__).resolve().parent.parent.parent
DATA = ROOT / "tests" / "data" / "evidence"


def verdict(entry: bytes, **trust: Any) -> int:
    """The exit code that one entry would earn; 0 is a pass."""
    judged = Checker(trusting(**trust), ORIGIN).receipt("entry 0", 0, entry)
    assert judged.verified is not bool(judged.problems)
    return min((problem.fault for problem in judged.problems), default=0)


def changed(entry: bytes, **fields: Any) -> bytes:
    data = json.loads(entry)
    for name, value in fields.items():
        data.pop(name, None)
        if value is not ...:
            data[name] = value
    return json.dumps(data).encode()


@pytest.mark.parametrize("signatures", [..., [], None, {}, [{}], [{"sig": ""}], [{"keyid": "a", "sig": None}], [None]])
def test_E_01_no_signature_is_never_a_pass(signatures: Any) -> None:
    assert verdict(receipt(1)) == 0
    assert verdict(changed(receipt(1), signatures=signatures)) == Fault.MALFORMED


def test_E_01_a_signature_that_does_not_hold_is_no_pass_beside_one_that_does() -> None:
    signed = json.loads(receipt(1))["signatures"]
    wrong = {"keyid": CI.public.keyid, "sig": signed[0]["sig"]}
    assert verdict(changed(receipt(1), signatures=[*signed, wrong])) == Fault.BROKEN


PERSON = {"executor": {"type": "human", "id": "urn:site:reviewer:r-1", "name": "r-1"}}


@pytest.mark.parametrize(
    ("signers", "of", "code"),
    [
        ([HUMAN], {}, Fault.UNMET),
        ([HUMAN, HUMAN], {}, Fault.UNMET),
        ([HUMAN, CI], {}, 0),
        ([HUMAN, keys.from_seed(b"\x66" * 32)], {}, Fault.UNMET),
        ([HUMAN], {"executorTypes": ("guardrail",)}, 0),
        ([HUMAN], {"executorTypes": ("human",), "controls": ("OPS-*",)}, Fault.UNMET),
        ([HUMAN], {"executorTypes": ("human",), "controls": ("HO-*",)}, 0),
        ([HUMAN], {"ledgers": (ORIGIN,)}, Fault.UNMET),
        ([HUMAN], {"predicateTypes": ("https://slsa.dev/*",)}, 0),
    ],
)
def test_E_01_where_two_have_to_sign_one_is_not_enough(
    signers: list[keys.PrivateKey], of: dict[str, tuple[str, ...]], code: int
) -> None:
    trust = replace(trusting(), requirements=(Requirement(2, of),))
    judged = Checker(trust, ORIGIN).receipt("entry 0", 0, receipt(1, signers, **PERSON))
    assert min((problem.fault for problem in judged.problems), default=0) == code


def test_E_01_how_many_have_to_sign_stands_in_the_trust_file() -> None:
    row = f"keys:\n  - keyid: {HUMAN.public.keyid}\n    algorithm: ed25519\n    file: h.pem\n"
    files = {"trust.yaml": ("require:\n  - {executorTypes: [human], signers: 2}\n" + row).encode()}
    files["h.pem"] = HUMAN.public.pem()
    trust = read_trust(lambda path: files[path], "trust.yaml", "mine", self_asserted=False)
    judged = Checker(trust, ORIGIN).receipt("entry 0", 0, receipt(1, [HUMAN], **PERSON))
    assert [one.message for one in judged.problems] == ["is to be signed by 2 keys that may attest it, and is by 1"]


def test_E_02_a_key_that_comes_with_the_evidence_is_not_trusted(tmp_path: Path) -> None:
    thief = keys.generate()
    assert verdict(receipt(1, [thief])) == Fault.UNMET
    borrowed = receipt(1, [thief]).replace(thief.public.keyid.encode(), GUARDRAIL.public.keyid.encode())
    assert verdict(borrowed) == Fault.BROKEN
    nameless = changed(
        receipt(1, [thief]), signatures=[{"sig": json.loads(receipt(1, [thief]))["signatures"][0]["sig"]}]
    )
    assert verdict(nameless) == Fault.UNMET
    assert verify_ledger(sealed_ledger(tmp_path / "ledger", 2), NOBODY).code == Fault.UNMET


def test_E_03_the_algorithm_is_the_key_s_own() -> None:
    for field in ({"alg": "none"}, {"alg": "HS256"}, {"algorithm": "md5"}):
        signed = json.loads(receipt(1))["signatures"][0]
        assert verdict(changed(receipt(1), signatures=[{**signed, **field}])) == 0
        assert verdict(changed(receipt(1), signatures=[{**signed, **field, "sig": "AAAA"}])) == Fault.BROKEN
    with pytest.raises(KeyRefusedError):
        keys.public_from_pem(b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")


def test_E_04_the_type_of_the_payload_is_signed() -> None:
    assert verdict(changed(receipt(1), payloadType="application/json")) == Fault.BROKEN
    other = envelope.sign(statement(predicate(1)), [GUARDRAIL], "application/json")
    assert verdict(other) == Fault.MALFORMED
    checkpoint = notes.Checkpoint(ORIGIN, 1, bytes(32)).text.encode()
    signature = GUARDRAIL.sign(envelope.pae(envelope.IN_TOTO, checkpoint))
    assert notes.signed_by(
        notes.Note(checkpoint.decode(), (notes.NoteSignature(ORIGIN, LOG_KEY.hint, signature),)),
        notes.verifier(ORIGIN, GUARDRAIL.public),
    ) is None  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [(b'"sequence":1', b'"sequence":1.0'), (b'"sequence":1', b'"sequence": 1'), (b'"result"', b'"resul\\u0074"'),
     (b"https://", b"https:\\/\\/")],
)  # fmt: skip
def test_E_05_what_means_the_same_is_not_the_same_bytes(change: tuple[bytes, bytes]) -> None:
    data = json.loads(receipt(1))
    other = base64.b64decode(data["payload"]).replace(*change, 1)
    assert base64.b64encode(other).decode() != data["payload"]
    assert verdict(changed(receipt(1), payload=base64.b64encode(other).decode())) == Fault.BROKEN


def test_E_05_what_was_signed_is_what_is_read() -> None:
    plain = statement(predicate(1, sequence=2**53))
    assert verdict(envelope.sign(plain, [GUARDRAIL])) == 0
    for number in (b"9007199254740993", b"1e999", b"-0"):
        assert verdict(envelope.sign(plain.replace(b"9007199254740992", number), [GUARDRAIL])) == Fault.MALFORMED
    spaced = json.dumps(json.loads(plain), indent=1).encode()
    assert verdict(envelope.sign(spaced, [GUARDRAIL])) == 0


@pytest.mark.parametrize("parts", [["payload"], ["sig"], ["payload", "sig"]])
def test_E_05_base64_has_one_form(parts: list[str]) -> None:
    """Bits that a decoder drops would let one receipt stand in the ledger twice, under one signature."""
    entry = next(one for number in range(100) if all(_spare(one := receipt(number), part) for part in parts))
    assert verdict(entry) == 0
    for part in parts:
        text = _spare(entry, part)
        other = text.rstrip("=")[:-1] + chr(ord(text.rstrip("=")[-1]) + 1) + "=" * text.count("=")
        assert base64.b64decode(other) == base64.b64decode(text)
        entry = entry.replace(text.encode(), other.encode())
    assert verdict(entry) == Fault.MALFORMED


def _spare(entry: bytes, part: str) -> str:
    """The base64 of a part, where its last sign has bits to spare and the next sign is one of base64 too."""
    data = json.loads(entry)
    text = str(data["payload"] if part == "payload" else data["signatures"][0]["sig"])
    last = text.rstrip("=")[-1:]
    return text if text.endswith("=") and last.isalnum() and last not in "Zz9" else ""


@pytest.mark.parametrize(
    "payload", [b'{"a":1,"a":2}', b"NaN", b"{} x", b"\xef\xbb\xbf{}",
                b"[" * 5000, b"[]", b"null", b'{"a":' + b"9" * 400 + b"}", b"\xff"]
)  # fmt: skip
def test_E_06_json_that_can_be_read_in_two_ways_is_malformed_though_signed(payload: bytes) -> None:
    assert verdict(envelope.sign(payload, [GUARDRAIL])) == Fault.MALFORMED
    assert verdict(payload) == Fault.MALFORMED
    if payload not in {b"[]", b"null"}:
        with pytest.raises(MalformedError):
            parse(payload, "the text")


def test_E_06_many_brackets_are_not_deep_ones() -> None:
    for text in (
        b"[" + b"[]," * 100 + b"1]",
        b'["' + b"[" * 100 + b'"]',
        b'["\\"' + b"{" * 100 + b'",' + b"[]," * 40 + b"1]",
    ):
        assert parse(text, "the text")
    for text in (b"[" * 33 + b"]" * 33, b'{"a":' * 33 + b"1" + b"}" * 33):
        with pytest.raises(MalformedError, match="nested deeper than 32 levels"):
            parse(text, "the text")


def test_E_07_valid_parts_that_do_not_belong_together(tmp_path: Path) -> None:
    ledger, other = sealed_ledger(tmp_path / "a", 5), sealed_ledger(tmp_path / "b", 5, result="failed")
    first, second = (open_sealed(one, trusting()) for one in (ledger, other))
    entries = [[entry for _, entry in one.entries()] for one in (ledger, other)]
    given = Given(trusting(), LOG_KEY, None)
    proof = proof_of(first, 2)
    assert verify_proof(str(proof).encode(), entries[0][2], given).code == 0
    swapped = [
        (str(proof), entries[0][3]), (str(proof), entries[1][2]), (str(proof_of(first, 3)), entries[0][2]),
        (str(notes.Proof(2, proof.hashes, second.note)), entries[0][2]),
        (str(notes.Proof(3, proof.hashes, first.note)), entries[0][2]),
        (str(notes.Proof(2, proof_of(second, 2).hashes, first.note)), entries[0][2]),
    ]  # fmt: skip
    for text, entry in swapped:
        assert verify_proof(text.encode(), entry, given).code == Fault.BROKEN
    payloads = [json.loads(receipt(number))["payload"] for number in (1, 2)]
    assert verdict(changed(receipt(1), payload=payloads[1])) == Fault.BROKEN


def test_E_08_a_condition_that_is_turned_round_is_noticed() -> None:
    """A few of them, spread over the verifier; `tools/mutate_verifier.py` turns all."""
    command = [sys.executable, str(ROOT / "tools" / "mutate_verifier.py"), "--every", "30"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.fullmatch(r"(\d+) of \1 turned conditions were noticed\n", done.stdout)


def test_E_08_an_error_is_never_a_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = sealed_ledger(tmp_path / "ledger", 3)
    for name in ("checkpoint", "tile/0/000.p/3", "tile/entries/000.p/3"):
        kept = (ledger.folder / name).read_bytes()
        for damaged in (b"", kept[:-1], kept + b"x", bytes(len(kept))):
            (ledger.folder / name).write_bytes(damaged)
            assert verify_ledger(ledger, trusting()).code in {Fault.BROKEN, Fault.MALFORMED}
        (ledger.folder / name).unlink()
        assert verify_ledger(ledger, trusting()).code in {Fault.BROKEN, Fault.MALFORMED}
        (ledger.folder / name).write_bytes(kept)
    assert verify_ledger(ledger, trusting()).code == 0
    monkeypatch.setattr(keys.PublicKey, "verifies", lambda *_: False)
    assert verify_ledger(ledger, trusting()).code == Fault.BROKEN
    assert verify_bundle(tmp_path, Given(trusting(), LOG_KEY, None)).code == Fault.MALFORMED
    assert verify_proof(b"x", b"y", Given(trusting(), LOG_KEY, None)).code == Fault.MALFORMED


def test_E_09_a_receipt_sealed_twice_is_in_the_ledger_once(tmp_path: Path) -> None:
    ledger = sealed_ledger(tmp_path / "ledger", 4)
    ledger.append([receipt(number) for number in (1, 5, 1, 5)])
    assert ledger.seal(LOG).size == 5
    signed_anew = receipt(2, [GUARDRAIL, CI])
    ledger.append([signed_anew])
    ledger.seal(LOG)
    report = verify_ledger(ledger, trusting())
    assert (report.code, report.problems[0].message) == (Fault.UNMET, "repeats the receipt of entry 2")


def test_E_10_a_receipt_written_for_another_ledger_does_not_count() -> None:
    assert verdict(receipt(1, ledger=ORIGIN)) == 0
    assert verdict(receipt(1, ledger="aims.example.com/ledger/test")) == Fault.UNMET
    assert verdict(receipt(1), allow={"aiSystems": ("another",)}) == Fault.UNMET


def rewrite(ledger: Ledger, change: Callable[[list[bytes]], list[bytes]]) -> None:
    """The entries changed in their bundle, as somebody without the log's key could."""
    file = ledger.folder / "tile/entries/000.p/5"
    entries = change([entry for _, entry in ledger.entries()])
    file.write_bytes(b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries))


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda rows: rows[:1] + rows[2:], "entry 0"),
        (lambda rows: [rows[0], rows[2], rows[1], *rows[3:]], "entry 1"),
        (lambda rows: [*rows[:3], receipt(9), rows[4]], "entry 3"),
        (lambda rows: [*rows[:4], rows[3]], "entry 4"),
    ],
)
def test_E_11_deleting_swapping_or_inserting_breaks_at_the_named_entry(
    tmp_path: Path, change: Callable[[list[bytes]], list[bytes]], where: str
) -> None:
    ledger = sealed_ledger(tmp_path / "ledger", 5)
    rewrite(ledger, change)
    report = verify_ledger(ledger, trusting())
    assert report.code in {Fault.BROKEN, Fault.MALFORMED}
    assert where in {problem.where for problem in report.problems} or report.code == Fault.MALFORMED


def cut_back(ledger: Ledger, older: Ledger) -> None:
    """The ledger as it was before, signed by its own key, with everything newer gone."""
    shutil.rmtree(ledger.folder)
    shutil.copytree(older.folder, ledger.folder)


def test_E_12_a_tail_that_is_cut_is_found_by_an_anchor_and_otherwise_said_to_be_possible(tmp_path: Path) -> None:
    ledger, older = sealed_ledger(tmp_path / "a", 9, seals=3), sealed_ledger(tmp_path / "b", 6, seals=2)
    anchor = read_anchor((ledger.folder / "checkpoint").read_bytes(), "kept.checkpoint")
    cut_back(ledger, older)
    report = verify_ledger(ledger, trusting(log=LOG_KEY))
    assert report.code == 0
    assert any("cut off the end cannot be excluded" in limit for limit in report.limits)
    report = verify_ledger(ledger, trusting(log=LOG_KEY), [anchor])
    assert (report.code, report.problems[0].where) == (Fault.BROKEN, "kept.checkpoint")
    assert not any("cut off" in limit for limit in report.limits)


def test_E_12_a_tail_cut_with_its_checkpoint_left_among_the_kept_ones_is_found(tmp_path: Path) -> None:
    ledger = sealed_ledger(tmp_path / "a", 9, seals=3)
    shutil.copy(ledger.folder / "checkpoints/6", ledger.folder / "checkpoint")
    assert verify_ledger(ledger, trusting()).code in {Fault.BROKEN, Fault.MALFORMED}


def test_E_13_an_older_state_of_the_whole_ledger_fails_against_the_base_branch(tmp_path: Path) -> None:
    ledger = sealed_ledger(tmp_path / "a", 6, seals=2)
    shutil.copytree(ledger.folder, tmp_path / "older")
    ledger.append([receipt(50)])
    ledger.seal(LOG)
    base = read_anchor((ledger.folder / "checkpoint").read_bytes(), "base")
    assert verify_ledger(Ledger.open(tmp_path / "older"), trusting(), [base]).code == Fault.BROKEN


def test_E_14_two_continuations_are_a_fork_and_both_are_named(tmp_path: Path) -> None:
    ledger = sealed_ledger(tmp_path / "a", 4)
    shutil.copytree(ledger.folder, tmp_path / "b")
    other = Ledger.open(tmp_path / "b")
    for one, number in ((ledger, 10), (other, 20)):
        one.append([receipt(number)])
        one.seal(LOG)
    theirs = read_anchor((other.folder / "checkpoint").read_bytes(), "their checkpoint")
    report = verify_ledger(ledger, trusting(), [theirs])
    assert report.code == Fault.BROKEN
    assert "fork" in report.problems[0].message
    ledger.append([entry for _, entry in other.entries(4)])
    assert ledger.seal(LOG).size == 6  # the way to merge: what the other branch sealed is recorded here


def test_E_15_a_rewrite_under_a_new_key_fails_against_the_pinned_key(tmp_path: Path) -> None:
    thief = keys.generate()
    ledger = Ledger.create(tmp_path / "ledger", ORIGIN, thief)
    ledger.append([receipt(1)])
    ledger.seal(thief)
    assert verify_ledger(ledger, trusting(log=LOG_KEY)).code == Fault.BROKEN
    assert verify_ledger(ledger, trusting(), pinned=LOG_KEY).code == Fault.BROKEN
    unpinned = verify_ledger(ledger, trusting())
    assert any("taken from the ledger itself" in limit for limit in unpinned.limits)


def test_E_16_times_are_claims_and_the_future_is_a_finding() -> None:
    now = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
    judged = Checker(trusting(), ORIGIN, now).receipt("entry 0", 0, receipt(1))
    assert [problem.fault for problem in judged.problems] == [Fault.UNMET]
    for times in (("2026-11-22T10:14:02Z", "2026-11-22T10:14:01Z"), ("2026-02-30T00:00:00Z", "2026-03-01T00:00:00Z")):
        assert verdict(receipt(1, startedOn=times[0], finishedOn=times[1])) == Fault.MALFORMED
    assert verdict(receipt(1, startedOn="1999-01-01T00:00:00Z")) == 0


def test_E_17_files_that_were_changed_moved_or_linked_are_named(tmp_path: Path) -> None:
    for number, change in enumerate(["edit", "crlf", "link", "move"]):
        ledger = sealed_ledger(tmp_path / str(number), 3)
        file = ledger.folder / "tile/entries/000.p/3"
        content = file.read_bytes()
        file.unlink()
        if change == "edit":
            file.write_bytes(content.replace(b"guardrail", b"Guardrail").replace(b"payload", b"Payload", 1))
        elif change == "crlf":
            file.write_bytes(content + b"\r\n")
        elif change == "link":
            (tmp_path / "equal").write_bytes(content)
            file.symlink_to(tmp_path / "equal")
        report = verify_ledger(ledger, trusting())
        assert report.code in {Fault.BROKEN, Fault.MALFORMED}, change
        assert "tile/entries/000.p/3" in report.problems[0].message, change


def test_E_19_a_revocation_has_a_place_in_the_log(tmp_path: Path) -> None:
    ledger = sealed_ledger(tmp_path / "ledger", 4)
    report = verify_ledger(ledger, trusting(GUARDRAIL, revoked_at=3))
    assert [problem.where for problem in report.problems] == ["entry 3"]
    assert report.verified == 3
    ledger.append([receipt(10)])
    waiting = [one.where for one in verify_ledger(ledger, trusting(GUARDRAIL, revoked_at=9)).problems]
    assert len(waiting) == 1
    assert waiting[0].startswith("wal/")


def test_E_20_degenerate_keys_and_malleable_signatures() -> None:
    order = 2**252 + 27742317777372353535851937790883648493
    entry = receipt(1)
    data = json.loads(entry)
    raw = base64.b64decode(data["signatures"][0]["sig"])
    shifted = raw[:32] + (int.from_bytes(raw[32:], "little") + order).to_bytes(32, "little")
    data["signatures"][0]["sig"] = base64.b64encode(shifted).decode()
    assert verdict(json.dumps(data).encode()) == Fault.BROKEN
    infinity = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE" + "A" * 85 + "A=="
    with pytest.raises(KeyRefusedError):
        keys.public_from_pem(f"-----BEGIN PUBLIC KEY-----\n{infinity}\n-----END PUBLIC KEY-----\n".encode())


def test_E_21_limits_hold_before_anything_is_verified(tmp_path: Path) -> None:
    many = changed(receipt(1), signatures=json.loads(receipt(1))["signatures"] * 10_000)
    started = time.monotonic()
    for entry in (many, b"{" * 65_535, b'{"payload":"' + b"A" * 50_000_000 + b'"}', b"[" * 65_000):
        assert verdict(entry) == Fault.MALFORMED
    ledger = Ledger.create(tmp_path / "ledger", ORIGIN, LOG)
    (ledger.folder / "wal").mkdir()
    (ledger.folder / "wal/0000001-00000000.jsonl").write_bytes(b"x" * 50_000_000)
    assert verify_ledger(ledger, trusting()).code == Fault.MALFORMED
    (ledger.folder / "checkpoint").write_bytes(b"x" * 50_000_000)
    assert verify_ledger(ledger, trusting()).code == Fault.MALFORMED
    assert time.monotonic() - started < 20


def test_E_22_a_private_key_is_not_in_the_repository_nor_readable_nor_printed(
    run: Any, workspace: Any, tmp_path: Path
) -> None:
    root = workspace().root
    (root / ".git").mkdir()
    inside = run("evidence", "key", "new", "k", "--out", root / "evidence/k.pem", cwd=root)
    assert inside.code == 2
    assert "inside the repository" in inside.stderr
    folder = tmp_path / "keys"
    made = run("evidence", "key", "new", "k", cwd=root, env={"AIMSCTL_KEYS": str(folder)})
    assert made.code == 0
    secret = (folder / "k.pem").read_text().splitlines()[1]
    assert secret not in made.stdout + made.stderr
    assert (folder / "k.pem").stat().st_mode & 0o777 == 0o600
    (folder / "k.pem").chmod(0o644)
    origin = ("evidence", "init", "--origin", "a.example", "--key", folder / "k.pem", "--debug")
    refused = run(*origin, cwd=root)
    assert refused.code == 3
    assert "can be read by others" in refused.stderr
    assert secret not in refused.stdout + refused.stderr
    bad = run("evidence", "seal", "--ledger", sealed_ledger(tmp_path / "l", 1).folder, "--debug", cwd=root, env={
        "AIMSCTL_LOG_KEY": f"-----BEGIN PRIVATE KEY-----\nx{secret}\n-----END PRIVATE KEY-----"
    })  # fmt: skip
    assert bad.code == 3
    assert secret not in bad.stdout + bad.stderr


def test_E_23_the_receipts_of_every_version_verify(tmp_path: Path) -> None:
    """The golden ledger was written once and is never written again; a version that cannot verify it is broken."""
    shutil.copytree(DATA / "golden" / "ledger", tmp_path / "ledger")
    report = verify_ledger(Ledger.open(tmp_path / "ledger"), trusting(CI, GUARDRAIL, HUMAN, log=LOG_KEY))
    assert (report.code, report.verified) == (0, 3)


def test_E_24_the_report_says_who_signed_what_and_what_it_does_not_show(tmp_path: Path) -> None:
    ledger = sealed_ledger(tmp_path / "ledger", 2, attestedBy="collector")
    report = verify_ledger(ledger, trusting(GUARDRAIL)).to_dict()
    (signer,) = report["signers"]
    assert signer["attested"] == {"guardrail (collector)": 2}
    assert any("what was signed is true" in limit for limit in report["cannot_prove"])
    assert any("written the whole ledger anew" in limit for limit in report["cannot_prove"])
    empty = verify_ledger(Ledger.create(tmp_path / "empty", ORIGIN, LOG), trusting())
    assert (empty.code, empty.verified, empty.entries) == (0, 0, 0)


NODE = """
const fs = require("fs"), c = require("crypto"), [, , entryFile, proofFile, pem, vkey] = process.argv;
const sha = (...parts) => c.createHash("sha256").update(Buffer.concat(parts)).digest(), n = Buffer.from;
const entry = fs.readFileSync(entryFile), e = JSON.parse(entry), body = n(e.payload, "base64");
const pae = Buffer.concat([n(`DSSEv1 ${e.payloadType.length} ${e.payloadType} ${body.length} `), body]);
const signed = c.verify(null, pae, c.createPublicKey(fs.readFileSync(pem)), n(e.signatures[0].sig, "base64"));
const [head, text, sigs] = fs.readFileSync(proofFile, "utf8").split("\\n\\n"), rows = head.split("\\n");
const index = Number(rows[1].slice(6)), [origin, size, root] = text.split("\\n");
let node = sha(n([0]), entry), at = index, last = Number(size) - 1;
for (const row of rows.slice(2)) {
  const part = n(row, "base64");
  if (at & 1 || at === last) {
    node = sha(n([1]), part, node);
    while (!(at & 1) && at) { at >>= 1; last >>= 1; }
  } else node = sha(n([1]), node, part);
  at >>= 1; last >>= 1;
}
const raw = n(vkey.split("+").slice(2).join("+"), "base64").subarray(1);
const spki = Buffer.concat([n("302a300506032b6570032100", "hex"), raw]);
const logKey = c.createPublicKey({ key: spki, format: "der", type: "spki" });
const line = sigs.split("\\n").find((row) => row.startsWith(`\\u2014 ${origin} `));
const sig = n(line.split(" ")[2], "base64");
console.log(signed, node.toString("base64") === root, c.verify(null, n(text + "\\n"), logKey, sig.subarray(4)));
"""


@pytest.fixture
def handed_on(tmp_path: Path) -> Path:
    """One receipt with its proof and the key, as files for tools that know nothing of ours."""
    ledger = sealed_ledger(tmp_path / "ledger", 13)
    (tmp_path / "entry.json").write_bytes(next(entry for index, entry in ledger.entries() if index == 6))
    (tmp_path / "entry.tlog-proof").write_text(str(proof_of(open_sealed(ledger, trusting()), 6)))
    (tmp_path / "key.pem").write_bytes(GUARDRAIL.public.pem())
    return tmp_path


def tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        unavailable(f"{name} is not installed")
    return found


def test_E_25_node_reaches_the_same_verdict(handed_on: Path) -> None:
    (handed_on / "verify.js").write_text(NODE)
    command = [tool("node"), "verify.js", "entry.json", "entry.tlog-proof", "key.pem", LOG_KEY.text]
    done = subprocess.run(command, cwd=handed_on, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["true", "true", "true"]
    entry = handed_on / "entry.json"
    entry.write_bytes(entry.read_bytes().replace(b'"payload":"e', b'"payload":"f'))
    assert subprocess.run(command, cwd=handed_on, capture_output=True, text=True, check=False).stdout.split() == [
        "false", "false", "true",
    ]  # fmt: skip


def test_E_25_openssl_reaches_the_same_verdict(handed_on: Path) -> None:
    data = json.loads((handed_on / "entry.json").read_bytes())
    payload = base64.b64decode(data["payload"])
    (handed_on / "pae").write_bytes(envelope.pae(data["payloadType"], payload))
    (handed_on / "sig").write_bytes(base64.b64decode(data["signatures"][0]["sig"]))
    command = [
        tool("openssl"),
        "pkeyutl",
        "-verify",
        "-pubin",
        "-inkey",
        "key.pem",
        "-rawin",
        "-in",
        "pae",
        "-sigfile",
        "sig",
    ]
    assert b"Verified Successfully" in subprocess.run(command, cwd=handed_on, capture_output=True, check=True).stdout
    der = subprocess.run(
        [tool("openssl"), "pkey", "-pubin", "-in", "key.pem", "-outform", "DER"],
        cwd=handed_on,
        capture_output=True,
        check=True,
    ).stdout
    digest = subprocess.run([tool("openssl"), "sha256", "-r"], input=der, capture_output=True, check=True).stdout
    assert digest.split()[0].decode() == data["signatures"][0]["keyid"]


def proofbundle(folder: Path, *arguments: str) -> int:
    command = Path(sys.executable).with_name("proofbundle")
    if not command.exists():
        unavailable("proofbundle is not installed")
    base = ["verify-proof", "entry.tlog-proof", "--payload-file", "entry.json", "--log-vkey"]
    done = subprocess.run(
        [command, *base, *(arguments or (LOG_KEY.text, "--expected-origin", ORIGIN))],
        cwd=folder, capture_output=True, text=True, check=False, env={**os.environ, "HOME": str(folder)},
    )  # fmt: skip
    return done.returncode


MUTATIONS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "a space in the entry": ("entry.json", lambda text: text.replace(b'":', b'": ', 1)),
    "another index": ("entry.tlog-proof", lambda text: text.replace(b"index 6", b"index 7")),
    "another hash": (
        "entry.tlog-proof", lambda text: re.sub(rb"\n[A-Za-z0-9+/]{43}=\n", b"\n" + b"A" * 43 + b"=\n", text, count=1)
    ),
    "another size": ("entry.tlog-proof", lambda text: text.replace(b"\n13\n", b"\n14\n")),
    "another signature": ("entry.tlog-proof", lambda text: text[:-8] + b"AAAAAAA\n"),
}  # fmt: skip


def test_E_25_proofbundle_accepts_our_proof(handed_on: Path) -> None:
    assert proofbundle(handed_on) == 0


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_E_25_proofbundle_and_we_refuse_the_same_changes(handed_on: Path, mutation: str) -> None:
    name, change = MUTATIONS[mutation]
    before = (handed_on / name).read_bytes()
    (handed_on / name).write_bytes(change(before))
    assert (handed_on / name).read_bytes() != before
    proof, entry = ((handed_on / name).read_bytes() for name in ("entry.tlog-proof", "entry.json"))
    assert verify_proof(proof, entry, Given(trusting(), LOG_KEY, None)).code in {Fault.BROKEN, Fault.MALFORMED}
    assert proofbundle(handed_on) != 0


def test_E_25_securesystemslib_verifies_our_envelope() -> None:
    dsse = pytest.importorskip("securesystemslib.dsse")
    signer = pytest.importorskip("securesystemslib.signer")
    data = json.loads(receipt(1))
    read = dsse.Envelope.from_dict({**data, "signatures": [{**data["signatures"][0]}]})
    value = {"public": GUARDRAIL.public.raw.hex()}
    key = signer.SSlibKey(GUARDRAIL.public.keyid, "ed25519", "ed25519", value)
    assert set(read.verify([key], 1)) == {GUARDRAIL.public.keyid}
    other = signer.SSlibKey(GUARDRAIL.public.keyid, "ed25519", "ed25519", {"public": CI.public.raw.hex()})
    with pytest.raises(Exception, match="signature"):
        read.verify([other], 1)
