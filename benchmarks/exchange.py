"""Thousands of rows out of a workspace and into one, beside the libraries that only read or write the workbook."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from benchmarks import workspaces
from benchmarks.measure import Program, compare
from benchmarks.programs import AIMSCTL, AS_OF, HERE, Scale
from benchmarks.table import Row


def exchange(scale: Scale, folder: Path) -> Iterator[Row]:
    """The whole command, workspace and all, against the library's part of it."""
    full, empty = _workspace(folder / "full", scale.register), _workspace(folder / "empty", 0)
    file = folder / "risks.xlsx"
    out = (AIMSCTL, "export", "xlsx", "risk", "--out", str(file), *AS_OF)
    subprocess.run(out, cwd=full, check=True, stdout=subprocess.DEVNULL)
    alone = (sys.executable, str(HERE / "sheets.py"))
    take_in = (AIMSCTL, "import", str(file), *AS_OF)
    programs = {
        "out": Program(out, full),
        "in": Program(take_in, empty),
        "again": Program(take_in, full),
        "apply": Program(("sh", "-c", f"rm -rf policies/planning && {' '.join(take_in)} --apply"), empty),
        "writing": Program((*alone, "xlsxwriter", str(file), str(folder / "alone.xlsx")), folder),
        "reading": Program((*alone, "openpyxl", str(file)), folder),
        "quick": Program((*alone, "calamine", str(file)), folder),
    }
    taken = compare(programs, scale.slow_rounds)
    rows = f"{scale.register:,} rows"
    for name, work, beside, peer, budget in (
        ("out", f"`export xlsx`, {rows}", "XlsxWriter alone", "writing", 3),
        ("in", f"`import`, {rows}, all new", "openpyxl alone", "reading", 3),
        ("again", f"`import`, {rows}, none changed", "openpyxl alone", "reading", 3),
        ("apply", f"`import --apply`, {rows}, all new", "openpyxl alone", "reading", 3),
        ("in", f"`import`, {rows}, all new", "python-calamine alone, which it reads with", "quick", 3),
    ):
        ours, theirs = taken[name].seconds, taken[peer].seconds
        yield Row(work, f"{ours:.2f} s", f"{beside}: {theirs:.2f} s", ours / theirs, " times", "at most", budget)


def _workspace(root: Path, risks: int) -> Path:
    """A workspace with so many risks of about 1.2 kB, and the roles, systems and controls that they name."""
    workspaces.write(root, 0)
    found = (row for row in workspaces.artefacts(3 * risks) if row[0] == "risk")
    for number, (_, identifier, text) in enumerate(islice(found, risks)):
        path = root / "policies" / f"{number // workspaces.PER_FOLDER:04}" / f"{identifier}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root
