"""Floor 2: what a schema refused, told to the person who wrote the artefact, at the line where it stands.

A missing field points at the key of what lacks it, an unknown field at itself, a wrong value at the value, an empty
list at its key. What only follows from another finding is not told: `onwer` is one finding, not also a missing owner.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from aimsctl.diagnostics import Diagnostic, ordered
from aimsctl.source.yaml import Pointer
from aimsctl.workspace import hints, rules
from aimsctl.workspace.artefacts import Artefact
from aimsctl.workspace.kinds import COMMON, REGISTER, Field, kind, schema_of
from aimsctl.workspace.schema import Failure, failures
from aimsctl.workspace.view import MOST_LISTED, View, dotted, label

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
MOST_FINDINGS: Final = 50
_TYPES: Final = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a group of fields",
}
_SHAPES: Final = {
    "id": "an id: capital letters and digits in parts joined by hyphens, such as RISK-007",
    "requirement": "a clause or an Annex A control, such as 6.1.3 or A.6.2.4",
    "annex_a": "an Annex A control, such as A.6.2.4",
    "annex_a_or_id": "an Annex A control or the id of a control, such as A.6.2.4 or CTL-017",
    "date": "a day between 1900 and 2199 written as 2026-03-31",
    "duration": "a period in years, months, weeks or days, such as P1Y, P6M, P2W or P90D",
    "time_limit": "a time in hours or days, such as PT24H or P2D",
}


def explain(artefact: Artefact) -> list[Diagnostic]:
    """What is wrong with an artefact that its schema refuses, by place; at least one finding, and never a flood."""
    view = View(artefact, kind(artefact.kind))
    told = ordered(finding for failure in failures(artefact.kind, artefact.data) for finding in _tell(view, failure))
    meant = {finding.hint for finding in told if finding.rule is rules.UNKNOWN_FIELD}
    told = [
        each for each in told if not (each.rule is rules.MISSING_FIELD and hints.did_you_mean(_name(each)) in meant)
    ]
    if len(told) <= MOST_FINDINGS:
        return told
    last = told[MOST_FINDINGS - 1]
    rest = f"{len(told) - MOST_FINDINGS + 1} more findings in this artefact are not shown."
    return [
        *told[: MOST_FINDINGS - 1],
        replace(last, rule=rules.REFUSED, message=rest, hint="Correct those above first.", subject=""),
    ]


def _name(missing: Diagnostic) -> str:
    return missing.message.split("`")[1]


def _tell(view: View, failure: Failure) -> Iterator[Diagnostic]:
    if failure.instance is None or failure.instance == "":
        yield view.at_value(
            rules.EMPTY, failure.pointer, f"{label(failure.pointer)} is empty.", "Fill it in, or remove its line."
        )
        return
    teller = _TELLERS.get(failure.keyword)
    if teller is not None:
        yield from teller(view, failure)
        return
    reason = failure.message or f"does not satisfy `{failure.keyword}`"
    yield view.at_value(rules.REFUSED, failure.pointer, f"{label(failure.pointer)}: {hints.shown(reason)}.")


def _missing(view: View, failure: Failure) -> Iterator[Diagnostic]:
    names = [failure.expected] if isinstance(failure.expected, str) else failure.expected
    for name in names:
        if name not in failure.instance:
            pointer = (*failure.pointer, name)
            field = view.field(pointer)
            where = f" in {label(failure.pointer)}" if failure.pointer else ""
            message = f"`{name}` is missing{where}{_since(view, field)}."
            yield view.at_holder(rules.MISSING_FIELD, pointer, message, field.description if field else "")


def _since(view: View, field: Field | None) -> str:
    """From when on the field is needed, in words; nothing where it always is."""
    if field is None or view.kind is None or field.path in schema_of(view.kind.name)["required"]:
        return ""
    if "status" not in view.artefact.data:
        return "; needed unless the status is draft (a record without a status counts as approved)"
    return f"; needed once the status is {'approved' if field.level == 'approved' else 'in_review'}"


def _one_missing(view: View, failure: Failure) -> Iterator[Diagnostic]:
    names = [name for choice in failure.expected if isinstance(choice, Mapping) for name in choice.get("required", ())]
    pointer = (*failure.pointer, *names[:1])
    message = f"{' or '.join(f'`{name}`' for name in names)} is missing; needed once the status is approved."
    yield view.at_holder(rules.MISSING_FIELD, pointer, message)


def _unknown(view: View, failure: Failure) -> Iterator[Diagnostic]:
    known = failure.schema.get("properties", {})
    for name in failure.instance:
        if name not in known:
            pointer = (*failure.pointer, name)
            free = [each for each in known if each not in failure.instance]
            guess = hints.closest(name, free)
            hint = hints.did_you_mean(guess) or _elsewhere(view, name, failure.pointer)
            holder = f"of {label(failure.pointer)} in {view.noun}" if failure.pointer else f"of {view.noun}"
            yield view.at_key(rules.UNKNOWN_FIELD, pointer, f"`{hints.shown(name)}` is not a field {holder}.", hint)


def _elsewhere(view: View, name: str, here: Pointer) -> str:
    """Where a field of that name belongs, if the kind has one somewhere else; else what fields there are here."""
    for path in view.kind.fields if view.kind else ():
        holder, _, last = path.rpartition(".")
        if last == name and holder != dotted(here):
            return f"`{name}` belongs under `{holder}`." if holder else f"`{name}` belongs at the top of the artefact."
    schema = view.kind.name if view.kind else REGISTER
    return view.fields_in(here) or f"`aimsctl schema {schema}` lists the fields."


def _wrong_type(view: View, failure: Failure) -> Iterator[Diagnostic]:
    wanted = [failure.expected] if isinstance(failure.expected, str) else list(failure.expected)
    message = f"{label(failure.pointer)} must be {' or '.join(_TYPES[each] for each in wanted)}, not {_found(failure)}."
    yield view.at_value(rules.WRONG_TYPE, failure.pointer, message, _other_form(view, failure.pointer, wanted[0]))


def _found(failure: Failure) -> str:
    value = failure.instance
    if isinstance(value, bool):
        return "true or false"
    names = {str: "text", int: "a number", float: "a decimal number", list: "a list", dict: "a group of fields"}
    return names.get(type(value), "this")


def _other_form(view: View, pointer: Pointer, wanted: str) -> str:
    """How to write what was probably meant."""
    value = view.value(pointer)
    if wanted == "object":
        return view.fields_in(pointer)
    if wanted == "string":
        return _as_text(value)
    if wanted in {"integer", "number"}:
        return _as_number(view, pointer, value)
    return {
        "array": "Put each entry on a line of its own, after `- `.",
        "boolean": "Write true or false, without quotes.",
    }[wanted]


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return f'Quote it: "{str(value).lower()}".'
    return "There can be only one: write it without `- `." if isinstance(value, list) and len(value) == 1 else ""


def _as_number(view: View, pointer: Pointer, value: Any) -> str:
    if not isinstance(value, str):
        return ""
    plain = view.artefact.document.plain(view.artefact.place(pointer))
    return "Write digits only, such as 3 or 97.5." if plain else "Remove the quotes."


def _not_allowed(view: View, failure: Failure) -> Iterator[Diagnostic]:
    allowed = [failure.expected] if not isinstance(failure.expected, list) else failure.expected
    listed = ", ".join(str(each) for each in allowed[:MOST_LISTED])
    more = f" and {len(allowed) - MOST_LISTED} more" if len(allowed) > MOST_LISTED else ""
    message = f"{label(failure.pointer)} cannot be {_value(failure.instance)}; allowed: {listed}{more}."
    hint = hints.did_you_mean(hints.closest(failure.instance, allowed))
    if isinstance(failure.instance, bool) and {"yes", "no"} & set(allowed):
        hint = hints.did_you_mean("yes" if failure.instance else "no")
    yield view.at_value(rules.NOT_ALLOWED, failure.pointer, message, hint)


def _value(instance: Any) -> str:
    return "a list" if isinstance(instance, list) else f"`{hints.shown(instance)}`"


def _malformed(view: View, failure: Failure) -> Iterator[Diagnostic]:
    shape = _shape(failure)
    name, value = label(failure.pointer), str(failure.instance)
    if failure.keyword == "format" and _DAY.fullmatch(value):
        yield view.at_value(
            rules.BAD_DATE, failure.pointer, f"{name} is `{hints.shown(value)}`, a day that does not exist."
        )
        return
    if shape == "string":
        hint = "Write it on one line; a folded text starts with `>-`."
        yield view.at_value(rules.MALFORMED, failure.pointer, f"{name} takes one line of text.", hint)
        return
    rule = rules.BAD_DATE if shape in {"date", "duration", "time_limit"} else rules.MALFORMED
    wanted = _SHAPES.get(shape, f"written so: {failure.expected}")
    message = f"{name} is `{hints.shown(value)}`, which is not {wanted}."
    yield view.at_value(rule, failure.pointer, message, hints.did_you_mean(_guess(shape, value)))


def _shape(failure: Failure) -> str:
    """The shared type that refused the value: its name among the common definitions."""
    for name, schema in schema_of(COMMON)["$defs"].items():
        if failure.keyword in schema and schema[failure.keyword] == failure.expected:
            return str(name)
    return ""


def _guess(shape: str, value: str) -> str:
    guessers: dict[str, Callable[[str], str]] = {
        "id": hints.identifier,
        "requirement": hints.requirement,
        "annex_a": hints.requirement,
        "annex_a_or_id": lambda text: hints.requirement(text) or hints.identifier(text),
        "date": hints.date,
        "duration": hints.duration,
    }
    guess = guessers[shape](value) if shape in guessers else ""
    return "" if guess == value else guess


def _out_of_range(view: View, failure: Failure) -> Iterator[Diagnostic]:
    bound = "at least" if failure.keyword == "minimum" else "at most"
    message = f"{label(failure.pointer)} must be {bound} {failure.expected}, not {hints.shown(failure.instance)}."
    yield view.at_value(rules.OUT_OF_RANGE, failure.pointer, message)


def _too_few(view: View, failure: Failure) -> Iterator[Diagnostic]:
    field = view.field(failure.pointer)
    message = f"{label(failure.pointer)} needs at least one entry{_since(view, field)}."
    yield view.at_key(rules.TOO_FEW, failure.pointer, message, field.description if field else "")


def _misplaced(view: View, failure: Failure) -> Iterator[Diagnostic]:
    """A name that a group must not use; only the defaults of a register have such."""
    name = str(failure.instance)
    message = f"`{name}` cannot be the same for every item of a register."
    yield view.at_key(rules.UNKNOWN_FIELD, (*failure.pointer, name), message, "Move it into the items.")


_TELLERS: Final[dict[str, Callable[[View, Failure], Iterator[Diagnostic]]]] = {
    "required": _missing,
    "anyOf": _one_missing,
    "additionalProperties": _unknown,
    "not": _misplaced,
    "type": _wrong_type,
    "enum": _not_allowed,
    "const": _not_allowed,
    "pattern": _malformed,
    "format": _malformed,
    "minimum": _out_of_range,
    "maximum": _out_of_range,
    "minItems": _too_few,
}
