"""Threats from paths: what is typed, linked, blocking, alike, sealed or settled inside the tree that is checked."""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aimsctl.source.config import load
from aimsctl.source.files import FILE_LIMIT, FileRefusedError, WorkTree, contained, refusal
from aimsctl.source.yaml import read

ELSEWHERE = "the text of another folder"
# As an artefact, a setting or a reference might hold them; ELSEWHERE lies where the first ones lead.
TYPED = [
    "../outside/secret.md", "policies/../../outside/secret.md", "..", "/etc/passwd", "/proc/self/environ",
    "//host/share/x", "~/secret.md", "~root/x", "$HOME/secret.md", "file:///etc/passwd", "file:secret.md", "https://example.org/x",
    "C:\\secret.md", "C:/secret.md", "..\\outside\\secret.md", "\\\\host\\share\\x", "%2e%2e/outside/secret.md",
    "..%2foutside%2fsecret.md", "a\0b.md", ".git/config", "policies/.GIT/config", "policies/.git /config", "",
]  # fmt: skip


@pytest.fixture
def tree(tmp_path: Path) -> WorkTree:
    """A workspace beside a folder that is none of its business."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.md").write_text(ELSEWHERE)
    (outside / "secret.yaml").write_text(f"a: {ELSEWHERE}\n")
    root = tmp_path / "workspace"
    (root / "policies" / "real").mkdir(parents=True)
    (root / ".git").mkdir()
    (root / ".git" / "config").write_text(ELSEWHERE)
    (root / "policies" / "a.yaml").write_text("a: 1\n")
    return WorkTree(root)


@pytest.mark.parametrize("path", TYPED)
def test_P_01_a_typed_path_leads_nowhere_else(tree: WorkTree, path: str) -> None:
    assert not contained(path)
    assert refusal(path)
    with pytest.raises(FileRefusedError) as refused:
        tree.read(path)
    assert refused.value.reason


def test_P_01_a_folder_with_the_same_beginning_is_another_folder(tree: WorkTree) -> None:
    (tree.root.parent / "workspace-secret").mkdir()
    (tree.root.parent / "workspace-secret" / "x.yaml").write_text("a: 1\n")
    for path in ("../workspace-secret/x.yaml", str(tree.root.parent / "workspace-secret" / "x.yaml")):
        with pytest.raises(FileRefusedError):
            tree.read(path)
    assert tree.listing("../workspace-secret").files == ()


@pytest.mark.parametrize("path", [path for path in TYPED if path and "\0" not in path])
def test_P_01_a_reference_in_an_artefact_is_a_finding_and_nothing_is_read(
    run: Any, workspace: Any, tmp_path: Path, path: str
) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.md").write_text(f"# {ELSEWHERE}\n")
    document = {"kind": "document", "id": "DOC-1", "title": "Access procedure", "status": "draft", "file": f"../{path}"}
    built = workspace({"policies/a.yaml": document, "policies/b.yaml": {**document, "id": "DOC-2", "file": path}})
    outcome = run("validate", "--format", "json", cwd=built.root)
    assert outcome.code == 1
    found = {one["path"] for one in outcome.json["diagnostics"] if one["pointer"] == "/file"}
    assert found == {"policies/a.yaml", "policies/b.yaml"}
    assert ELSEWHERE not in outcome.stdout + outcome.stderr


def links(tree: WorkTree) -> dict[str, Callable[[], None]]:
    policies = tree.root / "policies"
    return {
        "policies/file.yaml": lambda: (policies / "file.yaml").symlink_to("../../outside/secret.yaml"),
        "policies/absolute.yaml": lambda: (policies / "absolute.yaml").symlink_to("/etc/passwd"),
        "policies/inside.yaml": lambda: (policies / "inside.yaml").symlink_to("a.yaml"),
        "policies/folder/secret.yaml": lambda: (policies / "folder").symlink_to("../../outside"),
        "policies/up/a.yaml": lambda: (policies / "up").symlink_to("."),
        "policies/loop.yaml": lambda: (policies / "loop.yaml").symlink_to("loop.yaml"),
        "policies/broken.yaml": lambda: (policies / "broken.yaml").symlink_to("nowhere"),
        "policies/device.yaml": lambda: (policies / "device.yaml").symlink_to("/dev/zero"),
        "policies/environ.yaml": lambda: (policies / "environ.yaml").symlink_to("/proc/self/environ"),
    }


@pytest.mark.parametrize(
    "path", ["file.yaml", "absolute.yaml", "inside.yaml", "folder/secret.yaml", "up/a.yaml", "loop.yaml", "broken.yaml",
             "device.yaml", "environ.yaml"],
)  # fmt: skip
def test_P_02_a_symbolic_link_is_not_followed_and_said_not_to_be(tree: WorkTree, path: str) -> None:
    links(tree)[f"policies/{path}"]()
    with pytest.raises(FileRefusedError, match="symbolic link"):
        tree.read(f"policies/{path}")
    listing = tree.listing("policies")
    assert listing.files == ("policies/a.yaml",)
    assert listing.not_checked == ((f"policies/{path.split('/', maxsplit=1)[0]}", "a symbolic link"),)


def test_P_02_a_chain_of_links_and_a_link_to_a_pipe_are_not_followed(tree: WorkTree) -> None:
    policies = tree.root / "policies"
    os.mkfifo(tree.root / "pipe")
    (policies / "to-pipe.yaml").symlink_to("../pipe")
    (policies / "one.yaml").symlink_to("two.yaml")
    (policies / "two.yaml").symlink_to("a.yaml")
    for name in ("to-pipe", "one", "two"):
        with pytest.raises(FileRefusedError, match="symbolic link"):
            tree.read(f"policies/{name}.yaml")


def test_P_02_the_folder_of_artefacts_itself_may_be_no_link(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a.yaml").write_text("a: 1\n")
    (tmp_path / "policies").symlink_to("elsewhere")
    listing = WorkTree(tmp_path).listing("policies")
    assert listing.files == ()
    assert [path for path, _ in listing.not_checked] == ["policies"]


def test_P_02_a_folder_swapped_for_a_link_after_the_listing_is_not_entered(tree: WorkTree) -> None:
    (tree.root / "policies" / "real" / "b.yaml").write_text("b: 1\n")
    listed = tree.listing("policies")
    assert "policies/real/b.yaml" in listed.files
    (tree.root / "policies" / "real" / "b.yaml").unlink()
    (tree.root / "policies" / "real").rmdir()
    (tree.root / "policies" / "real").symlink_to("../../outside")
    with pytest.raises(FileRefusedError, match="symbolic link"):
        WorkTree(tree.root).read("policies/real/secret.yaml")


def test_P_03_a_pipe_a_socket_and_a_device_neither_block_nor_flow(
    tree: WorkTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    policies = tree.root / "policies"
    os.mkfifo(policies / "pipe.yaml")
    monkeypatch.chdir(policies)  # a socket's address is short
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket.yaml")
        begin = time.perf_counter()
        for name, what in (("pipe", "a named pipe"), ("socket", "a socket")):
            with pytest.raises(FileRefusedError, match=what):
                tree.read(f"policies/{name}.yaml")
        listing = tree.listing("policies")
        assert time.perf_counter() - begin < 1
    assert listing.files == ("policies/a.yaml",)
    assert {why for _, why in listing.not_checked} == {"not a regular file"}
    for device in ("zero", "null", "random"):
        with pytest.raises(FileRefusedError, match="a device"):
            WorkTree(Path("/dev")).read(device)


def test_P_03_of_an_endless_file_no_more_is_read_than_its_limit(tree: WorkTree) -> None:
    with (tree.root / "policies" / "sparse.yaml").open("wb") as file:
        file.truncate(5 * 10**9)
    content = tree.read("policies/sparse.yaml")
    assert len(content) == FILE_LIMIT + 1
    (problem,) = read("policies/sparse.yaml", content).problems
    assert problem.code == "AIM012"


def test_P_03_a_file_that_hides_its_size_is_read_to_its_end() -> None:
    """Files of the kernel say that they are empty."""
    assert WorkTree(Path("/proc/self")).read("status").startswith(b"Name:")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("policies/Risk.yaml", "policies/risk.yaml"),
        ("policies/A/x.yaml", "policies/a/x.yaml"),
        ("policies/caf\u00e9.yaml", "policies/cafe\u0301.yaml"),
        ("policies/STRASSE.yaml", "policies/stra\u00dfe.yaml"),
        ("policies/risk.YAML", "policies/risk.yaml"),
    ],
)
def test_P_04_paths_that_some_systems_take_for_one_are_a_finding(tree: WorkTree, one: str, other: str) -> None:
    for path in (one, other):
        (tree.root / path).parent.mkdir(exist_ok=True)
        (tree.root / path).write_text("a: 1\n")
    (problem,) = tree.listing("policies").problems
    assert problem.code == "AIM030"
    assert {problem.span.path, problem.related[0].span.path} == {one, other}


def test_P_05_a_pointer_to_content_elsewhere_is_named_as_such(tree: WorkTree) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "0" * 64 + "\nsize 12\n"
    (tree.root / "policies" / "lfs.yaml").write_text(pointer)
    (tree.root / "policies" / "module").mkdir()
    (tree.root / "policies" / "module" / ".git").write_text("gitdir: ../../.git/modules/module\n")
    (tree.root / "policies" / "module" / "b.yaml").write_text("b: 1\n")
    listing = tree.listing("policies")
    assert listing.not_checked == (("policies/module", "a repository of its own (submodule)"),)
    document = read("policies/lfs.yaml", tree.read("policies/lfs.yaml"))
    assert document.data is None
    assert "Git LFS pointer" in document.not_checked


def test_P_05_bytes_are_those_that_are_checked_out(tree: WorkTree) -> None:
    (tree.root / "policies" / "crlf.yaml").write_bytes(b"a: 1\r\n")
    assert tree.read("policies/crlf.yaml") == b"a: 1\r\n"


def test_P_07_every_suppression_says_what_why_and_until_when(tree: WorkTree) -> None:
    lax = """\
