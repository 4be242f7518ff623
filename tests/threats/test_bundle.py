"""Threats to what is handed on: parts that do not belong together, changes, and a verdict that needs our own tool."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from aimsctl.cli.evidence_export import Bundle
from aimsctl.evidence import keys, notes
from aimsctl.evidence.bundle import Given
from aimsctl.evidence.handed_over import is_handed_over, verify_handed_over
from aimsctl.evidence.handover import asked
from aimsctl.evidence.ledger import Ledger
from aimsctl.evidence.problems import Fault
from aimsctl.evidence.query import Wanted
from tests.conftest import unavailable
from tests.unit.bundles import (
    SECOND,
    bundle,
    commands,
    edit,
    offered,
    relist,
    run_step,
    trusted,
    window,
    written,
)
from tests.unit.evidence_ledgers import GUARDRAIL, LOG, ORIGIN, receipt, trusting

GIVEN = Given(trusted(), None, None)
PROD, BUILD = "ledgers/prod", "ledgers/build"
RECEIPTS = f"{PROD}/receipts.intoto.jsonl"
PROOF = f"{PROD}/proofs/000000006.tlog-proof"
Change = Callable[[Path], None]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    written(bundle(folder / "ledgers"), folder / "bundle")
    written(window(folder / "others"), folder / "window")
    return folder


@pytest.fixture
def handed_on(made: Path, tmp_path: Path) -> Path:
    """What the auditor has: the bundle and nothing else."""
    return Path(shutil.copytree(made / "bundle", tmp_path / "auditor"))


@pytest.fixture
def complete(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made / "window", tmp_path / "auditor"))


def code(folder: Path) -> int:
    return verify_handed_over(folder, GIVEN).code


def lines(change: Callable[[list[bytes]], list[bytes]]) -> Callable[[bytes], bytes]:
    return lambda content: b"".join(row + b"\n" for row in change(content.splitlines()))


def again(folder: Path) -> None:
    """The last receipt and its proof once more."""
    edit(RECEIPTS, lines(lambda rows: [*rows, rows[-1]]))(folder)
    proofs = folder / PROD / "proofs"
    shutil.copy(max(proofs.iterdir()), proofs / "000000099.tlog-proof")


def left_out(folder: Path) -> None:
    """A receipt taken out, its proof left."""
    edit(RECEIPTS, lines(lambda rows: rows[:3] + rows[4:]))(folder)


def resigned(folder: Path) -> None:
    """A root that somebody else's key signed in the log's name."""
    thief = keys.generate()
    text = (folder / PROD / "checkpoint").read_text().partition("\n\n")[0] + "\n"
    signed = notes.sign_note(text, ORIGIN, thief)
    hint = notes.verifier(ORIGIN, LOG.public).hint
    forged = notes.Note(text, (notes.NoteSignature(ORIGIN, hint, signed.value),))
    (folder / PROD / "checkpoint").write_text(str(forged))


def swapped(first: str, second: str) -> Change:
    def apply(folder: Path) -> None:
        one, other = (folder / first).read_bytes(), (folder / second).read_bytes()
        (folder / first).write_bytes(other)
        (folder / second).write_bytes(one)

    return apply


HASH = re.compile(rb"\n[A-Za-z0-9+/]{43}=\n")
CHANGES: dict[str, Change] = {
    "a receipt edited": edit(RECEIPTS, lambda text: text.replace(b'"payload":"e', b'"payload":"f', 1)),
    "a receipt reformatted": edit(RECEIPTS, lambda text: text.replace(b'":', b'": ', 1)),
    "two receipts exchanged": edit(RECEIPTS, lines(lambda rows: [rows[1], rows[0], *rows[2:]])),
    "a receipt left out": left_out,
    "a receipt twice": again,
    "another place in a proof": edit(PROOF, lambda text: text.replace(b"index 6", b"index 7")),
    "another hash in a proof": edit(PROOF, lambda text: HASH.sub(b"\n" + b"A" * 43 + b"=\n", text, count=1)),
    "the proofs of two receipts exchanged": swapped(PROOF, PROOF.replace("6", "7")),
    "another size in the checkpoint": edit(f"{PROD}/checkpoint", lambda text: text.replace(b"\n13\n", b"\n14\n")),
    "the checkpoint signed by another key": resigned,
    "the checkpoint of another ledger": swapped(f"{PROD}/checkpoint", f"{BUILD}/checkpoint"),
    "the receipts of two ledgers exchanged": swapped(RECEIPTS, f"{BUILD}/receipts.intoto.jsonl"),
    "the signature of the witness edited": edit(
        f"{PROD}/checkpoint", lambda text: text[:-8] + bytes([text[-8] ^ 1]) + text[-7:]
    ),
}  # fmt: skip


def test_E_25_the_commands_of_verify_md_accept_the_bundle(handed_on: Path, tmp_path: Path) -> None:
    assert list(commands(handed_on)) == ["1", "2", "3", "4", "5"]
    done = {step: run_step(handed_on, step, tmp_path / "home") for step in "1234"}
    assert [one.returncode for one in done.values()] == [0, 0, 0, 0], [one.stderr for one in done.values()]
    assert f"{GUARDRAIL.public.keyid}  keys/{GUARDRAIL.public.keyid}.pem" in done["1"].stdout
    assert "Verified" in done["3"].stdout
    assert '"target":{"kind":"output"' in done["3"].stdout
    said = done["4"].stdout.splitlines()
    assert said[-1] == "15 receipts valid, 0 things wrong"
    assert "build 0: 2026-11-22T10:14:02.317Z OPS-07 claims-triage output chatcmpl-50 failed" in said
    assert "ledgers/prod/checkpoint: cosigned by auditor.example.org/witness at 2026-11-18T11:06:40.000Z" in said
    assert sorted(path.name for path in handed_on.iterdir()) == [
        "VERIFY.md", "controls", "keys", "ledgers", "manifest.json", "oscal", "report.html", "report.md",
    ]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_E_25_the_commands_and_we_refuse_the_same_changes(handed_on: Path, tmp_path: Path, change: str) -> None:
    """Whoever changes a bundle makes its manifest fit, since nobody signed that; the other steps must find it."""
    assert code(handed_on) == 0
    CHANGES[change](handed_on)
    assert run_step(handed_on, "2", tmp_path / "home").returncode != 0
    relist(handed_on)
    assert run_step(handed_on, "2", tmp_path / "home").returncode == 0
    done = run_step(handed_on, "4", tmp_path / "home")
    assert done.returncode != 0
    assert "NOT VALID" in done.stdout
    assert code(handed_on) in {Fault.BROKEN, Fault.MALFORMED}


@pytest.mark.parametrize(("ledger", "program"), [(PROD, "pkeyutl"), (BUILD, "dgst")])
def test_E_25_openssl_verifies_a_receipt_of_each_kind_of_key(tmp_path: Path, ledger: str, program: str) -> None:
    made = bundle(tmp_path / "ledgers")
    parts = [part for part in made.parts if ledger.endswith(part.name)]
    folder = written(Bundle(parts, made.wanted, made.trust, ()), tmp_path / "auditor")
    assert program in commands(folder)["3"]
    done = run_step(folder, "3", tmp_path / "home")
    assert done.returncode == 0, done.stderr
    edit(f"{ledger}/receipts.intoto.jsonl", lambda text: text.replace(b'"payload":"e', b'"payload":"f', 1))(folder)
    assert run_step(folder, "3", tmp_path / "home").returncode != 0


def test_E_25_proofbundle_says_the_same(handed_on: Path, tmp_path: Path) -> None:
    if not offered(tmp_path / "home", "proofbundle", Path(sys.executable).with_name("proofbundle")):
        unavailable("proofbundle is not installed")
    done = run_step(handed_on, "5", tmp_path / "home")
    assert done.returncode == 0, done.stderr + done.stdout
    file = handed_on / BUILD / "proofs/000000000.tlog-proof"
    file.write_bytes(HASH.sub(b"\n" + b"A" * 43 + b"=\n", file.read_bytes(), count=1))
    assert run_step(handed_on, "5", tmp_path / "home").returncode != 0


def test_E_25_the_keys_of_the_auditor_decide_and_not_those_enclosed(handed_on: Path, tmp_path: Path) -> None:
    own = shutil.copytree(handed_on / "keys", tmp_path / "own")
    (own / f"{GUARDRAIL.public.keyid}.pem").unlink()
    commands_file = handed_on / "VERIFY.md"
    commands_file.write_text(commands_file.read_text().replace("${KEYS:-keys}", str(own)))
    done = run_step(handed_on, "4", tmp_path / "home")
    assert done.returncode == 1
    assert done.stdout.count("signed by a key that is not here") == 13
    assert "no receipt names this text of the control" in done.stdout  # none that holds
    assert done.stdout.splitlines()[-1] == "2 receipts valid, 14 things wrong"


def test_E_25_a_text_of_a_control_that_no_receipt_names_is_refused(handed_on: Path, tmp_path: Path) -> None:
    (text,) = (handed_on / "controls").iterdir()
    text.write_bytes(text.read_bytes() + b"# and more\n")
    relist(handed_on)
    done = run_step(handed_on, "4", tmp_path / "home")
    assert (done.returncode, "no receipt names this text" in done.stdout) == (1, True)


WINDOW_CHANGES: dict[str, Change] = {
    "one left out": edit(RECEIPTS, lines(lambda rows: rows[:3] + rows[4:])),
    "two exchanged": edit(RECEIPTS, lines(lambda rows: [rows[1], rows[0], *rows[2:]])),
    "one twice": edit(RECEIPTS, lines(lambda rows: [*rows, rows[-1]])),
    "the last cut off": edit(RECEIPTS, lines(lambda rows: rows[:-1])),
    "another beginning": edit(f"{PROD}/window.json", lambda text: text.replace(b'"from": 5', b'"from": 6')),
    "another end": edit(f"{PROD}/window.json", lambda text: text.replace(b'"to": 13', b'"to": 12')),
    "another peak": edit(f"{PROD}/window.json", lambda text: re.sub(rb'"[0-9a-f]{4}', b'"0000', text, count=1)),
    "another first root": edit(f"{PROD}/checkpoints/5", lambda text: text.replace(b"\n5\n", b"\n6\n")),
}


def test_E_25_a_complete_window_is_shown_to_be_complete(complete: Path, tmp_path: Path) -> None:
    done = {step: run_step(complete, step, tmp_path / "home") for step in "1234"}
    assert [one.returncode for one in done.values()] == [0, 0, 0, 0], [one.stderr for one in done.values()]
    assert done["4"].stdout.splitlines()[-2:] == [
        "prod: these are all entries from 5 up to 12, none is missing", "8 receipts valid, 0 things wrong",
    ]  # fmt: skip
    assert "these are all receipts there are" not in (complete / "VERIFY.md").read_text()
    (report,) = verify_handed_over(complete, GIVEN).parts.values()
    assert (report.code, report.complete) == (0, (5, 13))


@pytest.mark.parametrize("change", WINDOW_CHANGES)
def test_E_25_a_window_with_one_changed_is_refused(complete: Path, tmp_path: Path, change: str) -> None:
    WINDOW_CHANGES[change](complete)
    relist(complete)
    done = run_step(complete, "4", tmp_path / "home")
    assert (done.returncode, "NOT VALID" in done.stdout) == (1, True)
    assert code(complete) in {Fault.BROKEN, Fault.MALFORMED}


STRANGE_PARTS: dict[str, tuple[Change, str]] = {
    "one ledger twice": (lambda folder: _copied(folder / PROD, folder / "ledgers/z"), "the same ledger as"),
    "one more": (lambda folder: _copied(folder / PROD, folder / "ledgers/z"), "the manifest does not know this ledger"),
    "one less": (lambda folder: shutil.rmtree(folder / BUILD), "the bundle lacks it"),
    "one under the name of another": (
        lambda folder: _copied(folder / PROD, folder / BUILD), "describes another ledger than is there"
    ),
}  # fmt: skip


def _copied(source: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)


@pytest.mark.parametrize("name", STRANGE_PARTS)
def test_E_07_the_parts_of_a_bundle_must_belong_together(handed_on: Path, name: str) -> None:
    change, said = STRANGE_PARTS[name]
    change(handed_on)
    relist(handed_on)
    found = verify_handed_over(handed_on, GIVEN)
    assert found.code == Fault.MALFORMED
    assert any(said in problem.message for problem in found.around.problems)


def test_E_13_an_older_root_does_not_carry_newer_receipts(handed_on: Path, made: Path) -> None:
    shutil.copy(made / "window" / PROD / "checkpoints/5", handed_on / PROD / "checkpoint")
    relist(handed_on)
    assert code(handed_on) in {Fault.BROKEN, Fault.MALFORMED}


def test_E_07_a_bundle_of_ledgers_is_not_taken_for_one_of_its_parts(handed_on: Path, tmp_path: Path) -> None:
    assert is_handed_over(handed_on)
    (tmp_path / "empty").mkdir()
    for other in (handed_on / PROD, handed_on / "ledgers", tmp_path / "empty", handed_on / "manifest.json"):
        assert not is_handed_over(other)


def test_E_07_a_log_s_key_is_given_for_its_own_ledger_only(handed_on: Path) -> None:
    wrong = notes.verifier(SECOND, GUARDRAIL.public)
    found = verify_handed_over(handed_on, Given(trusted(), wrong, None))
    assert {path: report.code for path, report in found.parts.items()} == {BUILD: Fault.BROKEN, PROD: 0}


@pytest.mark.parametrize(
    "path", ["report.html", "VERIFY.md", "controls", "keys", "oscal/assessment-results.json", RECEIPTS]
)
@pytest.mark.parametrize("change", ["edit", "crlf", "link", "move", "add"])
def test_E_17_each_file_that_was_changed_moved_linked_or_added_is_named(
    handed_on: Path, tmp_path: Path, path: str, change: str
) -> None:
    file = handed_on / path if (handed_on / path).is_file() else min((handed_on / path).iterdir())
    content = file.read_bytes()
    if change == "edit":
        file.write_bytes(content[:-2] + b"x" + content[-2:])
    elif change == "crlf":
        file.write_bytes(content.replace(b"\n", b"\r\n"))
    elif change == "link":
        file.rename(tmp_path / "equal")
        file.symlink_to(tmp_path / "equal")
    elif change == "move":
        file.rename(file.with_name(f"{file.stem}-moved{file.suffix}"))
    else:
        file.with_name("more.pem").write_bytes(content)
    found = verify_handed_over(handed_on, GIVEN)
    assert found.code in {Fault.BROKEN, Fault.MALFORMED}
    named = {problem.where for problem in found.around.problems}
    assert (file if change != "add" else file.with_name("more.pem")).relative_to(handed_on).as_posix() in named


def test_E_17_a_bundle_without_its_manifest_or_with_one_that_leads_outside_is_malformed(handed_on: Path) -> None:
    file = handed_on / "manifest.json"
    record = json.loads(file.read_text())
    for files in ({**record["files"], "../secret": "0" * 64}, {**record["files"], "/etc/passwd": "0" * 64}, []):
        file.write_text(json.dumps({**record, "files": files}))
        assert code(handed_on) == Fault.MALFORMED
    for content in ("[]", "{}", "{", '{"ledgers": [1, {"path": []}], "files": {}}', json.dumps(record) * 2):
        file.write_text(content)
        assert code(handed_on) == Fault.MALFORMED
    file.unlink()
    assert code(handed_on) == Fault.MALFORMED


def test_E_17_what_is_no_folder_of_a_ledger_is_refused(handed_on: Path, tmp_path: Path) -> None:
    (handed_on / PROD).rename(tmp_path / "prod")
    (handed_on / PROD).symlink_to(tmp_path / "prod")
    assert code(handed_on) == Fault.MALFORMED
    shutil.rmtree(handed_on / "ledgers" / "build")
    (handed_on / PROD).unlink()
    assert code(handed_on) == Fault.MALFORMED


def test_E_17_a_folder_that_is_a_link_to_an_equal_one_is_refused(handed_on: Path, tmp_path: Path) -> None:
    (handed_on / "controls").rename(tmp_path / "equal")
    (handed_on / "controls").symlink_to(tmp_path / "equal")
    found = verify_handed_over(handed_on, GIVEN)
    assert [(one.where, one.message) for one in found.around.problems] == [
        ("controls", "it is a link; a bundle has none")
    ]


def test_E_25_what_a_desktop_leaves_behind_changes_nothing(handed_on: Path, tmp_path: Path) -> None:
    for folder in (
        handed_on,
        handed_on / "ledgers",
        handed_on / PROD / "proofs",
        handed_on / "keys",
        handed_on / "controls",
    ):
        (folder / ".DS_Store").write_bytes(b"x")
    assert code(handed_on) == 0
    assert [run_step(handed_on, step, tmp_path / "home").returncode for step in "1234"] == [0, 0, 0, 0]


def test_E_25_nothing_private_is_handed_on(handed_on: Path) -> None:
    everything = b"".join(path.read_bytes() for path in handed_on.rglob("*") if path.is_file())
    assert b"PRIVATE KEY" not in everything
    assert str(handed_on.parent).encode() not in everything


def test_E_25_names_of_others_are_no_commands_and_no_markup(tmp_path: Path) -> None:
    """A name that its owner chose to harm stands in no command, and in the texts it is inert."""
    harmful = "<script>x</script> | ``` [a](javascript:x) \u202e"
    ledger = Ledger.create(tmp_path / "ledger", "a/$(touch${IFS}harmed)`touch-harmed`<b>|'\";", LOG)
    ledger.append([receipt(1, target={"kind": "output", "id": harmful})])
    ledger.seal(LOG)
    trust = trusting(GUARDRAIL)
    made = Bundle(asked([ledger], trust, Wanted()), Wanted(), trust, ())
    folder = written(made, tmp_path / "auditor")
    for step in "1234":
        done = run_step(folder, step, tmp_path / "home")
        assert done.returncode == 0, (step, done.stdout, done.stderr)
        assert not {"\u202e"} & set(done.stdout)
    assert not list(tmp_path.rglob("harmed"))
    for name in ("report.html", "report.md", "VERIFY.md"):
        assert "<script>" not in (folder / name).read_text()
        assert not {"\u202e"} & set((folder / name).read_text())
