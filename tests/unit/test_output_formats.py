"""What every format has in common: the same findings, the same bytes, and quick imports."""

from __future__ import annotations

import dataclasses
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aimsctl.diagnostics import Diagnostic, ordered
from aimsctl.output import FORMATS, left_out, write
from tests.unit.output_reports import ERROR, HOSTILE, NOTE, READERS, RULES, WARNING, finding, keys, report

texts = st.one_of(st.sampled_from(HOSTILE), st.text(st.characters(), max_size=20), st.sampled_from(("a", "b c")))
paths = texts.map(lambda text: text.strip("/") or "x")
findings = st.builds(
    finding,
    st.sampled_from(RULES),
    texts,
    path=paths,
    line=st.integers(1, 10**6),
    column=st.integers(1, 500),
    hint=st.sampled_from(("", "mend it")),
    suppressed=st.sampled_from((None, None, None, "accepted by the AI board")),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(findings, max_size=6).map(ordered))
def test_every_format_reports_the_same_open_findings(found: list[Diagnostic]) -> None:
    expected = keys(one for one in found if one.suppressed is None)
    for name, read in READERS.items():
        assert sorted(read(write(name, report(*found)))) == expected, name


def test_every_format_has_a_reader() -> None:
    assert list(READERS) == list(FORMATS)


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_ends_with_a_line_feed_and_needs_no_finding(name: str) -> None:
    text = write(name, report())
    assert text.endswith("\n") or (name == "concise" and not text)
    assert list(READERS[name](text)) == []
    assert left_out(name, report(), text) == ""


@pytest.mark.parametrize("name", FORMATS)
def test_the_order_of_checking_does_not_show(name: str) -> None:
    found = [finding(rule, f"m{number}", line=number % 4 + 1) for number, rule in enumerate(RULES * 4)]
    expected = write(name, report(*ordered(found)))
    assert write(name, report(*ordered(reversed(found)))) == expected
    assert write(name, report(*ordered(found[5:] + found[:5]))) == expected


def test_what_is_suppressed_stays_visible() -> None:
    """Only counted in text, not sent as annotations, told with its reason everywhere else."""
    given_report = report(finding(ERROR, suppressed="accepted by the AI board"), finding(WARNING))
    assert "1 warning in 1 file; 1 suppressed" in write("text", given_report)
    assert "1 suppressed" in write("github", given_report)
    for name in ("json", "sarif", "junit", "markdown"):
        assert "accepted by the AI board" in write(name, given_report), name


def test_severities_can_differ_from_the_rule() -> None:
    lighter = dataclasses.replace(finding(ERROR), severity_override=NOTE.severity)
    for name, read in READERS.items():
        assert [one[1] for one in read(write(name, report(lighter)))] == ["note"], name


def test_text_loads_nothing_heavy() -> None:
    code = (
        "import sys, aimsctl.output.text, aimsctl.output.concise, aimsctl.output.sink\n"
        "heavy = {'json', 'xml', 'rich', 'difflib', 'zlib', 'aimsctl.output.tree'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
