"""What can be wrong with evidence, in the three ways an exit code tells apart, and the errors that end a command."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import ClassVar

from aimsctl.errors import AimsError


class Fault(enum.IntEnum):
    """How evidence fails, worst first; the value is the exit code of `aimsctl evidence verify`."""

    BROKEN = 1
    MALFORMED = 10
    UNMET = 11

    @property
    def word(self) -> str:
        """The word used in every output."""
        return {Fault.BROKEN: "broken", Fault.MALFORMED: "malformed", Fault.UNMET: "policy"}[self]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: how, where (`entry 12`, `tile/0/000`, a file) and in one line what."""

    fault: Fault
    where: str
    message: str

    @property
    def told(self) -> str:
        """Where and what, in one line."""
        return f"{self.where}: {self.message}"

    def to_dict(self) -> dict[str, str]:
        """The problem as data for JSON."""
        return {"fault": self.fault.word, "where": self.where, "message": self.message}


class MalformedError(AimsError):
    """Bytes that are not what they should be; `message` says what, in one line."""

    exit_code: ClassVar[int] = Fault.MALFORMED


class BrokenError(AimsError):
    """Bytes that are not those which were signed; `where` names the place."""

    exit_code: ClassVar[int] = Fault.BROKEN

    def __init__(self, message: str, *, where: str) -> None:
        super().__init__(message)
        self.where = where


class LedgerError(AimsError):
    """A ledger cannot be used as asked: it is missing, locked, torn, full, or of somebody else."""

    exit_code: ClassVar[int] = 3


class KeyRefusedError(AimsError):
    """A key that is not used: unreadable, of another algorithm, degenerate, or open to others."""

    exit_code: ClassVar[int] = 3


def problem_of(error: AimsError, where: str) -> Problem:
    """The error as a problem: a hash or signature that does not hold, else something that is missing or misshapen."""
    if isinstance(error, BrokenError):
        return Problem(Fault.BROKEN, error.where, error.message)
    return Problem(Fault.MALFORMED, where, error.message)
