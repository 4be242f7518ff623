"""What several states of a history have in common is read once: counted, not timed."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from aimsctl.source.config import load as load_config
from aimsctl.source.files import WorkTree
from aimsctl.source.history import Repository, repository
from aimsctl.workspace.contents import Known
from aimsctl.workspace.versions import Versions
from aimsctl.workspace.workspace import load
from tests.signing import commit, git

DRAFT = "kind: policy\nid: POL-0{}\ntitle: {}\nstatus: draft\n"
TITLES = ("First words", "Second words", "Third words")


@pytest.fixture
def root(workspace: Any) -> Path:
    """Three commits: both policies, then one of them changed twice."""
    folder: Path = workspace({"policies/kept.yaml": DRAFT.format(1, "Kept")}).root
    git(folder, "init", "-q")
    for day, title in enumerate(TITLES, start=1):
        (folder / "policies" / "changed.yaml").write_text(DRAFT.format(2, title), encoding="utf-8")
        commit(folder, title, day=f"2026-01-0{day}")
    return folder


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Counter[tuple[str, str]]:
    """How often each object is read."""
    counted: Counter[tuple[str, str]] = Counter()
    read = Repository.read

    def counting(self: Repository, identifier: str, kind: str, limit: int | None = None) -> bytes:
        counted[kind, identifier] += 1
        return read(self, identifier, kind, limit)

    monkeypatch.setattr(Repository, "read", counting)
    return counted


def test_a_file_is_read_once_however_many_states_hold_it(root: Path, reads: Counter[tuple[str, str]]) -> None:
    found, known = repository(root), Known()
    config, _ = load_config(WorkTree(root))
    titles = []
    for identifier, _ in reversed(found.line(found.resolve("HEAD"))):
        state = load(found.state(found.commit(identifier), ""), config, known=known)
        titles.append([artefact.title for artefact in state.artefacts])
    assert titles == [[title, "Kept"] for title in TITLES]
    assert sum(1 for kind, _ in reads if kind == "blob") == 4
    assert set(reads.values()) == {1}


def test_the_history_of_one_artefact_reads_no_other_file_twice(root: Path, reads: Counter[tuple[str, str]]) -> None:
    found = repository(root)
    last = found.resolve("HEAD")
    kept = Versions(found, last, "", "policies", Known(), frozenset({"POL-01"}))
    assert [one.commit.subject for one in kept.of("POL-01")] == [TITLES[0]]
    assert set(reads.values()) == {1}
    changed = Versions(found, last, "", "policies", Known(), frozenset({"POL-02"}))
    assert [one.commit.subject for one in changed.of("POL-02")] == list(reversed(TITLES))
