"""The rows of the benchmark, on the terminal and between the markers in README.md."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Literal

START, END = "<!-- bench:start -->", "<!-- bench:end -->"
PEERS = (
    "aimsctl",
    "check-jsonschema",
    "typer",
    "jsonschema-rs",
    "PyYAML",
    "typst",
    "weasyprint",
    "pypandoc-binary",
    "openpyxl",
)


@dataclass(frozen=True)
class Row:
    """One comparison: what was done, what both took, and the figure that has a budget."""

    work: str
    ours: str
    beside: str
    figure: float
    unit: str
    bound: Literal["at least", "at most"]
    budget: float

    @property
    def met(self) -> bool:
        """Whether the figure keeps its budget."""
        return self.figure >= self.budget if self.bound == "at least" else self.figure <= self.budget

    @property
    def cells(self) -> tuple[str, ...]:
        """The row as it is printed."""
        budget = f"{self.bound} {self.budget:g}{self.unit}"
        return (
            self.work,
            self.ours,
            self.beside,
            f"{self.figure:.2f}{self.unit}",
            budget if self.met else f"{budget}: **missed**",
        )


HEADER = ("Work", "aimsctl", "Beside it", "Figure", "Budget")


def markdown(rows: Sequence[Row]) -> str:
    """The table, and what it was measured with."""
    lines = [
        "| " + " | ".join(cells) + " |" for cells in (HEADER, ("---",) * len(HEADER), *(row.cells for row in rows))
    ]
    return "\n".join([*lines, "", surroundings()])


def surroundings() -> str:
    """The sentence without which the figures say nothing."""
    programs = ", ".join(f"{name} {version(name)}" for name in PEERS)
    machine = f"CPython {platform.python_version()} on {platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    return f"Medians of whole processes, run in turn. Measured with {machine}: {programs}."


def write(readme: Path, table: str) -> None:
    """Puts the table between the markers; everything else in the file stays."""
    text = readme.read_text(encoding="utf-8")
    before, _, rest = text.partition(START)
    _, _, after = rest.partition(END)
    readme.write_text(f"{before}{START}\n{table}\n{END}{after}", encoding="utf-8")
