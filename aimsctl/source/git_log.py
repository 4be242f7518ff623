"""Floor 1: what `git diff-tree --stdin -r -c -z --raw` prints, as changes to files; git-diff-tree(1) has the format."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Final

_CHUNK: Final = 65_536
_REGULAR: Final = "100"


@dataclass(frozen=True, slots=True)
class Touch:
    """A commit that changed a file: the file's object ids before, one for each parent, and after; empty where absent.

    A merge is listed only for a file that it made different from every parent. What is no regular file is absent.
    """

    commit: str
    path: str
    before: tuple[str, ...]
    after: str


def touches(stream: IO[bytes] | None) -> Iterator[Touch]:
    """The changes in the order in which git prints them."""
    commit, facts = "", ""
    for token in _tokens(stream):
        if facts:
            before, after = _ids(facts)
            yield Touch(commit, token, before, after)
            facts = ""
        elif token.startswith(":"):
            facts = token
        else:
            commit = token


def _tokens(stream: IO[bytes] | None) -> Iterator[str]:
    rest = b""
    while stream is not None and (chunk := stream.read(_CHUNK)):
        *whole, rest = (rest + chunk).split(b"\0")
        for token in whole:
            yield token.decode("utf-8", "surrogateescape")


def _ids(facts: str) -> tuple[tuple[str, ...], str]:
    """The object ids before and after; `::100644 100644 100644 ID ID ID MM` has two parents."""
    parents = len(facts) - len(facts.lstrip(":"))
    words = facts[parents:].split(" ")
    modes, ids = words[: parents + 1], words[parents + 1 : 2 * parents + 2]
    *before, after = (name if mode.startswith(_REGULAR) else "" for mode, name in zip(modes, ids, strict=True))
    return tuple(before), after
