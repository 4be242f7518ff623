"""Every kind, field, computed value and word that the judgement uses exists in the schemas."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pytest

from aimsctl import standard
from aimsctl.standard import catalogue, judgement
from aimsctl.workspace.kinds import Kind, kind, kind_names, schema_of

JUDGEMENT = judgement()
TESTS = list(JUDGEMENT.tests.values())
CLASSES = ("controlled", "register", "record")
REQUIREMENT = {"id", "title", "type", "operational", "applicable", "documented", "implemented", "operating"}
COMPARISONS = set(JUDGEMENT.language["comparisons"]) - {"VALUE"}
OVER_ITEMS = {"exists", "each", "complete", "original", "approved", "reviewed", "links", "recent", "closed"} | {
    "independent",
    "receipts",
    "varied",
}
ONE_RESULT = {"exists", "agrees", "recent", "varied"}
DEFINITIONS = schema_of("common")["$defs"]
SHAPES = ("action", "measurement")

Selection = Mapping[str, Any]


def computed_of_definition(name: str) -> set[str]:
    return set(DEFINITIONS[name]["x-aimsctl"]["computed"])


def rows_of(known: Kind, path: str) -> set[str]:
    return {name.removeprefix(f"{path}.") for name in known.fields if name.startswith(f"{path}.")}


def names_of(known: Kind, path: str = "") -> set[str]:
    """The names an item of the kind, or of its list at path, has: fields and computed values."""
    if not path:
        return set(known.fields) | set(known.computed) | computed_of_definition("envelope")
    names = rows_of(known, path)
    names |= {name.removeprefix(f"{path}.") for name in known.computed if name.startswith(f"{path}.")}
    for shape in SHAPES:
        if set(DEFINITIONS[shape]["properties"]) <= names:
            names |= computed_of_definition(shape)
    return names


def kinds_named(word: str) -> list[Kind]:
    if word == "any":
        return [known for name in kind_names() if (known := kind(name))]
    if word in CLASSES:
        return [known for name in kind_names() if (known := kind(name)) and known.klass == word]
    known = kind(word)
    assert known, f"no kind {word}"
    return [known]


VALUE = "a plain value"


def words(selection: Selection) -> list[str]:
    """The kinds, classes and lists that a selection takes its items from."""
    if "any" in selection:
        return [VALUE if "field" in each else word for each in selection["any"] for word in words(each)]
    if "values" in selection:
        return []
    named = selection["of"]
    return list(named) if isinstance(named, list) else [named]


def has(word: str, name: str) -> bool:
    """Whether every item selected by the word has that name, itself or in its holder."""
    if name == "holder":
        return word != "requirement"
    if word == VALUE:
        return name == "value"
    base, _, path = word.partition(".")
    if base == "requirement":
        return name in REQUIREMENT
    name = name.removeprefix("holder.")
    return all(
        (path and name in names_of(known, path)) or name in names_of(known)
        for known in kinds_named(base)
        if not path or rows_of(known, path)
    )


def types(word: str, name: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Type and allowed words of a field, where it is one; a list of words has the type of one."""
    base, _, path = word.partition(".")
    for known in [] if base == "requirement" else kinds_named(base):
        field = known.fields.get(f"{path}.{name}" if path else name) or known.fields.get(name)
        if field:
            yield field.type, field.enum


def problems_of_value(word: str, name: str, value: Any) -> Iterator[str]:
    for type_, allowed in types(word, name):
        for one in value if isinstance(value, list) else [value]:
            if allowed and one not in allowed:
                yield f"{word}.{name} is never {one}"
            if type_ == "boolean" and not isinstance(one, bool):
                yield f"{word}.{name} is true or false, not {one}"


def problems_of_comparison(word: str, name: str, wanted: Any) -> Iterator[str]:
    if not has(word, name):
        yield f"{word} has no {name}"
    if not isinstance(wanted, Mapping):
        yield from problems_of_value(word, name, wanted) if wanted != "$this" else ()
        return
    for comparison, operand in wanted.items():
        if comparison not in COMPARISONS:
            yield f"no comparison {comparison}"
        if comparison in ("has", "has_all") and operand != "$this":
            yield from problems_of_value(word, name, operand)
        if comparison in ("within", "older") and operand not in JUDGEMENT.thresholds and not has(word, operand):
            yield f"{word} has no {operand} to be {comparison}"
        if comparison in ("not_before", "not_after") and not has(word, operand):
            yield f"{word} has no {operand} to compare with"
        if comparison == "below" and operand not in JUDGEMENT.thresholds:
            yield f"no threshold {operand}"
        if comparison == "of_kind":
            yield from (f"no kind {each}" for each in operand if each not in kind_names())


def problems_of_comparisons(named: Iterable[str], where: Mapping[str, Any]) -> Iterator[str]:
    for word in named:
        for name, wanted in where.items():
            yield from problems_of_comparison(word, name, wanted)


def problems_of_selection(selection: Selection) -> Iterator[str]:
    if set(selection) - {"of", "where", "any", "values", "field", "newest", "date"}:
        yield f"no selection: {selection}"
    for each in selection.get("any", ()):
        yield from problems_of_selection(each)
    named = words(selection)
    for word in named:
        base, _, path = word.partition(".")
        if path and not all(rows_of(known, path) for known in kinds_named(base)):
            yield f"no list {word}"
    yield from problems_of_comparisons(named, selection.get("where", {}))
    for key in ("field", "date"):
        if key in selection:
            yield from problems_of_names(named, [selection[key]])


