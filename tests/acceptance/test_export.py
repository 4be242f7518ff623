"""`aimsctl evidence export`: what is handed on, to whom, and what the folder says of itself."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema_rs import validator_for

from aimsctl.errors import RenderError, UsageError
from aimsctl.output.folder import write_folder
from aimsctl.output.handover import documents
from aimsctl.output.tree import Heading, Paragraph
from tests.acceptance.test_evidence import ROOT, Site
from tests.unit.bundles import bundle, run_step
from tests.unit.evidence_ledgers import ORIGIN

TEXT = "kind: control\nid: OPS-07\ntitle: Personal data is masked\n"
PATH = "policies/controls/OPS-07.yaml"
OUTPUT = {"kind": "output", "id": "chatcmpl-7"}
PERSON = {"type": "human", "id": "urn:site:reviewer:r-0042", "name": "r-0042"}


def named(text: str = TEXT) -> dict[str, Any]:
    digest = hashlib.sha256(text.encode()).hexdigest()
    return {"id": "OPS-07", "path": PATH, "annexA": ["A.6.2.6"], "digest": {"sha256": digest}}


def git(root: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=n", "-c", "user.email=e@example.com", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *identity, *arguments], cwd=root, check=True, capture_output=True)


@pytest.fixture
def site(run: Any, workspace: Callable[..., Any], tmp_path: Path) -> Site:
    site = Site(run, workspace({PATH: TEXT}).root, tmp_path / "private")
    trust = site.root / "evidence/trust.yaml"
    trust.write_text(trust.read_text().replace("[guardrail]", "[guardrail, human]"))
    site.record(
        1, control=named(), target={"kind": "output", "id": "chatcmpl-7"}, model={"name": "m", "version": "1.0"}
    )
    site.record(2, control=named(), finishedOn="2026-11-22T11:00:00Z")
    assert site("seal").code == 0
    reviewed = {"outcome": "approved", "reasonCode": "correct"}
    site.record(3, executor=PERSON, target=OUTPUT, review=reviewed)
    site.record(4, result="error", finishedOn="2026-11-23T00:00:00Z")
    assert site("seal").code == 0
    return site


def manifest(folder: Path) -> Any:
    return json.loads((folder / "manifest.json").read_text())


def test_what_is_asked_for_is_handed_on_and_verifies_elsewhere(site: Site, tmp_path: Path) -> None:
    done = site("export", "--output", "chatcmpl-7", "--out", tmp_path / "out")
    assert (done.code, done.stderr) == (0, "")
    assert done.stdout.startswith(
        f"wrote {tmp_path}/out: 2 receipts, 2 verified, out of 1 ledger; 1 of 2 control texts"
    )
    auditor = tmp_path / "auditor"
    shutil.move(tmp_path / "out", auditor)
    shutil.copytree(site.root / "evidence/keys", tmp_path / "desk/keys")
    for name in ("trust.yaml", "logs.tlogpolicy"):
        shutil.copy(site.root / "evidence" / name, tmp_path / "desk" / name)
    shutil.rmtree(site.root)
    verified = site("verify", auditor, "--trust", tmp_path / "desk/trust.yaml", cwd=tmp_path)
    assert verified.code == 0, verified.stdout
    for said in ("ledgers/prod: valid", "2 of 2 verified", "pii-guard, key", "every file is as the manifest lists it"):
        assert said in verified.stdout
    assert "self-asserted" not in verified.stdout
    assert run_step(auditor, "4", tmp_path / "home").stdout.endswith("2 receipts valid, 0 things wrong\n")
    (auditor / "report.md").write_text("all is well\n")
    assert site("verify", auditor, "--trust", tmp_path / "desk/trust.yaml", cwd=tmp_path).code == 1


def test_the_records_for_machines_are_as_their_schemas_say(site: Site, tmp_path: Path) -> None:
    site("export", "--out", tmp_path / "all")
    site("export", "--from-checkpoint", "2", "--out", tmp_path / "window")
    ours = validator_for(json.loads((ROOT / "schemas/output/evidence-bundle.schema.json").read_text()))
    verify = validator_for(json.loads((ROOT / "schemas/output/evidence-verify.schema.json").read_text()))
    for name in ("all", "window"):
        ours.validate(manifest(tmp_path / name))
        good = site("verify", tmp_path / name, "--format", "json")
        (tmp_path / name / "VERIFY.md").unlink()
        bad = site("verify", tmp_path / name, "--format", "json")
        for done in (good, bad):
            verify.validate(done.json)
            assert done.json["exit_code"] == done.code
        assert (good.code, bad.code) == (0, 10)
    assert manifest(tmp_path / "window")["ledgers"][0]["window"] == {"from": 2, "to": 4}


def test_who_wants_all_of_a_period_is_told_what_to_ask_for(site: Site, tmp_path: Path) -> None:
    site("export", "--executor", "human", "--out", tmp_path / "out")
    assert manifest(tmp_path / "out")["ledgers"][0]["between"] == {"from": 2, "to": 4}
    assert f"around these it is `{ORIGIN}` from 2 to 4." in (tmp_path / "out/VERIFY.md").read_text()
    site("export", "--from-checkpoint", "2", "--to-checkpoint", "4", "--out", tmp_path / "window")
    assert manifest(tmp_path / "window")["counts"]["receipts"] == 2


def test_the_same_receipts_give_the_same_bytes(site: Site, tmp_path: Path) -> None:
    elsewhere = shutil.copytree(site.root, tmp_path / "elsewhere")
    contents = []
    for number, root in enumerate((site.root, elsewhere)):
        out = tmp_path / f"out-{number}"
        assert site("export", "--since", "2026-11-22", "--out", out, cwd=root).code == 0
        contents.append({str(one.relative_to(out)): one.read_bytes() for one in out.rglob("*") if one.is_file()})
    assert contents[0] == contents[1]


def test_the_text_of_a_control_is_the_one_that_was_signed(site: Site, tmp_path: Path) -> None:
    def found(name: str) -> tuple[str, list[bytes]]:
        assert site("export", "--model-version", "1.0", "--out", tmp_path / name).code == 0
        (control,) = manifest(tmp_path / name)["controls"]
        files = sorted((tmp_path / name).glob("controls/*"))
        assert [control["file"]] == [f"controls/{file.name}" for file in files] or control["file"] is None
        return control["where"], [file.read_bytes() for file in files]

    assert found("as it stands") == ("the work tree", [TEXT.encode()])
    (site.root / PATH).write_text(TEXT + "status: draft\n")
    assert found("changed since") == ("not found: no version here has the digest that was signed", [])
    git(site.root, "init", "-q")
    (site.root / PATH).write_text(TEXT)
    git(site.root, "add", ".")
    git(site.root, "commit", "-qm", "one")
    (site.root / PATH).write_text(TEXT + "status: draft\n")
    git(site.root, "commit", "-qam", "two")
    where, files = found("in the history")
    assert (where.startswith("commit "), files) == (True, [TEXT.encode()])


@pytest.mark.parametrize(
    "path", ["aimsctl.yaml", "policies/../aimsctl.yaml", "/etc/passwd", "evidence/trust.yaml", "policies/secret.pem"]
)
def test_a_receipt_cannot_have_any_other_file_handed_on(site: Site, tmp_path: Path, path: str) -> None:
    (site.root / "policies/secret.pem").write_text("secret\n")
    file = Path(path) if path.startswith("/") else site.root / path
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    site.record(9, control={"id": "OPS-09", "path": path, "digest": {"sha256": digest}})
    assert site("seal").code == 0
    assert site("export", "--control", "OPS-09", "--out", tmp_path / "out").code == 0
    (control,) = manifest(tmp_path / "out")["controls"]
    assert (control["file"], (tmp_path / "out/controls").exists()) == (None, False)


def test_what_nobody_may_attest_is_handed_on_and_said_to_be_doubtful(site: Site, tmp_path: Path) -> None:
    (tmp_path / "trust.yaml").write_text("keys: []\n")
    done = site("export", "--output", "chatcmpl-7", "--trust", tmp_path / "trust.yaml", "--out", tmp_path / "out")
    assert (done.code, "2 receipts, 0 verified" in done.stdout) == (1, True)
    assert (tmp_path / "out/report.md").read_text().count("NOT VERIFIED") == 2
    assert "could not verify 2 receipts" in (tmp_path / "out/VERIFY.md").read_text()
    assert site("verify", tmp_path / "out", "--trust", tmp_path / "trust.yaml").code == 10
    assert site("verify", tmp_path / "out").code == 0


def test_what_cannot_be_read_may_hold_more_and_the_bundle_says_so(site: Site, tmp_path: Path) -> None:
    for start in range(10, 280):
        site.record(start)
    assert site("seal").code == 0
    file = site.root / "evidence/ledger/tile/entries/000"
    file.write_bytes(file.read_bytes()[:-1])
    done = site("export", "--out", tmp_path / "out")
    assert (done.code, "1 part of the ledgers could not be read" in done.stdout) == (1, True)
    for name in ("report.md", "VERIFY.md", "report.html"):
        assert "could not be read" in (tmp_path / "out" / name).read_text()
    refused = site("export", "--from-checkpoint", "2", "--out", tmp_path / "window")
    assert (refused.code, "would not be complete" in refused.stderr) == (1, True)
    assert not (tmp_path / "window").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--from-checkpoint", "3"), "no checkpoint over 3 entries"),
        (("--from-checkpoint", "4"), "no window from 4 to 4"),
        (("--to-checkpoint", "9"), "no checkpoint over 9 entries"),
        (("--to-checkpoint", "2", "--system", "x"), "takes no filter"),
        (("--system", "x"), "no receipt fits"),
        (("--since", "yesterday"), "is no time"),
        (("--ledger", "policies"), "no ledger"),
        (("--ledger", "evidence/ledger", "--ledger", "evidence/ledger"), "have the same name"),
    ],
)
def test_what_cannot_be_handed_on_leaves_nothing(
    site: Site, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    done = site("export", *arguments, "--out", tmp_path / "new/out")
    assert done.code in {2, 3}, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "new").exists()


def test_nothing_is_written_over(site: Site, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert site("export", "--out", tmp_path / "empty").code == 0
    (tmp_path / "file").write_text("x")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for name in ("empty", "file", "link"):
        done = site("export", "--out", tmp_path / name)
        assert (done.code, "Traceback" in done.stderr) == (2, False)
    assert (tmp_path / "file").read_text() == "x"
    (site.root / "out").symlink_to(tmp_path / "empty")
    assert site("export", "--out", "out/more").code == 5
    assert not (tmp_path / "empty/more").exists()


def test_a_folder_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    with pytest.raises(RenderError):
        write_folder(tmp_path / "out", {"a": b"1", "a/b": b"2"}, tmp_path)
    assert list(tmp_path.iterdir()) == []
    write_folder(tmp_path / "out", {"a": b"1", "b/c": b"2"}, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    with pytest.raises(UsageError):
        write_folder(tmp_path / "out", {"a": b"3"}, tmp_path)
    assert (tmp_path / "out/a").read_bytes() == b"1"


def test_programs_of_others_read_the_receipts_as_oscal_assessment_results(site: Site, tmp_path: Path) -> None:
    site("export", "--out", tmp_path / "out")
    data = json.loads((tmp_path / "out/oscal/assessment-results.json").read_text())["assessment-results"]
    (result,) = data["results"]
    assert [one["methods"] for one in result["observations"]] == [["TEST"], ["TEST"], ["EXAMINE"], ["TEST"]]
    assert [one["collected"] for one in result["observations"]][1] == "2026-11-22T11:00:00Z"
    assert (result["start"], result["end"]) == ("2026-11-22T10:14:02.310Z", "2026-11-23T00:00:00Z")
    resources = {one["uuid"]: one for one in data["back-matter"]["resources"]}
    for one in (*resources, data["uuid"], result["uuid"], *(one["uuid"] for one in result["observations"])):
        assert uuid.UUID(one).version == 5
    assert data["import-ap"]["href"][1:] in resources
    components = {one["uuid"] for one in result["local-definitions"]["components"]}
    for observation in result["observations"]:
        assert {one["subject-uuid"] for one in observation["subjects"]} <= components
        (evidence,) = observation["relevant-evidence"]
        links = resources[evidence["href"][1:]]["rlinks"]
        for link in links:
            assert (tmp_path / "out/oscal" / link["href"]).is_file()
        proof = (tmp_path / "out/oscal" / links[1]["href"]).read_bytes()
        assert links[1]["hashes"] == [{"algorithm": "SHA-256", "value": hashlib.sha256(proof).hexdigest()}]
        assert all(prop["value"].strip() for prop in observation["props"])


def test_the_report_lists_every_receipt_and_begins_with_what_it_is_given(tmp_path: Path) -> None:
    made = bundle(tmp_path / "ledgers")
    plain = made.files()["report.md"].decode()
    assert plain.startswith("# Receipts of control runs\n")
    assert plain.count("| 2026-11-22T10:14:02.317Z | OPS-07 | claims-triage |") == 15
    assert "| build 0 |" in plain
    answered = made.files([Heading(1, "What ran on 22 November"), Paragraph("Everything did.")])
    assert answered["report.md"].decode().startswith("# What ran on 22 November\n\nEverything did.\n\n## The receipts")
    assert b"<title>What ran on 22 November</title>" in answered["report.html"]
    rows = [row for part in made.parts for row in part.rows] * 400
    assert b"The first 5,000 of 6,000" in documents(json.loads(made.files()["manifest.json"]), rows)["report.md"]
