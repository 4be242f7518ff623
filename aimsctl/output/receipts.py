"""Receipts that were found, one a line: when, which control, of what, how it ended, who says so, where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aimsctl.output.clean import one_line

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
