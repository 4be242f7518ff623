"""Rules about aimsctl.yaml that need the standard: thresholds may only be stricter (AIM9)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from aimsctl.assessment.rules.base import rule
from aimsctl.diagnostics import Diagnostic, Rule, Severity, Span
from aimsctl.source.config import CONFIG_PATH
from aimsctl.workspace.hints import closest, did_you_mean, shown

if TYPE_CHECKING:
    from datetime import date

    from aimsctl.workspace.workspace import Workspace

UNKNOWN_THRESHOLD: Final = Rule(
    code="AIM911",
    name="unknown-threshold",
    severity=Severity.ERROR,
    summary="aimsctl.yaml sets a threshold that does not exist.",
    why="The standard limit would stay in force, which is not what the file says.",
    fix="Correct the name.",
)
LAXER_THRESHOLD: Final = Rule(
    code="AIM912",
    name="laxer-threshold",
    severity=Severity.ERROR,
    summary="aimsctl.yaml sets a threshold that is laxer than the standard one.",
    why="An organisation may ask more of itself than the judgement does, never less. The standard one stays in force.",
    fix="Set a stricter value, or take the line away.",
)


@rule(UNKNOWN_THRESHOLD)
def unknown_threshold(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """A finding for each threshold that the judgement does not know."""
    for name in workspace.config.thresholds:
        known = _standard()
        if name not in known:
            hint = did_you_mean(closest(name, known)) or UNKNOWN_THRESHOLD.fix
            yield Diagnostic(UNKNOWN_THRESHOLD, _place(workspace, name), f"There is no threshold {shown(name)}.", hint)


@rule(LAXER_THRESHOLD)
def laxer_threshold(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """A finding for each threshold that is laxer than, or of another sort than, the standard one."""
    for name, value in workspace.config.thresholds.items():
        from aimsctl.assessment.thresholds import why_not  # noqa: PLC0415 - only where a workspace sets thresholds

        problem = why_not(name, value) if name in _standard() else ""
        if problem:
            yield Diagnostic(LAXER_THRESHOLD, _place(workspace, name), f"`{name}` {problem}.", LAXER_THRESHOLD.fix)


def _standard() -> Mapping[str, int | float | str]:
    from aimsctl.standard import judgement  # noqa: PLC0415 - the same

    return judgement().thresholds


def _place(workspace: Workspace, name: str) -> Span:
    document = workspace.config.document
    return Span(CONFIG_PATH) if document is None else document.span(("thresholds", name))
