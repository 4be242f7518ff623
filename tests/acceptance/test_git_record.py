"""Git as the record: who wrote and who approved a text, what a signature shows, what changed, how readiness moved."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from tests.conftest import unavailable
from tests.signing import Key, commit, git, new_key
from tests.unit.test_output_json import problems

PEOPLE = """kind: register
of: person
defaults: {owner: ROLE-HAG, status: approved}
items:
- {id: PER-01, title: 'Ingrid Moen, chief executive', joined: 2020-01-01}
- {id: PER-02, title: 'Jonas Vik, head of AI governance', joined: 2020-01-01}
"""
ROLES = """kind: register
of: role
defaults:
  owner: ROLE-HAG
  status: approved
  review: {last: 2026-01-05, every: P1Y}
items:
- id: ROLE-CEO
  title: Chief executive
  holder: PER-01
  top_management: true
  responsibilities: [Leads the company]
  authority: May stop anything.
  duties: [aims_reporting]
- id: ROLE-HAG
  title: Head of AI governance
  holder: PER-02
  responsibilities: [Keeps the AI management system in line with the standard]
  authority: May stop a release until its assessment is done.
  duties: [aims_conformity]
"""
POLICY = """kind: policy
id: POL-01
title: AI policy
owner: ROLE-HAG
status: in_review
version: '1.0'
review: {last: 2026-01-05, every: P1Y}
type: ai
purpose: It says what we want from AI and what we will not do with it.
applies_to: Everybody who builds, buys or runs our AI systems.
principles: [A nurse decides, We release nothing that failed its tests]
commits_to_requirements: We meet the laws, contracts and standards that apply to our AI systems.
commits_to_improvement: We improve the AI management system continually.
"""
WRITER, APPROVER = "Jonas Vik", "Ingrid Moen"


def approved(text: str, day: str = "2026-02-02", by: str = "ROLE-CEO") -> str:
    return text.replace("status: in_review\n", f"status: approved\napproval: {{by: {by}, date: {day}}}\n")


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Key]:
    folder = tmp_path_factory.mktemp("keys")
    return {name: new_key(folder, name) for name in ("approver", "writer", "stranger", "forge")}


@pytest.fixture
def root(workspace: Any) -> Path:
    """A workspace in git: people, roles and a policy that Jonas wrote and nobody approved yet."""
    files = {"policies/people.yaml": PEOPLE, "policies/roles.yaml": ROLES, "policies/policy.yaml": POLICY}
    folder: Path = workspace(files).root
    git(folder, "init", "-q")
    commit(folder, "The policy is written", author=WRITER, day="2026-01-05")
    return folder


@pytest.fixture
def signers(tmp_path: Path, keys: dict[str, Key]) -> Path:
    file = tmp_path / "allowed-signers"
    lines = [keys["approver"].line("PER-01"), keys["writer"].line("PER-02"), keys["forge"].line("forge")]
    file.write_text("".join(lines), encoding="ascii")
    return file


def approve(root: Path, key: Key | None, *, author: str = APPROVER) -> str:
    (root / "policies/policy.yaml").write_text(approved(POLICY), encoding="utf-8")
    return commit(root, "The policy is approved", author=author, day="2026-02-02", key=key)


def of_policy(run: Any, root: Path, *options: str | Path) -> dict[str, Any]:
    """What `gap` tells of the approval of the policy."""
    told = run("gap", "--as-of", "2026-03-01", "--fail-on", "never", "--format", "json", *options, cwd=root)
    assert told.stderr == ""
    return next(one for one in told.json["approvals"] if one["id"] == "POL-01")


def test_an_approval_that_its_approver_signed_is_verified(
    run: Any, root: Path, keys: dict[str, Key], signers: Path
) -> None:
    made = approve(root, keys["approver"])
    shown = of_policy(run, root, "--allowed-signers", signers)
    assert (shown["state"], shown["commit"], shown["key"]) == ("verified", made, keys["approver"].fingerprint)
    assert (shown["path"], shown["line"]) == ("policies/policy.yaml", 6)
    text = run("gap", "--as-of", "2026-03-01", "--fail-on", "never", "--allowed-signers", signers, cwd=root).stdout
    assert "1 approval: 1 with the approver's signature verified, 0 as claimed" in text
    assert "AIM603" not in text
    assert "AIM604" not in text


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("approver", "Signature of SHA256:"),
        (None, "Approved as claimed: commit: it is not signed"),
        ("stranger", "Signature does not show it: commit: its key SHA256:"),
    ],
)
def test_a_document_says_what_the_signature_of_its_approval_shows(  # noqa: PLR0913, PLR0917 - fixtures
    run: Any, root: Path, keys: dict[str, Key], signers: Path, key: str | None, said: str
) -> None:
    made = approve(root, keys[key] if key else None)
    ask = ("render", "ai-policy", "--draft", "--format", "md", "--as-of", "2026-03-01")
    assert run(*ask, "--allowed-signers", signers, cwd=root).code == 0
    text = (root / "rendered" / "ai-policy.md").read_text()
    approval = next(line for line in text.splitlines() if line.startswith("| Approval |"))
    assert said in approval
    assert f"commit {made[:12]}" in approval
    assert run(*ask, "--allowed-signers", signers, "--check", cwd=root).code == 0
    assert run(*ask, cwd=root).code == 0
    assert "igned" not in (root / "rendered" / "ai-policy.md").read_text().split("| Approval |")[1].split("\n")[0]


@pytest.mark.parametrize(
    ("key", "state", "why"),
    [
        (None, "claimed", "it is not signed"),
        ("forge", "claimed", "the forge signed the commit, not the approver"),
        ("writer", "not_shown", "of PER-02 signed it, not ROLE-CEO"),
        ("stranger", "not_shown", "is not among the allowed signers"),
    ],
)
def test_anything_else_is_a_claim_or_speaks_against_it(  # noqa: PLR0913, PLR0917 - fixtures
    run: Any, root: Path, keys: dict[str, Key], signers: Path, key: str | None, state: str, why: str
) -> None:
    approve(root, None if key is None else keys[key])
    shown = of_policy(run, root, "--allowed-signers", signers)
    assert shown["state"] == state
    assert why in shown["why"]
    command = (
        "gap",
        "--as-of",
        "2026-03-01",
        "--fail-on",
        "never",
        "--allowed-signers",
        signers,
        "--format",
        "concise",
    )
    code = "AIM603" if state == "claimed" else "AIM604"
    lines = [line for line in run(*command, cwd=root).stdout.splitlines() if code in line]
    assert len(lines) == 1
    assert lines[0].startswith("policies/policy.yaml:6:")


def test_a_name_in_the_commit_and_the_trees_own_list_prove_nothing(run: Any, root: Path, keys: dict[str, Key]) -> None:
    """Who controls the tree lists his own key and calls himself the chief executive."""
    (root / "signers").write_text(keys["stranger"].line("PER-01,ROLE-CEO"), encoding="ascii")
    (root / "aimsctl.yaml").write_text("schema: 1\norganisation: X\napprovals: {signers: signers}\n", encoding="utf-8")
    git(root, "config", "gpg.ssh.allowedSignersFile", str(root / "signers"))
    approve(root, keys["stranger"])
    told = run("gap", "--as-of", "2026-03-01", "--fail-on", "never", "--format", "json", cwd=root).json
    assert [one["state"] for one in told["approvals"]] == ["claimed"]
    assert "does not count without --policy-from" in told["summary"]["provenance"]["approvals"]


def test_the_list_of_the_policy_counts(run: Any, root: Path, keys: dict[str, Key]) -> None:
    (root / "signers").write_text(keys["approver"].line("PER-01"), encoding="ascii")
    (root / "aimsctl.yaml").write_text("schema: 1\norganisation: X\napprovals: {signers: signers}\n", encoding="utf-8")
    base = commit(root, "The list of signers", author=APPROVER)
    (root / "signers").write_text(keys["stranger"].line("PER-01"), encoding="ascii")
    approve(root, keys["approver"])
    assert of_policy(run, root, "--policy-from", base)["state"] == "verified"
    approve_again = approved(POLICY, "2026-02-03")
    (root / "policies/policy.yaml").write_text(approve_again, encoding="utf-8")
    commit(root, "Somebody else", author=APPROVER, key=keys["stranger"])
    assert of_policy(run, root, "--policy-from", base)["state"] == "not_shown"


def test_what_is_not_committed_is_a_claim(run: Any, root: Path, signers: Path) -> None:
    (root / "policies/policy.yaml").write_text(approved(POLICY), encoding="utf-8")
    shown = of_policy(run, root, "--allowed-signers", signers)
    assert (shown["state"], shown["commit"]) == ("claimed", None)
    assert "not committed" in shown["why"]


def test_the_commit_that_brought_the_approval_counts_wherever_the_file_went(
    run: Any, root: Path, keys: dict[str, Key], signers: Path
) -> None:
    made = approve(root, keys["approver"])
    text = (root / "policies/policy.yaml").read_text(encoding="utf-8")
    (root / "policies/policy.yaml").unlink()
    (root / "policies/leadership").mkdir()
    (root / "policies/leadership/pol.yaml").write_text(f"# moved, and commented\n{text}", encoding="utf-8")
    commit(root, "Moved", author=WRITER, key=keys["stranger"])
    shown = of_policy(run, root, "--allowed-signers", signers)
    assert (shown["state"], shown["commit"]) == ("verified", made)


def test_a_text_changed_after_its_approval_is_suspect_and_the_difference_is_told(run: Any, root: Path) -> None:
    approve(root, None)
    text = approved(POLICY).replace("We improve the AI management system continually.", "We improve when we can.")
    (root / "policies/policy.yaml").write_text(text.replace("A nurse decides", "A model decides"), encoding="utf-8")
    commit(root, "A small change", author=WRITER, day="2026-02-10")
    command = ("gap", "--as-of", "2026-03-01", "--fail-on", "never", "--requirement", "5.2")
    told = " ".join(run(*command, "--history", cwd=root).stdout.split())
    assert "the text has changed since it was approved on 2026-02-02" in told
    assert "principles now with A model decides" in told
    assert "principles without A nurse decides" in told
    assert "the text has changed" not in run(*command, cwd=root).stdout  # without a fingerprint nobody can tell


def test_who_wrote_and_approved_is_told_from_the_history(run: Any, root: Path) -> None:
    command = (
        "gap",
        "--as-of",
        "2026-03-01",
        "--fail-on",
        "never",
        "--requirement",
        "7.5.2",
        "--format",
        "json",
        "--history",
    )
    (root / "policies/policy.yaml").write_text(approved(POLICY, by="PER-02"), encoding="utf-8")
    commit(root, "Approved by who wrote it", author=WRITER, day="2026-02-02")
    reasons = [
        one
        for one in run(*command, cwd=root).json["requirements"][0]["reasons"]
        if one["test"] == "approver-not-author"
    ]
    assert [one["message"] for one in reasons if one["result"] == "fail"] == [
        "Jonas Vik, head of AI governance wrote and approved AI policy."
    ]
    (root / "policies/policy.yaml").write_text(approved(POLICY, "2026-02-05"), encoding="utf-8")
    commit(root, "Approved by somebody else", author=APPROVER, day="2026-02-05")
    reasons = [
        one
        for one in run(*command, cwd=root).json["requirements"][0]["reasons"]
        if one["test"] == "approver-not-author"
    ]
    assert not [one for one in reasons if one["result"] == "fail" and "AI policy" in one["message"]]


@pytest.fixture(scope="module")
def openpgp() -> Iterator[tuple[Path, str]]:
    """A home of GnuPG with one key, and the key's fingerprint."""
    if shutil.which("gpg") is None or not Path("/usr/bin/gpgv").exists():
        unavailable("gpg and gpgv are not installed")
    home = Path(tempfile.mkdtemp(prefix="gpg"))  # the socket of its agent takes no long path
    home.chmod(0o700)
    env = {**os.environ, "GNUPGHOME": str(home)}
    name = "Ingrid Moen (test key, do not trust) <ingrid@example.org>"
    command = ["gpg", "--batch", "--quiet", "--passphrase", "", "--quick-gen-key", name, "ed25519", "sign", "never"]
    subprocess.run(command, env=env, check=True, capture_output=True)
    listed = subprocess.run(
        ["gpg", "--list-keys", "--with-colons"], env=env, check=True, capture_output=True, text=True
    )
    fingerprint = next(line.split(":")[9] for line in listed.stdout.splitlines() if line.startswith("fpr"))
    exported = subprocess.run(["gpg", "--export"], env=env, check=True, capture_output=True).stdout
    (home / "keys.gpg").write_bytes(exported)
    yield home, fingerprint
    subprocess.run(["gpgconf", "--kill", "all"], env=env, check=False, capture_output=True)
    shutil.rmtree(home, ignore_errors=True)


