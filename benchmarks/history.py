"""What reading the history costs: two states against one, and the trend against reading every file of it once."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.histories import write_history
from benchmarks.measure import Program, compare
from benchmarks.programs import AIMSCTL, AS_OF, ROOT, Scale
from benchmarks.table import Row

GAP = (AIMSCTL, "gap", *AS_OF, "--fail-on", "never")
EARLIER = "half-year-2026"


def history(scale: Scale, folder: Path) -> Iterator[Row]:
    """`gap --since` on the worked example with its made history, and the trend of generated histories."""
    yield from _since(scale, folder / "example")
    yield from _trend(scale, folder)


def _since(scale: Scale, root: Path) -> Iterator[Row]:
    made = (sys.executable, str(ROOT / "tools" / "make_history.py"), str(root))
    subprocess.run(made, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    revisions = ("HEAD", EARLIER)
    programs = {revision: Program((*GAP, "--since", revision), root) for revision in revisions}
    taken = compare({"gap": Program(GAP, root), **programs}, scale.quick_rounds)
    for revision in revisions:
        ours, alone = taken[revision].seconds, taken["gap"].seconds
        work = f"`gap --since {revision}` on the worked example, cold"
        yield Row(
            work, f"{ours * 1000:.0f} ms", f"`gap`: {alone * 1000:.0f} ms", ours / alone, " times", "at most", 1.5
        )


def _trend(scale: Scale, folder: Path) -> Iterator[Row]:
    few, many = scale.commits
    for commits in scale.commits:
        write_history(folder / str(commits), scale.versioned, commits)
    programs = {str(commits): Program((AIMSCTL, "trend", *AS_OF), folder / str(commits)) for commits in scale.commits}
    floor = Program((sys.executable, "-m", "benchmarks.git_floor", str(folder / str(few))), ROOT)
    taken = compare({**programs, "floor": floor}, scale.slow_rounds, warm_up=False)
    ours, least = taken[str(few)], taken["floor"]
    work = f"`trend` by month, {few:,} commits, {scale.versioned} artefacts"
    beside = f"every file of it read and parsed once: {least.seconds:.2f} s"
    yield Row(work, f"{ours.seconds:.2f} s", beside, ours.seconds / least.seconds, " times", "at most", 3)
    long = taken[str(many)]
    told = f"{long.seconds:.2f} s, {long.megabytes:.0f} MB"
    beside = f"{few:,} commits: {ours.seconds:.2f} s"
    yield Row(f"the same, {many:,} commits", told, beside, long.seconds / ours.seconds, " times", "at most", 3)
