"""Computed values of the management system's own artefacts: people, documents, plans, reviews and corrections."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimsctl.assessment.calendar import parse_date
from aimsctl.assessment.computed.registry import computed, listed, newest, number, past, rows
from aimsctl.assessment.computed.risks import roles_behind
from aimsctl.assessment.items import UNKNOWN

if TYPE_CHECKING:
    from aimsctl.assessment.items import Item


@computed("reporting", "obligation")
def reporting(item: Item) -> object:
    """Whether it is a duty to report to somebody."""
    return bool(item.get("report_to"))


@computed("from_customer", "obligation")
def from_customer(item: Item) -> object:
    """Whether one of the parties is a customer."""
    found = (item.facts.find(name, "interested-party") for name in listed(item.data.get("parties")))
    return any(party is not None and party.get("category") == "customer" for party in found)


@computed("last_output", "process")
def last_output(item: Item) -> object:
    """The newest dated artefact that shows the process ran, checks that name it included."""
    dates: list[object] = []
    for name in listed(item.data.get("proven_by")):
        dates += [_iso(proof) for proof in item.facts.standing(str(name)) if proof.top.get("status") == "approved"]
    checks = (check for check in item.facts.standing("check") if item.id in listed(check.data.get("checks")))
    dates += [check.get("date") for check in checks]
    return newest(item, dates)


def _iso(item: Item) -> str | None:
    day = item.facts.dated(item)
    return None if day is None else day.isoformat()


@computed("vacant", "role")
def vacant(item: Item) -> object:
    """Whether nobody who counts holds it, or the holder has left."""
    named = item.get("holder")
    holder = item.facts.find(named, "person")
    if holder is None:
        return UNKNOWN if named and "person" in item.facts.workspace.broken else True
    return not item.facts.counts(holder) or past(item, holder.get("left")) is not None


@computed("plainly_needed_by", "soa.entries")
def plainly_needed_by(item: Item) -> object:
    """Ids of what plainly needs the control although the row excludes it."""
    from aimsctl.assessment.selection import select  # noqa: PLC0415 - selections read computed values, this one value selects

    needed = item.facts.judgement.needed_when.get(str(item.data.get("control")))
    if needed is None or item.data.get("applicable") is not False:
        return []
    return [found.get("title") for found in select(item.facts, needed).items]


@computed("last_measured", "objective")
def last_measured(item: Item) -> object:
    """The newest day among its own results and those of its metric."""
    return newest(item, (row.get("date") for row in _results(item)))


def _results(item: Item) -> list[dict[str, object]]:
    metric = item.facts.find(item.get("metric"), "metric")
    return rows(item, "results") + (rows(metric, "results") if metric is not None else [])


@computed("progress", "objective")
def progress(item: Item) -> object:
    """reached, missed, on_track, or unknown without a value or a target."""
    low, high = number(item.get("at_least")), number(item.get("at_most"))
    results = [row for row in _results(item) if past(item, row.get("date")) is not None]
    value = number(max(results, key=lambda row: str(row.get("date")))["value"]) if results else None
    if value is None or (low is None and high is None):
        return "unknown"
    if (low is None or value >= low) and (high is None or value <= high):
        return "reached"
    due = parse_date(item.get("due"))
    return "missed" if due is not None and due < item.facts.as_of else "on_track"


@computed("duties", "competence")
def duties(item: Item) -> object:
    """The duties of its role."""
    role = item.facts.find(item.get("role"), "role")
    return role.data.get("duties") if role is not None else None


@computed("reach", "training")
def reach(item: Item) -> object:
    """The share of those expected who came."""
    expected, attended = number(item.get("expected")), number(item.get("attended"))
    return None if not expected or attended is None else attended / expected


@computed("last_sent", "communication")
def last_sent(item: Item) -> object:
    """The newest time it happened."""
    return newest(item, (row.get("date") for row in rows(item, "sent")))


@computed("from_top", "communication")
def from_top(item: Item) -> object:
    """Whether top management speaks."""
    sender = item.facts.find(item.get("sender"), "role")
    return sender is not None and sender.get("top_management") is True


@computed("done", "audit-programme.planned")
def planned_done(item: Item) -> object:
    """Whether an approved internal audit names this programme and this planned audit."""
    programme = item.holder.id if item.holder is not None else ""
    return any(
        audit.get("type") == "internal" and audit.get("programme") == programme and audit.get("planned") == item.id
        for audit in item.facts.standing("audit")
    )


@computed("top_management_present", "management-review")
def top_management_present(item: Item) -> object:
    """Whether a participant is, or holds, a role of top management."""
    present = (role for name in listed(item.data.get("participants")) for role in roles_behind(item, name))
    return any(role.get("top_management") is True for role in present)


@computed("has_outcome", "management-review")
def has_outcome(item: Item) -> object:
    """Whether something was decided, or why not is said."""
    return bool(item.data.get("decisions")) or bool(item.get("no_decision_reason"))


@computed("state", "nonconformity")
def state(item: Item) -> object:
    """open, in_action, awaiting_check or closed (actions done and found effective)."""
    if not rows(item, "actions"):
        return "open"
    if item.get("actions_open") is True:
        return "in_action"
    return "closed" if item.get("effect") == "effective" else "awaiting_check"


@computed("not_updated", "change")
def not_updated(item: Item) -> object:
    """Artefacts that must follow the change and are dated before it took effect."""
    took_effect = past(item, item.get("took_effect"))
    if took_effect is None:
        return []
    behind = []
    for name in listed(item.data.get("affects")):
        affected = item.facts.find(name)
        followed = item.facts.dated(affected) if affected is not None else None
        if affected is not None and (followed is None or followed < took_effect):
            behind.append(affected.id)
    return behind


@computed("overdue", "concern")
def concern_overdue(item: Item) -> object:
    """Whether it was not answered or not closed in time."""
    came_in = parse_date(item.get("date"))
    if came_in is None:
        return None
    limit = item.facts.period("concern_time").after(came_in)
    done = [past(item, item.get(name)) for name in ("answered", "closed")]
    return any((day is None and item.facts.as_of > limit) or (day is not None and day > limit) for day in done)


@computed("active", "waiver")
def active(item: Item) -> object:
    """Whether it is approved and has not ended."""
    until = parse_date(item.get("until"))
    return item.get("status") == "approved" and until is not None and until >= item.facts.as_of


@computed("expired", "waiver")
def expired(item: Item) -> object:
    """Whether it was approved and has ended."""
    until = parse_date(item.get("until"))
    return item.get("status") == "approved" and until is not None and until < item.facts.as_of
