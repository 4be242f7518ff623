"""Rules about values that contradict each other within one artefact (AIM2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from aimsctl.assessment.rules.base import found, listed, rows, rule, values
from aimsctl.diagnostics import Diagnostic, Related, Rule, Severity
from aimsctl.workspace.hints import shown

if TYPE_CHECKING:
    from datetime import date

    from aimsctl.source.yaml import Pointer
    from aimsctl.workspace.workspace import Workspace

EXCLUDED_AND_LIVING: Final = Rule(
    code="AIM214",
    name="excluded-and-implemented",
    severity=Severity.ERROR,
    summary="A control is excluded from the statement of applicability and yet has a status or an implementation.",
    why="It cannot be both. An auditor asks which of the two is true.",
    fix="Set `applicable: true`, or take status and implementation away.",
    requirements=("6.1.3",),
)
UPSIDE_DOWN: Final = Rule(
    code="AIM215",
    name="limits-upside-down",
    severity=Severity.ERROR,
    summary="The lowest acceptable value lies above the highest.",
    why="No result could ever meet both.",
    fix="Correct `at_least` or `at_most`.",
)
VERSION_TWICE: Final = Rule(
    code="AIM217",
    name="version-listed-twice",
    severity=Severity.ERROR,
    summary="An AI system lists one model version twice.",
    why="Tests and releases that name the version could mean either row.",
    fix="Keep one row.",
)
PART_AND_WHOLE: Final = Rule(
    code="AIM219",
    name="part-larger-than-whole",
    severity=Severity.ERROR,
    summary="A count is larger than its whole: more people came than were expected, or a sample exceeds the cases.",
    why="The reach of the activity, or the share of the sample, would be over 100 %.",
    fix="Correct one of the two numbers.",
    requirements=("7.3", "8.1"),
)
DONE_AND_DROPPED: Final = Rule(
    code="AIM225",
    name="done-and-dropped",
    severity=Severity.ERROR,
    summary="An action is both done and given up.",
    why="One of the two did not happen, and whoever counts open actions cannot tell which.",
    fix="Keep `done` with its result, or `dropped` with the decision.",
)
ROW_TWICE: Final = Rule(
    code="AIM226",
    name="row-listed-twice",
    severity=Severity.ERROR,
    summary="Two rows of a list have the same name.",
    why="Whatever names the row could mean either: a planned audit held, evidence owed, a finding taken up.",
    fix="Give one of the rows another name, or keep one of them.",
)
SAID_AND_DENIED: Final = Rule(
    code="AIM227",
    name="said-and-denied",
    severity=Severity.ERROR,
    summary="An artefact says a thing in one list and its opposite in another.",
    why=(
        "A system cannot be in the scope and left out of it, and an effect cannot be found and found missing. Which of"
        " the two a reader believes decides what is done."
    ),
    fix="Take it out of one of the two lists.",
    requirements=("4.3", "6.1.4"),
)

ACTIONS: Final = (
    ("risk", "actions"),
    ("objective", "actions"),
    ("nonconformity", "actions"),
    ("improvement", "actions"),
    ("change", "actions"),
    ("competence", "actions"),
    ("waiver", "actions"),
    ("management-review", "decisions"),
)
_MEASURED: Final = (("objective", ""), ("metric", ""), ("evaluation", "results"), ("dataset", "quality"))
_COUNTED: Final = (
    ("training", "attended", "expected"),
    ("training", "participants", "attended"),
    ("check", "sample", "population"),
)
_NAMED: Final = (
    ("audit-programme", "planned", "id"),
    ("audit", "findings", "id"),
    ("control", "evidence", "id"),
    ("document", "sections", "topic"),
    ("allocation", "duties", "duty"),
)
_OPPOSED: Final = (
    ("scope", ("exclusions", "ai_systems"), ("ai_systems",), "is left out, but in the scope too"),
    ("impact-assessment", ("no_impact_on",), ("impacts", "who"), "are said to feel no impact, but one is listed"),
    (
        "impact-assessment",
        ("considered_without_effect",),
        ("impacts", "topic"),
        "is said to have no effect, but has one",
    ),
)


@rule(EXCLUDED_AND_LIVING)
def excluded_and_implemented(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """A finding for each excluded control with a status or something that implements it."""
    for soa in workspace.of("soa"):
        for at, row in rows(soa, "entries"):
            named = next((name for name in ("status", "implemented_by", "planned_for") if row.get(name)), None)
            if row.get("applicable") is False and named is not None:
                said = f"{row.get('control')} is excluded, but has `{named}`."
                related = (Related(soa.span((*at, "applicable")), "excluded here"),)
                yield found(EXCLUDED_AND_LIVING, soa, (*at, named), said, related=related)


@rule(UPSIDE_DOWN)
def limits_upside_down(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """A finding for each pair of limits that nothing can meet."""
    for name, field in _MEASURED:
        for artefact in workspace.of(name):
            for at, row in rows(artefact, field):
                low, high = row.get("at_least"), row.get("at_most")
                if isinstance(low, int | float) and isinstance(high, int | float) and low > high:
                    said = f"`at_least` ({low}) lies above `at_most` ({high})."
                    yield found(UPSIDE_DOWN, artefact, (*at, "at_least"), said)


@rule(VERSION_TWICE)
def version_twice(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """A finding for each model version after the first of that name and number."""
    for system in workspace.of("ai-system"):
        seen: dict[tuple[object, object], Pointer] = {}
        for at, row in rows(system, "models"):
            version = row.get("version")
            first = seen.setdefault((row.get("name"), version), at)
            if first != at and version is not None:
                related = (Related(system.span((*first, "version")), "the first"),)
                said = f"Version {shown(version)} is listed twice."
                yield found(VERSION_TWICE, system, (*at, "version"), said, related=related)


@rule(PART_AND_WHOLE)
def part_larger_than_whole(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """A finding for each count that is larger than what it is a part of."""
    for name, small, large in _COUNTED:
        for artefact in workspace.of(name):
            part, whole = artefact.data.get(small), artefact.data.get(large)
            count = len(part) if isinstance(part, list) else part
            if isinstance(count, int) and isinstance(whole, int) and count > whole:
                said = f"`{small}` is {count}, more than `{large}`, {whole}."
                related = (Related(artefact.span(large), f"`{large}` stands here"),)
                yield found(PART_AND_WHOLE, artefact, (small,), said, related=related)


@rule(DONE_AND_DROPPED)
def done_and_dropped(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """A finding for each action that has both a day of completion and a reason for giving it up."""
    for name, field in ACTIONS:
        for artefact in workspace.of(name):
            for at, row in rows(artefact, field):
                if row.get("done") and row.get("dropped"):
                    said = f"{shown(row.get('what'))} was done on {row.get('done')}, and dropped."
                    yield found(DONE_AND_DROPPED, artefact, (*at, "dropped"), said)


@rule(ROW_TWICE)
def row_twice(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """A finding for each row whose name an earlier row of the same list has."""
    for name, field, key in _NAMED:
        for artefact in workspace.of(name):
            seen: dict[object, Pointer] = {}
            for at, row in rows(artefact, field):
                value = row.get(key)
                first = at if value is None else seen.setdefault(value, at)
                if first != at:
                    related = (Related(artefact.span((*first, key)), "the first"),)
                    said = f"{shown(value)} is in `{field}` twice."
                    yield found(ROW_TWICE, artefact, (*at, key), said, related=related)


@rule(SAID_AND_DENIED)
def said_and_denied(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """A finding for each thing that one list of an artefact says and another one denies."""
    for name, denied, said, words in _OPPOSED:
        for artefact in workspace.of(name):
            affirmed = {value: at for at, value in values(artefact.data, said)}
            for at, value in values(artefact.data, denied):
                if value in affirmed:
                    related = (Related(artefact.span(affirmed[value]), "said here"),)
                    yield found(SAID_AND_DENIED, artefact, at, f"{value} {words}.", related=related)
    for system in workspace.of("ai-system"):
        categories = listed(system.data.get("data_categories"))
        if "none" in categories and len(categories) > 1:
            at = ("data_categories", categories.index("none"))
            yield found(SAID_AND_DENIED, system, at, "It handles no data, but also the categories beside `none`.")
