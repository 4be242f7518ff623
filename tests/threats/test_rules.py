"""Threats to the rules: hostile rules of an organisation, paths, dates, look-alikes, and ways to make a run green."""

from __future__ import annotations

import datetime as dt
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from aimsctl.assessment.calendar import Duration, parse_date
from aimsctl.assessment.headings import sections
from tests.unit.rule_workspaces import CONFIG, RISK, codes, told

RULE = "code: ORG-001\nname: n\non: risk\nmessage: Something is wrong with the title.\nthen: {}\n"
POLICY = "kind: policy\nid: POL-1\ntitle: AI policy\nstatus: draft\nfile: {}\n"


@contextmanager
def within(seconds: float) -> Iterator[None]:
    began = time.monotonic()
    yield
    assert time.monotonic() - began < seconds


def rule(schema: str) -> str:
    return RULE.format(schema)


@pytest.mark.parametrize("pattern", ["^(a+)+$", "^(a|aa)+$", "^(a|a?)+$", "(.*a){12}", "^(([a-z])+.)+[A-Z]([a-z])+$"])
def test_S_03_a_pattern_of_a_rule_runs_in_linear_time(tmp_path: Path, pattern: str) -> None:
    files = {
        "policies/r.yaml": RISK.replace("Late", "a" * 100_000 + "!"),
        "rules/own.yaml": rule(f"{{properties: {{title: {{pattern: '{pattern}'}}}}}}"),
    }
    with within(10):
        assert codes(told(tmp_path, files)) in (["ORG-001"], [])


def test_S_03_property_names_are_matched_in_linear_time(tmp_path: Path) -> None:
    files = {
        "policies/r.yaml": RISK,
        "rules/own.yaml": rule("{patternProperties: {'^(a+)+$': {type: string}}, propertyNames: {pattern: '^(a+)+$'}}"),
    }
    with within(5):
        assert codes(told(tmp_path, files)) == ["ORG-001"]


@pytest.mark.parametrize("pattern", ["(?=a)b", r"(a)\\1", "(?<!a)b", "(a{1000}){1000}", "(", "a{4294967296}"])
def test_S_03_a_pattern_that_is_not_linear_or_too_large_is_refused(tmp_path: Path, pattern: str) -> None:
    schema = f'{{properties: {{title: {{pattern: "{pattern}"}}}}}}'
    with within(5):
        (finding,) = told(tmp_path, {"policies/r.yaml": RISK, "rules/own.yaml": rule(schema)})
    assert (finding.code, finding.span.line) == ("AIM921", 5)
    assert len(finding.message) < 500


@pytest.mark.parametrize(
    "schema",
    [
        "{$ref: 'https://example.org/s.json'}",
        "{$ref: 'file:///etc/passwd'}",
        "{$ref: risk.schema.json}",
        "{$ref: '#/$defs/none'}",
        "{$dynamicRef: '#x'}",
        "{$id: 'https://aimsctl.example/schemas/risk.schema.json'}",
        "{$schema: 'http://json-schema.org/draft-03/schema'}",
        "{$ref: '#'}",
        "{$ref: '#/$defs/a', $defs: {a: {not: {$ref: '#/$defs/b'}}, b: {anyOf: [{$ref: '#/$defs/a'}]}}}",
    ],
)
def test_S_03_references_of_a_rule_stay_inside_it(tmp_path: Path, schema: str) -> None:
    (finding,) = told(tmp_path, {"policies/r.yaml": RISK, "rules/own.yaml": rule(schema)})
    assert finding.code == "AIM921"


def test_S_03_references_that_double_are_refused(tmp_path: Path) -> None:
    steps = "".join(
        f"    a{n}: {{allOf: [{{$ref: '#/$defs/a{n + 1}'}}, {{$ref: '#/$defs/a{n + 1}'}}]}}\n" for n in range(60)
    )
    schema = f"\n  $ref: '#/$defs/a0'\n  $defs:\n{steps}    a60: {{}}"
    with within(5):
        (finding,) = told(tmp_path, {"policies/r.yaml": RISK, "rules/own.yaml": rule(schema)})
    assert finding.code == "AIM921"


def test_S_03_our_own_patterns_read_any_heading_in_linear_time() -> None:
    for line in (
        "# a" + " " * 100_000 + "x",
        "#" * 100_000,
        "# " + "# " * 50_000,
        "# " + "1." * 50_000,
        "# `" + "`a" * 50_000,
    ):
        with within(5):
            sections(line)


def test_S_07_a_rule_cannot_take_the_code_of_the_tool_or_switch_anything_off(tmp_path: Path) -> None:
    rules = (
        "rules:\n"
        "- {code: AIM301, name: unknown-id, on: risk, then: {}, message: All is well.}\n"
        "- {code: ORG-001, name: unknown-id, on: risk, then: true, message: All is well., severity: 'off'}\n"
        "- {code: ORG-002, name: unknown-id, on: risk, then: {}, message: All is well.}\n"
    )
    files = {"policies/r.yaml": RISK + "owner: ROLE-9\n", "rules/own.yaml": rules}
    assert codes(told(tmp_path, files)) == ["AIM301", "AIM921", "AIM921", "AIM921"]