def problems_of_names(named: Iterable[str], names: Iterable[str]) -> Iterator[str]:
    yield from (f"{word} has no {name}" for word in named for name in names if not has(word, name))


def subject(test: standard.Test) -> Selection | None:
    """The selection whose items can fail; None where there is only one result."""
    args = test.args
    if test.predicate == "covers":
        return dict(args["these"])
    if test.predicate == "keeps_up":
        return dict(args["of"])
    if test.predicate == "state":
        return {"of": "requirement"}
    if test.predicate in OVER_ITEMS:
        return {key: args[key] for key in ("of", "where", "any", "newest", "date") if key in args}
    return None


def problems_of_match(test: standard.Test, left: Selection, right: Selection) -> Iterator[str]:
    for name, other in test.args.get("match", {}).items():
        yield from problems_of_names(words(left), [name])
        if "values" in right:
            for word in words(left):
                yield from problems_of_value(word, name, right["values"])
        if other != "value":
            yield from problems_of_names(words(right), [other])


def problems_of_arguments(test: standard.Test) -> Iterator[str]:
    args = test.args
    selected = subject(test)
    named = words(selected) if selected else []
    if selected and test.predicate != "state":
        yield from problems_of_selection(selected)
    for key in ("to", "these", "by", "left", "right"):
        if key in args and test.predicate != "approved":
            yield from problems_of_selection(args[key])
    if test.predicate == "approved":
        yield from problems_of_comparisons(["role"], args.get("by", {}))
    yield from problems_of_comparisons(named, args.get("must", {}))
    fields = [*args.get("fields", ()), *args.get("from", ())] if test.predicate != "varied" else []
    single = [args[key] for key in ("field", "actor", "changed") if key in args]
    yield from problems_of_names(named, fields + single)
    if test.predicate == "covers":
        yield from problems_of_match(test, args["by"], args["these"])
    if test.predicate == "keeps_up":
        yield from problems_of_match(test, args["by"], args["of"])
    for key in ("within", "lapses", "tolerate", "ahead"):
        if key in args and args[key] not in JUDGEMENT.thresholds:
            yield f"no threshold {args[key]}"


def problems_of_sentence(test: standard.Test, sentence: str) -> Iterator[str]:
    """The placeholders that neither the predicate nor a failing item can fill."""
    given = {*JUDGEMENT.predicates[test.predicate].gives, "this"}
    selected = subject(test)
    single = test.predicate in ONE_RESULT or "tolerate" in test.args
    for name in re.findall(r"{([^}]*)}", sentence):
        if name in given:
            continue
        if selected is None or single:
            yield f"{{{name}}} where there is no failing item"
        elif name == "value" and ("values" in selected or "field" in selected):
            continue
        else:
            yield from problems_of_names(words(selected) or ["requirement"], [name])


def each_test(function: Any) -> Any:
    return pytest.mark.parametrize("test", TESTS, ids=lambda test: test.id)(function)


@each_test
def test_arguments_name_what_the_schemas_have(test: standard.Test) -> None:
    problems = list(problems_of_arguments(test))
    if test.when:
        problems += problems_of_selection(test.when)
    assert problems == []


@each_test
def test_placeholders_can_be_filled(test: standard.Test) -> None:
    assert list(problems_of_sentence(test, JUDGEMENT.say(test))) == []
    assert list(problems_of_sentence(test, JUDGEMENT.do(test))) == []


@pytest.mark.parametrize("control", JUDGEMENT.needed_when)
def test_what_makes_a_control_needed_exists_in_the_schemas(control: str) -> None:
    assert list(problems_of_selection(JUDGEMENT.needed_when[control])) == []


@pytest.mark.parametrize("name", kind_names())
def test_kinds_serve_requirements_that_exist(name: str) -> None:
    known = kind(name)
    assert known
    assert set(known.serves) <= set(catalogue().by_id)
    assert set(known.carries) <= set(standard.documents())


def test_every_requirement_and_all_documented_information_has_a_kind() -> None:
    kinds = [known for name in kind_names() if (known := kind(name))]
    assert set(catalogue().by_id) - {each for known in kinds for each in known.serves} == set()
    assert set(standard.documents()) - {each for known in kinds for each in known.carries} == set()


def test_document_types_serve_the_requirements_that_ask_for_them() -> None:
    known = kind("document")
    assert known
    served = {each for topics in known.topics.values() for each in topics["serves"]}
    assert served <= set(catalogue().by_id)
    asked = {
        requirement
        for requirement, lists in JUDGEMENT.requirements.items()
        if "document-complete" in lists["documented"]
    }
    assert asked <= served


def test_a_wrong_name_is_noticed() -> None:
    wrong: list[Selection] = [
        {"of": "risk", "where": {"hihg": True}},
        {"of": "audit", "where": {"type": "internall"}},
        {"of": "risk.action"},
        {"of": "scope", "where": {"approval.date": {"older": "first_years"}}},
        {"of": "metric.results", "field": "valu"},
    ]
    assert all(list(problems_of_selection(selection)) for selection in wrong)
    assert list(problems_of_sentence(JUDGEMENT.tests["roles-held"], "{titel} is vacant.")) == ["role has no titel"]