def test_an_openpgp_signature_is_checked_on_request_alone(
    run: Any, root: Path, tmp_path: Path, openpgp: tuple[Path, str]
) -> None:
    home, fingerprint = openpgp
    (root / "policies/policy.yaml").write_text(approved(POLICY), encoding="utf-8")
    git(root, "add", "-A")
    env = {"GNUPGHOME": str(home)}
    signing = ("-c", "gpg.format=openpgp", "-c", f"user.signingKey={fingerprint}", "-c", "gpg.program=/usr/bin/gpg")
    git(root, *signing, "commit", "-q", "-S", "-m", "Approved", author=APPROVER, day="2026-02-02", env=env)
    git(root, "config", "gpg.program", "/bin/true")
    (tmp_path / "signers").write_text(f"PER-01 openpgp {fingerprint}\n", encoding="ascii")
    named = ("--allowed-signers", tmp_path / "signers")
    shown = of_policy(run, root, *named)
    assert (shown["state"], "OpenPGP signature, which was not checked" in shown["why"]) == ("claimed", True)
    shown = of_policy(run, root, *named, "--openpgp-keyring", home / "keys.gpg")
    assert (shown["state"], shown["key"]) == ("verified", fingerprint)
    (tmp_path / "signers").write_text(f"PER-01 openpgp {'0' * 40}\n", encoding="ascii")
    shown = of_policy(run, root, *named, "--openpgp-keyring", home / "keys.gpg")
    assert (shown["state"], "is not among the allowed signers" in shown["why"]) == ("not_shown", True)
    (tmp_path / "empty.gpg").write_bytes(b"")
    shown = of_policy(run, root, *named, "--openpgp-keyring", tmp_path / "empty.gpg")
    assert shown["state"] == "not_shown"
    refused = run("gap", "--openpgp-keyring", home / "keys.gpg", cwd=root)
    assert (refused.code, "--allowed-signers FILE" in refused.stderr) == (2, True)


