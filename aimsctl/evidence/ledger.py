"""The ledger: a folder of plain files in which receipts only ever become more.

    ledger.yaml       its name and the key that signs its checkpoints
    wal/              receipts that were accepted, on disk, not yet in the tree
    checkpoint        the newest signed root, with the cosignatures of witnesses
    checkpoints/SIZE  every signed root
    tile/             the tree and its entries as C2SP tlog-tiles

Receipts are appended by anybody who may write here and sealed in one place; see `segments` and `seal`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from aimsctl.evidence import tiles
from aimsctl.evidence.durable import Writer
from aimsctl.evidence.keys import PrivateKey
from aimsctl.evidence.lock import locked
from aimsctl.evidence.merkle import EMPTY_ROOT
from aimsctl.evidence.notes import (
    NOTE_LIMIT,
    Checkpoint,
    Note,
    NoteSignature,
    Verifier,
    merged,
    read_checkpoint,
    read_note,
    read_verifier,
    verifier,
)
from aimsctl.evidence.problems import KeyRefusedError, LedgerError, MalformedError
from aimsctl.evidence.seal import (
    CHECKPOINT,
    CHECKPOINTS,
    Accept,
    Sealed,
    Sealing,
    refuse_other_key,
    store_note,
    write_checkpoint,
)
from aimsctl.evidence.segments import WAL, Line, Segment, lines, refuse_entry, segments

SETTINGS: Final = "ledger.yaml"
_SETTINGS_LIMIT: Final = 4096
_HEADER: Final = "# The name of this ledger and the key that verifies its checkpoints. Nothing here is secret.\n"
_ATTRIBUTES: Final = """\
# git keeps the bytes as they are: with another line ending no signature holds. It never merges inside a file;
# where two branches both sealed, one of them seals again.
* -text -merge
/tile/** -diff
"""
_IGNORED: Final = "/lock\n/.drafts/\n"


class Ledger:
    """A ledger on disk. Nothing is kept in memory that the files do not say; several processes may use it at once."""

    def __init__(self, folder: Path, log: Verifier) -> None:
        self.folder = folder
        self.log = log
        self._segment = Segment(folder)

    @classmethod
    def open(cls, folder: Path) -> Ledger:
        """The ledger in the folder. Raises LedgerError if there is none, or its settings are not readable."""
        try:
            content = tiles.read_file(folder, SETTINGS, _SETTINGS_LIMIT)
        except LedgerError as error:
            raise LedgerError(f"there is no ledger in {folder}", hint="`aimsctl evidence init` makes one") from error
        return cls(folder, read_settings(content))

    @classmethod
    def create(cls, folder: Path, origin: str, signer: PrivateKey) -> Ledger:
        """A new, empty ledger whose checkpoints the key signs. Raises LedgerError where there is something already."""
        log = verifier(origin, signer.public)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with locked(folder, "init"), Writer(folder) as writer:
                if any((folder / name).exists() for name in (SETTINGS, CHECKPOINT, WAL, "tile")):
                    raise LedgerError(f"there is already a ledger in {folder}")
                writer.write(".gitattributes", _ATTRIBUTES.encode())
                writer.write(".gitignore", _IGNORED.encode())
                write_checkpoint(writer, Checkpoint(origin, 0, EMPTY_ROOT), signer)
                writer.write(SETTINGS, f"{_HEADER}origin: {origin}\nkey: {log.text}\n".encode())
                writer.settle()
        except OSError as error:
            raise LedgerError(f"no ledger was made: {error.strerror or error}") from error
        return cls(folder, log)

    @property
    def origin(self) -> str:
        """The ledger's name, which its checkpoints carry."""
        return self.log.name

    def append(self, envelopes: Sequence[bytes]) -> None:
        """All envelopes are accepted and on the disk; or none is, and LedgerError or MalformedError says why."""
        if not envelopes:
            return
        for envelope in envelopes:
            refuse_entry(envelope)
        with locked(self.folder, "append"):
            try:
                self._segment.append(envelopes)
            except OSError as error:
                raise LedgerError(f"nothing was recorded: {error.strerror or error}") from error

    def seal(self, signer: PrivateKey, accept: Accept | None = None) -> Sealed:
        """Every accepted entry is in the tree and under a signed root; or nothing is sealed, and an error says why.

        `accept` looks at each entry that is new; one that it refuses is named and stops the seal.
        """
        with locked(self.folder, "seal"):
            note, old = self.checkpoint()
            refuse_other_key(note, self.log, signer)
            paths = segments(self.folder)
            try:
                with Writer(self.folder) as writer:
                    return Sealing(writer, note, old).run(self.waiting(), paths, signer, accept)
            except OSError as error:
                raise LedgerError(f"the ledger was not sealed: {error.strerror or error}") from error

    def close(self) -> None:
        """The segment that this object writes is left; the next append begins another."""
        self._segment.close()

    def checkpoint(self) -> tuple[Note, Checkpoint]:
        """The newest checkpoint; nothing in it is verified. Raises LedgerError and MalformedError."""
        note = read_note(tiles.read_file(self.folder, CHECKPOINT, NOTE_LIMIT), CHECKPOINT)
        return note, read_checkpoint(note, CHECKPOINT)

    def kept(self, size: int) -> Note:
        """The checkpoint that was signed over so many entries. Raises LedgerError where none was."""
        path = f"{CHECKPOINTS}/{size}"
        return read_note(tiles.read_file(self.folder, path, NOTE_LIMIT), path)

    def add_signatures(self, text: str, size: int, signatures: Sequence[NoteSignature]) -> None:
        """Adds signatures to the checkpoint of that text. Raises LedgerError where the ledger has no such one."""
        with locked(self.folder, "cosignature"):
            kept, (_, checkpoint) = self.kept(size), self.checkpoint()
            if kept.text != text:
                raise LedgerError(f"the ledger has another checkpoint of {size} entries")
            try:
                with Writer(self.folder) as writer:
                    store_note(writer, merged(kept, signatures), size, newest=checkpoint.size == size)
            except OSError as error:
                raise LedgerError(f"nothing was added: {error.strerror or error}") from error

    def entries(self, start: int = 0, end: int | None = None) -> Iterator[tuple[int, bytes]]:
        """Index and bytes of the sealed entries from start up to end, as they stand; nothing is verified.

        At most one bundle of 256 is in memory. Raises LedgerError and MalformedError.
        """
        size = self.checkpoint()[1].size
        yield from tiles.entries(self.folder, size, start, size if end is None else min(end, size))

    def unsealed(self) -> Iterator[bytes]:
        """The entries that wait to be sealed, in their order; a line that a crash tore is passed over."""
        for line in self.waiting():
            if not line.torn:
                yield line.content

    def waiting(self) -> Iterator[Line]:
        """The same as lines with their places, the torn ones too."""
        for path in segments(self.folder):
            yield from lines(self.folder, path)


def read_settings(content: bytes) -> Verifier:
    """The log's verifier key out of ledger.yaml. Raises MalformedError for anything but what `settings` writes."""
    rows = [row for row in content.decode("utf-8", "replace").split("\n") if row and not row.startswith("#")]
    found = dict(row.partition(": ")[::2] for row in rows)
    if len(rows) != 2 or set(found) != {"origin", "key"}:  # noqa: PLR2004 - the two of them
        raise MalformedError(f"{SETTINGS} must hold `origin: NAME` and `key: NAME+HASH+KEY`, nothing else")
    try:
        log = read_verifier(found["key"])
    except KeyRefusedError as error:
        raise MalformedError(f"{SETTINGS}: {error.message}") from error
    if log.name != found["origin"]:
        raise MalformedError(f"{SETTINGS}: the key is that of {log.name}, not of {found['origin']}")
    return log
