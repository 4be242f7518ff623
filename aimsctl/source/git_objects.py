"""Floor 1: git's objects as they are stored, read from their bytes. Nothing here starts a process.

Formats: gitformat-signature(5) and the commit and tree objects of gitdatamodel(7). Names, addresses, dates and messages
are claims of whoever made the object; only the object's id, and a signature that verifies, are more than that.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

Type = Literal["blob", "tree", "commit", "tag"]
LINK, SUBMODULE, FOLDER = 0o120000, 0o160000, 0o040000
_SHA1: Final = 40  # hexadecimal digits; SHA-256 ids have 64
_SUBJECT: Final = 200
_NAME: Final = 200
_SIGNATURES: Final = {_SHA1: b"gpgsig", 64: b"gpgsig-sha256"}


class BrokenObjectError(Exception):
    """An object that is missing, is not what its id says, or has no form that git knows."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody claims to be, and when. `seconds` is Unix time."""

    name: str
    email: str
    seconds: int

    @property
    def day(self) -> dt.date:
        """The day (UTC); times outside the calendar count as its end."""
        try:
            return dt.datetime.fromtimestamp(self.seconds, dt.UTC).date()
        except (ValueError, OverflowError, OSError):
            return dt.date.max


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit. `signature` is the armoured text that stands in it, `signed` what that text vouches for."""

    id: str
    tree: str
    parents: tuple[str, ...]
    author: Identity
    committer: Identity
    subject: str
    signature: bytes
    signed: bytes

    @property
    def short(self) -> str:
        """The first twelve characters of the id, for people."""
        return self.id[:12]

    @property
    def day(self) -> dt.date:
        """The day (UTC) that the committer claims."""
        return self.committer.day


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a tree or of the index: mode, object id, and its name or path."""

    mode: int
    id: str
    path: str

    @property
    def regular(self) -> bool:
        """Whether it is a regular file."""
        return stat.S_ISREG(self.mode)


def object_id(kind: str, content: bytes, digits: int = _SHA1) -> str:
    """The id that git gives an object: SHA-1 or SHA-256 of its type, size and bytes."""
    head = b"%s %d\0" % (kind.encode("ascii"), len(content))
    digest = hashlib.sha1(head, usedforsecurity=False) if digits == _SHA1 else hashlib.sha256(head)
    digest.update(content)
    return digest.hexdigest()


def entries(content: bytes, digits: int) -> Iterator[Entry]:
    """The entries of a tree object. Raises BrokenObjectError."""
    at, size = 0, digits // 2
    while at < len(content):
        space = content.find(b" ", at)
        end = content.find(b"\0", space)
        last = end + 1 + size
        if space < 0 or end < 0 or last > len(content):
            raise BrokenObjectError("a tree is cut off")
        try:
            mode = int(content[at:space], 8)
        except ValueError as error:
            raise BrokenObjectError("a tree has a mode that is no number") from error
        name = content[space + 1 : end].decode("utf-8", "surrogateescape")
        yield Entry(mode, content[end + 1 : last].hex(), name)
        at = last


def commit(identifier: str, content: bytes) -> Commit:
    """The commit in these bytes. Raises BrokenObjectError."""
    head, _, message = content.partition(b"\n\n")
    fields = list(_headers(head))
    named: dict[bytes, list[bytes]] = {}
    for name, value, _ in fields:
        named.setdefault(name, []).append(value)
    header = _SIGNATURES[len(identifier)]
    try:
        tree, author, committer = (named[name][0] for name in (b"tree", b"author", b"committer"))
    except KeyError as error:
        raise BrokenObjectError("a commit lacks a header") from error
    signed = b"".join(raw for name, _, raw in fields if name not in _SIGNATURES.values())
    return Commit(
        id=identifier,
        tree=tree.decode("ascii", "replace"),
        parents=tuple(parent.decode("ascii", "replace") for parent in named.get(b"parent", [])),
        author=_identity(author),
        committer=_identity(committer),
        subject=_text(message.lstrip().partition(b"\n")[0])[:_SUBJECT],
        signature=b"\n".join(named.get(header, [])),
        signed=signed + b"\n" + message,
    )


def _headers(head: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Name, value and raw bytes of each header; lines that begin with a space continue the one before."""
    lines = head.split(b"\n")
    at = 0
    while at < len(lines):
        last = at + 1
        while last < len(lines) and lines[last].startswith(b" "):
            last += 1
        name, _, first = lines[at].partition(b" ")
        value = b"\n".join([first, *(line[1:] for line in lines[at + 1 : last])])
        yield name, value, b"".join(line + b"\n" for line in lines[at:last])
        at = last


def _identity(value: bytes) -> Identity:
    """`NAME <ADDRESS> SECONDS ZONE`, whatever stands in it; what cannot be read as a time counts as its end."""
    who, _, when = value.rpartition(b">")
    name, _, email = who.partition(b"<")
    number = when.split()[:1] or [b""]
    digits = number[0].removeprefix(b"-")
    seconds = int(number[0]) if digits.isdigit() and len(digits) < 20 else 2**62  # noqa: PLR2004 - no such year
    return Identity(_text(name.strip())[:_NAME], _text(email.strip())[:_NAME], seconds)


def _text(value: bytes) -> str:
    return value.decode("utf-8", "surrogateescape")
