"""A baseline: the gaps that were there when an organisation took up the tool, tolerated until they are closed.

It keeps a grade for each requirement and a fingerprint for each error. A run fails by what is worse or new; what the
baseline tolerates stays in every output.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from aimsctl.assessment.grades import WORST_FIRST
from aimsctl.errors import UsageError

if TYPE_CHECKING:
    from aimsctl.assessment.gap import Assessed, GapReport
    from aimsctl.diagnostics import Diagnostic

VERSION: Final = 1
LARGEST: Final = 5_000_000


@dataclass(frozen=True, slots=True)
class Baseline:
    """What is tolerated: a grade by requirement, and the fingerprints of errors."""

    grades: dict[str, str]
    errors: frozenset[str]

    def tolerates(self, assessed: Assessed) -> bool:
        """Whether the requirement is no worse than it was."""
        then = self.grades.get(assessed.id)
        return then is not None and WORST_FIRST.index(assessed.grade) >= WORST_FIRST.index(then)

    def knows(self, finding: Diagnostic) -> bool:
        """Whether the error was there before."""
        return finding.fingerprint in self.errors


NOTHING: Final = Baseline({}, frozenset())


def baseline_text(report: GapReport, errors: Iterable[Diagnostic]) -> str:
    """The baseline of a report as JSON, one entry a line, so that closing a gap is a one-line change."""
    grades = {one.id: one.grade for one in report.requirements if one.grade not in ("conforms", "not_applicable")}
    record = {
        "version": VERSION,
        "as_of": report.as_of.isoformat(),
        "grades": grades,
        "errors": sorted({finding.fingerprint for finding in errors}),
    }
    return json.dumps(record, indent=1) + "\n"


def as_baseline(report: GapReport, errors: Iterable[Diagnostic]) -> Baseline:
    """The baseline that a report is, without a file in between: a conforming requirement tolerates nothing worse."""
    return Baseline({one.id: one.grade for one in report.requirements}, frozenset(one.fingerprint for one in errors))


def read_baseline(content: bytes, path: str) -> Baseline:
    """The baseline in that file. Raises UsageError if it is none."""
    try:
        data: Any = json.loads(content.decode("utf-8"))
        grades, errors = dict(data["grades"]), list(data["errors"])
        fits = data["version"] == VERSION and all(grade in WORST_FIRST for grade in grades.values())
        if fits and all(isinstance(one, str) for one in (*grades, *errors)):
            return Baseline(grades, frozenset(errors))
    except (ValueError, KeyError, TypeError, RecursionError):
        pass
    raise UsageError(f"{path} is no baseline", hint="`aimsctl gap --write-baseline FILE` makes one")
