"""Findings for people: exact lines, marks under the right columns, and the summary."""

from __future__ import annotations

import re

import pytest

from aimsctl.diagnostics import Related, Severity, Span
from aimsctl.output import concise, text
from aimsctl.output.excerpt import excerpt
from aimsctl.output.report import Report, summary_line
from aimsctl.output.tree import Heading, Paragraph
from aimsctl.output.width import width
from tests.unit.output_reports import ERROR, NOTE, PATH, WARNING, finding, report


def shown(line: str, column: int, end: tuple[int, int] = (0, 0)) -> list[str]:
    """The excerpt as two lines: the text, and the marks below it."""
    piece = excerpt(line, Span("a.yaml", 1, column, *end, "/x"))
    assert piece is not None
    return [piece.text, " " * piece.indent + "^" * piece.marks]


def test_a_finding_in_full() -> None:
    one = finding(
        ERROR,
        "'onwer' is not a field of risk",
        line=12,
        column=3,
        end=(12, 8),
        pointer="/onwer",
        hint="did you mean 'owner'?",
        related=(Related(Span("policies/roles.yaml", 4, 7), "the roles"),),
    )
    lines = {(PATH, 12): "  onwer: ROLE-AI"}
    written = text.write(report(one, source=lambda path, line: lines.get((path, line), "")))
    assert (
        written
        == """\
policies/risks.yaml:12:3: error[AIM203] 'onwer' is not a field of risk
  12 |   onwer: ...
     |   ^^^^^
  = hint: did you mean 'owner'?
  = see policies/roles.yaml:4:7: the roles

1 error in 1 file
"""
    )


def test_concise_is_the_first_line_alone() -> None:
    found = (finding(ERROR, line=2), finding(WARNING, line=3), finding(NOTE, line=4, suppressed="known"))
    assert concise.write(report(*found)) == (
        "policies/risks.yaml:2:1: error[AIM203] risk R-1 has no owner\n"
        "policies/risks.yaml:3:1: warning[AIM501] risk R-1 has no owner\n"
    )


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"findings": ()}, "no findings in 1 file (0 artefacts)"),
        ({"findings": (), "checked": (), "artefacts": 1}, "no findings in 0 files (1 artefact)"),
        ({"findings": (finding(ERROR), finding(ERROR), finding(WARNING))}, "2 errors, 1 warning in 1 file"),
        ({"findings": (finding(NOTE), finding(NOTE, suppressed="x"))}, "1 note in 1 file; 1 suppressed"),
        ({"findings": (), "not_checked": (("a", "b"),)}, "no findings in 1 file (0 artefacts); 1 file not checked"),
        ({"as_of": "2026-11-01"}, "no findings in 1 file (0 artefacts); judged as of 2026-11-01"),
        ({"checked": ("x",) * 1234}, "no findings in 1,234 files (0 artefacts)"),
    ],
)
def test_the_summary_is_one_sentence(more: dict[str, object], expected: str) -> None:
    assert summary_line(report(**more) if "findings" not in more else Report("validate", **_whole(more))) == expected


def _whole(more: dict[str, object]) -> dict[str, object]:
    return {"checked": (PATH,), **more}


def test_what_was_not_checked_and_whom_the_run_trusted_is_said() -> None:
    written = text.write(
        report(not_checked=((":x.yaml", "is a FIFO"),), provenance={"trust": "self-asserted", "digest": "sha256:1"})
    )
    assert written.splitlines() == [
        "not checked: ./:x.yaml: is a FIFO",
        "trust: self-asserted",
        "digest: sha256:1",
        "no findings in 1 file (0 artefacts); 1 file not checked",
    ]


def test_many_unchecked_files_are_counted() -> None:
    written = text.write(report(not_checked=tuple((f"f{number}", "no") for number in range(30)))).splitlines()
    assert len(written) == 21
    assert written[-1].endswith("30 files not checked (run with --format json for all)")


def test_the_body_comes_first_and_may_tell_the_findings_itself() -> None:
    body = (Heading(1, "Gaps"), Paragraph("None."))
    written = text.write(report(finding(), body=body))
    assert written.startswith("Gaps\n====\n\nNone.\n\npolicies/risks.yaml:1:1: error")
    assert "AIM203" not in text.write(report(finding(), body=body, told_in_body=True))


def test_colour_only_adds_to_the_text() -> None:
    found = (finding(ERROR, line=2, hint="mend it"), finding(WARNING, line=3), finding(NOTE, line=4))
    plain = text.write(report(*found, source=lambda _path, _line: "owner: x"))
    coloured = text.write(report(*found, source=lambda _path, _line: "owner: x", colour=True))
    assert "\x1b[1;31merror[AIM203]\x1b[0m" in coloured
    assert re.sub("\x1b\\[[0-9;]*m", "", coloured) == plain


def test_the_heaviest_findings_are_shown_where_a_screen_has_no_room_for_all() -> None:
    found = [finding(NOTE, line=line) for line in range(1, 10)] + [finding(ERROR, line=10)]
    written = text.write(report(*found, limit=2))
    assert re.findall(r":(\d+):1: (\w+)", written) == [("1", "note"), ("10", "error")]
    assert "8 more findings not shown (run with --format json for all)\n1 error, 9 notes in 1 file\n" in written


def test_marks_stand_under_what_is_meant() -> None:
    assert shown("owner: ROLE-AI", 8, (1, 15)) == ["owner: ROLE-AI", "       ^^^^^^^"]
    assert shown("owner: ROLE-AI", 1, (1, 6)) == ["owner: ...", "^^^^^"]
    assert shown("owner:", 1, (1, 6)) == ["owner:", "^^^^^"]


def test_marks_stand_right_behind_wide_combining_and_tab_characters() -> None:
    for before in ("表計: ", "e\u0301e\u0301: ", "\tx: ", "🙂 "):
        text_line, marks = shown(f"{before}bad", len(before) + 1, (1, len(before) + 4))
        assert width(marks) == width(text_line), before
        assert marks.strip() == "^^^"
    assert shown("表: 漢字", 4, (1, 6))[1] == "    ^^^^"


def test_a_place_without_an_end_has_one_mark_and_the_rest_of_the_line() -> None:
    assert shown("a: [b, c", 4) == ["a: [b, c", "   ^"]
    assert shown("a: b", 99) == ["a: b", "    ^"]


def test_a_span_over_several_lines_is_marked_to_the_end_of_its_first() -> None:
    assert shown("a: |  ", 1, (3, 1)) == ["a: |", "^^^^"]


def test_nothing_is_shown_of_an_empty_line_or_for_a_whole_file() -> None:
    assert excerpt("", Span("a.yaml", 3, 2)) is None
    assert excerpt("kind: risk", Span("a.yaml")) is None


@pytest.mark.parametrize("line", ["x" * 10**6, "漢" * 10**6, "y" * 100 + " " + "x" * 10**6])
def test_long_lines_are_cut_around_the_place(line: str) -> None:
    for column, end in ((1, (0, 0)), (1, (1, 10**6)), (500_000, (1, 500_010)), (10**6, (0, 0))):
        text_line, marks = shown(line, column, end)
        assert width(text_line) <= 83
        assert 0 < len(marks) <= 83
        assert "..." in text_line


def test_severity_decides_what_the_summary_looks_like() -> None:
    for rule, code in ((ERROR, "1;31"), (WARNING, "33"), (NOTE, "32")):
        last = text.write(report(finding(rule), colour=True)).splitlines()[-1]
        assert last.startswith(f"\x1b[{code}m"), Severity(rule.severity)
