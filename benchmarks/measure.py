"""Times programs beside each other: wall time and peak memory of whole processes, medians over interleaved rounds."""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "AIMSCTL_"))}


@dataclass(frozen=True)
class Program:
    """One program to time, and the exit code that says it did its work."""

    command: Sequence[str]
    cwd: Path
    code: int = 0


@dataclass(frozen=True)
class Sample:
    """What a program took: median seconds, the fastest and slowest round, and the highest memory in megabytes."""

    seconds: float
    fastest: float
    slowest: float
    megabytes: float


def once(program: Program) -> tuple[float, float]:
    """Seconds and peak megabytes of one run; an unexpected exit code ends the benchmark."""
    with tempfile.TemporaryFile() as errors:
        began = time.perf_counter()
        process = subprocess.Popen(
            program.command, cwd=program.cwd, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=errors
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != program.code:
            errors.seek(0)
            told = errors.read().decode(errors="replace")[-2000:]
            raise RuntimeError(f"{' '.join(program.command)[:300]}: {process.returncode}, not {program.code}\n{told}")
    return seconds, usage.ru_maxrss / 1024


def compare(programs: Mapping[str, Program], rounds: int, *, warm_up: bool = True) -> dict[str, Sample]:
    """Each program once unmeasured, then all of them in turn, `rounds` times, so that a busy moment hits all alike."""
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in programs}
    for program in programs.values() if warm_up else ():
        once(program)
    for _ in range(rounds):
        for name, program in programs.items():
            taken[name].append(once(program))
    return {name: sample(runs) for name, runs in taken.items()}


def sample(runs: Sequence[tuple[float, float]]) -> Sample:
    """The median of several runs, their span, and the highest memory of any."""
    seconds = [run[0] for run in runs]
    return Sample(statistics.median(seconds), min(seconds), max(seconds), max(run[1] for run in runs))
