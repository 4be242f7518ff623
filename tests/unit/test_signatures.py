"""Signatures on commits against what ssh-keygen and git themselves make and say."""

from __future__ import annotations

import base64
import hashlib
import struct
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aimsctl.errors import UsageError
from aimsctl.source.git_objects import Commit, Identity
from aimsctl.source.signatures import allowed_signers, check
from tests.signing import Key, new_key

MESSAGE = b"tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n\nApprove the policy\n"
NOON = 1_767_268_800  # 2026-01-01T12:00:00Z


def signed(signature: bytes, message: bytes = MESSAGE, seconds: int = NOON) -> Commit:
    """A commit that carries that signature over that text."""
    who = Identity("Somebody", "somebody@example.org", seconds)
    return Commit("0" * 40, "0" * 40, (), who, who, "Approve the policy", signature, message)


def sign(key: Key, message: bytes = MESSAGE, namespace: str = "git", hash_name: str = "sha512") -> bytes:
    command = ["ssh-keygen", "-Y", "sign", "-q", "-O", f"hashalg={hash_name}", "-n", namespace, "-f", str(key.path)]
    return subprocess.run(command, input=message, check=True, capture_output=True).stdout


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Key]:
    folder = tmp_path_factory.mktemp("keys")
    kinds = {"ed25519": 0, "rsa": 2048, "ecdsa": 256}
    made = {kind: new_key(folder, kind, kind, bits) for kind, bits in kinds.items()}
    return made | {f"ecdsa-{bits}": new_key(folder, f"ecdsa-{bits}", "ecdsa", bits) for bits in (384, 521)}


@pytest.mark.parametrize("kind", ["ed25519", "rsa", "ecdsa", "ecdsa-384", "ecdsa-521"])
@pytest.mark.parametrize("hash_name", ["sha256", "sha512"])
def test_what_ssh_keygen_signs_verifies_and_names_the_key(keys: dict[str, Key], kind: str, hash_name: str) -> None:
    key = keys[kind]
    text = "# people\n\n" + key.line("PER-01,ROLE-CEO", 'namespaces="git"')
    signers = allowed_signers(text.encode(), "signers")
    found = check(signed(sign(key, hash_name=hash_name)), signers)
    assert (found.state, found.key, found.principals) == ("verified", key.fingerprint, ("PER-01", "ROLE-CEO"))
    assert check(signed(sign(key, hash_name=hash_name), MESSAGE + b"\n"), signers).state == "invalid"


def test_a_key_that_is_not_listed_proves_nothing(keys: dict[str, Key]) -> None:
    signers = allowed_signers(keys["rsa"].line("PER-01").encode(), "signers")
    found = check(signed(sign(keys["ed25519"])), signers)
    assert found.state == "not_trusted"
    assert found.principals == ()
    assert keys["ed25519"].fingerprint in found.why


def test_a_signature_for_something_else_is_no_signature_of_a_commit(keys: dict[str, Key]) -> None:
    signers = allowed_signers(keys["ed25519"].line("PER-01").encode(), "signers")
    found = check(signed(sign(keys["ed25519"], namespace="file")), signers)
    assert found.state == "invalid"
    assert "not for git" in found.why


@pytest.mark.parametrize(
    ("options", "state"),
    [
        ('valid-after="20260101",valid-before="20260102"', "verified"),
        ('valid-after="20260102"', "not_trusted"),
        ('valid-before="20251231235959Z"', "not_trusted"),
        ('valid-after="202601011200Z"', "verified"),
        ('valid-after="202601011201Z"', "not_trusted"),
        ('namespaces="file"', "not_trusted"),
        ('namespaces="file,g*"', "verified"),
    ],
)
def test_a_line_counts_for_its_time_and_namespaces(keys: dict[str, Key], options: str, state: str) -> None:
    signers = allowed_signers(keys["ed25519"].line("PER-01", options).encode(), "signers")
    assert check(signed(sign(keys["ed25519"])), signers).state == state


@pytest.mark.parametrize(
    "line",
    [
        "PER-01",
        "PER-01 ssh-ed25519",
        "PER-01 ssh-ed25519 !!!",
        "PER-01 ssh-ed25519 AAAA",
        "PER-01 ssh-dss AAAAB3NzaC1kc3M=",
        "PER-01 cert-authority {key}",
        'PER-01 colour="red" {key}',
        'PER-01 valid-after="soon" {key}',
        'PER-01 valid-after="20261301" {key}',
        "PER-01 ssh-rsa {bare}",
    ],
)
def test_a_line_that_cannot_be_read_is_told_with_its_number_and_nothing_is_skipped(
    keys: dict[str, Key], line: str
) -> None:
    public = keys["ed25519"].public
    text = f"{keys['rsa'].line('PER-02')}{line.format(key=public, bare=public.split()[1])}\n"
    with pytest.raises(UsageError, match="signers, line 2: "):
        allowed_signers(text.encode(), "signers")


