"""The pages about the standard say what the data say."""

import re
from pathlib import Path

import pytest

from aimsctl.standard import crosswalk, documents, judgement

DOCS = Path(__file__).resolve().parents[2] / "docs"


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def test_thresholds_are_listed_with_their_values_in_order() -> None:
    rows = re.findall(r"^\| `(\w+)`( ↑)? \| (\S+) \|", page("gap.md"), re.MULTILINE)
    shown = [(name, value, bool(marked)) for name, marked, value in rows]
    higher = judgement().stricter_when_higher
    assert shown == [(name, str(value), name in higher) for name, value in judgement().thresholds.items()]


def test_limits_of_waivers_are_those_of_the_data() -> None:
    limits = judgement().waivers["limits"]
    assert (limits["control"]["longest"], limits["clause"]["longest"]) == ("P180D", "P90D")
    assert "At most 180 days, renewed once" in page("gap.md")
    assert "At most 90 days, renewed once" in page("gap.md")
    assert limits["control"]["renewals"] == limits["clause"]["renewals"] == 1


def test_counts_are_those_of_the_data() -> None:
    text = page("standard.md")
    assert f"{len(documents())} entries" in text
    assert f"{len(crosswalk().pairs)} pairs" in text
    sources = [pair.source for pair in crosswalk().pairs]
    microsoft, alone = sources.count("Microsoft crosswalk on NIST AIRC"), sources.count("own analysis")
    assert f"{microsoft} pairs come from" in text
    assert f"{len(sources) - microsoft - alone} of our own" in text
    assert f"{alone} rest on own" in " ".join(text.split())


def test_the_page_says_that_no_licensed_copy_was_compared() -> None:
    assert "has not been compared with a licensed copy" in page("standard.md")


@pytest.mark.parametrize("name", ["gap.md", "standard.md"])
def test_links_lead_somewhere(name: str) -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", page(name))
    assert all((DOCS / target).exists() for target in targets)
