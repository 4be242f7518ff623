"""The envelope: DSSE v1.0.2 (secure-systems-lab/dsse). What is signed is bytes, and the bytes are kept as they are.

Reading keeps the payload's bytes; the statement is parsed from exactly those bytes after they are verified, never from
a field of the envelope read a second time.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from aimsctl.evidence.keys import PrivateKey, PublicKey, decode_base64
from aimsctl.evidence.problems import MalformedError
from aimsctl.evidence.strict import parse_object

IN_TOTO: Final = "application/vnd.in-toto+json"
ENTRY_LIMIT: Final = 65_535  # bytes; an entry bundle of tlog-tiles writes the length as a uint16
STATEMENT_LIMIT: Final = 32_768
SIGNATURES_LIMIT: Final = 16
_HEAD: Final = b'{"payloadType":"application/vnd.in-toto+json","payload":"'
_MIDDLE: Final = b'","signatures":[{"keyid":"'
_KEYID: Final = re.compile(rb'([0-9a-f]{64})","sig":"')
_TAIL: Final = b'"}]}'


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature and the hint which key made it."""

    keyid: str
    value: bytes


@dataclass(frozen=True, slots=True)
class Envelope:
    """An envelope that was read; nothing in it is verified yet."""

    payload_type: str
    payload: bytes
    signatures: tuple[Signature, ...]


def pae(payload_type: str, payload: bytes) -> bytes:
    """What is signed: the pre-authentication encoding, which keeps types apart (DSSE protocol.md)."""
    kind = payload_type.encode("utf-8")
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def sign(payload: bytes, signers: Sequence[PrivateKey], payload_type: str = IN_TOTO) -> bytes:
    """The envelope as one line of JSON. Raises MalformedError for what no ledger would take."""
    if len(payload) > STATEMENT_LIMIT:
        raise MalformedError(f"the statement has {len(payload)} bytes; {STATEMENT_LIMIT} are allowed")
    message = pae(payload_type, payload)
    signatures = ",".join(
        f'{{"keyid":"{signer.public.keyid}","sig":"{base64.b64encode(signer.sign(message)).decode()}"}}'
        for signer in signers
    )
    encoded = base64.b64encode(payload).decode()
    return f'{{"payloadType":"{payload_type}","payload":"{encoded}","signatures":[{signatures}]}}'.encode()


def read_envelope(entry: bytes) -> Envelope:
    """The envelope in an entry's bytes. Raises MalformedError; an envelope without a signature is malformed."""
    if len(entry) > ENTRY_LIMIT:
        raise MalformedError(f"the envelope has {len(entry)} bytes; {ENTRY_LIMIT} are allowed")
    if (usual := _usual(entry)) is not None:
        return usual
    data = parse_object(entry, "the envelope")
    kind, text, rows = data.get("payloadType"), data.get("payload"), data.get("signatures")
    payload = decode_base64(text) if isinstance(text, str) else None
    if not isinstance(kind, str) or not kind.isascii() or payload is None:
        raise MalformedError("the envelope lacks a payload or its type")
    if not isinstance(rows, list) or not 0 < len(rows) <= SIGNATURES_LIMIT:
        raise MalformedError(f"the envelope must carry 1 to {SIGNATURES_LIMIT} signatures")
    return Envelope(kind, payload, tuple(_signature(row) for row in rows))


def verified_by(envelope: Envelope, keys: Mapping[str, PublicKey]) -> tuple[list[PublicKey], list[Signature], int]:
    """The keys whose signature holds, the signatures of keys that are unknown, and how many signatures do not hold.

    A key id only picks the key to try. A signature without one is tried with every key.
    """
    message = pae(envelope.payload_type, envelope.payload)
    good: dict[str, PublicKey] = {}
    unknown: list[Signature] = []
    bad = 0
    for signature in envelope.signatures:
        known = keys.get(signature.keyid)
        if known is None and signature.keyid:
            unknown.append(signature)
            continue
        tried = list(keys.values()) if known is None else [known]
        found = next((key for key in tried if key.verifies(signature.value, message)), None)
        if found is not None:
            good[found.keyid] = found
        elif known is None:
            unknown.append(signature)
        else:
            bad += 1
    return list(good.values()), unknown, bad


def _usual(entry: bytes) -> Envelope | None:
    """The envelope in exactly the form that `sign` writes with one key, which leaves nothing to another reading."""
    text, found, rest = entry[len(_HEAD) :].partition(_MIDDLE)
    keyid = _KEYID.match(rest) if found and entry.startswith(_HEAD) and rest.endswith(_TAIL) else None
    if keyid is None:
        return None
    payload, value = _canonical(text), _canonical(rest[keyid.end() : -len(_TAIL)])
    return Envelope(IN_TOTO, payload, (Signature(keyid[1].decode(), value),)) if payload and value else None


def _canonical(text: bytes) -> bytes | None:
    """What the standard base64 stands for; None if it has another form too."""
    try:
        value = binascii.a2b_base64(text)
    except ValueError:
        return None
    return value if binascii.b2a_base64(value, newline=False) == text else None


def _signature(row: object) -> Signature:
    keyid = row.get("keyid", "") if isinstance(row, dict) else None
    text = row.get("sig") if isinstance(row, dict) else None
    value = decode_base64(text) if isinstance(text, str) else None
    if not isinstance(keyid, str) or not value:
        raise MalformedError("a signature of the envelope is empty or not base64")
    return Signature(keyid, value)
