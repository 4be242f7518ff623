"""What is signed already: DSSE envelopes, alone or one a line (`.intoto.jsonl`), and Sigstore bundles that hold one.

An envelope on one line is kept byte for byte. One that is not, or that lies in a bundle, is written as one line; its
payload and signatures, which is all that is ever verified, stay as they are. The rest of a bundle is listed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aimsctl.evidence.collect.reading import Reading
from aimsctl.evidence.envelope import ENTRY_LIMIT, IN_TOTO, read_envelope
from aimsctl.evidence.problems import MalformedError
from aimsctl.evidence.statement import read_statement
from aimsctl.evidence.strict import compact, parse_object


def read(content: bytes, options: Mapping[str, Any]) -> Reading:  # noqa: ARG001 - the same for all formats
    """The envelopes in the file; nothing is verified yet. Raises MalformedError if it is empty."""
    reading = Reading()
    whole = content.strip()
    if not whole:
        raise MalformedError("it is empty")
    lines = [line.strip() for line in whole.split(b"\n")]
    texts = [("file", whole)] if _is_one_object(whole) else [(f"line {at}", line) for at, line in enumerate(lines, 1)]
    for place, text in texts:
        if text:
            try:
                reading.envelopes.append((place, _envelope(place, text, reading.unread)))
            except MalformedError as error:
                reading.unread.append(f"{place}: {error.message}")
    return reading


def _is_one_object(text: bytes) -> bool:
    if b"\n" not in text:
        return True
    try:
        parse_object(text, "the file")
    except MalformedError:
        return False
    return True


def _envelope(place: str, text: bytes, unread: list[str]) -> bytes:
    data = parse_object(text, "the envelope")
    inner = data.get("dsseEnvelope")
    if isinstance(inner, dict):
        entry = compact(inner)
        kept = sorted(set(data) - {"dsseEnvelope", "mediaType"})
        if kept:
            unread.append(f"{place}: of the bundle only the envelope is kept, not {', '.join(kept)}")
    else:
        entry = compact(data) if b"\n" in text or b"\r" in text else text
    if len(entry) > ENTRY_LIMIT:
        raise MalformedError(f"the envelope has {len(entry)} bytes; {ENTRY_LIMIT} are allowed")
    envelope = read_envelope(entry)
    if envelope.payload_type == IN_TOTO:
        read_statement(envelope.payload)
    return entry
