"""Who asks for a certificate, how firmly, what it is worth, and what else would do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aimsctl.assessment.calendar import parse_date
from aimsctl.assessment.computed.registry import listed, number, rows
from aimsctl.assessment.decision.figures import Figures, money, several
from aimsctl.standard.deciding import decision

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from aimsctl.assessment.items import Item

Record = dict[str, Any]
_FIRM: Final = ("contract", "tender")
_ASKING: Final = (*_FIRM, "question")
_BRIDGE: Final = "readiness_statement"
SUBSTITUTES: Final = {"soc2_with_ai": "soc2", "evidence_pack": "evidence", "internal_framework": "framework"}


def demand(case: Item) -> Figures:
    """Facts and figures about those who ask."""
    askers = rows(case, "asked_by")
    currency = str(case.get("currency") or "")
    firm = [row for row in askers if row.get("how") in _FIRM]
    needing = needed_by(case)
    bridging = [row for row in needing if _BRIDGE in _accepts(row)]
    expected = [row for row in askers if row.get("how") == "expected_later"]
    best = _substitute([row for row in firm if row not in needing])
    found = Figures(
        {
            "asked": any(row.get("how") in _ASKING for row in askers),
            "asked_firmly": bool(firm),
            "certificate_needed": bool(needing),
            "plan_bridges": bool(bridging),
            "expected_with_worth": bool(worth(expected)),
            **{f"substitute_{short}": best == name for name, short in SUBSTITUTES.items()},
            **{f"accepts_{short}": bool(_accepting(askers, name)) for name, short in SUBSTITUTES.items()},
        },
        {
            "needing": several(map(short_name, needing)),
            "verb_needing": "binds" if len(needing) == 1 else "bind",
            "worth_needing": money(worth(needing), currency),
            "bridging": several(map(short_name, bridging)),
            "worth_expected": money(worth(expected), currency),
        },
    )
    for name, short in SUBSTITUTES.items():
        accepting = _accepting(askers, name)
        found.words[f"accepting_{short}"] = several(map(short_name, accepting))
        found.words[f"worth_{short}"] = money(worth(accepting), currency)
    return found.with_(_time(case, needing))


def needed_by(case: Item) -> list[dict[str, object]]:
    """Those who bind business to the certificate itself: firm, and nothing else would do for good."""
    firm = [row for row in rows(case, "asked_by") if row.get("how") in _FIRM]
    return [row for row in firm if not _accepts(row) - {_BRIDGE}]


def earliest(case: Item) -> date | None:
    """The first day by which somebody needs the certificate; else the day that management wants it."""
    days = [day for row in needed_by(case) if (day := parse_date(row.get("by"))) is not None]
    return min(days, default=parse_date(case.get("target_date")))


def records(case: Item) -> list[Record]:
    """Those who ask, as data."""
    needing = needed_by(case)
    return [
        {
            "who": str(row.get("who") or ""),
            "how": str(row.get("how") or ""),
            "worth": number(row.get("worth")),
            "by": row.get("by"),
            "accepts_instead": [str(word) for word in listed(row.get("accepts_instead"))],
            "needs_certificate": row in needing,
        }
        for row in rows(case, "asked_by")
    ]


def worth(found: Iterable[dict[str, object]]) -> float | None:
    """What they are worth a year together; None where no amount is on file."""
    amounts = [amount for row in found if (amount := number(row.get("worth"))) is not None]
    return sum(amounts) if amounts else None


def short_name(row: dict[str, object]) -> str:
    """Who asks, without what the entry adds behind a comma, semicolon or full stop."""
    who = str(row.get("who") or "somebody")
    cuts = [cut for mark in (",", ";", ". ") if (cut := who.find(mark)) > 0]
    return who[: min(cuts, default=len(who))]


def _accepts(row: dict[str, object]) -> set[str]:
    return {str(word) for word in listed(row.get("accepts_instead"))} - {"nothing_else"}


def _accepting(askers: Iterable[dict[str, object]], name: str) -> list[dict[str, object]]:
    return [row for row in askers if name in _accepts(row)]


def _substitute(firm: Sequence[dict[str, object]]) -> str:
    """What would do for most of the business that asks firmly; nothing where nobody would take anything."""
    weights = {name: (worth(_accepting(firm, name)) or 0.0, len(_accepting(firm, name))) for name in SUBSTITUTES}
    best = max(weights, key=lambda name: weights[name])
    return best if weights[best][1] else ""


def _time(case: Item, needing: Sequence[dict[str, object]]) -> Figures:
    first, today = earliest(case) if needing else None, case.facts.as_of
    least, most = decision().lead_least, decision().lead_most
    months = None if first is None else (first.year - today.year) * 12 + first.month - today.month
    return Figures(
        {"time_enough": months is None or months >= least},
        {
            "needed_by": "no date" if first is None else first.isoformat(),
            "months_left": "any number of" if months is None else str(max(months, 0)),
            "least_months": str(least),
            "most_months": str(most),
        },
    )
