"""The files in which an organisation writes rules of its own: read, checked, and compiled one rule at a time.

A rule that cannot do what it says is an error at its line: an unknown field, kind, keyword or code, a schema that
reaches outside itself, a field that the kind does not have. Left out silently it would let everything pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from aimsctl.assessment.rules.base import listed
from aimsctl.assessment.rules.rule_schemas import misread, typed
from aimsctl.diagnostics import Diagnostic, Related, Rule, Severity, Span
from aimsctl.workspace.closed import SchemaRefusedError
from aimsctl.workspace.hints import closest, did_you_mean, shown
from aimsctl.workspace.kinds import kind_names
from aimsctl.workspace.schema import ClosedSchema, closed_schema

if TYPE_CHECKING:
    from aimsctl.source.yaml import Document, Pointer

BROKEN_RULE: Final = Rule(
    code="AIM921",
    name="broken-rule-file",
    severity=Severity.ERROR,
    summary="A rule of the organisation cannot be used.",
    why="Whoever wrote it relies on it; a rule that is silently left out lets everything pass.",
    fix="Mend the file at the place named. `code`, `name`, `on`, `then` and `message` are needed.",
)
MOST_RULES: Final = 500
_CODE: Final = re.compile(r"ORG-[0-9]{3}")
_KEYS: Final = ("code", "name", "on", "if", "then", "message", "severity", "hint")
_NEEDED: Final = ("code", "name", "on", "then", "message")
_SEVERITIES: Final = {"error": Severity.ERROR, "warning": Severity.WARNING, "note": Severity.NOTE}


@dataclass(frozen=True, slots=True)
class OrganisationRule:
    """A rule of the organisation, compiled: for artefacts of kind `on` that satisfy `condition`, `demand` must hold."""

    rule: Rule
    on: str
    condition: ClosedSchema | None
    demand: ClosedSchema
    message: str
    hint: str
    span: Span


def rules_in(document: Document) -> Iterator[OrganisationRule | Diagnostic]:
    """The rules of a file, one by itself or several under `rules`, and what is wrong with them."""
    data = document.data
    if data is None:
        return
    if "rules" not in data:
        yield from _rule(document, (), data)
        return
    for name in data:
        if name != "rules":
            yield _broken(document, (name,), f"Beside `rules` there is no field {shown(name)}.", key=True)
    if not isinstance(data["rules"], list):
        yield _broken(document, ("rules",), "`rules` must be a list of rules.")
    for index, row in enumerate(listed(data["rules"])):
        if isinstance(row, Mapping):
            yield from _rule(document, ("rules", index), row)
        else:
            yield _broken(document, ("rules", index), "A rule is a group of fields.")


def broken(span: Span, message: str, hint: str = "", *, related: tuple[Related, ...] = ()) -> Diagnostic:
    """The finding that a rule, or the file that holds it, cannot be used."""
    return Diagnostic(BROKEN_RULE, span, message, hint or BROKEN_RULE.fix, related=related)


def _broken(document: Document, at: Pointer, message: str, hint: str = "", *, key: bool = False) -> Diagnostic:
    return broken(document.span(at, key=key), message, hint)


def _rule(document: Document, at: Pointer, row: Mapping[str, Any]) -> Iterator[OrganisationRule | Diagnostic]:
    problems = [*_field_problems(document, at, row)]
    if problems:
        yield from problems
        return
    compiled: dict[str, ClosedSchema] = {}
    for part in ("if", "then"):
        if part in row:
            try:
                compiled[part] = closed_schema(typed(document, (*at, part), row[part]))
            except SchemaRefusedError as error:
                yield _broken(document, (*at, part), f"The schema is refused: {error}.")
                return
            asked = misread(row[part], (*at, part), str(row["on"]))
            problems += (_broken(document, where, said, hint, key=key) for where, said, hint, key in asked)
    yield from problems
    if not problems:
        severity = _SEVERITIES[row.get("severity", "error")]
        message, hint = (" ".join(str(row.get(name, "")).split()) for name in ("message", "hint"))
        rule = Rule(row["code"], row["name"], message, severity, "A rule of this organisation.", hint or message)
        yield OrganisationRule(
            rule, row["on"], compiled.get("if"), compiled["then"], message, hint, document.span((*at, "code"))
        )


def _field_problems(document: Document, at: Pointer, row: Mapping[str, Any]) -> Iterator[Diagnostic]:
    """What is wrong with the fields of a rule, its schemas left aside."""
    meant = set[str]()
    for name in row:
        if name not in _KEYS:
            near = closest(name, [key for key in _KEYS if key not in row])
            meant.add(near)
            hint = did_you_mean(near) or f"The fields of a rule are {', '.join(_KEYS)}."
            yield _broken(document, (*at, name), f"A rule has no field {shown(name)}.", hint, key=True)
    for name in _KEYS:
        value = row.get(name)
        if value in (None, ""):
            if name in _NEEDED and name not in meant:
                yield _broken(document, (*at, name), f"`{name}` is missing.")
            continue
        wanted, hint = _wanted(name, value)
        if wanted:
            yield _broken(document, (*at, name), f"`{name}` must be {wanted}.", hint)


def _wanted(name: str, value: object) -> tuple[str, str]:
    """What a field of a rule has to be, with a hint, where its value is not that; empty where it is."""
    if name in ("if", "then"):
        return ("" if isinstance(value, Mapping) else "a JSON Schema, a group of keywords", "")
    if not isinstance(value, str):
        return "text", ""
    if name == "code" and not _CODE.fullmatch(value):
        return "ORG- and three digits, such as ORG-001", "Codes that begin with AIM are those of the tool."
    if name == "on" and value not in kind_names():
        near = did_you_mean(closest(value, kind_names()))
        return "a kind of artefact", near or "`aimsctl schema` lists the kinds."
    if name == "severity" and value not in _SEVERITIES:
        return "error, warning or note", did_you_mean(closest(value, _SEVERITIES))
    return "", ""
