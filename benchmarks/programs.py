"""Where the programs are that are measured, and how much is measured."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
AIMSCTL = str(Path(sys.executable).with_name("aimsctl"))
CHECK_JSONSCHEMA = str(Path(sys.executable).with_name("check-jsonschema"))
AS_OF = ("--as-of", "2026-11-01")


@dataclass(frozen=True)
class Scale:
    """How much is measured: sizes of workspaces, histories and ledgers, and how often programs run."""

    artefacts: int = 10_000
    growth: tuple[int, ...] = (5_000, 10_000, 20_000, 50_000)
    findings: int = 100_000
    register: int = 5_000
    versioned: int = 500
    commits: tuple[int, int] = (1_000, 50_000)
    receipts: int = 20_000
    entries: int = 1_000_000
    slow_rounds: int = 3
    quick_rounds: int = 15


QUICK = Scale(
    artefacts=500,
    growth=(500, 1_000, 2_000),
    findings=5_000,
    register=500,
    versioned=50,
    commits=(100, 1_000),
    receipts=1_000,
    entries=5_000,
    slow_rounds=1,
    quick_rounds=3,
)
