"""What is to be done as a document: overdue, soon, later, and the gaps without a date."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from aimsctl.output.colour import Tone
from aimsctl.output.report import counted, shown_path
from aimsctl.output.tree import Block, Cell, Column, Heading, Paragraph, Table

Record = Mapping[str, Any]
_GRADE_TONES: Final[dict[str, Tone]] = {"major": "bad", "unknown": "bad", "minor": "warn"}


def duties_body(record: Record) -> Iterator[Block]:
    """A table a stretch of time, each with what, who and where."""
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
            yield _table(found)
    if not rows:
        yield Paragraph("Nothing is due.", "good")
    else:
        yield Paragraph(f"{counted(len(rows), 'duty').replace('dutys', 'duties')} in all.")


def _table(found: Sequence[Record]) -> Table:
    dated = any(one["due"] for one in found)
    heads = (*(("Due",) if dated else ()), "What", "Who", "Counts for", "Where")
    return Table(tuple(Column(head) for head in heads), tuple(_row(one, dated=dated) for one in found))


def _row(one: Record, *, dated: bool) -> tuple[Cell, ...]:
    due = (Cell(one["due"] or "", "bad" if one["overdue"] else ""),) if dated else ()
    named = "" if one["source"] == "gap" else f"{one['id']} {one['title']}: "
    who = one["owner_title"] or "nobody"
    holder = f" ({one['holder']})" if one["holder"] and one["holder"] != who else ""
    counts = ", ".join(one["requirements"]) + (f" ({one['grade']})" if one["grade"] else "")
    return (
        *due,
        Cell(f"{named}{one['what']}"),
        Cell(f"{who}{holder}", "" if one["owner_title"] else "bad"),
        Cell(counts, _GRADE_TONES.get(one["grade"], "")),
        Cell(f"{shown_path(one['path'])}:{one['line']}", "muted"),
    )
