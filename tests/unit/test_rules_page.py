"""The page of the rules is written from the rules."""

from __future__ import annotations

from tests.packaging.distributions import ROOT
from tools.document_rules import MARK, page


def test_the_table_of_rules_is_up_to_date() -> None:
    """`python tools/document_rules.py` writes it."""
    text = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    assert MARK in text
    assert page(text) == text
