"""The sections of a Markdown text, found by their headings in linear time."""

from __future__ import annotations

import re
from typing import Final

_HEADING: Final = re.compile(r"(#{1,6})[ \t]+(\S.*)")  # closing marks go with the other punctuation
_FENCE: Final = ("```", "~~~")


def sections(markdown: str) -> dict[str, str]:
    """The text below each heading by the heading's words in lower case; a section holds its sub-sections."""
    open_sections: list[tuple[int, str, list[str]]] = []
    closed: dict[str, list[str]] = {}
    fence = ""
    for line in markdown.splitlines():
        if line.lstrip()[:3] in _FENCE and (not fence or line.lstrip().startswith(fence)):
            fence = "" if fence else line.lstrip()[:3]
        match = None if fence else _HEADING.fullmatch(line)
        if match is not None:
            level = len(match.group(1))
            open_sections = [section for section in open_sections if section[0] < level]
            words: list[str] = []
            open_sections.append((level, heading_words(match.group(2)), words))
            closed.setdefault(heading_words(match.group(2)), words)
            continue
        for _, _, body in open_sections:
            body.append(line)
    return {heading: "\n".join(body) for heading, body in closed.items()}


def heading_words(heading: str) -> str:
    """The words of a heading in lower case, without numbering and punctuation, as headings are compared."""
    return " ".join(re.sub(r"^[\d.]+\s+", "", re.sub(r"[^\w\s.]", " ", heading.lower())).strip(" .").split())
