"""The plan of an import as a document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from aimsctl.output.report import counted, shown_path
from aimsctl.output.tree import Block, Bullets, Cell, Column, Heading, Item, Note, Paragraph, Table

Record = Mapping[str, Any]
MOST_SHOWN: Final = 200
_LONGEST: Final = 60
_BEFORE: Final = 20  # signs of the same text that stand before a difference
_HEADS: Final = ("Sheet", "Read as", "Rows", "Create", "Change", "Same", "Ignored", "Problem")
_TITLES: Final = {"problem": "Problems: these rows are not taken", "finding": "Worth a look", "remark": "Also"}


def import_body(record: Record) -> Iterator[Block]:
    """What was read, what would change, and everything that is wrong or left out."""
    notes = "".join(f", {note}" for note in record["notes"])
    yield Paragraph(f"{shown_path(record['file'])}{notes}.")
    yield Table(tuple(Column(head) for head in _HEADS), tuple(_sheet(sheet) for sheet in record["sheets"]))
    for action, title in (("create", "To create"), ("change", "To change")):
        rows = [row for row in record["rows"] if row["action"] == action]
        if rows:
            yield Heading(2, title)
            yield Bullets(tuple(_change(row) for row in rows[:MOST_SHOWN]))
            yield from _more(len(rows))
    ignored = [row for row in record["rows"] if row["action"] == "ignore" and row["reason"] != "blank"]
    if ignored:
        yield Heading(2, "Not taken")
        said = (f"{row['sheet']} row {row['row']}: {row['reason']} ({row['title']})" for row in ignored[:MOST_SHOWN])
        yield Bullets(tuple(Item(text) for text in said))
        yield from _more(len(ignored))
    for weight, title in _TITLES.items():
        told = [one for one in record["told"] if one["weight"] == weight]
        if told:
            yield Heading(2, title)
            yield Bullets(tuple(_told(one) for one in told[:MOST_SHOWN]))
            yield from _more(len(told))
    yield _end(record)


def _more(number: int) -> Iterator[Block]:
    if number > MOST_SHOWN:
        yield Paragraph(f"{number - MOST_SHOWN:,} more are not shown; `--format json` has all of them.")


def _sheet(sheet: Record) -> tuple[Cell, ...]:
    rows = sheet["rows"]
    if sheet["not_read"]:
        return (Cell(sheet["name"]), Cell(f"not read: {sheet['not_read']}"), Cell(str(rows["sheet"])), *[Cell("")] * 5)
    read = f"{sheet['table']}, headings in row {sheet['head']}"
    counts = (str(rows[name]) for name in ("sheet", "create", "change", "same", "ignore", "problem"))
    return (Cell(sheet["name"], "strong"), Cell(read), *(Cell(count) for count in counts))


def _change(row: Record) -> Item:
    named = f"{row['id']} {row['title']}" if row["title"] != row["id"] else row["id"]
    if row["action"] == "create":
        return Item(f"{row['sheet']} row {row['row']}: {named}, {counted(len(row['changes']), 'field')}")
    said = "; ".join(
        "{} ({}) from {} to {}".format(one["field"], one["cell"], *_differing(one["old"], one["new"]))
        for one in row["changes"]
    )
    return Item(f"{named}: {said}")


def _differing(old: object, new: object) -> tuple[str, str]:
    """Both in short; of two long texts the part in which they differ, with a few words before it."""
    texts = [" ".join(str(value).split()) if value is not None else "nothing" for value in (old, new)]
    same = next((at for at, (one, other) in enumerate(zip(*texts, strict=False)) if one != other), min(map(len, texts)))
    begin = 0
    if max(map(len, texts)) > _LONGEST and same > _BEFORE:
        begin = texts[0].rfind(" ", 0, same - _BEFORE) + 1
    first, second = (f"{'…' if begin else ''}{text[begin:]}" for text in texts)
    return _short(first), _short(second)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _told(one: Record) -> Item:
    where = " ".join(filter(None, (one["sheet"], one["cell"])))
    hint = f" ({one['hint']})" if one["hint"] else ""
    return Item(f"{where}: {one['message']}{hint}" if where else f"{one['message']}{hint}")


def _end(record: Record) -> Block:
    rows = [row for row in record["rows"] if row["action"] in ("create", "change")]
    if record["applied"]:
        return Note(f"{counted(len(rows), 'row')} written to {', '.join(record['files'])}.", "good")
    if not rows:
        return Paragraph("Nothing to write.")
    return Paragraph(f"Nothing is written yet. `--apply` writes {counted(len(rows), 'row')}.")
