"""`python -m benchmarks [SUITE...] [--quick]`: measures, prints the rows, and writes the full table into README.md."""

from __future__ import annotations

import argparse
import compileall
import sys
import tempfile
from pathlib import Path

from benchmarks.programs import QUICK, ROOT, Scale
from benchmarks.suites import SUITES
from benchmarks.table import Row, markdown, write


def measure(names: list[str], scale: Scale) -> list[Row]:
    """The rows of the suites named, each printed as soon as it is known."""
    rows = []
    for name in names:
        print(f"{name} ...", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            for row in SUITES[name](scale, Path(folder)):
                print("  " + "; ".join(filter(None, row.cells)), flush=True)
                rows.append(row)
    return rows


def main() -> int:
    """0 when everything was measured; a missed budget is said, not punished, for machines differ."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("suites", nargs="*", metavar="SUITE", help=f"one of {', '.join(SUITES)}; none means all")
    parser.add_argument("--quick", action="store_true", help="small workspaces and few rounds, to see that it works")
    options = parser.parse_args()
    if unknown := set(options.suites) - set(SUITES):
        parser.error(f"no such suite: {', '.join(sorted(unknown))}")
    compileall.compile_dir(ROOT / "aimsctl", quiet=1)  # as pip does when it installs, and did for the peers
    rows = measure(options.suites or list(SUITES), QUICK if options.quick else Scale())
    if not options.quick and not options.suites:
        write(ROOT / "README.md", markdown(rows))
        print("README.md has the new table.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
