"""Floor 2: what a schema refused, told to the person who wrote the artefact, at the line where it stands.

A missing field points at the key of what lacks it, an unknown field at itself, a wrong value at the value, an empty
list at its key. What only follows from another finding is not told: `onwer` is one finding, not also a missing owner.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from aimsctl.diagnostics import Diagnostic, Rule, Span, ordered
from aimsctl.source.yaml import Pointer
from aimsctl.workspace import hints, rules
from aimsctl.workspace.artefacts import Artefact
from aimsctl.workspace.kinds import COMMON, Field, Kind, kind, schema_of
from aimsctl.workspace.schema import Failure, failures

MOST_FINDINGS: Final = 50
_LISTED: Final = 16
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
}


@dataclass(frozen=True, slots=True)
class _View:
    """An artefact with the words for it."""

    artefact: Artefact
    kind: Kind | None

    @property
    def noun(self) -> str:
        title = self.kind.title if self.kind else "Register"
        name = title if title[1:2].isupper() else title[0].lower() + title[1:]
        return f"{'an' if name[0].lower() in 'aeio' else 'a'} {name}"

    def field(self, pointer: Pointer) -> Field | None:
        return self.kind.fields.get(_dotted(pointer)) if self.kind else None

    def value(self, pointer: Pointer) -> Any:
        value: Any = self.artefact.data
        for step in pointer:
            value = value[step]
        return value

    def tell(self, rule: Rule, span: Span, pointer: Pointer, message: str, hint: str = "") -> Diagnostic:
        subject = f"{self.artefact.id}:{hints.address(self.artefact.data, pointer)}" if self.artefact.id else ""
        return Diagnostic(rule, span, message, hint, subject=subject)

    def at_value(self, rule: Rule, pointer: Pointer, message: str, hint: str = "") -> Diagnostic:
        return self.tell(rule, self.artefact.span(pointer), pointer, message, hint)

    def at_key(self, rule: Rule, pointer: Pointer, message: str, hint: str = "") -> Diagnostic:
        return self.tell(rule, self.artefact.span(pointer, key=True), pointer, message, hint)

    def at_holder(self, rule: Rule, pointer: Pointer, message: str, hint: str = "") -> Diagnostic:
        """At the key of the group that lacks the field `pointer`; of a row or a whole artefact, at its first key."""
        holder = pointer[:-1]
        if not holder or isinstance(holder[-1], int):
            group = self.artefact.own if self.artefact.pointer and not holder else self.value(holder)
            holder = (*holder, *list(group)[:1])
        return self.tell(rule, self.artefact.span(holder, key=True), pointer, message, hint)


def explain(artefact: Artefact) -> list[Diagnostic]:
    """What is wrong with an artefact that its schema refuses, by place; at least one finding, and never a flood."""
    view = _View(artefact, kind(artefact.kind))
    told = ordered(finding for failure in failures(artefact.kind, artefact.data) for finding in _tell(view, failure))
    meant = {finding.hint for finding in told if finding.rule is rules.UNKNOWN_FIELD}
    told = [
        each for each in told if not (each.rule is rules.MISSING_FIELD and hints.did_you_mean(_name(each)) in meant)
    ]
    if len(told) <= MOST_FINDINGS:
        return told
    last = told[MOST_FINDINGS - 1]
    rest = f"{len(told) - MOST_FINDINGS + 1} more findings in this artefact are not shown"
    return [
        *told[: MOST_FINDINGS - 1],
        replace(last, rule=rules.REFUSED, message=rest, hint="correct those above first"),
    ]


def _name(missing: Diagnostic) -> str:
    return missing.message.split("`")[1]


def _tell(view: _View, failure: Failure) -> Iterator[Diagnostic]:
    if failure.instance is None or failure.instance == "":
        yield view.at_value(
            rules.EMPTY, failure.pointer, f"{_label(failure.pointer)} is empty", "fill it in or remove its line"
        )
        return
    teller = _TELLERS.get(failure.keyword)
    if teller is not None:
        yield from teller(view, failure)
        return
    reason = failure.message or f"does not satisfy `{failure.keyword}`"
    yield view.at_value(rules.REFUSED, failure.pointer, f"{_label(failure.pointer)}: {hints.shown(reason)}")


def _missing(view: _View, failure: Failure) -> Iterator[Diagnostic]:
    names = [failure.expected] if isinstance(failure.expected, str) else failure.expected
    for name in names:
        if name not in failure.instance:
            pointer = (*failure.pointer, name)
            field = view.field(pointer)
            where = f" in {_label(failure.pointer)}" if failure.pointer else ""
            message = f"`{name}` is missing{where}{_since(view, field)}"
            yield view.at_holder(rules.MISSING_FIELD, pointer, message, field.description if field else "")


def _since(view: _View, field: Field | None) -> str:
    """From when on the field is needed, in words; nothing where it always is."""
    if field is None or view.kind is None or field.path in schema_of(view.kind.name)["required"]:
        return ""
    if "status" not in view.artefact.data:
        return "; needed unless the status is draft (a record without a status counts as approved)"
    return f"; needed once the status is {'approved' if field.level == 'approved' else 'in_review'}"


def _one_missing(view: _View, failure: Failure) -> Iterator[Diagnostic]:
    names = [name for choice in failure.expected if isinstance(choice, Mapping) for name in choice.get("required", ())]
    pointer = (*failure.pointer, *names[:1])
    message = f"{' or '.join(f'`{name}`' for name in names)} is missing; needed once the status is approved"
    yield view.at_holder(rules.MISSING_FIELD, pointer, message)


def _unknown(view: _View, failure: Failure) -> Iterator[Diagnostic]:
    known = failure.schema.get("properties", {})
    for name in failure.instance:
        if name not in known:
            pointer = (*failure.pointer, name)
            free = [each for each in known if each not in failure.instance]
            guess = hints.closest(name, free)
            hint = hints.did_you_mean(guess) or _elsewhere(view, name, _dotted(failure.pointer))
            holder = f"of {_label(failure.pointer)} in {view.noun}" if failure.pointer else f"of {view.noun}"
            yield view.at_key(rules.UNKNOWN_FIELD, pointer, f"`{hints.shown(name)}` is not a field {holder}", hint)


def _elsewhere(view: _View, name: str, here: str) -> str:
    """Where a field of that name belongs, if the kind has one somewhere else."""
    for path in view.kind.fields if view.kind else ():
        holder, _, last = path.rpartition(".")
        if last == name and holder != here:
            return f"`{name}` belongs under `{holder}`" if holder else f"`{name}` belongs at the top of the artefact"
    return ""


def _wrong_type(view: _View, failure: Failure) -> Iterator[Diagnostic]:
    wanted = [failure.expected] if isinstance(failure.expected, str) else list(failure.expected)
    message = f"{_label(failure.pointer)} must be {' or '.join(_TYPES[each] for each in wanted)}, not {_found(failure)}"
    yield view.at_value(rules.WRONG_TYPE, failure.pointer, message, _other_form(view, failure.pointer, wanted[0]))


def _found(failure: Failure) -> str:
    value = failure.instance
    if isinstance(value, bool):
        return "true or false"
    names = {str: "text", int: "a number", float: "a number", list: "a list", dict: "a group of fields"}
    return names.get(type(value), "this")


def _other_form(view: _View, pointer: Pointer, wanted: str) -> str:
    value = view.value(pointer)
    if wanted == "array":
        return "put each entry on a line of its own, after `- `"
    if wanted == "string" and isinstance(value, bool):
        return f'quote it: "{str(value).lower()}"'
    if wanted == "string" and isinstance(value, list) and len(value) == 1:
        return "there can be only one: write it without `- `"
    if wanted == "boolean":
        return "write true or false"
    if wanted in {"integer", "number"} and isinstance(value, str):
        plain = view.artefact.document.plain(view.artefact.place(pointer))
        return "write digits only, such as 3 or 97.5" if plain else "remove the quotes"
    return ""


def _not_allowed(view: _View, failure: Failure) -> Iterator[Diagnostic]:
    allowed = [failure.expected] if not isinstance(failure.expected, list) else failure.expected
    listed = ", ".join(str(each) for each in allowed[:_LISTED])
    more = f" and {len(allowed) - _LISTED} more" if len(allowed) > _LISTED else ""
    message = f"{_label(failure.pointer)} cannot be `{hints.shown(failure.instance)}`; allowed: {listed}{more}"
    hint = hints.did_you_mean(hints.closest(failure.instance, allowed))
    if isinstance(failure.instance, bool) and {"yes", "no"} & set(allowed):
        hint = hints.did_you_mean("yes" if failure.instance else "no")
    yield view.at_value(rules.NOT_ALLOWED, failure.pointer, message, hint)


def _malformed(view: _View, failure: Failure) -> Iterator[Diagnostic]:
    shape = _shape(failure)
    label, value = _label(failure.pointer), str(failure.instance)
    if shape == "string":
        hint = "write it on one line; a folded text ends with `>-`"
        yield view.at_value(rules.MALFORMED, failure.pointer, f"{label} takes one line of text", hint)
        return
    rule = rules.BAD_DATE if shape in {"date", "duration"} else rules.MALFORMED
    wanted = _SHAPES.get(shape, f"written so: {failure.expected}")
    message = f"{label} is `{hints.shown(value)}`, which is not {wanted}"
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


def _out_of_range(view: _View, failure: Failure) -> Iterator[Diagnostic]:
    bound = "at least" if failure.keyword == "minimum" else "at most"
    message = f"{_label(failure.pointer)} must be {bound} {failure.expected}, not {hints.shown(failure.instance)}"
    yield view.at_value(rules.OUT_OF_RANGE, failure.pointer, message)


def _too_few(view: _View, failure: Failure) -> Iterator[Diagnostic]:
    field = view.field(failure.pointer)
    message = f"{_label(failure.pointer)} needs at least one entry{_since(view, field)}"
    yield view.at_key(rules.TOO_FEW, failure.pointer, message, field.description if field else "")


def _misplaced(view: _View, failure: Failure) -> Iterator[Diagnostic]:
    """A name that a group must not use; only the defaults of a register have such."""
    name = str(failure.instance)
    message = f"`{name}` cannot be the same for every item of a register"
    yield view.at_key(rules.UNKNOWN_FIELD, (*failure.pointer, name), message, "move it into the items")


_TELLERS: Final[dict[str, Callable[[_View, Failure], Iterator[Diagnostic]]]] = {
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


def _dotted(pointer: Pointer) -> str:
    return ".".join(step for step in pointer if isinstance(step, str))


def _label(pointer: Pointer) -> str:
    name = f"`{_dotted(pointer)}`"
    return f"an entry of {name}" if pointer and isinstance(pointer[-1], int) else name
