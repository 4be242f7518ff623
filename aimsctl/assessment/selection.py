"""The selection language of the judgement: which items a test looks at, and the comparisons it makes.

Comparisons answer True, False, or None where nobody can tell (a computed value that only history knows).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from aimsctl.assessment.calendar import Duration, parse_date, parse_duration
from aimsctl.assessment.computed import needs
from aimsctl.assessment.facts import kinds_named
from aimsctl.assessment.filled import is_filled
from aimsctl.assessment.items import UNKNOWN, Item

if TYPE_CHECKING:
    from aimsctl.assessment.facts import Facts

Where = Mapping[str, object]


@dataclass(slots=True)
class Selection:
    """The items that fit, those of which nobody can tell whether they fit, and the kinds that were looked at."""

    items: list[Item] = field(default_factory=list)
    undecided: list[Item] = field(default_factory=list)
    kinds: frozenset[str] = frozenset()


def select(facts: Facts, wanted: Mapping[str, object], *, this: str = "") -> Selection:
    """The items that a selection of the judgement data describes.

    Draft and retired artefacts, and records that are not approved or lie after the day of judgement, are left out
    unless `where` names the status.
    """
    if "any" in wanted:
        parts = [select(facts, part, this=this) for part in _selections(wanted["any"])]
    elif "values" in wanted:
        parts = [Selection([Item(facts, "value", {"value": value}) for value in _many(wanted["values"])])]
    else:
        where = _where(wanted.get("where"), this)
        parts = [_select_one(facts, name, where) for of in _many(wanted["of"]) for name in kinds_named(str(of))]
    found = Selection(
        [item for part in parts for item in part.items],
        [item for part in parts for item in part.undecided],
        frozenset().union(*(part.kinds for part in parts)),
    )
    if wanted.get("newest") is True:
        found.items = newest(found.items, None)
    if "field" in wanted:
        found.items = list(_values(found.items, str(wanted["field"])))
    return found


def _selections(value: object) -> Iterable[Mapping[str, object]]:
    return (part for part in _many(value) if isinstance(part, Mapping))


def _where(where: object, this: str) -> Where:
    if not isinstance(where, Mapping):
        return {}
    return {str(name): _with_this(value, this) for name, value in where.items()}


def _with_this(value: object, this: str) -> object:
    if value == "$this":
        return this
    if isinstance(value, dict):
        return {key: _with_this(part, this) for key, part in value.items()}
    return value


def _select_one(facts: Facts, name: str, where: Where) -> Selection:
    items: Iterable[Item]
    if "status" in where and "." not in name:
        items = (item for item in facts.items(name) if item.get("status") != "retired")
    else:
        items = facts.standing(name)
    kinds = {name.partition(".")[0]}
    found = Selection(kinds=frozenset(kinds | needs(kinds, where)))
    for item in items:
        fits = holds(item, where)
        if fits is None:
            found.undecided.append(item)
        elif fits and _happened(item):
            found.items.append(item)
    return found


def _happened(item: Item) -> bool:
    """A row dated after the day of judgement has not happened yet; plans and deadlines are not dated that way."""
    day = parse_date(item.data.get("date")) if item.holder is not None else None
    return day is None or day <= item.facts.as_of


def _values(items: Iterable[Item], name: str) -> Iterable[Item]:
    for item in items:
        for value in _many(item.get(name)):
            yield Item(item.facts, "value", {"value": value}, item.artefact, item.pointer, item)


def newest(items: Iterable[Item], date_field: str | None) -> list[Item]:
    """The newest of the items by date, as a list of one; empty if none is dated by the day of judgement."""
    dated = [(day, item) for item in items if (day := item.facts.dated(item, date_field)) is not None]
    dated = [(day, item) for day, item in dated if day <= item.facts.as_of]
    return [max(dated, key=lambda pair: pair[0])[1]] if dated else []


# comparisons


def holds(item: Item, where: Where) -> bool | None:
    """Whether all comparisons hold for the item; None if that hangs on something nobody can tell."""
    verdict: bool | None = True
    for name, wanted in where.items():
        answer = compare(item, name, wanted)
        if answer is False:
            return False
        if answer is None:
            verdict = None
    return verdict


def failing_field(item: Item, must: Where) -> str:
    """The first field whose comparison does not hold; empty if all do."""
    return next((name for name, wanted in must.items() if compare(item, name, wanted) is False), "")


def compare(item: Item, name: str, wanted: object) -> bool | None:
    """One comparison of a field of the item."""
    value = item.get(name)
    if value is UNKNOWN:
        return None
    if isinstance(wanted, dict):
        return all(COMPARISONS[str(word)](item, name, value, operand) for word, operand in wanted.items())
    return value in wanted if isinstance(wanted, list) else value == wanted


def _has(_item: Item, _name: str, value: object, operand: object) -> bool:
    return any(one in _many(value) for one in _many(operand))


def _has_all(_item: Item, _name: str, value: object, operand: object) -> bool:
    return all(one in _many(value) for one in _many(operand))


def _set(item: Item, name: str, _value: object, operand: object) -> bool:
    return is_filled(item, name) is operand


def _at_least(item: Item, _name: str, value: object, operand: object) -> bool:
    return isinstance(value, int | float) and value >= _number(item, operand)


def _below(item: Item, _name: str, value: object, operand: object) -> bool:
    return isinstance(value, int | float) and value < _number(item, operand)


def _within(item: Item, _name: str, value: object, operand: object) -> bool:
    day, limit = parse_date(value), period(item, operand)
    return day is not None and limit is not None and limit.before(item.facts.as_of) <= day <= item.facts.as_of


def _older(item: Item, _name: str, value: object, operand: object) -> bool:
    day, limit = parse_date(value), period(item, operand)
    return day is not None and limit is not None and day < limit.before(item.facts.as_of)


def _past(item: Item, _name: str, value: object, operand: object) -> bool:
    """A last day that is today has not passed; a missing date is neither past nor ahead."""
    day = parse_date(value)
    return day is not None and (day < item.facts.as_of) is operand


def _not_before(item: Item, _name: str, value: object, operand: object) -> bool:
    day, other = parse_date(value), parse_date(item.get(str(operand)))
    return day is not None and other is not None and day >= other


def _not_after(item: Item, _name: str, value: object, operand: object) -> bool:
    day, other = parse_date(value), parse_date(item.get(str(operand)))
    return day is not None and other is not None and day <= other


def _of_kind(item: Item, _name: str, value: object, operand: object) -> bool:
    found = (item.facts.find(identifier) for identifier in _many(value))
    return any(target is not None and target.kind in _many(operand) for target in found)


COMPARISONS: Final[Mapping[str, Callable[[Item, str, object, object], bool]]] = {
    "has": _has,
    "has_all": _has_all,
    "set": _set,
    "at_least": _at_least,
    "below": _below,
    "within": _within,
    "older": _older,
    "past": _past,
    "not_before": _not_before,
    "not_after": _not_after,
    "of_kind": _of_kind,
}


def period(item: Item, operand: object) -> Duration | None:
    """A duration given as a threshold's name, as text, or as a field of the item."""
    if operand in item.facts.judgement.thresholds:
        return item.facts.period(str(operand))
    return parse_duration(operand) or parse_duration(item.get(str(operand)))


def _number(item: Item, operand: object) -> float:
    if isinstance(operand, int | float):
        return operand
    return item.facts.number(str(operand))


def _many(value: object) -> list[object]:
    """A list as it is, one value as a list of one, nothing as an empty list."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def values(value: object) -> set[str]:
    """The values to match by: those of a list, or the one. Two fields match if they share one."""
    return set(map(str, _many(value)))
