"""A list of artefacts as a document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from aimsctl.output.report import counted, shown_path
from aimsctl.output.tree import Block, Bullets, Cell, Column, Item, Note, Paragraph, Table

Record = Mapping[str, Any]


def listing_body(record: Record) -> Iterator[Block]:
    """One row an artefact, with the fields that were asked about, and a count."""
    asked = list(dict.fromkeys(one["field"] for one in record["where"]))
    heads = [Column(title) for title in ("Id", "Title", "Status", *asked, "Owner")]
    found = record["artefacts"]
    if found:
        yield Table(tuple(heads), tuple(_row(one, asked) for one in found))
    met = " that " + " and ".join(_said(one) for one in record["where"]) if record["where"] else ""
    yield Paragraph(f"{counted(len(found), 'artefact')} of kind {record['kind']}{met}, as of {record['as_of']}.")
    if record["unread"]:
        yield Note("What stands here could not be read without errors and may be missing above:", "bad")
        yield Bullets(tuple(Item(f"{shown_path(one['path'])}:{one['line']}") for one in record["unread"]))


def _said(condition: Record) -> str:
    return f"have {condition['field']} {condition['value']}" if condition["value"] else f"have no {condition['field']}"


def _row(one: Record, asked: list[str]) -> tuple[Cell, ...]:
    status = Cell(one["status"].replace("_", " ")) if one["valid"] else Cell("has errors", "bad")
    fields = (Cell(", ".join(one["values"][name]) or "none") for name in asked)
    return (Cell(one["id"], "strong"), Cell(one["title"]), status, *fields, Cell(one["owner_title"]))
