"""Receipts that were found: when, which control, of what, how it ended, who says so, where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from aimsctl.output.clean import one_line
from aimsctl.output.tree import Cell, Column, Table

Row = Mapping[str, Any]


def receipt_line(row: Row) -> str:
    """The receipt in one line; one that is not verified says so first."""
    doubt = "" if row["verified"] else f"NOT VERIFIED ({row['why_not']}) "
    ran = f"{row['control_id']} {row['ai_system']} {row['model_version'] or 'no version'}"
    target = f"{row['target_kind']} {row['target_id']}"
    place = f"{row['ledger_origin']} {row['ledger_index']}"
    return one_line(f"{doubt}{row['finished_on']} {ran} {outcome(row)}, {target}, by {signer(row)}, {place}")


def outcome(row: Row) -> str:
    """The result, with what was said and done or decided beside it."""
    said = [row["verdict"], row["action"] if row["action"] != row["verdict"] else "", row["review_outcome"]]
    more = [*filter(None, said), *filter(None, [row["reason_code"]])]
    return f"{row['result']} ({', '.join(more)})" if more else str(row["result"])


def signer(row: Row) -> str:
    """Who ran it, and by whose word where that is not the executor's own."""
    who = f"{row['executor_name']} ({row['executor_type']})"
    return f"{who}, as a collector says" if row["attested_by"] == "collector" else who


def receipt_tables(rows: Sequence[Row]) -> Iterator[Table]:
    """One table a ledger, in its order; narrow enough for a terminal."""
    heads = (Column("When"), Column("Control"), Column("On what, by whom"), Column("Result"), Column("Index", "right"))
    for origin in sorted({row["ledger_origin"] for row in rows}):
        own = sorted((row for row in rows if row["ledger_origin"] == origin), key=lambda row: row["ledger_index"])
        yield Table(heads, tuple(_cells(row) for row in own), f"Ledger {origin}")


def _cells(row: Row) -> tuple[Cell, ...]:
    on = f"{row['target_kind']} {row['target_id']} by {signer(row)}"
    return tuple(map(Cell, (row["finished_on"], row["control_id"], on, outcome(row), str(row["ledger_index"]))))
