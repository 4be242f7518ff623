"""Evidence that other tools wrote: each format is one module with a function `read`, and one line here."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any, Final

from aimsctl.evidence.collect.reading import Reading

FORMATS: Final[Mapping[str, str]] = {
    "junit": "aimsctl.evidence.collect.junit",
    "sarif": "aimsctl.evidence.collect.sarif",
    "dsse": "aimsctl.evidence.collect.dsse",
    "table": "aimsctl.evidence.collect.table",
}
UNMAPPED: Final = frozenset({"dsse"})
"""Formats whose statements say themselves what they are about."""

SIZE_LIMIT: Final = 64_000_000  # bytes


def read_format(name: str, content: bytes, options: Mapping[str, Any]) -> Reading:
    """What the file holds by the format of that name. Raises MalformedError if it is not of that format."""
    reading: Reading = importlib.import_module(FORMATS[name]).read(content, options)
    return reading