def test_the_configuration_may_ask_for_a_signature_and_a_second_person(
    run: Any, root: Path, keys: dict[str, Key], signers: Path
) -> None:
    (root / "aimsctl.yaml").write_text(
        "schema: 1\norganisation: X\napprovals: {signed: true, second_person: true}\n", encoding="utf-8"
    )
    approve(root, None)
    command = (
        "gap",
        "--as-of",
        "2026-03-01",
        "--fail-on",
        "never",
        "--requirement",
        "7.5.2",
        "--allowed-signers",
        signers,
    )
    told = " ".join(run(*command, cwd=root).stdout.split())
    assert "The approval of AI policy does not hold: no signature of the approver stands behind it" in told
    (root / "policies/policy.yaml").write_text(approved(POLICY, "2026-02-05"), encoding="utf-8")
    commit(root, "Signed", author=APPROVER, day="2026-02-05", key=keys["approver"])
    assert "The approval of AI policy does not" not in run(*command, cwd=root).stdout
    (root / "policies/policy.yaml").write_text(approved(POLICY, "2026-02-06", "PER-02"), encoding="utf-8")
    commit(root, "By who wrote it", author=WRITER, day="2026-02-06", key=keys["writer"])
    assert "who approved it wrote it too" in " ".join(run(*command, cwd=root).stdout.split())


