"""Out and in again changes nothing, whatever artefacts say; and an edit of a file changes what was asked alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aimsctl.assessment.facts import Facts
from aimsctl.authoring.values import Change, rewritten
from aimsctl.authoring.writing import file_text
from aimsctl.errors import RenderError
from aimsctl.exchange.export import csv_bytes, filled
from aimsctl.exchange.headings import Map
from aimsctl.exchange.importing import plan_of
from aimsctl.exchange.sources import read
from aimsctl.exchange.tables import tables
from aimsctl.exchange.workbook import workbook
from aimsctl.source import yaml
from aimsctl.source.config import load as load_config
from aimsctl.source.files import WorkTree
from aimsctl.workspace.workspace import load
from tests.packaging.distributions import ROOT

DAY = date(2026, 11, 1)
RISK = yaml.read("risk.yaml", (ROOT / "tests" / "data" / "kinds" / "risk.yaml").read_bytes()).data or {}
SIGNS = st.sampled_from("abcXYZ 019=+-@'\";,|.:#[]{}<>_xøéß漢😀\n")
TEXTS = st.text(SIGNS, min_size=1, max_size=60).map(str.strip).filter(bool)
LINES = st.text(SIGNS.filter(lambda sign: sign != "\n"), min_size=1, max_size=60).map(str.strip).filter(bool)


def facts_of(root: Path) -> Facts:
    tree = WorkTree(root)
    return Facts(load(tree, load_config(tree)[0]), DAY)


@pytest.mark.parametrize("form", ["xlsx", "csv"])
@settings(max_examples=25)
@given(
    st.lists(st.fixed_dictionaries({"description": TEXTS, "title": LINES, "resources": TEXTS}), max_size=4), st.data()
)
def test_what_was_exported_changes_nothing(form: str, risks: list[dict[str, str]], data: Any) -> None:
    with TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "aimsctl.yaml").write_text("schema: 1\norganisation: Fernlough\n")
        (root / "policies").mkdir()
        shown = data.draw(st.lists(LINES, min_size=1, max_size=3, unique=True))
        for number, said in enumerate(risks):
            risk = {**RISK, **said, "id": f"RISK-{number}", "effect_shown_by": shown, "effect": "effective"}
            (root / "policies" / f"{number}.yaml").write_text(json.dumps(risk, ensure_ascii=False))
        facts = facts_of(root)
        table = filled(tables(["risk"])[0], facts)
        content = workbook([table]) if form == "xlsx" else csv_bytes(table)
        plan = plan_of(read(f"risk.{form}", content), facts, Map())
    assert [row for row in plan.rows if row.action not in ("same", "ignore")] == []
    assert len(list(plan.of("same"))) == len(facts.workspace.of("risk"))
    assert [one for one in plan.told if one.weight == "problem"] == ([] if risks else plan.told[:0])


@settings(max_examples=60)
@given(st.dictionaries(st.sampled_from(["title", "note", "list", "group"]), TEXTS | st.integers(-9, 9) | st.booleans()))
def test_an_edit_changes_what_was_asked_and_no_comment(values: dict[str, Any]) -> None:
    text = "# first\ntitle: old  # why\nlist:\n- a  # one\n- b\n\n# between\nkind: risk\nmore: {a: 1, b: [x, 'y']}\n"
    before = yaml.read("a.yaml", text.encode()).data or {}
    changes = [Change((name,), value, ("title", "list")) for name, value in values.items() if name != "list"]
    changes += [Change(("list",), ["a", str(value), "b"]) for name, value in values.items() if name == "list"]
    changes.append(Change(("more", "c"), "x"))
    result = rewritten(text.encode(), "a.yaml", changes).decode()
    after = yaml.read("a.yaml", result.encode()).data or {}
    assert {**before, **{one.pointer[0]: one.value for one in changes[:-1]}, "more": after["more"]} == after
    for comment in ("# first", "# between", "# why", "# one"):
        assert comment in result


@given(
    st.lists(LINES | st.sampled_from(["nurses", "doctors", "porters"]), min_size=1, max_size=6),
    st.sampled_from(["\n", "\r\n"]),
)
def test_an_edit_of_a_list_keeps_the_comments_between_its_entries(new: list[str], newline: str) -> None:
    text = "list:\n# 1\n- nurses\n# 2\n- doctors\n# 3\n- porters\n# 4\nlast: 1\n"
    text = text.replace("\n", newline)
    result = rewritten(text.encode(), "a.yaml", [Change(("list",), new)]).decode()
    assert (yaml.read("a.yaml", result.encode()).data or {})["list"] == new
    assert all(f"# {number}" in result.splitlines() for number in range(1, 5))


@given(
    st.dictionaries(
        st.sampled_from("abcd"), TEXTS | st.lists(TEXTS, min_size=1) | st.dictionaries(st.just("k"), LINES, min_size=1)
    )
)
def test_a_new_file_reads_back_as_what_it_was_made_of(fields: Mapping[str, Any]) -> None:
    data = {"kind": "register", "of": "risk", "items": [{"id": "RISK-1", **fields}]}
    assert yaml.read("new.yaml", file_text(data, "Imported", "schema.json").encode()).data == data


@pytest.mark.parametrize(
    "text", ["a: &x [1]\nb: *x\n", "a: 1\n# only\n", "list: []\n", "kind: risk\nlist: [a]\n", '{"a": {"b": 1}}\n']
)
def test_a_file_that_cannot_be_edited_safely_is_left_alone(text: str) -> None:
    pointers = [Change(("a", 0), 5), Change(("list", 0), "x"), Change(("list", 1), "x"), Change(("a", "c"), 1)]
    for change in pointers:
        try:
            result = rewritten(text.encode(), "a.yaml", [change])
        except (RenderError, KeyError, IndexError, TypeError):
            continue
        assert yaml.read("a.yaml", result).data != yaml.read("a.yaml", text.encode()).data
