"""Every rule about contents, links and configuration has examples that pass and that fail, found by walking.

An example `tests/rules/<CODE>/{pass,fail}/<name>` is one artefact (`<name>.yaml`) or a folder with files of a
workspace; what lies in `tests/rules/common` stands beside it. `<name>.expect` lists all findings, one a line, as
`line:column: CODE`, with the path in front where the example is a folder. Without that file there are none.
"""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest

from aimsctl.assessment.rules import all_rules
from aimsctl.cli.session import Place
from aimsctl.cli.validate import check
from aimsctl.diagnostics import Diagnostic, Severity
from aimsctl.source.config import load as load_config
from aimsctl.source.files import WorkTree
from aimsctl.workspace.workspace import load

FOLDER = Path(__file__).parent / "rules"
AS_OF = dt.date(2026, 11, 1)
EXAMPLES = sorted(
    path
    for side in ("pass", "fail")
    for path in FOLDER.glob(f"AIM*/{side}/*")
    if path.is_dir() or path.suffix == ".yaml"
)
FAILING = [example for example in EXAMPLES if example.parent.name == "fail"]


def named(example: Path) -> str:
    return "-".join(example.relative_to(FOLDER).with_suffix("").parts)


def validated(example: Path, root: Path) -> list[Diagnostic]:
    """What `validate` finds in the example and is not set aside."""
    shutil.copytree(FOLDER / "common", root / "policies" / "common")
    if example.is_dir():
        shutil.copytree(example, root, dirs_exist_ok=True)
    else:
        shutil.copy(example, root / "policies" / "example.yaml")
    config_file = root / "aimsctl.yaml"
    if not config_file.exists():
        config_file.write_text("schema: 1\norganisation: Example\n", encoding="utf-8")
    tree = WorkTree(root)
    config, findings = load_config(tree)
    workspace = load(tree, config)
    told = check(workspace, Place(root, tree, None, config, tuple(findings)), AS_OF)
    return [finding for finding in told if finding.suppressed is None]


def place(finding: Diagnostic, example: Path) -> str:
    path = f"{finding.span.path}:" if example.is_dir() else ""
    return f"{path}{finding.span.line}:{finding.span.column}: {finding.code}"


@pytest.mark.parametrize("example", EXAMPLES, ids=named)
def test_example(example: Path, tmp_path: Path) -> None:
    expected = example.with_suffix(".expect")
    lines = expected.read_text(encoding="utf-8").splitlines() if expected.exists() else []
    assert [place(finding, example) for finding in validated(example, tmp_path)] == lines
    code = example.parent.parent.name
    assert any(line.endswith(code) for line in lines) is (example.parent.name == "fail")


@pytest.mark.parametrize("example", FAILING, ids=named)
def test_findings_are_sentences_with_a_way_out_and_are_told_apart(example: Path, tmp_path: Path) -> None:
    told = validated(example, tmp_path)
    for finding in told:
        assert finding.message[-1] in ".:", finding.message
        assert "\n" not in finding.message
        assert finding.hint, finding.message
        assert finding.span.line > 0
    assert len({finding.fingerprint for finding in told}) == len(told)


def test_every_rule_has_examples_on_both_sides() -> None:
    """Reading and schemas have tests of their own, and so has the judgement."""
    codes = {rule.code for rule in all_rules() if rule.code.startswith(("AIM2", "AIM3", "AIM91", "AIM92", "AIM93"))}
    for side in ("pass", "fail"):
        shown = {example.parent.parent.name for example in EXAMPLES if example.parent.name == side}
        assert codes - shown == set()
        assert shown - codes == set()


def test_what_is_only_incomplete_warns() -> None:
    """Errors say that something contradicts itself or leads nowhere; what is only incomplete warns."""
    incomplete = {"AIM203", "AIM216", "AIM218", "AIM222", "AIM224", "AIM228", "AIM230", "AIM231", "AIM232", "AIM233"}
    warnings = {rule.code for rule in all_rules() if rule.code.startswith("AIM2") and rule.severity < Severity.ERROR}
    assert warnings == {*incomplete, "AIM234"}
