"""SARIF for code scanning holds for the OASIS schema, whatever paths and texts are in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import jsonschema
import pytest

from aimsctl import __version__
from aimsctl.diagnostics import Related, Span
from aimsctl.output import left_out, sarif
from tests.unit.output_reports import ERROR, HOSTILE, NOTE, RULES, finding, report


@pytest.fixture(scope="module")
def oasis(vectors: Path) -> Any:
    schema = json.loads((vectors / "schemas" / "sarif-schema-2.1.0.json").read_text())
    return jsonschema.validators.validator_for(schema)(schema)


def run_of(given: Any) -> Any:
    (run,) = json.loads(sarif.write(given))["runs"]
    return run


FULL = report(
    finding(
        ERROR,
        line=3,
        column=2,
        end=(3, 9),
        pointer="/risks/0",
        hint="name one",
        related=(Related(Span("policies/roles.yaml", 4, 7, 5, 1, "/x"), "the roles"),),
    ),
    finding(NOTE, suppressed="accepted"),
    not_checked=(("a pipe", "is a FIFO"),),
    provenance={"trust": "self-asserted"},
    as_of="2026-11-01",
)


def test_it_holds_for_the_schema(oasis: Any) -> None:
    for given in (FULL, report(), report(rules=())):
        assert [error.message for error in oasis.iter_errors(json.loads(sarif.write(given)))] == []


@pytest.mark.parametrize("text", HOSTILE)
def test_it_holds_for_the_schema_with_any_text(oasis: Any, text: str) -> None:
    one = finding(ERROR, text, path=text, hint=text, pointer=text, suppressed=text)
    given = report(one, not_checked=((text, text),), provenance={text: text})
    assert [error.message for error in oasis.iter_errors(json.loads(sarif.write(given)))] == []


def test_a_result_in_full() -> None:
    result, suppressed = run_of(FULL)["results"]
    location = {
        "physicalLocation": {
            "artifactLocation": {"uri": "policies/risks.yaml", "uriBaseId": "SRCROOT"},
            "region": {"startLine": 3, "startColumn": 2, "endLine": 3, "endColumn": 9},
        },
        "logicalLocations": [{"fullyQualifiedName": "/risks/0"}],
    }
    assert result["ruleId"] == "AIM203"
    assert result["level"] == "error"
    assert result["message"] == {"text": "risk R-1 has no owner\nHint: name one"}
    assert result["locations"] == [location]
    assert result["partialFingerprints"] == {"aimsctl/v1": FULL.findings[0].fingerprint}
    assert [one["message"]["text"] for one in result["relatedLocations"]] == ["the roles"]
    assert "suppressions" not in result
    assert suppressed["suppressions"] == [{"kind": "inSource", "status": "accepted", "justification": "accepted"}]


def test_the_run_names_its_rules_its_trust_and_what_it_left_alone() -> None:
    run = run_of(FULL)
    assert run["columnKind"] == "unicodeCodePoints"
    assert run["tool"]["driver"]["version"] == __version__
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == sorted(rule.code for rule in RULES)
    assert run["tool"]["driver"]["rules"][0]["helpUri"] == "https://aimsctl.example/rules/AIM203"
    assert run["properties"] == {"as_of": "2026-11-01", "provenance": {"trust": "self-asserted"}}
    (notice,) = run["invocations"][0]["toolExecutionNotifications"]
    assert notice["message"]["text"] == "not checked: is a FIFO"
    assert run["automationDetails"]["id"] == "aimsctl/validate/"


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("policies/a b.yaml", "policies/a%20b.yaml"),
        ("a%20b#c?d.yaml", "a%2520b%23c%3Fd.yaml"),
        ("Größe/漢.yaml", "Gr%C3%B6%C3%9Fe/%E6%BC%A2.yaml"),
        ("C:/x.yaml", "C%3A/x.yaml"),
        ("/etc/passwd", "etc/passwd"),
        ("a\udcff.yaml", "a%FF.yaml"),
        ("a\ud800.yaml", "a%5Cud800.yaml"),
    ],
)
def test_paths_are_relative_and_percent_encoded(path: str, uri: str) -> None:
    location = run_of(report(finding(path=path)))["results"][0]["locations"][0]["physicalLocation"]
    assert location["artifactLocation"] == {"uri": uri, "uriBaseId": "SRCROOT"}
    assert urlsplit(uri).path == uri


def test_paths_start_at_the_root_of_the_repository() -> None:
    location = run_of(report(finding(path="a.yaml"), prefix="our aims"))["results"][0]["locations"][0]
    assert unquote(location["physicalLocation"]["artifactLocation"]["uri"]) == "our aims/a.yaml"


@pytest.mark.parametrize(
    ("line", "column", "end", "region"),
    [
        (0, 0, (0, 0), {"startLine": 1, "startColumn": 1}),
        (2, 5, (2, 5), {"startLine": 2, "startColumn": 5}),
        (2, 5, (1, 9), {"startLine": 2, "startColumn": 5}),
        (2, 5, (3, 0), {"startLine": 2, "startColumn": 5, "endLine": 3, "endColumn": 1}),
    ],
)
def test_regions_are_never_empty_or_before_the_first_character(
    line: int, column: int, end: tuple[int, int], region: dict[str, int]
) -> None:
    one = finding(line=line, column=column, end=end)
    assert run_of(report(one))["results"][0]["locations"][0]["physicalLocation"]["region"] == region


def test_text_in_brackets_is_no_link() -> None:
    result = run_of(report(finding(message="see [this](https://evil.example) or [that]")))["results"][0]
    assert result["message"]["text"] == r"see \[this](https://evil.example) or [that]"


def test_nothing_is_said_to_be_left_out_where_nothing_is() -> None:
    assert left_out("sarif", FULL, sarif.write(FULL)) == ""
