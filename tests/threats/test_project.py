"""Threats to the project itself and to the place where it runs: rows P-08, K-08, C-10, D-03 and D-06."""

from __future__ import annotations

import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import unavailable

ROOT = Path(__file__).resolve().parent.parent.parent
AIMSCTL = Path(sys.executable).with_name("aimsctl")
AS_OF = ("--as-of", "2026-11-01")
COMMANDS = (
    ("--version",),
    ("--help",),
    ("validate",),
    ("validate", "--format", "sarif"),
    ("gap", *AS_OF),
    ("gap", *AS_OF, "--format", "json"),
    ("explain", "6.1.3"),
    ("schema", "risk"),
    ("config",),
    ("rule", "AIM101"),
    ("rules",),
)
HIJACK = "import pathlib\npathlib.Path({canary!r}).touch()\nraise SystemExit(0)\n"
SHADOWED = (
    "yaml",
    "jsonschema_rs",
    "jsonschema",
    "typer",
    "rich",
    "json",
    "datetime",
    "difflib",
    "git",
    "sitecustomize",
)


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """A copy of the worked example."""
    folder = tmp_path / "example"
    folder.mkdir()
    for name in ("policies", "evidence"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "aimsctl.yaml", folder)
    return folder


def names(commands: tuple[tuple[str, ...], ...]) -> list[str]:
    return [" ".join(arguments) for arguments in commands]


@pytest.mark.parametrize("how", [[str(AIMSCTL)], [sys.executable, "-P", "-m", "aimsctl"]], ids=["script", "-P -m"])
def test_P_08_modules_beside_the_artefacts_are_not_imported(example: Path, tmp_path: Path, how: list[str]) -> None:
    canary = tmp_path / "PWNED"
    for name in SHADOWED:
        (example / f"{name}.py").write_text(HIJACK.format(canary=str(canary)))
    for package in ("jinja2", "aimsctl", "policies"):
        (example / package).mkdir(exist_ok=True)
        (example / package / "__init__.py").write_text(HIJACK.format(canary=str(canary)))
    (example / "pyproject.toml").write_text(
        "[build-system]\nrequires = []\nbuild-backend = 'jinja2'\nbackend-path = ['.']\n"
    )
    for arguments in (("validate",), ("gap", *AS_OF), ("explain", "6.1.3")):
        done = subprocess.run([*how, *arguments], cwd=example, capture_output=True, text=True, check=False)
        assert done.returncode == (1 if "gap" in arguments else 0), done.stdout + done.stderr
    assert not canary.exists()


