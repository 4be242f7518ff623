"""`make demo`: the main job on the worked example, each command with its exit code, and the documents it ends in.

Two of them are meant to find something: the worked example has open gaps, and one file is made wrong on purpose.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from aimsctl.errors import EXIT_CODES, FINDINGS, OK

ROOT = Path(__file__).resolve().parent.parent
JUDGED = ("--as-of", "2026-11-01")
OUTPUT = ("--system", "inbox-urgency", "--output", "inb-20260827-03")
WINDOW = ("--system", "visit-notes", "--from", "2026-09-15T06:00:00Z", "--to", "2026-09-24T06:00:00Z")
WRITTEN = ROOT / "build" / "demo"
RIGHT, WRONG = "status: approved", "status: aproved"


def show(expected: int, *arguments: str, cwd: Path = ROOT) -> bool:
    """Runs one command with its output on ours; whether it ended as expected."""
    print(f"\n$ aimsctl {' '.join(arguments)}", flush=True)
    code = subprocess.run([sys.executable, "-P", "-m", "aimsctl", *arguments], cwd=cwd, check=False).returncode
    print(f"exit code {code}: {EXIT_CODES.get(code, 'not one of ours')}")
    if code != expected:
        print(f"expected {expected}: {EXIT_CODES[expected]}")
    return code == expected


def spoilt(folder: Path) -> Path:
    """A copy of the workspace with one word of one artefact misspelt."""
    for name in ("policies", "evidence"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "aimsctl.yaml", folder)
    victim = next(
        path for path in sorted(folder.rglob("policies/**/*.yaml")) if RIGHT in path.read_text(encoding="utf-8")
    )
    victim.write_text(victim.read_text(encoding="utf-8").replace(RIGHT, WRONG, 1), encoding="utf-8")
    print(f"\nIn a copy, {victim.relative_to(folder).as_posix()} is made wrong: '{RIGHT}' becomes '{WRONG}'.")
    return folder


def written() -> list[bool]:
    """Writes the documents and the report; whether each command ended as expected."""
    shutil.rmtree(WRITTEN, ignore_errors=True)
    out = WRITTEN.relative_to(ROOT).as_posix()
    return [
        show(OK, "render", "--all", "--out", f"{out}/documents", "--quiet", *JUDGED),
        show(OK, "render", "statement-of-applicability", "--format", "pdf,docx,xlsx", "--out", f"{out}/files", *JUDGED),
        show(OK, "incident", *WINDOW, "--bundle", f"{out}/incident", *JUDGED),
        show(OK, "evidence", "verify", f"{out}/incident", "--trust", "evidence/trust.yaml"),
        show(OK, "report", "--out", f"{out}/readiness-report.html", *JUDGED),
        shown(WRITTEN / "documents" / "index.html"),
    ]


def shown(file: Path) -> bool:
    """Prints where a file is; whether it is there."""
    print(f"\nAll documents, linked: {file.relative_to(ROOT).as_posix()}")
    return file.is_file()


def main() -> int:
    """0 when every command ended as expected, else 1."""
    as_expected = [
        show(OK, "validate", *JUDGED),
        show(FINDINGS, "gap", *JUDGED),
        show(OK, "explain", "A.6.2.4", *JUDGED),
        show(OK, "incident", *OUTPUT, *JUDGED),
    ]
    with tempfile.TemporaryDirectory() as folder:
        as_expected.append(show(FINDINGS, "validate", *JUDGED, cwd=spoilt(Path(folder))))
    as_expected += written()
    print("\nEach command ended as expected." if all(as_expected) else "\nA command did not end as expected.")
    return 0 if all(as_expected) else 1


if __name__ == "__main__":
    sys.exit(main())