def test_history_tells_the_revisions_of_an_artefact_in_words(run: Any, root: Path) -> None:
    made = approve(root, None)
    text = approved(POLICY).replace("version: '1.0'", "version: '1.1'").replace("Everybody who builds", "All who build")
    (root / "policies/policy.yaml").write_text(f"# a comment is no revision\n{text}", encoding="utf-8")
    commit(root, "Version 1.1", author=WRITER, day="2026-03-03")
    told = run("history", "POL-01", cwd=root)
    assert told.code == 0
    assert [line for line in told.stdout.splitlines() if line.startswith(("- ", "  "))][:2] == [
        f"- 2026-03-03 Jonas Vik: POL-01 AI policy version 1.1, changed. ({git(root, 'rev-parse', 'HEAD')[:12]})",
        "  version 1.0 → 1.1",
    ]
    found = run("history", "POL-01", "--format", "json", cwd=root).json
    assert [(one["date"], one["author"], one["what"], one["version"]) for one in found["revisions"]] == [
        ("2026-03-03", "Jonas Vik", "changed", "1.1"),
        ("2026-02-02", "Ingrid Moen", "changed", "1.0"),
        ("2026-01-05", "Jonas Vik", "added", "1.0"),
    ]
    assert [one["approved_by"] for one in found["revisions"]] == ["", "ROLE-CEO", ""]
    assert found["revisions"][1]["commit"] == made
    assert found["complete"] is True
    (root / "policies/policy.yaml").write_text(f"# only a comment changed\n{text}", encoding="utf-8")
    commit(root, "A comment", day="2026-03-04")
    assert run("history", "POL-01", "--format", "json", cwd=root).json == found


