"""The documents of the small workspace in `tests/data/pack` as they should be, in `tests/data/documents`.

`.venv/bin/python -m tests.acceptance.golden` writes them anew: after a change of a template, look at the difference.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path

from tests.acceptance.documents import render
from tests.packaging.distributions import ROOT

PACK = ROOT / "tests" / "data" / "pack"
GOLDEN = ROOT / "tests" / "data" / "documents"
COLUMNS = GOLDEN / "columns.json"
DAY = ("--as-of", "2026-08-01")


def small(target: Path) -> Path:
    """A workspace with one artefact of each kind."""
    shutil.copytree(PACK, target / "policies")
    (target / "aimsctl.yaml").write_text("schema: 1\norganisation: Example Health\n", encoding="utf-8")
    return target


def pack(root: Path, *arguments: str, name: str = "md") -> dict[str, str]:
    """All documents of a workspace as text, by the name of their file."""
    outcome = render("--all", "--format", name, "--out", root / "pack", *arguments, cwd=root)
    assert (outcome.returncode, outcome.stderr) == (0, "")
    return {path.name: path.read_text(encoding="utf-8") for path in sorted((root / "pack").glob(f"*.{name}"))}


def columns() -> dict[str, dict[str, list[str]]]:
    """The headings of each sheet of each document, as the registry has them."""
    from aimsctl.documents.registry import DEFINITIONS  # noqa: PLC0415 - where tests collect, nothing is loaded early

    return {
        one.id: {sheet.name: [column.heading for column in sheet.columns] for sheet in one.sheets}
        for one in DEFINITIONS
        if one.sheets
    }


def main() -> None:
    """Write the documents and the columns."""
    shutil.rmtree(GOLDEN, ignore_errors=True)
    GOLDEN.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as folder:
        for name, text in pack(small(Path(folder)), *DAY).items():
            (GOLDEN / name).write_text(text, encoding="utf-8")
    COLUMNS.write_text(json.dumps(columns(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
