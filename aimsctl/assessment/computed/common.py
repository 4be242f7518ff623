"""Computed values of every artefact and of the rows that many kinds share: actions and measurements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimsctl.assessment.calendar import parse_date, parse_duration
from aimsctl.assessment.computed.registry import computed, listed, newest, number, past, rows
from aimsctl.assessment.items import UNKNOWN
from aimsctl.workspace.fingerprint import fingerprint

if TYPE_CHECKING:
    from aimsctl.assessment.items import Item


@computed("dated", "*")
def dated(item: Item) -> object:
    """The date of the class, or of the field that the kind names."""
    day = item.facts.dated(item)
    return None if day is None else day.isoformat()


@computed("last_review", "*")
def last_review(item: Item) -> object:
    """The newest review by the day of judgement, those of a reviews list included."""
    return newest(item, [item.get("review.last"), *(row.get("date") for row in rows(item, "reviews"))])


@computed("next_review", "*")
def next_review(item: Item) -> object:
    """The last review plus the longest time between reviews."""
    last, every = parse_date(item.get("last_review")), parse_duration(item.get("review.every"))
    return None if last is None or every is None else every.after(last).isoformat()


@computed("approval_state", "*")
def approval_state(item: Item) -> object:
    """Current or suspect by the fingerprint kept; claimed where none is kept; None without an approval."""
    if item.get("approval") is None or item.artefact is None:
        return None
    kept = item.get("approval.fingerprint")
    if kept is None:
        return "claimed"
    return "current" if kept == fingerprint(item.artefact, item.facts.workspace) else "suspect"


@computed("reissued", "*")
def reissued(item: Item) -> object:
    """Whether another text of it was approved before; unknown without history."""
    history = item.facts.approvals
    return UNKNOWN if history is None or item.artefact is None else history.reissued(item.artefact)


@computed("authors", "*")
def authors(item: Item) -> object:
    """The persons who wrote the approved text; unknown without history."""
    history = item.facts.approvals
    return UNKNOWN if history is None or item.artefact is None else history.authors(item.artefact)


@computed("unreferenced", "*")
def unreferenced(item: Item) -> object:
    """True if nothing that counts links to it and no requirement asks for it."""
    sources = (item.facts.find(link.source.id) for link in item.facts.workspace.links_to(item.id))
    linked = any(source is not None and source is not item and item.facts.counts(source) for source in sources)
    return not linked and not listed(item.get("type_serves"))


@computed("open", "*.action")
def action_open(item: Item) -> object:
    """True while the action is neither done nor dropped."""
    return past(item, item.data.get("done")) is None and not item.data.get("dropped")


@computed("overdue", "*.action")
def action_overdue(item: Item) -> object:
    """True if the action is open and its last day has passed."""
    due = parse_date(item.data.get("due"))
    return action_open(item) is True and due is not None and due < item.facts.as_of


@computed("met", "*.measurement", "metric.results")
def met(item: Item) -> object:
    """Whether the value lies within at_least and at_most; None without a value or a line."""
    value = number(item.data.get("value"))
    low, high = number(item.get("at_least")), number(item.get("at_most"))
    if value is None or (low is None and high is None):
        return None
    return (low is None or value >= low) and (high is None or value <= high)


def actions(item: Item, name: str = "actions") -> list[dict[str, object]]:
    """The action rows of an artefact."""
    return rows(item, name)


@computed("actions_open", "risk", "nonconformity")
def actions_open(item: Item) -> object:
    """True if at least one action is neither done nor dropped."""
    return any(past(item, row.get("done")) is None and not row.get("dropped") for row in actions(item))


@computed("treated", "risk")
@computed("actions_done", "competence", "nonconformity")
@computed("done", "improvement")
def actions_done(item: Item) -> object:
    """True if there are actions and none is open."""
    return bool(actions(item)) and not actions_open(item)


@computed("done_date", "risk", "competence", "nonconformity", "improvement")
def done_date(item: Item) -> object:
    """The newest day on which an action was finished."""
    return newest(item, (row.get("done") for row in actions(item)))
