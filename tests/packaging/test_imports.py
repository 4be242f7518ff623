"""What a command loads: nothing for `import aimsctl`, and for a command only what it needs."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.packaging.distributions import ROOT

LIBRARIES = {
    "attrs", "cryptography", "git", "jinja2", "jsonschema", "jsonschema_rs", "markdown_it",
    "pygments", "referencing", "rich", "typer", "yaml",
}  # fmt: skip
AS_OF = ("--as-of", "2026-11-01")
PACKAGE = """
import json, sys
before = set(sys.modules)
import aimsctl
print(json.dumps(sorted(set(sys.modules) - before)))
"""
COMMAND = """
import json, sys
target = sys.argv.pop(1)
try:
    from aimsctl.__main__ import main
    sys.exit(main())
finally:
    with open(target, "w", encoding="utf-8") as stream:
        json.dump(sorted(sys.modules), stream)
"""


def loaded_by(tmp_path: Path, *arguments: str, expected: int = 0, cwd: Path = ROOT) -> set[str]:
    """Names of everything that a command imported."""
    target = tmp_path / "modules.json"
    command = [sys.executable, "-P", "-c", COMMAND, str(target), *arguments]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == expected, done.stdout + done.stderr
    return set(json.loads(target.read_text(encoding="utf-8")))


def libraries(modules: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in modules} & LIBRARIES


def commands(modules: set[str]) -> set[str]:
    return {name for name in modules if name.startswith("aimsctl.cli.")}


def test_importing_the_package_imports_nothing_else() -> None:
    done = subprocess.run([sys.executable, "-P", "-c", PACKAGE], capture_output=True, check=True)
    assert set(json.loads(done.stdout)) <= {"aimsctl", "__future__"}


def test_validate_loads_only_what_reads_and_decides(tmp_path: Path) -> None:
    assert libraries(loaded_by(tmp_path, "validate")) == {"typer", "yaml", "jsonschema_rs"}


def test_gap_loads_no_more_libraries_than_validate_but_the_one_that_verifies(tmp_path: Path) -> None:
    here = libraries(loaded_by(tmp_path, "gap", *AS_OF, expected=1))
    assert here == {"typer", "yaml", "jsonschema_rs", "cryptography"}
    bare = tmp_path / "bare"
    shutil.copytree(ROOT / "policies", bare / "policies")
    shutil.copy(ROOT / "aimsctl.yaml", bare)
    without = libraries(loaded_by(tmp_path, "gap", *AS_OF, expected=1, cwd=bare))
    assert without == {"typer", "yaml", "jsonschema_rs"}


LOOK_UPS = (("--version",), ("--help",), ("rules",), ("rule", "AIM101"), ("explain", "6.1.3"), ("schema", "risk"))


@pytest.mark.parametrize("arguments", LOOK_UPS, ids=lambda arguments: arguments[0])
def test_what_only_looks_things_up_loads_nothing_slow(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """Outside a workspace, so that nothing is left but the look-up."""
    assert libraries(loaded_by(tmp_path, *arguments, cwd=tmp_path)) <= {"typer", "yaml", "jsonschema_rs"}


def test_a_command_loads_no_other_command(tmp_path: Path) -> None:
    of_one = {name: commands(loaded_by(tmp_path, name)) for name in ("validate", "rules", "config")}
    shared = set.intersection(*of_one.values())
    assert [name for name, modules in of_one.items() if f"aimsctl.cli.{name}" not in modules] == []
    assert {name for name in shared if name.rpartition(".")[2] in of_one} == set()


def test_explaining_a_failure_loads_the_library_that_explains(tmp_path: Path) -> None:
    (tmp_path / "policies").mkdir()
    (tmp_path / "aimsctl.yaml").write_text("schema: 1\norganisation: Fernlough\n")
    (tmp_path / "policies" / "a.yaml").write_text("kind: policy\nid: POL-1\ntitle: 7\nstatus: no\n")
    assert "jsonschema" in libraries(loaded_by(tmp_path, "validate", expected=1, cwd=tmp_path))


def test_the_recorder_loads_neither_yaml_nor_a_command_line() -> None:
    script = "import sys, json; from aimsctl.evidence import Recorder; print(json.dumps(sorted(sys.modules)))"
    told = subprocess.run([sys.executable, "-P", "-c", script], capture_output=True, check=True).stdout
    assert libraries(set(json.loads(told))) == {"cryptography"}