def test_history_of_all_names_added_and_removed_artefacts(run: Any, root: Path) -> None:
    (root / "policies/policy.yaml").unlink()
    commit(root, "Gone", day="2026-02-01")
    found = run("history", "--format", "json", cwd=root).json["revisions"]
    assert (found[0]["id"], found[0]["what"]) == ("POL-01", "removed")
    assert [one["id"] for one in found[1:]] == ["PER-01", "PER-02", "POL-01", "ROLE-CEO", "ROLE-HAG"]
    assert run("history", "POL-02", cwd=root).code == 2
    assert "no commit knows an artefact POL-02" in run("history", "POL-02", cwd=root).stderr


def test_the_words_of_a_policy_in_markdown_are_its_history_too(run: Any, root: Path) -> None:
    (root / "policies/policy.md").write_text("# AI policy\n\nA nurse decides.\n", encoding="utf-8")
    (root / "policies/policy.yaml").write_text(f"{POLICY}file: policy.md\n", encoding="utf-8")
    commit(root, "In Markdown", author=WRITER, day="2026-01-06")
    (root / "policies/policy.md").write_text("# AI policy\n\nA model decides.\n", encoding="utf-8")
    commit(root, "Reworded", author=WRITER, day="2026-01-07")
    newest = run("history", "POL-01", "--format", "json", cwd=root).json["revisions"][0]
    assert newest["date"] == "2026-01-07"
    assert newest["details"] == ["its text reworded, 1 lines new and 1 gone"]


