"""Annotations for GitHub, Code Quality for GitLab, JUnit for everybody, Markdown for comments."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from lxml import etree

from aimsctl.diagnostics import Severity
from aimsctl.output import github, gitlab, junit, markdown
from aimsctl.output.report import Report
from aimsctl.output.tree import Heading, Paragraph
from tests.unit.output_reports import (
    ERROR,
    HOSTILE,
    NOTE,
    PATH,
    WARNING,
    finding,
    inert_markdown,
    markdown_tables,
    obeyed,
    report,
)


def test_github_annotations() -> None:
    one = finding(ERROR, "50% of a, b: c", line=3, column=2, end=(3, 9), hint="mend it")
    two = finding(WARNING, line=4, column=1, end=(6, 2), path="a:b,c.yaml")
    assert github.write(report(one, two, finding(NOTE), provenance={"trust": "self-asserted"})) == (
        "::error file=policies/risks.yaml,line=3,col=2,endColumn=9,title=AIM203 risk-without-owner"
        "::50%25 of a, b: c%0AHint: mend it\n"
        "::warning file=a%3Ab%2Cc.yaml,line=4,endLine=6,col=1,title=AIM501 review-due::risk R-1 has no owner\n"
        "::notice file=policies/risks.yaml,line=1,col=1,title=AIM299 hint-only::risk R-1 has no owner\n"
        "trust: self-asserted\n"
        "1 error, 1 warning, 1 note in 1 file\n"
    )


def test_github_paths_start_at_the_root_of_the_repository() -> None:
    command = obeyed(github.write(report(finding(path="a.yaml"), prefix="aims/")).splitlines()[0])
    assert command is not None
    assert command.properties["file"] == "aims/a.yaml"


def test_gitlab_code_quality() -> None:
    one = finding(WARNING, line=7, hint="review it")
    assert json.loads(gitlab.write(report(one, finding(ERROR, suppressed="known"), prefix="aims"))) == [
        {
            "description": "risk R-1 has no owner Hint: review it",
            "check_name": "AIM501",
            "fingerprint": one.fingerprint,
            "severity": "minor",
            "location": {"path": "aims/policies/risks.yaml", "lines": {"begin": 7}},
        }
    ]
    assert gitlab.write(report()) == "[]\n"


def test_gitlab_keeps_findings_that_are_alike_apart() -> None:
    found = [finding(line=line) for line in (1, 2, 3)]
    prints = [one["fingerprint"] for one in json.loads(gitlab.write(report(*found)))]
    assert prints[0] == found[0].fingerprint
    assert len(set(prints)) == 3
    assert all(len(one) == hashlib.sha256().digest_size * 2 for one in prints)


@pytest.fixture(scope="module")
def xunit(vectors: Path) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(vectors / "schemas" / "junit-10.xsd"))


FULL = report(
    finding(ERROR, line=3, hint="name one"),
    finding(ERROR, line=5),
    finding(WARNING, line=6),
    finding(NOTE, suppressed="accepted"),
    checked=("aimsctl.yaml", PATH, "policies/soa.yaml"),
    not_checked=(("policies/x/pipe", "is a FIFO"),),
    provenance={"trust": "self-asserted"},
    as_of="2026-11-01",
)


def test_junit_has_a_suite_a_folder_and_a_case_a_file_and_rule() -> None:
    assert (
        junit.write(FULL)
        == """\
<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="aimsctl validate" tests="6" failures="1" errors="0">
<testsuite name="." tests="1" failures="0" errors="0" skipped="0">
<properties><property name="trust" value="self-asserted"/><property name="as of" value="2026-11-01"/></properties>
<testcase classname="aimsctl.yaml" name="validate"/>
</testsuite>
<testsuite name="policies" tests="4" failures="1" errors="0" skipped="1">
<properties><property name="trust" value="self-asserted"/><property name="as of" value="2026-11-01"/></properties>
<testcase classname="policies/risks.yaml" name="AIM203 risk-without-owner"><failure type="error" message="2 findings">\
policies/risks.yaml:3:1: error[AIM203] risk R-1 has no owner
  = hint: name one
