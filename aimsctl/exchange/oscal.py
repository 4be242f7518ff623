"""Receipts as OSCAL assessment results (OSCAL 1.1, JSON): one observation a receipt, and where its proof lies.

Written from receipts alone, so it says what was observed and makes no finding: whether a control is met is for the
reader. Identifiers are UUIDv5 of what was signed, times are those of the receipts: the same receipts, the same bytes.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any, Final

from aimsctl.evidence.handover import Part
from aimsctl.evidence.manifest import LEDGERS
from aimsctl.evidence.statement import parse_time

OSCAL: Final = "1.1.3"
_SPACE: Final = uuid.uuid5(uuid.NAMESPACE_URL, "urn:aimsctl:oscal")
_NS: Final = "urn:aimsctl:oscal"
_TOKEN: Final = re.compile(r"[^\W\d][\w.-]*")
_NO_TIME: Final = "1970-01-01T00:00:00Z"
_PROPS: Final = {
    "result": "result",
    "verdict": "verdict",
    "action": "action",
    "review": "review_outcome",
    "reason": "reason_code",
    "control": "control_id",
    "ai-system": "ai_system",
    "model-version": "model_version",
    "environment": "environment",
    "executor": "executor_id",
    "attested-by": "attested_by",
    "receipt": "receipt_id",
}
Row = Mapping[str, Any]


def assessment_results(parts: Sequence[Part], tool: str) -> bytes:
    """The file, its links relative to the folder `oscal` of the bundle."""
    rows = [(part, line, row) for part in parts for line, row in enumerate(part.rows, 1) if row["control_id"]]
    times = sorted((row[name] for _, _, row in rows for name in ("started_on", "finished_on")), key=_moment)
    first, last = (times[0], times[-1]) if times else (_NO_TIME, _NO_TIME)
    plan = _id("query", *(row["entry_sha256"] for _, _, row in rows))
    results = {
        "uuid": _id("results", plan),
        "metadata": {
            "title": "Receipts of control runs",
            "last-modified": last,
            "version": last,
            "oscal-version": OSCAL,
            "props": [_prop("tool", tool)],
        },
        "import-ap": {"href": f"#{plan}", "remarks": "There is no assessment plan: controls ran and left receipts."},
        "results": [_result(plan, first, last, rows)],
        "back-matter": {"resources": [_query(plan), *(_resource(*one) for one in rows)]},
    }
    return json.dumps({"assessment-results": results}, indent=1).encode() + b"\n"


def _result(plan: str, first: str, last: str, rows: Sequence[tuple[Part, int, Row]]) -> dict[str, Any]:
    controls = sorted({row["control_id"] for _, _, row in rows if _TOKEN.fullmatch(row["control_id"])})
    selected = {"include-controls": [{"control-id": one} for one in controls]} if controls else {}
    systems = sorted({row["ai_system"] for _, _, row in rows})
    result: dict[str, Any] = {
        "uuid": _id("result", plan),
        "title": "Control runs that left a receipt",
        "description": "One observation for each receipt of the bundle. No finding is made of them here.",
        "start": first,
        "end": last,
        "reviewed-controls": {"control-selections": [selected]},
    }
    if systems:
        result["local-definitions"] = {"components": [_component(one) for one in systems]}
    if rows:
        result["observations"] = [_observation(row) for _, _, row in rows]
    return result


def _component(system: str) -> dict[str, Any]:
    return {
        "uuid": _id("system", system),
        "type": "system",
        "title": system,
        "description": "An AI system that receipts name.",
        "status": {"state": "other", "remarks": "Receipts do not tell."},
    }


def _observation(row: Row) -> dict[str, Any]:
    stands = "verified" if row["verified"] else f"NOT verified: {row['why_not']}"
    return {
        "uuid": _id("observation", row["statement_sha256"]),
        "title": f"{row['control_id']} {row['result']}",
        "description": f"{row['executor_name']} ({row['executor_type']}) ran {row['control_id']} on "
        f"{row['target_kind']} {row['target_id']} of {row['ai_system']}: {row['result']}.",
        "props": list(_props(row)),
        "methods": ["EXAMINE" if row["executor_type"] == "human" else "TEST"],
        "types": ["control-objective"],
        "subjects": [{"subject-uuid": _id("system", row["ai_system"]), "type": "component"}],
        "relevant-evidence": [
            {"href": f"#{_receipt(row)}", "description": f"The signed receipt and its proof of inclusion; {stands}."}
        ],
        "collected": row["finished_on"],
    }


def _props(row: Row) -> Iterator[dict[str, str]]:
    for name, column in _PROPS.items():
        if text := " ".join(str(row[column]).split()):
            yield _prop(name, text)
    for control in row["annex_a"]:
        yield _prop("annex-a", control)


def _prop(name: str, value: str) -> dict[str, str]:
    return {"name": name, "ns": _NS, "value": value}


def _query(plan: str) -> dict[str, Any]:
    link = {"href": "../manifest.json", "media-type": "application/json"}
    return {"uuid": plan, "title": "What was asked for", "rlinks": [link]}


def _resource(part: Part, line: int, row: Row) -> dict[str, Any]:
    """The receipt's line and, unless all of a window is handed on, its proof."""
    folder, proof = f"../{LEDGERS}/{part.name}", f"proofs/{row['ledger_index']:09d}.tlog-proof"
    links: list[dict[str, Any]] = [
        {"href": f"{folder}/receipts.intoto.jsonl", "media-type": "application/jsonl"},
    ]
    if proof in part.proofs:
        hashes = [{"algorithm": "SHA-256", "value": sha256(part.proofs[proof]).hexdigest()}]
        links.append({"href": f"{folder}/{proof}", "media-type": "text/plain", "hashes": hashes})
    return {
        "uuid": _receipt(row),
        "title": f"Entry {row['ledger_index']} of {row['ledger_origin']}",
        "props": [_prop("line", str(line)), _prop("entry-sha256", row["entry_sha256"])],
        "rlinks": links,
    }


def _receipt(row: Row) -> str:
    return _id("receipt", row["ledger_origin"], str(row["ledger_index"]), row["entry_sha256"])


def _moment(text: str) -> tuple[bool, Any]:
    """What times are ordered by; a text that is none comes first."""
    found = parse_time(text)
    return found is not None, found or 0


def _id(*parts: str) -> str:
    return str(uuid.uuid5(_SPACE, "\0".join(parts)))
