"""What every test stands on: no network, a neutral environment, the installed command, workspaces made on the spot."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent
REQUIRED = bool(os.environ.get("AIMSCTL_REQUIRE_VECTORS"))
BROWSER_REQUIRED = bool(os.environ.get("AIMSCTL_REQUIRE_BROWSER"))
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
VECTORS = Path(os.environ.get("AIMSCTL_VECTORS") or ROOT.parent / "shared" / "vectors")
# Read here, and again in the processes that share the tests.
OURS = {"AIMSCTL_REQUIRE_BROWSER", "AIMSCTL_REQUIRE_VECTORS", "AIMSCTL_VECTORS"}
STRANGERS = ("CI", "NO_COLOR", "FORCE_COLOR", "TERM", "COLORTERM", "LINES", "RUNNER_TEMP")
STRANGE_FAMILIES = ("AIMSCTL_", "GITHUB_", "GITLAB_", "GIT_", "LC_", "PYTHON", "PRE_COMMIT")
NEUTRAL = {
    "TZ": "UTC",
    "LANG": "C.UTF-8",
    "COLUMNS": "120",
    "SOURCE_DATE_EPOCH": "1793491200",  # 2026-11-01T00:00:00Z
}
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, PR_CAPBSET_DROP = 1, 2, 24  # capabilities(7), prctl(2)


def _neutral_environment() -> None:
    for name in list(os.environ):
        if name not in OURS and (name in STRANGERS or name.startswith(STRANGE_FAMILIES)):
            del os.environ[name]
    os.environ.update(NEUTRAL)
    time.tzset()


def _refuse_network(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook: unlike a patched socket class it also sees what libraries bound early."""
    if event == "socket.getaddrinfo":
        raise RuntimeError(f"a test looked up the host {arguments[0]!r}")
    if event in {"socket.connect", "socket.sendto", "socket.sendmsg"} and arguments[0].family != socket.AF_UNIX:
        raise RuntimeError(f"a test went to the network: {arguments[1]!r}")


_neutral_environment()
settings.register_profile("steady", deadline=None, derandomize=True)  # a busy machine is no failure
settings.load_profile("steady")
sys.addaudithook(_refuse_network)


@dataclass(frozen=True)
class Outcome:
    """How a command ended."""

    code: int
    stdout: str
    stderr: str

    @property
    def json(self) -> Any:
        return json.loads(self.stdout)


class Run(Protocol):
    def __call__(
        self,
        *arguments: str | Path,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        stdin: str = "",
        as_nobody: bool = False,
        timeout: float = 60,
    ) -> Outcome: ...


def without_root_rights() -> None:
    """Between fork and exec: permissions bind the child as they bind everybody, though its user may be root.

    Changing the user instead would cut it off from an interpreter that is installed in root's home.
    """
    import ctypes  # noqa: PLC0415

    for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
        if ctypes.CDLL(None, use_errno=True).prctl(PR_CAPBSET_DROP, capability, 0, 0, 0):
            raise OSError(ctypes.get_errno(), "the capability cannot be dropped")


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs the installed command; without `cwd` in the test's own folder."""

    def run_command(
        *arguments: str | Path,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        stdin: str = "",
        as_nobody: bool = False,
        timeout: float = 60,
    ) -> Outcome:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "aimsctl", *map(str, arguments)],
            cwd=cwd or tmp_path,
            env={**os.environ, **(env or {})},
            input=stdin.encode(),
            capture_output=True,
            timeout=timeout,
            check=False,
            preexec_fn=without_root_rights if as_nobody and os.geteuid() == 0 else None,
        )
        return Outcome(
            done.returncode,
            done.stdout.decode("utf-8", "surrogateescape"),
            done.stderr.decode("utf-8", "surrogateescape"),
        )

    return run_command


@dataclass(frozen=True)
class Builder:
    """A workspace in a folder of the test's own."""

    root: Path

    def write(self, path: str, content: str | bytes | Mapping[str, Any]) -> Path:
        """A file of it: text and bytes as they are, a mapping as the YAML that JSON is."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, Mapping):
            content = json.dumps(content, ensure_ascii=False, indent=2) + "\n"
        target.write_bytes(content.encode() if isinstance(content, str) else content)
        return target


@pytest.fixture
def workspace(tmp_path: Path) -> Callable[..., Builder]:
    """Builds a workspace: `workspace({"policies/a.yaml": {"kind": ...}}, config={...}, name="elsewhere")`."""

    def build(
        files: Mapping[str, str | bytes | Mapping[str, Any]] | None = None,
        *,
        config: str | Mapping[str, Any] | None = None,
        name: str = "workspace",
    ) -> Builder:
        builder = Builder(tmp_path / name)
        builder.write(
            "aimsctl.yaml",
            config if isinstance(config, str) else {"schema": 1, "organisation": "Fernlough", **(config or {})},
        )
        for path, content in (files or {}).items():
            builder.write(path, content)
        return builder

    return build


def unavailable(what: str, *, required: bool = REQUIRED) -> None:
    """Skips on a contributor's machine; fails where everything has to run."""
    if required:
        pytest.fail(what)
    pytest.skip(what)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A headless Chromium of the machine, driven by playwright."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        unavailable("no Chromium is installed; the package is called chromium on Debian", required=BROWSER_REQUIRED)
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - heavy, and few tests ask for it

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=["--disable-dev-shm-usage"])
        yield started
        started.close()


@pytest.fixture(scope="session")
def vectors() -> Path:
    """Published test vectors and schemas, which lie beside the checkout or where AIMSCTL_VECTORS says."""
    if not VECTORS.is_dir():
        unavailable("the published vectors are not beside this checkout")
    return VECTORS


@pytest.fixture(scope="session")
def wheelhouse() -> Path:
    """Wheels of every dependency and of the build backend, which `make test` prepares."""
    folder = ROOT / "build" / "wheelhouse"
    if not (folder / "prepared").is_file():
        unavailable("no wheelhouse; python tools/prepare.py wheelhouse makes it")
    return folder


@pytest.fixture(scope="session")
def offline(wheelhouse: Path) -> dict[str, str]:
    """The environment in which pip installs from the wheelhouse and asks nobody else."""
    settings = {
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(wheelhouse),
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }
    return {**{name: value for name, value in os.environ.items() if not name.startswith("PIP_")}, **settings}


@pytest.fixture
def tree_of() -> Callable[[Path], dict[str, tuple[int, bytes]]]:
    """Everything in a folder with mode and bytes, for tests that say what a command leaves untouched."""

    def walk(folder: Path) -> Iterator[tuple[str, tuple[int, bytes]]]:
        for path in sorted(folder.rglob("*")):
            content = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
            yield path.relative_to(folder).as_posix(), (path.lstat().st_mode, content)

    return lambda folder: dict(walk(folder))
