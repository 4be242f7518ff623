"""What held evidence can serve as a document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from aimsctl.output.colour import Tone
from aimsctl.output.crossing import DISCLAIMER, states
from aimsctl.output.tree import Block, Bullets, Heading, Item, Note, Paragraph

Record = Mapping[str, Any]
_CAN: Final = {"whole": "Can serve as a whole", "part": "Can serve in part", "helps": "Helps to begin"}
_HOLDS: Final[dict[str, tuple[str, Tone]]] = {
    "shown": ("met already", "good"),
    "in_part": ("met in part", "warn"),
    "not_shown": ("not met", "bad"),
    "unknown": ("cannot be judged", "bad"),
}


def reused_body(record: Record) -> Iterator[Block]:
    """Each framework: which requirements its evidence can serve, and what it never asks."""
    yield Heading(1, "Evidence that can be used again")
    named = f", by {record['case']}" if record["case"] else ""
    yield Paragraph(f"For {record['standard']}, as of {record['as_of']}{named}. {DISCLAIMER}")
    for framework in record["frameworks"]:
        yield from _framework(framework)
    yield Heading(2, "How to read this")
    yield Bullets(tuple(Item(note) for note in record["notes"]))


def _framework(framework: Record) -> Iterator[Block]:
    yield Heading(2, f"{framework['name']}, {framework['edition']}")
    if not framework["held"]:
        yield Note("The certification case does not say that it is held; this is what its evidence could serve.")
    yield from (Paragraph(f"{one['name']}: {one['says']}") for one in framework["held"])
    for can, heading in _CAN.items():
        found = [row for row in framework["serves"] if row["can"] == can]
        if found:
            yield Heading(3, f"{heading} ({len(found)})")
            yield Bullets(tuple(_served(row) for row in found))
    yield Heading(3, f"What it does not ask and ISO/IEC 42001 does ({len(framework['not_asked'])})")
    yield Bullets(
        tuple(
            Item(
                f"{one['requirement']} {one['title']}: {one['reason']} Here: {_HOLDS[one['holds']][0]}.",
                _HOLDS[one["holds"]][1],
            )
            for one in framework["not_asked"]
        )
    )


def _served(row: Record) -> Item:
    held, tone = _HOLDS[row["holds"]]
    details = [f"{states({**row, 'applicable': True})}."]
    details += [
        f"What was filed for {one['item']} {one['title']} ({one['relation']}): {one['rationale']} {one['says']}"
        f" Source: {one['source']}."
        for one in row["from"]
    ]
    details.append(f"Look there for: {'; '.join(one.rstrip('.') for one in row['look_for'])}.")
    return Item(f"{row['requirement']} {row['title']}: {held}", tone, "", tuple(details))
