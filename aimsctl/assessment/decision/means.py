"""Who would run it and what it costs: only the organisation's own quotes and budget, each with its source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aimsctl.assessment.computed.registry import number, rows
from aimsctl.assessment.decision.demand import needed_by, worth
from aimsctl.assessment.decision.figures import Figures, money
from aimsctl.assessment.responsible import title_of

if TYPE_CHECKING:
    from aimsctl.assessment.items import Item

Record = dict[str, Any]
YEARS: Final = (1, 2, 3)
_AUDITS: Final = ("audit_first_year", "surveillance", "recertification")


def means(case: Item) -> Figures:
    """Facts and figures about people and money."""
    found = costs(case)
    funded, owner = number(case.get("years_funded")) or 0, case.get("system_owner")
    quotes = {str(row["what"]) for row in found["lines"]}
    offers = sum(1 for row in found["lines"] if row["what"] == "audit_first_year")
    short = [row for row in found["years"] if row["gap"] is None or row["gap"] > 0]
    quoted = {"audit_first_year", "surveillance"} <= quotes
    currency = found["currency"]
    missing = ", ".join(_short_year(row, currency) for row in short)
    return Figures(
        {
            "owner_named": bool(owner),
            "auditor_named": bool(case.get("internal_auditor")),
            "funded": funded >= len(YEARS),
            "quoted": quoted,
            "affordable": quoted and not short,
        },
        {
            "owner": title_of(case.facts, owner),
            "years_funded": f"{funded:g}",
            "quotes_total": money(found["quotes_total"], currency),
            "audits_total": money(found["audits_total"], currency),
            "budget_total": money(found["budget_total"], currency),
            "short_years": missing,
            "offers": str(offers),
        },
    )


def _short_year(row: Record, currency: str) -> str:
    if row["gap"] is None:
        return f"year {row['year']} has no budget"
    return f"year {row['year']} lacks {money(row['gap'], currency)}"


def costs(case: Item) -> Record:
    """Quotes and budget by year, every line with its source, and what is missing to be complete."""
    lines: list[Record] = [
        {
            "what": str(row.get("what") or ""),
            "year": row.get("year"),
            "amount": number(row.get("amount")),
            "source": str(row.get("source") or ""),
        }
        for row in rows(case, "quotes")
    ]
    budget = rows(case, "budget")
    years = [_year(year, lines, budget) for year in YEARS]
    audits = sum(line["amount"] or 0 for line in lines if line["what"] in _AUDITS)
    total = sum(line["amount"] or 0 for line in lines)
    return {
        "currency": str(case.get("currency") or ""),
        "years": years,
        "lines": lines,
        "quotes_total": total if lines else None,
        "audits_total": audits if lines else None,
        "other_total": total - audits if lines else None,
        "budget_total": sum(row["budget"] or 0 for row in years) if budget else None,
        "worth_needing": worth(needed_by(case)),
        "remarks": _remarks(lines),
    }


def _year(year: int, lines: list[Record], budget: list[dict[str, object]]) -> Record:
    quotes = [line["amount"] or 0 for line in lines if line["year"] == year]
    there = [number(row.get("amount")) or 0 for row in budget if row.get("year") == year]
    quoted, given = sum(quotes), sum(there) if there else None
    gap = None if given is None and quoted else quoted - (given or 0)
    return {"year": year, "quotes": quoted, "budget": given, "gap": gap}


def _remarks(lines: list[Record]) -> list[str]:
    quoted = {line["what"] for line in lines}
    said = []
    if "audit_first_year" not in quoted:
        said.append("No offer for the first audit is on file. Ask at least two accredited bodies.")
    if "surveillance" not in quoted:
        said.append("No offer for the yearly surveillance is on file.")
    if "recertification" not in quoted:
        said.append("Recertification is in no quote; its audit falls before the end of the third year.")
    if "staff_time" not in quoted:
        said.append("The time of your own people is in no quote; it is usually the largest part.")
    return said
