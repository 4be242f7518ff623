"""How the tests read documents in each format: the words of a file, as its reader sees them."""

from __future__ import annotations

import functools
import io
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import lxml.html
from lxml import etree

from aimsctl.documents.reading import read
from aimsctl.documents.tree import inlines_of, plain
from tests.conftest import unavailable
from tests.packaging.distributions import ROOT

DAY = ("--as-of", "2026-11-01")
STATEMENT = "statement-of-applicability"
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
EXAMPLE = ("aimsctl.yaml", "policies", "evidence")


def render(*arguments: str | Path, cwd: Path = ROOT, env: dict[str, str] | None = None) -> Any:
    return aimsctl("render", *arguments, cwd=cwd, env=env)


def aimsctl(*arguments: str | Path, cwd: Path = ROOT, env: dict[str, str] | None = None) -> Any:
    command = [sys.executable, "-P", "-m", "aimsctl", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)


def example(target: Path) -> Path:
    """A copy of the worked example."""
    target.mkdir(parents=True)
    for name in EXAMPLE:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, target / name)
        else:
            shutil.copy(source, target / name)
    return target


def git(folder: Path, *arguments: str) -> str:
    """A call of git with a fixed author and day."""
    who = ("-c", "user.name=Auditor", "-c", "user.email=a@example.org")
    when = {"GIT_AUTHOR_DATE": "2026-10-30T12:00:00Z", "GIT_COMMITTER_DATE": "2026-10-30T12:00:00Z"}
    done = subprocess.run(
        ["git", *who, *arguments],
        cwd=folder,
        env={**_surroundings(), **when},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def _surroundings() -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin:/usr/local/bin", "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1"}


def squeezed(text: str) -> str:
    """Text without white space, places to break and hyphens: where lines end is no content."""
    return re.sub(r"[\s\u200b\u2010\xad\ufeff-]+", "", text)


def runs(markdown: str) -> list[str]:
    """The words of a document run by run: a heading, a paragraph, a cell."""
    return [plain(inlines) for block in read(markdown, trusted=True) for inlines in inlines_of(block)]


def html_words(content: bytes) -> str:
    page = lxml.html.document_fromstring(content)
    for node in page.iter("style", "script"):
        node.text = ""
    return " ".join(page.itertext())


def docx_words(content: bytes) -> str:
    parts = zipfile.ZipFile(io.BytesIO(content))
    names = [name for name in parts.namelist() if re.fullmatch(r"word/(document|header\d|footer\d)\.xml", name)]
    paragraphs = (node for name in names for node in etree.fromstring(parts.read(name)).iter(f"{WORD}p"))
    return "\n".join(" ".join(node.text or "" for node in one.iter(f"{WORD}t")) for one in paragraphs)


def xlsx_rows(content: bytes) -> dict[str, list[list[str]]]:
    """The cells of each sheet as text; inert, whatever they hold."""
    parts = zipfile.ZipFile(io.BytesIO(content))
    shared = [
        "".join(node.itertext(f"{SHEET}t"))
        for node in etree.fromstring(parts.read("xl/sharedStrings.xml")).iter(f"{SHEET}si")
    ]
    sheets = etree.fromstring(parts.read("xl/workbook.xml")).iter(f"{SHEET}sheet")
    found = {}
    for number, sheet in enumerate(sheets, start=1):
        rows = etree.fromstring(parts.read(f"xl/worksheets/sheet{number}.xml")).iter(f"{SHEET}row")
        found[sheet.get("name")] = [_row(row, shared) for row in rows]
    return found


def _row(row: Any, shared: list[str]) -> list[str]:
    """The cells by their columns, since empty ones are not written."""
    found: dict[int, str] = {}
    for cell in row.iter(f"{SHEET}c"):
        assert cell.find(f"{SHEET}f") is None, "a formula"
        letters = cell.get("r").rstrip("0123456789")
        place = functools.reduce(lambda number, letter: number * 26 + ord(letter) - 64, letters, 0) - 1
        value = cell.findtext(f"{SHEET}v", "")
        found[place] = shared[int(value)] if cell.get("t") == "s" else value
    return [found.get(place, "") for place in range(max(found, default=-1) + 1)]


def pdf_words(content: bytes) -> str:
    return piped(["pdftotext", "-raw", "-", "-"], content).decode()


def piped(command: list[str], content: bytes) -> bytes:
    """What a program that reads documents says of one. Skips without it; fails where everything has to run."""
    if shutil.which(command[0]) is None:
        unavailable(f"{command[0]} is not installed")
    return subprocess.run(command, input=content, capture_output=True, check=True, timeout=120).stdout


READERS: dict[str, Callable[[bytes], str]] = {
    "md": lambda content: "\n".join(runs(content.decode())),
    "html": html_words,
    "pdf": pdf_words,
    "docx": docx_words,
}
