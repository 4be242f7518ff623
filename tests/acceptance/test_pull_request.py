"""Where a change meets the tool before it is merged: the hooks of pre-commit, the action, the workflows."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
ACTION_COMMITS = {
    "actions/checkout": "3d3c42e5aac5ba805825da76410c181273ba90b1",
    "actions/setup-python": "5fda3b95a4ea91299a34e894583c3862153e4b97",
}
PARTS = (
    "aimsctl",
    "schemas",
    "templates",
    "policies",
    "evidence",
    "aimsctl.yaml",
    "pyproject.toml",
    "README.md",
    "LICENSE",
    ".pre-commit-hooks.yaml",
)
WORKFLOWS = (ROOT / "templates" / "init" / "github-workflow.yml", ROOT / "action.yml")
VALID = "kind: role\nid: ROLE-CEO\ntitle: Chief executive\nstatus: draft\n"
BAD = "kind: role\nid: ROLE-CTO\ntitle: Technology\nstatus: aproved\n"


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.org", "-c", "init.defaultBranch=main")
    done = subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture(scope="module")
def hook_repository(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The project as a git repository from which pre-commit installs, with its commit."""
    folder = tmp_path_factory.mktemp("hooks") / "aimsctl"
    folder.mkdir()
    for name in PARTS:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "The hooks")
    return folder, git(folder, "rev-parse", "HEAD")


def commit(folder: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    identity = ["-c", "user.name=Lead", "-c", "user.email=lead@example.org"]
    return subprocess.run(
        ["git", *identity, "commit", "-qm", "A change"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_real_pre_commit_guards_commits_and_pushes(
    hook_repository: tuple[Path, str], offline: dict[str, str], tmp_path: Path
) -> None:
    hooks, revision = hook_repository
    work, remote = tmp_path / "work", tmp_path / "remote.git"
    (work / "policies").mkdir(parents=True)
    git(tmp_path, "init", "-q", "--bare", str(remote))
    git(work, "init", "-q")
    git(work, "remote", "add", "origin", str(remote))
    (work / "aimsctl.yaml").write_text("schema: 1\norganisation: Acme\n")
    config = {
        "repos": [{"repo": str(hooks), "rev": revision, "hooks": [{"id": "aimsctl-validate"}, {"id": "aimsctl-gap"}]}]
    }
    (work / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config))
    environment = {
        **offline,
        "PRE_COMMIT_HOME": str(tmp_path / "cache"),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "protocol.file.allow",
        "GIT_CONFIG_VALUE_0": "always",
    }
    install = [sys.executable, "-m", "pre_commit", "install", "-t", "pre-commit", "-t", "pre-push"]
    subprocess.run(install, cwd=work, env=environment, check=True, capture_output=True)

    (work / "policies" / "ceo.yaml").write_text(VALID)
    git(work, "add", "-A")
    good = commit(work, environment)
    assert good.returncode == 0, good.stdout + good.stderr

    (work / "policies" / "cto.yaml").write_text(BAD)
    git(work, "add", "-A")
    bad = commit(work, environment)
    assert bad.returncode == 1
    assert "policies/cto.yaml:4:9: error[AIM104]" in bad.stdout + bad.stderr

    git(work, "reset", "-q", "--hard")
    pushed = subprocess.run(
        ["git", "push", "-q", "origin", "HEAD:main"],
        cwd=work,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert pushed.returncode != 0
    assert "Gap analysis of Acme" in pushed.stdout + pushed.stderr


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_C_09_workflow_and_action_are_hardened(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    data: dict[str, Any] = yaml.safe_load(text)
    jobs = data["jobs"].values() if "jobs" in data else [data["runs"]]
    for job in jobs:
        for step in job["steps"]:
            assert "${{" not in step.get("run", "")
            if "uses" in step:
                name, _, revision = step["uses"].partition("@")
                assert revision == ACTION_COMMITS[name]
    assert "pull_request_target" not in text
    if "jobs" in data:
        assert data["permissions"] == {}
        assert all(job["permissions"] == {"contents": "read"} for job in jobs)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_C_09_zizmor_finds_nothing(path: Path, tmp_path: Path) -> None:
    target = tmp_path / (".github/workflows/aims.yml" if path.name != "action.yml" else "action.yml")
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(path, target)
    zizmor = Path(sys.executable).parent / "zizmor"
    done = subprocess.run(
        [zizmor, "--offline", "--persona", "regular", "--no-progress", "--color", "never", target],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_C_09_gitlab_pipeline_judges_by_the_target_branch() -> None:
    data = yaml.safe_load((ROOT / "templates" / "init" / "gitlab-ci.yml").read_text(encoding="utf-8"))
    script = "\n".join(data["aims"]["script"])
    assert "CI_MERGE_REQUEST_DIFF_BASE_SHA" in script
    assert "--policy-from" in script
    assert script.index("aimsctl validate") < script.index("aimsctl gap")


def test_the_hooks_file_matches_the_commands() -> None:
    hooks = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}
    assert set(hooks) == {"aimsctl-validate", "aimsctl-gap"}
    assert hooks["aimsctl-gap"]["pass_filenames"] is False
    assert hooks["aimsctl-gap"]["stages"] == ["pre-push", "manual"]
