"""The work tree: what is listed, what is left out and why, and where a workspace begins."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest

from aimsctl.errors import WorkspaceError
from aimsctl.source import files
from aimsctl.source.files import FileRefusedError, Listing, WorkTree, contained, find_root, refusal


@pytest.fixture(params=["by descriptor", "by path"])
def tree(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WorkTree:
    """A work tree, read in both ways that systems offer."""
    if request.param == "by path":
        monkeypatch.setattr(files, "_BY_DESCRIPTOR", False)
    return WorkTree(tmp_path)


def write(tree: WorkTree, *paths: str) -> None:
    for path in paths:
        target = tree.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.encode("utf-8", "surrogateescape"))


def test_yaml_files_are_listed_by_path(tree: WorkTree) -> None:
    write(tree, "policies/b.yaml", "policies/a/z.yml", "policies/a/y.yaml", "policies/a/text.md", "other/c.yaml")
    assert tree.listing("policies") == Listing(("policies/a/y.yaml", "policies/a/z.yml", "policies/b.yaml"))
    assert tree.listing("policies/") == tree.listing("./policies") == tree.listing("policies")


def test_the_whole_workspace_can_be_the_folder_of_artefacts(tree: WorkTree) -> None:
    write(tree, "aimsctl.yaml", "a.yaml", "b/aimsctl.yaml")
    assert tree.listing(".").files == ("a.yaml", "b/aimsctl.yaml")


def test_a_folder_that_does_not_exist_holds_nothing(tree: WorkTree) -> None:
    assert tree.listing("rules") == Listing(())


@pytest.mark.parametrize("folder", ["..", "/etc", "a/../..", ".git", ""])
def test_a_folder_elsewhere_is_not_looked_into(tree: WorkTree, folder: str) -> None:
    listing = tree.listing(folder)
    assert listing.files == ()
    assert len(listing.not_checked) == 1


def test_files_are_read_as_they_are(tree: WorkTree) -> None:
    write(tree, "policies/a b.yaml", "policies/ü/%41.yaml", "policies/x\ny.yaml", "policies/c:d.yaml", "top.yaml")
    for path in (*tree.listing("policies").files, "top.yaml"):
        assert tree.read(path) == path.encode()


def test_names_that_are_no_utf8_are_listed_and_read(tree: WorkTree) -> None:
    name = os.fsdecode(b"policies/caf\xe9.yaml")
    write(tree, name)
    assert tree.listing("policies").files == (name,)
    assert tree.read(name) == b"policies/caf\xe9.yaml"


def test_one_byte_more_than_the_limit_is_read(tree: WorkTree) -> None:
    (tree.root / "a.yaml").write_bytes(b"x" * 30)
    assert [len(tree.read("a.yaml", limit)) for limit in (10, 29, 30, 31)] == [11, 30, 30, 30]
    (tree.root / "empty.yaml").touch()
    assert tree.read("empty.yaml") == b""


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("missing.yaml", "it does not exist"),
        ("policies", "a folder"),
        ("policies/a.yaml/b.yaml", "a folder on its path is a symbolic link or a file"),
        ("x" * 300, "its path is too long"),
    ],
)
def test_why_a_file_is_not_read(tree: WorkTree, path: str, reason: str) -> None:
    write(tree, "policies/a.yaml")
    with pytest.raises(FileRefusedError) as refused:
        tree.read(path)
    assert refused.value.reason == reason


def test_reading_goes_from_folder_to_folder(tree: WorkTree) -> None:
    write(tree, "a/1.yaml", "b/c/2.yaml", "a/3.yaml", "4.yaml")
    for path in ("a/1.yaml", "b/c/2.yaml", "a/3.yaml", "4.yaml", "a/1.yaml"):
        assert tree.read(path) == path.encode()
    with pytest.raises(FileRefusedError):
        tree.read("gone/5.yaml")
    assert tree.read("a/1.yaml") == b"a/1.yaml"


def test_no_descriptor_is_left_open(tmp_path: Path) -> None:
    gc.collect()  # what earlier tests left to be closed is not counted
    open_before = len(list(Path("/dev/fd").iterdir()))
    for _ in range(20):
        tree = WorkTree(tmp_path)
        write(tree, "a/b/1.yaml")
        tree.read("a/b/1.yaml")
        tree.listing("a")
        with pytest.raises(FileRefusedError):
            tree.read("a/missing/1.yaml")
    del tree
    assert len(list(Path("/dev/fd").iterdir())) == open_before


def test_too_many_files_end_the_run(tree: WorkTree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "FILES_LIMIT", 2)
    write(tree, "policies/1.yaml", "policies/2.yaml")
    assert len(tree.listing("policies").files) == 2
    write(tree, "policies/3.yaml")
    with pytest.raises(WorkspaceError, match="more than 2 files"):
        tree.listing("policies")


def test_the_label_names_no_place_on_the_machine(tmp_path: Path) -> None:
    assert WorkTree(tmp_path / "fernlough").label == "work tree fernlough"


def test_a_workspace_is_found_from_below_it(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "aimsctl.yaml").touch()
    for start in (tmp_path, tmp_path / "a", tmp_path / "a" / "b"):
        assert find_root(start) == tmp_path


@pytest.mark.parametrize("git", ["folder", "file"])
def test_the_search_ends_at_the_top_of_the_repository(tmp_path: Path, git: str) -> None:
    inner = tmp_path / "repository" / "a"
    inner.mkdir(parents=True)
    (tmp_path / "aimsctl.yaml").touch()
    mark = inner.parent / ".git"
    mark.mkdir() if git == "folder" else mark.touch()
    with pytest.raises(WorkspaceError) as error:
        find_root(inner)
    assert "or above it" in error.value.message
    assert "aimsctl init" in error.value.hint


def test_a_named_root_has_its_own_settings(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "aimsctl.yaml").touch()
    assert find_root(tmp_path, walk=False) == tmp_path
    with pytest.raises(WorkspaceError):
        find_root(tmp_path / "a", walk=False)


def test_a_folder_that_is_none_has_no_workspace(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for start in (tmp_path / "missing", tmp_path / "file"):
        with pytest.raises(WorkspaceError, match="no folder"):
            find_root(start)


@pytest.mark.parametrize("path", ["a.md", "texts/a b.md", "texts/50%.md", "..a/b..md", "texts/.hidden.md", "ü/é.md"])
def test_a_typed_path_below_the_root_is_followed(path: str) -> None:
    assert contained(path)
    assert refusal(path) == ""
