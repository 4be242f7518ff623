"""The tool as users have it: from the wheel without developers' tools, and from a checkout installed editable."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.packaging.distributions import ROOT, Environment, checkout

pytestmark = pytest.mark.xdist_group("distributions")
AS_OF = ("--as-of", "2026-11-01")


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """The worked example alone, away from the checkout."""
    folder = tmp_path / "example"
    folder.mkdir()
    for name in ("policies", "evidence"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "aimsctl.yaml", folder)
    return folder


def test_the_wheel_runs_with_its_own_dependencies_only(installed: Environment, example: Path) -> None:
    listed = subprocess.run(
        [sys.executable, "-m", "pip", "--python", str(installed.python), "list", "--format=json"],
        capture_output=True,
        check=True,
    )
    names = {entry["name"].lower() for entry in json.loads(listed.stdout)}
    assert "aimsctl" in names
    assert names & {"pytest", "hypothesis", "ruff", "mypy", "hatchling", "build", "import-linter"} == set()
    assert len(names) <= 27  # each one is something a user has to trust

    done = installed("validate", cwd=example)
    assert done.returncode == 0, done.stdout + done.stderr
    done = installed("gap", *AS_OF, "--format", "json", cwd=example)
    assert done.returncode == 1, done.stderr
    assert len(json.loads(done.stdout)["requirements"]) == 70


def test_the_wheel_says_the_same_as_the_checkout(installed: Environment, example: Path) -> None:
    for arguments in (("validate", "--format", "json"), ("gap", *AS_OF, "--format", "json"), ("explain", "6.1.3")):
        here = subprocess.run(
            [sys.executable, "-P", "-m", "aimsctl", *arguments],
            cwd=example,
            capture_output=True,
            text=True,
            check=False,
        )
        there = installed(*arguments, cwd=example)
        assert (there.returncode, there.stdout) == (here.returncode, here.stdout), arguments


def test_the_wheel_brings_the_worked_example_with_its_ledgers(installed: Environment, tmp_path: Path) -> None:
    assert installed("init", "--example", cwd=tmp_path).returncode == 0
    for name in ("prod", "build"):
        done = installed("evidence", "verify", f"evidence/{name}", *AS_OF, cwd=tmp_path)
        assert (done.returncode, done.stdout.split("\n")[0]) == (0, "valid"), done.stdout
    done = installed("gap", *AS_OF, "--format", "json", cwd=tmp_path)
    command = [sys.executable, "-P", "-m", "aimsctl", "gap", *AS_OF, "--format", "json"]
    here = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    there, expected = json.loads(done.stdout), json.loads(here.stdout)
    assert (there["requirements"], there["stages"]) == (expected["requirements"], expected["stages"])


def test_documents_need_no_extra_but_for_pdf_word_and_excel(installed: Environment, example: Path) -> None:
    done = installed("render", "--all", "--format", "html,md", *AS_OF, cwd=example)
    assert (done.returncode, done.stderr) == (0, "")
    for name in ("pdf", "docx", "xlsx"):
        done = installed("render", "statement-of-applicability", "--format", name, *AS_OF, cwd=example)
        assert (done.returncode, f'pip install "aimsctl[{name}]"' in done.stderr) == (4, True)


def test_the_wheel_with_all_extras_makes_the_documents_of_the_checkout(
    wheel: Path, install: Callable[..., Environment], example: Path, tmp_path: Path
) -> None:
    ask = ("render", "statement-of-applicability", "--format", "html,pdf,docx,xlsx", *AS_OF, "--out")
    done = install(f"{wheel}[all]")(*ask, tmp_path / "there", cwd=example)
    assert (done.returncode, done.stderr) == (0, "")
    command = [sys.executable, "-P", "-m", "aimsctl", *map(str, ask), str(tmp_path / "here")]
    subprocess.run(command, cwd=example, check=True, capture_output=True)
    here, there = ({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in ("here", "there"))
    assert here == there


def test_the_version_is_the_one_of_the_metadata(installed: Environment, tmp_path: Path) -> None:
    stated = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert stated
    assert installed("--version", cwd=tmp_path).stdout.strip().endswith(stated[1])
    assert version("aimsctl") == stated[1]


def test_an_editable_install_sees_an_edited_schema(install: Callable[..., Environment], tmp_path: Path) -> None:
    """It must not read the copy of the data that installing made once."""
    source = checkout(tmp_path / "checkout")
    environment = install("--editable", str(source))
    schema = source / "schemas" / "risk.schema.json"
    content = json.loads(schema.read_text(encoding="utf-8"))
    content["description"] = "Edited after installing."
    schema.write_text(json.dumps(content), encoding="utf-8")
    done = environment("schema", "risk", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["description"] == "Edited after installing."


def test_without_its_data_the_tool_says_so(install: Callable[..., Environment], wheel: Path, example: Path) -> None:
    """An installation that lost its schemas must not pass for a clean workspace."""
    environment = install(str(wheel))
    (data,) = environment.folder.glob("lib/python*/site-packages/aimsctl/_data")
    shutil.rmtree(data)
    done = environment("validate", cwd=example)
    assert done.returncode not in {0, 1}
    assert "Traceback" not in done.stderr
