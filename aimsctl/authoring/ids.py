"""Ids that do not collide, not even between branches that know nothing of each other."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Container

from aimsctl.workspace.kinds import Kind


def new_id(kind: Kind, title: str, taken: Container[str]) -> str:
    """An id for a new artefact: the kind's prefix and five letters and digits drawn from the title.

    Counting up would give two branches the same number. The same title gives the same id, which is then one artefact;
    where that id is taken, the next draw is used.
    """
    attempt = 0
    while True:
        digest = hashlib.sha256(f"{kind.name}\0{title}\0{attempt}".encode()).digest()
        found = f"{kind.prefix}-{base64.b32encode(digest).decode('ascii')[:5]}"
        if found not in taken:
            return found
        attempt += 1
