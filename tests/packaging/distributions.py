"""How the tests build the project and run what they built."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
MADE = shutil.ignore_patterns(".git", ".venv", "__pycache__", ".*_cache", ".hypothesis")
AT_THE_ROOT = {"build", "dist"}  # and nowhere else: one of the example's ledgers is called build


def build(source: Path, target: Path, *what: str, env: dict[str, str] | None = None) -> list[Path]:
    """The files that the build backend makes from a source folder."""
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(target), *what, str(source)]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return sorted(target.iterdir())


def checkout(target: Path) -> Path:
    """A copy of this checkout's sources in another folder."""
    return Path(shutil.copytree(ROOT, target, ignore=_not_source, symlinks=True))


def _not_source(folder: str, names: list[str]) -> set[str]:
    return MADE(folder, names) | (AT_THE_ROOT if Path(folder) == ROOT else set())


@dataclass(frozen=True)
class Environment:
    """A Python environment with one installation of the tool and nothing for developers."""

    folder: Path

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    def __call__(self, *arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
        """Runs the installed `aimsctl` script."""
        command = [str(self.folder / "bin" / "aimsctl"), *map(str, arguments)]
        return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
