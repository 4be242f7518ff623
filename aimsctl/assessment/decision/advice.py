"""The advice itself: the recommendation with its reasons, what would change it, and what lies ahead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aimsctl.assessment.calendar import Duration, parse_date
from aimsctl.assessment.case import case_named
from aimsctl.assessment.computed.registry import listed
from aimsctl.assessment.decision.demand import demand, earliest, records
from aimsctl.assessment.decision.means import costs, means
from aimsctl.assessment.decision.standing import readiness, standing, theatre
from aimsctl.assessment.responsible import title_of
from aimsctl.assessment.sentences import joined
from aimsctl.standard.deciding import Option, Rung, decision

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from aimsctl.assessment.decision.figures import Figures
    from aimsctl.assessment.gap import GapReport
    from aimsctl.assessment.items import Item

Record = dict[str, Any]
_SAID: Final = {
    "asked_by": "who asks for a certificate",
    "people_in_ai_work": "how many people do AI work",
    "sites": "how many sites there are",
    "held": "what is held already",
    "markets": "which markets are sold to",
    "system_owner": "who would run the management system",
    "internal_auditor": "who would be the internal auditor",
    "years_funded": "for how many years money is promised",
    "quotes": "what has been quoted",
    "budget": "what money there is",
}
"""What a case can say, by field; an empty list says something, a field that is left out does not."""


def advice(report: GapReport, name: str = "") -> Record:
    """Everything `decide` says about the case of that id, or the one in force. Raises UsageError without a case."""
    facts, data = report.facts, decision()
    case = case_named(facts, name)
    figures = demand(case).with_(means(case)).with_(standing(report, case))
    rung = _deciding(figures)
    options = [_option(one, figures, rung) for one in data.options.values()]
    chosen = next(one for one in options if one["recommended"])
    return {
        "organisation": facts.workspace.config.organisation,
        "standard": f"{facts.catalogue.standard}:{facts.catalogue.edition}",
        "as_of": report.as_of.isoformat(),
        "case": _case(case),
        "unsaid": [{"field": name, "says": words} for name, words in _SAID.items() if case.data.get(name) is None],
        "basis": [{"name": name, "value": value} for name, value in _basis(case, figures)],
        "recommendation": {
            "option": rung.option,
            "title": chosen["title"],
            "what": chosen["what"],
            "because": rung.because,
        },
        "management": _management(case, rung.option),
        "first": [figures.fill(one.say) for one in data.options[rung.option].first if figures.holds(one.when)],
        "reasons_for": chosen["for"],
        "reasons_against": chosen["against"],
        "would_change": _turns(figures, rung),
        "options": options,
        "demand": records(case),
        "readiness": readiness(report),
        "theatre": theatre(report, figures),
        "money": costs(case),
        "cycle": _cycle(report, case),
        "drivers": [
            {"id": one.id, "says": figures.fill(one.say), "move": one.move, "how": one.how} for one in data.drivers
        ],
        "not_proven": list(data.not_proven),
        "check_it": list(data.check_it),
    }


def _deciding(figures: Figures, turned: Mapping[str, bool] | None = None) -> Rung:
    """The first line of the ladder whose facts hold; the last one asks for nothing."""
    return next(rung for rung in decision().ladder if figures.holds(rung.when, turned))


def _turns(figures: Figures, now: Rung) -> list[Record]:
    """The facts that, turned over alone, lead to another option."""
    found = []
    for turn in decision().turns:
        held = figures.facts[turn.fact]
        then = _deciding(figures, {turn.fact: not held})
        if then.option != now.option:
            said = turn.if_true if held else turn.if_false
            title = decision().options[then.option].title
            found.append(
                {"fact": turn.fact, "if": said, "option": then.option, "title": title, "because": then.because}
            )
    return found


def _option(option: Option, figures: Figures, rung: Rung) -> Record:
    told: dict[str, list[str]] = {"for": [], "against": []}
    for argument in decision().arguments:
        if option.id in argument.options and figures.holds(argument.when):
            told[argument.side].append(figures.fill(argument.say))
    return {
        "id": option.id,
        "title": option.title,
        "what": option.what,
        "recommended": option.id == rung.option,
        "for": told["for"],
        "against": told["against"],
        "done": [{"say": one.say, "met": figures.facts[one.fact] if one.fact else None} for one in option.done],
    }


def _case(case: Item) -> Record:
    span = case.span()
    owner = case.get("owner")
    return {
        "id": case.id,
        "title": str(case.get("title")),
        "status": str(case.get("status")),
        "owner": owner if isinstance(owner, str) else "",
        "owner_title": title_of(case.facts, owner),
        "approved": case.get("approval.date"),
        "path": span.path if span is not None else "",
        "line": span.line if span is not None else 1,
    }


def _basis(case: Item, figures: Figures) -> Iterator[tuple[str, str]]:
    """What the case and the systems in scope say, as it was weighed."""
    facts, words = case.facts, figures.words
    yield "people in AI work", words["people"]
    yield "sites", words["sites"]
    yield "AI systems in scope", f"{words['systems']}, high risk: {words['high_risk_systems']}"
    yield "AI roles", words["roles"]
    yield "held", words["held"]
    yield "markets", joined([str(name) for name in listed(case.data.get("markets"))]) or "none on file"
    yield "laws weighed", joined([title_of(facts, name) for name in listed(case.data.get("laws"))]) or "none on file"
    yield "would run it", words["owner"] or "nobody is named"
    yield "internal auditor", str(case.get("internal_auditor") or "nobody is named")
    yield "years promised", f"{words['years_funded']} of 3"


def _management(case: Item, option: str) -> Record:
    """What management decided, and whether the advice agrees; None while nothing is decided."""
    decided = case.get("decision")
    agrees = None if decided is None else decided in decision().options[option].decisions
    return {"decision": decided, "reason": str(case.get("decision_reason") or ""), "agrees": agrees}


def _cycle(report: GapReport, case: Item) -> Record:
    """The steps with their latest days, counted from the day the certificate is wanted; without one, in months only."""
    data = decision()
    wanted = parse_date(case.get("target_date")) or earliest(case)
    steps = []
    for step in data.steps:
        day = None if wanted is None else Duration(step.months, 0).after(wanted)
        steps.append(
            {
                "id": step.id,
                "title": step.title,
                "says": step.says,
                "months": step.months,
                "by": None if day is None else day.isoformat(),
                "past": day is not None and day < report.as_of,
            }
        )
    return {
        "wanted": None if wanted is None else wanted.isoformat(),
        "source": data.cycle_source,
        "assumption": data.cycle_assumption,
        "lead_time": {"least": data.lead_least, "most": data.lead_most, "source": data.lead_source},
        "steps": steps,
    }