policies/risks.yaml:5:1: error[AIM203] risk R-1 has no owner</failure></testcase>
<testcase classname="policies/risks.yaml" name="AIM299 hint-only"><skipped message="accepted">\
policies/risks.yaml:1:1: note[AIM299] risk R-1 has no owner</skipped></testcase>
<testcase classname="policies/risks.yaml" name="AIM501 review-due"><system-out>\
policies/risks.yaml:6:1: warning[AIM501] risk R-1 has no owner</system-out></testcase>
<testcase classname="policies/soa.yaml" name="validate"/>
</testsuite>
<testsuite name="policies/x" tests="1" failures="0" errors="0" skipped="1">
<properties><property name="trust" value="self-asserted"/><property name="as of" value="2026-11-01"/></properties>
<testcase classname="policies/x/pipe" name="validate: not checked"><skipped message="is a FIFO"/></testcase>
</testsuite>
</testsuites>
"""
    )


@pytest.mark.parametrize("given", [FULL, report(), report(checked=())])
def test_junit_holds_for_the_schema(xunit: etree.XMLSchema, given: Report) -> None:
    xunit.assertValid(etree.fromstring(junit.write(given).encode()))


@pytest.mark.parametrize(
    ("fail_at", "failures"), [(Severity.ERROR, 1), (Severity.WARNING, 2), (Severity.NOTE, 3), (None, 1)]
)
def test_junit_fails_what_fails_the_run_and_errors_always(fail_at: Severity | None, failures: int) -> None:
    given = report(finding(ERROR), finding(WARNING), finding(NOTE), fail_at=fail_at)
    assert etree.fromstring(junit.write(given).encode()).get("failures") == str(failures)


def test_markdown() -> None:
    given = report(
        finding(ERROR, line=3, hint="name one"),
        finding(NOTE, suppressed="accepted"),
        not_checked=(("a.pipe", "is a FIFO"),),
        provenance={"trust": "self-asserted"},
        body=(Heading(2, "Gaps"), Paragraph("None.")),
    )
    assert (
        markdown.write(given)
        == """\
## aimsctl validate

1 error in 1 file; 1 suppressed; 1 file not checked

- **trust**: self-asserted

### Not checked

- is a FIFO `a.pipe`

### Gaps

None.

### Findings

| Severity | Rule | Place | Finding | What to do |
| --- | --- | --- | --- | --- |
| error | AIM203 | `policies/risks.yaml:3:1` | risk R-1 has no owner | name one |

### Suppressed

| Severity | Rule | Place | Finding | Reason |
| --- | --- | --- | --- | --- |
| note | AIM299 | `policies/risks.yaml:1:1` | risk R-1 has no owner | accepted |
"""
    )


@pytest.mark.parametrize("limit", [0, 119, 121, 300, 1_000, 65_536])
def test_markdown_is_cut_between_two_rows(limit: int) -> None:
    given = report(*(finding(ERROR, HOSTILE[line % len(HOSTILE)] + "漢" * 9, line=line) for line in range(1, 2_000)))
    written = markdown.write(given, limit)
    assert len(written.encode()) <= limit
    inert_markdown(written)
    for table in markdown_tables(written):
        assert {len(row) for row in table} == {5}
    if limit > 120:
        assert "Cut here" in written
        assert "Run with `--format json`" in written


def test_the_step_summary_has_more_room_than_a_comment() -> None:
    given = report(*(finding(ERROR, line=line) for line in range(1, 2_000)))
    assert "Cut here" in markdown.write(given)
    assert "Cut here" not in github.step_summary(given)
    assert len(github.step_summary(given, 5_000).encode()) <= 5_000
