"""The answer to an incident question as a document: in a sentence, control by control, and beside the receipts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from aimsctl.output.incident_controls import CONTROLS, failed_last, told_as
from aimsctl.output.receipts import outcome, receipt_tables, signer
from aimsctl.output.report import counted, shown_path
from aimsctl.output.tree import Block, Bullets, Cell, Column, Facts, Heading, Item, Note, Paragraph, Table

Record = Mapping[str, Any]
LIMITS: Final = (
    "A receipt shows that its signer says so, by a key that the trust file allows; not that what was done was good.",
    (
        "What was never recorded leaves no receipt. A bundle between two checkpoints (aimsctl evidence export) shows "
        "that none of those that were is left out."
    ),
)


def incident_body(record: Record) -> Iterator[Block]:
    """The whole answer; the receipts themselves stand at its end."""
    yield from incident_answer(record)
    rows = [row for one in record["controls"] for row in one["receipts"]]
    if rows:
        yield Heading(2, "The receipts")
        yield from receipt_tables(rows)


def incident_answer(record: Record) -> Iterator[Block]:
    """The answer alone, for where its receipts are listed already."""
    yield from _head(record)
    for section in _SECTIONS:
        yield from section(record)


def _head(record: Record) -> Iterator[Block]:
    asked = record["question"]
    yield Heading(1, title(record))
    for line in record["unread"]:
        yield Note(f"Could not be read, so it may hold more: {line}", "bad")
    yield Paragraph(_answer(record))
    system = f"{asked['system_title']} ({asked['system']})"
    rows = [("system", system), ("model version", asked["version"] or "unknown")]
    if asked["output"]:
        made = f", made {asked['made']}" if asked["made"] else ""
        rows.append(("output", asked["output"] + made))
    if not asked["live"]:
        rows.append(("note", "a candidate: by the system's artefact this version was never released"))
    rows += [("time", f"{asked['from']} up to {asked['to']}"), ("judged by", record["state"]["told"])]
    yield Facts(tuple((name, Cell(text)) for name, text in rows))


def title(record: Record) -> str:
    """What was asked, as a title."""
    asked = record["question"]
    named = asked["system_title"] or asked["system"]
    if asked["kind"] == "output":
        return f"{named}: output {asked['output']}"
    if asked["kind"] == "version":
        return f"{named}: version {asked['version']}"
    return f"{named}: {asked['from']} to {asked['to']}"


def _answer(record: Record) -> str:
    counts = record["counts"]
    named = _named(record, "did_not_run")
    parts = [f"{counted(counts['due'], 'control')} {_were(counts['due'])} due"]
    parts.append(f"{counts['ran']} ran" + (f", {counts['in_part']} in part" if counts["in_part"] else ""))
    parts.append(f"{counts['did_not_run']} did not run{f': {named}' if named else ''}")
    if counts["unverified"]:
        parts.append(f"{counts['unverified']} unverified: {_named(record, 'unverified')}")
    if counts["held_bad"]:
        bad = ", ".join(f"{one['id']} {one['title']}" for one in told_as(record, "held") if failed_last(one))
        parts.append(f"{counts['held_bad']} had last failed or ended in an error: {bad}")
    if counts["unknown"]:
        parts.append(f"of {counts['unknown']} it cannot be told: {_named(record, 'unknown')}")
    wrong = [f"{counts[word]} {word}" for word in ("late", "failed", "error") if counts[word]]
    ended = ", ".join(wrong) if wrong else "none late, failed or in error"
    return f"{'; '.join(parts)}. {counted(counts['receipts'], 'verified receipt')}, {ended}."


def _were(count: int) -> str:
    return "was" if count == 1 else "were"


def _named(record: Record, status: str) -> str:
    return ", ".join(f"{one['id']} {one['title']}" for one in told_as(record, status))


def _people(record: Record) -> Iterator[Block]:
    if record["question"]["kind"] != "output":
        return
    yield Heading(2, "Human review of this output")
    if not record["reviews"]:
        yield Note("No verified receipt says that a person looked at this output.")
        return
    late = {one["finished"]: one for control in record["controls"] for one in control["late"]}
    heads = (Column("When"), Column("Who"), Column("Control"), Column("Decided"), Column("In time"))
    rows = []
    for row in record["reviews"]:
        much = late.get(row["finished_on"])
        in_time = Cell(f"late by {much['by_hours']:g} hours", "bad") if much else Cell("yes")
        rows.append((Cell(row["finished_on"]), Cell(signer(row)), Cell(row["control_id"]), Cell(outcome(row)), in_time))
    yield Table(heads, tuple(rows))


def _records(record: Record) -> Iterator[Block]:
    if record["linked"]:
        yield Heading(2, "Records of that time")
        yield Bullets(tuple(_linked(one) for one in record["linked"]))
    if record["changed"]:
        yield Heading(2, "Changed in that time")
        yield Bullets(tuple(Item(f"{one['id']} {one['title']}: {one['what']}") for one in record["changed"]))


def _linked(one: Record) -> Item:
    through = f", from {one['from']}" if one["from"] else ""
    return Item(f"{one['id']} {one['title']}{through}", "", f"{shown_path(one['path'])}:{one['line']}")


def _limits(record: Record) -> Iterator[Block]:
    yield Heading(2, "What this does not show")
    limits = list(LIMITS)
    if record["shown_by_records"]:
        named = ", ".join(f"{one['id']} {one['title']}" for one in record["shown_by_records"])
        limits.append(f"Shown by dated records and not by receipts: {named}.")
    if any(one["texts"].get("unsaid") for one in record["controls"]):
        limits.append("Some receipts do not say by which text of their control they ran, or no such text was found.")
    yield Bullets(tuple(Item(text) for text in limits))
    yield Facts((("trust", Cell(record["trust"])),))


_SECTIONS: Final[tuple[Callable[[Record], Iterator[Block]], ...]] = (*CONTROLS, _people, _records, _limits)
