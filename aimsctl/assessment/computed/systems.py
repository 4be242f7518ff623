"""Computed values of AI systems, their controls, releases, measurements and suppliers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimsctl.assessment.computed.registry import computed, listed, newest, number, past, rows

if TYPE_CHECKING:
    from aimsctl.assessment.items import Item

DUTIES = (
    "data",
    "model",
    "testing",
    "monitoring",
    "incidents",
    "user_information",
    "human_oversight",
    "personal_data",
    "retirement",
)


@computed("live", "ai-system")
def live(item: Item) -> object:
    """Whether people use it."""
    return item.get("stage") in ("live", "being_retired")


@computed("ours", "ai-system")
def ours(item: Item) -> object:
    """Whether the organisation provides or produces it."""
    return not {"provider", "producer"}.isdisjoint(listed(item.data.get("roles")))


@computed("high_risk", "ai-system")
def high_risk(item: Item) -> object:
    """Whether law, the organisation, or its newest approved impact assessment says so."""
    if item.get("legal_class") in ("high_risk", "prohibited") or item.get("sensitive_use") is True:
        return True
    assessment = _newest_assessment(item)
    impacts = item.facts.items("impact-assessment.impacts")
    return any(row.holder is assessment and row.get("serious") is True for row in impacts)


def _newest_assessment(item: Item) -> Item | None:
    fitting = [
        assessment
        for assessment in item.facts.standing("impact-assessment")
        if item.id in listed(assessment.data.get("ai_systems"))
        and assessment.get("status") == "approved"
        and past(item, assessment.get("date")) is not None
    ]
    return max(fitting, key=lambda assessment: str(assessment.get("date")), default=None)


@computed("last_change", "ai-system")
def last_change(item: Item) -> object:
    """The newest release of a significant version or effect of a significant change."""
    releases = [row.get("released") for row in rows(item, "models") if row.get("significant") is True]
    changes = [
        change.get("took_effect")
        for change in item.facts.standing("change")
        if change.get("significant") is True and item.id in listed(change.data.get("ai_systems"))
    ]
    return newest(item, [*releases, *changes])


@computed("current", "ai-system.models")
def current(item: Item) -> object:
    """Whether the version was released and not retired by the day of judgement."""
    released, retired = past(item, item.data.get("released")), past(item, item.data.get("retired"))
    return released is not None and (retired is None or retired == item.facts.as_of)


@computed("short", "resource")
def short(item: Item) -> object:
    """Whether less is provided than needed."""
    needed, provided = number(item.get("amount_needed")), number(item.get("amount_provided"))
    return None if needed is None or provided is None else provided < needed


@computed("own", "soa.entries")
def own(item: Item) -> object:
    """Whether the row is about a control beyond Annex A."""
    return not str(item.data.get("control")).startswith("A.")


@computed("passed", "evaluation")
def passed(item: Item) -> object:
    """Whether every result met its line."""
    results = [row for row in item.facts.items("evaluation.results") if row.holder is item]
    return bool(results) and all(row.get("met") is True for row in results)


@computed("test_data_seen", "evaluation")
def test_data_seen(item: Item) -> object:
    """Whether a test set is also behind the training of the version tested."""
    system = item.facts.find(item.get("ai_system"), "ai-system")
    models = rows(system, "models") if system is not None else []
    trained = {
        name
        for model in models
        if model.get("version") == item.get("model_version")
        for name in listed(model.get("trained_on"))
    }
    return not trained.isdisjoint(listed(item.data.get("datasets")))


@computed("before_evaluation", "deployment")
def before_evaluation(item: Item) -> object:
    """Whether it went live before its evaluation was finished."""
    evaluation = item.facts.find(item.get("evaluation"), "evaluation")
    return evaluation is not None and str(item.get("date")) < str(evaluation.get("date"))


@computed("has_threshold", "metric")
def has_threshold(item: Item) -> object:
    """Whether there is a line to compare with."""
    return item.get("at_least") is not None or item.get("at_most") is not None


@computed("latest", "metric")
def latest(item: Item) -> object:
    """The day of the newest result."""
    return newest(item, (row.get("date") for row in rows(item, "results")))


@computed("open_duties", "allocation")
def open_duties(item: Item) -> object:
    """Duties that no line gives to anybody."""
    named = {row.get("duty") for row in rows(item, "duties")}
    return [duty for duty in DUTIES if duty not in named]