def test_P_08_rules_of_the_organisation_are_data(example: Path, tmp_path: Path) -> None:
    """A Python file in the rules folder is not even read as a rule."""
    canary = tmp_path / "PWNED"
    (example / "rules").mkdir()
    (example / "rules" / "house.py").write_text(HIJACK.format(canary=str(canary)))
    done = subprocess.run([str(AIMSCTL), "validate"], cwd=example, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert not canary.exists()


@pytest.mark.parametrize(
    "arguments", [("validate",), ("gap", *AS_OF), ("explain", "6.1.3"), ("config",)], ids=lambda a: a[0]
)
def test_K_08_a_read_only_checkout_of_somebody_else(
    run: Any, example: Path, tree_of: Callable[[Path], dict[str, tuple[int, bytes]]], arguments: tuple[str, ...]
) -> None:
    """Nothing is written, nothing needs to be: no cache, no lock, no bytecode."""
    expected = run(*arguments, cwd=example)
    for folder, _, _ in os.walk(example):
        Path(folder).chmod(stat.S_IRUSR | stat.S_IXUSR)
    before = tree_of(example)
    try:
        outcome = run(*arguments, cwd=example, as_nobody=True, env={"HOME": "/nonexistent", "TMPDIR": "/nonexistent"})
        assert outcome == expected
        assert tree_of(example) == before
    finally:
        for folder, _, _ in os.walk(example):
            Path(folder).chmod(stat.S_IRWXU)


def test_K_08_a_working_run_leaves_no_trace(run: Any, example: Path, tree_of: Any) -> None:
    """Also where writing would be possible, and with an umask that would show."""
    before = tree_of(example)
    run("validate", cwd=example)
    run("gap", *AS_OF, cwd=example)
    assert tree_of(example) == before


def test_K_08_what_is_written_on_request_follows_the_umask(example: Path) -> None:
    command = f'umask 077; exec "{AIMSCTL}" validate --format sarif:out.sarif'
    done = subprocess.run(["bash", "-c", command], cwd=example, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert stat.S_IMODE((example / "out.sarif").stat().st_mode) == stat.S_IRUSR | stat.S_IWUSR


@pytest.fixture
def big(tmp_path: Path) -> Path:
    """A workspace that takes long enough to be interrupted."""
    root = tmp_path / "big"
    (root / "policies").mkdir(parents=True)
    (root / "aimsctl.yaml").write_text("schema: 1\norganisation: Fernlough\n")
    for number in range(4000):
        artefact = f"kind: risk\nid: R-{number}\ntitle: 'Risk {number}'\nstatus: draft\nunknown: 1\n"
        (root / "policies" / f"r{number}.yaml").write_text(artefact)
    return root


def test_C_10_interrupted_is_130_without_a_traceback(big: Path) -> None:
    process = subprocess.Popen(
        [str(AIMSCTL), "validate"], cwd=big, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    time.sleep(0.6)
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Traceback" not in stderr


READ_BY_NOBODY = (
    ("validate",),
    ("validate", "--format", "json"),
    ("gap", *AS_OF),
    ("rules",),
    ("explain", "6.1.3"),
)


@pytest.mark.parametrize("arguments", READ_BY_NOBODY, ids=names(READ_BY_NOBODY))
def test_C_10_a_reader_that_goes_away_is_not_a_verdict(example: Path, arguments: tuple[str, ...]) -> None:
    """As behind `| head`: neither "no findings" nor "findings", and no complaint from the interpreter."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        command = [str(AIMSCTL), *arguments]
        done = subprocess.run(command, cwd=example, stdout=writer, stderr=subprocess.PIPE, text=True, check=False)
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (141, "")


def test_C_10_a_full_disk_is_not_a_verdict(example: Path) -> None:
    script = f'"{AIMSCTL}" rules >/dev/full'
    done = subprocess.run(["bash", "-c", script], cwd=example, capture_output=True, text=True, check=False)
    assert done.returncode not in {0, 1}
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("arguments", COMMANDS, ids=names(COMMANDS))
def test_D_03_no_command_opens_a_socket_or_starts_a_process(
    example: Path, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    if shutil.which("strace") is None:
        if os.environ.get("AIMSCTL_REQUIRE_VECTORS"):
            pytest.fail("strace is not installed")
        unavailable("strace is not installed")
    log = tmp_path / "log"
    tracing = ["strace", "-f", "-qq", "-e", "trace=socket,connect,sendto,execve", "-o", str(log)]
    done = subprocess.run(
        [*tracing, str(AIMSCTL), *arguments], cwd=example, capture_output=True, text=True, check=False
    )
    assert done.returncode in {0, 1}, done.stderr
    traced = log.read_text().splitlines()
    assert [line for line in traced if "AF_INET" in line or "AF_NETLINK" in line] == []
    assert len([line for line in traced if "execve(" in line and "= 0" in line]) == 1


def test_D_03_no_command_needs_a_network(example: Path) -> None:
    if (
        shutil.which("unshare") is None
        or subprocess.run(["unshare", "-rn", "true"], check=False, capture_output=True).returncode
    ):
        pytest.skip("no network namespaces here")
    for arguments in COMMANDS:
        alone = subprocess.run(
            ["unshare", "-rn", str(AIMSCTL), *arguments], cwd=example, capture_output=True, check=False
        )
        usual = subprocess.run([str(AIMSCTL), *arguments], cwd=example, capture_output=True, check=False)
        assert (alone.returncode, alone.stdout) == (usual.returncode, usual.stdout), arguments


def test_D_06_the_threat_model_is_written_down_and_true() -> None:
    """Each row that SECURITY.md names has tests of that name, and the honest half is there."""
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    sources = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    tested = {match.replace("_", "-") for match in re.findall(r"def test_([A-Z]_\d\d)_", sources)}
    for family in re.findall(r"`([A-Z])_\*`", text):
        assert any(row.startswith(f"{family}-") for row in tested), f"SECURITY.md names {family}_*, no test does"
    for first, last in re.findall(r"`([A-Z]_\d\d)`(?: to `[A-Z]_(\d\d)`)?", text):
        family, start = first.split("_")
        wanted = {f"{family}-{number:02}" for number in range(int(start), int(last or start) + 1)}
        assert wanted - tested == set(), f"SECURITY.md names {first}, no test does"
    undefended = text.split("## What is not defended")[1]
    for word in (".git", "record", "--policy-from", "python -m", "advisories"):
        assert word in undefended
    assert "## Reporting" in text
