"""The answer to an incident question: which controls were to run, which did, which did not, and who looked at it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from aimsctl.assessment.calendar import parse_date
from aimsctl.assessment.computed.registry import listed
from aimsctl.assessment.incident.duty import BAD, DUE, HELD, STATUSES, Duty
from aimsctl.assessment.incident.linked import linked
from aimsctl.assessment.incident.scope import OUTPUT, Scope, Seen, models_of

if TYPE_CHECKING:
    from aimsctl.assessment.facts import Facts
    from aimsctl.assessment.items import Item
    from aimsctl.evidence.summary import Run

Record = dict[str, Any]


def answer(then: Facts, now: Facts, scope: Scope, seen: Seen) -> Record:
    """The record of the answer. What was owed is read from `then`, the state at that time; events from `now`."""
    system = now.find(scope.system, "ai-system")
    duties = list(_duties(then, scope, seen))
    controls = [_control(duty, then) for duty in duties]
    return {
        "question": {
            "kind": scope.kind,
            "system": scope.system,
            "system_title": "" if system is None else str(system.get("title")),
            "version": scope.version,
            "live": scope.live,
            "output": scope.output,
            "made": _text(scope.made),
            "from": _text(scope.begin),
            "to": _text(scope.end),
        },
        "counts": _counts(controls),
        "controls": controls,
        "reviews": [row for duty in duties for run, row in duty.inside if run.executor == "human"]
        if scope.kind == OUTPUT
        else [],
        "shown_by_records": [
            {"id": control.id, "title": str(control.get("title"))} for control in _by_records(then, scope)
        ],
        "linked": linked(now, scope),
    }


def _duties(then: Facts, scope: Scope, seen: Seen) -> Iterator[Duty]:
    released = _released(then, scope)
    for control in _controls(then, scope):
        for entry in _owed(control, scope):
            yield Duty(control, entry, scope, seen, released)


def _controls(then: Facts, scope: Scope) -> Iterator[Item]:
    """The controls of the system that were in force before the time ended, in the order of their ids."""
    for control in sorted(then.standing("control"), key=lambda item: item.id):
        since = parse_date(control.get("in_force_since"))
        covers = scope.system in {system.id for system in then.systems_of(control)}
        if covers and (since is None or since <= scope.last_day):
            yield control


def _owed(control: Item, scope: Scope) -> Iterator[Mapping[str, Any]]:
    """The rows of receipts that it owes of the system."""
    rows = control.data.get("evidence")
    for row in rows if isinstance(rows, list) else ():
        named = row.get("ai_systems") if isinstance(row, dict) else None
        if isinstance(row, dict) and row.get("kind") == "receipts" and (not named or scope.system in named):
            yield row


def _by_records(then: Facts, scope: Scope) -> Iterator[Item]:
    """The controls that owe dated records instead."""
    return (control for control in _controls(then, scope) if not list(_owed(control, scope)))


def _released(then: Facts, scope: Scope) -> Any:
    system = then.find(scope.system, "ai-system")
    rows = [] if system is None else models_of(system)
    return next((parse_date(row.get("released")) for row in rows if str(row.get("version")) == scope.version), None)


def _control(duty: Duty, then: Facts) -> Record:
    control, entry = duty.control, duty.entry
    status = duty.status
    return {
        "id": control.id,
        "title": str(control.get("title")),
        "evidence": str(entry.get("id", "")),
        "annex_a": _annex_a(then, control),
        "executors": [str(kind) for kind in entry.get("executor_types") or ()],
        "status": status,
        "due": status in DUE,
        "runs": len(duty.inside),
        "results": dict(sorted(duty.results.items())),
        "of_version": dict(sorted(duty.of_version.items())),
        "reviews": _tally(row["review_outcome"] for _, row in duty.inside),
        "actions": _tally(row["action"] for _, row in duty.inside),
        "owed_runs": duty.owed_runs,
        "missed_runs": duty.missed_runs,
        "owed_outputs": len(duty.outputs_owed),
        "missed_outputs": duty.outputs_missed,
        "uncovered": [
            {"day": day.isoformat(), "seen": looked, "counted": there} for day, looked, there in duty.days_uncovered
        ],
        "silences": [{"from": _text(one), "to": _text(other)} for one, other in duty.silences],
        "late": [
            {"output": run.output, "finished": _text(run.finished), "by_hours": _hours(by)} for run, by in duty.late
        ],
        "last": _newest(duty.last),
        "before": _newest(duty.before),
        "passed_before": _newest(duty.passed_before),
        "next_by": duty.next_by.isoformat() if duty.next_by is not None else "",
        "came": _newest(duty.came),
        "texts": dict(sorted(duty.texts.items())),
        "aside": [{"why": why, "receipt": row} for (_, row), why in duty.weak],
        "receipts": [row for _, row in duty.inside],
    }


def _tally(words: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(word for word in words if word).items()))


def _annex_a(then: Facts, control: Item) -> list[str]:
    """What it puts into effect: by its own word, and by that of the statement of applicability."""
    declared = [name for name, row in then.soa_rows.items() if control.id in listed(row.data.get("implemented_by"))]
    return sorted({*map(str, listed(control.get("fulfils"))), *declared}, key=_by_number)


def _by_number(name: str) -> tuple[object, ...]:
    return tuple((0, int(part)) if part.isdigit() else (1, part) for part in name.split("."))


def _counts(controls: Sequence[Record]) -> Record:
    statuses = Counter(one["status"] for one in controls)
    return {
        "due": sum(one["due"] for one in controls),
        **{status: statuses[status] for status in STATUSES},
        "held_bad": sum(one["status"] == HELD and one["before"]["result"] in BAD for one in controls),
        "receipts": sum(one["runs"] for one in controls),
        "late": sum(len(one["late"]) for one in controls),
        "failed": sum(one["results"].get("failed", 0) for one in controls),
        "error": sum(one["results"].get("error", 0) for one in controls),
    }


def _newest(run: Run | None) -> Record | None:
    if run is None:
        return None
    return {
        "finished": _text(run.finished),
        "result": run.result,
        "version": run.version,
        "place": f"{run.origin} {run.index}",
    }


def _text(moment: datetime | None) -> str:
    return "" if moment is None else moment.isoformat().replace("+00:00", "Z")


def _hours(much: timedelta) -> float:
    return round(much.total_seconds() / 3600, 1)
