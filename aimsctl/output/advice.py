"""The advice on certification as a document: the answer first, then what it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from aimsctl.output.colour import Tone
from aimsctl.output.report import counted, shown_path
from aimsctl.output.tree import Block, Bullets, Cell, Column, Facts, Heading, Item, Note, Paragraph, Table

Record = Mapping[str, Any]
_HOW: Final[dict[str, str]] = {
    "contract": "by contract",
    "tender": "in a tender",
    "question": "as a question",
    "expected_later": "expected later",
}
_MOVE: Final = {"yes": "you can move it", "partly": "you can move it in part", "no": "you cannot move it"}
_MET_TONES: Final[dict[bool | None, Tone]] = {True: "good", False: "bad", None: "muted"}
_MET: Final = {True: "met", False: "not met yet", None: "for you to say"}


def advice_body(record: Record) -> Iterator[Block]:
    """The whole advice."""
    yield Heading(1, f"Is an ISO/IEC 42001 certificate worth it for {record['organisation'] or 'this organisation'}?")
    case = record["case"]
    by = f" of {case['owner_title']}" if case["owner_title"] else ""
    yield Paragraph(
        f"As of {record['as_of']}, from {case['id']} {case['title']}{by} ({_status(case)};"
        f" {shown_path(case['path'])}) and the state of the workspace. No amount in it is ours."
    )
    if case["status"] == "draft":
        yield Note("The case is a draft.")
    if record["unsaid"]:
        said = "; ".join(f"{one['says']} ({one['field']})" for one in record["unsaid"])
        yield Note(f"The case does not say yet: {said}. What it leaves out is weighed as if there were none.")
    yield from _answer(record)
    yield from _options(record["options"])
    yield from _theatre(record)
    yield Heading(2, "What it rests on")
    yield Facts(tuple((one["name"], Cell(one["value"])) for one in record["basis"]))
    yield from _demand(record["demand"], record["money"]["currency"])
    yield from _money(record["money"])
    yield from _drivers(record["drivers"])
    yield from _cycle(record["cycle"])
    yield from _limits(record)


def _status(case: Record) -> str:
    return f"approved on {case['approved']}" if case["status"] == "approved" else str(case["status"]).replace("_", " ")


def _answer(record: Record) -> Iterator[Block]:
    recommended = record["recommendation"]
    yield Heading(2, f"Recommendation: {recommended['title']}")
    yield Paragraph(recommended["because"], "strong")
    yield Paragraph(recommended["what"])
    yield from _management(record["management"])
    yield Heading(3, "First")
    yield _list(record["first"])
    yield Heading(3, "For it")
    yield _list(record["reasons_for"])
    yield Heading(3, "Against it")
    yield _list(record["reasons_against"])
    yield Heading(3, "What would change it")
    turns = record["would_change"]
    if turns:
        yield Bullets(tuple(Item(f"{one['if']}: then {_small(one['title'])}. {one['because']}") for one in turns))
    else:
        yield Paragraph("No single fact that is weighed here would change it.")


def _small(title: str) -> str:
    return title[:1].lower() + title[1:]


def _management(management: Record) -> Iterator[Block]:
    if management["decision"] is None:
        yield Paragraph("Management has not decided yet.")
        return
    said = management["decision"].replace("_", " ")
    agrees = "which agrees with it" if management["agrees"] else "which differs from it"
    yield Paragraph(f"Management decided to {said}, {agrees}.", "good" if management["agrees"] else "warn")
    if management["reason"]:
        yield Paragraph(f"Its reason: {management['reason']}")


def _list(sentences: Sequence[str]) -> Block:
    return Bullets(tuple(Item(one) for one in sentences)) if sentences else Paragraph("Nothing on file.")


def _options(options: Sequence[Record]) -> Iterator[Block]:
    yield Heading(2, "The alternatives")
    for option in sorted(options, key=lambda one: not one["recommended"]):
        mark = " (recommended)" if option["recommended"] else ""
        yield Heading(3, f"{option['title']}{mark}")
        if not option["recommended"]:
            yield Paragraph(option["what"])
            yield Bullets(
                (
                    *(Item(f"For: {one}") for one in option["for"]),
                    *(Item(f"Against: {one}") for one in option["against"]),
                )
            )
        yield Table((Column("It is done when"), Column("Today")), tuple(_done(one) for one in option["done"]))


def _done(one: Record) -> tuple[Cell, Cell]:
    return (Cell(one["say"]), Cell(_MET[one["met"]], _MET_TONES[one["met"]]))


def _theatre(record: Record) -> Iterator[Block]:
    counts, theatre = record["readiness"], record["theatre"]
    yield Heading(2, "How far you are, and whether it is more than paper")
    if theatre["warns"]:
        yield Note(theatre["says"], "bad")
    grades = ", ".join(f"{number} {grade}" for grade, number in counts["grades"].items())
    yield Facts(
        (
            ("documented in full", Cell(f"{counts['documented']} of {counts['requirements']} requirements")),
            ("shown to run", Cell(f"{counts['running']} of {counts['must_run']} that must run")),
            (
                "written, not shown",
                Cell(", ".join(counts["on_paper"]) or "none", "bad" if counts["on_paper"] else "good"),
            ),
            ("gaps", Cell(grades)),
            ("stage 1", Cell(_blocked(counts["stage_1"]))),
            ("stage 2", Cell(_blocked(counts["stage_2"]))),
        )
    )
    if theatre["findings"]:
        yield Paragraph(f"{counted(len(theatre['findings']), 'sign')} of compliance on paper:")
        yield Bullets(
            tuple(
                Item(one["message"], "warn", f"{shown_path(one['path'])}:{one['line']}" if one["path"] else "")
                for one in theatre["findings"]
            )
        )


def _blocked(requirements: Sequence[str]) -> str:
    return f"blocked by {', '.join(requirements)}" if requirements else "nothing on file blocks it"


def _said(word: str) -> str:
    return word.replace("_", " ")


def _amount(value: float | None, currency: str) -> str:
    return "not on file" if value is None else f"{currency} {value:,.0f}".strip()


def _demand(askers: Sequence[Record], currency: str) -> Iterator[Block]:
    yield Heading(2, "Who asks, and what it is worth")
    heads = (Column("Who"), Column("How"), Column("Worth a year", "right"), Column("By"), Column("Would do instead"))
    rows = tuple(
        (
            Cell(one["who"]),
            Cell(_HOW.get(one["how"], "")),
            Cell(_amount(one["worth"], currency)),
            Cell(str(one["by"] or "no date")),
            Cell(", ".join(one["accepts_instead"]).replace("_", " ") or "nobody asked them"),
        )
        for one in askers
    )
    yield Table(heads, rows) if rows else Paragraph("Nobody asks.")


def _money(money: Record) -> Iterator[Block]:
    yield Heading(2, "What it costs over three years, by your own quotes")
    currency = money["currency"]
    heads = (Column("Year"), *(Column(name, "right") for name in ("Quotes", "Budget", "Quotes less budget")))
    rows = [
        (
            Cell(str(one["year"])),
            Cell(_amount(one["quotes"], currency)),
            Cell(_amount(one["budget"], currency)),
            Cell(_amount(one["gap"], currency), "bad" if (one["gap"] or 0) > 0 else ""),
        )
        for one in money["years"]
    ]
    total = (
        Cell("all"),
        Cell(_amount(money["quotes_total"], currency)),
        Cell(_amount(money["budget_total"], currency)),
        Cell(""),
    )
    yield Table(heads, (*rows, total))
    yield Paragraph(
        f"Of this the audits are {_amount(money['audits_total'], currency)}; the other"
        f" {_amount(money['other_total'], currency)} are for running the system. Business bound to the certificate:"
        f" {_amount(money['worth_needing'], currency)} a year."
    )
    lines = tuple(
        Item(f"Year {one['year']}, {_said(one['what'])}: {_amount(one['amount'], currency)}. Source: {one['source']}")
        for one in money["lines"]
    )
    yield Bullets((*lines, *(Item(remark, "warn") for remark in money["remarks"])))


def _drivers(drivers: Sequence[Record]) -> Iterator[Block]:
    yield Heading(2, "What drives the cost")
    yield Bullets(
        tuple(Item(one["says"], "", "", (f"{_MOVE[one['move']].capitalize()}. {one['how']}",)) for one in drivers)
    )


def _cycle(cycle: Record) -> Iterator[Block]:
    yield Heading(2, "The audit and the three years after it")
    wanted = cycle["wanted"]
    yield Paragraph(
        f"Counted from {wanted}, the day it is wanted." if wanted else "No day is set, so steps are in months."
    )
    rows = tuple(
        (Cell(one["title"]), Cell(_when(one), "bad" if one["past"] else ""), Cell(one["says"]))
        for one in cycle["steps"]
    )
    yield Table((Column("Step"), Column("At the latest"), Column("What happens")), rows)
    lead = cycle["lead_time"]
    yield Paragraph(
        f"{cycle['assumption']} Published accounts need {lead['least']} to {lead['most']} months to the certificate"
        f" ({lead['source']}). Source of the cycle: {cycle['source']}."
    )


def _when(step: Record) -> str:
    if step["by"] is not None:
        return f"{step['by']} (has passed)" if step["past"] else str(step["by"])
    if not step["months"]:
        return "the decision"
    return f"{abs(step['months'])} months {'after' if step['months'] > 0 else 'before'}"


def _limits(record: Record) -> Iterator[Block]:
    yield Heading(2, "What a certificate does not prove")
    yield Bullets(tuple(Item(one) for one in record["not_proven"]))
    yield Heading(3, "When somebody shows you one")
    yield Bullets(tuple(Item(one) for one in record["check_it"]))
