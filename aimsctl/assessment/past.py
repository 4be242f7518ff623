"""What the readiness report says of the past: how readiness moved, and what changed since the last audit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aimsctl.assessment.trend import GOOD

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aimsctl.assessment.changes import Change
    from aimsctl.assessment.movement import Moved
    from aimsctl.workspace.artefacts import Artefact

Record = dict[str, Any]
NO_HISTORY: Final = "The workspace lies in no git repository with a history, so nothing can be said of the past."
_AUDIT: Final = ("id", "title", "date", "commit")
_COUNTS: Final = ("opened", "closed", "new", "fixed")
_GRADES: Final = ("major", "unknown", "minor", "opportunity")
TREND_HEADS: Final = (
    "Month",
    *(state.title() for state in GOOD),
    "Major",
    "Cannot be judged",
    "Minor",
    "Opportunity",
    "Blocks 1, 2",
)


def no_trend(missing: str) -> Record:
    """The trend where there is none, with the sentence that says why."""
    return {"missing": missing, "complete": False, "points": []}


def no_audit(missing: str) -> Record:
    """What changed since the last audit where nobody can tell, with the sentence that says why."""
    nothing = {**dict.fromkeys(_AUDIT), **dict.fromkeys(_COUNTS, 0)}
    return {"missing": missing, **nothing, "requirements": [], "artefacts": []}


def without_history(missing: str = NO_HISTORY) -> Record:
    """Both sections where there is no history."""
    return {"trend": no_trend(missing), "last_audit": no_audit(missing)}


def since_audit(audit: Artefact, day: str, commit: str, moved: Sequence[Moved], changed: Sequence[Change]) -> Record:
    """What changed since that audit: the main line as it stood on its day against now, both judged as of now."""
    return {
        "missing": "",
        **dict(zip(_AUDIT, (audit.id, audit.title, day, commit), strict=True)),
        "opened": sum(one.opened for one in moved),
        "closed": sum(one.closed for one in moved),
        "new": sum(len(one.new_reasons) for one in moved),
        "fixed": sum(len(one.gone_reasons) for one in moved),
        "requirements": [_requirement(one) for one in moved if one.opened or one.closed or one.states],
        "artefacts": [
            {"id": one.id, "kind": one.kind, "title": one.title, "what": one.what, "details": list(one.details)}
            for one in changed
        ],
    }


def _requirement(one: Moved) -> Record:
    return {
        "id": one.id,
        "title": one.after.requirement.title,
        "grade": [one.before.grade, one.after.grade],
        "states": {state: list(pair) for state, pair in one.states.items()},
        "moved": "opened" if one.opened else "closed" if one.closed else "",
    }


def good(point: Mapping[str, Any], state: str) -> int:
    """For how many requirements the state was good."""
    return int(point["states"][state].get(GOOD[state], 0))


def trend_rows(points: Sequence[Mapping[str, Any]]) -> list[tuple[str, ...]]:
    """The counts as the table shows them, one row a month."""
    return [
        (
            one["label"],
            *(str(good(one, state)) for state in GOOD),
            *(str(one["grades"][grade]) for grade in _GRADES),
            f"{one['blockers']['1']}, {one['blockers']['2']}",
        )
        for one in points
    ]
