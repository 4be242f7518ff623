"""An artefact with everything around it as a document: one section a key of its record."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from aimsctl.output.gap import GRADE_TONES, STATE_TONES
from aimsctl.output.overview import newest
from aimsctl.output.report import shown_path
from aimsctl.output.revisions import CLAIMS
from aimsctl.output.tree import Block, Bullets, Cell, Column, Facts, Heading, Item, Note, Paragraph, Table

Record = Mapping[str, Any]
_STATES: Final = ("documented", "implemented", "operating")


def dossier_body(record: Record) -> Iterator[Block]:
    """The head, then each section that has something to say."""
    yield Heading(1, f"{record['id']} {record['title']}")
    yield from _head(record)
    for section in SECTIONS:
        yield from section(record)


def _head(record: Record) -> Iterator[Block]:
    if not record["valid"]:
        yield Note("It has errors, so it is not judged: run `aimsctl validate` for what they are.", "bad")
    for other in record["also_at"]:
        yield Note(f"Another artefact has the same id: {shown_path(other['path'])}:{other['line']}.", "bad")
    owner = f"{record['owner_title']} ({record['owner']})" if record["owner"] else "none"
    rows = [
        ("kind", Cell(record["kind_title"])),
        ("status", Cell(record["status"].replace("_", " "))),
        ("owner", Cell(owner)),
        ("file", Cell(f"{shown_path(record['path'])}:{record['line']}")),
    ]
    if record["text"]:
        rows.append(("text", Cell(shown_path(record["text"]))))
    yield Facts(tuple(rows))


def _fields(record: Record) -> Iterator[Block]:
    if record["fields"]:
        yield Heading(2, "Fields")
        yield Facts(tuple((one["field"], Cell(one["value"])) for one in record["fields"]))


def _computed(record: Record) -> Iterator[Block]:
    if record["computed"]:
        yield Heading(2, f"Worked out as of {record['as_of']}")
        yield Facts(tuple((one["name"].replace("_", " "), Cell(one["value"])) for one in record["computed"]))


def _links(record: Record) -> Iterator[Block]:
    yield Heading(2, "Links")
    out = tuple(
        (
            Cell(one["field"]),
            Cell(one["id"], "strong"),
            Cell(one["title"]) if one["found"] else Cell("not there", "bad"),
        )
        for one in record["links"]
    )
    yield Table((Column("Field"), Column("Id"), Column("Title")), out, "It links to")
    back = tuple(
        (
            Cell(one["id"], "strong"),
            Cell(one["title"]),
            Cell((one["seen_as"] or one["field"]).replace("_", " ")),
            Cell(f"{shown_path(one['path'])}:{one['line']}", "muted"),
        )
        for one in record["linked_from"]
    )
    heads = (Column("Id"), Column("Title"), Column("As"), Column("Where"))
    yield Table(heads, back, "Linked from")


def _requirements(record: Record) -> Iterator[Block]:
    if not record["requirements"]:
        return
    yield Heading(2, f"Requirements it serves, as of {record['as_of']}")
    rows = tuple(
        (
            Cell(f"{one['id']} {one['title']}"),
            *(Cell(one[state].replace("_", " "), STATE_TONES[one[state]]) for state in _STATES),
            Cell(one["grade"].replace("_", " ") + (", waived" if one["waived"] else ""), GRADE_TONES[one["grade"]]),
            Cell(one["by"]),
        )
        for one in record["requirements"]
    )
    heads = ("Requirement", "Documented", "Implemented", "Operating", "Grade", "Through")
    yield Table(tuple(Column(head) for head in heads), rows)
    yield Paragraph("A requirement has its states from everything that serves it, not from this artefact alone.")


def _history(record: Record) -> Iterator[Block]:
    if not record["history"]:
        return
    yield Heading(2, "Revisions")
    yield Paragraph(f"{CLAIMS} `aimsctl history {record['id']}` shows all of them.")
    yield Bullets(tuple(_revision(one) for one in record["history"]))


def _revision(one: Record) -> Item:
    version = f", version {one['version']}" if one["version"] else ""
    approved = f", approved by {one['approved_by']} on {one['approved_on']}" if one["approved_by"] else ""
    return Item(f"{one['date']} {one['author']}: {one['what']}{version}{approved}", "", "", tuple(one["details"][:3]))


def _evidence(record: Record) -> Iterator[Block]:
    if not record["evidence"]:
        return
    yield Heading(2, "Evidence it owes")
    rows = tuple(
        (
            Cell(one["evidence"], "strong"),
            Cell(f"{one['system']} {one['version']}".strip()),
            Cell(one["state"], "good" if one["state"] == "fresh" else "bad"),
            Cell(newest(one)),
            Cell(one["note"]),
        )
        for one in record["evidence"]
    )
    yield Table(tuple(Column(one) for one in ("Evidence", "System", "State", "Newest", "Note")), rows)


def _receipts(record: Record) -> Iterator[Block]:
    if not record["receipts"]:
        return
    yield Heading(2, "Receipts")
    rows = tuple(
        (
            Cell(one["system"], "strong"),
            Cell(one["version"] or "any"),
            Cell(str(one["runs"])),
            Cell(str(one["not_passed"]), "bad" if one["not_passed"] else ""),
            Cell(str(one["unverified"]), "bad" if one["unverified"] else ""),
            Cell(f"{one['last']}, {one['last_result']}"),
        )
        for one in record["receipts"]
    )
    heads = (
        Column("System"),
        Column("Version"),
        *(Column(one, "right") for one in ("Runs", "Not passed", "Unverified")),
    )
    yield Table((*heads, Column("Newest")), rows)


SECTIONS: Final[tuple[Callable[[Record], Iterator[Block]], ...]] = (
    _fields,
    _computed,
    _links,
    _requirements,
    _history,
    _evidence,
    _receipts,
)
"""In the order of the page; a further key of the record gets its section here."""
