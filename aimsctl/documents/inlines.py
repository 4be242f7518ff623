"""The inlines of a Markdown text: what stands within a paragraph, a heading or a cell."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from aimsctl.documents.tree import TONES, Anchor, Break, Code, Inline, Link, Marked, Style, Styled, Text, Tone, plain

if TYPE_CHECKING:
    from markdown_it.token import Token

_WRITTEN: Final = re.compile(rf'<br>|<a id="([a-z0-9-]+)"></a>|([{"".join(TONES)}]) *')
_OUTSIDE: Final = re.compile(r"(?:https?://|mailto:|#)\S+\Z", re.IGNORECASE)
_WITHIN: Final = re.compile(r"[a-z0-9-]+(?:\.[a-z]{2,4})?(?:#[a-z0-9-]+)?\Z")
_UNWRITABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


def safe_target(target: str, *, trusted: bool) -> bool:
    """Whether a link may lead there: to the web, to mail, within the document; by a template, to another document."""
    return bool(_OUTSIDE.match(target) or (trusted and _WITHIN.match(target)))


class Reader:
    """Turns the inline tokens of one text into inlines."""

    def __init__(self, *, trusted: bool) -> None:
        self.trusted = trusted
        self.tokens: Sequence[Token] = ()
        self.position = 0
        self.styles: list[Style] = []

    def read(self, tokens: Sequence[Token]) -> tuple[Inline, ...]:
        """The inlines of these tokens."""
        return self.read_cell(tokens)[1]

    def read_cell(self, tokens: Sequence[Token]) -> tuple[Tone, tuple[Inline, ...]]:
        """The inlines of these tokens, and the tone that a square before all of them gives to their cell."""
        self.tokens, self.position = tokens, 0
        found = self._until("")
        first = found[0] if found else None
        if isinstance(first, Marked) and not first.text:
            return first.tone, found[1:]
        return "", found

    def safe(self, text: str) -> str:
        """The text with what no format can hold made visible."""
        return _UNWRITABLE.sub("\ufffd", text)

    def _until(self, closing: str) -> tuple[Inline, ...]:
        found: list[Inline] = []
        while self.position < len(self.tokens):
            token = self.tokens[self.position]
            self.position += 1
            if token.type == closing:
                break
            self._inline(token, found)
        return tuple(found)

    def _inline(self, token: Token, found: list[Inline]) -> None:
        match token.type:
            case "text":
                self._text(token.content, found)
            case "text_special":
                _append(found, self.safe(token.content))
            case "image":
                _append(found, self.safe(token.content))
            case "softbreak":
                _append(found, " ")
            case "hardbreak":
                found.append(Break())
            case "code_inline":
                found.append(Code(self.safe(token.content)))
            case "strong_open":
                self._strong(found)
            case "em_open":
                found.extend(self._styled("emphasis", "em_close"))
            case "link_open":
                self._link(str(token.attrs.get("href", "")), found)
            case _:
                raise ValueError(token.type)

    def _text(self, text: str, found: list[Inline]) -> None:
        if not self.trusted:
            _append(found, self.safe(text))
            return
        position = 0
        for written in _WRITTEN.finditer(text):
            _append(found, self.safe(text[position : written.start()]))
            found.append(_written(written))
            position = written.end()
        _append(found, self.safe(text[position:]))

    def _strong(self, found: list[Inline]) -> None:
        """Strong words; right after a coloured square they carry its tone."""
        inlines = self._styled("strong", "strong_close")
        before = found[-1] if found else None
        if isinstance(before, Marked) and not before.text:
            found[-1] = Marked(before.tone, plain(inlines))
        else:
            found.extend(inlines)

    def _styled(self, style: Style, closing: str) -> tuple[Inline, ...]:
        """What stands up to the closing token, in that style once: twice the same says no more."""
        if style in self.styles:
            return self._until(closing)
        self.styles.append(style)
        inlines = self._until(closing)
        self.styles.remove(style)
        return (Styled(style, inlines),) if inlines else ()

    def _link(self, target: str, found: list[Inline]) -> None:
        inlines = self._until("link_close")
        if safe_target(target, trusted=self.trusted):
            found.append(Link(target, inlines))
        else:
            found.extend(inlines)


def _written(found: re.Match[str]) -> Inline:
    """What a template wrote that is no Markdown; a square has no word yet."""
    if found[2]:
        return Marked(TONES[found[2]], "")
    return Anchor(found[1]) if found[1] else Break()


def _append(found: list[Inline], text: str) -> None:
    """Adds text, joined to the text before it."""
    if not text:
        return
    last = found[-1] if found else None
    if isinstance(last, Text):
        found[-1] = Text(last.text + text)
    else:
        found.append(Text(text))
