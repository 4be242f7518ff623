"""The one boundary between text of others and what people and machines read: nothing invisible, nothing that acts.

Values, file names and messages of libraries come from a repository that anybody may have written. Every writer of
this room passes them through here before they reach a terminal, a log or a document.
"""

from __future__ import annotations

import re
from typing import Final

# C0 but for tab and line feed, DEL, C1; soft hyphen, grapheme joiner, fillers, zero-width and bidirectional controls,
# line and paragraph separators, annotation and tag characters (Unicode 16, categories Cc, Cf, Zl, Zp and what is
# default-ignorable, without the variation selectors, which emoji need); surrogates and noncharacters.
_UNSAFE: Final = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff"
    "\U000e01f0-\U000e0fff\ud800-\udfff\ufdd0-\ufdef"
) + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000))
UNSAFE: Final = re.compile(f"[{_UNSAFE}]")

# Runners of GitHub Actions and Azure Pipelines obey `##[command]` and `##vso[command]` anywhere in a line, not only at
# its start (actions/runner, ActionCommand.TryParse). Their search may look through variation selectors.
_SELECTORS: Final = "[\ufe00-\ufe0f\U000e0100-\U000e01ef]*"
COMMAND: Final = re.compile(f"(#{_SELECTORS}#{_SELECTORS}[A-Za-z]*{_SELECTORS})\\[")

_FIRST_UNDECODED, _LAST_UNDECODED = 0xDC80, 0xDCFF  # bytes of file names that are not UTF-8 (PEP 383)


def escape(character: str) -> str:
    """The visible form of one character, as Python would write it; an undecoded byte of a file name as that byte."""
    if character == "\r":
        return "\\r"
    code = ord(character)
    if _FIRST_UNDECODED <= code <= _LAST_UNDECODED:
        code -= 0xDC00
    if code <= 0xFF:  # noqa: PLR2004 -- the last code that two hexadecimal digits write
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 -- the same for four


def clean(text: str) -> str:
    """The text with everything invisible or active made visible; line feeds and tabs stay."""
    if text.isascii() and text.isprintable() and "##" not in text:
        return text
    return COMMAND.sub(r"\1\\[", UNSAFE.sub(lambda found: escape(found.group()), text))


def one_line(text: str) -> str:
    """The text on one line: like `clean`, and line feeds and tabs are made visible too."""
    return clean(text).replace("\n", "\\n").replace("\t", "\\t")
