"""The ledger: what is appended is there, what is sealed is in the tree, and nothing is there twice."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
from pathlib import Path

import pytest

from aimsctl.evidence import keys, merkle, notes, tiles
from aimsctl.evidence.ledger import Ledger, read_settings
from aimsctl.evidence.problems import KeyRefusedError, LedgerError, MalformedError

ORIGIN = "aims.example.com/ledger/test"
KEY = keys.from_seed(b"\x21" * 32)


def entries(count: int, mark: str = "") -> list[bytes]:
    return [f'{{"n":{number},"mark":"{mark}"}}'.encode() for number in range(count)]


def sealed(ledger: Ledger) -> list[bytes]:
    return [entry for _, entry in ledger.entries()]


def files(ledger: Ledger, below: str) -> set[str]:
    return {path.relative_to(ledger.folder).as_posix() for path in (ledger.folder / below).rglob("*") if path.is_file()}


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger.create(tmp_path / "ledger", ORIGIN, KEY)


def test_a_new_ledger_is_empty_and_signed(ledger: Ledger) -> None:
    note, checkpoint = Ledger.open(ledger.folder).checkpoint()
    assert checkpoint == notes.Checkpoint(ORIGIN, 0, merkle.EMPTY_ROOT)
    assert notes.signed_by(note, ledger.log) == 0
    assert sealed(ledger) == list(ledger.unsealed()) == []


def test_a_second_ledger_in_the_same_folder_is_refused(ledger: Ledger) -> None:
    with pytest.raises(LedgerError):
        Ledger.create(ledger.folder, ORIGIN, KEY)


@pytest.mark.parametrize("name", ["", "with space", "a+b", "a\nb"])
def test_a_name_that_no_note_can_carry_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(KeyRefusedError):
        Ledger.create(tmp_path / "ledger", name, KEY)


def test_a_ledger_signs_with_ed25519(tmp_path: Path) -> None:
    with pytest.raises(KeyRefusedError):
        Ledger.create(tmp_path / "ledger", ORIGIN, keys.generate("ecdsa-p256"))


@pytest.mark.parametrize("count", [1, 255, 256, 257, 600])
def test_what_was_appended_is_sealed_in_its_order(ledger: Ledger, count: int) -> None:
    wanted = entries(count)
    ledger.append(wanted[: count // 2])
    ledger.append(wanted[count // 2 :])
    assert list(ledger.unsealed()) == wanted
    done = ledger.seal(KEY)
    assert (done.before, done.size, done.repeated) == (0, count, 0)
    assert sealed(ledger) == wanted
    assert list(ledger.unsealed()) == []
    tree = merkle.Frontier()
    for entry in wanted:
        tree.append(merkle.leaf_hash(entry))
    assert ledger.checkpoint()[1] == notes.Checkpoint(ORIGIN, count, tree.root())


def test_many_small_seals_make_the_tree_of_one_large_seal(tmp_path: Path) -> None:
    wanted = entries(700)
    step, once = (Ledger.create(tmp_path / name, ORIGIN, KEY) for name in ("step", "once"))
    once.append(wanted)
    once.seal(KEY)
    for start in range(0, 700, 130):
        step.append(wanted[start : start + 130])
        step.seal(KEY)
    for below in ("tile",):
        assert files(step, below) == files(once, below)
        for path in files(step, below):
            assert (step.folder / path).read_bytes() == (once.folder / path).read_bytes()
    assert files(step, "checkpoints") == {f"checkpoints/{size}" for size in (0, 130, 260, 390, 520, 650, 700)}


def test_superseded_partial_tiles_are_removed(ledger: Ledger) -> None:
    for count in (5, 9, 300):
        ledger.append(entries(count, str(count)))
        ledger.seal(KEY)
    assert files(ledger, "tile") == {
        "tile/0/000", "tile/0/001.p/58", "tile/1/000.p/1", "tile/entries/000", "tile/entries/001.p/58",
    }  # fmt: skip
    assert not (ledger.folder / "tile/0/000.p").exists()


def test_sealing_nothing_changes_nothing(ledger: Ledger) -> None:
    ledger.append(entries(3))
    ledger.seal(KEY)
    before = {path: (ledger.folder / path).read_bytes() for path in files(ledger, ".")}
    done = ledger.seal(KEY)
    assert (done.before, done.size) == (3, 3)
    assert {path: (ledger.folder / path).read_bytes() for path in files(ledger, ".")} == before


def test_an_entry_is_in_the_tree_once(ledger: Ledger) -> None:
    ledger.append(entries(300))
    ledger.seal(KEY)
    ledger.append([*entries(301), *entries(302)])
    done = ledger.seal(KEY)
    assert (done.size, done.repeated) == (302, 601)
    assert sealed(ledger) == entries(302)


@pytest.mark.parametrize("entry", [b"", b"a\nb", b"a\r", b"x" * 65_536])
def test_what_can_be_no_entry_is_refused_with_the_whole_batch(ledger: Ledger, entry: bytes) -> None:
    with pytest.raises(MalformedError):
        ledger.append([b"{}", entry])
    assert list(ledger.unsealed()) == []


def test_another_key_cannot_seal(ledger: Ledger) -> None:
    ledger.append(entries(1))
    with pytest.raises(LedgerError, match="not the key of the ledger"):
        ledger.seal(keys.from_seed(b"\x22" * 32))


def test_an_entry_that_is_not_accepted_stops_the_seal_and_is_named(ledger: Ledger) -> None:
    ledger.append(entries(3))
    with pytest.raises(LedgerError, match="line 2: not this one"):
        ledger.seal(KEY, accept=lambda entry: "not this one" if b'"n":1' in entry else "")
    assert ledger.checkpoint()[1].size == 0
    assert len(list(ledger.unsealed())) == 3


def test_tiles_that_are_not_those_of_the_checkpoint_stop_the_seal(ledger: Ledger) -> None:
    ledger.append(entries(3))
    ledger.seal(KEY)
    tile = ledger.folder / "tile/0/000.p/3"
    tile.write_bytes(bytes(96))
    ledger.append(entries(1, "more"))
    with pytest.raises(LedgerError, match="not those of the checkpoint"):
        ledger.seal(KEY)


def test_two_objects_write_two_segments_and_both_are_sealed(ledger: Ledger) -> None:
    other = Ledger.open(ledger.folder)
    ledger.append(entries(1, "a"))
    other.append(entries(1, "b"))
    ledger.append(entries(2, "a")[1:])
    assert len(files(ledger, "wal")) == 2
    ledger.seal(KEY)
    other.append(entries(1, "c"))
    ledger.append(entries(1, "d"))
    ledger.seal(KEY)
    assert sealed(ledger) == [*entries(2, "a"), *entries(1, "b"), *entries(1, "c"), *entries(1, "d")]


def test_a_child_process_begins_its_own_segment(ledger: Ledger) -> None:
    ledger.append(entries(1, "parent"))
    child = multiprocessing.get_context("fork").Process(target=ledger.append, args=(entries(1, "child"),))
    child.start()
    child.join()
    assert child.exitcode == 0
    ledger.append(entries(1, "after"))
    assert sorted(ledger.unsealed()) == sorted([*entries(1, "parent"), *entries(1, "child"), *entries(1, "after")])


def test_a_part_of_the_entries(ledger: Ledger) -> None:
    wanted = entries(600)
    ledger.append(wanted)
    ledger.seal(KEY)
    assert list(ledger.entries(250, 520)) == [(index, wanted[index]) for index in range(250, 520)]
    assert list(ledger.entries(599, 10_000)) == [(599, wanted[599])]
    assert list(ledger.entries(600)) == []


@pytest.mark.parametrize(
    "content",
    [
        "",
        "origin: a",
        "origin: a\nkey: b",
        "origin: x\nkey: {key}",
        "origin: {name}\nkey: {key}\nmore: 1",
        "{name}: {key}\na",
    ],
)
def test_settings_that_are_not_exactly_so_are_malformed(ledger: Ledger, content: str) -> None:
    text = content.replace("{key}", ledger.log.text).replace("{name}", ORIGIN)
    with pytest.raises(MalformedError):
        read_settings(text.encode())


def test_what_is_no_segment_is_not_sealed_over(ledger: Ledger) -> None:
    (ledger.folder / "wal").mkdir()
    (ledger.folder / "wal" / "0000001-0000000g.jsonl").write_text("{}\n")
    with pytest.raises(LedgerError, match="no segment"):
        list(ledger.unsealed())


def test_a_ledger_is_not_written_through_links(ledger: Ledger, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (ledger.folder / "wal").symlink_to(elsewhere)
    with pytest.raises(LedgerError, match="link"):
        ledger.append(entries(1))
    (ledger.folder / "wal").unlink()
    ledger.append(entries(1))
    (ledger.folder / "tile").symlink_to(elsewhere)
    with pytest.raises(LedgerError, match="link"):
        ledger.seal(KEY)
    assert list(elsewhere.iterdir()) == []


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-c", "user.name=n", "-c", "user.email=e@example.com", "-c", "core.autocrlf=true", *arguments]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


def test_branches_that_record_merge_without_a_conflict_and_git_keeps_the_bytes(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "main")
    ledger = Ledger.create(tmp_path / "ledger", ORIGIN, KEY)

    def record_and_commit(mark: str) -> None:
        Ledger.open(ledger.folder).append(entries(2, mark))
        git(tmp_path, "add", "-A")
        git(tmp_path, "commit", "-q", "-m", mark)

    record_and_commit("base")
    git(tmp_path, "checkout", "-q", "-b", "feature")
    record_and_commit("feature")
    git(tmp_path, "checkout", "-q", "main")
    record_and_commit("main")
    ledger.seal(KEY)
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", "sealed")
    git(tmp_path, "merge", "-q", "--no-edit", "feature")
    ledger.seal(KEY)
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", "sealed again")
    assert sealed(ledger) == [*entries(2, "base"), *entries(2, "main"), *entries(2, "feature")]
    before = {path: (ledger.folder / path).read_bytes() for path in files(ledger, ".") - {"lock"}}
    clone = tmp_path.parent / f"{tmp_path.name}-clone"
    git(tmp_path, "clone", "-q", "--config", "core.autocrlf=true", str(tmp_path), str(clone))
    copy = Ledger.open(clone / "ledger")
    assert {path: (copy.folder / path).read_bytes() for path in files(copy, ".")} == before
    assert sealed(copy) == sealed(ledger)


def test_levels_of_tiles() -> None:
    for size, wanted in ((0, 0), (1, 1), (255, 1), (256, 2), (257, 2), (65_535, 2), (65_536, 3)):
        assert tiles.levels(size) == wanted


def test_the_lock_file_and_drafts_are_no_part_of_the_repository(ledger: Ledger) -> None:
    ledger.append(entries(1))
    assert os.listdir(ledger.folder / ".drafts") == []  # noqa: PTH208 - names only
    assert "/lock" in (ledger.folder / ".gitignore").read_text()
