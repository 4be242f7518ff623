"""Floor 4: findings in, text out. One module a format; nothing here knows a rule.

A format is a module with `write(report) -> str`. It is imported when it is used, so that the text of a run on a
terminal never waits for what XML or SARIF need.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Final, cast

from aimsctl.output.report import Report

FORMATS: Final[Mapping[str, str]] = {
    "text": "aimsctl.output.text",
    "concise": "aimsctl.output.concise",
    "json": "aimsctl.output.json_",
    "sarif": "aimsctl.output.sarif",
    "github": "aimsctl.output.github",
    "gitlab": "aimsctl.output.gitlab",
    "junit": "aimsctl.output.junit",
    "markdown": "aimsctl.output.markdown",
}


def write(name: str, report: Report) -> str:
    """The report in the format of that name."""
    return cast("str", importlib.import_module(FORMATS[name]).write(report))


def left_out(name: str, report: Report, written: str) -> str:
    """A sentence for the user if the format could not hold all findings and cannot say so where a person reads it."""
    tell = getattr(importlib.import_module(FORMATS[name]), "left_out", None)
    return cast("str", tell(report, written)) if tell else ""
