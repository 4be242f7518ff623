"""Predicates about how artefacts hang together: links, covers, keeps_up, independent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimsctl.assessment.calendar import parse_date, parse_duration
from aimsctl.assessment.predicates.base import Outcome, Question, Result, predicate, undecided, unless_unreadable
from aimsctl.assessment.selection import newest, values

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from aimsctl.assessment.items import Item


@predicate("links")
def links(question: Question) -> list[Outcome]:
    """An answer an item: whether the field names a target and all it names are in the selection `to`."""
    found, targets, name = question.select(), question.select("to"), question.text("field")
    known = {item.id for item in targets.items}
    return [_links(question, item, name, known, targets.kinds) for item in found.items] + undecided(found)


def _links(question: Question, item: Item, name: str, known: set[str], kinds: frozenset[str]) -> Outcome:
    named = _many(item.get(name))
    strange = [identifier for identifier in named if str(identifier) not in known]
    if named and not strange:
        return Outcome(Result.PASS, item)
    failure = Outcome(Result.FAIL, item, {"value": strange}, at=name)
    return unless_unreadable(question, kinds, failure) if named else failure


@predicate("covers")
def covers(question: Question) -> list[Outcome]:
    """An answer for each of these: whether an item of `by` fits all pairs of match."""
    these, by = question.select("these"), question.select("by")
    pairs = question.mapping("match")
    offered = [[values(other.get(left)) for left in pairs] for other in by.items]
    wanted = [str(right) for right in pairs.values()]
    return [_covers(question, item, offered, wanted, by.kinds) for item in these.items] + undecided(these)


def _covers(
    question: Question, item: Item, offered: list[list[set[str]]], wanted: list[str], kinds: frozenset[str]
) -> Outcome:
    ours = [values(item.get(name)) for name in wanted]
    for theirs in offered:
        if not any(left.isdisjoint(right) for left, right in zip(theirs, ours, strict=True)):
            return Outcome(Result.PASS, item)
    return unless_unreadable(question, kinds, Outcome(Result.FAIL, item))


def _fits(other: Item, item: Item, pairs: Mapping[str, object]) -> bool:
    return not any(values(other.get(left)).isdisjoint(values(item.get(str(right)))) for left, right in pairs.items())


@predicate("keeps_up")
def keeps_up(question: Question) -> list[Outcome]:
    """An answer an item that changed: whether the newest approved match is as new; gives `newest`, `changed_on`."""
    found, by = question.select("of"), question.select("by")
    approved = [item for item in by.items if item.top.get("status") == "approved"]
    answers = (_keeps_up(question, item, approved, by.kinds) for item in found.items)
    return [answer for answer in answers if answer is not None]


def _keeps_up(question: Question, item: Item, by: list[Item], kinds: frozenset[str]) -> Outcome | None:
    facts, name = question.facts, question.text("changed")
    changed = parse_date(item.get(name))
    pairs = question.mapping("match")
    latest = newest((other for other in by if _fits(other, item, pairs)), None)
    if changed is None or changed > facts.as_of or not latest:
        return None
    followed = facts.dated(latest[0])
    if followed is not None and followed >= _earliest(question, changed):
        return Outcome(Result.PASS, item)
    words = {"changed_on": changed.isoformat(), "newest": followed.isoformat() if followed else None}
    answer = Outcome(Result.SUSPECT, item, words, at=name)
    return unless_unreadable(question, kinds, answer)


def _earliest(question: Question, changed: date) -> date:
    ahead = question.args.get("ahead")
    if ahead is None:
        return changed
    limit = question.facts.period(str(ahead)) if ahead in question.facts.judgement.thresholds else parse_duration(ahead)
    return changed if limit is None else limit.before(changed)


@predicate("independent")
def independent(question: Question) -> list[Outcome]:
    """An answer an item: whether no person behind the actor is behind the work; gives `person`, `clash`."""
    found = question.select()
    return [_independent(question, item) for item in found.items]


def _independent(question: Question, item: Item) -> Outcome:
    actors = set[str]()
    for named in _many(item.get(question.text("actor"))):
        actors |= people_behind(item, named, question.words("except"))
    sides = [(named, people_behind(item, named, question.words("except"))) for named in _work(question, item)]
    clashes = [(named, person) for named, people in sides for person in sorted(people & actors)]
    if clashes:
        named, person = clashes[0]
        words = {"person": _title(item, person), "clash": [_title(item, one) for one, _ in clashes]}
        return Outcome(Result.FAIL, item, words, at=question.text("actor"))
    if not actors or not any(people for _, people in sides):
        return Outcome(Result.UNKNOWN, item)
    return Outcome(Result.PASS, item)


def _work(question: Question, item: Item) -> list[object]:
    return [named for name in question.words("from") for named in _many(item.get(name))]


def _title(item: Item, identifier: object) -> object:
    found = item.facts.find(identifier)
    return identifier if found is None else found.get("title")


def people_behind(item: Item, named: object, leave_out: list[str]) -> set[str]:
    """The persons behind a person, a role (its holder), an artefact (owner, performed_by) or a requirement."""
    found = item.facts.find(named)
    if found is None:
        return _behind_requirement(item, str(named)) if str(named) not in leave_out else set()
    if found.kind == "person":
        return {found.id}
    if found.kind == "role":
        return {str(found.data["holder"])} if found.data.get("holder") else set()
    roles = [found.data.get("owner"), found.data.get("performed_by")]
    return set[str]().union(*(people_behind(item, role, []) for role in roles if role))


def _behind_requirement(item: Item, identifier: str) -> set[str]:
    row = item.facts.soa_rows.get(identifier)
    people = people_behind(item, row.data.get("owner"), []) if row is not None and row.data.get("owner") else set()
    for kind in ("process", "control"):
        for artefact in item.facts.standing(kind):
            if identifier in _many(artefact.data.get("fulfils")):
                people |= people_behind(item, artefact.id, [])
    return people


def _many(value: object) -> list[object]:
    if value is None or not value:
        return []
    return value if isinstance(value, list) else [value]
