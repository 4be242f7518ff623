"""Floor 1: the data files of the standard, as tools/compile_standard.py compiled them from the YAML beside this."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_COMPILED = Path(__file__).parent / "compiled"


def load(name: str) -> dict[str, Any]:
    """The content of one data file as plain lists and dicts."""
    content: dict[str, Any] = json.loads((_COMPILED / f"{name}.json").read_bytes())
    return content
