"""Floor 1: what is wrong with a text, by code points while reading, as diagnostics with lines once it is told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from aimsctl.diagnostics import Diagnostic, Related, Rule, Severity
from aimsctl.source import rules
from aimsctl.source.document import Lines

MOST_SHOWN: Final = 60
QUOTE_IT: Final = "If it belongs to a text, put the whole text in quotes."


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a text, in code points from 0; `related` is another place and what stands there."""

    rule: Rule
    start: int
    end: int
    message: str
    hint: str = ""
    related: tuple[int, str] | None = None


class Unreadable(Exception):  # noqa: N818 - ends the reading of one file and is never seen outside it
    """Reading on would tell nothing more."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def fatal(problems: Iterable[Problem]) -> bool:
    """Whether one of the problems keeps the file from being data."""
    return any(
        problem.rule.severity is Severity.ERROR and problem.rule is not rules.BAD_SUPPRESSION for problem in problems
    )


def told(path: str, text: str, problems: Iterable[Problem]) -> tuple[Diagnostic, ...]:
    """The problems as diagnostics."""
    lines = Lines(text)
    return tuple(
        Diagnostic(
            problem.rule,
            lines.span(path, problem.start, problem.end),
            problem.message,
            problem.hint,
            related=()
            if problem.related is None
            else (Related(lines.span(path, problem.related[0], problem.related[0]), problem.related[1]),),
        )
        for problem in problems
    )


def shown(text: str) -> str:
    """The text in quotes for a message: on one line, cut where it is long."""
    flat = " ".join(text.split())
    return f'"{flat if len(flat) <= MOST_SHOWN else flat[: MOST_SHOWN - 1] + "…"}"'
