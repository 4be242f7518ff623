"""Keys against published vectors, and how a private key is kept."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from aimsctl.evidence import keys
from aimsctl.evidence.problems import KeyRefusedError

ACCEPTED, REFUSED = 86, 526  # of 914; OpenSSL alone accepts 208, 122 of them under keys of small order


def load(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def test_ed25519_signatures_as_published(vectors: Path) -> None:
    verdicts = {"valid": 0, "invalid": 0}
    for group in load(vectors / "ed25519" / "wycheproof.json")["testGroups"]:
        key = keys.public_from_pem(group["publicKeyPem"].encode())
        for case in group["tests"]:
            holds = key.verifies(bytes.fromhex(case["sig"]), bytes.fromhex(case["msg"]))
            assert holds is (case["result"] == "valid"), case
            verdicts[case["result"]] += 1
    assert verdicts == {"valid": 88, "invalid": 63}


def test_every_published_small_order_key_is_refused(vectors: Path) -> None:
    cases = load(vectors / "ed25519" / "cctv.json")
    small = {case["key"] for case in cases if "low_order_A" in (case["flags"] or ())}
    assert {bytes.fromhex(key) for key in small} <= keys.SMALL_ORDER
    for key in small:
        with pytest.raises(KeyRefusedError):
            keys.public_from_raw(bytes.fromhex(key))


def test_what_the_published_degenerate_signatures_do_is_known(vectors: Path) -> None:
    accepted, refused_keys = 0, 0
    for case in load(vectors / "ed25519" / "cctv.json"):
        try:
            key = keys.public_from_raw(bytes.fromhex(case["key"]))
        except KeyRefusedError:
            refused_keys += 1
            continue
        if key.verifies(bytes.fromhex(case["sig"]), case["msg"].encode()):
            assert "low_order_A" not in (case["flags"] or ())
            accepted += 1
    assert (accepted, refused_keys) == (ACCEPTED, REFUSED)


def test_the_deny_list_holds_the_fourteen_encodings() -> None:
    assert len(keys.SMALL_ORDER) == 14


def test_a_key_written_in_a_second_way_is_refused() -> None:
    second = (2**255 - 19 + 3).to_bytes(32, "little")
    with pytest.raises(KeyRefusedError):
        keys.public_from_raw(second)


@pytest.mark.parametrize("algorithm", keys.ALGORITHMS)
def test_a_new_key_signs_and_survives_its_file(algorithm: keys.Algorithm, tmp_path: Path) -> None:
    key = keys.generate(algorithm)
    file = tmp_path / "below" / "signing.pem"
    keys.write_private(file, key)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    again = keys.read_private(file)
    assert again.public == key.public
    assert key.public.verifies(again.sign(b"text"), b"text")
    assert not key.public.verifies(again.sign(b"text"), b"other")
    assert keys.public_from_pem(key.public.pem()) == key.public
    with pytest.raises(KeyRefusedError):
        keys.write_private(file, key)


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "signing.pem"
    keys.write_private(file, keys.generate())
    file.chmod(0o640)
    with pytest.raises(KeyRefusedError, match="read by others"):
        keys.read_private(file)


def test_a_key_id_is_what_openssl_prints() -> None:
    key = keys.from_seed(b"\x12" * 32)
    assert key.public.keyid == "00d6fd7a8269ddd8fb018e1275a05a6e55ba3fe4ea8eb9a07f9a8b5a37eeccd1"


def test_no_text_shows_a_secret() -> None:
    key = keys.from_seed(b"\x12" * 32)
    assert "private" not in repr(key).lower().replace("privatekey", "")
    assert key.handle.private_bytes_raw().hex() not in repr(key)  # type: ignore[union-attr]
    with pytest.raises(KeyRefusedError) as refused:
        keys.private_from_pem(b"-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n")
    assert "c2VjcmV0" not in refused.value.message


def test_other_algorithms_and_private_keys_are_no_public_keys() -> None:
    rsa_key = rsa.generate_private_key(65537, 2048)
    p384 = ec.generate_private_key(ec.SECP384R1())
    for other in (rsa_key, p384):
        pem = other.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        with pytest.raises(KeyRefusedError):
            keys.public_from_pem(pem)
        with pytest.raises(KeyRefusedError):
            keys.private_from_pem(other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with pytest.raises(KeyRefusedError, match="private"):
        keys.public_from_pem(keys.generate().pem())
    with pytest.raises(KeyRefusedError):
        keys.public_from_pem(b"x" * 20_000)


@pytest.mark.parametrize("text", ["=", "YQ", "YR==", "Y Q==", "YQ==\n", "ä", "YQ=="[:3]])
def test_base64_that_could_be_read_in_two_ways_is_none(text: str) -> None:
    assert keys.decode_base64(text) is None


def test_both_alphabets_of_base64_are_read() -> None:
    assert keys.decode_base64("-_8=") == keys.decode_base64("+/8=") == b"\xfb\xff"


def test_a_degenerate_key_would_verify_anything_if_it_were_let_in() -> None:
    identity = bytes([1]) + bytes(31)
    Ed25519PublicKey.from_public_bytes(identity).verify(identity + bytes(32), b"any message")
    with pytest.raises(KeyRefusedError):
        keys.public_from_raw(identity)
