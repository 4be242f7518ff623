"""Computed values of documents: which requirements their types serve, and which topics their text leaves out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from aimsctl.assessment.computed.registry import computed, listed, rows
from aimsctl.assessment.filled import has_placeholder
from aimsctl.workspace.kinds import kind

if TYPE_CHECKING:
    from aimsctl.assessment.items import Item

_HEADING: Final = re.compile(r"(#{1,6})[ \t]+(\S.*?)[ \t]*#*[ \t]*")
_FENCE: Final = ("```", "~~~")


@computed("type_serves", "document")
def type_serves(item: Item) -> object:
    """The requirements that its types serve, each once."""
    return _of_types(item, "serves")


@computed("missing_sections", "document")
def missing_sections(item: Item) -> object:
    """Topics of its types without a section, or with one that is placeholder or too short, in words."""
    wanted = _of_types(item, "topics")
    if not wanted:
        return []
    text = sections(_text(item))
    named = {str(row.get("topic")): _words(str(row.get("heading"))) for row in rows(item, "sections")}
    return [topic.replace("_", " ") for topic in wanted if not _covered(item, topic, named, text)]


def _of_types(item: Item, part: str) -> list[str]:
    """What the schema lists for the document's types, each once."""
    known = kind("document")
    topics = known.topics if known is not None else {}
    found = (topics.get(str(name), {}).get(part, ()) for name in listed(item.data.get("types")))
    return list(dict.fromkeys(one for part_of_type in found for one in part_of_type))


def _text(item: Item) -> str:
    path = item.get("file")
    if not isinstance(path, str) or item.artefact is None:
        return ""
    content = item.facts.workspace.text_of(item.artefact)
    return "" if content is None else content.decode("utf-8", "replace")


def _covered(item: Item, topic: str, named: dict[str, str], text: dict[str, str]) -> bool:
    body = text.get(named.get(topic, topic.replace("_", " ")))
    if body is None or has_placeholder(body):
        return False
    return len(body.split()) >= item.facts.number("section_min_words")


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
            open_sections.append((level, _words(match.group(2)), words))
            closed.setdefault(_words(match.group(2)), words)
            continue
        for _, _, body in open_sections:
            body.append(line)
    return {heading: "\n".join(body) for heading, body in closed.items()}


def _words(heading: str) -> str:
    return " ".join(re.sub(r"^[\d.]+\s+", "", re.sub(r"[^\w\s.]", " ", heading.lower())).strip(" .").split())
