"""Verification: what holds, what does not, and what the report says about it."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aimsctl.evidence import envelope, merkle, notes, parts, tiles
from aimsctl.evidence.bundle import Given, verify_bundle, verify_proof
from aimsctl.evidence.ledger import Ledger
from aimsctl.evidence.notes import LOG as LOG_KIND
from aimsctl.evidence.notes import WITNESS as WITNESS_KIND
from aimsctl.evidence.policy import NONE, Group, LogPolicy, read_policy, write_policy
from aimsctl.evidence.problems import BrokenError, Fault, KeyRefusedError, MalformedError
from aimsctl.evidence.proofs import proof_of, read_window, window_of
from aimsctl.evidence.strict import compact
from aimsctl.evidence.trust import NOBODY, read_trust
from aimsctl.evidence.verify import open_sealed, read_anchor, verified, verify_ledger
from aimsctl.evidence.witness import Witness, add_cosignatures
from tests.unit.evidence_ledgers import (
    CI,
    GUARDRAIL,
    LOG,
    ORIGIN,
    WITNESS,
    predicate,
    receipt,
    sealed_ledger,
    statement,
    trusting,
)

NOW = datetime(2026, 11, 25, tzinfo=UTC)
LOG_KEY = notes.verifier(ORIGIN, LOG.public)
AUDITOR = notes.verifier("auditor.example.org/witness", WITNESS.public, WITNESS_KIND)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return sealed_ledger(tmp_path / "ledger", 9, seals=3)


def test_a_ledger_that_holds(ledger: Ledger) -> None:
    report = verify_ledger(ledger, trusting(GUARDRAIL, log=LOG_KEY), now=NOW)
    assert (report.code, report.problems) == (0, [])
    assert (report.entries, report.verified, report.pinned) == (9, 9, True)
    tally = report.signers[GUARDRAIL.public.keyid]
    assert (tally.count, tally.first, tally.last, tally.says) == (9, 0, 8, {"guardrail (executor)": 9})


@pytest.mark.parametrize("count", [0, 1, 256, 257, 1300])
def test_sizes_around_tiles_and_threads(tmp_path: Path, count: int) -> None:
    ledger = sealed_ledger(tmp_path / "ledger", count) if count else Ledger.create(tmp_path / "ledger", ORIGIN, LOG)
    trust = trusting(GUARDRAIL)
    assert [one.index for one in verified(ledger, trust)] == list(range(count))
    assert all(one.verified for one in verified(ledger, trust))
    window = (count // 3, count // 2)
    assert [one.index for one in verified(ledger, trust, window)] == list(range(*window))


def test_a_window_reads_only_its_part(tmp_path: Path) -> None:
    ledger = sealed_ledger(tmp_path / "ledger", 1030)
    (ledger.folder / "tile/entries/003").unlink()
    (ledger.folder / "tile/0/003").write_bytes(b"")
    assert all(one.verified for one in verified(ledger, trusting(GUARDRAIL), (256, 600)))
    broken = [one for one in verified(ledger, trusting(GUARDRAIL)) if not one.verified]
    assert [one.index for one in broken] == list(range(768, 1024))
    assert {one.problems[0].fault for one in broken} == {Fault.MALFORMED}


def test_several_processes_find_what_one_finds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = Ledger.create(tmp_path / "ledger", ORIGIN, LOG)
    signers = [(GUARDRAIL,), (CI,), (GUARDRAIL, CI)]
    ledger.append([receipt(number % 650, signers[number % 3]) for number in range(700)])
    ledger.seal(LOG)
    file = ledger.folder / "tile/entries/001"
    file.write_bytes(file.read_bytes().replace(b"payload", b"Payload", 1))
    alone = verify_ledger(ledger, trusting(GUARDRAIL)).to_dict()
    assert alone["problem_counts"]["broken"] == 256
    monkeypatch.setattr(parts, "_MANY", 1)
    for workers in (2, 3, 8):
        monkeypatch.setattr(parts, "_workers", lambda workers=workers: workers)
        assert verify_ledger(ledger, trusting(GUARDRAIL)).to_dict() == alone
    monkeypatch.setattr(parts, "_child", lambda *_: os._exit(9))
    assert verify_ledger(ledger, trusting(GUARDRAIL)).to_dict() == alone


def test_what_is_signed_by_nobody_known_is_no_pass(ledger: Ledger) -> None:
    report = verify_ledger(ledger, NOBODY)
    assert (report.code, report.verified) == (Fault.UNMET, 0)
    assert any("self-asserted" in limit for limit in report.limits)


@pytest.mark.parametrize(
    ("allow", "said"),
    [
        ({"executorTypes": ("human",)}, "an executor of type guardrail"),
        ({"controls": ("HO-*", "OPS-0?1")}, "the control OPS-07"),
        ({"aiSystems": ("other",)}, "the AI system claims-triage"),
        ({"attestedBy": ("collector",)}, "attested by the executor"),
        ({"ledgers": ("*/test",)}, f"the ledger {ORIGIN}"),
        ({"predicateTypes": ("https://*",)}, "the predicate urn:"),
    ],
)
def test_a_key_attests_only_what_it_may(ledger: Ledger, allow: dict[str, tuple[str, ...]], said: str) -> None:
    report = verify_ledger(ledger, trusting(GUARDRAIL, allow=allow))
    assert (report.code, report.verified) == (Fault.UNMET, 0)
    assert said in report.problems[0].message


def test_patterns_allow(ledger: Ledger) -> None:
    allow = {"controls": ("X", "OPS-*"), "aiSystems": ("claims-t?iage",), "ledgers": ("aims.example.com/*",)}
    assert verify_ledger(ledger, trusting(GUARDRAIL, allow=allow)).code == 0
    assert verify_ledger(ledger, trusting(GUARDRAIL, allow={"controls": ("OPS-[0-9]7",)})).code == Fault.UNMET


def test_a_key_counts_from_its_index_and_up_to_its_revocation(ledger: Ledger) -> None:
    trust = trusting(GUARDRAIL, valid_from=2, revoked_at=7)
    assert [one.index for one in verified(ledger, trust) if one.verified] == [2, 3, 4, 5, 6]


def test_another_predicate_needs_a_grant_that_names_it_where_runs_are_limited(tmp_path: Path) -> None:
    ledger = Ledger.create(tmp_path / "ledger", ORIGIN, LOG)
    ledger.append([envelope.sign(statement({}, "https://slsa.dev/provenance/v1"), [CI])])
    ledger.seal(LOG)
    assert verify_ledger(ledger, trusting(CI)).code == 0
    limited = {"executorTypes": ("ci",)}
    assert verify_ledger(ledger, trusting(CI, allow=limited)).code == Fault.UNMET
    named = limited | {"predicateTypes": ("https://slsa.dev/*",)}
    assert verify_ledger(ledger, trusting(CI, allow=named)).code == 0


def test_a_receipt_of_another_ledger_or_of_the_future_does_not_count(tmp_path: Path) -> None:
    ledger = sealed_ledger(tmp_path / "ledger", 1, ledger="elsewhere.example.com")
    assert "another ledger" in verify_ledger(ledger, trusting()).problems[0].message
    later = Ledger.create(tmp_path / "later", ORIGIN, LOG)
    later.append([receipt(1, finishedOn="2026-11-25T00:10:01Z"), receipt(2, finishedOn="2026-11-25T00:09:59Z")])
    later.seal(LOG)
    report = verify_ledger(later, trusting(), now=NOW)
    assert [(one.where, "still to come" in one.message) for one in report.problems] == [("entry 0", True)]
    assert verify_ledger(later, trusting()).code == 0


def test_a_receipt_that_is_there_twice_counts_once(tmp_path: Path) -> None:
    ledger = Ledger.create(tmp_path / "ledger", ORIGIN, LOG)
    ledger.append([receipt(1), receipt(2), receipt(1, [CI]), receipt(3)])
    ledger.seal(LOG)
    report = verify_ledger(ledger, trusting())
    assert [(one.fault, one.where, one.message) for one in report.problems] == [
        (Fault.UNMET, "entry 2", "repeats the receipt of entry 0")
    ]


def test_what_waits_is_judged_but_proves_nothing(ledger: Ledger) -> None:
    ledger.append([receipt(100)])
    report = verify_ledger(ledger, trusting())
    assert (report.code, report.unsealed, report.entries) == (0, 1, 9)
    ledger.append([receipt(101).replace(b'"sig":"', b'"sig":"AAAA')])
    assert verify_ledger(ledger, trusting()).code == Fault.BROKEN


def test_an_anchor_that_is_continued_and_one_that_is_not(ledger: Ledger, tmp_path: Path) -> None:
    old = read_anchor((ledger.folder / "checkpoints/6").read_bytes(), "mine")
    assert verify_ledger(ledger, trusting(log=LOG_KEY), [old]).anchors == ["mine"]
    other = sealed_ledger(tmp_path / "other", 6, result="failed")
    fork = read_anchor((other.folder / "checkpoint").read_bytes(), "theirs")
    report = verify_ledger(ledger, trusting(), [fork])
    assert (report.code, report.problems[0].where) == (Fault.BROKEN, "theirs")
    longer = read_anchor((ledger.folder / "checkpoint").read_bytes(), "longer")
    report = verify_ledger(other, trusting(), [longer])
    assert "entries are gone: it signs 9, the ledger has 6" in report.problems[0].message


def test_a_policy_of_logs_and_witnesses() -> None:
    text = (
        f"# mine\nlog {LOG_KEY.text} https://x\nwitness a {AUDITOR.text}\n"
        f"witness b {notes.verifier('b', CI.public, WITNESS_KIND).text}\ngroup g any a b\ngroup h all g\nquorum h\n"
    )
    policy = read_policy(text.encode(), "p")
    assert (policy.groups["g"], policy.groups["h"]) == (Group(1, ("a", "b")), Group(1, ("g",)))
    assert [policy.met_by(set(names)) for names in ("", "a", "b", "ab")] == [False, True, True, True]
    again = read_policy(write_policy([LOG_KEY], policy.witnesses, "all").encode(), "p")
    assert [again.met_by(set(names)) for names in ("", "a", "ab")] == [False, False, True]
    assert read_policy(write_policy([LOG_KEY], {}, NONE).encode(), "p").met_by([])


@pytest.mark.parametrize(
    "text",
    [
        "", "quorum none", "log {log}", "log {log}\nquorum x", "log {log}\nlog {log}\nquorum none",
        "log {witness}\nquorum none", "log {log}\nwitness a {log}\nquorum a",
        "log {log}\nwitness any {witness}\nquorum none",
        "log {log}\nwitness a {witness}\nwitness b {witness}\nquorum a", "log {log}\nquorum none\nquorum none",
        "log {log}\ngroup g 1 a\nquorum g", "log {log}\nwitness a {witness}\ngroup g 2 a\nquorum g",
        "log {log}\nwitness a {witness}\ngroup g 0 a\nquorum g",
        "log {log}\nwitness a {witness}\ngroup g 1 a a\nquorum g",
        "log {log}\nwitness a {witness}\ngroup g x a\nquorum g", "log\nquorum none", "log {log} u v\nquorum none",
        "log {log}\nwitness a {witness}\ngroup g 1 a\ngroup h 1 a\nquorum g", "more {log}\nquorum none",
    ],
)  # fmt: skip
def test_a_policy_that_could_be_read_in_two_ways_is_malformed(text: str) -> None:
    with pytest.raises(MalformedError):
        read_policy(text.format(log=LOG_KEY.text, witness=AUDITOR.text).encode(), "p")


def test_a_policy_that_lacks_a_line_is_told_which() -> None:
    for text, told in ((f"log {LOG_KEY.text}", "p lacks its quorum line"), ("quorum none", "p lacks its log line")):
        with pytest.raises(MalformedError, match=told):
            read_policy(text.encode(), "p")


def witness_policy(quorum: str = "auditor") -> LogPolicy:
    return LogPolicy([LOG_KEY], {"auditor": AUDITOR}, {}, quorum)


def test_a_witness_cosigns_what_continues_and_the_policy_asks_for_it(ledger: Ledger, tmp_path: Path) -> None:
    trust = trusting(policy=witness_policy())
    assert verify_ledger(ledger, trust).code == Fault.UNMET
    watching = Witness(AUDITOR.name, WITNESS, LOG_KEY, tmp_path / "state" / "seen")
    watching.state.parent.mkdir()
    note = watching.cosign(ledger, 1_795_343_100)
    assert watching.state.read_text() == str(ledger.checkpoint()[0])
    assert add_cosignatures(ledger, str(note).encode(), trust) == ["auditor"]
    report = verify_ledger(ledger, trust)
    assert (report.code, report.witnesses) == (0, {"auditor": 1_795_343_100})
    assert (ledger.folder / "checkpoint").read_bytes() == (ledger.folder / "checkpoints/9").read_bytes()
    ledger.append([receipt(50)])
    ledger.seal(LOG)
    assert verify_ledger(ledger, trust).code == Fault.UNMET
    add_cosignatures(ledger, str(watching.cosign(ledger, 1_795_343_200)).encode(), trust)
    assert verify_ledger(ledger, trust).code == 0


def test_a_witness_does_not_cosign_a_fork_or_what_was_cut(ledger: Ledger, tmp_path: Path) -> None:
    watching = Witness(AUDITOR.name, WITNESS, LOG_KEY, tmp_path / "seen")
    watching.cosign(ledger, 1)
    shorter = sealed_ledger(tmp_path / "shorter", 6)
    fork = sealed_ledger(tmp_path / "fork", 12, result="failed")
    for other in (shorter, fork):
        with pytest.raises(BrokenError, match="not cosigned"):
            watching.cosign(other, 2)
    assert watching.state.read_text() == str(ledger.checkpoint()[0])
    with pytest.raises(BrokenError):
        Witness(AUDITOR.name, WITNESS, notes.verifier(ORIGIN, CI.public), tmp_path / "new").cosign(ledger, 1)


def test_cosignatures_of_strangers_are_not_added(ledger: Ledger, tmp_path: Path) -> None:
    note = Witness("stranger", CI, LOG_KEY, tmp_path / "seen").cosign(ledger, 1)
    with pytest.raises(MalformedError):
        add_cosignatures(ledger, str(note).encode(), trusting(policy=witness_policy()))


def test_a_cosignature_that_does_not_hold_is_broken(ledger: Ledger, tmp_path: Path) -> None:
    note = Witness(AUDITOR.name, WITNESS, LOG_KEY, tmp_path / "seen").cosign(ledger, 1)
    wrong = notes.NoteSignature(AUDITOR.name, AUDITOR.hint, bytes(72))
    (ledger.folder / "checkpoint").write_text(str(notes.Note(note.text, (note.signatures[0], wrong))))
    assert verify_ledger(ledger, trusting(policy=witness_policy())).code == Fault.BROKEN


def given(log: notes.Verifier | None = LOG_KEY) -> Given:
    return Given(trusting(), log, NOW)


def test_a_proof_of_every_entry_and_of_no_other(ledger: Ledger) -> None:
    opened = open_sealed(ledger, trusting())
    entries = [entry for _, entry in ledger.entries()]
    for index, entry in enumerate(entries):
        proof = str(proof_of(opened, index)).encode()
        report = verify_proof(proof, entry, given())
        assert (report.code, report.verified) == (0, 1)
        assert verify_proof(proof, entries[index - 1], given()).code == Fault.BROKEN
    with pytest.raises(MalformedError):
        proof_of(opened, 9)
    assert verify_proof(proof, entries[8], given(None)).code == Fault.MALFORMED
    assert verify_proof(proof, entries[8], given(notes.verifier(ORIGIN, CI.public))).code == Fault.BROKEN
    assert verify_proof(b"", entries[8], given()).code == Fault.MALFORMED


def bundle(ledger: Ledger, folder: Path, start: int, end: int, *, window: bool) -> Path:
    opened = open_sealed(ledger, trusting())
    folder.mkdir()
    entries = [entry for _, entry in ledger.entries(start, end)]
    (folder / "receipts.intoto.jsonl").write_bytes(b"".join(entry + b"\n" for entry in entries))
    shutil.copy(ledger.folder / "checkpoint", folder / "checkpoint")
    if window:
        (folder / "checkpoints").mkdir()
        for size in (start, end):
            shutil.copy(ledger.folder / f"checkpoints/{size}", folder / f"checkpoints/{size}")
        (folder / "window.json").write_bytes(compact(window_of(opened, start, end).to_dict()))
    else:
        (folder / "proofs").mkdir()
        for index in range(start, end):
            (folder / f"proofs/{index:09d}.tlog-proof").write_text(str(proof_of(opened, index)))
    return folder


@pytest.mark.parametrize("window", [True, False])
def test_a_bundle_holds_without_its_ledger(ledger: Ledger, tmp_path: Path, *, window: bool) -> None:
    report = verify_bundle(bundle(ledger, tmp_path / "bundle", 3, 6, window=window), given())
    assert (report.code, report.entries, report.verified) == (0, 3, 3)
    assert report.complete == ((3, 6) if window else None)
    assert any("complete window" in limit for limit in report.limits) is not window


def lines(change: Callable[[list[bytes]], list[bytes]]) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        file = folder / "receipts.intoto.jsonl"
        file.write_bytes(b"".join(change(file.read_bytes().splitlines(keepends=True))))

    return apply


CHANGES = {
    "one is left out": lines(lambda rows: rows[:1] + rows[2:]),
    "the last is left out": lines(lambda rows: rows[:-1]),
    "two are swapped": lines(lambda rows: [rows[1], rows[0], *rows[2:]]),
    "one is repeated": lines(lambda rows: [*rows, rows[-1]]),
    "one is changed": lines(lambda rows: [rows[0].replace(b'{"payloadType"', b'{ "payloadType"'), *rows[1:]]),
    "one is another": lines(lambda rows: [receipt(77) + b"\n", *rows[1:]]),
}


@pytest.mark.parametrize(("window", "change"), list(itertools.product([True, False], CHANGES)))
def test_a_bundle_with_a_change_does_not_hold(ledger: Ledger, tmp_path: Path, *, window: bool, change: str) -> None:
    folder = bundle(ledger, tmp_path / "bundle", 3, 6, window=window)
    CHANGES[change](folder)
    assert verify_bundle(folder, given()).code in {Fault.BROKEN, Fault.MALFORMED}


def test_a_window_that_starts_elsewhere_does_not_hold(ledger: Ledger, tmp_path: Path) -> None:
    folder = bundle(ledger, tmp_path / "bundle", 3, 6, window=True)
    window = read_window((folder / "window.json").read_bytes()).to_dict()
    for change in ({"from": 5}, {"to": 7}, {"peaks": [*reversed(window["peaks"])]}, {"peaks": window["peaks"][:1]}):
        (folder / "window.json").write_bytes(compact(window | change))
        assert verify_bundle(folder, given()).code in {Fault.BROKEN, Fault.MALFORMED}


def test_the_checkpoint_a_window_starts_at_is_held_against_it_and_not_needed(ledger: Ledger, tmp_path: Path) -> None:
    folder = bundle(ledger, tmp_path / "bundle", 3, 6, window=True)
    (folder / "checkpoints/3").unlink()
    assert verify_bundle(folder, given()).complete == (3, 6)
    shutil.copy(ledger.folder / "checkpoints/6", folder / "checkpoints/3")
    assert verify_bundle(folder, given()).code == Fault.BROKEN


@pytest.mark.parametrize("window", [True, False])
def test_a_part_of_a_forged_ledger_does_not_hold_beside_a_true_checkpoint(
    ledger: Ledger, tmp_path: Path, *, window: bool
) -> None:
    forged = Ledger.create(tmp_path / "forged", ORIGIN, CI)
    for start in (0, 3, 6):
        forged.append([receipt(number + 100) for number in range(start, start + 3)])
        forged.seal(CI)
    opened = open_sealed(forged, trusting(), forged.log)
    folder = tmp_path / "bundle"
    for name in ("checkpoints", "proofs"):
        (folder / name).mkdir(parents=True)
    entries = [entry for _, entry in forged.entries(3, 6)]
    (folder / "receipts.intoto.jsonl").write_bytes(b"".join(entry + b"\n" for entry in entries))
    if window:
        for size in (3, 6):
            shutil.copy(forged.folder / f"checkpoints/{size}", folder / "checkpoints")
        (folder / "window.json").write_bytes(compact(window_of(opened, 3, 6).to_dict()))
    else:
        for index in range(3, 6):
            (folder / f"proofs/{index:09d}.tlog-proof").write_text(str(proof_of(opened, index)))
    shutil.copy(ledger.folder / "checkpoint", folder / "checkpoint")
    report = verify_bundle(folder, given())
    assert (report.code, report.complete) == (Fault.BROKEN, None)


def test_the_manifest_finds_what_was_changed_or_lost(ledger: Ledger, tmp_path: Path) -> None:
    folder = bundle(ledger, tmp_path / "bundle", 3, 6, window=True)
    (folder / "report.md").write_text("text\n")
    right = "b9e68e1bea3e5b19ca6b2f98b73a54b73daafaa250484902e09982e07a12e733"  # of text, as sha256sum prints it
    for files, code in (
        ({"report.md": right}, 0), ({"report.md": "00"}, 1), ({"gone.md": right}, 10), ({"../x": right}, 10), ([], 10),
    ):  # fmt: skip
        (folder / "manifest.json").write_bytes(compact({"files": files}))
        assert verify_bundle(folder, given()).code == code


def trust_files(text: str, **more: bytes) -> Callable[[str], bytes]:
    files = {"trust.yaml": text.encode(), "keys/g.pem": GUARDRAIL.public.pem(), **more}
    return lambda path: files[path]


ROW = f"keys:\n  - keyid: {GUARDRAIL.public.keyid}\n    algorithm: ed25519\n    file: keys/g.pem\n"


def test_a_trust_file() -> None:
    text = ROW + "    allow: {controls: [OPS-*]}\n    revokedAtIndex: null\n    rejectIf: smallOrder\n"
    trust = read_trust(trust_files(text), "trust.yaml", "mine", self_asserted=False)
    (grant,) = trust.grants[GUARDRAIL.public.keyid]
    assert (grant.allow, grant.valid_from, grant.revoked_at) == ({"controls": ("OPS-*",)}, 0, None)
    assert trust.provenance.startswith("mine sha256:")


def test_a_trust_file_that_cannot_be_read_is_refused_with_the_reason() -> None:
    with pytest.raises(MalformedError, match=r"trust\.yaml cannot be read: ") as refused:
        read_trust(trust_files("keys: [\n"), "trust.yaml", "mine", self_asserted=False)
    assert "empty" not in refused.value.message


def test_a_key_that_nobody_granted_anything_has_no_name() -> None:
    assert trusting().name("00" * 32) == ""
    assert trusting(GUARDRAIL).name(GUARDRAIL.public.keyid).startswith("key-")


@pytest.mark.parametrize("more", [True, False])
def test_each_receipt_of_a_bundle_has_one_proof(ledger: Ledger, tmp_path: Path, *, more: bool) -> None:
    folder = bundle(ledger, tmp_path / "bundle", 3, 6, window=False)
    last = folder / "proofs/000000005.tlog-proof"
    _ = shutil.copy(last, folder / "proofs/000000006.tlog-proof") if more else last.unlink()
    told = ("checkpoint", "1 proofs have no receipt") if more else ("receipts.intoto.jsonl", "1 receipts have no proof")
    report = verify_bundle(folder, given())
    assert [(one.where, one.message) for one in report.problems] == [told]
    assert report.code == Fault.MALFORMED


def test_a_key_may_have_several_grants(ledger: Ledger) -> None:
    text = (
        ROW + "    allow: {ledgers: [other]}\n" + ROW.removeprefix("keys:\n") + f"    allow: {{ledgers: [{ORIGIN}]}}\n"
    )
    trust = read_trust(trust_files(text), "trust.yaml", "mine", self_asserted=False)
    assert all(one.verified for one in verified(ledger, trust))


@pytest.mark.parametrize(
    "text",
    [
        "", "keys: {}", "keys: [1]", ROW + "    more: 1\n", ROW.replace("ed25519", "rsa"),
        ROW.replace("ed25519", "ecdsa-p256"),
        ROW.replace(GUARDRAIL.public.keyid, CI.public.keyid),
        ROW.replace("keys/g.pem", "../g.pem"),
        ROW + "    validFromIndex: -1\n",
        ROW.replace("keys/g.pem", "/g.pem"), ROW + "    allow: {controls: []}\n",
        ROW + "    allow: {executorTypes: [x]}\n", "a: *b",
    ],
)  # fmt: skip
def test_a_trust_file_that_is_not_so_is_refused(text: str) -> None:
    with pytest.raises((MalformedError, KeyRefusedError)):
        read_trust(trust_files(text), "trust.yaml", "mine", self_asserted=False)


def test_a_seal_while_it_is_read_disturbs_no_reader(ledger: Ledger) -> None:
    reading = verified(ledger, trusting())
    first = next(reading)
    ledger.append([receipt(number) for number in range(100, 400)])
    ledger.seal(LOG)
    assert [first.index, *(one.index for one in reading)] == list(range(9))


def test_the_hashes_that_come_out_of_a_tree_are_those_of_its_entries(tmp_path: Path) -> None:
    ledger = sealed_ledger(tmp_path / "ledger", 600)
    tree = open_sealed(ledger, trusting()).tree
    frontier = merkle.Frontier()
    for index, entry in ledger.entries():
        assert tree.root(index) == frontier.root()
        frontier.append(merkle.leaf_hash(entry))
    assert tree.node(9, 0) == merkle.fold(tree.peaks(512))


def test_kinds_of_verifiers_do_not_mix() -> None:
    assert notes.read_verifier(AUDITOR.text).kind == WITNESS_KIND
    assert notes.read_verifier(LOG_KEY.text).kind == LOG_KIND
    assert predicate(1)["id"] != predicate(2)["id"]
    assert tiles.WIDTH == 256
