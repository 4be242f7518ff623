"""Floor 1: bytes to text: UTF-8 only, no control characters, and a warning for what the eye cannot see."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from aimsctl.source import rules
from aimsctl.source.problems import Problem

UNUSUAL_BREAKS: Final = dict.fromkeys((0x85, 0x2028, 0x2029), " ")

# Everything that YAML 1.2 (5.1, c-printable) leaves out, and DEL and C1, which it only allows inside quotes.
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_UNUSUAL_BREAK: Final = re.compile("[\x85\u2028\u2029]")
# Zero width, direction, soft hyphen, fillers, tags and variation selectors; a joiner between letters of scripts and
# emoji that need it is left alone.
_INVISIBLE: Final = re.compile(
    "[\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    "\ufff9-\ufffb\U000e0000-\U000e0fff]|(?<![^\x00-\u024f])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\u024f])"
)
# Cyrillic and Greek letters that look like Latin ones, beside a Latin letter.
_TWINS: Final = (
    "\u0391\u0392\u0395-\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03bf\u0405\u0406"
    "\u0408\u0410\u0412\u0415\u041a\u041c-\u041e\u0420-\u0422\u0425\u0430\u0435\u043e\u0440\u0441\u0443"
    "\u0445\u0455\u0456\u0458\u04bb\u0501\u051b\u051d"
)
_LOOKALIKE: Final = re.compile(f"(?<=[A-Za-z])[{_TWINS}]|[{_TWINS}](?=[A-Za-z])")
_SUSPECT: Final = re.compile(
    f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e"
    f"\u2060-\u206f\u3164\ud800-\udfff\ufeff\uffa0\ufff9-\uffff\U000e0000-\U000e0fff{_TWINS}]"
)
_SURROGATES: Final = range(0xD800, 0xE000)
_LOOK: Final = 64  # bytes that show the encoding
_ESCAPES: Final = {0: "NUL", 0x1B: "ESC", 0x7F: "DEL", 0x85: "NEL", 0x2028: "LS", 0x2029: "PS"}


def name(character: str) -> str:
    """A character by its number and name, such as `U+202E RIGHT-TO-LEFT OVERRIDE`."""
    known = _ESCAPES.get(ord(character)) or unicodedata.name(character, "")
    return f"U+{ord(character):04X} {known}".rstrip()


def unwritable(text: str) -> str:
    """The first character of a text that no artefact may hold, by number and name; empty if there is none."""
    found = _CONTROL.search(text) or _UNUSUAL_BREAK.search(text)
    return name(found[0]) if found else ""


def decode(content: bytes) -> tuple[str, Problem | None]:
    """The text of UTF-8 bytes without a byte order mark; or the readable beginning, and why there is no more."""
    if content.count(0, 0, _LOOK) and (name := _wide(content[:_LOOK])):
        return "", Problem(rules.NOT_UTF8, 0, 0, f"The file is {name}, not UTF-8.", "Save it as UTF-8.")
    try:
        return content.decode().removeprefix("\ufeff"), None
    except UnicodeDecodeError as error:
        text = content[: error.start].decode().removeprefix("\ufeff")
        return text, _not_utf8(content, error.start, len(text))


def _wide(start: bytes) -> str:
    """The name of the encoding if the bytes look like UTF-32 or UTF-16, with or without a byte order mark."""
    if start[:4] in {b"\xff\xfe\0\0", b"\0\0\xfe\xff"}:
        return "UTF-32"
    zeros = start.count(0) / len(start)
    if start[:2] in {b"\xff\xfe", b"\xfe\xff"} or 0.4 < zeros < 0.6:  # noqa: PLR2004 - every second byte is zero
        return "UTF-16"
    return "UTF-32" if zeros > 0.7 else ""  # noqa: PLR2004 - three bytes of four are


def _not_utf8(content: bytes, offset: int, index: int) -> Problem:
    if content[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return Problem(rules.NOT_UTF8, 0, 0, "The file is UTF-16, not UTF-8.", "Save it as UTF-8.")
    if content[offset] == 0xED and content[offset + 1 : offset + 2] >= b"\xa0":  # noqa: PLR2004 - RFC 3629, section 3
        said = f"The bytes from offset {offset} are half of a character, a lone surrogate."
        return Problem(rules.LONE_SURROGATE, index, index, said, "Delete them and type the character again.")
    said = f"Byte 0x{content[offset]:02X} at offset {offset} is not UTF-8; the file may be Latin-1 or Windows-1252."
    hint = "Save the file as UTF-8 and check its accents, dashes and quotation marks."
    return Problem(rules.NOT_UTF8, index, index, said, hint)


def inspect(text: str) -> Iterator[Problem]:
    """What is wrong with the characters of a text as it stands in the file; the first of each kind."""
    # Nearly every text has nothing but letters and line ends, and CPython sees that faster than any pattern.
    if text.isascii():
        usual = text.replace("\n", "").replace("\r", "").replace("\t", "").isprintable()
    else:
        usual = _SUSPECT.search(text) is None
    if not usual:
        yield from controls(text)
        yield from invisibles(text)


def controls(text: str, start: int = 0) -> Iterator[Problem]:
    """The first control character or lone surrogate in the text."""
    if (found := _CONTROL.search(text)) is None:
        return
    at, character = start + found.start(), found.group()
    more = len(_CONTROL.findall(text)) - 1
    others = f" and {more} more" if more else ""
    surrogate = ord(character) in _SURROGATES
    rule = rules.LONE_SURROGATE if surrogate else rules.CONTROL_CHARACTER
    what = "a lone surrogate" if surrogate else "a control character"
    yield Problem(
        rule, at, at + 1, f"Here stands {what}, {name(character)}{others}.", "Delete it and type the text again."
    )


def invisibles(text: str, start: int = 0) -> Iterator[Problem]:
    """Warnings for characters that cannot be seen or look like others, the first of each kind."""
    for rule, pattern, what, hint in (
        (rules.LINE_BREAK, _UNUSUAL_BREAK, "An unusual line break", "Replace it by a space or a normal line break."),
        (rules.INVISIBLE, _INVISIBLE, "An invisible character", "Delete it."),
        (rules.LOOKALIKE, _LOOKALIKE, "A letter that only looks Latin", "Type the word again."),
    ):
        places = [found.start() for found in pattern.finditer(text)]
        if places:
            at = start + places[0]
            more = f" and {len(places) - 1} more" if len(places) > 1 else ""
            stands = f"{what}, {name(text[places[0]])}, stands here{more}."
            yield Problem(rule, at, at + 1, stands, hint)
