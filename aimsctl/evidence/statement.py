"""The statement: in-toto Statement v1 (in-toto/attestation, spec/v1/statement.md) with the predicate of a control run.

A statement of any other predicate is kept and verified all the same; only the fields of a control run are read here.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

from aimsctl.evidence.problems import MalformedError
from aimsctl.evidence.shape import Fixed, problem
from aimsctl.evidence.strict import encode, parse_object

STATEMENT_TYPE: Final = "https://in-toto.io/Statement/v1"
CONTROL_EXECUTION: Final = "urn:aimsctl:attestation:control-execution:v0.1"
EXECUTOR_TYPES: Final = ("ci", "guardrail", "human", "monitor", "policyEngine", "evalHarness")
RESULTS: Final = ("passed", "failed", "error", "skipped", "notApplicable")
GUESSABLE: Final = ("input", "output")
_BEFORE: Final = f'{{"_type":"{STATEMENT_TYPE}","subject":['
_BETWEEN: Final = f'],"predicateType":"{CONTROL_EXECUTION}","predicate":'
_PSEUDONYM: Final = re.compile(r"urn:[a-z0-9][a-z0-9-]+:[^@]+", re.IGNORECASE)
_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]*")
_COMMIT: Final = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_TIME: Final = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z")


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement that was read; `predicate` is what its type says, checked where that type is ours."""

    predicate_type: str
    subjects: tuple[Mapping[str, Any], ...]
    predicate: Mapping[str, Any]

    @property
    def is_execution(self) -> bool:
        """Whether it says that a control ran."""
        return self.predicate_type == CONTROL_EXECUTION

    def text(self, *path: str) -> str:
        """A text of the predicate by its path; empty where there is none."""
        value: Any = self.predicate
        for part in path:
            value = value.get(part) if isinstance(value, dict) else None
        return value if isinstance(value, str) else ""


def read_statement(payload: bytes) -> Statement:
    """The statement in verified bytes. Raises MalformedError where it is none or its control run lacks something."""
    data = parse_object(payload, "the statement")
    kind, predicate, subjects = data.get("predicateType"), data.get("predicate", {}), data.get("subject")
    if data.get("_type") != STATEMENT_TYPE or not isinstance(kind, str) or not kind:
        raise MalformedError("it is not an in-toto Statement v1")
    if not isinstance(predicate, dict):
        raise MalformedError("the predicate is not an object")
    if not isinstance(subjects, list) or not subjects or not all(map(_is_subject, subjects)):
        raise MalformedError("a subject lacks its digest")
    if kind == CONTROL_EXECUTION:
        refuse_wrong(predicate)
    return Statement(kind, tuple(subjects), predicate)


def refuse_wrong(predicate: Mapping[str, Any], *, closed: bool = False) -> None:
    """Nothing if it is a control run as the schema says, its times in order; raises MalformedError otherwise."""
    wrong = problem("control-execution", predicate, closed=closed)
    if wrong:
        raise MalformedError(f"the receipt is not valid: {wrong}")
    started, finished = parse_time(predicate["startedOn"]), parse_time(predicate["finishedOn"])
    if started is None or finished is None or finished < started:
        raise MalformedError("the receipt is not valid: startedOn and finishedOn are no times in order")


def write_statement(predicate: Mapping[str, Any], subject: Mapping[str, Any]) -> bytes:
    """The bytes to sign, which `read_statement` reads back. Raises MalformedError for what nobody should sign.

    What is written is held to more than what is read: a field that the schema does not know is refused, so that no
    prompt, output or name travels along in one, and so is a person without a pseudonym.
    """
    refuse_wrong(predicate, closed=True)
    executor = predicate["executor"]
    if executor["type"] == "human" and not (_PSEUDONYM.fullmatch(executor["id"]) and _CODE.fullmatch(executor["name"])):
        raise MalformedError(
            "the receipt is not valid: a person stands in it by a pseudonym only",
            hint="executor.id is a URN such as urn:example:reviewer:r-0042, executor.name a word without spaces",
        )
    if not _is_subject(subject):
        raise MalformedError("the subject lacks its digest")
    try:
        return f"{_BEFORE}{encode(subject)}{_BETWEEN}{{{_encoded(predicate)}}}}}".encode()
    except ValueError as error:  # NaN, an infinity, half a surrogate pair
        raise MalformedError("the receipt is not valid: it holds a number or a text that JSON cannot carry") from error


