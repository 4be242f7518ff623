"""Floor 2: what an approval covers, as a digest. If it changes, the approval is to be looked at again.

The digest is taken of the meaning, not of the bytes: order of fields, comments, quotes, line ends and the form of
accents do not matter, nor whether the artefact has a file of its own or stands in a register.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any, Final, Protocol

from aimsctl.workspace.artefacts import Artefact
from aimsctl.workspace.kinds import kind

WHOLE: Final = "approval"


class Texts(Protocol):
    """Where the Markdown text of a policy or document is read."""

    def text_of(self, artefact: Artefact) -> bytes | None:
        """The bytes of the file that the artefact names; None if it names none or it cannot be read."""


def fingerprint(artefact: Artefact, texts: Texts, part: str = WHOLE) -> str:
    """`sha256:` and the digest of what the approval in the field `part` covers.

    `approval` covers the artefact, save what its kind leaves out, and its Markdown text; `plan_approved` and its like
    cover the fields that the kind names for them.
    """
    whole = {
        "part": part,
        "kind": artefact.kind,
        "id": artefact.id,
        "fields": covered(artefact, part),
        "text": _text(texts.text_of(artefact)) if part == WHOLE else None,
    }
    import hashlib  # noqa: PLC0415 - only where an approval keeps a fingerprint

    return f"sha256:{hashlib.sha256(canonical(whole)).hexdigest()}"


def canonical(value: Any) -> bytes:
    """JSON of the value with sorted keys, no spaces, NFC text, LF line ends and whole numbers as integers."""
    return json.dumps(_normal(value), ensure_ascii=True, sort_keys=True, separators=(",", ":")).encode("ascii")


def covered(artefact: Artefact, part: str = WHOLE) -> dict[str, Any]:
    """The fields that the approval in the field `part` covers."""
    known = kind(artefact.kind)
    if known is None:
        return dict(artefact.data)
    if part == WHOLE:
        return dict(_without(artefact.data, [tuple(path.split(".")) for path in known.leaves_out]))
    return dict(_only(artefact.data, [tuple(path.split(".")) for path in known.approves_only[part]]))


def _without(value: Any, paths: Iterable[tuple[str, ...]]) -> Any:
    paths = list(paths)
    if isinstance(value, list):
        return [_without(item, paths) for item in value]
    if not isinstance(value, Mapping):
        return value
    gone = {path[0] for path in paths if len(path) == 1}
    return {
        name: _without(inner, [path[1:] for path in paths if path[0] == name and len(path) > 1])
        for name, inner in value.items()
        if name not in gone
    }


def _only(value: Any, paths: Iterable[tuple[str, ...]]) -> Any:
    paths = list(paths)
    if isinstance(value, list):
        return [_only(item, paths) for item in value]
    if not isinstance(value, Mapping) or () in paths:
        return value
    names = {path[0] for path in paths}
    return {
        name: _only(inner, [path[1:] for path in paths if path[0] == name])
        for name, inner in value.items()
        if name in names
    }


def _text(content: bytes | None) -> str | None:
    return None if content is None else content.decode("utf-8-sig", "surrogateescape")


def _normal(value: Any) -> Any:
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value).replace("\r\n", "\n").replace("\r", "\n")
    if isinstance(value, Mapping):
        return {_normal(name): _normal(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_normal(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
