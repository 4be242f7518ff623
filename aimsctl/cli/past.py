"""What the readiness report takes from git: the trend by month, and the main line as it stood at the last audit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aimsctl.assessment.past import no_audit, no_trend, since_audit, without_history
from aimsctl.errors import AimsError

if TYPE_CHECKING:
    from datetime import date

    from aimsctl.assessment.gap import GapReport
    from aimsctl.cli.evidence_summary import Ledgers
    from aimsctl.cli.line import Line
    from aimsctl.workspace.contents import Known

MONTHS: Final = 13
"""How far back the trend of a report reaches: the present month and a year before it."""
_NOT_ASKED: Final = "The trend was not asked for: aimsctl report --trend judges the last months too."


def past(ledgers: Ledgers, known: Known, report: GapReport, *, trend: bool) -> dict[str, Any]:
    """Both sections; a sentence in each where the history cannot tell, or does not reach back. Raises nothing."""
    here = ledgers.here
    if not any((folder / ".git").exists() for folder in (here.root, *here.root.parents)):
        return without_history()
    from aimsctl.cli.line import Line  # noqa: PLC0415 - only where there is a history

    line = Line(ledgers.session, here, known)
    try:
        told = _trend(line, report.as_of) if trend else no_trend(_NOT_ASKED)
        return {"trend": told, "last_audit": _last_audit(line, ledgers, report)}
    except AimsError as error:
        return without_history(f"The history cannot be read, so nothing can be said of the past: {error.message}.")


def _trend(line: Line, day: date) -> dict[str, Any]:
    from aimsctl.assessment.trend import by_month  # noqa: PLC0415 - only where it is asked for
    from aimsctl.output.trend import trend_record  # noqa: PLC0415 - the same

    months = day.year * 12 + day.month - MONTHS
    first = day.replace(year=months // 12, month=months % 12 + 1, day=1)
    points = list(line.points(list(by_month(line.commits, first, day))))
    if not points:
        return no_trend("The history holds no artefacts by that day.")
    return {"missing": "", **trend_record(points, complete=not line.repository.shallow)}


def _last_audit(line: Line, ledgers: Ledgers, report: GapReport) -> dict[str, Any]:
    from aimsctl.assessment.changes import changes  # noqa: PLC0415 - only where there is a history
    from aimsctl.assessment.movement import movement  # noqa: PLC0415 - the same
    from aimsctl.cli.line import last_audit  # noqa: PLC0415 - the same

    now = report.facts.workspace
    found = last_audit(now, report.as_of)
    if found is None:
        return no_audit("No internal audit is on file that was held by that day.")
    audit, day = found
    then = line.at(day)
    if then is None:
        why = "is shallow and begins" if line.repository.shallow else "begins"
        return no_audit(f"The history {why} after the audit {audit.id} of {day}, so nothing can be compared with it.")
    before = line.load(then)
    moved = movement(ledgers.assess(before, report.as_of), report)
    return since_audit(audit, day.isoformat(), then.id, moved, changes(before, now))
