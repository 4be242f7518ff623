"""Threats through git: a hostile repository runs nothing and proves nothing; an odd one gets an answer or a message."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROLE = "kind: role\nid: ROLE-CEO\ntitle: Chief executive\nstatus: draft\n"
RISK = "kind: risk\nid: RISK-1\ntitle: Late answer\nstatus: draft\n"
BAD = "kind: risk\nid: RISK-2\ntitle: x\nstatus: dreft\n"
HOSTILE = (
    ("core.fsmonitor", "{}"),
    ("core.hooksPath", "{hooks}"),
    ("core.sshCommand", "{}"),
    ("core.pager", "{}"),
    ("core.editor", "{}"),
    ("core.askPass", "{}"),
    ("core.attributesFile", "{hooks}/attributes"),
    ("diff.external", "{}"),
    ("diff.evil.textconv", "{}"),
    ("filter.evil.clean", "{}"),
    ("filter.evil.smudge", "{}"),
    ("gpg.program", "{}"),
    ("credential.helper", "!{}"),
    ("log.showSignature", "true"),
)


def git(folder: Path, *arguments: str, env: dict[str, str] | None = None) -> str:
    settings = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.org", "-c", "init.defaultBranch=main")
    done = subprocess.run(
        ["git", *settings, *arguments],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, **(env or {})},
    )
    return done.stdout.strip()


def commit(folder: Path, message: str = "A change", **env: str) -> str:
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", message, env=env)
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def repo(workspace: Any) -> Path:
    root: Path = workspace({"policies/role.yaml": ROLE, "policies/risk.yaml": RISK}, name="repo").root
    git(root, "init", "-q")
    commit(root, "First")
    return root


def pwned(folder: Path) -> bool:
    return any(path.name == "PWNED" for path in folder.rglob("*"))


@pytest.mark.parametrize(
    "revision",
    [
        "--output=PWNED",
        "--upload-pack=touch PWNED",
        "-O/bin/sh",
        "--no-index",
        "-h",
        "HEAD\n--output=PWNED",
        "",
        "@{",
        "x..y",
    ],
)
@pytest.mark.parametrize("option", ["--rev", "--policy-from", "--since"])
def test_G_01_revisions_are_never_options(run: Any, repo: Path, revision: str, option: str) -> None:
    outcome = run("gap", f"{option}={revision}", cwd=repo)
    assert outcome.code == 2
    assert outcome.stderr.startswith("error: ")
    assert not pwned(repo)


def test_G_02_a_nested_bare_repository_is_just_files(run: Any, repo: Path, tmp_path: Path) -> None:
    nested = repo / "policies" / "nested"
    git(tmp_path, "init", "-q", "--bare", str(nested))
    git(nested, "config", "core.fsmonitor", f"touch {tmp_path}/PWNED")
    outcome = run("validate", "--rev", "HEAD", cwd=nested)
    assert outcome.code == 0
    assert not pwned(tmp_path)


def hostile(repo: Path, tmp_path: Path) -> None:
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    program = tmp_path / "evil.sh"
    program.write_text(f"#!/bin/sh\ntouch {tmp_path}/PWNED\ncat\n")
    program.chmod(0o755)
    for name in ("post-checkout", "reference-transaction", "post-index-change"):
        shutil.copy(program, hooks / name)
    (hooks / "attributes").write_text("* filter=evil diff=evil\n")
    (repo / ".gitattributes").write_text("* filter=evil diff=evil\n")
    for name, value in HOSTILE:
        git(repo, "config", name, value.format(program, hooks=hooks))


@pytest.mark.parametrize(
    "arguments",
    [
        ("validate", "--rev", "HEAD"),
        ("validate", "--staged"),
        ("gap", "--since", "HEAD"),
        ("gap", "--policy-from", "HEAD"),
    ],
)
def test_G_03_a_hostile_configuration_runs_nothing(
    run: Any, repo: Path, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    hostile(repo, tmp_path)
    outcome = run(*arguments, cwd=repo)
    assert outcome.code in (0, 1)
    assert "Traceback" not in outcome.stderr
    assert not pwned(tmp_path)


def test_G_04_a_repository_of_somebody_else_is_read_only_when_named(run: Any, repo: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a folder to somebody else")
    os.chown(repo / ".git", 65534, 65534)
    outcome = run("validate", "--rev", "HEAD", cwd=repo)
    assert outcome.code == 6
    assert "belongs to another user" in outcome.stderr
    assert run("validate", "--rev", "HEAD", "-C", repo, cwd=repo).code == 0
    assert "safe" not in (repo / ".git" / "config").read_text()


def test_G_05_submodules_are_named_and_never_fetched(run: Any, repo: Path, tmp_path: Path) -> None:
    (repo / ".gitmodules").write_text('[submodule "x"]\n\tpath = policies/x\n\turl = ext::sh -c "touch PWNED"\n')
    head = git(repo, "rev-parse", "HEAD")
    git(repo, "update-index", "--add", "--cacheinfo", f"160000,{head},policies/x.yaml")
    git(repo, "commit", "-qm", "A submodule")
    outcome = run("validate", "--rev", "HEAD", "--format", "json", cwd=repo)
    assert {"path": "policies/x.yaml", "reason": "a repository of its own (submodule)"} in (
        outcome.json["summary"]["not_checked"]
    )
    assert not pwned(tmp_path)


def test_G_06_variables_of_git_do_not_change_what_is_found(run: Any, repo: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "-q")
    strange = {
        "GIT_DIR": str(other / ".git"),
        "GIT_WORK_TREE": str(other),
        "GIT_OBJECT_DIRECTORY": str(other),
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "core.fsmonitor",
        "GIT_CONFIG_VALUE_0": f"touch {tmp_path}/PWNED",
    }
    plain, inside = run("validate", "--rev", "HEAD", cwd=repo), run("validate", "--rev", "HEAD", cwd=repo, env=strange)
    assert (plain.code, plain.stdout) == (inside.code, inside.stdout)
    assert not pwned(tmp_path)


def test_G_07_variables_in_names_stay_text(run: Any, workspace: Any) -> None:
    root: Path = workspace({"policies/role.yaml": ROLE}, name="$HOME").root
    git(root, "init", "-q")
    commit(root)
    assert run("validate", "--rev", "HEAD", cwd=root).code == 0


def test_G_08_replaced_objects_do_not_change_what_is_read(run: Any, repo: Path) -> None:
    honest = git(repo, "rev-parse", "HEAD:policies/risk.yaml")
    (repo / "bad").write_text(BAD)
    forged = git(repo, "hash-object", "-w", "bad")
    git(repo, "replace", honest, forged)
    assert "dreft" in git(repo, "cat-file", "-p", honest)
    assert run("validate", "--rev", "HEAD", cwd=repo).code == 0


def test_G_08_a_forged_date_is_only_a_claim_and_breaks_nothing(run: Any, repo: Path) -> None:
    commit(repo, "From the future", GIT_COMMITTER_DATE="2099-01-01T00:00:00Z", GIT_AUTHOR_DATE="2099-01-01T00:00:00Z")
    outcome = run("gap", "--rev", "HEAD", "--format", "json", cwd=repo)
    assert outcome.json["as_of"] == "2099-01-01"
    assert (
        run("gap", "--rev", "HEAD", "--as-of", "2026-11-01", "--format", "json", cwd=repo).json["as_of"] == "2026-11-01"
    )


def test_G_09_no_repository_no_commit_no_git(run: Any, workspace: Any, tmp_path: Path) -> None:
    root: Path = workspace({"policies/role.yaml": ROLE}, name="plain").root
    outside = run("validate", "--rev", "HEAD", cwd=root)
    assert outside.code == 6
    assert "no git repository" in outside.stderr
    git(root, "init", "-q")
    unborn = run("validate", "--rev", "HEAD", cwd=root)
    assert unborn.code == 2
    assert "there is no revision HEAD" in unborn.stderr
    missing = run("validate", "--rev", "HEAD", cwd=root, env={"PATH": str(tmp_path)})
    assert missing.code == 6
    assert "there is no git program" in missing.stderr


def test_G_09_detached_head_worktree_and_sha256(run: Any, repo: Path, workspace: Any, tmp_path: Path) -> None:
    git(repo, "checkout", "-q", "--detach")
    assert run("validate", "--rev", "HEAD", cwd=repo).code == 0
    git(repo, "worktree", "add", "-q", str(tmp_path / "second"))
    assert run("validate", "--rev", "HEAD", cwd=tmp_path / "second").code == 0
    modern: Path = workspace({"policies/role.yaml": ROLE}, name="sha256").root
    git(modern, "init", "-q", "--object-format=sha256")
    commit(modern)
    assert run("validate", "--rev", "HEAD", cwd=modern).code == 0


def test_G_09_a_shallow_clone_says_so_and_concludes_nothing(run: Any, repo: Path, tmp_path: Path) -> None:
    for number in range(3):
        commit(repo, f"Change {number}")
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{repo}", "shallow")
    outcome = run("gap", "--since", "HEAD~2", cwd=tmp_path / "shallow")
    assert outcome.code == 2
    assert "the history is shallow" in outcome.stderr


def test_G_09_a_pointer_of_git_lfs_is_not_read_as_an_artefact(run: Any, repo: Path) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "0" * 64 + "\nsize 12\n"
    (repo / "policies" / "big.yaml").write_text(pointer)
    commit(repo)
    outcome = run("validate", "--rev", "HEAD", "--format", "json", cwd=repo)
    assert [row["path"] for row in outcome.json["summary"]["not_checked"]] == ["policies/big.yaml"]


@pytest.mark.parametrize("name", ["a b.yaml", "-rf.yaml", ":(top)x.yaml", "neu\nzeile.yaml", 'quote".yaml', "é.yaml"])
def test_G_10_file_names_are_names(run: Any, repo: Path, name: str) -> None:
    (repo / "policies" / name).write_text(BAD)
    commit(repo)
    from_git = run("validate", "--rev", "HEAD", "--format", "json", cwd=repo).json
    from_tree = run("validate", "--format", "json", cwd=repo).json
    assert from_git["diagnostics"] == from_tree["diagnostics"]
    assert [one["code"] for one in from_git["diagnostics"]] == ["AIM104"]


def test_G_11_staged_is_what_will_be_committed(run: Any, repo: Path) -> None:
    (repo / "policies" / "risk.yaml").write_text(BAD)
    git(repo, "add", "-A")
    (repo / "policies" / "risk.yaml").write_text(RISK)
    assert run("validate", cwd=repo).code == 0
    assert run("validate", "--staged", cwd=repo).code == 1
    git(repo, "rm", "-q", "-f", "--cached", "policies/risk.yaml")
    assert run("validate", "--staged", cwd=repo).code == 0


@pytest.mark.parametrize("below", ["", "policies"])
@pytest.mark.parametrize("place", ["", "deep/workspace"])
def test_G_11_the_index_is_read_whole_from_any_folder(run: Any, repo: Path, place: str, below: str) -> None:
    """What `git ls-files` lists depends on the folder it runs in; the answer must not."""
    root = repo / place
    if place:
        root.mkdir(parents=True)
        for name in ("aimsctl.yaml", "policies"):
            (repo / name).rename(root / name)
    (root / "policies" / "risk.yaml").write_text(BAD)
    git(repo, "add", "-A")
    (root / "policies" / "risk.yaml").write_text(RISK)
    assert run("validate", "--staged", cwd=root / below).code == 1


def test_G_11_nothing_in_the_repository_is_touched(run: Any, repo: Path, tree_of: Any) -> None:
    before = tree_of(repo)
    for arguments in (("validate", "--staged"), ("validate", "--rev", "HEAD"), ("gap", "--since", "HEAD")):
        run(*arguments, cwd=repo)
    assert tree_of(repo) == before


def test_G_12_a_monstrous_author_costs_nothing(run: Any, repo: Path) -> None:
    commit(repo, GIT_AUTHOR_NAME="a " + "<" * 20_000, GIT_AUTHOR_EMAIL="x")
    assert run("validate", "--rev", "HEAD", cwd=repo, timeout=20).code == 0


def test_L_02_a_long_history_is_not_walked(run: Any, repo: Path) -> None:
    lines = [
        f"commit refs/heads/main\nmark :{number}\ncommitter A <a@example.org> {1_700_000_000 + number} +0000\n"
        f"data 1\nx\n" + (f"from :{number - 1}\n" if number > 1 else "from refs/heads/main^0\n")
        for number in range(1, 5001)
    ]
    subprocess.run(["git", "fast-import", "--quiet", "--force"], cwd=repo, input="".join(lines).encode(), check=True)
    outcome = run("gap", "--since", "main~4000", "--as-of", "2026-11-01", cwd=repo, timeout=20)
    assert outcome.code == 0
    assert "0 gaps opened or worse" in outcome.stdout


def test_since_uses_the_merge_base_and_fails_by_new_gaps_alone(run: Any, repo: Path) -> None:
    git(repo, "checkout", "-q", "-b", "change")
    (repo / "policies" / "more.yaml").write_text(RISK.replace("RISK-1", "RISK-3"))
    commit(repo)
    git(repo, "checkout", "-q", "main")
    (repo / "policies" / "ahead.yaml").write_text(RISK.replace("RISK-1", "RISK-4"))
    commit(repo)
    git(repo, "checkout", "-q", "change")
    fine = run("gap", "--since", "main", "--as-of", "2026-11-01", "--format", "json", cwd=repo)
    assert fine.code == 0
    assert [(one["what"], one["id"]) for one in fine.json["since"]["artefacts"]] == [("added", "RISK-3")]
    (repo / "policies" / "more.yaml").write_text(BAD)
    assert run("gap", "--since", "main", "--as-of", "2026-11-01", cwd=repo).code == 1


def test_a_workspace_below_the_top_of_its_repository(run: Any, workspace: Any, tmp_path: Path) -> None:
    root: Path = workspace({"policies/role.yaml": ROLE, "policies/bad.yaml": BAD}, name="top/aims").root
    git(root.parent, "init", "-q")
    commit(root.parent)
    outcome = run("validate", "--rev", "HEAD", "--format", "concise", cwd=root)
    assert outcome.stdout.startswith("policies/bad.yaml:4:9")
    assert tmp_path.exists()
