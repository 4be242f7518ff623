"""The readiness report as a document: the same data as its page, for Markdown and terminals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from aimsctl.output.crossing import DISCLAIMER, SHOWS
from aimsctl.output.gap import GRADE_TONES, STATE_TONES, counted_grade
from aimsctl.output.past import past_body
from aimsctl.output.report import counted, shown_path
from aimsctl.output.tree import Block, Bullets, Cell, Column, Facts, Heading, Item, Note, Paragraph, Table

Record = Mapping[str, Any]
STATES: Final = ("documented", "implemented", "operating")
_GRADES: Final = {
    "major": "Major nonconformities",
    "unknown": "Cannot be judged",
    "minor": "Minor nonconformities",
    "opportunity": "Opportunities for improvement",
}


def overview_body(record: Record) -> Iterator[Block]:
    """The blocks of the report, in the order of the page."""
    named = record["organisation"] or "this organisation"
    yield Heading(1, f"Readiness report of {named}")
    yield Paragraph(f"Against {record['standard']}, judged as of {record['as_of']}. This is no certificate.")
    yield from _answer(record)
    yield from _states(record)
    yield from _gaps(record["gaps"])
    yield from _risks(record["risks"])
    yield from _impact(record["impact_assessments"])
    yield from _ageing(record["reviews"], record["evidence"])
    yield from past_body(record["trend"], record["last_audit"], record["as_of"])
    yield from _aside(record["waivers"], record["suppressed"])
    yield from _paper(record["paper"])
    yield from _frameworks(record["frameworks"])
    yield from _method(record)


def _table(caption: str, heads: Sequence[str], rows: Sequence[Sequence[Cell | str]]) -> Table:
    cells = (tuple(cell if isinstance(cell, Cell) else Cell(cell) for cell in row) for row in rows)
    return Table(tuple(Column(head) for head in heads), tuple(cells), caption)


def _place(where: Record) -> str:
    return f"{shown_path(where['path'])}:{where['line']}" if where["path"] else ""


def _words(value: object) -> str:
    return str(value or "none").replace("_", " ")


def _answer(record: Record) -> Iterator[Block]:
    yield Heading(2, "The answer")
    if record["errors"]:
        yield Note(
            f"{counted(len(record['errors']), 'error')} in the artefacts. What cannot be read is not judged.", "bad"
        )
    for stage in record["stages"]:
        name = f"Stage {stage['stage']} ({stage['asks']})"
        if stage["ready"]:
            yield Paragraph(f"{name}: ready. Nothing on file blocks it.", "good")
            continue
        yield Paragraph(f"{name}: not ready, {_blocked(stage)}.", "bad")
        if stage["blockers"]:
            yield Bullets(tuple(item for one in stage["blockers"] for item in _blocker(one)))
    grades = ", ".join(counted_grade(one["grade"], one["count"]) for one in record["summary"]["grades"] if one["count"])
    waived = f" Waived: {record['summary']['waived']}." if record["summary"]["waived"] else ""
    yield Paragraph(f"{record['summary']['requirements']} requirements: {grades}.{waived}")


def _blocked(stage: Record) -> str:
    """How many requirements block it; those of the stage before are told there."""
    more = len(stage["blockers"])
    if more == len(stage["blocked"]):
        return f"blocked by {counted(more, 'requirement')}"
    return f"blocked by what blocks stage 1 and by {more} more" if more else "blocked by what blocks stage 1"


def _blocker(one: Record) -> Iterator[Item]:
    for reason in one["reasons"]:
        details = tuple(
            filter(None, (one["owner"] and f"Owner: {one['owner']}", reason["do"] and f"Next: {reason['do']}"))
        )
        yield Item(f"{one['requirement']} {one['title']}: {reason['why']}", "", _place(reason), details)


def _states(record: Record) -> Iterator[Block]:
    yield Heading(2, "Written and shown")
    gap = record["summary"]["proof_gap"]
    if gap:
        yield Paragraph(f"Written down in full, and nothing current shows that it runs: {', '.join(gap)}.", "bad")
    bands = {"good": "Good", "partly": "In part", "absent": "Absent", "not_expected": "Not expected"}
    rows = [(state, *(str(counts[band]) for band in bands)) for state, counts in record["summary"]["states"].items()]
    yield _table("", ("State", *bands.values()), rows)
    for group in record["groups"]:
        yield Heading(3, f"{group['id']} {group['title']}")
        heads = ("Requirement", "Documented", "Implemented", "Operating", "Grade", "Owner")
        yield _table("", heads, [_requirement(one) for one in group["requirements"]])


def _requirement(one: Record) -> tuple[Cell | str, ...]:
    grade = _words(one["grade"]) + (", waived" if one["waived"] else "")
    states = (Cell(_words(one[state]), STATE_TONES[one[state]]) for state in STATES)
    return (f"{one['id']} {one['title']}", *states, Cell(grade, GRADE_TONES[one["grade"]]), one["owner"])


def _gaps(gaps: Sequence[Record]) -> Iterator[Block]:
    for grade, heading in _GRADES.items():
        found = [gap for gap in gaps if gap["grade"] == grade]
        if found:
            yield Heading(2, f"{heading} ({len(found)})")
        for gap in found:
            yield Heading(3, f"{gap['id']} {gap['title']}")
            yield Paragraph(_gap_line(gap))
            if gap["reasons"]:
                yield Bullets(tuple(_reason(reason) for reason in gap["reasons"]))
            if gap["told_elsewhere"]:
                told = ", ".join(f"{one['test']} (told at {one['requirement']})" for one in gap["told_elsewhere"])
                yield Paragraph(f"Counts here too: {told}.")


def _gap_line(gap: Record) -> str:
    owner = gap["owner"] or "nobody is named"
    states = ", ".join(f"{state} {_words(gap[state])}" for state in STATES)
    systems = f" Systems: {', '.join(gap['systems'])}." if gap["systems"] else ""
    waived = f" Waived by {gap['waived']} until {gap['waived_until']}: {gap['waived_because']}" if gap["waived"] else ""
    return f"Owner: {owner}. {states.capitalize()}.{systems}{waived}"


def _reason(reason: Record) -> Item:
    details = (f"Next: {reason['do']}",) if reason["do"] else ()
    return Item(
        f"[{reason['code']}] {reason['message']}", GRADE_TONES.get(reason["grade"], ""), _place(reason), details
    )


def _risks(risks: Record) -> Iterator[Block]:
    yield Heading(2, "Risks")
    stages = {"before": "Before treatment", "target": "Target", "after": "After treatment"}
    rows = [
        (words, *map(str, risks["counts"][stage]["levels"]), str(risks["counts"][stage]["not_assessed"]))
        for stage, words in stages.items()
    ]
    yield _table(f"{counted(risks['count'], 'risk')} by level", ("When", *risks["levels"], "not rated"), rows)
    if risks["matrix"]["rows"]:
        heads = ("Consequence", *(risks["matrix"]["likelihoods"] or ["Risks"]))
        lines = [(row["consequence"], *map(_cell, row["cells"])) for row in risks["matrix"]["rows"]]
        yield _table("Where the risks lie before treatment", heads, lines)
    listed = [
        (
            f"{one['id']} {one['title']}",
            one["owner"],
            *(_words(one[stage]) if one[stage] else "not rated" for stage in stages),
            _words(one["treatment"]) + (", actions open" if one["actions_open"] else ""),
        )
        for one in risks["rows"]
    ]
    yield _table("Most urgent first", ("Risk", "Owner", "Before", "Target", "After", "Treatment"), listed)


def _cell(cell: Record) -> str:
    return ": ".join(filter(None, (cell["level"], ", ".join(cell["risks"]))))


def _impact(systems: Sequence[Record]) -> Iterator[Block]:
    yield Heading(2, "Impact assessments by system")
    rows = [row for system in systems for row in _system(system)]
    yield _table("", ("System", "In use", "Assessment", "Outcome", "Impacts", "Next review"), rows)


def _system(system: Record) -> Iterator[tuple[str, ...]]:
    name = f"{system['system']}{', high risk' if system['high_risk'] else ''}"
    in_use = ", ".join(system["versions"])
    if not system["assessments"]:
        yield name, in_use, "not assessed", "", "", ""
    for one in system["assessments"]:
        impacts = f"{one['impacts']}, {one['serious']} serious" if one["serious"] else str(one["impacts"])
        yield (
            name,
            in_use,
            f"{one['id']} {one['date'] or ''}",
            _words(one["outcome"]),
            impacts,
            one["next_review"] or "",
        )


def _ageing(reviews: Record, evidence: Record) -> Iterator[Block]:
    yield Heading(2, "Reviews and evidence")
    yield Paragraph(f"Reviews: {reviews['overdue']} overdue, {reviews['soon']} due soon, {reviews['in_time']} in time.")
    due = [(Cell(_due(one)), f"{one['id']} {one['title']}", one["owner"]) for one in reviews["next"]]
    yield _table("Overdue, and next", ("Due", "What", "Owner"), due)
    owed = [
        (
            f"{one['control']} {one['title']}: {one['evidence']}",
            f"{one['system']} {one['version']}".strip(),
            one["state"],
            newest(one),
            one["note"],
        )
        for one in evidence["rows"]
    ]
    yield _table("Evidence that controls owe", ("Control and evidence", "System", "State", "Newest", "Note"), owed)


def _due(review: Record) -> str:
    late = f", {counted(-review['days_left'], 'day')} overdue" if review["overdue"] else ""
    return f"{review['due']}{late}"


def newest(row: Record) -> str:
    """The day of the newest record of a row of evidence and its age, or when the first is due."""
    if row["state"] == "unknown" and row["note"]:
        return "none that counts"
    if row["newest"]:
        return f"{row['newest']}, {counted(row['age_days'], 'day')} old"
    return f"never; first due {row['due_since']}" if row["due_since"] else "never"


def _aside(waivers: Sequence[Record], suppressed: Sequence[Record]) -> Iterator[Block]:
    yield Heading(2, "Waivers and suppressions")
    if not waivers and not suppressed:
        yield Paragraph("None is on file.")
    if waivers:
        yield Bullets(tuple(_waiver(one) for one in waivers))
    if suppressed:
        rows = [(one["code"], one["message"], one["reason"], _place(one)) for one in suppressed]
        yield _table("Suppressed findings", ("Rule", "Finding", "Reason", "Place"), rows)


def _waiver(one: Record) -> Item:
    said = f"{one['id']} {one['title']}, for {one['requirement']}, until {one['until'] or 'no day'}"
    if one["problem"]:
        effect = f"Without effect: {one['problem']}."
    else:
        effect = "Covers the gap." if one["covers"] else "In force, but covers the gap only in part."
    approved = f" on {one['approved_on']}" if one["approved_on"] else ""
    who = f"Owner: {one['owner'] or 'nobody'}. Approved by {one['approved_by'] or 'nobody'}{approved}."
    about = one["tests"] and f"Only about {', '.join(one['tests'])}."
    instead = one["compensating"] and f"Instead: {', '.join(one['compensating'])}."
    return Item(said, "warn", _place(one), tuple(filter(None, (who, about, instead, one["reason"], effect))))


def _paper(tests: Sequence[Record]) -> Iterator[Block]:
    yield Heading(2, "Compliance on paper")
    found = [finding for one in tests for finding in one["findings"]]
    if found:
        yield Bullets(
            tuple(
                Item(one["message"], "warn", _place(one), (f"Next: {one['do']}",) if one["do"] else ()) for one in found
            )
        )
    clear = ", ".join(one["test"] for one in tests if one["result"] == "clear")
    yield Paragraph(f"Asked and clear: {clear or 'none'}.")


def _frameworks(frameworks: Sequence[Record]) -> Iterator[Block]:
    yield Heading(2, "Beside other frameworks")
    yield Paragraph(f"Items of each framework by what the management system shows of them. {DISCLAIMER}")
    rows = [
        (one["name"], *(str(one["counts"][name]) for name in SHOWS), "yes" if one["held"] else "no")
        for one in frameworks
    ]
    yield _table("", ("Framework", *SHOWS.values(), "Held"), rows)


def _method(record: Record) -> Iterator[Block]:
    yield Heading(2, "How this was computed")
    read = f"{counted(record['read']['files'], 'file')}, {counted(record['read']['artefacts'], 'artefact')}"
    yield Facts((("read", Cell(read)), *((name, Cell(value)) for name, value in record["provenance"].items())))
    if record["errors"]:
        yield Bullets(tuple(Item(f"[{one['code']}] {one['message']}", "bad", _place(one)) for one in record["errors"]))
    if record["not_checked"]:
        yield Bullets(tuple(Item(one["reason"], "warn", shown_path(one["path"])) for one in record["not_checked"]))
    yield Bullets(tuple(Item(sentence) for sentence in record["how"]))
    yield Paragraph("This is no certificate. Only an accredited certification body certifies.")
