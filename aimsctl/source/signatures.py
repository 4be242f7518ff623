"""Floor 1: signatures on commits, checked in Python against keys that the verifier names.

Formats: PROTOCOL.sshsig and the ALLOWED SIGNERS section of ssh-keygen(1), both of OpenSSH; a line of the type `openpgp`
names a key by its fingerprint instead. Nothing of the repository or its configuration has a say in which key counts,
and no program is started, but gpgv where a keyring is named.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import fnmatch
import hashlib
import re
import shlex
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from aimsctl.errors import UsageError

if TYPE_CHECKING:
    from aimsctl.source.git_objects import Commit
    from aimsctl.source.openpgp import Keyring

State = Literal["unsigned", "verified", "not_trusted", "invalid", "not_checked"]
NAMESPACE: Final = "git"
_LARGEST: Final = 1_000_000  # bytes of a file of allowed signers
_MAGIC: Final = b"SSHSIG"
_ARMOUR: Final = re.compile(
    rb"\s*-----BEGIN SSH SIGNATURE-----\r?\n([A-Za-z0-9+/=\r\n]+?)\r?\n?-----END SSH SIGNATURE-----\s*"
)
OPENPGP: Final = "OpenPGP"
_OPENPGP_TYPE: Final = "openpgp"
_FINGERPRINT: Final = re.compile(r"[0-9A-Fa-f]{40}(?:[0-9A-Fa-f]{24})?")
_OTHERS: Final = {b"-----BEGIN PGP SIGNATURE-----": OPENPGP, b"-----BEGIN SIGNED MESSAGE-----": "X.509"}
_HASHES: Final = {b"sha256": hashlib.sha256, b"sha512": hashlib.sha512}
_OPTIONS: Final = frozenset({"namespaces", "valid-after", "valid-before", "cert-authority"})
_TIME: Final = re.compile(r"([0-9]{8})(?:([0-9]{4})([0-9]{2})?)?(Z?)")
_USER_PRESENT: Final = 1


class _MalformedError(Exception):
    """A signature or key that does not have the form its specification gives it."""


@dataclass(frozen=True, slots=True)
class Signer:
    """One line of a file of allowed signers: whose key it is, which key, and when it counts (Unix time)."""

    principals: tuple[str, ...]
    key: bytes
    namespaces: tuple[str, ...]
    after: int | None
    before: int | None

    def counts(self, seconds: int) -> bool:
        """Whether the key may sign commits of that claimed time."""
        in_time = (self.after is None or seconds >= self.after) and (self.before is None or seconds <= self.before)
        return in_time and (not self.namespaces or any(fnmatch.fnmatchcase(NAMESPACE, one) for one in self.namespaces))


@dataclass(frozen=True, slots=True)
class Check:
    """What a commit's signature proves. `key` is its fingerprint as ssh-keygen prints it; `why` is for people."""

    state: State
    key: str = ""
    principals: tuple[str, ...] = ()
    why: str = ""


