"""What is shown of another framework as a document: counts, what applies to which AI system, then item by item."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from aimsctl.output.colour import Tone
from aimsctl.output.tree import Block, Bullets, Cell, Column, Heading, Item, Note, Paragraph, Table

Record = Mapping[str, Any]
SHOWS: Final = {
    "shown": "Shown",
    "in_part": "Shown in part",
    "not_yet": "Counterpart, nothing shown yet",
    "related_only": "Same theme only",
    "no_counterpart": "No counterpart",
}
_MEANS: Final = {
    "shown": "a requirement that asks for as much is met in all its states here",
    "in_part": "a requirement that overlaps is met here, in whole or in part",
    "not_yet": "a requirement overlaps, and nothing is shown for it",
    "related_only": "evidence helps, and shows no fulfilment",
    "no_counterpart": "outside what ISO/IEC 42001 asks",
}
_TONES: Final[dict[str, Tone]] = {"shown": "good", "in_part": "warn", "not_yet": "bad"}
_MOST: Final = 6
DISCLAIMER: Final = "A mapping proves no conformity with the other framework."


def crossing_body(record: Record) -> Iterator[Block]:
    """The document on one framework."""
    framework = record["framework"]
    yield Heading(1, f"{framework['name']}: what the AI management system shows of it")
    yield Paragraph(f"{framework['edition']}, beside {record['standard']}, as of {record['as_of']}. {DISCLAIMER}")
    yield Paragraph(framework["note"])
    yield _counts(record["counts"])
    if record["application"] is not None:
        yield from _application(record["application"], {one["id"]: one for one in record["items"]})
    for shows, heading in SHOWS.items():
        found = [item for item in record["items"] if item["shows"] == shows]
        if found:
            yield Heading(2, f"{heading} ({len(found)})")
            yield Bullets(tuple(Item(f"{one['id']} {one['title']}", "", "", _pairs(one["pairs"])) for one in found))
    yield Heading(2, "How to read this")
    yield Bullets(tuple(Item(note) for note in record["notes"]))
    yield Bullets(tuple(Item(f"Source “{one['name']}”: {one['what']}") for one in record["sources"]))


def overview_body(record: Record) -> Iterator[Block]:
    """All frameworks side by side."""
    yield Heading(1, "Other frameworks beside the AI management system")
    yield Paragraph(f"{record['standard']}, as of {record['as_of']}. {DISCLAIMER}")
    heads = (Column("Framework"), *(Column(words, "right") for words in SHOWS.values()), Column("Held"))
    rows = tuple(
        (
            Cell(f"{one['name']} ({one['id']})"),
            *(Cell(str(one["counts"][name])) for name in SHOWS),
            Cell("yes" if one["held"] else "no"),
        )
        for one in record["frameworks"]
    )
    yield Table(heads, rows)
    yield Paragraph("`aimsctl crosswalk ID` shows one of them item by item; --reuse what held evidence can serve.")


def _counts(counts: Record) -> Table:
    rows = tuple(
        (Cell(SHOWS[name], _TONES.get(name, "")), Cell(str(counts[name])), Cell(means))
        for name, means in _MEANS.items()
    )
    return Table((Column("Items"), Column("Count", "right"), Column("Which means")), rows)


def _pairs(pairs: Sequence[Record]) -> tuple[str, ...]:
    return tuple(_pair(pair) for pair in pairs)


def _pair(pair: Record) -> str:
    said = f"{pair['requirement']} {pair['title']} ({pair['relation']}): {states(pair)}."
    return f"{said} {pair['rationale']} Source: {pair['source']}.{_evidence(pair['evidence'])}"


def states(row: Record) -> str:
    """The three states and the grade of a requirement in words."""
    if not row["applicable"]:
        return "excluded by the statement of applicability"
    words = (f"{name} {row[name].replace('_', ' ')}" for name in ("documented", "implemented", "operating"))
    return f"{', '.join(words)}; {row['grade'].replace('_', ' ')}"


def _evidence(found: Sequence[Record]) -> str:
    if not found:
        return " Evidence: none."
    more = f" and {len(found) - _MOST} more" if len(found) > _MOST else ""
    return f" Evidence: {', '.join(one['id'] for one in found[:_MOST])}{more}."


def _application(act: Record, items: Mapping[str, Record]) -> Iterator[Block]:
    yield Heading(2, "What is addressed to which system, and from when on")
    heads = (Column("From"), Column("What"), Column("Begun"), Column("Source"))
    days = tuple(
        (Cell(one["day"]), Cell(one["what"]), Cell("yes" if one["begun"] else "no"), Cell(one["source"]))
        for one in act["dates"]
    )
    yield Table(heads, days, act["law"])
    for system in act["systems"]:
        yield from _system(system, items)
    yield Bullets(tuple(Item(note) for note in act["notes"]))


def _system(system: Record, items: Mapping[str, Record]) -> Iterator[Block]:
    yield Heading(3, f"{system['id']} {system['title']}")
    nearest = ", ".join(system["roles_in_the_act"]) or "none"
    roles = f"{', '.join(system['roles']) or 'none'} (in the Act nearest to {nearest})"
    where = ", ".join(system["jurisdictions"]) or "not said"
    named = system["legal_class"].replace("_", " ") or "not said"
    yield Paragraph(f"Role: {roles}. Class by its record: {named}. Offered or used in: {where}.")
    if system["legal_class_reason"]:
        yield Paragraph(f"Reason on record: {system['legal_class_reason']}")
    if system["legal_class"] in ("", "not_determined"):
        yield Note("Its class is not determined, so every article that its role can meet is listed.", "bad")
    if system["high_risk"] and system["legal_class"] != "high_risk":
        yield Note("The organisation treats it as high risk, although its legal class is another.")
    heads = (Column("Article"), Column("Addressed to it"), Column("From"), Column("The AIMS shows"))
    rows = tuple(_article(one, items[one["item"]]) for one in system["articles"])
    yield Table(heads, rows)


def _article(one: Record, item: Record) -> tuple[Cell, ...]:
    depends = f": {one['depends']}" if one["depends"] and one["addressed"] == "perhaps" else ""
    begun = " (begun)" if one["begun"] else ""
    return (
        Cell(f"{one['item']} {item['title']}"),
        Cell(f"{one['addressed']}{depends}"),
        Cell(f"{' or '.join(one['from'])}{begun}"),
        Cell(SHOWS[item["shows"]].lower(), _TONES.get(item["shows"], "")),
    )
