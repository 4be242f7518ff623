"""Documents beside the programs that people otherwise make them with, and a register of 5,000 risks."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks import workspaces
from benchmarks.measure import Program, Sample, compare
from benchmarks.programs import AIMSCTL, AS_OF, ROOT, Scale
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


def seconds(sample: Sample) -> str:
    """The median in seconds, with the memory."""
    return f"{sample.seconds:.2f} s, {sample.megabytes:.0f} MB"


def statement(scale: Scale, folder: Path) -> Iterator[Row]:
    """The statement of applicability: ours from the artefacts; theirs only the last step, from our Markdown or HTML."""
    subprocess.run(render(ROOT, STATEMENT, "md,html", folder).command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    markdown, page = folder / f"{STATEMENT}.md", folder / f"{STATEMENT}.html"
    convert = (pandoc(), "--from", "gfm", str(markdown), "--output")
    programs = {
        "pdf": render(ROOT, STATEMENT, "pdf", folder / "ours"),
        "docx": render(ROOT, STATEMENT, "docx", folder / "ours"),
        "html": render(ROOT, "--all", "html", folder / "all"),
        "weasyprint": Program((WEASYPRINT, "--quiet", str(page), str(folder / "theirs.pdf")), folder),
        "pandoc pdf": Program((*convert, str(folder / "p.pdf"), f"--pdf-engine={WEASYPRINT}"), folder),
        "pandoc docx": Program((*convert, str(folder / "p.docx")), folder),
    }
    taken = compare(programs, scale.slow_rounds)
    for name, beside, peer in (
        ("pdf", "WeasyPrint, from ready HTML", "weasyprint"),
        ("pdf", "pandoc with WeasyPrint, from ready Markdown", "pandoc pdf"),
        ("docx", "pandoc, from ready Markdown", "pandoc docx"),
    ):
        ours, theirs = taken[name], taken[peer]
        work = f"statement of applicability as {name.upper()}, from the artefacts"
        yield Row(
            work, seconds(ours), f"{beside}: {seconds(theirs)}", ours.seconds / theirs.seconds, " times", "at most", 1
        )
    count = len(list((folder / "all").glob("*.html")))
    each = taken["html"].seconds / count * 1000
    yield Row(
        f"all {count} documents of the worked example as HTML",
        seconds(taken["html"]),
        "",
        each,
        " ms each",
        "at most",
        100,
    )


def register(scale: Scale, folder: Path) -> Iterator[Row]:
    """A register of many risks, as workbook and on paper."""
    workspaces.write_register(folder, scale.register)
    programs = {name: render(folder, REGISTER, name, folder / "out") for name in ("xlsx", "docx", "pdf")}
    for name, sample in compare(programs, 1, warm_up=False).items():
        work = f"a register of {scale.register:,} risks as {name.upper()}"
        yield Row(work, seconds(sample), "", sample.seconds, " s", "at most", 60)


def documents(scale: Scale, folder: Path) -> Iterator[Row]:
    """Both."""
    for name, part in (("statement", statement), ("register", register)):
        (folder / name).mkdir()
        yield from part(scale, folder / name)
