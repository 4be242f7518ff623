"""Whether a trust file, as `aimsctl evidence key add` writes it, plainly lets a key attest a receipt.

This spares a process that records one receipt the reading of YAML. It only ever says yes: whatever is not plain, or not
plainly allowed, is for `trust` to decide, and sealing and verifying ask nobody else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fnmatch import translate
from typing import Any, Final

_HEAD: Final = re.compile(r"(?:#[^\n]*\n|policy: [A-Za-z][\w.-]*\n)*keys:\n", re.ASCII)
_WORD: Final = r"(?!(?:null|true|false)\b)[A-Za-z][\w./-]*"
_KEY: Final = re.compile(
    rf"""  - keyid: (?:"([0-9a-f]{{64}})"|([a-f][0-9a-f]{{63}}))
    algorithm: (?:ed25519|ecdsa-p256)
    file: {_WORD}
(?:    name: {_WORD}
)?(?:    allow:
((?:      (?:executorTypes|attestedBy|controls|aiSystems|ledgers): \[{_WORD}(?:, {_WORD})*\]
)+))?    validFromIndex: (?:0|[1-9][0-9]{{0,14}})
    revokedAtIndex: null
""",
    re.ASCII,
)
_LIMIT: Final = re.compile(r" {6}([A-Za-z]+): \[([^]]*)\]\n")
_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "executorTypes": ("executor", "type"),
    "attestedBy": ("attestedBy",),
    "controls": ("control", "id"),
    "aiSystems": ("aiSystem", "id"),
    "ledgers": ("ledger",),
}


def plainly_granted(content: bytes, keyid: str, predicate: Mapping[str, Any]) -> bool:
    """Whether one of the key's grants, none of which is revoked, allows all that the receipt says."""
    text = content.decode("ascii", "replace")
    head = _HEAD.match(text)
    at = head.end() if head else -1
    granted = False
    while 0 <= at < len(text):
        found = _KEY.match(text, at)
        if found is None:
            return False
        at = found.end()
        granted |= (found[1] or found[2]) == keyid and _allows(found[3] or "", predicate)
    return granted


def _allows(limits: str, predicate: Mapping[str, Any]) -> bool:
    found = _LIMIT.findall(limits)
    if len(dict(found)) != len(found):
        return False
    for limit, patterns in found:
        value: Any = predicate
        for name in _FIELDS[limit]:
            value = value.get(name) if isinstance(value, dict) else None
        if not isinstance(value, str) or not any(re.match(translate(one), value) for one in patterns.split(", ")):
            return False
    return True
