"""Every rule code is documented where people look, and shown by examples on both sides."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from functools import cache
from typing import Any

import pytest

from tests.packaging.distributions import ROOT

EXAMPLES = ROOT / "tests" / "rules"


@cache
def aimsctl(*arguments: str) -> str:
    command = [sys.executable, "-P", "-m", "aimsctl", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def rules() -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = json.loads(aimsctl("rules", "--format", "json"))["rules"]
    return listed


def codes(*families: str) -> list[str]:
    return [rule["code"] for rule in rules() if rule["code"].startswith(families)]


def test_codes_and_names_are_used_once() -> None:
    for key in ("code", "name"):
        values = [rule[key] for rule in rules()]
        assert sorted(set(values)) == sorted(values)
    assert [code for code in codes("") if not re.fullmatch(r"AIM[0-9]\d\d", code)] == []


@pytest.mark.parametrize("part", ["summary", "why", "fix"])
def test_each_rule_has_a_page(part: str) -> None:
    """It says in sentences what is found, why that matters, and how to mend it."""
    assert [rule["code"] for rule in rules() if not re.fullmatch(r"(?s)\S.*[.)`]", rule[part])] == []


def test_the_list_and_the_pages_print_the_same_rules() -> None:
    printed = re.findall(r"^(AIM\d{3})  ", aimsctl("rules"), re.MULTILINE)
    assert printed == codes("")
    assert aimsctl("rule", printed[0]).startswith(f"{printed[0]} {rules()[0]['name']} ")


@pytest.mark.parametrize("side", ["pass", "fail"])
def test_each_rule_on_contents_and_links_has_examples(side: str) -> None:
    """Reading, schema and configuration rules are shown by their own tests; gaps by those of the judgement."""
    missing = [code for code in codes("AIM2", "AIM3") if not any((EXAMPLES / code / side).glob("*"))]
    assert missing == []


def test_each_rule_is_met_by_a_test() -> None:
    """A code that no test and no example names is a rule that nobody has seen firing."""
    named = {path.name for path in EXAMPLES.glob("AIM*")}
    for path in (ROOT / "tests").rglob("*"):
        if path.is_file() and path.suffix in {".py", ".txt", ".json", ".expect", ".yaml", ".toml"}:
            named |= set(re.findall(r"AIM\d{3}", path.read_text(encoding="utf-8", errors="replace")))
    assert [code for code in codes("") if code not in named] == []
