"""How a rule is written: a `Rule` with its page, and a generator over the workspace registered under it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import date

    from aimsctl.diagnostics import Diagnostic, Rule
    from aimsctl.workspace.workspace import Workspace

Check = Callable[["Workspace", "date"], Iterator["Diagnostic"]]

REGISTERED: Final[dict[str, tuple[Rule, Check]]] = {}


def checks(rule: Rule) -> Callable[[Check], Check]:
    """Register the generator as the check behind this rule; it yields findings of that rule alone.

    It sees valid artefacts only: what missed its schema is told there, and not told again.
    """

    def register(check: Check) -> Check:
        REGISTERED[rule.code] = (rule, check)
        return check

    return register
