"""The readiness report as one HTML file: complete without script, without anything fetched, and with a strict policy.

All text is escaped by the environment, whatever a template is called; the templates hold no unescaped expression. The
policy allows exactly the style and the script of this file, by their digests (Content Security Policy Level 3).
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from jinja2 import FunctionLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from aimsctl.assessment.past import TREND_HEADS, good, trend_rows
from aimsctl.assessment.trend import GOOD
from aimsctl.documents.charts import Chart, Kind, level_class, stacked
from aimsctl.documents.lines import Lines, lines
from aimsctl.source.resources import template_text

Record = Mapping[str, Any]
_GRADES: Final = (
    Kind("major", "major"),
    Kind("unknown", "cannot be judged"),
    Kind("minor", "minor"),
    Kind("opportunity", "opportunity"),
    Kind("conforms", "conforms"),
    Kind("not_applicable", "not applicable"),
)
_BANDS: Final = (
    Kind("good", "good"),
    Kind("partly", "in part"),
    Kind("absent", "absent"),
    Kind("not_expected", "not expected"),
)
_REVIEWS: Final = (Kind("absent", "overdue"), Kind("partly", "due soon"), Kind("good", "in time"))
_EVIDENCE: Final = (
    Kind("good", "fresh"),
    Kind("partly", "stale"),
    Kind("absent", "missing"),
    Kind("failing", "failing"),
    Kind("unknown", "unknown"),
)
_STAGES: Final = {"before": "Before treatment", "target": "Target", "after": "After treatment"}


def page(record: Record, visible: Callable[[str], str]) -> str:
    """The whole page; `visible` makes what nobody would see in a text visible. Same record, same bytes."""
    environment = _environment(visible)
    style, script = (environment.get_template(name).render() for name in ("report.css", "report.js"))
    return environment.get_template("report.html.j2").render(
        report=record,
        charts=_charts(record),
        policy=_policy(style, script),
        level_class=level_class,
        gap_ids=frozenset(gap["id"] for gap in record["gaps"]),
        choices=_choices(record["gaps"]),
        trend_heads=TREND_HEADS[1:],
        trend_rows=trend_rows(record["trend"]["points"]),
    )


def _environment(visible: Callable[[str], str]) -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(
        loader=FunctionLoader(lambda name: template_text(f"report/{name}")),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=lambda value: visible(value) if type(value) is str else value,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _policy(style: str, script: str) -> str:
    """The policy of the page: nothing but its own style and script."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src '{_digest(script)}'",
            f"style-src '{_digest(style)}'",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


def _choices(gaps: Sequence[Record]) -> dict[str, list[str]]:
    """What the filters offer."""
    return {
        "grades": list(dict.fromkeys(gap["grade"] for gap in gaps)),
        "owners": sorted({gap["owner"] for gap in gaps if gap["owner"]}),
        "systems": sorted({name for gap in gaps for name in gap["systems"]}),
    }


def _charts(record: Record) -> dict[str, Chart | Lines]:
    states = [(name.title(), _counts(_BANDS, row)) for name, row in record["summary"]["states"].items()]
    reviews = [record["reviews"][name] for name in ("overdue", "soon", "in_time")]
    evidence = [record["evidence"]["counts"][name] for name in ("fresh", "stale", "missing", "failing", "unknown")]
    return {
        "states": stacked("states", "The three states of all requirements", _BANDS, states),
        "clauses": stacked("clauses", "Clauses by grade", _GRADES, _graded(record, "clause")),
        "objectives": stacked("objectives", "Objectives of Annex A by grade", _GRADES, _graded(record, "control")),
        "risks": _risks(record["risks"]),
        "reviews": stacked("reviews", "Reviews by how near they are", _REVIEWS, [("Reviews", reviews)]),
        "trend": _trend(record["trend"]["points"]),
        "evidence": stacked("evidence", "Evidence that controls owe", _EVIDENCE, [("Rows of evidence", evidence)]),
    }


def _trend(points: Sequence[Record]) -> Lines:
    """A line for each state: for how many requirements it was good."""
    values = {Kind(state, state): [good(one, state) for one in points] for state in GOOD}
    most = points[-1]["requirements"] if points else 0
    return lines("moved", "Requirements with each state good", [one["label"] for one in points], values, most)


def _counts(kinds: Sequence[Kind], row: Mapping[str, int]) -> list[int]:
    return [row[kind.name] for kind in kinds]


def _graded(record: Record, kind: str) -> list[tuple[str, list[int]]]:
    groups = (group for group in record["groups"] if group["type"] == kind)
    return [(f"{group['id']} {group['title']}", _counts(_GRADES, group["grades"])) for group in groups]


def _risks(risks: Record) -> Chart:
    kinds = [Kind(level_class(risks["levels"], level), level) for level in risks["levels"]]
    rows = [
        (words, [*risks["counts"][stage]["levels"], risks["counts"][stage]["not_assessed"]])
        for stage, words in _STAGES.items()
    ]
    return stacked("risks", "Risks by level", [*kinds, Kind("level-none", "not rated")], rows)
