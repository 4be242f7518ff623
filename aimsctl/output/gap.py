"""The gap report as a document: the answer first, the three states of every requirement, then the gaps by grade."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from aimsctl.assessment.readiness import STAGE_1, Blocker, blockers, summarise
from aimsctl.output.report import counted, place
from aimsctl.output.tree import Block, Bullets, Cell, Column, Heading, Item, Note, Paragraph, Table

if TYPE_CHECKING:
    from aimsctl.assessment.gap import Assessed, GapReport, Reason
    from aimsctl.diagnostics import Diagnostic
    from aimsctl.output.colour import Tone

STATE_TONES: Final[dict[str, Tone]] = {
    "complete": "good",
    "current": "good",
    "partial": "warn",
    "planned": "warn",
    "suspect": "warn",
    "stale": "warn",
    "unknown": "warn",
    "absent": "bad",
    "failing": "bad",
    "not_expected": "muted",
}
GRADE_TONES: Final[dict[str, Tone]] = {
    "major": "bad",
    "unknown": "bad",
    "minor": "warn",
    "opportunity": "note",
    "conforms": "good",
    "not_applicable": "muted",
}
_HEADINGS: Final = {
    "major": "Major nonconformities",
    "unknown": "Cannot be judged",
    "minor": "Minor nonconformities",
    "opportunity": "Opportunities for improvement",
}
_COUNTED: Final = {
    "major": ("major nonconformity", "major nonconformities"),
    "unknown": ("cannot be judged", "cannot be judged"),
    "minor": ("minor nonconformity", "minor nonconformities"),
    "opportunity": ("opportunity", "opportunities"),
    "conforms": ("conforms", "conform"),
    "not_applicable": ("not applicable", "not applicable"),
}
_SHOWN: Final = 4  # reasons shown of one test, unless the requirement was asked for


def gap_body(report: GapReport, only: Collection[str] = (), basics: Sequence[Diagnostic] = ()) -> Iterator[Block]:
    """The blocks of the report; with `only`, about the requirements of those ids and with all their reasons."""
    organisation = report.facts.workspace.config.organisation
    standard = f"{report.facts.catalogue.standard}:{report.facts.catalogue.edition}"
    yield Heading(1, f"Gap analysis of {organisation}" if organisation else "Gap analysis")
    yield Paragraph(f"Against {standard}, judged as of {report.as_of.isoformat()}. This is no certificate.")
    yield from _errors(basics)
    wanted = [one for one in report.requirements if not only or one.id in only]
    if not only:
        yield from _answer(report)
    yield from _states(wanted)
    for grade, heading in _HEADINGS.items():
        yield from _gaps([one for one in wanted if one.grade == grade], heading, whole=bool(only))
    yield from _waivers(report, wanted)
    if not only:
        yield from _approvals(report)


def _approvals(report: GapReport) -> Iterator[Block]:
    """What the history shows about approvals, if it was read."""
    approvals = report.facts.approvals
    if approvals is None:
        return
    shown = [(artefact, one) for artefact, _, one in approvals.all()]
    count = Counter(one.state for _, one in shown)
    yield Heading(2, "Approvals")
    yield Paragraph(
        f"{counted(len(shown), 'approval')}: {count['verified']} with the approver's signature verified, "
        f"{count['claimed']} as claimed, {count['not_shown']} signed in a way that does not show it."
    )
    if approvals.signers is None:
        yield Paragraph("No allowed signers were named, so no signature was checked: --allowed-signers FILE.")
    doubtful = [(artefact, one) for artefact, one in shown if one.state == "not_shown"]
    if doubtful:
        yield Bullets(
            tuple(Item(f"{artefact.title}: {one.why}.", "bad", place(artefact.span())) for artefact, one in doubtful)
        )


def _errors(basics: Sequence[Diagnostic]) -> Iterator[Block]:
    if basics:
        said = (
            f"{counted(len(basics), 'error')} in the artefacts. What has errors is not judged; run `aimsctl validate`."
        )
        yield Note(said, "bad")
        yield Bullets(tuple(Item(f"[{one.code}] {one.message}", "bad", place(one.span)) for one in basics))


def _answer(report: GapReport) -> Iterator[Block]:
    summary, found = summarise(report), blockers(report)
    first = [one for one in found if one.stage == STAGE_1]
    yield Heading(2, "Ready for the audit?")
    yield Bullets((_stage("Stage 1 (designed and documented)", first), _second_stage(first, found)))
    words = [counted_grade(grade, count) for grade, count in summary.grades.items() if count]
    waived = f" Waived: {summary.waived}." if summary.waived else ""
    yield Paragraph(f"{summary.requirements} requirements: {', '.join(words)}.{waived}")
    yield Table(
        (
            Column("State"),
            Column("Good", "right"),
            Column("In part", "right"),
            Column("Absent", "right"),
            Column("Rest", "right"),
        ),
        tuple(_state_row(state, counts) for state, counts in summary.states.items()),
    )


def counted_grade(grade: str, count: int) -> str:
    """A count with the words for a grade: 1 major, 6 opportunities, 52 conform."""
    one, many = _COUNTED[grade]
    return f"{count} {one if count == 1 else many}"


def _stage(name: str, found: Sequence[Blocker]) -> Item:
    if not found:
        return Item(f"{name}: nothing on file blocks it.", "good")
    ids = list(dict.fromkeys(one.requirement for one in found))
    return Item(f"{name}: blocked by {counted(len(ids), 'requirement')}: {', '.join(ids)}.", "bad")


def _second_stage(first: Sequence[Blocker], found: Sequence[Blocker]) -> Item:
    """Stage 2, without telling again what blocks stage 1."""
    told = {one.requirement for one in first}
    more = [one for one in found if one.requirement not in told]
    name = "Stage 2 (works in practice)"
    if not told or not more:
        return _stage(name, more) if not told else Item(f"{name}: blocked by the same.", "bad")
    ids = list(dict.fromkeys(one.requirement for one in more))
    return Item(f"{name}: blocked by the same and {len(ids)} more: {', '.join(ids)}.", "bad")


def _state_row(state: str, counts: dict[str, int]) -> tuple[Cell, ...]:
    def total(*words: str) -> str:
        return str(sum(counts.get(word, 0) for word in words))

    return (
        Cell(state),
        Cell(total("complete", "current"), "good"),
        Cell(total("partial", "planned", "suspect", "stale", "failing", "unknown"), "warn"),
        Cell(total("absent"), "bad"),
        Cell(total("not_expected"), "muted"),
    )


def _states(wanted: Sequence[Assessed]) -> Iterator[Block]:
    groups: dict[str, list[Assessed]] = {}
    for one in wanted:
        groups.setdefault(f"{one.requirement.group.id} {one.requirement.group.title}", []).append(one)
    columns = (Column("Requirement"), Column("Documented"), Column("Implemented"), Column("Operating"), Column("Grade"))
    for group, members in groups.items():
        yield Heading(3, group)
        yield Table(columns, tuple(_requirement_row(one) for one in members))


def _requirement_row(one: Assessed) -> tuple[Cell, ...]:
    grade = one.grade.replace("_", " ") + (", waived" if one.waived is not None else "")
    states = (_state(one.states[state]) for state in ("documented", "implemented", "operating"))
    return (Cell(f"{one.id} {one.requirement.title}"), *states, Cell(grade, GRADE_TONES[one.grade]))


def _state(word: str) -> Cell:
    return Cell("-" if word == "not_expected" else word, STATE_TONES[word])


def _gaps(gaps: Sequence[Assessed], heading: str, *, whole: bool) -> Iterator[Block]:
    if not gaps:
        return
    yield Heading(2, f"{heading} ({len(gaps)})")
    for one in gaps:
        yield Heading(3, f"{one.id} {one.requirement.title}")
        yield Paragraph(_said(one))
        yield Bullets(tuple(_reasons(one, whole=whole)))


def _said(one: Assessed) -> str:
    states = ", ".join(f"{state} {word.replace('_', ' ')}" for state, word in one.states.items())
    if one.waived is None:
        return f"{states[:1].upper()}{states[1:]}."
    return f"{states[:1].upper()}{states[1:]}. Waived by {one.waived.id} until {one.waived.until}: {one.waived.reason}"


def _reasons(one: Assessed, *, whole: bool) -> Iterator[Item]:
    shown: dict[str, int] = {}
    elsewhere: dict[str, str] = {}
    for reason in one.reasons:
        if reason.home:
            elsewhere.setdefault(reason.test, reason.home)
            continue
        shown[reason.test] = shown.get(reason.test, 0) + 1
        if whole or shown[reason.test] <= _SHOWN:
            yield _reason(reason)
    for test, count in shown.items():
        if not whole and count > _SHOWN:
            yield Item(
                f"{count - _SHOWN} more of the same kind ({test}); see them with --requirement {one.id}.", "muted"
            )
    if elsewhere:
        told = ", ".join(f"{test} (told at {home})" for test, home in elsewhere.items())
        yield Item(f"Counts here too: {told}.", "muted")


def _reason(reason: Reason) -> Item:
    tone: Tone = GRADE_TONES.get(reason.grade, "")
    details = (f"Next: {reason.do}",) if reason.do else ()
    return Item(f"[{reason.rule.code}] {reason.message}", tone, place(reason.span), details)


def _waivers(report: GapReport, wanted: Sequence[Assessed]) -> Iterator[Block]:
    named = {waiver.id: waiver for one in wanted for waiver in one.waivers}
    if not named and not report.waiver_reasons:
        return
    yield Heading(2, "Waivers")
    items = [
        Item(
            f"{waiver.id} {waiver.title}: until {waiver.until}, approved by {waiver.approved_by or 'nobody'}."
            + (f" It has no effect: {waiver.problem}." if waiver.problem else ""),
            "warn" if waiver.problem else "",
            place(waiver.span) if waiver.span is not None else "",
        )
        for waiver in named.values()
    ]
    yield Bullets((*items, *(_reason(reason) for reason in report.waiver_reasons)))
