"""What was rendered into a folder, and from which state: `rendered.json` beside the documents.

It tells a rendering from a file that somebody changed by hand, and lets a check render again from the state that the
committed documents name, since the commit that holds them cannot be named in them.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Final

from aimsctl.documents.provenance import Provenance

NAME: Final = "rendered.json"
VERSION: Final = 1
LIMIT: Final = 5_000_000  # bytes
_COMMIT: Final = re.compile(r"([0-9a-f]{40}(?:[0-9a-f]{24})?)?")  # empty where there was none
_MOST: Final = 10_000  # files


@dataclass(frozen=True, slots=True)
class Rendered:
    """One file: the digest of its bytes, and the state it was rendered from."""

    sha256: str
    as_of: str
    commit: str
    day: str
    differs: bool | None
    draft: bool
    together: bool

    @property
    def provenance(self) -> Provenance:
        """The state, as the document names it."""
        return Provenance(self.commit, _day(self.day), self.differs)


@dataclass(frozen=True)
class Manifest:
    """The files of a folder by name."""

    files: Mapping[str, Rendered] = field(default_factory=dict)

    def text(self) -> str:
        """The manifest as it is written."""
        files = {name: asdict(one) for name, one in sorted(self.files.items())}
        return json.dumps({"version": VERSION, "files": files}, indent=1, ensure_ascii=False) + "\n"

    def knows(self, name: str, content: bytes) -> bool:
        """Whether the file of that name holds what was rendered into it."""
        found = self.files.get(name)
        return found is not None and found.sha256 == digest(content)


def digest(content: bytes) -> str:
    """The SHA-256 of a file."""
    return hashlib.sha256(content).hexdigest()


def read(content: bytes | None) -> Manifest:
    """The manifest in that text; an empty one where there is none, or where it is not one of ours."""
    try:
        data = json.loads(content or b"{}")
        files = data.get("files", {}) if isinstance(data, dict) and data.get("version") == VERSION else {}
        return Manifest({str(name): _rendered(row) for name, row in list(files.items())[:_MOST]})
    except (ValueError, TypeError, AttributeError, RecursionError):
        return Manifest()


def _rendered(row: Any) -> Rendered:
    """One entry. Raises TypeError and ValueError where it is none of ours."""
    found = Rendered(**row)
    texts = (found.sha256, found.as_of, found.commit, found.day)
    if not all(isinstance(text, str) for text in texts) or found.differs not in (True, False, None):
        raise TypeError
    if not _COMMIT.fullmatch(found.commit):
        raise ValueError
    return found


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
