"""Keys: Ed25519 (RFC 8032) and ECDSA on P-256 with SHA-256 (FIPS 186-5), the only algorithms there are.

The algorithm belongs to the key and is never read from what is verified. A key id is the SHA-256 of the key's DER
SubjectPublicKeyInfo, as `openssl pkey -pubin -outform DER | sha256sum` prints it.
"""

from __future__ import annotations

import binascii
import hashlib
import os
import re
import stat
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final, Literal, TypeAlias

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from aimsctl.evidence.problems import KeyRefusedError

Algorithm: TypeAlias = Literal["ed25519", "ecdsa-p256"]
ALGORITHMS: Final[tuple[Algorithm, ...]] = ("ed25519", "ecdsa-p256")
_PEM_LIMIT: Final = 16_384
_ED25519_SPKI: Final = bytes.fromhex("302a300506032b6570032100")
_ED25519_PKCS8: Final = bytes.fromhex("302e020100300506032b657004220420")
_ED25519_PEM: Final = re.compile(rb"-----BEGIN PRIVATE KEY-----\n([A-Za-z0-9+/]{64})\n-----END PRIVATE KEY-----\n?")
_RAW_P256: Final = 64
_FIELD: Final = 2**255 - 19

SMALL_ORDER: Final = frozenset(
    bytes.fromhex(text)
    for text in (
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    )
)
"""Encodings of the points whose order divides 8, canonical and not (C2SP/CCTV, ed25519vectors). With such a key one
constant signature verifies every message."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that verifies. `keyid` tells keys apart; whether one is trusted is said elsewhere."""

    algorithm: Algorithm
    spki: bytes
    keyid: str
    handle: ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey = field(repr=False, compare=False)

    def verifies(self, signature: bytes, message: bytes) -> bool:
        """Whether the signature is this key's over the message. Never raises on content."""
        try:
            if isinstance(self.handle, ed25519.Ed25519PublicKey):
                self.handle.verify(signature, message)
            else:
                self.handle.verify(_der(signature), message, _ecdsa())
        except (InvalidSignature, ValueError):
            return False
        return True

    @property
    def raw(self) -> bytes:
        """The 32 bytes of an Ed25519 key. Raises KeyRefusedError for any other."""
        if not isinstance(self.handle, ed25519.Ed25519PublicKey):
            raise KeyRefusedError("logs and witnesses sign with Ed25519 keys only")
        return self.spki[-32:]

    def pem(self) -> bytes:
        """The key as PEM text."""
        from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - see _seed

        return self.handle.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """A key that signs. Its secret is in no text that this object can be turned into."""

    public: PublicKey
    handle: ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey = field(repr=False, compare=False)

    def sign(self, message: bytes) -> bytes:
        """The signature; for ECDSA in DER, as OpenSSL and in-toto tools write it."""
        if isinstance(self.handle, ed25519.Ed25519PrivateKey):
            return self.handle.sign(message)
        return self.handle.sign(message, _ecdsa())

    def pem(self) -> bytes:
        """The secret as unencrypted PKCS #8 PEM, for the key's own file and nothing else."""
        from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - see _seed

        return self.handle.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )


def generate(algorithm: Algorithm = "ed25519") -> PrivateKey:
    """A new key."""
    if algorithm == "ed25519":
        return _private(ed25519.Ed25519PrivateKey.generate())
    return _private(ec.generate_private_key(ec.SECP256R1()))


def from_seed(seed: bytes) -> PrivateKey:
    """The Ed25519 key of a 32-byte seed (RFC 8032, 5.1.5)."""
    return _private(ed25519.Ed25519PrivateKey.from_private_bytes(seed))


def public_from_raw(raw: bytes) -> PublicKey:
    """The Ed25519 key of 32 bytes. Raises KeyRefusedError where the key would vouch for anything."""
    if len(raw) != 32:  # noqa: PLR2004 - RFC 8032, 5.1.5
        raise KeyRefusedError("an Ed25519 key has 32 bytes")
    return _public(ed25519.Ed25519PublicKey.from_public_bytes(raw))


def public_from_pem(content: bytes, what: str = "the key") -> PublicKey:
    """The key in a PEM text. Raises KeyRefusedError if there is none that may be used."""
    if b"PRIVATE KEY" in content:
        raise KeyRefusedError(f"{what} is a private key", hint="give its public half; a private key stays where it is")
    if len(content) > _PEM_LIMIT:
        raise KeyRefusedError(f"{what} is too large for a key")
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - see _seed

    try:
        return _public(serialization.load_pem_public_key(content))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise KeyRefusedError(f"{what} is no public key in PEM") from error


