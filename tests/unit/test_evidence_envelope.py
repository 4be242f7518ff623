"""Envelopes: what is signed, what is read, and by whose key it is verified."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from aimsctl.evidence import envelope, keys
from aimsctl.evidence.problems import MalformedError
from aimsctl.evidence.strict import parse

CI, GUARDRAIL = keys.from_seed(b"\x11" * 32), keys.from_seed(b"\x12" * 32)
KNOWN = {key.public.keyid: key.public for key in (CI, GUARDRAIL)}


def test_the_published_vector_verifies(vectors: Path) -> None:
    case = json.loads((vectors / "dsse" / "protocol-vector.json").read_text(encoding="utf-8"))
    numbers = ec.EllipticCurvePublicNumbers(int(case["x"]), int(case["y"]), ec.SECP256R1())
    pem = numbers.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    key = keys.public_from_pem(pem)
    read = envelope.read_envelope(json.dumps(case["envelope"]).encode())
    assert envelope.pae(read.payload_type, read.payload) == case["pae"].encode()
    good, unknown, bad = envelope.verified_by(read, {key.keyid: key})
    assert (good, unknown, bad) == ([key], [], 0)


def test_what_is_signed_is_read_and_verified() -> None:
    entry = envelope.sign(b'{"a":1}', [CI, GUARDRAIL])
    assert b"\n" not in entry
    read = envelope.read_envelope(entry)
    assert (read.payload_type, read.payload) == (envelope.IN_TOTO, b'{"a":1}')
    good, unknown, bad = envelope.verified_by(read, KNOWN)
    assert ({key.keyid for key in good}, unknown, bad) == (set(KNOWN), [], 0)


def test_a_signature_of_another_payload_or_type_does_not_hold() -> None:
    entry = envelope.sign(b'{"a":1}', [CI])
    for change in ((b"eyJhIjox", b"eyJhIjoy"), (b"in-toto+json", b"in-toto+jsom")):
        read = envelope.read_envelope(entry.replace(*change))
        assert envelope.verified_by(read, KNOWN) == ([], [], 1)


def test_a_key_that_is_not_known_is_told_and_proves_nothing() -> None:
    read = envelope.read_envelope(envelope.sign(b"{}", [CI]))
    good, unknown, bad = envelope.verified_by(read, {GUARDRAIL.public.keyid: GUARDRAIL.public})
    assert (good, [one.keyid for one in unknown], bad) == ([], [CI.public.keyid], 0)


def test_two_signatures_of_one_key_are_one_signer() -> None:
    read = envelope.read_envelope(envelope.sign(b"{}", [CI, CI]))
    assert len(envelope.verified_by(read, KNOWN)[0]) == 1


def test_url_safe_base64_is_read() -> None:
    payload = b"\xfb\xff\xfe??>>"
    entry = envelope.sign(payload, [CI]).replace(b"+/", b"-_")
    changed = json.loads(entry)
    changed["payload"] = base64.urlsafe_b64encode(payload).decode()
    read = envelope.read_envelope(json.dumps(changed).encode())
    assert read.payload == payload
    assert len(envelope.verified_by(read, KNOWN)[0]) == 1


SIGNED = '{"payloadType":"t","payload":"e30=","signatures":[{"keyid":"k","sig":"YQ=="}]}'


@pytest.mark.parametrize(
    "change",
    [
        ('"t"', "1"), ('"t"', '"ü"'), ('"e30="', '"e30"'), ('"e30="', '"e31="'), ('"e30="', "null"), ('"YQ=="', '""'),
        ('"YQ=="', "null"), ('"k"', "7"), ('[{"keyid":"k","sig":"YQ=="}]', "[]"), ("[{", "{"), ('"sig"', '"sag"'),
        ('"payload":', '"payload":"e30=","payload":'), ("}]}", "}]} x"), ('[{"keyid":"k","sig":"YQ=="}]', "null"),
    ],
)  # fmt: skip
def test_what_is_no_signed_envelope_is_malformed(change: tuple[str, str]) -> None:
    envelope.read_envelope(SIGNED.encode())
    with pytest.raises(MalformedError):
        envelope.read_envelope(SIGNED.replace(*change).encode())


def test_limits() -> None:
    with pytest.raises(MalformedError):
        envelope.sign(b" " * (envelope.STATEMENT_LIMIT + 1), [CI])
    with pytest.raises(MalformedError):
        envelope.read_envelope(b" " * envelope.ENTRY_LIMIT + b"{}")
    many = json.loads(SIGNED)
    many["signatures"] *= envelope.SIGNATURES_LIMIT + 1
    with pytest.raises(MalformedError):
        envelope.read_envelope(json.dumps(many).encode())


@pytest.mark.parametrize(
    "text",
    [
        '{"a":1,"a":1}', '{"a":1,"\\u0061":2}', "NaN", "[Infinity]", "-Infinity", "9007199254740993", "1e999", "[1] 2",
        '\ufeff{"a":1}', "[" * 40 + "]" * 40, '"\\ud800"',
        '{"\\udc00":1}', "", "{", "01", "'a'", "-0", "[1,]", "1" * 5000,
    ],
)  # fmt: skip
def test_json_that_two_readers_could_read_differently_is_refused(text: str) -> None:
    with pytest.raises(MalformedError):
        parse(text.encode(), "the text")


@pytest.mark.parametrize("content", [b"\xff", b"\xed\xa0\x80", b'"\xc3"'])
def test_json_that_is_not_unicode_is_refused(content: bytes) -> None:
    with pytest.raises(MalformedError):
        parse(content, "the text")


def test_brackets_in_texts_are_no_nesting() -> None:
    assert parse(b'["' + b"[" * 100 + b'"]', "the text") == ["[" * 100]