def _encoded(predicate: Mapping[str, Any]) -> str:
    """The fields as JSON, those that many receipts have in common as they were encoded once."""
    parts: list[str] = []
    own: dict[str, Any] = {}
    for name, value in predicate.items():
        if type(value) is not Fixed:
            own[name] = value
            continue
        if own:
            parts.append(encode(own)[1:-1])
            own = {}
        parts.append(f'"{name}":{value.text}')
    if own:
        parts.append(encode(own)[1:-1])
    return ",".join(parts)


def subject_of(
    predicate: Mapping[str, Any], secret: bytes | None = None, content: bytes | None = None
) -> dict[str, Any]:
    """What the receipt is about: the model's own digest, the commit, or a digest of the content, else of the name.

    Inputs and outputs are short enough to be guessed from a bare hash, so theirs is always an HMAC-SHA-256 (RFC 2104)
    under a secret that the deployer keeps; the algorithm's name says so. Without the secret their content is not hashed
    at all: the digest is that of the target's name, which the receipt shows anyway.
    """
    target, model = predicate["target"], predicate.get("model", {})
    name = f"{target['kind']}/{target['id']}"
    if target["kind"] == "modelVersion" and "digest" in model:
        return {"name": name, "digest": model["digest"]}
    if target["kind"] == "change" and _COMMIT.fullmatch(target["id"]):
        return {"name": name, "digest": {"gitCommit": target["id"]}}
    if target["kind"] in GUESSABLE:
        return {"name": name, "digest": digest_of(name.encode() if content is None or not secret else content, secret)}
    return {"name": name, "digest": digest_of(name.encode() if content is None else content)}


def digest_of(content: bytes, secret: bytes | None = None) -> dict[str, str]:
    """A DigestSet: SHA-256, or HMAC-SHA-256 where content is short enough to be guessed and there is a secret."""
    if secret:
        return {"aimsHmacSha256": hmac.new(secret, content, hashlib.sha256).hexdigest()}
    return {"sha256": hashlib.sha256(content).hexdigest()}


def new_id(moment: datetime, noise: Callable[[int], bytes] = os.urandom) -> str:
    """A UUIDv7 (RFC 9562, 5.7): its time first, so that receipts sort by it."""
    drawn = noise(10).hex()
    time = f"{int(moment.timestamp() * 1000):012x}"
    variant = "89ab"[int(drawn[3], 16) & 3]
    return f"{time[:8]}-{time[8:]}-7{drawn[:3]}-{variant}{drawn[4:7]}-{drawn[7:19]}"


def id_of(*parts: str) -> str:
    """A UUIDv5 of the parts: the same source and place always make the same id."""
    import uuid  # noqa: PLC0415 - only imports need it

    return str(uuid.uuid5(uuid.uuid5(uuid.NAMESPACE_URL, CONTROL_EXECUTION), "\0".join(parts)))


def time_text(moment: datetime) -> str:
    """RFC 3339 in UTC, to the millisecond."""
    there = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return there.isoformat(timespec="milliseconds")[:-6] + "Z"


def pseudonym(person: str, secret: bytes, family: str = "urn:aimsctl:reviewer:") -> str:
    """The same URN for the same person, from which nobody without the secret can find the person."""
    return family + hmac.new(secret, person.encode(), hashlib.sha256).hexdigest()[:20]


@lru_cache(maxsize=256)  # receipts of one batch share their milliseconds
def parse_time(text: str) -> datetime | None:
    """The moment, to the microsecond; None if the text is no RFC 3339 time in UTC."""
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    try:
        whole = datetime.fromisoformat(found[1]).replace(tzinfo=UTC)
    except ValueError:
        return None
    return whole.replace(microsecond=int((found[2] or "0").ljust(6, "0")[:6]))


def _is_subject(subject: object) -> bool:
    """A ResourceDescriptor with a digest set of texts (spec/v1/digest_set.md)."""
    digest = subject.get("digest") if isinstance(subject, dict) else None
    return isinstance(digest, dict) and bool(digest) and {*map(type, digest.values())} == {str}
