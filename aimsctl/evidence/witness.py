"""A witness: cosigns a log's checkpoints, each only if it continues the one before (tlog-witness, tlog-cosignature)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from aimsctl.evidence import tiles
from aimsctl.evidence.durable import Writer
from aimsctl.evidence.keys import PrivateKey
from aimsctl.evidence.ledger import Ledger
from aimsctl.evidence.lock import locked
from aimsctl.evidence.notes import (
    NOTE_LIMIT,
    WITNESS,
    Note,
    Verifier,
    cosign,
    read_checkpoint,
    read_note,
    signed_by,
    verifier,
)
from aimsctl.evidence.problems import BrokenError, LedgerError, MalformedError
from aimsctl.evidence.trust import NOBODY, Trust
from aimsctl.evidence.verify import extends, open_sealed, read_anchor


@dataclass(frozen=True, slots=True)
class Witness:
    """Who cosigns, the log it watches, and the file in which it remembers what it cosigned last."""

    name: str
    signer: PrivateKey
    log: Verifier
    state: Path

    @property
    def verifier(self) -> Verifier:
        """The key that others verify its cosignatures with."""
        return verifier(self.name, self.signer.public, WITNESS)

    def cosign(self, ledger: Ledger, seconds: int) -> Note:
        """The newest checkpoint with a cosignature; it was remembered on the disk before it is handed out.

        Raises BrokenError where it is not the log's or does not continue what was cosigned before.
        """
        ours = self.verifier
        if self.log.name != ledger.origin:
            raise BrokenError(f"it is the ledger {ledger.origin}, not {self.log.name}", where="checkpoint")
        with locked(self.state.parent, "witness"):
            opened = open_sealed(ledger, NOBODY, self.log)
            if self.state.exists():
                kept = tiles.read_file(self.state.parent, self.state.name, NOTE_LIMIT)
                for problem in extends(opened, read_anchor(kept, self.state.name)):
                    raise BrokenError(f"not cosigned: {problem.message}", where=problem.where)
            self._remember(opened.note)
        added = cosign(opened.note.text, ours.name, self.signer, seconds)
        return Note(opened.note.text, (*opened.note.signatures, added))

    def _remember(self, note: Note) -> None:
        try:
            with Writer(self.state.parent) as writer:
                writer.write(self.state.name, str(note).encode())
                writer.settle()
        except OSError as error:
            raise LedgerError(f"not cosigned: {self.state} cannot be written: {error.strerror}") from error


def add_cosignatures(ledger: Ledger, content: bytes, trust: Trust) -> list[str]:
    """Adds the cosignatures of known witnesses to the checkpoint of the same text: their names.

    Raises MalformedError where there is none, and LedgerError where the ledger has no such checkpoint.
    """
    note = read_note(content, "the cosigned checkpoint")
    size = read_checkpoint(note, "the cosigned checkpoint").size
    witnesses = trust.policy.witnesses if trust.policy is not None else {}
    found = {name: one for name, one in witnesses.items() if signed_by(note, one) is not None}
    if not found:
        raise MalformedError(
            "it carries no cosignature of a witness of the policy", hint="the policy beside trust.yaml names witnesses"
        )
    hints = {(one.name, one.hint) for one in found.values()}
    ledger.add_signatures(note.text, size, [one for one in note.signatures if (one.name, one.hint) in hints])
    return list(found)
