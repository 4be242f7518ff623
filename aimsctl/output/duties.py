"""What is to be done as a document: overdue, soon, later, and the gaps without a date."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from aimsctl.output.colour import Tone
from aimsctl.output.report import shown_path
from aimsctl.output.tree import Block, Bullets, Heading, Item, Paragraph

Record = Mapping[str, Any]


def duties_body(record: Record) -> Iterator[Block]:
    """A list a stretch of time: what, where, who, and which requirements wait for it."""
    of = f" of {record['owner']}" if record["owner"] else ""
    yield Heading(1, f"To do{of}, as of {record['as_of']}")
    counts = record["counts"]
    yield Paragraph(
        f"{counts['overdue']} overdue, {counts['soon']} within {record['warn_before']}, {counts['later']} later,"
        f" {counts['undated']} without a date."
    )
    rows = record["duties"]
    stretches = (
        ("Overdue", [one for one in rows if one["overdue"]]),
        (f"Within {record['warn_before']}", [one for one in rows if one["soon"]]),
        ("Later", [one for one in rows if one["due"] and not one["overdue"] and not one["soon"]]),
        ("Gaps without a date, the heaviest first", [one for one in rows if not one["due"]]),
    )
    for heading, found in stretches:
        if found:
            yield Heading(2, f"{heading} ({len(found)})")
            yield Bullets(tuple(_item(one) for one in found))
    if not rows:
        yield Paragraph("Nothing is due.", "good")


def _item(one: Record) -> Item:
    due = f"{one['due']} " if one["due"] else ""
    who = one["owner_title"] or "nobody is named"
    holder = f" ({one['holder']})" if one["holder"] and one["holder"] != who else ""
    counts = f"; counts for {', '.join(one['requirements'])}" if one["requirements"] else ""
    grade = f" ({one['grade']})" if one["grade"] else ""
    tone: Tone = "bad" if one["overdue"] or one["grade"] in ("major", "unknown") else ""
    said = f"{due}{one['id']} {one['title']}: {one['what']}"
    return Item(said, tone, f"{shown_path(one['path'])}:{one['line']}", (f"{who}{holder}{counts}{grade}",))
