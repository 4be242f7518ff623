"""Documents beside the programs that people otherwise make them with, and a register of many risks."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks import workspaces
from benchmarks.measure import Program, Sample, compare
from benchmarks.programs import AIMSCTL, AS_OF, HERE, ROOT, Scale
from benchmarks.table import Row

STATEMENT, REGISTER = "statement-of-applicability", "ai-risk-register"
WEASYPRINT = str(Path(sys.executable).with_name("weasyprint"))


def render(root: Path, document: str, name: str, out: Path) -> Program:
    """Our command: it reads and judges the workspace first, and then makes the file."""
    command = (AIMSCTL, "render", document, "--format", name, "--out", str(out), "--force", *AS_OF)
    return Program(command, root)


def pandoc() -> str:
    """The program that the package from the registry brings along."""
    import pypandoc  # noqa: PLC0415 - only this suite needs it

    return str(pypandoc.get_pandoc_path())


def told(sample: Sample) -> str:
    """The median in seconds, with the memory."""
    return f"{sample.seconds:.2f} s, {sample.megabytes:.0f} MB"


def statement(scale: Scale, folder: Path) -> Iterator[Row]:
    """The statement of applicability, cold: the last step beside that of others, and the whole way from artefacts."""
    subprocess.run(render(ROOT, STATEMENT, "md,html", folder).command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    taken = compare(_programs(folder), scale.slow_rounds)
    for name, beside, peer in (
        ("pdf step", "WeasyPrint, from HTML", "weasyprint"),
        ("pdf step", "pandoc with WeasyPrint", "pandoc pdf"),
        ("docx step", "pandoc", "pandoc docx"),
    ):
        ours, theirs = taken[name], taken[peer]
        work = f"statement of applicability, from Markdown to {name.removesuffix(' step').upper()}"
        yield Row(work, told(ours), f"{beside}: {told(theirs)}", ours.seconds / theirs.seconds, " times", "at most", 1)
    for name in ("pdf", "docx"):
        ours, theirs = taken[name], taken[f"{name} by pandoc"]
        work = f"the same, from the artefacts to {name.upper()}"
        beside = f"our Markdown, then pandoc: {told(theirs)}"
        yield Row(work, told(ours), beside, ours.seconds / theirs.seconds, " times", "at most", 1)
    count = len(list((folder / "all").glob("*.html")))
    ours = taken["html"]
    yield Row(f"all {count} documents as HTML", told(ours), "", ours.seconds / count * 1000, " ms each", "at most", 100)


def _programs(folder: Path) -> dict[str, Program]:
    markdown, page = folder / f"{STATEMENT}.md", folder / f"{STATEMENT}.html"
    convert = (pandoc(), "--from", "gfm", str(markdown), "--output")
    engine = f"--pdf-engine={WEASYPRINT}"
    ours = (sys.executable, str(HERE / "convert.py"), str(markdown))
    first = shlex.join(render(ROOT, STATEMENT, "md", folder).command)
    return {
        "pdf": render(ROOT, STATEMENT, "pdf", folder / "ours"),
        "docx": render(ROOT, STATEMENT, "docx", folder / "ours"),
        "html": render(ROOT, "--all", "html", folder / "all"),
        "pdf step": Program((*ours, str(folder / "o.pdf")), folder),
        "docx step": Program((*ours, str(folder / "o.docx")), folder),
        "weasyprint": Program((WEASYPRINT, "--quiet", str(page), str(folder / "theirs.pdf")), folder),
        "pandoc pdf": Program((*convert, str(folder / "p.pdf"), engine), folder),
        "pandoc docx": Program((*convert, str(folder / "p.docx")), folder),
        "pdf by pandoc": Program(
            ("sh", "-c", f"{first} && {shlex.join((*convert, str(folder / 'p.pdf'), engine))}"), ROOT
        ),
        "docx by pandoc": Program(("sh", "-c", f"{first} && {shlex.join((*convert, str(folder / 'p.docx')))}"), ROOT),
    }


def register(scale: Scale, folder: Path) -> Iterator[Row]:
    """A register of many risks, as workbook and on paper."""
    workspaces.write_register(folder, scale.register)
    programs = {name: render(folder, REGISTER, name, folder / "out") for name in ("xlsx", "docx", "pdf")}
    for name, sample in compare(programs, 1, warm_up=False).items():
        work = f"a register of {scale.register:,} risks as {name.upper()}"
        yield Row(work, told(sample), "", sample.seconds, " s", "at most", 60)


def documents(scale: Scale, folder: Path) -> Iterator[Row]:
    """Both."""
    for name, part in (("statement", statement), ("register", register)):
        (folder / name).mkdir()
        yield from part(scale, folder / name)
