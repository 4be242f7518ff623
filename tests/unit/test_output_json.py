"""The JSON for programs keeps to its published schemas and to the texts as they are."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from aimsctl.diagnostics import Related, Span
from aimsctl.output import json_
from tests.unit.output_reports import ERROR, HOSTILE, NOTE, WARNING, finding, report

SCHEMAS = Path(__file__).resolve().parents[2] / "schemas" / "output"
REGISTRY: Registry[Any] = Registry().with_resources(
    (resource.contents["$id"], resource)
    for resource in (Resource.from_contents(json.loads(path.read_text())) for path in SCHEMAS.glob("*.json"))
)


def problems(name: str, text: str) -> list[str]:
    validator = Draft202012Validator(json.loads((SCHEMAS / f"{name}.schema.json").read_text()), registry=REGISTRY)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(json.loads(text))]


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
    not_checked=(("a.pipe", "is a FIFO"),),
    provenance={"trust": "self-asserted"},
    artefacts=3,
    as_of="2026-11-01",
)


def test_the_shape_of_version_1() -> None:
    (fingerprint, other) = (one.fingerprint for one in FULL.findings)
    assert json.loads(json_.write(FULL)) == {
        "version": 1,
        "summary": {
            "command": "validate",
            "errors": 1,
            "warnings": 0,
            "notes": 0,
            "suppressed": 1,
            "files": 1,
            "artefacts": 3,
            "not_checked": [{"path": "a.pipe", "reason": "is a FIFO"}],
            "as_of": "2026-11-01",
            "provenance": {"trust": "self-asserted"},
        },
        "diagnostics": [
            {
                "code": "AIM203",
                "severity": "error",
                "path": "policies/risks.yaml",
                "line": 3,
                "column": 2,
                "end_line": 3,
                "end_column": 9,
                "pointer": "/risks/0",
                "message": "risk R-1 has no owner",
                "hint": "name one",
                "related": [
                    {
                        "path": "policies/roles.yaml",
                        "line": 4,
                        "column": 7,
                        "end_line": 5,
                        "end_column": 1,
                        "pointer": "/x",
                        "message": "the roles",
                    }
                ],
                "fingerprint": fingerprint,
                "rule_url": "https://aimsctl.example/rules/AIM203",
                "suppressed": None,
            },
            {
                "code": "AIM299",
                "severity": "note",
                "path": "policies/risks.yaml",
                "line": 1,
                "column": 1,
                "end_line": None,
                "end_column": None,
                "pointer": "",
                "message": "risk R-1 has no owner",
                "hint": None,
                "related": [],
                "fingerprint": other,
                "rule_url": "https://aimsctl.example/rules/AIM299",
                "suppressed": "accepted",
            },
        ],
    }


@pytest.mark.parametrize("given", [FULL, report(), report(finding(WARNING))])
def test_it_keeps_to_the_published_schema(given: Any) -> None:
    assert problems("diagnostics", json_.write(given)) == []


def test_every_property_of_the_published_schemas_is_described() -> None:
    def undescribed(node: Any, where: str) -> list[str]:
        if not isinstance(node, dict):
            return []
        properties = node.get("properties", {})
        found = [f"{where}/{key}" for key, value in properties.items() if not {"description", "$ref"} & set(value)]
        return found + [one for key, value in node.items() for one in undescribed(value, f"{where}/{key}")]

    for path in SCHEMAS.glob("*.json"):
        schema = json.loads(path.read_text())
        Draft202012Validator.check_schema(schema)
        assert undescribed(schema, path.name) == []


def test_the_record_of_a_command_stands_beside_the_findings() -> None:
    given = report(record={"standard": "S", "summary": {"grades": 3}, "requirements": [{"id": "4.1"}]})
    written = json.loads(json_.write(given))
    assert list(written) == ["version", "standard", "requirements", "summary", "diagnostics"]
    assert written["summary"]["grades"] == 3
    assert written["summary"]["errors"] == 0


@pytest.mark.parametrize("as_of", ["2026-11-01", "2024-01-01"])
def test_gap_keeps_to_its_published_schema(run: Callable[..., Any], as_of: str) -> None:
    done = run("gap", "--format", "json", "--as-of", as_of, cwd=SCHEMAS.parents[1])
    assert problems("gap", done.stdout) == []


@pytest.mark.parametrize("text", [text for text in HOSTILE if "\ud800" not in text])
def test_texts_are_exact(text: str) -> None:
    written = json_.write(report(finding(ERROR, text, path=text, hint=text, suppressed=text)))
    (one,) = json.loads(written)["diagnostics"]
    assert {one["message"], one["path"], one["hint"], one["suppressed"]} == {text}


def test_what_is_no_text_is_written_as_the_bytes_it_stands_for() -> None:
    written = json_.write(report(finding(ERROR, "\ud800", path="a\udcffb")))
    (one,) = json.loads(written)["diagnostics"]
    assert (one["message"], one["path"]) == ("\\ud800", "a\\xffb")
    assert written.isascii()


def test_one_finding_is_one_line() -> None:
    written = json_.write(report(*(finding(ERROR, f"m{number}", line=number + 1) for number in range(5))))
    assert len([line for line in written.splitlines() if line.startswith('    {"code": "AIM203"')]) == 5
