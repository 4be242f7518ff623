"""Turns each condition of the verifier round, one at a time, and asks the tests whether they notice.

    python tools/mutate_verifier.py [--every N] [MODULE...]

A verifier that says "valid" on a way that nobody thought of is worse than none, so every `if` of it, every condition of
an expression and every comparison that is returned has to matter to a test. What no test notices is listed, and the
script ends with 1. The project is copied first; nothing here is changed.
"""

from __future__ import annotations

import argparse
import ast
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
MODULES: Final = (
    "verify",
    "check",
    "bundle",
    "trust",
    "envelope",
    "notes",
    "merkle",
    "proofs",
    "policy",
    "strict",
    "tree",
    "handed_over",
)
TESTS: Final = (
    "tests/threats/test_evidence.py",
    "tests/threats/test_bundle.py",
    "tests/unit/test_evidence_verify.py",
    "tests/unit/test_evidence_envelope.py",
    "tests/unit/test_evidence_keys.py",
    "tests/unit/test_evidence_merkle.py",
    "tests/unit/test_evidence_statement.py",
)
OURS: Final = "turned_round"  # the test that runs this script
COPIED: Final = ("aimsctl", "tests", "schemas", "templates", "pyproject.toml", "policies", "aimsctl.yaml")
_LONGEST: Final = 120  # seconds of a run of the tests; a condition that makes it endless is noticed


@dataclass(frozen=True, slots=True)
class Mutant:
    """One condition turned round: where it stands, and the module's text with it."""

    module: str
    line: int
    condition: str
    text: str


def mutants(module: str) -> Iterator[Mutant]:
    """Every condition of a module."""
    source = (ROOT / "aimsctl" / "evidence" / f"{module}.py").read_text(encoding="utf-8")
    for number in range(len(list(_conditions(ast.parse(source))))):
        tree = ast.parse(source)
        holder, field = list(_conditions(tree))[number]
        test = getattr(holder, field)
        turned = ast.copy_location(ast.UnaryOp(ast.Not(), test), test)
        setattr(holder, field, turned)
        yield Mutant(module, test.lineno, ast.unparse(test), ast.unparse(ast.fix_missing_locations(tree)))


def _conditions(tree: ast.AST) -> Iterator[tuple[ast.AST, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.If | ast.IfExp) and not _for_types(node.test):
            yield node, "test"
        elif isinstance(node, ast.Return) and isinstance(node.value, ast.Compare | ast.BoolOp):
            yield node, "value"


def _for_types(test: ast.expr) -> bool:
    """Whether it is never true while the program runs."""
    return isinstance(test, ast.Name) and test.id == "TYPE_CHECKING"


def noticed(mutant: Mutant, copy: Path) -> bool:
    """Whether a test fails with it."""
    file = copy / "aimsctl" / "evidence" / f"{mutant.module}.py"
    before = file.read_bytes()
    file.write_text(mutant.text, encoding="utf-8")
    try:
        return not passes(copy)
    finally:
        file.write_bytes(before)


def passes(copy: Path) -> bool:
    """Whether the tests pass."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-k", f"not {OURS}", *TESTS]
    own = {name: value for name, value in os.environ.items() if not name.startswith("AIMSCTL_")}  # no vectors there
    surroundings = {**own, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(command, cwd=copy, env=surroundings, capture_output=True, timeout=_LONGEST, check=False)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def main(arguments: list[str]) -> int:
    """Prints each condition that no test notices; 1 if there is one."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("modules", nargs="*", choices=[*MODULES, []], metavar="MODULE")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only each Nth condition")
    said = parser.parse_args(arguments)
    chosen = [one for module in said.modules or MODULES for one in mutants(module)][:: said.every]
    unnoticed = 0
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in COPIED:
            source = ROOT / name
            _ = shutil.copytree(source, copy / name) if source.is_dir() else shutil.copy(source, copy / name)
        if not passes(copy):
            print("the tests fail with nothing changed, so they cannot notice anything")
            return 2
        for mutant in chosen:
            if not noticed(mutant, copy):
                unnoticed += 1
                print(f"aimsctl/evidence/{mutant.module}.py:{mutant.line}: not ({mutant.condition})", flush=True)
    print(f"{len(chosen) - unnoticed} of {len(chosen)} turned conditions were noticed")
    return 1 if unnoticed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