def test_other_kinds_of_signature_are_not_checked_and_none_is_unsigned(keys: dict[str, Key]) -> None:
    signers = allowed_signers(keys["ed25519"].line("PER-01").encode(), "signers")
    assert check(signed(b""), signers).state == "unsigned"
    assert (
        check(signed(b"-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----"), signers).state
        == "not_checked"
    )
    assert check(signed(b"-----BEGIN SIGNED MESSAGE-----\nabc"), signers).state == "not_checked"
    assert (
        check(signed(b"-----BEGIN SSH SIGNATURE-----\n????\n-----END SSH SIGNATURE-----"), signers).state == "invalid"
    )


def _string(value: bytes) -> bytes:
    return struct.pack(">I", len(value)) + value


def _by_security_key(flags: int, *, touched: bytes = b"ssh:", curve: bool = False) -> tuple[bytes, str]:
    """A signature as a security key makes it (PROTOCOL.u2f of OpenSSH), and the public key's line."""
    digest = hashlib.sha512(MESSAGE).digest()
    blob = b"SSHSIG" + b"".join(_string(part) for part in (b"git", b"", b"sha512", digest))
    shown = hashlib.sha256(touched).digest() + bytes([flags]) + struct.pack(">I", 7) + hashlib.sha256(blob).digest()
    if curve:
        secret = ec.generate_private_key(ec.SECP256R1())
        name, point = (
            b"sk-ecdsa-sha2-nistp256@openssh.com",
            secret.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint),
        )
        from cryptography.hazmat.primitives import hashes  # noqa: PLC0415
        from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature  # noqa: PLC0415

        r, s = decode_dss_signature(secret.sign(shown, ec.ECDSA(hashes.SHA256())))
        value = b"".join(_string(b"\0" + number.to_bytes(32, "big")) for number in (r, s))
        key = _string(name) + _string(b"nistp256") + _string(point) + _string(b"ssh:")
    else:
        private = ed25519.Ed25519PrivateKey.generate()
        name, value = b"sk-ssh-ed25519@openssh.com", private.sign(shown)
        key = _string(name) + _string(private.public_key().public_bytes_raw()) + _string(b"ssh:")
    signature = _string(name) + _string(value) + bytes([flags]) + struct.pack(">I", 7)
    parts = b"".join(_string(part) for part in (key, b"git", b"", b"sha512", signature))
    body = base64.encodebytes(b"SSHSIG" + struct.pack(">I", 1) + parts)
    line = f"PER-01 {name.decode()} {base64.b64encode(key).decode()}"
    return b"-----BEGIN SSH SIGNATURE-----\n" + body + b"-----END SSH SIGNATURE-----\n", line


@pytest.mark.parametrize("curve", [False, True])
def test_a_security_key_counts_only_when_it_was_touched(*, curve: bool) -> None:
    for flags, touched, state in ((1, b"ssh:", "verified"), (0, b"ssh:", "invalid"), (1, b"web:", "invalid")):
        signature, line = _by_security_key(flags, touched=touched, curve=curve)
        assert check(signed(signature), allowed_signers(line.encode(), "signers")).state == state


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_changed_byte_of_a_signature_verifies_as_another_one(keys: dict[str, Key], data: st.DataObject) -> None:
    key = keys["ed25519"]
    body = b"".join(sign(key).split(b"\n")[1:-2])
    raw = bytearray(base64.b64decode(body))
    position = data.draw(st.integers(0, len(raw) - 1))
    raw[position] ^= data.draw(st.integers(1, 255))
    armoured = b"-----BEGIN SSH SIGNATURE-----\n" + base64.encodebytes(bytes(raw)) + b"-----END SSH SIGNATURE-----\n"
    assert check(signed(armoured), allowed_signers(key.line("PER-01").encode(), "signers")).state != "verified"


@given(st.binary(max_size=400))
def test_no_signature_breaks_the_reader(junk: bytes) -> None:
    armoured = b"-----BEGIN SSH SIGNATURE-----\n" + base64.encodebytes(junk) + b"-----END SSH SIGNATURE-----\n"
    assert check(signed(armoured), ()).state == "invalid"
    assert check(signed(junk), ()).state in {"invalid", "unsigned", "not_checked"}


@given(st.binary(max_size=200))
def test_no_list_of_signers_breaks_the_reader(junk: bytes) -> None:
    with suppress(UsageError):
        assert all(signer.key for signer in allowed_signers(junk, "signers"))


def test_ssh_keygen_agrees(keys: dict[str, Key], tmp_path: Path) -> None:
    """The same file, the same signature: both say yes, and both say no where the principal's time is over."""
    key = keys["ed25519"]
    (tmp_path / "signature").write_bytes(sign(key))
    for options, state, code in (("", "verified", 0), ('valid-before="20200101"', "not_trusted", 255)):
        file = tmp_path / "signers"
        file.write_text(key.line("PER-01", options), encoding="ascii")
        command = ["ssh-keygen", "-Y", "verify", "-f", file, "-I", "PER-01", "-n", "git", "-s", tmp_path / "signature"]
        assert subprocess.run(command, input=MESSAGE, check=False, capture_output=True).returncode == code
        assert check(signed(sign(key)), allowed_signers(file.read_bytes(), "signers")).state == state
