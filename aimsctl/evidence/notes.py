"""Signed text: notes, checkpoints, cosignatures and the text of a proof, as C2SP writes them.

signed-note v1.0.0, tlog-checkpoint v1.0.0, tlog-cosignature v1.0.1 and tlog-proof. Texts are taken as they are: what
is not exactly of the form is refused, never mended.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from aimsctl.evidence.keys import PrivateKey, PublicKey, decode_base64, public_from_raw
from aimsctl.evidence.merkle import HASH_SIZE
from aimsctl.evidence.problems import KeyRefusedError, MalformedError

LOG: Final = 0x01  # Ed25519 over the text
WITNESS: Final = 0x04  # Ed25519 over a time and the text
NOTE_LIMIT: Final = 65_536
SIGNATURES_LIMIT: Final = 64
PROOF_HEADER: Final = "c2sp.org/tlog-proof@v1"
_NAME: Final = re.compile(r"[^\s+]{1,255}")
_NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,17}")
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")
_DASH: Final = "— "
_TIME_SIZE: Final = 8
_PROOF_LIMIT: Final = 63


@dataclass(frozen=True, slots=True)
class Verifier:
    """A verifier key: the name, the kind of signature, and the key (signed-note, Verifier keys)."""

    name: str
    kind: int
    key: PublicKey = field(compare=False)
    hint: bytes

    @property
    def text(self) -> str:
        """NAME+HASH+KEY, the one line in which it is handed on."""
        return f"{self.name}+{self.hint.hex()}+{base64.b64encode(bytes([self.kind]) + self.key.raw).decode()}"


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """A signature line: whose it says it is, the first bytes of the key's hash, and the rest."""

    name: str
    hint: bytes
    value: bytes

    @property
    def line(self) -> str:
        """The line as it stands below the text."""
        return f"{_DASH}{self.name} {base64.b64encode(self.hint + self.value).decode()}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text, which ends in a line break, and its signatures. Nothing is verified yet."""

    text: str
    signatures: tuple[NoteSignature, ...]

    def __str__(self) -> str:
        """The note as it is stored."""
        return self.text + "\n" + "".join(signature.line for signature in self.signatures)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log signs: its name, how many entries it has, and the root over them."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The three lines."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


@dataclass(frozen=True, slots=True)
class Proof:
    """A `.tlog-proof`: the place of an entry, the hashes beside its way to the root, and the signed checkpoint."""

    index: int
    hashes: tuple[bytes, ...]
    note: Note

    def __str__(self) -> str:
        """The proof as it is stored."""
        rows = "".join(base64.b64encode(part).decode() + "\n" for part in self.hashes)
        return f"{PROOF_HEADER}\nindex {self.index}\n{rows}\n{self.note}"


def verifier(name: str, key: PublicKey, kind: int = LOG) -> Verifier:
    """The verifier of a name and an Ed25519 key. Raises KeyRefusedError for what a note cannot carry."""
    if not _NAME.fullmatch(name):
        raise KeyRefusedError(f"{name!r} is no name for a log: no spaces and no plus")
    digest = sha256(name.encode() + b"\n" + bytes([kind]) + key.raw).digest()
    return Verifier(name, kind, key, digest[:4])


def read_verifier(text: str) -> Verifier:
    """The verifier in NAME+HASH+KEY. Raises KeyRefusedError if its parts do not belong together."""
    name, _, rest = text.partition("+")
    hint, _, encoded = rest.partition("+")
    data = decode_base64(encoded)
    if not data or data[0] not in (LOG, WITNESS):
        raise KeyRefusedError(f"{text!r} is no verifier key of a log or a witness")
    found = verifier(name, public_from_raw(data[1:]), data[0])
    if found.hint.hex() != hint:
        raise KeyRefusedError(f"the verifier key of {name} is damaged: its hash is another's")
    return found


def read_note(content: bytes, what: str = "the note") -> Note:
    """The note in these bytes. Raises MalformedError."""
    if len(content) > NOTE_LIMIT:
        raise MalformedError(f"{what} is larger than {NOTE_LIMIT} bytes")
    try:
        whole = content.decode("utf-8")
    except UnicodeError as error:
        raise MalformedError(f"{what} is not UTF-8") from error
    if _CONTROL.search(whole):
        raise MalformedError(f"{what} holds control characters")
    head, gap, tail = whole.rpartition("\n\n")
    lines = tail.split("\n")
    if not gap or lines.pop() or not 0 < len(lines) <= SIGNATURES_LIMIT:
        raise MalformedError(f"{what} is not signed text")
    return Note(head + "\n", tuple(_signature(line, what) for line in lines))


