"""What a sheet claims beyond its fields: levels that the risk method gives, and a statement of all 38 controls."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from aimsctl.assessment.items import UNKNOWN, Item
from aimsctl.exchange.export import control_titles
from aimsctl.exchange.headings import SCORE, normal
from aimsctl.exchange.parsing import control_id, control_words
from aimsctl.exchange.plan import Told
from aimsctl.exchange.tables import LEVELS, TITLE
from aimsctl.workspace.hints import shown

if TYPE_CHECKING:
    from aimsctl.assessment.facts import Facts
    from aimsctl.exchange.plan import Row
    from aimsctl.exchange.reading import Filled

_SCORE: Final = re.compile(r"(\d{1,4})(?:\.0+)?(?:\s*\((\d{1,4})\))?(?:\s*[-:(]?\s*[A-Za-z ]+\)?)?")
_MOST: Final = 38


def checked_levels(row: Filled, planned: Row, facts: Facts, data: dict[str, Any]) -> Iterator[Told]:
    """A finding for each level or score of a risk that is not what the risk method in force gives for its ratings."""
    if planned.kind != "risk" or planned.rows:
        return
    item = Item(facts, "risk", data)
    before = Item(facts, "risk", planned.artefact.data) if planned.artefact is not None else None
    for name in LEVELS:
        if name in row.cells:
            given, told = item.get(name), row.text(name)
            if before is not None and normal(before.get(name)) == normal(told):  # type: ignore[arg-type]
                continue  # exported before the ratings were changed
            yield from _level(row, name, told, given, facts)
    if SCORE in row.cells:
        yield from _score(row, item)


def _finding(row: Filled, path: str, message: str, hint: str = "") -> Told:
    return Told("finding", row.sheet.name, row.number, row.address(path), message, hint)


def _level(row: Filled, name: str, told: str, given: object, facts: Facts) -> Iterator[Told]:
    method = facts.method
    if method is None:
        yield _finding(row, name, f"{name} is {shown(told)}, but there is no approved risk method to check it with")
        return
    steps = method.get("levels")
    names = [str(step.get("name")) for step in steps if isinstance(step, dict)] if isinstance(steps, list) else []
    said = [one for one in names if re.search(rf"\b{re.escape(one.casefold())}\b", told.casefold())]
    if len(said) != 1:
        yield _finding(row, name, f"{name} is {shown(told)}, which is no level of {method.id}", ", ".join(names))
    elif given is None or given is UNKNOWN:
        yield _finding(row, name, f"{name} is {said[0]}, but the row has no ratings that {method.id} gives a level for")
    elif said[0] != given:
        hint = "correct the rating, or leave the level to the method"
        yield _finding(row, name, f"{name} is {said[0]}, but {method.id} gives {given} for these ratings", hint)


def _score(row: Filled, item: Item) -> Iterator[Told]:
    told = row.text(SCORE)
    found = _SCORE.fullmatch(told)
    worst, likelihood = item.get("consequence"), item.get("likelihood")
    if found is None or (found[2] and found[1] != found[2]):
        yield _finding(row, SCORE, f"the score {shown(told)} is not one number")
    elif not isinstance(worst, int) or not isinstance(likelihood, int):
        yield _finding(row, SCORE, f"the score is {found[1]}, but the row has no ratings to check it with")
    elif int(found[1]) != worst * likelihood:
        said = f"the score is {found[1]}, but consequence {worst} times likelihood {likelihood} is {worst * likelihood}"
        yield _finding(row, SCORE, said)


def checked_statement(rows: list[Filled], facts: Facts) -> Iterator[Told]:
    """Findings on a statement of applicability: controls of Annex A that it misses, and titles that are not theirs."""
    titles = control_titles()
    seen = set()
    for row in rows:
        said = row.text("control")
        control = control_id(said)
        if said in facts.workspace.by_id or control is None:
            continue
        seen.add(control)
        if control not in titles:
            continue  # a row of such a control is a problem by itself
        for path, title in (("control", control_words(said)), (TITLE, row.text(TITLE))):
            if title and normal(title) != normal(titles[control]):
                yield _finding(row, path, f"{control} is not {shown(title)}; its title is {titles[control]}")
    missing = [name for name in titles if name not in seen]
    if missing:
        first = rows[0]
        said = f"misses {len(missing)} of the {_MOST} controls: {', '.join(missing)}"
        yield Told("finding", first.sheet.name, 0, "", said, "each needs a row: applicable with its reason, or why not")
