"""The answer to an incident question as a document: what did not run first, then what did, then the records."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from aimsctl.output.receipts import outcome, signer
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
LISTED: Final = 10  # days, outputs and times named in one sentence


def incident_body(record: Record) -> Iterator[Block]:
    """The whole answer; the receipts themselves stand at its end."""
    yield from _head(record)
    for section in _SECTIONS:
        yield from section(record)
    yield from _receipts(record)


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
        bad = ", ".join(f"{one['id']} {one['title']}" for one in _of(record, "held") if _held_tone(one))
        parts.append(f"{counts['held_bad']} had last failed or ended in an error: {bad}")
    wrong = [f"{counts[word]} {word}" for word in ("late", "failed", "error") if counts[word]]
    ended = ", ".join(wrong) if wrong else "none late, failed or in error"
    return f"{'; '.join(parts)}. {counted(counts['receipts'], 'verified receipt')}, {ended}."


def _were(count: int) -> str:
    return "was" if count == 1 else "were"


def _named(record: Record, status: str) -> str:
    return ", ".join(f"{one['id']} {one['title']}" for one in record["controls"] if one["status"] == status)


def _of(record: Record, *statuses: str) -> list[Record]:
    return [one for one in record["controls"] if one["status"] in statuses]


def _missing(record: Record) -> Iterator[Block]:
    found = _of(record, "did_not_run", "in_part")
    if found:
        yield Heading(2, "Did not run, or not as owed")
        yield Bullets(tuple(Item(f"{_control(one)}: {_how_much(one)}", "bad", "", _misses(one)) for one in found))


def _control(one: Record) -> str:
    serves = f" ({', '.join(one['annex_a'])})" if one["annex_a"] else ""
    return f"{one['id']} {one['title']}{serves}"


def _how_much(one: Record) -> str:
    owed = one["owed_runs"] + one["owed_outputs"]
    if not owed:
        return "did not run" if one["status"] == "did_not_run" else f"{counted(one['runs'], 'run')}, with gaps"
    missed = one["missed_runs"] + len(one["missed_outputs"])
    parts = [f"{one['owed_runs']} for periods" if one["owed_runs"] else ""]
    parts.append(f"{counted(one['owed_outputs'], 'output')}" if one["owed_outputs"] else "")
    return f"{owed - missed} of {owed} ({', '.join(filter(None, parts))})"


def _misses(one: Record) -> tuple[str, ...]:
    days = [f"{day['day']} {day['seen']} of {day['counted']}" for day in one["uncovered"]]
    lines = [
        _some("outputs that it did not look at", one["missed_outputs"]),
        _some("days below what is owed", days),
        _some("nothing for longer than allowed", [f"{gap['from']} to {gap['to']}" for gap in one["silences"]]),
    ]
    lines.append(f"last run before: {_run(one['last'])}" if one["status"] == "did_not_run" else "")
    lines.append(f"next run: {_run(one['came'])}" if one["status"] == "did_not_run" else "")
    return tuple(filter(None, lines))


def _some(what: str, named: Sequence[str]) -> str:
    if not named:
        return ""
    more = f" and {len(named) - LISTED} more" if len(named) > LISTED else ""
    return f"{what}: {', '.join(named[:LISTED])}{more}"


def _run(run: Record | None) -> str:
    if run is None:
        return "none"
    return f"{run['finished']}, {run['result']}" + (f", version {run['version']}" if run["version"] else "")


def _weaker(record: Record) -> Iterator[Block]:
    found = _of(record, "unverified")
    if not found:
        return
    yield Heading(2, "There, but shows less than it owes")
    rows = []
    for one in found:
        whys = dict.fromkeys(weak["why"] for weak in one["aside"])
        last = one["aside"][-1]["receipt"]
        newest = f"{last['finished_on']} by {signer(last)}, {last['target_kind']} {last['target_id']}"
        rows.append(Item(f"{_control(one)}: {'; '.join(whys)}", "warn", "", (f"newest: {newest}",)))
    yield Bullets(tuple(rows))


def _ran(record: Record) -> Iterator[Block]:
    found = _of(record, "ran", "in_part")
    if not found:
        return
    yield Heading(2, "Ran")
    heads = (Column("Control"), Column("Annex A"), Column("Receipts", "right"), Column("Result"), Column("To note"))
    rows = tuple(
        (
            Cell(f"{one['id']} {one['title']}"),
            Cell(", ".join(one["annex_a"])),
            Cell(str(one["runs"])),
            Cell(_tally(one["results"]), "bad" if set(one["results"]) & {"failed", "error"} else "good"),
            Cell(_note(one), "warn" if one["late"] else ""),
        )
        for one in found
    )
    yield Table(heads, rows)


def _tally(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{number} {word}" for word, number in counts.items())


def _note(one: Record) -> str:
    parts = [_tally(one["reviews"]), _tally(one["actions"])]
    parts += [f"{late['output']} late by {late['by_hours']:g} hours" for late in one["late"][:LISTED]]
    other = one["texts"].get("other", 0)
    parts.append(f"{other} by another text of the control" if other else "")
    return "; ".join(filter(None, parts))


def _held(record: Record) -> Iterator[Block]:
    found = _of(record, "held")
    if found:
        yield Heading(2, "Not due then, and held by an earlier run")
        yield Bullets(tuple(Item(f"{_control(one)}: {_last(one)}", _held_tone(one)) for one in found))


def _last(one: Record) -> str:
    text = f"newest run {_run(one['before'])}"
    if one["before"] is not None and one["before"]["result"] != "passed":
        text += f"; last pass {one['passed_before']['finished'] if one['passed_before'] else 'none'}"
    return f"{text}; for this version {_tally(one['of_version'])}" if one["of_version"] else text


def _held_tone(one: Record) -> Any:
    return "bad" if one["before"] is not None and one["before"]["result"] in ("failed", "error") else ""


def _not_due(record: Record) -> Iterator[Block]:
    found = _of(record, "not_due")
    if found:
        yield Heading(2, "Not yet due" if record["question"]["live"] else "Not owed")
        if not record["question"]["live"]:
            named = ", ".join(_control(one) for one in found)
            yield Paragraph(f"A candidate owes what its release gate asks, and nothing by {named}.")
            return
        yield Bullets(tuple(Item(f"{_control(one)}: {_coming(one)}") for one in found))


def _coming(one: Record) -> str:
    by = f"first due by {one['next_by']}" if one["next_by"] else "no run was due yet"
    came = one["came"]
    return f"{by}; came {_run(came)}" if came is not None else f"{by}; no run since"


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


def _aside(record: Record) -> Iterator[Block]:
    found = [(one, weak) for one in record["controls"] if one["status"] != "unverified" for weak in one["aside"]]
    if not found:
        return
    yield Heading(2, "Receipts that do not count as runs")
    groups: dict[tuple[str, str], list[Record]] = {}
    for one, weak in found:
        groups.setdefault((_control(one), weak["why"]), []).append(weak["receipt"])
    yield Bullets(
        tuple(
            Item(f"{control}: {counted(len(rows), 'receipt')}, {_tally(_results(rows))}: {why}")
            for (control, why), rows in groups.items()
        )
    )


def _results(rows: Sequence[Record]) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in rows:
        found[row["result"]] = found.get(row["result"], 0) + 1
    return found


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


_SECTIONS: Final[tuple[Callable[[Record], Iterator[Block]], ...]] = (
    _missing,
    _weaker,
    _ran,
    _held,
    _not_due,
    _people,
    _aside,
    _records,
    _limits,
)


def _receipts(record: Record) -> Iterator[Block]:
    rows = [row for one in record["controls"] for row in one["receipts"]]
    if rows:
        yield Heading(2, "The receipts")
    heads = (Column("When"), Column("Control"), Column("On what, by whom"), Column("Result"), Column("Index", "right"))
    for origin in sorted({row["ledger_origin"] for row in rows}):
        own = sorted((row for row in rows if row["ledger_origin"] == origin), key=lambda row: row["ledger_index"])
        yield Table(heads, tuple(_receipt(row) for row in own), f"Ledger {origin}")


def _receipt(row: Record) -> tuple[Cell, ...]:
    on = f"{row['target_kind']} {row['target_id']} by {signer(row)}"
    return tuple(map(Cell, (row["finished_on"], row["control_id"], on, outcome(row), str(row["ledger_index"]))))