def test_who_relies_on_a_text_that_changed_is_suspect_until_it_is_looked_at_again(run: Any, root: Path) -> None:
    """Ratings mean something in the scales of the method alone; a step, a status or a comment changes no scale."""
    kinds = Path(__file__).parents[1] / "data" / "kinds"
    method, risk = ((kinds / f"{name}.yaml").read_text(encoding="utf-8") for name in ("risk-method", "risk"))
    (root / "policies/method.yaml").write_text(method, encoding="utf-8")
    (root / "policies/risk.yaml").write_text(risk, encoding="utf-8")
    commit(root, "A method and a risk rated by it", author=WRITER, day="2026-09-14")
    command = ("gap", "--as-of", "2026-11-01", "--fail-on", "never", "--history", "--format", "json")

    def suspects() -> list[tuple[str, str]]:
        found = run(*command, cwd=root).json["diagnostics"]
        return [(one["path"], one["message"]) for one in found if one["code"] == "AIM605"]

    assert suspects() == []
    (root / "policies/method.yaml").write_text(
        method.replace("name: rare", "name: seldom").replace('version: "1.0"', 'version: "1.1"'), encoding="utf-8"
    )
    commit(root, "Another word in a scale", author=WRITER, day="2026-10-10")
    [(path, message)] = suspects()
    assert path == "policies/risk.yaml"
    assert message == (
        "An emergency is ranked low relies on How AI risks are rated and treated, which changed on 2026-10-10 after it "
        "was last looked at on 2026-09-14: likelihood scale now with seldom; likelihood scale without rare."
    )
    assert run("review", "RISK-01", "--on", "2026-10-20", cwd=root).code == 0
    assert suspects() == []


def test_diff_compares_two_states_on_one_day(run: Any, root: Path) -> None:
    approve(root, None)
    told = run("diff", "HEAD~1", "HEAD", "--format", "json", cwd=root)
    assert told.code == 0
    assert told.json["as_of"] == "2026-02-02"
    assert [(one["id"], one["what"], one["details"]) for one in told.json["artefacts"]] == [
        ("POL-01", "changed", ["status in_review → approved", "approval set"])
    ]
    moved = {one["id"] for one in told.json["requirements"]}
    assert "5.2" in moved
    assert "What changed since HEAD~1" in run("diff", "HEAD~1", "--as-of", "2026-03-01", cwd=root).stdout
    back = run("diff", "HEAD", "HEAD~1", "--as-of", "2026-03-01", "--format", "json", cwd=root).json
    assert {one["id"] for one in back["requirements"]} == moved


def test_trend_counts_each_month_as_of_its_end(run: Any, root: Path) -> None:
    approve(root, None)
    found = run("trend", "--as-of", "2026-03-10", "--format", "json", cwd=root).json
    assert [(one["label"], one["as_of"]) for one in found["points"]] == [
        ("2026-01", "2026-01-31"),
        ("2026-02", "2026-02-28"),
        ("2026-03", "2026-03-10"),
    ]
    for one in found["points"]:
        gap = ("gap", "--rev", one["commit"], "--as-of", one["as_of"], "--fail-on", "never", "--format", "json")
        summary = run(*gap, cwd=root).json["summary"]
        assert (one["grades"], one["states"]) == (summary["grades"], summary["states"])
    assert found["points"][0]["commit"] != found["points"][1]["commit"]
    assert found["points"][1]["states"] != found["points"][0]["states"]
    assert "2026-02  2026-02-28" in run("trend", "--as-of", "2026-03-10", cwd=root).stdout


