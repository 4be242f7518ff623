"""The rules about what artefacts say (AIM2) and how they refer to each other (AIM3), one function each.

Adding one is a `Rule`, a generator under `@rule`, and a pass and a fail example in tests/rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from aimsctl.assessment.rules import (
    configuration,
    content,
    dates,
    halves,
    names,
    organisation,
    ratings,
    references,
    systems,
    texts,
    values,
)
from aimsctl.assessment.rules.base import REGISTERED

if TYPE_CHECKING:
    from datetime import date

    from aimsctl.diagnostics import Diagnostic, Rule
    from aimsctl.workspace.workspace import Workspace

__all__ = [
    "all_rules",
    "check",
    "configuration",
    "content",
    "dates",
    "enabled",
    "halves",
    "names",
    "organisation",
    "ratings",
    "references",
    "systems",
    "texts",
    "values",
]


def check(workspace: Workspace, as_of: date) -> Iterator[Diagnostic]:
    """The findings of every rule, and of the organisation's own rules, in no particular order."""
    for _, run in REGISTERED.values():
        yield from run(workspace, as_of)
    yield from organisation.check(workspace)


def enabled() -> tuple[Rule, ...]:
    """The rules that `validate` runs, by code: reading, schemas, contents, references and configuration."""
    from aimsctl.assessment import suppress  # noqa: PLC0415 - suppress asks this room for its rules
    from aimsctl.source import config, yaml  # noqa: PLC0415 - their rules are listed only for reports
    from aimsctl.workspace import rules as loading  # noqa: PLC0415 - the same

    own = (rule for rule, _ in REGISTERED.values())
    found = (*yaml.RULES, *config.RULES, *loading.RULES, *suppress.RULES, *organisation.RULES, *own)
    return tuple(sorted(found, key=lambda rule: rule.code))


def all_rules() -> tuple[Rule, ...]:
    """Every rule of the tool, by code."""
    from aimsctl.assessment.gap_rules import RULES  # noqa: PLC0415 - the gap analysis is not loaded to validate

    return tuple(sorted((*enabled(), *RULES), key=lambda rule: rule.code))
