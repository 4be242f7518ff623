"""From what somebody says about a run to a signed receipt: fills in what is the same for all, checks, signs."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TypeAlias

from aimsctl.evidence.envelope import sign
from aimsctl.evidence.keys import PrivateKey, find_private
from aimsctl.evidence.problems import MalformedError
from aimsctl.evidence.shape import field_names, fixed
from aimsctl.evidence.statement import new_id, subject_of, time_text, write_statement

Clock: TypeAlias = Callable[[], datetime]
KEY_VARIABLE: Final = "AIMSCTL_KEY"
ControlSource: TypeAlias = Callable[[str], Mapping[str, Any]]


def utc_now() -> datetime:
    """The moment by this machine's clock, which is what a receipt can claim and no more."""
    return datetime.now(UTC)


def unlooked(identifier: str) -> Mapping[str, Any]:
    """A control of which only the id is known, where there is no workspace at hand."""
    return {"id": identifier}


class Notary:
    """Makes receipts. Holds no state between two of them but what it was given; may be used by several threads."""

    def __init__(  # noqa: PLR0913 - all but two by name
        self,
        signers: Sequence[PrivateKey],
        controls: ControlSource = unlooked,
        *,
        defaults: Mapping[str, Any] | None = None,
        secret: bytes | None = None,
        clock: Clock = utc_now,
        noise: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self.clock = clock
        self._signers = signers
        self._controls = controls
        self._defaults = {"attestedBy": "executor", **expanded(defaults or {})}
        for name, value in self._defaults.items():
            if isinstance(value, dict):
                self._defaults[name] = checked(name, value)
        self._known: dict[str, Mapping[str, Any]] = {}
        self._secret = secret
        self._noise = noise
        self._order = field_names("control-execution")

    def predicate(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """The predicate of a run from fields named as in the receipt: short forms, times, id and control are filled in.

        Raises MalformedError and, where the workspace does not have the control, AimsError.
        """
        merged = {**self._defaults, **expanded(fields)}
        if merged.get("ledger") != self._defaults.get("ledger"):
            raise MalformedError("the receipt is not valid: it is written for another ledger")
        moment = self.clock()
        finished = merged.get("finishedOn") or time_text(moment)
        merged["finishedOn"] = finished
        merged.setdefault("startedOn", finished)
        if "id" not in merged:
            merged["id"] = new_id(moment, self._noise)
        control = merged.get("control")
        if isinstance(control, str):
            merged["control"] = self._known.get(control) or self._look_up(control)
        ordered = {name: merged[name] for name in self._order if name in merged}
        return {**ordered, **merged} if len(ordered) != len(merged) else ordered

    def envelope(self, predicate: Mapping[str, Any], content: bytes | None = None) -> bytes:
        """The signed envelope. The content is hashed, under the secret where it can be guessed, and not kept.

        Raises MalformedError.
        """
        try:
            subject = subject_of(predicate, self._secret, content)
        except (KeyError, TypeError, AttributeError):
            subject = {"digest": {"sha256": ""}}  # what is missing is told by the check of the whole
        return sign(write_statement(predicate, subject), self._signers)

    def _look_up(self, identifier: str) -> Mapping[str, Any]:
        self._known[identifier] = found = checked("control", self._controls(identifier))
        return found

    def receipt(self, fields: Mapping[str, Any], content: bytes | None = None) -> bytes:
        """Both in one step."""
        return self.envelope(self.predicate(fields), content)


def checked(name: str, value: Mapping[str, Any]) -> Mapping[str, Any]:
    """A part of many receipts, held to the schema once. Raises MalformedError."""
    try:
        return fixed("control-execution", name, value)
    except ValueError as error:
        raise MalformedError(f"the receipt is not valid: {error}") from error


def signing_key(key: str | Path | PrivateKey | None) -> PrivateKey:
    """The key itself, that of a file, or that of the environment: PEM text in AIMSCTL_KEY, or a path there.

    Raises KeyRefusedError.
    """
    if isinstance(key, PrivateKey):
        return key
    return find_private(None if key is None else Path(key), KEY_VARIABLE)


def expanded(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields with their short forms written out.

    `aiSystem: ID`, `model: NAME@VERSION`, `target: KIND:ID`; a datetime becomes its text. What has no value is left
    out.
    Raises MalformedError.
    """
    full = {name: value for name, value in fields.items() if value is not None}
    for name, expand in _SHORT.items():
        value = full.get(name)
        if isinstance(value, str):
            full[name] = expand(value)
    for name in ("startedOn", "finishedOn"):
        if isinstance(full.get(name), datetime):
            full[name] = _moment(full[name])
    return full


def _system(text: str) -> dict[str, str]:
    return {"id": text}


def _model(text: str) -> dict[str, str]:
    name, mark, version = text.rpartition("@")
    if not (name and mark and version):
        raise MalformedError(f"the model {text!r} is not written as NAME@VERSION")
    return {"name": name, "version": version}


def _target(text: str) -> dict[str, str]:
    kind, mark, identifier = text.partition(":")
    if not (kind and mark and identifier):
        raise MalformedError(f"the target {text!r} is not written as KIND:ID")
    return {"kind": kind, "id": identifier}


def _moment(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise MalformedError("a time without a time zone could be any of 25 hours")
    return time_text(moment)


_SHORT: Final[Mapping[str, Callable[[str], dict[str, str]]]] = {
    "aiSystem": _system,
    "model": _model,
    "target": _target,
}
