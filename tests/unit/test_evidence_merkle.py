"""The tree, the notes and the tiles against the vectors that others published."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from aimsctl.evidence import merkle, notes, tiles
from aimsctl.evidence.problems import KeyRefusedError, MalformedError


def cases(folder: Path) -> list[dict[str, object]]:
    return [json.loads(path.read_text()) for path in sorted(folder.rglob("*.json"))]


def hashes(values: object) -> list[bytes]:
    return [base64.b64decode(value) for value in values or ()]  # type: ignore[attr-defined]


def test_inclusion_as_published(vectors: Path) -> None:
    found = cases(vectors / "merkle" / "inclusion")
    for case in found:
        leaf, root = hashes([case["leafHash"], case["root"]])
        verdict = merkle.includes(leaf, case["leafIdx"], case["treeSize"], hashes(case["proof"]), root)
        assert verdict is not case["wantErr"], case["desc"]
    assert len(found) == 98


def test_consistency_as_published(vectors: Path) -> None:
    found = cases(vectors / "merkle" / "consistency")
    for case in found:
        roots = hashes([case["root1"], case["root2"]])
        verdict = merkle.extends(case["size1"], case["size2"], *roots, hashes(case["proof"]))
        assert verdict is not case["wantErr"], case["desc"]
    assert len(found) == 98


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 255, 256, 257, 600])
def test_proofs_made_from_a_tree_verify(size: int) -> None:
    leaves = [merkle.leaf_hash(bytes([n % 256, n // 256])) for n in range(size)]
    frontier = merkle.Frontier()
    roots = [frontier.root()]
    for leaf in leaves:
        frontier.append(leaf)
        roots.append(frontier.root())

    def node(level: int, index: int) -> bytes:
        return merkle.fold(merkle.peaks_of(leaves[index << level : (index + 1) << level]))

    for index in {0, size // 2, size - 1}:
        proof = merkle.inclusion_proof(index, size, node)
        assert merkle.includes(leaves[index], index, size, proof, roots[size])
    for old in {1, size // 2 or 1, size - 1 or 1, size}:
        proof = merkle.consistency_proof(old, size, node)
        assert merkle.extends(old, size, roots[old], roots[size], proof)


@pytest.mark.parametrize("start", [0, 1, 255, 256, 300])
def test_a_tree_of_tiles_has_the_root_of_the_plain_tree(start: int) -> None:
    leaves = [merkle.leaf_hash(bytes([n % 256, n // 256])) for n in range(700)]
    frontier, tree, full = merkle.Frontier(), tiles.TileTree(), {}
    for leaf in leaves:
        frontier.append(leaf)
    for part in (leaves[:start], leaves[start:]):
        full |= {(level, index): len(row) for level, index, row in tree.extend(part)}
    assert tree.root() == frontier.root()
    assert tree.frontier().peaks == frontier.peaks
    assert full == {(0, 0): 256, (0, 1): 256}
    assert [(level, index, len(row)) for level, index, row in tree.partial()] == [(0, 2, 188), (1, 0, 2)]


def test_the_published_log_verifies_and_its_entries_rebuild_every_root(vectors: Path) -> None:
    folder = vectors / "tessera-log" / "log"
    log = notes.read_verifier((vectors / "tessera-log" / "log.pub").read_text().strip())
    roots = [merkle.EMPTY_ROOT]
    frontier = merkle.Frontier()
    for entry in tiles.read_bundle(folder, 0, 15):
        frontier.append(merkle.leaf_hash(entry))
        roots.append(frontier.root())
    for size in range(16):
        note = notes.read_note((folder / f"checkpoint.{size}").read_bytes())
        assert notes.signed_by(note, log) == 0
        assert notes.read_checkpoint(note) == notes.Checkpoint(log.name, size, roots[size])
    assert tiles.TileTree.load(folder, 15).root() == roots[15]


PROOF = """\
c2sp.org/tlog-proof@v1
index 2
sFWo16dWz4CVbKU7iEratk1adOUQyMhT2a4+BQ1Sco8=

aims.example.com/ledger/prod
3
o/vNt3P6Zb6dQcEcXb8RQReZWmsZagvtXvTbnKnXkKA=

— aims.example.com/ledger/prod QZJa2mrG07Wtd0D34dJWK3B4S31HdMHaI7aMMolBdnk0s2vDz/nnG34w3Xoy/WmtFEH3FTkP+WpgbQrKRIsMymSTKwk=
— auditor.example.org/witness PawQ3QAAAABrAsL8xkb0zjP35IrO8E4RiF6lpIdPMR4sWaPlUknK5xLuqWBwMoow8j8B8gcgbU58KLEpYjPWCQSkqH95Kd1aLNopBg==
"""  # noqa: E501
LOG = "aims.example.com/ledger/prod+41925ada+AYhLiFf06qFhPGFQTbNNS+rzRlF6DjHePN3U2bQgHZ0L"
WITNESS = "auditor.example.org/witness+3dac10dd+BKCapfR6Z1mAL/lV+NwtKhSlyZ0jvpf4ZBJ/+Tg0VaTw"
LEAF = "K79quzOvyzoqVCBuzIj2R+VC9SAiINyxZxeh+bVh6M4="


def test_a_proof_made_by_other_code_verifies_and_is_written_back_byte_for_byte() -> None:
    proof = notes.read_proof(PROOF.encode())
    checkpoint = notes.read_checkpoint(proof.note)
    assert merkle.includes(base64.b64decode(LEAF), proof.index, checkpoint.size, proof.hashes, checkpoint.root)
    assert notes.signed_by(proof.note, notes.read_verifier(LOG)) == 0
    assert notes.signed_by(proof.note, notes.read_verifier(WITNESS)) == 1795343100
    assert str(proof) == PROOF
    assert notes.read_verifier(LOG).text == LOG


@pytest.mark.parametrize(
    "change",
    [
        ("\n\n— ", "\n— "), ("3\no", "03\no"), ("3\no", "-3\no"), ("o/vN", "o/v"), ("— ", "- "), ("\n3\n", "\n3\r\n"),
        ("index 2", "index 02"), ("index 2", "index"), ("@v1", "@v2"), ("Sco8=\n", "Sco9=\n"),
        ("kKA=\n\n", "kKA=\nextra\n\n"),
    ],
)  # fmt: skip
def test_a_proof_that_is_not_exactly_of_the_form_is_refused(change: tuple[str, str]) -> None:
    with pytest.raises(MalformedError):
        notes.read_checkpoint(notes.read_proof(PROOF.replace(*change).encode()).note)


@pytest.mark.parametrize("text", ["", "a", "a+b", LOG.replace("41925ada", "41925adb"), LOG[:-4], "a b" + LOG])
def test_a_damaged_verifier_key_is_refused(text: str) -> None:
    with pytest.raises(KeyRefusedError):
        notes.read_verifier(text)


@pytest.mark.parametrize(
    ("index", "width", "path"),
    [(0, 256, "000"), (0, 5, "000.p/5"), (999, 256, "999"), (1000, 256, "x001/000"), (1234067, 8, "x001/x234/067.p/8")],
)
def test_paths_of_tiles(index: int, width: int, path: str) -> None:
    assert tiles.tile_path("entries", index, width) == f"tile/entries/{path}"
