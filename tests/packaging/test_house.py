"""The house rules that a reader can count: sizes, floors, silence about machines, and extras that are what they say."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.packaging.distributions import ROOT, checkout

MODULE_LINES, FUNCTION_LINES = 400, 40
HOSTS = ("py" + "pi.org", "python" + "hosted", "npm" + "js.org", "npm" + "js.com", "deb." + "debian")
MACHINES = ("/wo" + "rk/", "/ro" + "ot/", "/usr/local/" + "lib/", "/opt/" + "wheels")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def modules() -> list[Path]:
    return sorted(path for room in ("aimsctl", "tools", "benchmarks") for path in (ROOT / room).rglob("*.py"))


def tracked() -> Iterator[Path]:
    """The text files of the checkout that git has or would have."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    for name in filter(None, listed.split("\0")):
        path = ROOT / name
        if path.is_file() and b"\0" not in path.read_bytes():
            yield path


def test_modules_stay_small() -> None:
    lengths = {
        path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines()) for path in modules()
    }
    assert {name: lines for name, lines in lengths.items() if lines >= MODULE_LINES} == {}


def test_functions_stay_small() -> None:
    """Complexity is the linter's to count; length is counted here, decorators and docstring left out."""
    long = {}
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                body = node.body[1:] if ast.get_docstring(node) and len(node.body) > 1 else node.body
                lines = (node.end_lineno or node.lineno) - body[0].lineno + 1
                if lines >= FUNCTION_LINES:
                    long[f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"] = lines
    assert long == {}


def test_no_room_for_everything() -> None:
    assert [path for path in modules() if path.stem in {"utils", "util", "helpers", "misc"}] == []


@pytest.mark.parametrize("words", [HOSTS, MACHINES], ids=["registry hosts", "paths of one machine"])
def test_no_file_names(words: tuple[str, ...]) -> None:
    pattern = re.compile("|".join(map(re.escape, words)).encode())
    assert [path.relative_to(ROOT).as_posix() for path in tracked() if pattern.search(path.read_bytes())] == []


def test_all_is_every_extra() -> None:
    extras = dict(PROJECT["project"]["optional-dependencies"])
    everything = extras.pop("all")
    assert sorted(everything) == sorted({requirement for extra in extras.values() for requirement in extra})


def test_requirements_have_lower_bounds_and_only_typer_and_typst_an_upper_one() -> None:
    project, groups = PROJECT["project"], PROJECT["dependency-groups"]
    listed = [*PROJECT["build-system"]["requires"], *project["dependencies"]]
    listed += [item for extra in project["optional-dependencies"].values() for item in extra]
    listed += [item for group in groups.values() for item in group if isinstance(item, str)]
    assert [item for item in listed if ">=" not in item] == []
    assert {re.split("[<>=]", item)[0] for item in listed if "<" in item or "==" in item} <= {"typer", "typst"}


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("aimsctl/diagnostics.py", "import aimsctl.errors", "Imports only go down the floors"),
        ("aimsctl/errors.py", "import typer", "typer only in cli"),
        ("aimsctl/errors.py", "import yaml", "yaml only in source.yaml"),
        ("aimsctl/errors.py", "import jsonschema", "jsonschema only in workspace.schema"),
        ("aimsctl/errors.py", "import git", "git only in source.history"),
        ("aimsctl/errors.py", "import jinja2", "jinja2 only in documents"),
        ("aimsctl/errors.py", "import rich", "rich only in output and cli"),
        ("aimsctl/errors.py", "import cryptography", "cryptography only in evidence"),
        ("aimsctl/attic/__init__.py", "", "Imports only go down the floors"),
    ],
)
def test_a_broken_floor_fails_the_build(tmp_path: Path, module: str, line: str, contract: str) -> None:
    copy = checkout(tmp_path / "checkout")
    target = copy / module
    target.parent.mkdir(exist_ok=True)
    target.write_text(f"{target.read_text() if target.exists() else ''}\n{line}\n")
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    assert re.search(rf"^{re.escape(contract)} BROKEN", done.stdout, re.MULTILINE), done.stdout


def test_make_help_tells_every_target() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    told = subprocess.run(["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert targets == set(re.findall(r"^  make ([a-z-]+) ", told, re.MULTILINE))
