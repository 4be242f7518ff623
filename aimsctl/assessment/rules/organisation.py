"""Rules that an organisation adds, as JSON Schema in YAML below its `rules` folder.

They only add: no built-in check can be replaced or switched off by one. jsonschema-rs decides them, with a regular
expression engine that runs in linear time, and no code from the repository is ever executed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from aimsctl.diagnostics import Diagnostic, Rule, Severity
from aimsctl.source import yaml
from aimsctl.source.files import FileRefusedError
from aimsctl.workspace.closed import SchemaRefusedError
from aimsctl.workspace.hints import closest, did_you_mean, shown
from aimsctl.workspace.kinds import kind_names
from aimsctl.workspace.schema import ClosedSchema, closed_schema

if TYPE_CHECKING:
    from aimsctl.source.yaml import Document
    from aimsctl.workspace.artefacts import Artefact
    from aimsctl.workspace.workspace import Workspace

BROKEN_RULE: Final = Rule(
    code="AIM921",
    name="broken-rule-file",
    severity=Severity.ERROR,
    summary="A rule of the organisation cannot be used.",
    why="Whoever wrote it relies on it; a rule that is silently left out lets everything pass.",
    fix="Mend the file at the place named. `code`, `name`, `on`, `then` and `message` are needed.",
)
RULES: Final = (BROKEN_RULE,)
_CODE: Final = re.compile(r"ORG-[0-9]{3}")
_KEYS: Final = ("code", "name", "on", "if", "then", "message", "severity", "hint")
_NEEDED: Final = ("code", "name", "on", "then", "message")
_SEVERITIES: Final = {"error": Severity.ERROR, "warning": Severity.WARNING, "note": Severity.NOTE}


@dataclass(frozen=True, slots=True)
class OrganisationRule:
    """A rule of the organisation, compiled."""

    rule: Rule
    on: str
    condition: ClosedSchema | None
    demand: ClosedSchema
    message: str
    hint: str


def check(workspace: Workspace) -> Iterator[Diagnostic]:
    """The findings of the organisation's rules, and what is wrong with the rules themselves."""
    tree = workspace.policy or workspace.tree
    for path in tree.listing(workspace.config.rules).files:
        try:
            document = yaml.read(path, tree.read(path))
        except FileRefusedError:
            continue
        yield from document.problems
        for rule in _rules(document):
            if isinstance(rule, Diagnostic):
                yield rule
            else:
                yield from _apply(rule, workspace)


def _apply(rule: OrganisationRule, workspace: Workspace) -> Iterator[Diagnostic]:
    for artefact in workspace.of(rule.on):
        if artefact.status == "retired" or (rule.condition is not None and not rule.condition.accepts(artefact.data)):
            continue
        if not rule.demand.accepts(artefact.data):
            yield _finding(rule, artefact)


def _finding(rule: OrganisationRule, artefact: Artefact) -> Diagnostic:
    failures = rule.demand.failures(artefact.data)
    at = failures[0].pointer if failures else ()
    return Diagnostic(rule.rule, artefact.span(at), rule.message, rule.hint, subject=f"{artefact.id}/{rule.rule.code}")


def _rules(document: Document) -> Iterator[OrganisationRule | Diagnostic]:
    """The rules of a file: one, or several under `rules`."""
    data = document.data
    if data is None:
        return
    rows = data.get("rules")
    if isinstance(rows, list):
        for index, row in enumerate(rows):
            yield _rule(document, ("rules", index), row)
    else:
        yield _rule(document, (), data)


def _rule(document: Document, at: yaml.Pointer, row: object) -> OrganisationRule | Diagnostic:
    if not isinstance(row, Mapping):
        return _broken(document, at, "A rule is a group of fields.")
    problem = _problem(document, at, row)
    if problem is not None:
        return problem
    severity = _SEVERITIES[str(row.get("severity", "error"))]
    rule = Rule(str(row["code"]), str(row["name"]), str(row["message"]), severity, "A rule of this organisation.")
    try:
        condition = closed_schema(_numbers(row["if"])) if "if" in row else None
        demand = closed_schema(_numbers(row["then"]))
    except SchemaRefusedError as error:
        return _broken(document, (*at, "then"), f"The schema is refused: {error}.")
    return OrganisationRule(rule, str(row["on"]), condition, demand, str(row["message"]), str(row.get("hint", "")))


def _problem(document: Document, at: yaml.Pointer, row: Mapping[str, Any]) -> Diagnostic | None:
    unknown = next((key for key in row if key not in _KEYS), None)
    if unknown is not None:
        return _broken(
            document, (*at, unknown), f"There is no field {shown(unknown)}.", did_you_mean(closest(unknown, _KEYS))
        )
    missing = next((key for key in _NEEDED if not row.get(key)), None)
    if missing is not None:
        return _broken(document, at, f"`{missing}` is missing.")
    if not _CODE.fullmatch(str(row["code"])):
        return _broken(document, (*at, "code"), "`code` must read ORG- and three digits, such as ORG-001.")
    if row["on"] not in kind_names():
        return _broken(
            document,
            (*at, "on"),
            f"There is no kind {shown(row['on'])}.",
            did_you_mean(closest(row["on"], kind_names())),
        )
    if row.get("severity", "error") not in _SEVERITIES:
        return _broken(document, (*at, "severity"), "`severity` is error, warning or note.")
    return None


def _broken(document: Document, at: yaml.Pointer, message: str, hint: str = "") -> Diagnostic:
    return Diagnostic(BROKEN_RULE, document.span(at), message, hint)


def _numbers(schema: Any) -> Any:
    """The schema with decimals as numbers: the reader leaves them as text, and no keyword of a schema is one."""
    if isinstance(schema, Mapping):
        return {key: _numbers(value) for key, value in schema.items()}
    if isinstance(schema, list):
        return [_numbers(value) for value in schema]
    if isinstance(schema, str) and re.fullmatch(r"-?[0-9]{1,12}\.[0-9]{1,12}", schema):
        return float(schema)
    return schema