def test_trend_by_tag_and_commit_and_since(run: Any, root: Path) -> None:
    git(root, "tag", "-a", "audit-2026", "-m", "The first audit")
    approve(root, None)
    git(root, "tag", "v2")
    points = run("trend", "--by", "tag", "--as-of", "2026-03-10", "--format", "json", cwd=root).json["points"]
    assert [(one["label"], one["as_of"]) for one in points] == [("audit-2026", "2026-01-05"), ("v2", "2026-02-02")]
    points = run("trend", "--by", "commit", "--as-of", "2026-03-10", "--format", "json", cwd=root).json["points"]
    assert [one["as_of"] for one in points] == ["2026-01-05", "2026-02-02"]
    command = ("trend", "--as-of", "2026-03-10", "--format", "json")
    assert [one["label"] for one in run(*command, "--since", "v2", cwd=root).json["points"]] == ["2026-02", "2026-03"]
    assert [one["label"] for one in run(*command, "--since", "2026-03-01", cwd=root).json["points"]] == ["2026-03"]
    assert "no internal audit was held" in run(*command, "--since", "audit", cwd=root).stderr


def test_the_picture_of_the_trend_says_in_words_what_it_shows(run: Any, root: Path) -> None:
    approve(root, None)
    picture = run("trend", "--as-of", "2026-03-10", "--format", "svg", cwd=root).stdout
    svg = ET.fromstring(picture)  # noqa: S314 - we made it
    names = {"s": "http://www.w3.org/2000/svg"}
    assert svg.get("role") == "img"
    assert (svg.findtext("s:title", namespaces=names) or "").startswith("Requirements")
    assert "From 2026-01-31 to 2026-03-10: documented" in (svg.findtext("s:desc", namespaces=names) or "")
    assert len(svg.findall("s:polyline", names)) == 3


def test_a_shallow_history_says_so_and_nothing_is_concluded_from_it(
    run: Any, root: Path, tmp_path: Path, keys: dict[str, Key], signers: Path
) -> None:
    approve(root, keys["approver"])
    (root / "policies/roles.yaml").write_text(f"{ROLES}# end\n", encoding="utf-8")
    commit(root, "More", author=WRITER, day="2026-02-20")
    shallow = tmp_path / "shallow"
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{root}", str(shallow))
    shown = of_policy(run, shallow, "--allowed-signers", signers)
    assert (shown["state"], shown["commit"]) == ("claimed", None)
    assert "shallow" in shown["why"]
    assert "no commit knows" in run("history", "POL-01", cwd=shallow).stderr
    assert "shallow" in run("history", "POL-01", cwd=shallow).stderr
    assert "older revisions are missing" in run("history", cwd=shallow).stdout
    assert "earlier moments are missing" in run("trend", "--as-of", "2026-03-10", cwd=shallow).stdout


def test_a_forged_date_does_not_turn_the_trend_around(run: Any, root: Path) -> None:
    approve(root, None)
    (root / "policies/policy.yaml").write_text(POLICY, encoding="utf-8")
    commit(root, "Claims to be older than all", day="1999-01-01")
    points = run("trend", "--as-of", "2026-03-10", "--format", "json", cwd=root).json["points"]
    head = git(root, "rev-parse", "HEAD")
    assert [(one["label"], one["commit"] == head) for one in points] == [
        ("2026-01", False),
        ("2026-02", True),
        ("2026-03", True),
    ]


def test_every_record_keeps_to_its_published_schema(run: Any, root: Path, keys: dict[str, Key], signers: Path) -> None:
    approve(root, keys["approver"])
    commands = {
        "gap": (
            "gap",
            "--as-of",
            "2026-03-01",
            "--fail-on",
            "never",
            "--since",
            "HEAD~1",
            "--allowed-signers",
            signers,
        ),
        "diff": ("diff", "HEAD~1"),
        "history": ("history", "POL-01", "--allowed-signers", signers),
        "trend": ("trend", "--as-of", "2026-03-01"),
    }
    for name, command in commands.items():
        told = run(*command, "--format", "json", cwd=root)
        assert problems(name, told.stdout) == [], told.stderr
    assert problems("history", run("history", "--format", "json", cwd=root).stdout) == []
