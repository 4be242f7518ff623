"""One entry judged: whose signatures hold, whether they may attest it here, and what it says.

The statement is parsed from the very bytes that were verified. Everything that is not shown to be right is a problem;
there is no way through here that passes an entry by default.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b, sha256
from typing import Final

from aimsctl.evidence.envelope import IN_TOTO, Envelope, read_envelope, verified_by
from aimsctl.evidence.problems import Fault, MalformedError, Problem
from aimsctl.evidence.statement import Statement, parse_time, read_statement
from aimsctl.evidence.trust import Trust

_SKEW: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Receipt:
    """An entry with its verdict. `where` says where it stands, `index` its place in the tree (None: not sealed)."""

    where: str
    index: int | None
    entry: bytes
    statement: Statement | None = None
    signers: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def verified(self) -> bool:
        """Whether it is signed by keys that may attest it, all of them, and nothing is wrong with it."""
        return bool(self.signers) and self.statement is not None and not self.problems

    @property
    def why(self) -> str:
        """Why it shows nothing; empty where it is verified."""
        if self.verified:
            return ""
        return self.problems[0].message if self.problems else "no trusted key signed it"

    @property
    def fingerprint(self) -> bytes:
        """Eight bytes that two receipts share if they are the same one."""
        same = self.statement.text("id") if self.statement is not None and self.statement.is_execution else ""
        return blake2b(same.encode() or self.entry, digest_size=8).digest()

    @property
    def digest(self) -> str:
        """SHA-256 of the entry's bytes."""
        return sha256(self.entry).hexdigest()


@dataclass(frozen=True, slots=True)
class Checker:
    """What entries are judged by: the trust of the verifier, the ledger they stand in, and the time it is there."""

    trust: Trust
    origin: str
    now: datetime | None = None

    def receipt(self, where: str, index: int | None, entry: bytes) -> Receipt:
        """The entry, judged. Never raises on content."""
        try:
            envelope = read_envelope(entry)
        except MalformedError as error:
            return Receipt(where, index, entry, problems=(Problem(Fault.MALFORMED, where, error.message),))
        good, unknown, bad = verified_by(envelope, self.trust.keys)
        if bad:
            message = f"{bad} of {len(envelope.signatures)} signatures does not hold"
            return Receipt(where, index, entry, problems=(Problem(Fault.BROKEN, where, message),))
        signers = tuple(key.keyid for key in good)
        problems = [
            Problem(Fault.UNMET, where, f"signed by a key that is not trusted: {one.keyid[:64] or 'no key id'}")
            for one in unknown
        ]
        try:
            statement = self._statement(envelope)
        except MalformedError as error:
            problems.append(Problem(Fault.MALFORMED, where, error.message))
            return Receipt(where, index, entry, None, signers, tuple(problems))
        problems += [Problem(Fault.UNMET, where, why) for why in self.refusals(statement, index, signers)]
        return Receipt(where, index, entry, statement, signers, tuple(problems))

    def receipts(self, first: int, entries: Sequence[bytes]) -> Iterator[Receipt]:
        """Sealed entries that follow each other, judged."""
        yield from (self.receipt(f"entry {index}", index, entry) for index, entry in enumerate(entries, first))

    def _statement(self, envelope: Envelope) -> Statement:
        if envelope.payload_type != IN_TOTO:
            raise MalformedError(f"the payload is not of the type {IN_TOTO}")
        return read_statement(envelope.payload)

    def refusals(self, statement: Statement, index: int | None, signers: Sequence[str]) -> list[str]:
        """Why these keys, whose signatures hold, may not attest this at that place; empty if they may."""
        refused = ((keyid, self.trust.refusal(keyid, statement, index, self.origin)) for keyid in signers)
        found = [f"the key {self.trust.name(keyid)} {why}" for keyid, why in refused if why]
        needed, fit = self.trust.signers_needed(statement, self.origin), len(signers) - len(found)
        if fit < needed > 1:
            found.append(f"is to be signed by {needed} keys that may attest it, and is by {fit}")
        if statement.is_execution:
            if (ledger := statement.text("ledger")) and ledger != self.origin:
                found.append(f"written for another ledger, {ledger}")
            finished = parse_time(statement.text("finishedOn"))
            if self.now is not None and finished is not None and finished > self.now + _SKEW:
                found.append(f"says it finished at {statement.text('finishedOn')}, which is still to come")
        return found