schema: 1
organisation: Fernlough
ignore: "*"
severity: off
plugins: [./evil.py]
schemas: own/
suppress:
  - rule: "*"
    reason: because
    until: "9999"
  - rule: AIM203
  - rule: AIM204
    reason: The owner joins in January.
    until: 2026-12-31
"""
    (tree.root / "aimsctl.yaml").write_text(lax)
    config, findings = load(tree)
    assert [(one.rule, one.reason, one.until) for one in config.suppress] == [
        ("AIM204", "The owner joins in January.", "2026-12-31")
    ]
    assert sorted({finding.span.line for finding in findings}) == [3, 4, 5, 6, 8, 9, 10, 11]
    assert all(finding.severity.word == "error" for finding in findings)


def test_P_07_no_code_of_the_checked_folder_is_loaded(run: Any, workspace: Any) -> None:
    canary = "import pathlib\npathlib.Path('PWNED').touch()\n"
    built = workspace(
        {"policies/a.yaml": "a: 1\n", **dict.fromkeys(("conftest.py", "aimsctl.py", "rules/x.py", "setup.py"), canary)}
    )
    run("validate", cwd=built.root)
    run("gap", cwd=built.root)
    assert not (built.root / "PWNED").exists()


def test_P_07_what_is_set_aside_stays_in_the_output(run: Any, workspace: Any) -> None:
    built = workspace(
        {
            "policies/a.yaml": {
                "kind": "person",
                "id": "PER-01",
                "title": "Ada",
                "status": "draft",
                "owner": "ROLE-NONE",
            }
        },
        config={"suppress": [{"rule": "AIM301", "reason": "The role is written next week.", "until": "2099-12-31"}]},
    )
    outcome = run("validate", "--format", "json", cwd=built.root)
    told = [one["suppressed"] for one in json.loads(outcome.stdout)["diagnostics"] if one["code"] == "AIM301"]
    assert told
    assert all("The role is written next week." in str(one) for one in told)


def test_C_12_a_folder_that_cannot_be_read_is_an_error(run: Any, workspace: Any) -> None:
    built = workspace({"policies/a.yaml": {"kind": "person", "id": "PER-01", "title": "Ada", "status": "draft"}})
    assert run("validate", cwd=built.root).code == 0
    (built.root / "policies" / "closed").mkdir(mode=0)
    outcome = run("validate", cwd=built.root, as_nobody=True)
    assert outcome.code == 1
    assert "AIM031" in outcome.stdout


def test_C_12_a_file_that_cannot_be_read_is_an_error(run: Any, workspace: Any) -> None:
    person = {"kind": "person", "id": "PER-01", "title": "Ada", "status": "draft"}
    built = workspace({"policies/a.yaml": person, "policies/b.yaml": {**person, "id": "PER-02"}})
    (built.root / "policies" / "b.yaml").chmod(0)
    outcome = run("validate", cwd=built.root, as_nobody=True)
    assert outcome.code == 1
    assert "policies/b.yaml" in outcome.stdout
