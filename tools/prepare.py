"""Prepares a checkout: an environment in .venv, and a wheelhouse from which tests install without a network.

    python3 tools/prepare.py [run] [test] [bench] [wheelhouse]

`run` is what a user of the tool needs, `test` and `bench` add what developers need. Each part leaves a stamp with the
digest of what it depends on, so preparing again costs a few milliseconds. Standard library only: it runs first.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable, Iterator
from pathlib import Path

OLDEST = (3, 11)
ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
WHEELHOUSE = ROOT / "build" / "wheelhouse"
EDITABLES = "editables>=0.5"  # hatchling asks for it when it makes an editable install


def digest(part: str) -> str:
    """What a part depends on: the project's metadata, this script, and the interpreter."""
    inputs = [
        part.encode(),
        sys.version.encode(),
        *(path.read_bytes() for path in (ROOT / "pyproject.toml", Path(__file__))),
    ]
    return hashlib.sha256(b"\0".join(inputs)).hexdigest()


def pip(*arguments: str) -> None:
    """Runs pip in the environment; its output is shown only when it fails."""
    command = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "-qq", *arguments]
    subprocess.run(command, cwd=ROOT, check=True)


def create() -> None:
    """Makes the environment anew unless it works already, with a pip that knows dependency groups."""
    works = (
        PYTHON.exists()
        and subprocess.run([PYTHON, "-c", "import pip"], check=False, capture_output=True).returncode == 0
    )
    if not works:
        shutil.rmtree(ENVIRONMENT, ignore_errors=True)
        venv.create(ENVIRONMENT, with_pip=True)
    pip("install", "pip>=25.1")


def run() -> None:
    """The tool itself, editable, so that the checkout is what runs."""
    create()
    pip("install", "--editable", ".[all]")


def test() -> None:
    """What lint, types, floors and tests need, on top of the tool."""
    run()
    pip("install", "--group", "dev")


def bench() -> None:
    """The tools that the benchmarks compare with, on top of the tool."""
    run()
    pip("install", "--group", "bench")


def requirements() -> Iterator[str]:
    """What an installation from source without network needs: dependencies, extras and the build backend."""
    import tomllib  # noqa: PLC0415 - not there in the versions that this script turns away

    metadata = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    yield from metadata["build-system"]["requires"]
    yield EDITABLES
    yield from metadata["project"]["dependencies"]
    for extra in metadata["project"]["optional-dependencies"].values():
        yield from extra


def wheelhouse() -> None:
    """Wheels of all of that. The project's own wheel is not among them: tests build the current one."""
    create()
    fresh = WHEELHOUSE.with_name("wheelhouse.new")
    shutil.rmtree(fresh, ignore_errors=True)
    pip("wheel", "--wheel-dir", str(fresh), *requirements())
    shutil.rmtree(WHEELHOUSE, ignore_errors=True)
    fresh.rename(WHEELHOUSE)


PARTS: dict[str, tuple[Callable[[], None], Path]] = {
    "run": (run, ENVIRONMENT / "prepared-run"),
    "test": (test, ENVIRONMENT / "prepared-test"),
    "bench": (bench, ENVIRONMENT / "prepared-bench"),
    "wheelhouse": (wheelhouse, WHEELHOUSE / "prepared"),
}


def prepare(part: str) -> None:
    """Makes the part unless its stamp says that nothing changed."""
    make, stamp = PARTS[part]
    wanted = digest(part)
    if stamp.is_file() and stamp.read_text(encoding="ascii") == wanted:
        return
    print(f"preparing: {part} (once, and again when pyproject.toml changes)", flush=True)
    make()
    stamp.write_text(wanted, encoding="ascii")


def main() -> int:
    """Prepares the parts named on the command line; 1 with one sentence when that cannot be done."""
    if sys.version_info < OLDEST:
        print(
            f"aimsctl needs Python 3.11 or newer; this is {sys.version.split()[0]}. Try: make PYTHON=python3.12 ...",
            file=sys.stderr,
        )
        return 1
    try:
        for part in sys.argv[1:]:
            prepare(part)
    except subprocess.CalledProcessError as error:
        print(f"preparing failed: {' '.join(map(str, error.cmd))}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