def test_S_07_schemas_in_the_folder_of_rules_replace_nothing(tmp_path: Path) -> None:
    files = {
        "policies/r.yaml": RISK + "onwer: ROLE-9\n",
        "rules/risk.schema.json": "true",
        "schemas/risk.schema.json": "true",
    }
    assert codes(told(tmp_path, files)) == ["AIM102"]


@pytest.mark.parametrize(
    ("name", "code"), [("rules/link.yaml", "AIM921"), ("rules/pipe.yaml", "AIM921"), ("rules/large.yaml", "AIM012")]
)
def test_S_07_a_rule_that_cannot_be_read_is_not_silently_left_out(tmp_path: Path, name: str, code: str) -> None:
    files = {"policies/r.yaml": RISK, "elsewhere.yaml": rule("{required: [owner]}")}
    if name == "rules/large.yaml":
        files[name] = rule("{required: [owner]}") + "#" * 1_000_001
    target = tmp_path / name
    target.parent.mkdir()
    if name == "rules/link.yaml":
        target.symlink_to(tmp_path / "elsewhere.yaml")
    if name == "rules/pipe.yaml":
        os.mkfifo(target)
    findings = told(tmp_path, files)
    assert [(one.span.path, one.code) for one in findings] == [(name, code)]


@pytest.mark.parametrize(
    "named",
    [
        "../outside.md", "../../outside.md", "/etc/hostname", "~/outside.md", "$HOME/outside.md",
        "file:///etc/hostname", "//host/share/outside.md", "C:/outside.md", '"..\\\\outside.md"',
        "'%2e%2e/outside.md'", ".git/config", "../.git/config", "/proc/self/environ",
        "../../workspace-other/outside.md", "link.md", "folder/outside.md", "pipe.md", ".", "..",
    ],
)  # fmt: skip
def test_P_01_a_text_outside_the_workspace_is_a_finding_and_not_read(
    tmp_path: Path, named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "workspace"
    for folder in ("", "workspace-other", "workspace/.git", "workspace/policies"):
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
    for path in ("outside.md", "workspace-other/outside.md", "workspace/.git/config"):
        (tmp_path / path).write_text("SECRET", encoding="utf-8")
    (root / "policies" / "link.md").symlink_to(tmp_path / "outside.md")
    (root / "policies" / "folder").symlink_to(tmp_path / "workspace-other")
    os.mkfifo(root / "policies" / "pipe.md")
    monkeypatch.setenv("HOME", str(tmp_path))
    (finding,) = told(root, {"policies/p.yaml": POLICY.format(named)})
    assert (finding.code, finding.span.line, finding.span.column) == ("AIM307", 5, 7)
    assert "SECRET" not in finding.message


def test_P_01_a_text_inside_that_is_no_text_is_a_finding(tmp_path: Path) -> None:
    for content in (b"\xff\xfe\x00", b"a\0b", b"", b"x" * 2_000_001):
        (finding,) = told(tmp_path, {"policies/p.yaml": POLICY.format("p.md"), "policies/p.md": content})
        assert finding.code == "AIM307"


def test_P_04_ids_that_differ_in_capitals_alone_are_told_though_one_is_refused(tmp_path: Path) -> None:
    files = {"policies/a.yaml": RISK, "policies/b.yaml": RISK.replace("RISK-1", "risk-1")}
    assert codes(told(tmp_path, files)) == ["AIM105", "AIM305"]


@pytest.mark.parametrize("code", ["AIM001", "AIM091", "AIM401", "AIM404", "AIM901", "AIM912", "AIM921", "AIM932"])
def test_P_07_what_was_not_read_a_gap_and_the_configuration_cannot_be_set_aside(tmp_path: Path, code: str) -> None:
    entry = f"suppress:\n  - {{rule: {code}, path: '**', reason: we want it green, until: 2027-01-31}}\n"
    files = {
        "aimsctl.yaml": CONFIG + entry + "thresholds: {review_interval: P9Y}\ncolour: red\n",
        "policies/r.yaml": RISK,
        "policies/broken.yaml": "a: [\n",
        "rules/own.yaml": "code: ORG-1\n",
    }
    findings = told(tmp_path, files)
    assert not [one for one in findings if one.suppressed]
    assert {"AIM001", "AIM901", "AIM912", "AIM921", "AIM933"} <= set(codes(findings))


@pytest.mark.parametrize("name", ["'*'", "AIM", "AIM3", "all", "'AIM30?'"])
def test_P_07_no_entry_sets_a_whole_family_aside(tmp_path: Path, name: str) -> None:
    entry = f"suppress:\n  - {{rule: {name}, path: '**', reason: we want it green, until: 2027-01-31}}\n"
    findings = told(tmp_path, {"aimsctl.yaml": CONFIG + entry, "policies/r.yaml": RISK + "owner: ROLE-9\n"})
    assert "AIM301" in codes(findings)
    assert [one for one in findings if one.span.path == "aimsctl.yaml"]


def test_P_07_a_comment_in_the_configuration_does_not_excuse_it(tmp_path: Path) -> None:
    config = CONFIG + "thresholds:\n  review_interval: P9Y  # aimsctl: ignore[AIM912] until 2027-01-01: we want it so\n"
    assert set(codes(told(tmp_path, {"aimsctl.yaml": config, "policies/r.yaml": RISK}))) == {"AIM912", "AIM933"}


@pytest.mark.parametrize("until", ["2026-02-30", "2026-13-01", "9999-99-99", "tomorrow", "''"])
def test_P_07_a_last_day_that_never_comes_sets_nothing_aside(tmp_path: Path, until: str) -> None:
    entry = f"suppress:\n  - {{rule: AIM301, path: '**', reason: we want it green, until: {until}}}\n"
    findings = told(tmp_path, {"aimsctl.yaml": CONFIG + entry, "policies/r.yaml": RISK + "owner: ROLE-9\n"})
    assert "AIM301" in codes(findings)
    assert len(codes(findings)) > 1


@pytest.mark.parametrize("day", ["2026-02-30", "2026-13-01", "0000-01-01", "2025-02-29", "10000-01-01", "2026-1-1"])
def test_Y_10_a_day_that_does_not_exist_is_told_by_the_schema_and_compared_with_nothing(
    tmp_path: Path, day: str
) -> None:
    person = f"kind: person\nid: PER-1\ntitle: Ines\nstatus: draft\njoined: {day}\nleft: 2020-01-01\n"
    findings = told(tmp_path, {"policies/p.yaml": person})
    assert {(one.code, one.span.line) for one in findings} == {("AIM106", 5)}


def test_Y_10_the_ends_of_the_calendar_compare_and_nothing_overflows(tmp_path: Path) -> None:
    person = "kind: person\nid: PER-1\ntitle: Ines\nstatus: draft\njoined: 2199-12-31\nleft: 1900-01-01\n"
    for as_of in (dt.date.min, dt.date.max, dt.date(2028, 2, 29)):
        assert codes(told(tmp_path, {"policies/p.yaml": person}, as_of)) == ["AIM202"]
    assert Duration(12 * 9999, 99999).after(dt.date.max) == dt.date.max
    assert parse_date("2028-02-29") == dt.date(2028, 2, 29)
    assert Duration(12, 0).after(dt.date(2028, 2, 29)) == dt.date(2029, 2, 28)


@pytest.mark.parametrize("written", ["R\u0406SK-1", "RISK\u200b-1", "RISK-\uff11", "\u202eRISK-1"])
def test_Y_19_an_id_that_only_looks_like_another_is_no_id(tmp_path: Path, written: str) -> None:
    text = RISK.replace("RISK-1", f'"{written}"')
    assert "AIM105" in codes(told(tmp_path, {"policies/r.yaml": text}))


def test_Y_19_an_approver_whose_id_holds_a_look_alike_is_refused(tmp_path: Path) -> None:
    approver = RISK + 'residual_accepted: {by: "R\u041eLE-1", date: 2026-01-01}\n'
    findings = told(tmp_path, {"policies/r.yaml": approver})
    assert "AIM105" in codes(findings)


def test_C_12_a_run_in_which_everything_is_set_aside_says_so_and_stays_red_where_it_must(
    run: Any, workspace: Any
) -> None:
    entry = {"rule": "AIM301", "path": "**", "reason": "we want it green", "until": "2099-12-31"}
    root = workspace({"policies/r.yaml": RISK + "owner: ROLE-9\n"}, config={"suppress": [entry]}).root
    done = run("validate", "--as-of", "2026-11-01", cwd=root)
    assert done.code == 0
    assert "1 suppressed" in done.stdout.replace("finding ", "")


def test_L_03_thousands_of_dangling_links_do_not_take_the_product_of_ids(tmp_path: Path) -> None:
    rows = "".join(f"  - {{id: RISK-{n}A, title: Late, owner: ROEL-{n}B}}\n" for n in range(4000))
    roles = "".join(f"  - {{id: ROLE-{n}B, title: Role}}\n" for n in range(4000))
    files = {
        "policies/r.yaml": f"kind: register\nof: risk\ndefaults: {{status: draft}}\nitems:\n{rows}",
        "policies/o.yaml": f"kind: register\nof: role\ndefaults: {{status: draft}}\nitems:\n{roles}",
    }
    with within(20):
        findings = told(tmp_path, files)
    assert len(findings) == 4000
    assert findings[0].hint == "did you mean `ROLE-0B`?"