def private_from_pem(content: bytes, what: str = "the key") -> PrivateKey:
    """The key in a PKCS #8 PEM text. Raises KeyRefusedError, which never shows any of the text."""
    seed = _seed(content)
    if seed is not None:
        return from_seed(seed)
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - see _seed

    try:
        return _private(serialization.load_pem_private_key(content[:_PEM_LIMIT], password=None))
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise KeyRefusedError(f"{what} is no unencrypted private key in PEM (PKCS #8)") from None


def read_private(file: Path) -> PrivateKey:
    """The key in a file that only its owner can read. Raises KeyRefusedError otherwise."""
    try:
        with file.open("rb") as stream:
            mode = os.fstat(stream.fileno()).st_mode
            content = stream.read(_PEM_LIMIT)
    except OSError as error:
        raise KeyRefusedError(f"the key {file} cannot be read: {error.strerror}") from error
    if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
        raise KeyRefusedError(f"the key {file} can be read by others", hint=f"chmod 600 {file}")
    return private_from_pem(content, f"the key {file}")


def find_private(file: Path | None, variable: str, default: Path | None = None) -> PrivateKey:
    """The key of a file, else of the variable (PEM text or a path), else of the default. Raises KeyRefusedError."""
    text = "" if file is not None else os.environ.get(variable, "")
    if "PRIVATE KEY" in text:
        return private_from_pem(text.encode(), f"the key in {variable}")
    named = file or (Path(text) if text else default)
    if named is None:
        raise KeyRefusedError("there is no key to sign with", hint=f"name its file with --key, or set {variable}")
    return read_private(named.expanduser())


def write_private(file: Path, key: PrivateKey) -> None:
    """A new file that only its owner can read; an existing one is never replaced. Raises KeyRefusedError."""
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(key.pem())
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        raise KeyRefusedError(f"the key {file} cannot be written: {error.strerror}") from error


def decode_base64(text: str) -> bytes | None:
    """Standard or URL-safe base64 (RFC 4648, 4 and 5), padded and canonical; None if it is neither."""
    standard = text.replace("-", "+").replace("_", "/")
    try:
        value = binascii.a2b_base64(standard)
        again = binascii.b2a_base64(value, newline=False)
    except ValueError:
        return None
    return value if again == standard.encode() else None


def _seed(content: bytes) -> bytes | None:
    """The seed in a PEM text that holds an Ed25519 key and nothing else, in the one form it has (RFC 8410, 7).

    It is what a process that records one receipt reads, and the reader of all forms takes longer to load than the rest
    of the process to run.
    """
    found = _ED25519_PEM.fullmatch(content)
    der = decode_base64(found[1].decode()) if found else None
    if der is None or len(der) != len(_ED25519_PKCS8) + 32 or not der.startswith(_ED25519_PKCS8):
        return None
    return der[len(_ED25519_PKCS8) :]


def _private(handle: object) -> PrivateKey:
    if not isinstance(handle, ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey):
        raise KeyRefusedError(f"only {' and '.join(ALGORITHMS)} keys are used")
    return PrivateKey(_public(handle.public_key()), handle)


def _public(handle: object) -> PublicKey:
    if isinstance(handle, ed25519.Ed25519PublicKey):
        raw = handle.public_bytes_raw()
        if raw in SMALL_ORDER:
            raise KeyRefusedError("this key is a point of small order: one signature would fit every message")
        if int.from_bytes(raw, "little") % 2**255 >= _FIELD:
            raise KeyRefusedError("this key is written in a second way, so that one key could pass for two")
        spki, algorithm = _ED25519_SPKI + raw, ALGORITHMS[0]
    elif isinstance(handle, ec.EllipticCurvePublicKey) and isinstance(handle.curve, ec.SECP256R1):
        algorithm = ALGORITHMS[1]
        from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - see _seed

        spki = handle.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    else:
        raise KeyRefusedError(f"only {' and '.join(ALGORITHMS)} keys are used")
    return PublicKey(algorithm, spki, hashlib.sha256(spki).hexdigest(), handle)


@cache
def _ecdsa() -> ec.ECDSA:
    """Made when it is first needed, since making it loads all of the library's backend."""
    return ec.ECDSA(SHA256())


def _der(signature: bytes) -> bytes:
    """DER; the fixed form r || s of IEEE P1363, which some signers write, is turned into it."""
    if len(signature) != _RAW_P256:
        return signature
    return encode_dss_signature(int.from_bytes(signature[:32]), int.from_bytes(signature[32:]))
