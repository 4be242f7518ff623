"""How each control is told in the answer to an incident question: what did not run first, then what did."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from aimsctl.output.receipts import signer
from aimsctl.output.report import counted
from aimsctl.output.tree import Block, Bullets, Cell, Column, Heading, Item, Paragraph, Table

Record = Mapping[str, Any]
LISTED: Final = 10  # days, outputs and times named in one sentence


def told_as(record: Record, *statuses: str) -> list[Record]:
    """The controls with one of these answers."""
    return [one for one in record["controls"] if one["status"] in statuses]


def _missing(record: Record) -> Iterator[Block]:
    found = told_as(record, "did_not_run", "in_part")
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


def _untold(record: Record) -> Iterator[Block]:
    found = told_as(record, "unknown")
    if found:
        yield Heading(2, "Cannot be told")
        yield Paragraph("A part of the ledgers could not be read. What these controls owed may stand there, or not.")
        rows = (f"{_control(one)}: {counted(one['runs'], 'verified receipt')} in what could be read" for one in found)
        yield Bullets(tuple(Item(text, "warn") for text in rows))


def _weaker(record: Record) -> Iterator[Block]:
    found = told_as(record, "unverified")
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
    found = told_as(record, "ran", "in_part")
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
    found = told_as(record, "held")
    if found:
        yield Heading(2, "Not due then, and held by an earlier run")
        yield Bullets(tuple(Item(f"{_control(one)}: {_last(one)}", "bad" if failed_last(one) else "") for one in found))


def _last(one: Record) -> str:
    text = f"newest run {_run(one['before'])}"
    if one["before"] is not None and one["before"]["result"] != "passed":
        text += f"; last pass {one['passed_before']['finished'] if one['passed_before'] else 'none'}"
    return f"{text}; for this version {_tally(one['of_version'])}" if one["of_version"] else text


def failed_last(one: Record) -> bool:
    """Whether the run that holds for it failed or ended in an error."""
    return one["before"] is not None and one["before"]["result"] in ("failed", "error")


def _not_due(record: Record) -> Iterator[Block]:
    found = told_as(record, "not_due")
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


CONTROLS: Final[tuple[Callable[[Record], Iterator[Block]], ...]] = (
    _missing,
    _untold,
    _weaker,
    _ran,
    _held,
    _not_due,
    _aside,
)
