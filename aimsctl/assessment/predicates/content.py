"""Predicates about what is there and what it says: exists, each, complete, original, varied, agrees."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from aimsctl.assessment.calendar import parse_date
from aimsctl.assessment.filled import is_filled
from aimsctl.assessment.predicates.base import Outcome, Question, Result, predicate, undecided, unless_unreadable
from aimsctl.assessment.selection import compare, failing_field, holds, period

if TYPE_CHECKING:
    from aimsctl.assessment.items import Item


@predicate("exists")
def exists(question: Question) -> list[Outcome]:
    """One answer: whether the selection has at least (default one) and at most so many items."""
    found = question.select()
    least, most = question.args.get("at_least", 1), question.args.get("at_most")
    count = len(found.items)
    if isinstance(most, int) and count > most:
        return [Outcome(Result.FAIL, found.items[most])]
    if isinstance(least, int) and count >= least:
        return [Outcome(Result.PASS, item) for item in found.items[:1]] or [Outcome(Result.PASS)]
    if found.undecided:
        return undecided(found)
    return [unless_unreadable(question, found.kinds, Outcome(Result.FAIL, _draft(question, found.kinds)))]


def _draft(question: Question, kinds: Iterable[str]) -> Item | None:
    """A draft of what is missing: it counts for nothing yet, but it is the place to go on."""
    drafts = (item for name in sorted(kinds) for item in question.facts.items(name) if item.get("status") == "draft")
    return next(drafts, None)


@predicate("each")
def each(question: Question) -> list[Outcome]:
    """An answer an item: whether it satisfies all comparisons."""
    found, must = question.select(), question.mapping("must")
    return [_each(item, must) for item in found.items] + undecided(found)


def _each(item: Item, must: Mapping[str, object]) -> Outcome:
    answer = holds(item, must)
    if answer is None:
        return Outcome(Result.UNKNOWN, item)
    if answer:
        return Outcome(Result.PASS, item)
    name = failing_field(item, must)
    late = all(
        compare(item, field, wanted) is not False or _late(item, field, wanted) for field, wanted in must.items()
    )
    shows = "absent" if _never(item, must) else ""
    return Outcome(Result.LATE if late else Result.FAIL, item, at=name, shows=shows)


def _never(item: Item, must: Mapping[str, object]) -> bool:
    """Whether all that fails is a `within` for want of any date: it did not lapse, it never took place."""
    failing = {field: wanted for field, wanted in must.items() if compare(item, field, wanted) is False}
    return all(
        isinstance(wanted, Mapping) and set(wanted) == {"within"} and parse_date(item.get(field)) is None
        for field, wanted in failing.items()
    )


def _late(item: Item, name: str, wanted: object) -> bool:
    """Whether a `within` was missed by no more than the grace."""
    if not isinstance(wanted, Mapping) or set(wanted) != {"within"}:
        return False
    day, limit = parse_date(item.get(name)), period(item, wanted["within"])
    if day is None or limit is None or day > item.facts.as_of:
        return False
    return item.facts.period("grace").after(limit.after(day)) >= item.facts.as_of


@predicate("complete")
def complete(question: Question) -> list[Outcome]:
    """An answer an item: whether every named field is filled in; gives `missing`."""
    found, fields = question.select(), question.words("fields")
    return [_complete(item, fields) for item in found.items] + undecided(found)


def _complete(item: Item, fields: list[str]) -> Outcome:
    missing = [name for name in fields if not is_filled(item, name)]
    if not missing:
        return Outcome(Result.PASS, item)
    return Outcome(Result.FAIL, item, {"missing": [label(name) for name in missing]}, at=missing[0])


def label(name: str) -> str:
    """A field's name as a person reads it."""
    return name.replace(".", " ").replace("_", " ")


@predicate("original")
def original(question: Question) -> list[Outcome]:
    """An answer an item: whether none of its texts is placeholder; gives `missing`, the fields at fault."""
    found = question.select()
    return [_original(item) for item in found.items]


def _original(item: Item) -> Outcome:
    at_fault = item.facts.placeholders(item)
    if not at_fault:
        return Outcome(Result.PASS, item)
    return Outcome(Result.FAIL, item, {"missing": [label(name) for name in at_fault]}, at=at_fault[0])


@predicate("varied")
def varied(question: Question) -> list[Outcome]:
    """One answer: whether no value holds more than the share; nothing for too few items."""
    found, name = question.select(), question.text("field")
    values = [(_folded(item.get(name)), item) for item in found.items if is_filled(item, name)]
    least, most = question.args.get("from"), question.args.get("at_most")
    if not isinstance(least, int) or not isinstance(most, int | float) or len(values) < least:
        return []
    common, count = Counter(value for value, _ in values).most_common(1)[0]
    share = count / len(values)
    if share <= most:
        return [Outcome(Result.PASS)]
    first = next(item for value, item in values if value == common)
    words = {"common": _plain(first, name), "share": f"{share:.0%}"}
    return [Outcome(Result.FAIL, first, words, at=name)]


def _plain(item: Item, name: str) -> object:
    value = item.get(name)
    target = item.facts.find(value)
    return value if target is None else target.get("title")


def _folded(value: object) -> str:
    return " ".join(str(value).split()).casefold()


@predicate("agrees")
def agrees(question: Question) -> list[Outcome]:
    """One answer: whether two selections give the same values; nothing when both are empty."""
    sides = [question.select(name) for name in ("left", "right")]
    left, right = ({str(item.get("value")): item for item in side.items} for side in sides)
    if not left and not right:
        return []
    if left.keys() == right.keys():
        return [Outcome(Result.PASS)]
    only_left, only_right = sorted(left.keys() - right.keys()), sorted(right.keys() - left.keys())
    first = left[only_left[0]] if only_left else right[only_right[0]]
    words = {"only_left": only_left, "only_right": only_right}
    failure = Outcome(Result.FAIL, first.holder, words, at=str(question.mapping("left").get("field")))
    return [unless_unreadable(question, sides[0].kinds | sides[1].kinds, failure)]
