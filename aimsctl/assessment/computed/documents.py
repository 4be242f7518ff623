"""Computed values of documents: which requirements their types serve, and which topics their text leaves out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimsctl.assessment.computed.registry import computed, listed, rows
from aimsctl.assessment.filled import has_placeholder
from aimsctl.assessment.headings import heading_words, sections
from aimsctl.workspace.kinds import kind

if TYPE_CHECKING:
    from aimsctl.assessment.items import Item


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
    named = {str(row.get("topic")): heading_words(str(row.get("heading"))) for row in rows(item, "sections")}
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
