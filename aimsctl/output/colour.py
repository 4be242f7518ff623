"""Colours for terminals. A tone never carries meaning alone: the word it colours says the same."""

from __future__ import annotations

from typing import Final, Literal

from aimsctl.diagnostics import Severity

Tone = Literal["", "good", "warn", "bad", "note", "muted", "strong"]

_PARAMETERS: Final[dict[Tone, str]] = {
    "good": "32",
    "warn": "33",
    "bad": "1;31",
    "note": "36",
    "muted": "2",
    "strong": "1",
}
SEVERITY_TONES: Final[dict[Severity, Tone]] = {
    Severity.ERROR: "bad",
    Severity.WARNING: "warn",
    Severity.NOTE: "note",
}


def painted(text: str, tone: Tone, *, colour: bool) -> str:
    """The text between the control sequences of its tone (ECMA-48, SGR); as it is without colour or tone."""
    if not (colour and tone and text):
        return text
    return f"\x1b[{_PARAMETERS[tone]}m{text}\x1b[0m"
