"""Where a report goes: standard output, files that appear whole or not at all, and the summary of a CI step."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, TextIO

from aimsctl.errors import RenderError, UsageError
from aimsctl.output import FORMATS, left_out, write
from aimsctl.output.atomic import append, write_atomically
from aimsctl.output.report import Report

STDOUT: Final = "-"


@dataclass(frozen=True, slots=True)
class Target:
    """A format and the file it goes to; without a file, standard output."""

    format: str
    file: str | None = None


def targets(values: Sequence[str], environ: Mapping[str, str]) -> tuple[Target, ...]:
    """What `--format NAME[:FILE]` asks for; one of them always goes to standard output.

    Where no value names standard output it gets the format that the surroundings read: annotations under GitHub
    Actions, else text. Raises UsageError for what does not exist or does not fit together.
    """
    asked = [_target(value) for value in values]
    if sum(target.file is None for target in asked) > 1:
        raise UsageError("only one format can go to standard output", hint="name a file: --format json:report.json")
    files = [os.path.normpath(target.file) for target in asked if target.file is not None]
    if twice := next((file for file in files if files.count(file) > 1), None):
        raise UsageError(f"two formats go to the same file {twice}", hint="give each format a file of its own")
    if all(target.file is not None for target in asked):
        asked.insert(0, Target("github" if environ.get("GITHUB_ACTIONS") == "true" else "text"))
    return tuple(asked)


def _target(value: str) -> Target:
    name, colon, file = value.partition(":")
    if name not in FORMATS:
        raise UsageError(f"there is no format {name!r}", hint=f"the formats are {', '.join(FORMATS)}")
    if colon and not file:
        raise UsageError(f"--format {value} names no file", hint=f"--format {name}:FILE, or --format {name}")
    return Target(name, file if file and file != STDOUT else None)


def emit(
    report: Report, where: Sequence[Target], *, stdout: TextIO, root: Path, environ: Mapping[str, str]
) -> tuple[str, ...]:
    """Writes the report to every target; returns sentences for standard error on what a file could not hold.

    Files come first, so that they are whole even if the reader of standard output goes away; they get neither colour
    nor the limit of a screen. Raises RenderError if one cannot be written, after everything else has been.
    """
    notices: list[str] = []
    failures: list[RenderError] = []
    for target in where:
        if target.file is not None:
            text = write(target.format, replace(report, colour=False, limit=0))
            notices.append(left_out(target.format, report, text))
            with _collecting(failures):
                write_atomically(Path(target.file), text, root)
    for target in where:
        if target.file is None:
            with _collecting(failures):
                _step_summary(target, report, environ)
            text = write(target.format, report)
            notices.append(left_out(target.format, report, text))
            print_to(stdout, text)
    if failures:
        raise failures[0]
    return tuple(filter(None, notices))


@contextmanager
def _collecting(failures: list[RenderError]) -> Iterator[None]:
    try:
        yield
    except RenderError as error:
        failures.append(error)


def _step_summary(target: Target, report: Report, environ: Mapping[str, str]) -> None:
    """Where annotations go to a step of GitHub Actions, the whole report goes to the summary of that step."""
    file = environ.get("GITHUB_STEP_SUMMARY")
    if target.format == "github" and file and environ.get("GITHUB_ACTIONS") == "true":
        from aimsctl.output.github import STEP_SUMMARY_LIMIT, step_summary  # noqa: PLC0415 -- formats load when used

        append(Path(file), lambda size: step_summary(report, STEP_SUMMARY_LIMIT - size))


def print_to(stream: TextIO, text: str) -> None:
    """Writes UTF-8 whatever the locale says; a stream without bytes below it gets escapes for what it cannot show."""
    buffer = getattr(stream, "buffer", None)
    if buffer is not None:
        stream.flush()
        buffer.write(text.encode("utf-8", "backslashreplace"))
        buffer.flush()
        return
    encoding = stream.encoding or "utf-8"
    stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
    stream.flush()
