"""What a management review had to look at: what the workspace shows for the time since the review before it (9.3.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from aimsctl.documents.plain import Record

_DATED = {
    "changes": "change",
    "concerns": "concern",
    "incidents": "incident",
    "audits": "audit",
    "improvements": "improvement",
}


def inputs(values: Mapping[str, Any]) -> Record:
    """The `inputs` of a review: from which day to which, and what is dated between them, open matters included."""
    review, artefacts = values["document"]["data"], values["artefacts"]
    until = min(str(review["date"]), str(values["as_of"]))
    before = _before(artefacts["management_review"], review)
    since = str(before["date"]) if before is not None else ""
    found = {name: _between(artefacts[kind], since, until) for name, kind in _DATED.items()}
    return {
        "since": since or None,
        "until": until,
        "earlier": before["decisions"] if before is not None else [],
        "nonconformities": [one for one in artefacts["nonconformity"] if _matters(one, since, until)],
        "metrics": [
            {"metric": metric, "results": results}
            for metric in artefacts["metric"]
            if (results := _between(metric["results"], since, until))
        ],
        **found,
    }


def _before(reviews: Iterable[Record], review: Record) -> Record | None:
    """The last review held before this one."""
    held = [
        one for one in reviews if one["status"] == "approved" and one["date"] and str(one["date"]) < str(review["date"])
    ]
    return max(held, key=lambda one: (str(one["date"]), str(one["id"])), default=None)


def _between(rows: Iterable[Record], since: str, until: str) -> list[Record]:
    return [one for one in rows if one["date"] and since < str(one["date"]) <= until]


def _matters(one: Record, since: str, until: str) -> bool:
    """Found by that day, and found or finished after the review before, or not closed."""
    found = str(one["date"] or "")
    if not found or found > until:
        return False
    finished = str(one["effect_checked"] or one["done_date"] or "")
    return found > since or one["state"] != "closed" or finished > since
