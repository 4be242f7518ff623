"""Floor 3: an explanation as plain lines for a terminal, calm and aligned, never wider than asked."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from aimsctl.assessment.explain import Explanation, Partner, TestExplanation, TestLine, Use, Weight

_NARROWEST: Final = 50
_INDENT: Final = "  "
_STATES: Final = {
    "documented": "Documented",
    "implemented": "Implemented",
    "operating": "Operating",
    "excluded": "If the statement of applicability excludes it, judged instead",
    "theatre": "Paper compliance, which touches the grade but no state",
}
_EVERYWHERE: Final = {
    "excluded_controls": "every control that the statement of applicability excludes",
    "waivers": "every waiver",
}
_LEGEND: Final = (
    "The grade is what one failure weighs. Major where a failing item is high: a high risk, or a high-risk AI system. "
    "Several failures, a state that is absent or an operational control that does not run can weigh more; "
    "opportunities count in no state."
)


def lines(explained: Explanation | TestExplanation, width: int = 80) -> list[str]:
    """The explanation as lines of plain text."""
    page = _Page(max(width, _NARROWEST))
    if isinstance(explained, Explanation):
        _requirement(page, explained)
    else:
        _test(page, explained)
    return page.lines


class _Page:
    """Lines that are filled from top to bottom."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.lines: list[str] = []

    def heading(self, text: str) -> None:
        """A heading, after an empty line unless it is the first."""
        if self.lines:
            self.lines.append("")
        self.lines += textwrap.wrap(text, self.width)

    def text(self, text: str, first: str = _INDENT, rest: str = "") -> None:
        """A paragraph; `first` stands before its first line, `rest` or as many spaces before the others."""
        self.lines += textwrap.wrap(
            _readable(text),
            self.width,
            initial_indent=first,
            subsequent_indent=rest or " " * len(first),
            break_on_hyphens=False,
        )

    def bullets(self, heading: str, texts: Iterable[str]) -> None:
        """A heading with one bullet a text; nothing if there is none."""
        found = list(texts)
        if found:
            self.heading(heading)
            for text in found:
                self.text(text, f"{_INDENT}- ")

    def columns(self, heading: str, rows: Mapping[str, str]) -> None:
        """A heading with two aligned columns; the left one is given up to half of the width."""
        if not rows:
            return
        self.heading(heading)
        column = min(max(map(len, rows)), self.width // 2)
        for left, right in rows.items():
            if len(left) > column:
                self.text(left)
                self.text(right, " " * (column + 4))
            else:
                self.text(right, f"{_INDENT}{left:<{column}}  ")


def _readable(text: str) -> str:
    """A sentence whose placeholders stand in angle brackets."""
    return re.sub(r"{([a-z_.]+)}", r"<\1>", text)


def _requirement(page: _Page, explained: Explanation) -> None:
    page.heading(f"{explained.id}  {explained.title}")
    page.text(f"{'Clause' if explained.type == 'clause' else 'Objective'} {explained.group}")
    page.heading("Asks")
    page.text(explained.asks)
    page.bullets("An auditor looks for", explained.expects)
    page.bullets("In writing", explained.in_writing)
    page.bullets("Typical evidence", explained.evidence)
    if explained.record_trigger:
        page.heading("A fresh record is due")
        page.text(explained.record_trigger + ("" if explained.operational else " (no running record is expected)"))
    page.columns("Documented information", explained.documents)
    page.columns("Kinds that serve it", explained.kinds)
    for state, tests in explained.tests.items():
        _tests(page, _STATES[state], tests)
    page.heading("Grades")
    page.text(_LEGEND)
    if explained.needed_when:
        page.heading("Excluding it is not believable while there is")
        page.text(explained.needed_when)
    _partners(page, explained.partners)
    page.columns("No partner", explained.without)
    page.columns("Related controls" if explained.type == "clause" else "Related clauses", explained.related)


def _tests(page: _Page, heading: str, tests: Iterable[TestLine]) -> None:
    found = list(tests)
    if not found:
        return
    page.heading(heading)
    indent = " " * 15
    for test in found:
        stage = f" (blocks stage {test.blocks})" if test.blocks else ""
        page.text(test.id + stage, f"{_INDENT}{test.weight.grade:<13}")
        page.text(test.say, indent)
        page.text(f"Next: {test.do}", indent, indent + " " * 6)
        for note in _notes(test.weight):
            page.text(note, indent)


def _notes(weight: Weight) -> Iterator[str]:
    if weight.raised:
        yield f"{weight.raised.capitalize()} where a failing item is high."
    if weight.note:
        yield f"{weight.note.capitalize()}."


def _partners(page: _Page, partners: Iterable[Partner]) -> None:
    by_framework: dict[str, list[Partner]] = {}
    for partner in partners:
        by_framework.setdefault(partner.framework_name, []).append(partner)
    for framework, found in by_framework.items():
        page.heading(f"Partners in {framework}")
        column = max(len(partner.item) for partner in found)
        indent = " " * (column + 4)
        for partner in found:
            page.text(f"{partner.relation}: {partner.title}", f"{_INDENT}{partner.item:<{column}}  ")
            page.text(f"{partner.rationale} [{partner.source}]", indent)


def _test(page: _Page, explained: TestExplanation) -> None:
    page.heading(explained.id)
    home = _EVERYWHERE.get(explained.home, explained.home.replace("_", " "))
    page.text(
        f"Test of {home}" + (f"; while it fails, stage {explained.blocks} is blocked" if explained.blocks else "")
    )
    page.heading("When it fails")
    page.text(explained.say)
    page.heading("Next")
    page.text(explained.do)
    if explained.why:
        page.heading("Why")
        page.text(explained.why)
    page.heading("How it is decided")
    page.text(f"{explained.predicate}  {explained.arguments}", rest=_INDENT * 2)
    if explained.when:
        page.text(f"only while there is  {explained.when}", rest=_INDENT * 2)
    page.text(explained.means)
    if explained.gate:
        page.text("Only its failure counts; passing it shows nothing.")
    _uses(page, explained.uses)


def _uses(page: _Page, uses: Iterable[Use]) -> None:
    places: dict[tuple[str, Weight], list[str]] = {}
    for use in uses:
        places.setdefault((use.state, use.weight), []).append(use.requirement)
    if places:
        page.heading("What a failure weighs")
    for (state, weight), requirements in places.items():
        page.text(f"{state} of {', '.join(requirements)}", f"{_INDENT}{weight.grade:<13}")
        for note in _notes(weight):
            page.text(note, " " * 15)
