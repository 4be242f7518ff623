"""`aimsctl evidence`, as an engineer sets it up, an auditor verifies it, and a second party witnesses it."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema_rs import validator_for

from aimsctl.evidence import envelope, keys
from aimsctl.evidence.ledger import Ledger
from aimsctl.evidence.proofs import proof_of
from aimsctl.evidence.verify import open_sealed
from tests.unit.evidence_ledgers import ORIGIN, predicate, statement, trusting

ROOT = Path(__file__).resolve().parent.parent.parent


class Site:
    """A workspace with a ledger, and the key of one guardrail, whose private half lies outside."""

    def __init__(self, run: Any, root: Path, folder: Path) -> None:
        self.root, self.keys, self.run = root, folder, run
        assert self("init", "--origin", ORIGIN).code == 0
        assert self("key", "new", "pii-guard").code == 0
        added = self("key", "add", "evidence/keys/pii-guard.pem", "--executor-type", "guardrail", "--control", "OPS-*")
        assert added.code == 0, added.stderr

    def __call__(self, *arguments: str | Path, **options: Any) -> Any:
        options.setdefault("cwd", self.root)
        return self.run("evidence", *arguments, env={"AIMSCTL_KEYS": str(self.keys)}, **options)

    @property
    def ledger(self) -> Ledger:
        return Ledger.open(self.root / "evidence/ledger")

    def record(self, *numbers: int, **changes: Any) -> None:
        signer = keys.read_private(self.keys / "pii-guard.pem")
        self.ledger.append([envelope.sign(statement(predicate(one, **changes)), [signer]) for one in numbers])

    @property
    def vkey(self) -> str:
        return self.ledger.log.text


@pytest.fixture
def site(run: Any, workspace: Callable[..., Any], tmp_path: Path) -> Site:
    return Site(run, workspace().root, tmp_path / "private")


def test_from_nothing_to_a_verified_ledger(site: Site) -> None:
    site.record(1, 2, 3)
    assert "receipts     0 of 0 verified" in site("verify").stdout
    sealed = site("seal")
    assert (sealed.code, sealed.stdout) == (0, f"sealed 3 receipts, {ORIGIN} has 3\n")
    done = site("verify")
    assert done.code == 0
    assert done.stdout.startswith("valid\n")
    for said in (
        "3 of 3 verified",
        "pii-guard, key",
        "3 guardrail (executor)",
        "self-asserted trust",
        "cannot be excluded",
    ):
        assert said in done.stdout


def test_the_record_for_machines_is_as_its_schema_says(site: Site) -> None:
    check = validator_for(json.loads((ROOT / "schemas/output/evidence-verify.schema.json").read_text()))
    site.record(1)
    site.record(2, control={"id": "HO-01"})
    reports = [site("verify", "--format", "json")]
    site("seal", "--unchecked")
    reports.append(site("verify", "--format", "json"))
    (site.root / "evidence/ledger/checkpoint").write_bytes(b"x")
    reports.append(site("verify", "--format", "json"))
    assert [one.code for one in reports] == [11, 11, 10]
    for one in reports:
        check.validate(one.json)
        assert one.json["exit_code"] == one.code
    assert reports[1].json["problems"][0]["where"] == "entry 1"


def test_an_auditor_brings_his_own_trust_and_his_checkpoint(site: Site, tmp_path: Path) -> None:
    site.record(1, 2)
    site("seal")
    desk = tmp_path / "auditor"
    shutil.copytree(site.root / "evidence", desk)
    (desk / "kept").write_text(site("checkpoint").stdout)
    site.record(3)
    site("seal")
    (site.root / "evidence/trust.yaml").write_text("keys: []\n")
    assert site("verify").code == 11
    ours = ("--trust", desk / "trust.yaml", "--checkpoint", desk / "kept")
    done = site("verify", site.root / "evidence/ledger", *ours, cwd=desk)
    assert done.code == 0, done.stdout
    assert "self-asserted" not in done.stdout
    assert "held against kept" in done.stdout
    rolled_back = site(
        "verify", desk / "ledger", "--trust", desk / "trust.yaml", "--checkpoint", site_checkpoint(site, desk)
    )
    assert rolled_back.code == 1
    assert "entries are gone" in rolled_back.stdout


def site_checkpoint(site: Site, folder: Path) -> Path:
    file = folder / "newest"
    file.write_text(site("checkpoint").stdout)
    return file


def test_trust_of_the_base_branch(site: Site) -> None:
    def git(*arguments: str) -> None:
        identity = ("-c", "user.name=n", "-c", "user.email=e@example.com")
        subprocess.run(["git", *identity, *arguments], cwd=site.root, check=True, capture_output=True)

    git("init", "-q", "-b", "main")
    git("add", "-A")
    git("commit", "-q", "-m", "base")
    site("key", "new", "mine")
    site("key", "add", "evidence/keys/mine.pem")
    signer = keys.read_private(site.keys / "mine.pem")
    site.ledger.append([envelope.sign(statement(predicate(1)), [signer])])
    assert site("seal").code == 0
    assert site("verify").code == 0
    base = site("verify", "--policy-from", "main", "--format", "json")
    assert base.code == 11
    assert base.json["trust"]["self_asserted"] is False
    assert "not trusted" in base.json["problems"][0]["message"]


def test_what_may_not_count_is_not_sealed(site: Site) -> None:
    site.record(1)
    site.record(2, control={"id": "HO-01"})
    refused = site("seal")
    assert refused.code == 3
    assert "may not attest the control HO-01" in refused.stderr
    assert site.ledger.checkpoint()[1].size == 0


def test_a_revoked_key_keeps_what_was_sealed_and_loses_what_comes(site: Site) -> None:
    site.record(1, 2)
    site("seal")
    before = (site.root / "evidence/trust.yaml").read_text()
    revoked = site("key", "revoke", "pii-guard")
    assert "from index 2 on" in revoked.stdout
    assert (site.root / "evidence/trust.yaml").read_text() == before.replace(
        "revokedAtIndex: null", "revokedAtIndex: 2"
    )
    assert site("verify").code == 0
    site.record(3)
    assert site("seal").code == 3
    listed = site("key", "list", "--format", "json").json["keys"]
    assert [(one["name"], one["revokedAtIndex"]) for one in listed] == [("pii-guard", 2)]
    assert "revoked from 2" in site("key", "list").stdout
    again = site("key", "revoke", "pii-guard", "--at", "7")
    assert again.code == 0
    assert "revokedAtIndex: 2" in (site.root / "evidence/trust.yaml").read_text()


def test_comments_in_the_trust_file_stay(site: Site) -> None:
    file = site.root / "evidence/trust.yaml"
    file.write_text(file.read_text().replace("    algorithm", "    # by the board\n    algorithm"))
    site("key", "new", "reviewers", "--algorithm", "ecdsa-p256")
    added = site("key", "add", "evidence/keys/reviewers.pem", "--name", "second line: people", "--system", "a: b")
    assert added.code == 0, added.stderr
    assert "# by the board" in file.read_text()
    assert [one["name"] for one in site("key", "list", "--format", "json").json["keys"]] == [
        "pii-guard",
        "second line: people",
    ]


def test_keys_that_must_not_be_trusted_are_refused(site: Site, tmp_path: Path) -> None:
    small = tmp_path / "small.pem"
    identity = "MCowBQYDK2VwAyEAAQ" + "A" * 41 + "="
    small.write_text(f"-----BEGIN PUBLIC KEY-----\n{identity}\n-----END PUBLIC KEY-----\n")
    refused = site("key", "add", small)
    assert refused.code == 3
    assert "small order" in refused.stderr
    assert "private key" in site("key", "add", site.keys / "pii-guard.pem").stderr
    assert site("key", "add", tmp_path / "missing.pem").code == 3
    assert site("key", "add", "evidence/keys/pii-guard.pem", "--executor-type", "robot").code == 10


def test_a_witness_remembers_and_its_signature_is_taken_in(site: Site, tmp_path: Path) -> None:
    witness = tmp_path / "witness"
    witness.mkdir()
    keys.write_private(witness / "key.pem", keys.generate())
    site.record(1)
    site("seal")
    command = ("witness", site.root / "evidence/ledger", "--name", "auditor.example.org/witness", "--log", site.vkey)
    command = (*command, "--state", witness / "seen", "--key", witness / "key.pem")
    cosigned = site(*command, cwd=witness)
    assert cosigned.code == 0, cosigned.stderr
    (witness / "out").write_text(cosigned.stdout)
    line = cosigned.stderr.strip().rpartition(" ")[2]
    policy = site.root / "evidence/logs.tlogpolicy"
    policy.write_text(policy.read_text().replace("quorum none", f"witness auditor {line}\nquorum auditor"))
    assert site("verify").code == 11
    assert "added the cosignature of auditor" in site("checkpoint", "--add", witness / "out").stdout
    done = site("verify", "--format", "json")
    assert (done.code, [one["name"] for one in done.json["witnesses"]]) == (0, ["auditor"])
    shutil.rmtree(site.root / "evidence/ledger")
    assert site("init", "--origin", ORIGIN).code == 0
    refused = site(*command, cwd=witness)
    assert (refused.code, refused.stdout) == (1, "")
    assert "entries are gone" in refused.stderr


def test_one_proof_with_its_receipt(site: Site, tmp_path: Path) -> None:
    site.record(1, 2, 3)
    site("seal")
    opened = open_sealed(site.ledger, trusting())
    (tmp_path / "one.tlog-proof").write_text(str(proof_of(opened, 1)))
    (tmp_path / "one.intoto.json").write_bytes(next(entry for index, entry in site.ledger.entries(1)))
    ours = ("--trust", site.root / "evidence/trust.yaml")
    assert site("verify", tmp_path / "one.tlog-proof", *ours, cwd=tmp_path).code == 0
    (tmp_path / "other.json").write_bytes(next(entry for index, entry in site.ledger.entries(2)))
    wrong = site("verify", tmp_path / "one.tlog-proof", *ours, "--entry", tmp_path / "other.json", cwd=tmp_path)
    assert wrong.code == 1
    assert site("verify", tmp_path / "other.json", cwd=tmp_path).code == 2
    (tmp_path / "one.intoto.json").unlink()
    assert site("verify", tmp_path / "one.tlog-proof", cwd=tmp_path).code == 2


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("verify",), 2), (("seal",), 2), (("checkpoint",), 2), (("init", "--origin", "a b"), 3),
        (("key", "revoke", "x"), 2),
        (("verify", "--log", "x"), 2),
        (("verify", "missing"), 2), (("key", "list"), 0), (("nothing",), 2), (("key", "x"), 2),
        (("verify", "--trust", "a", "--policy-from", "b"), 2), (("verify", "aimsctl.yaml"), 2), ((), 2),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said_in_a_line(run: Any, workspace: Any, arguments: tuple[str, ...], code: int) -> None:
    done = run("evidence", *arguments, cwd=workspace().root)
    assert done.code == code, done.stderr
    assert "Traceback" not in done.stderr


def test_each_command_has_help_and_loads_only_itself(run: Any) -> None:
    for words in (("init",), ("key", "new"), ("key", "list"), ("seal",), ("verify",), ("checkpoint",), ("witness",)):
        assert run("evidence", *words, "--help").code == 0
    told = run("evidence", "--help").stdout
    assert all(word in told for word in ("init", "key", "seal", "verify", "checkpoint", "witness"))
