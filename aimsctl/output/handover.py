"""The report of a bundle as a document: what was asked, what ran, who says so, and what that does not show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from aimsctl.output.gfm import markdown
from aimsctl.output.page import page
from aimsctl.output.receipts import outcome, signer
from aimsctl.output.report import counted
from aimsctl.output.tree import Block, Bullets, Cell, Column, Facts, Heading, Item, Note, Paragraph, Table

Record = Mapping[str, Any]
Row = Mapping[str, Any]
LISTED: Final = 5000  # receipts; the bundle has them all
_SHOWN: Final = 12  # characters of a digest
_ASKED: Final = {
    "system": "AI system",
    "model_version": "model version",
    "output": "output",
    "control": "control",
    "executor": "run by",
    "result": "result",
    "since": "ended from",
    "until": "ended before",
}


def documents(record: Record, rows: Sequence[Row], before: Iterable[Block] = ()) -> dict[str, bytes]:
    """report.md and report.html of a bundle. What `before` holds, such as the answer that the receipts support, comes
    first and brings the title; else the receipts are the report.
    """
    first = list(before)
    heading = first[0] if first and isinstance(first[0], Heading) else None
    title = heading.text if heading is not None else "Receipts of control runs"
    blocks = [*first, *handover_body(record, rows, title="" if heading is not None else title)]
    return {"report.md": markdown(blocks).encode(), "report.html": page(title, blocks).encode()}


def handover_body(record: Record, rows: Sequence[Row], *, title: str = "") -> Iterator[Block]:
    """What a bundle holds; without a title, as part of a report that has one."""
    yield Heading(1, title) if title else Heading(2, "The receipts of this bundle")
    yield from _head(record)
    yield from _ledgers(record["ledgers"])
    yield from _controls(record["controls"], rows)
    yield from _signers(record["keys"])
    yield from _limits(record)
    yield from _receipts(rows)


def _head(record: Record) -> Iterator[Block]:
    counts = record["counts"]
    asked = [(_ASKED[name], Cell(value)) for name, value in record["query"].items()]
    besides = f"; {counts['besides']} besides what was asked, which the answer names" if counts["besides"] else ""
    doubt = counts["receipts"] - counts["verified"]
    yield Facts(
        (
            *(asked or [("asked for", Cell(_everything(record)))]),
            ("receipts", Cell(f"{counts['receipts']}, of which {counts['verified']} verified{besides}")),
            ("results", Cell(", ".join(f"{number} {name}" for name, number in counts["by_result"].items()) or "none")),
            ("verified", Cell(_trust(record["trust"]))),
        )
    )
    yield Paragraph("Nobody signed this report. VERIFY.md tells how to read the same from what was signed.")
    if doubt:
        yield Note(f"{counted(doubt, 'receipt')} could not be verified; the list says why.", "bad")
    for ledger in record["ledgers"]:
        for what in ledger["unread"]:
            yield Note(f"A part of {ledger['origin']} could not be read, so it may hold more: {what}", "bad")


def _everything(record: Record) -> str:
    windows = [ledger["window"] for ledger in record["ledgers"] if ledger["window"]]
    return f"all entries from {windows[0]['from']} up to {windows[0]['to'] - 1}" if windows else "all receipts"


def _trust(trust: Record) -> str:
    if not trust["trust_sha256"]:
        return "by no trust file, so that no key is trusted"
    own = "of the exporter's own workspace (self-asserted trust)"
    whose = own if trust["self_asserted"] else "that the exporter named"
    return f"by the trust file {whose}, sha256:{trust['trust_sha256'][:_SHOWN]}"


def _ledgers(ledgers: Sequence[Record]) -> Iterator[Block]:
    yield Heading(2, "Ledgers")
    rows = tuple(
        (
            Cell(one["origin"], "strong"),
            Cell(str(one["size"])),
            Cell(str(one["receipts"])),
            Cell(_window(one["window"])),
            Cell("; ".join(f"{by['name']}, {by['time']}" for by in one["witnesses"]) or "nobody"),
        )
        for one in ledgers
    )
    heads = (Column("Ledger"), *_numbers("Entries", "Here"), Column("Complete"), Column("Root cosigned by"))
    yield Table(heads, rows)


def _numbers(*titles: str) -> Iterator[Column]:
    return (Column(title, "right") for title in titles)


def _window(window: Record | None) -> str:
    return "no claim" if window is None else f"entries {window['from']} to {window['to'] - 1}"


def _controls(controls: Sequence[Record], rows: Sequence[Row]) -> Iterator[Block]:
    """What ran how often, and under which text."""
    yield Heading(2, "Controls")
    runs: dict[tuple[str, str, str], list[Row]] = {}
    for row in rows:
        runs.setdefault((row["control_id"], row["ai_system"], row["model_version"]), []).append(row)
    heads = (Column("Control"), Column("AI system"), Column("Version"), *_numbers("Runs", "Not passed"))
    yield Table(
        (*heads, Column("First"), Column("Last")), tuple(_run(name, found) for name, found in sorted(runs.items()))
    )
    found = tuple(
        (
            Cell(one["id"], "strong"),
            Cell(one["sha256"][:_SHOWN] or "none"),
            Cell(one["file"] or "not enclosed", "" if one["file"] else "warn"),
            Cell(one["where"]),
        )
        for one in controls
    )
    heads = (Column("Control"), Column("Digest signed"), Column("Text"), Column("Found in"))
    yield Table(heads, found, "The text in force, by the digest that the receipts name")


def _run(name: tuple[str, str, str], rows: Sequence[Row]) -> tuple[Cell, ...]:
    control, system, version = name
    lapsed = sum(row["result"] != "passed" for row in rows)
    times = sorted(row["finished_on"] for row in rows)
    return (
        Cell(control or "another statement", "strong"),
        Cell(system),
        Cell(version or "none named"),
        Cell(str(len(rows))),
        Cell(str(lapsed), "bad" if lapsed else ""),
        Cell(times[0]),
        Cell(times[-1]),
    )


def _signers(keys: Sequence[Record]) -> Iterator[Block]:
    yield Heading(2, "Who signed")
    rows = tuple(
        (Cell(one["name"], "strong"), Cell(one["algorithm"]), Cell(str(one["receipts"])), Cell(one["keyid"], "muted"))
        for one in keys
    )
    yield Table((Column("Called"), Column("Kind"), *_numbers("Receipts"), Column("Key id")), rows)


def _receipts(rows: Sequence[Row]) -> Iterator[Block]:
    yield Heading(2, "Every receipt")
    if len(rows) > LISTED:
        yield Note(f"The first {LISTED:,} of {len(rows):,}; the bundle has all of them.")
    heads = ("Ended", "Control", "AI system", "Outcome", "Of", "By", "Entry")
    yield Table(tuple(Column(head) for head in heads), tuple(_receipt(row) for row in rows[:LISTED]))


def _receipt(row: Row) -> tuple[Cell, ...]:
    doubt = "" if row["verified"] else f"NOT VERIFIED ({row['why_not']}) "
    place = row["ledger_origin"].rpartition("/")[2]
    return (
        Cell(row["finished_on"]),
        Cell(row["control_id"], "strong"),
        Cell(" ".join(filter(None, (row["ai_system"], row["model_version"])))),
        Cell(doubt + outcome(row), "" if row["verified"] and row["result"] == "passed" else "bad"),
        Cell(f"{row['target_kind']} {row['target_id']}"),
        Cell(signer(row)),
        Cell(f"{place} {row['ledger_index']}", "muted"),
    )


def _limits(record: Record) -> Iterator[Block]:
    yield Heading(2, "What this does not show")
    told = [
        "That what was signed is true: a signature says who said it, and times are those that the signer gives.",
        "That every run of a control left a receipt.",
    ]
    if not all(ledger["window"] for ledger in record["ledgers"]):
        told.append("That these are all receipts there are; only a complete window of a ledger shows that.")
    if not all(ledger["witnesses"] for ledger in record["ledgers"]):
        told.append("That a ledger was not written anew by who holds its key: no witness signed its root.")
    yield Bullets(tuple(Item(one) for one in told))
