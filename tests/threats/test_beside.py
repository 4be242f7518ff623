"""What a case, a system or an organisation says stays text in the answers on other frameworks and on certification."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from aimsctl.source.yaml import read
from tests.conftest import Builder, Run
from tests.packaging.distributions import ROOT
from tests.threats.test_looking import escaped
from tests.unit.output_reports import HOSTILE, inert_markdown, obeyed

TEXT = " ".join(
    (
        *(one for one in HOSTILE if one.isprintable()),
        "{needing} {worth_needing.__class__} {0} {}",
        '<script>alert(1)</script><img src=x onerror="alert(1)">',
        "| a | b |",
        "##[error]x ::error::y",
    )
)
COMMANDS = (("decide",), ("crosswalk", "eu_ai_act"), ("crosswalk", "soc2", "--reuse"), ("crosswalk",))


@pytest.fixture
def hostile(workspace: Callable[..., Builder]) -> Path:
    """A workspace whose certification case and AI system say the text wherever they may say something."""
    samples = ROOT / "tests" / "data" / "kinds"
    system = read("a", (samples / "ai-system.yaml").read_bytes()).data or {}
    case = read("a", (samples / "certification-case.yaml").read_bytes()).data or {}
    quote = {"what": "surveillance", "year": 1, "amount": 1, "source": TEXT}
    asker = {"who": TEXT, "how": "contract", "worth": 1, "accepts_instead": ["nothing_else"]}
    files = {
        "policies/system.yaml": {**system, "title": TEXT, "legal_class_reason": TEXT, "jurisdictions": [TEXT]},
        "policies/case.yaml": {
            **case,
            "title": TEXT,
            "asked_by": [asker],
            "currency": TEXT,
            "internal_auditor": TEXT,
            "decision_reason": TEXT,
            "decision": "wait",
            "markets": [TEXT],
            "quotes": [quote],
        },
    }
    built = workspace({path: escaped(content) for path, content in files.items()}, config={"organisation": TEXT})
    return built.root


def test_C_01_C_03_no_answer_acts_on_a_terminal_or_a_runner(run: Run, hostile: Path) -> None:
    for command in COMMANDS:
        for form in ("text", "md", "html", "json"):
            outcome = run(*command, "--format", form, cwd=hostile)
            assert outcome.code == 0, outcome.stderr
            assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", outcome.stdout)
            assert [line for line in outcome.stdout.splitlines() if obeyed(line)] == []


def test_T_01_braces_in_a_name_are_no_figures(run: Run, hostile: Path) -> None:
    told = run("decide", "--format", "json", cwd=hostile).json
    assert "{worth_needing.__class__}" in told["demand"][0]["who"]
    assert told["recommendation"]["option"] == "certify_later"


def test_R_01_no_text_is_markup_on_a_page(run: Run, hostile: Path) -> None:
    for command in COMMANDS:
        page = etree.HTML(run(*command, "--format", "html", cwd=hostile).stdout.encode())
        tags = {element.tag for element in page.iter() if isinstance(element.tag, str)}
        assert tags.isdisjoint({"script", "img", "iframe", "a", "svg", "form", "object", "embed", "base", "b"})
        assert [name for element in page.iter() for name in element.attrib if name.startswith("on")] == []


def test_R_02_no_text_is_markup_in_markdown(run: Run, hostile: Path) -> None:
    for command in COMMANDS:
        inert_markdown(run(*command, "--format", "md", cwd=hostile).stdout)
