"""The page about recording: its program runs, its mapping is one, and the formats are those there are."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aimsctl.evidence.collect import FORMATS
from aimsctl.evidence.collect.mapping import read_mapping
from aimsctl.evidence.envelope import read_envelope
from aimsctl.evidence.keys import from_seed
from aimsctl.evidence.ledger import Ledger
from aimsctl.evidence.statement import read_statement

if TYPE_CHECKING:
    import pytest

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "recording.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def test_the_program_runs_and_leaves_receipts(workspace: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    key = from_seed(b"\x12" * 32)
    root = workspace({"policies/guard.yaml": "kind: control\nid: CTL-08\ntitle: Guard\nstatus: draft\n"}).root
    ledger = Ledger.create(root / "evidence" / "ledger", "notes.example/ledger/prod", from_seed(b"\x21" * 32))
    monkeypatch.chdir(root)
    monkeypatch.setenv("AIMSCTL_KEY", key.pem().decode())
    (program,) = blocks("python")
    assert len([line for line in program.splitlines() if line.strip()]) <= 20
    scope: dict[str, Any] = {}
    exec(program, scope)  # noqa: S102 - the page's own program
    assert scope["guard"]("draft-1", "well [unsupported]") == "well "
    scope["recorder"].close()
    (one,) = [read_statement(read_envelope(entry).payload) for entry in ledger.unsealed()]
    assert one.text("control", "path") == "policies/guard.yaml"
    assert (one.text("verdict"), one.text("result"), scope["recorder"].lost) == ("modify", "passed", 0)


def test_the_mapping_is_valid() -> None:
    whole, take = blocks("yaml")
    read = read_mapping("mapping.yaml", (whole + take).encode())
    assert [entry.control for entry in read.entries] == ["CTL-05", "CTL-04"]
    assert read.entries[1].take["result"] == ("decision", {"allow": "passed", "block": "passed", "crashed": "error"})


def test_the_formats_are_those_there_are() -> None:
    assert set(re.findall(r"^\| `([a-z]+)` \|", PAGE, re.MULTILINE)) == set(FORMATS)


def test_the_line_of_json_is_one() -> None:
    (line,) = re.findall(r"^# (\{.*\})$", PAGE, re.MULTILINE)
    assert json.loads(line)["result"] == "passed"
