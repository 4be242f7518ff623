"""Who may attest what: trust.yaml, read from the verifier's side.

A signature that holds says whose key made it. Whether that key may say what it says, in this ledger and at this
place, is decided here and nowhere else.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from typing import Any, Final, TypeAlias

from aimsctl.evidence.keys import PublicKey, public_from_pem
from aimsctl.evidence.policy import LogPolicy, read_policy
from aimsctl.evidence.problems import KeyRefusedError, MalformedError
from aimsctl.evidence.shape import problem
from aimsctl.evidence.statement import Statement
from aimsctl.source import yaml

FILE: Final = "trust.yaml"
Read: TypeAlias = Callable[[str], bytes]
"""The bytes of a file by its path beside the trust file. Raises MalformedError."""

_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "executorTypes": ("executor", "type"),
    "attestedBy": ("attestedBy",),
    "controls": ("control", "id"),
    "aiSystems": ("aiSystem", "id"),
}
_WORDS: Final = {
    "executorTypes": "an executor of type",
    "attestedBy": "what was attested by the",
    "controls": "the control",
    "aiSystems": "the AI system",
    "ledgers": "the ledger",
    "predicateTypes": "the predicate",
}


@dataclass(frozen=True, slots=True)
class Grant:
    """What a key may attest, and at which places of a ledger. A limit that is left out does not limit."""

    name: str
    allow: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    valid_from: int = 0
    revoked_at: int | None = None

    def refusal(self, statement: Statement, index: int | None, origin: str) -> str:
        """Why the key may not attest this at that place, in a few words; empty if it may.

        An entry without a place yet would get the next one: only a revocation tells against it.
        """
        if index is not None and index < self.valid_from:
            return f"is valid from index {self.valid_from} on"
        if self.revoked_at is not None and (index is None or index >= self.revoked_at):
            return f"is revoked from index {self.revoked_at} on"
        for limit, allowed in self.allow.items():
            if not statement.is_execution and limit in _FIELDS:
                if "predicateTypes" not in self.allow:
                    return f"may attest control runs only, not {statement.predicate_type}"
            elif not _allowed(allowed, fact := _fact(limit, statement, origin)):
                return f"may not attest {_WORDS[limit]} {fact}"
        return ""


@dataclass(frozen=True, slots=True)
class Requirement:
    """By how many keys a receipt has to be signed, for those that `of` tells; a limit that is left out means all."""

    signers: int
    of: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def covers(self, statement: Statement, origin: str) -> bool:
        """Whether it is one of those."""
        return all(
            (statement.is_execution or limit not in _FIELDS) and _allowed(named, _fact(limit, statement, origin))
            for limit, named in self.of.items()
        )


@dataclass(frozen=True, slots=True)
class Trust:
    """The keys and what they may attest, the logs and witnesses, and where all this was read."""

    keys: Mapping[str, PublicKey]
    grants: Mapping[str, tuple[Grant, ...]]
    policy: LogPolicy | None = None
    source: str = ""
    digest: str = ""
    self_asserted: bool = True
    requirements: tuple[Requirement, ...] = ()

    def signers_needed(self, statement: Statement, origin: str) -> int:
        """How many keys that may attest it have to sign this; one where nothing is said."""
        return max((one.signers for one in self.requirements if one.covers(statement, origin)), default=1)

    def name(self, keyid: str) -> str:
        """What people call the key."""
        return self.grants[keyid][0].name if keyid in self.grants else ""

    def refusal(self, keyid: str, statement: Statement, index: int | None, origin: str) -> str:
        """Why a known key may not attest this at that place; empty if one of its grants lets it."""
        reasons = [grant.refusal(statement, index, origin) for grant in self.grants[keyid]]
        return "" if "" in reasons else reasons[0]

    @property
    def provenance(self) -> str:
        """Where it was read, with its digest, as every output says it."""
        whose = "the workspace's own (self-asserted trust); " if self.self_asserted else ""
        return f"{whose}{self.source} sha256:{self.digest[:12]}" if self.digest else f"{whose}no {FILE}"


NOBODY: Final = Trust({}, {})
"""Trust where there is no trust file: every signature is that of an unknown key."""


def read_trust(read: Read, path: str, source: str, *, self_asserted: bool) -> Trust:
    """The trust file at the path, with the keys and the policy it names. Raises MalformedError, KeyRefusedError."""
    content = read(path)
    document = yaml.read(path, content)
    if document.data is None:
        raise MalformedError(f"{path} cannot be read: {document.problems[0].message if document.problems else 'empty'}")
    if wrong := problem("trust", document.data):
        raise MalformedError(f"{path}: {wrong}")
    folder = path.rpartition("/")[0]
    keys: dict[str, PublicKey] = {}
    grants: dict[str, tuple[Grant, ...]] = {}
    rows: Any = document.data["keys"]
    for row in rows:
        keyid: str = row["keyid"]
        keys[keyid] = _key(read, folder, row)
        grants[keyid] = (*grants.get(keyid, ()), _grant(row))
    named = document.data.get("policy")
    policy = read_policy(read(_beside(folder, named)), named) if isinstance(named, str) else None
    required: Any = document.data.get("require", [])
    requirements = tuple(map(_requirement, required))
    return Trust(keys, grants, policy, source, sha256(content).hexdigest(), self_asserted, requirements)


def _key(read: Read, folder: str, row: Any) -> PublicKey:
    key = public_from_pem(read(_beside(folder, row["file"])), row["file"])
    if (key.keyid, key.algorithm) != (row["keyid"], row["algorithm"]):
        raise KeyRefusedError(f"{row['file']} holds another key than the trust file says: {key.algorithm} {key.keyid}")
    return key


def _grant(row: Any) -> Grant:
    allow = {limit: tuple(values) for limit, values in (row.get("allow") or {}).items()}
    return Grant(row.get("name", row["file"]), allow, row.get("validFromIndex", 0), row.get("revokedAtIndex"))


def _requirement(row: Any) -> Requirement:
    return Requirement(row["signers"], {limit: tuple(named) for limit, named in row.items() if limit != "signers"})


def _beside(folder: str, path: str) -> str:
    return f"{folder}/{path}" if folder else path


def _fact(limit: str, statement: Statement, origin: str) -> str:
    """What the limit is held against."""
    if limit in _FIELDS:
        return statement.text(*_FIELDS[limit])
    return origin if limit == "ledgers" else statement.predicate_type


@lru_cache(maxsize=4096)
def _allowed(patterns: tuple[str, ...], text: str) -> bool:
    return any(_matches(pattern, text) for pattern in patterns)


def _matches(pattern: str, text: str) -> bool:
    return _compiled(pattern).match(text) is not None


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    """`*` and `?` stand for any characters; brackets are only brackets."""
    return re.compile(fnmatch.translate(pattern.replace("[", "[[]")))
