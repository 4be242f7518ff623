"""Sealing: what was accepted gets its place in the tree, and a new root is signed.

The order is what makes it safe. Tiles and bundles are written first, whole files under names that the signed root does
not reach yet; then the checkpoint is put in place, which is the one moment that counts; only then are segments and
partial tiles removed. A crash before that moment leaves the old state, one after it the new; sealing again finishes
what is left. An entry that is in the tree already is passed over, so a segment that outlived its seal, or came back
with a merge, adds nothing.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from aimsctl.evidence import tiles
from aimsctl.evidence.durable import Writer
from aimsctl.evidence.keys import PrivateKey
from aimsctl.evidence.merkle import leaf_hash
from aimsctl.evidence.notes import Checkpoint, Note, Verifier, sign_note, signed_by
from aimsctl.evidence.problems import LedgerError
from aimsctl.evidence.segments import TORN, Line
from aimsctl.evidence.tiles import ENTRIES, HEIGHT, WIDTH, TileTree, bundle_bytes, tile_path

CHECKPOINT: Final = "checkpoint"
CHECKPOINTS: Final = "checkpoints"
_BATCH: Final = 64 * 1024 * 1024  # bytes of entries that are in memory at once

Accept = Callable[[bytes], str]
"""Whether an entry may be sealed: empty, or why not."""


@dataclass(slots=True)
class Sealed:
    """What a seal did: the sizes before and after, what was passed over, and the lines that a crash had torn."""

    before: int
    size: int
    repeated: int = 0
    torn: list[str] = field(default_factory=list)


class Sealing:
    """One seal of a ledger that is locked. Raises OSError, LedgerError and MalformedError; then nothing is sealed."""

    def __init__(self, writer: Writer, note: Note, old: Checkpoint) -> None:
        self.folder = folder = writer.folder
        self.old = old
        self.note = note
        self.writer = writer
        self.tree = TileTree.load(folder, old.size)
        index, width = divmod(old.size, WIDTH)
        self.bundle = tiles.read_bundle(folder, index, width) if width else []
        if self.tree.root() != old.root:
            raise LedgerError("the tiles are not those of the checkpoint", hint="`aimsctl evidence verify` says where")

    def run(self, waiting: Iterator[Line], paths: list[str], signer: PrivateKey, accept: Accept | None) -> Sealed:
        """Seals the waiting lines and removes the segments they came from."""
        done = Sealed(self.old.size, self.old.size)
        self.finish(self.old)
        for batch in self._batches(waiting, done):
            self._add(batch, accept, done)
        done.size = self.tree.size
        if done.size > done.before:
            self._partial()
            self.writer.settle()
            checkpoint = Checkpoint(self.old.origin, done.size, self.tree.root())
            write_checkpoint(self.writer, checkpoint, signer)
            remove_superseded(self.writer, done.before, done.size)
        self.writer.settle()
        for path in paths:
            self.writer.remove(path)
        self.writer.settle()
        return done

    def finish(self, old: Checkpoint) -> None:
        """What an earlier seal had still to do when it was stopped."""
        self.writer.clean()
        kept = f"{CHECKPOINTS}/{old.size}"
        if not (self.folder / kept).exists():
            self.writer.write(kept, str(self.note).encode())
        sizes = sorted(checkpoint_sizes(self.folder))
        remove_superseded(self.writer, sizes[-2] if len(sizes) > 1 else 0, old.size)
        self.writer.settle()

    def _batches(self, waiting: Iterator[Line], done: Sealed) -> Iterator[list[Line]]:
        batch: list[Line] = []
        held = 0
        for line in waiting:
            if line.torn:
                self.writer.write(line.path.removesuffix(".jsonl") + TORN, line.content)
                done.torn.append(line.where)
                continue
            batch.append(line)
            held += len(line.content)
            if held >= _BATCH:
                yield batch
                batch, held = [], 0
        if batch:
            yield batch

    def _add(self, batch: list[Line], accept: Accept | None, done: Sealed) -> None:
        """The lines that are new, in their order."""
        self.writer.wait()
        fresh = {leaf_hash(line.content): line for line in batch}
        for known in self._leaves():
            for leaf in fresh.keys() & known:
                del fresh[leaf]
        done.repeated += len(batch) - len(fresh)
        if accept is not None:
            for line in fresh.values():
                if why := accept(line.content):
                    raise LedgerError(
                        f"nothing was sealed: {line.where}: {why}",
                        hint="what is sealed stays for ever; `aimsctl evidence key add` says what a key may attest",
                    )
        self._write(list(fresh), [line.content for line in fresh.values()])

    def _leaves(self) -> Iterator[set[bytes]]:
        """The hashes of all entries the tree has, a tile at a time."""
        for index in range(self.tree.size // WIDTH):
            yield set(tiles.read_tile(self.folder, 0, index, WIDTH))
        if self.tree.rows:
            yield set(self.tree.rows[0])

    def _write(self, leaves: list[bytes], entries: list[bytes]) -> None:
        first = self.tree.size // WIDTH
        for level, index, hashes in self.tree.extend(leaves):
            self.writer.write(tile_path(level, index), b"".join(hashes))
        rest = iter(entries)
        for index in itertools.count(first):
            self.bundle += itertools.islice(rest, WIDTH - len(self.bundle))
            if len(self.bundle) < WIDTH:
                return
            self.writer.write(tile_path(ENTRIES, index), bundle_bytes(self.bundle))
            self.bundle = []

    def _partial(self) -> None:
        for level, index, hashes in self.tree.partial():
            self.writer.write(tile_path(level, index, len(hashes)), b"".join(hashes))
        if self.bundle:
            path = tile_path(ENTRIES, self.tree.size // WIDTH, len(self.bundle))
            self.writer.write(path, bundle_bytes(self.bundle))


def write_checkpoint(writer: Writer, checkpoint: Checkpoint, signer: PrivateKey) -> None:
    """Signs the root and puts it in place, then among all the others."""
    note = Note(checkpoint.text, (sign_note(checkpoint.text, checkpoint.origin, signer),))
    store_note(writer, note, checkpoint.size)


def store_note(writer: Writer, note: Note, size: int, *, newest: bool = True) -> None:
    """A signed checkpoint in its places; each is on the disk before the next is written."""
    for path in (CHECKPOINT, f"{CHECKPOINTS}/{size}") if newest else (f"{CHECKPOINTS}/{size}",):
        writer.write(path, str(note).encode())
        writer.settle()


def refuse_other_key(note: Note, log: Verifier, signer: PrivateKey) -> None:
    """Nothing if the key is the log's and the checkpoint is signed with it; raises LedgerError otherwise."""
    if signer.public.keyid != log.key.keyid:
        raise LedgerError(f"this is not the key of the ledger {log.name}", hint="`aimsctl evidence key list` shows it")
    if signed_by(note, log) is None:
        raise LedgerError("the checkpoint is not signed by the ledger's key", hint="`aimsctl evidence verify`")


def checkpoint_sizes(folder: Path) -> Iterator[int]:
    """The sizes of which a signed checkpoint is kept."""
    kept = folder / CHECKPOINTS
    if kept.is_dir() and not kept.is_symlink():
        yield from (int(file.name) for file in kept.iterdir() if file.name.isascii() and file.name.isdecimal())


def remove_superseded(writer: Writer, before: int, size: int) -> None:
    """Partial tiles and bundles of smaller trees are gone; those of the tree of that size stay."""
    for level in range(tiles.levels(size)):
        for name in (str(level), ENTRIES) if level == 0 else (str(level),):
            first, (last, width) = before >> HEIGHT * (level + 1), divmod(size >> HEIGHT * level, WIDTH)
            for index in range(first, last + 1):
                _remove_partial(writer, tile_path(name, index) + ".p", width if index == last else 0)


def _remove_partial(writer: Writer, path: str, kept: int) -> None:
    folder = writer.folder / path
    if not folder.is_dir() or folder.is_symlink():
        return
    for file in folder.iterdir():
        if file.name != str(kept):
            writer.remove(f"{path}/{file.name}")
    if not kept:
        writer.remove_folder(path)
