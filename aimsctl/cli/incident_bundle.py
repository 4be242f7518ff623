"""The answer of `aimsctl incident` with the receipts it rests on, as a folder that others verify without this tool."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aimsctl.cli.evidence_export import Bundle, control_texts, hand_on
from aimsctl.cli.evidence_place import instant
from aimsctl.evidence.handover import asked
from aimsctl.evidence.query import Wanted
from aimsctl.output.folder import refuse_taken
from aimsctl.output.incident import incident_answer

if TYPE_CHECKING:
    from aimsctl.cli.session import Session
    from aimsctl.evidence.ledger import Ledger
    from aimsctl.evidence.trust import Trust

Record = Mapping[str, Any]


def write_bundle(
    session: Session, out: Path, record: Record, ledgers: Sequence[Ledger], believed: Trust, now: datetime
) -> bool:
    """The bundle: every receipt of what was asked, and every other that the answer names. Returns whether all of it is
    verified and read. The answer in it names the trust by its digest, since a path of this machine says nothing there.
    """
    refuse_taken(out)
    places: dict[str, set[int]] = {}
    for origin, index in cited(record):
        places.setdefault(origin, set()).add(index)
    wanted = _wanted(record["question"])
    parts = asked(ledgers, believed, wanted, now, places)
    whose = "the exporter's own (self-asserted trust)" if believed.self_asserted else "named by the exporter"
    answer = {**record, "trust": f"{whose}; sha256:{believed.digest[:12]}" if believed.digest else "no trust file"}
    return hand_on(
        session, out, Bundle(parts, wanted, believed, control_texts(session, parts)), incident_answer(answer)
    )


def cited(value: object) -> Iterator[tuple[str, int]]:
    """The receipts that an answer names, by ledger and index: whole rows, and runs by their place."""
    if isinstance(value, Mapping):
        if "ledger_origin" in value:
            yield value["ledger_origin"], value["ledger_index"]
        elif isinstance(place := value.get("place"), str) and (index := place.rpartition(" ")[2]).isdecimal():
            yield place.rpartition(" ")[0], int(index)
        value = tuple(value.values())
    if isinstance(value, list | tuple):
        for one in value:
            yield from cited(one)


def _wanted(question: Record) -> Wanted:
    """The question as a filter of receipts; a version and an output are asked for whenever they were."""
    system = question["system"]
    if question["kind"] == "output":
        return Wanted(system, output=question["output"])
    if question["kind"] == "version":
        return Wanted(system, question["version"])
    return Wanted(system, since=instant(question["from"], "--from"), until=instant(question["to"], "--to"))