def read_checkpoint(note: Note, what: str = "the checkpoint") -> Checkpoint:
    """The checkpoint in a note's text: three lines and no more. Raises MalformedError."""
    origin, _, rest = note.text.partition("\n")
    size, _, rest = rest.partition("\n")
    encoded, _, rest = rest.partition("\n")
    root = decode_base64(encoded)
    if not origin or not _NUMBER.fullmatch(size) or root is None or len(root) != HASH_SIZE or rest:
        raise MalformedError(f"{what} is not a checkpoint of three lines")
    return Checkpoint(origin, int(size), root)


def sign_note(text: str, name: str, key: PrivateKey) -> NoteSignature:
    """A log's signature over a text."""
    return NoteSignature(name, verifier(name, key.public).hint, key.sign(text.encode()))


def cosign(text: str, name: str, key: PrivateKey, seconds: int) -> NoteSignature:
    """A witness's signature: it saw this text at that time (seconds since 1970), consistent with all before."""
    value = seconds.to_bytes(_TIME_SIZE) + key.sign(_dated(text, seconds))
    return NoteSignature(name, verifier(name, key.public, WITNESS).hint, value)


def signed_by(note: Note, wanted: Verifier) -> int | None:
    """When the note was cosigned by this witness, or 0 for a log's signature; None if no signature of it holds.

    A name or a hash of a key picks the lines to look at; only the signature decides.
    """
    for signature in note.signatures:
        if signature.name != wanted.name or signature.hint != wanted.hint:
            continue
        if wanted.kind == LOG and wanted.key.verifies(signature.value, note.text.encode()):
            return 0
        seconds = int.from_bytes(signature.value[:_TIME_SIZE])
        if wanted.kind == WITNESS and wanted.key.verifies(signature.value[_TIME_SIZE:], _dated(note.text, seconds)):
            return seconds
    return None


def claims(note: Note, wanted: Verifier) -> bool:
    """Whether a line says that it is this verifier's signature, right or wrong."""
    return any(one.name == wanted.name and one.hint == wanted.hint for one in note.signatures)


def merged(note: Note, more: Sequence[NoteSignature]) -> Note:
    """The note with further signatures; a key's newer one takes the place of its older one."""
    added = {(one.name, one.hint): one for one in more}
    kept = [one for one in note.signatures if (one.name, one.hint) not in added]
    return Note(note.text, (*kept, *added.values()))


def read_proof(content: bytes, what: str = "the proof") -> Proof:
    """The proof in these bytes. Raises MalformedError."""
    head, gap, tail = content.partition(b"\n\n")
    lines = head.decode("utf-8", "replace").split("\n")
    if not gap or lines[0] != PROOF_HEADER or len(lines) < 2:  # noqa: PLR2004 - header and index
        raise MalformedError(f"{what} is not a {PROOF_HEADER}")
    rows = lines[2:] if lines[1].startswith("extra ") else lines[1:]
    word, _, number = rows[0].partition(" ") if rows else ("", "", "")
    hashes = [decode_base64(row) for row in rows[1:]]
    if word != "index" or not _NUMBER.fullmatch(number) or len(hashes) > _PROOF_LIMIT:
        raise MalformedError(f"{what} does not say which entry it is about")
    if any(part is None or len(part) != HASH_SIZE for part in hashes):
        raise MalformedError(f"{what} holds what is no hash")
    return Proof(int(number), tuple(part for part in hashes if part is not None), read_note(tail, what))


def by_name(verifiers: Sequence[Verifier]) -> Mapping[str, Verifier]:
    """The verifiers by name; the name of a log is its origin."""
    return {one.name: one for one in verifiers}


def _dated(text: str, seconds: int) -> bytes:
    """What a witness signs (tlog-cosignature, Format)."""
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def _signature(line: str, what: str) -> NoteSignature:
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    data = decode_base64(encoded)
    if not line.startswith(_DASH) or not _NAME.fullmatch(name) or data is None or len(data) <= 4:  # noqa: PLR2004
        raise MalformedError(f"{what} has a line that is no signature")
    return NoteSignature(name, data[:4], data[4:])
