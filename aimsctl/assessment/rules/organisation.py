"""Rules that an organisation adds, as JSON Schema in YAML below its `rules` folder.

They only add: no built-in check can be replaced or switched off by one. jsonschema-rs decides and explains them, with a
regular expression engine that runs in linear time, and no code from the repository is ever executed. With a policy from
elsewhere they come from there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from aimsctl.assessment.rules.rule_files import BROKEN_RULE, MOST_RULES, OrganisationRule, broken, rules_in
from aimsctl.diagnostics import Diagnostic, Related, Rule, Span
from aimsctl.source import yaml
from aimsctl.source.files import FileRefusedError
from aimsctl.workspace.hints import shown

if TYPE_CHECKING:
    from aimsctl.workspace.artefacts import Artefact
    from aimsctl.workspace.schema import Failure
    from aimsctl.workspace.workspace import Workspace

RULES: Final = (BROKEN_RULE,)
_MOST_RELATED: Final = 5


def check(workspace: Workspace) -> Iterator[Diagnostic]:
    """The findings of the organisation's rules, and what is wrong with the rules themselves."""
    for found in _read(workspace):
        if isinstance(found, Diagnostic):
            yield found
        else:
            yield from _apply(found, workspace)


def rules(workspace: Workspace) -> tuple[Rule, ...]:
    """The rules of the organisation that can be used, by code."""
    usable = (found.rule for found in _read(workspace) if isinstance(found, OrganisationRule))
    return tuple(sorted(usable, key=lambda rule: rule.code))


def _read(workspace: Workspace) -> Iterator[OrganisationRule | Diagnostic]:
    """Every rule, compiled when it is asked for and then let go, and every problem of the files that hold them."""
    tree = workspace.tree if workspace.policy is None else workspace.policy
    listing = tree.listing(workspace.config.rules)
    yield from listing.problems
    yield from (broken(Span(path), f"The file was not read: {reason}.") for path, reason in listing.not_checked)
    seen: dict[str, Span] = {}
    for path in listing.files:
        try:
            document = yaml.read(path, tree.read(path))
        except FileRefusedError as error:
            yield broken(Span(path), f"The file was not read: {error.reason}.")
            continue
        yield from document.problems
        for found in rules_in(document):
            yield _once(found, seen)
            if len(seen) > MOST_RULES:
                yield broken(Span(path), f"There are more than {MOST_RULES} rules; the rest was not read.")
                return


def _once(found: OrganisationRule | Diagnostic, seen: dict[str, Span]) -> OrganisationRule | Diagnostic:
    """The rule, or the finding that its code is taken."""
    if isinstance(found, Diagnostic):
        return found
    first = seen.setdefault(found.rule.code, found.span)
    if first is found.span:
        return found
    related = (Related(first, "the first"),)
    return broken(found.span, f"{found.rule.code} is the code of two rules.", "Use another code.", related=related)


def _apply(rule: OrganisationRule, workspace: Workspace) -> Iterator[Diagnostic]:
    for artefact in workspace.of(rule.on):
        if artefact.status == "retired" or rule.demand.accepts(artefact.data):
            continue
        if rule.condition is None or rule.condition.accepts(artefact.data):
            yield _finding(rule, artefact)


def _finding(rule: OrganisationRule, artefact: Artefact) -> Diagnostic:
    """The rule's own words at the first place that fails; further places are related, in the engine's words."""
    from aimsctl.workspace.kinds import kind  # noqa: PLC0415 - only where a rule fails
    from aimsctl.workspace.view import View  # noqa: PLC0415 - the same

    first, *others = rule.demand.failures(artefact.data)
    related = tuple(Related(artefact.span(one.pointer), shown(one.message)) for one in others[:_MOST_RELATED])
    view = View(artefact, kind(artefact.kind))
    hint = rule.hint or _reason(first)
    if first.keyword == "required":
        told = view.at_holder(rule.rule, (*first.pointer, str(first.expected)), rule.message, hint)
    else:
        told = view.at_value(rule.rule, first.pointer, rule.message, hint)
    return Diagnostic(told.rule, told.span, rule.message, told.hint, related=related, subject=told.subject)


def _reason(failure: Failure) -> str:
    where = ".".join(step for step in failure.pointer if isinstance(step, str))
    return f"`{where}`: {shown(failure.message)}" if where else shown(failure.message)
