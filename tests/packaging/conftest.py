"""The distributions as they are built now, and environments that hold nothing but them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.packaging.distributions import ROOT, Environment, build


@pytest.fixture(scope="session")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(ROOT, tmp_path_factory.mktemp("sdist"), "--sdist")[0]


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(ROOT, tmp_path_factory.mktemp("wheel"), "--wheel")[0]


@pytest.fixture(scope="session")
def install(offline: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Environment]:
    """Installs into a fresh environment, from the wheelhouse only."""

    def into_fresh(*what: str) -> Environment:
        folder = tmp_path_factory.mktemp("environment")
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
        environment = Environment(folder)
        command = [sys.executable, "-m", "pip", "--python", str(environment.python), "install", "--quiet", *what]
        done = subprocess.run(command, env=offline, cwd=os.sep, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return environment

    return into_fresh


@pytest.fixture(scope="session")
def installed(wheel: Path, install: Callable[..., Environment]) -> Environment:
    """The tool installed from its wheel."""
    return install(str(wheel))