def allowed_signers(content: bytes, name: str) -> tuple[Signer, ...]:
    """The signers in a file of that name. Raises UsageError with the line of what cannot be read; skips nothing."""
    if len(content) > _LARGEST:
        raise UsageError(f"{name} is larger than {_LARGEST // 1_000_000} MB")
    signers = []
    for number, line in enumerate(content.decode("utf-8", "replace").splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        try:
            signers.append(_signer(line))
        except (_MalformedError, ValueError, binascii.Error) as error:
            raise UsageError(f"{name}, line {number}: {error}", hint="the form is that of ssh-keygen(1)") from error
    return tuple(signers)


def check(commit: Commit, signers: tuple[Signer, ...], keyring: Keyring | None = None) -> Check:
    """What the signature on a commit proves under these signers; an OpenPGP one only with a keyring."""
    if not commit.signature:
        return Check("unsigned", why="it is not signed")
    for mark, name in _OTHERS.items():
        if commit.signature.lstrip().startswith(mark):
            if name == OPENPGP and keyring is not None:
                return _by_openpgp(commit, signers, keyring)
            return Check("not_checked", why=f"it has an {name} signature, which was not checked")
    try:
        key, holds = _verified(commit.signature, commit.signed)
    except (_MalformedError, ValueError, struct.error) as error:
        return Check("invalid", why=f"its signature cannot be read: {error}")
    named = fingerprint(key)
    if not holds:
        return Check("invalid", named, why=f"its signature by {named} does not fit the commit")
    return _weighed(commit, signers, key, named)


def _by_openpgp(commit: Commit, signers: tuple[Signer, ...], keyring: Keyring) -> Check:
    found = keyring.signer(commit.signature, commit.signed)
    if not found:
        return Check("invalid", why="its OpenPGP signature is not a good one by a key of the keyring")
    return _weighed(commit, signers, _openpgp_key(found), found)


def _openpgp_key(fingerprint: str) -> bytes:
    return b"openpgp:" + fingerprint.encode("ascii")


def _weighed(commit: Commit, signers: tuple[Signer, ...], key: bytes, named: str) -> Check:
    """What a good signature by that key proves."""
    known = [signer for signer in signers if signer.key == key]
    counting = [signer for signer in known if signer.counts(commit.committer.seconds)]
    if not counting:
        why = "is not allowed to sign at that time" if known else "is not among the allowed signers"
        return Check("not_trusted", named, why=f"its key {named} {why}")
    principals = tuple(dict.fromkeys(name for signer in counting for name in signer.principals))
    return Check("verified", named, principals)


def fingerprint(key: bytes) -> str:
    """`SHA256:` and the digest of a public key in its SSH form, as ssh-keygen prints it."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(key).digest()).decode("ascii").rstrip("=")


# allowed signers


def _signer(line: str) -> Signer:
    principals, _, rest = line.strip().partition(" ")
    words = list(_words(rest))
    options: dict[str, str] = {}
    if words and not _key_type(words[0]):
        options = dict(_options(words.pop(0)))
    if len(words) < 2 or not _key_type(words[0]):  # noqa: PLR2004 - type and key
        raise _MalformedError("a line names principals, options if any, the type of the key, and the key")
    if "cert-authority" in options:
        raise _MalformedError("keys of a certificate authority are not supported; name each key")
    return Signer(
        principals=tuple(name.strip('"') for name in principals.strip('"').split(",") if name),
        key=_key(words[0], words[1]),
        namespaces=tuple(name for name in options.get("namespaces", "").split(",") if name),
        after=_seconds(options.get("valid-after")),
        before=_seconds(options.get("valid-before")),
    )


def _key(kind: str, text: str) -> bytes:
    """The key in its SSH form, or the fingerprint of an OpenPGP one. Raises _MalformedError."""
    if kind == _OPENPGP_TYPE:
        if _FINGERPRINT.fullmatch(text) is None:
            raise _MalformedError("an OpenPGP key is named by its whole fingerprint, 40 or 64 digits")
        return _openpgp_key(text.upper())
    key = base64.b64decode(text, validate=True)
    if _Reader(key).string() != kind.encode("ascii", "replace"):
        raise _MalformedError(f"the key is not of the type {kind}")
    _public(key)
    return key


def _key_type(word: str) -> bool:
    return word in _KEYS or word == _OPENPGP_TYPE


def _words(rest: str) -> Iterator[str]:
    """The words, a quoted part counting as none of its spaces."""
    lexer = shlex.shlex(rest, posix=False, punctuation_chars=False)
    lexer.whitespace_split, lexer.commenters = True, ""
    yield from lexer


def _options(word: str) -> Iterator[tuple[str, str]]:
    for part in re.findall(r'[^,"]+(?:"[^"]*")?', word):
        name, _, value = part.partition("=")
        if name.lower() not in _OPTIONS:
            raise _MalformedError(f"there is no option {name!r}")
        yield name.lower(), value.strip('"')


def _seconds(value: str | None) -> int | None:
    """`YYYYMMDD[HHMM[SS]]` as Unix time; without `Z` too it is read as UTC, so that it means the same everywhere."""
    if value is None:
        return None
    found = _TIME.fullmatch(value)
    if found is None:
        raise _MalformedError(f"{value!r} is no time; write 20261101 or 202611011200")
    text = found[1] + (found[2] or "0000") + (found[3] or "00")
    return int(dt.datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=dt.UTC).timestamp())


# signatures


@dataclass(slots=True)
class _Reader:
    """Reads the strings and numbers of RFC 4251, section 5."""

    data: bytes
    at: int = 0

    def take(self, size: int) -> bytes:
        """So many bytes. Raises _MalformedError."""
        if size > len(self.data) - self.at:
            raise _MalformedError("it is cut off")
        self.at += size
        return self.data[self.at - size : self.at]

    def number(self, form: str = ">I") -> int:
        """A number of that form, 32 bits if none is given."""
        return int(struct.unpack(form, self.take(struct.calcsize(form)))[0])

    def string(self) -> bytes:
        """A string with its length before it."""
        return self.take(self.number())

    def end(self) -> None:
        """Raises _MalformedError if more follows."""
        if self.at != len(self.data):
            raise _MalformedError("something follows where it should end")


def _verified(armoured: bytes, message: bytes) -> tuple[bytes, bool]:
    """The key that a signature names, and whether that key signed the message for git. Raises _MalformedError."""
    found = _ARMOUR.fullmatch(armoured)
    if found is None:
        raise _MalformedError("it has no form that is known")
    try:
        reader = _Reader(base64.b64decode(b"".join(found[1].split()), validate=True))
    except binascii.Error as error:
        raise _MalformedError("it is not Base64") from error
    if reader.take(len(_MAGIC)) != _MAGIC or reader.number() != 1:
        raise _MalformedError("it is no SSH signature of version 1")
    key, namespace, reserved, hash_name, signature = (reader.string() for _ in range(5))
    reader.end()
    if namespace != NAMESPACE.encode():
        raise _MalformedError(f"it was made for {namespace[:20]!r}, not for git")
    if hash_name not in _HASHES:
        raise _MalformedError("its hash is none that is allowed")
    digest = _HASHES[hash_name](message).digest()
    parts = (namespace, reserved, hash_name, digest)
    signed = _MAGIC + b"".join(struct.pack(">I", len(part)) + part for part in parts)
    return key, _holds(key, signature, signed)


def _holds(key: bytes, signature: bytes, signed: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - loaded only where something is signed

    public, application = _public(key)
    reader = _Reader(signature)
    name, value = reader.string(), reader.string()
    if name not in _KEYS[_Reader(key).string().decode("ascii")]:
        raise _MalformedError("its algorithm does not fit its key")
    if application is not None:  # a security key signs the digest of what it is shown, with its own flags and counter
        flags, counter = reader.number("B"), reader.take(4)
        if not flags & _USER_PRESENT:
            raise _MalformedError("nobody touched the security key")
        parts = (hashlib.sha256(application).digest(), bytes([flags]), counter, hashlib.sha256(signed).digest())
        signed = b"".join(parts)
    reader.end()
    try:
        _verify(public, name, value, signed)
    except InvalidSignature:
        return False
    return True


def _verify(public: Any, name: bytes, value: bytes, signed: bytes) -> None:
    """Raises InvalidSignature, or _MalformedError."""
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415 - loaded only where something is signed
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils  # noqa: PLC0415 - the same

    if isinstance(public, ed25519.Ed25519PublicKey):
        public.verify(value, signed)
    elif isinstance(public, rsa.RSAPublicKey):
        digest = hashes.SHA512() if name == b"rsa-sha2-512" else hashes.SHA256()
        public.verify(value.rjust(public.key_size // 8, b"\0"), signed, padding.PKCS1v15(), digest)
    else:
        numbers = _Reader(value)
        r, s = (int.from_bytes(numbers.string(), "big") for _ in range(2))
        numbers.end()
        curves = {256: hashes.SHA256(), 384: hashes.SHA384(), 521: hashes.SHA512()}
        public.verify(utils.encode_dss_signature(r, s), signed, ec.ECDSA(curves[public.curve.key_size]))


def _public(key: bytes) -> tuple[Any, bytes | None]:
    """The public key in these bytes, and the application of a security key. Raises _MalformedError."""
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 - loaded only where something is signed
    from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: PLC0415 - the same
    from cryptography.hazmat.primitives.serialization import load_ssh_public_key  # noqa: PLC0415 - the same

    reader = _Reader(key)
    name = reader.string()
    if name.decode("ascii", "replace") not in _KEYS:
        raise _MalformedError("its key is of a type that is not supported")
    application = None
    if name.startswith(b"sk-"):
        plain = _SECURITY_KEYS[name]
        parts = [reader.string() for _ in range(1 if plain == b"ssh-ed25519" else 2)]
        application = reader.string()
        reader.end()
        key = b"".join(struct.pack(">I", len(part)) + part for part in (plain, *parts))
        name = plain
    try:
        public = load_ssh_public_key(name + b" " + base64.b64encode(key))
    except (UnsupportedAlgorithm, ValueError) as error:
        raise _MalformedError("its key cannot be read") from error
    if isinstance(public, rsa.RSAPublicKey) and public.key_size < 2048:  # noqa: PLR2004 - as OpenSSH
        raise _MalformedError("its RSA key is shorter than 2048 bits")
    return public, application


_KEYS: Final[dict[str, tuple[bytes, ...]]] = {
    "ssh-ed25519": (b"ssh-ed25519",),
    "ssh-rsa": (b"rsa-sha2-256", b"rsa-sha2-512"),
    "ecdsa-sha2-nistp256": (b"ecdsa-sha2-nistp256",),
    "ecdsa-sha2-nistp384": (b"ecdsa-sha2-nistp384",),
    "ecdsa-sha2-nistp521": (b"ecdsa-sha2-nistp521",),
    "sk-ssh-ed25519@openssh.com": (b"sk-ssh-ed25519@openssh.com",),
    "sk-ecdsa-sha2-nistp256@openssh.com": (b"sk-ecdsa-sha2-nistp256@openssh.com",),
}
"""The types of keys, each with the signature algorithms that go with it."""

_SECURITY_KEYS: Final = {
    b"sk-ssh-ed25519@openssh.com": b"ssh-ed25519",
    b"sk-ecdsa-sha2-nistp256@openssh.com": b"ecdsa-sha2-nistp256",
}
