"""The sentences of the judgement, with the names in braces filled in from the item at fault."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from aimsctl.assessment.items import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aimsctl.assessment.facts import Facts
    from aimsctl.assessment.items import Item

_PLACE: Final = re.compile(r"\{([a-z_]+(?:\.[a-z_]+)*)\}")
_DATES: Final = frozenset({"date", "due", "newest", "since", "until", "latest", "changed_on"})
_PEOPLE: Final = frozenset({"person", "by", "owner", "holder"})
_LONGEST: Final = 160
_TWO_STOPS: Final = re.compile(r"(?<!\.)\.\.(?!\.)")  # a value that is a sentence, at the end of one


def fill(sentence: str, facts: Facts, this: str, item: Item | None, words: Mapping[str, object]) -> str:
    """The sentence with every name in braces replaced; an empty value reads never, nobody or none."""

    def replace(match: re.Match[str]) -> str:
        return _shown(facts, match[1], _value(match[1], facts, this, item, words), item)

    filled = " ".join(_PLACE.sub(replace, sentence).split()).replace(" on never", " never")
    filled = _TWO_STOPS.sub(".", filled)
    return filled[:1].upper() + filled[1:]


def _value(name: str, facts: Facts, this: str, item: Item | None, words: Mapping[str, object]) -> object:
    if name in words:
        return words[name]
    if name == "this":
        return this
    if name == "holder":
        return item.holder.get("title") if item is not None and item.holder is not None else None
    if item is None:
        return this if name in ("id", "control") else None
    found = item.get(name)
    if found is None and name == "value" and item.holder is not None:
        return item.holder.get("value")
    return _title(facts, found) if name == "value" else found


def _title(facts: Facts, value: object) -> object:
    """The id with the title behind it, where the value names an artefact."""
    found = facts.find(value)
    return value if found is None else f"{found.get('title')} ({value})"


def _shown(facts: Facts, name: str, value: object, item: Item | None) -> str:
    if value is None or value is UNKNOWN or value in ("", []):
        return _nothing(facts, name, item)
    if isinstance(value, list):
        return joined([str(one) for one in value])
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = " ".join(str(value).split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _nothing(facts: Facts, name: str, item: Item | None) -> str:
    if name == "model_version":
        return ""
    field = facts.field(item.kind, name) if item is not None else None
    if name.rpartition(".")[2] in _DATES or name.startswith(("last_", "next_")) or (field and field.type == "date"):
        return "never"
    return "nobody" if name in _PEOPLE else "none"


def joined(parts: list[str]) -> str:
    """The parts as people list them: `a, b and c`; nothing for none."""
    if len(parts) < 2:  # noqa: PLR2004 - one part needs no "and"
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"
