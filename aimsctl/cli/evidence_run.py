"""`aimsctl evidence run`: run a command that is a control, and record how it ended."""

# ruff: noqa: ARG001 - the options are read all together, from the context

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from types import FrameType
from typing import Annotated, Any, Final

import typer

from aimsctl.cli.evidence_place import workspace_trust
from aimsctl.cli.recording import Desk, as_usage, described, desk, read_bytes
from aimsctl.cli.session import STRANGE, Session, place
from aimsctl.errors import AimsError
from aimsctl.output.clean import one_line

NOT_FOUND: Final = 127  # as shells say it
NOT_STARTED: Final = 126
_UNUSUAL: Final = re.compile("[^!-~]")
_STATES: Final = ("passed", "failed", "skipped", "error")
_LONGEST, _MOST = 1000, 50  # characters of a line about what was not read, and such lines in one receipt
_MEDIA_TYPES: Final = {"junit": "application/xml", "sarif": "application/sarif+json"}


def run(
    context: typer.Context,
    command: Annotated[list[str], typer.Argument(metavar="-- COMMAND...", help="What to run, after two dashes.")],
    control: Annotated[str, typer.Option(metavar="ID", help="The control that this is.")],
    system: Annotated[str, typer.Option(metavar="ID", help="The AI system it runs for.")],
    target: Annotated[
        str, typer.Option(metavar="KIND:ID", help="Kinds: modelVersion, change, dataset, period, output, input.")
    ],
    environment: Annotated[str | None, typer.Option(metavar="NAME", help="Such as production.")] = None,
    model: Annotated[str | None, typer.Option(metavar="NAME@VERSION", help="The model version.")] = None,
    model_digest: Annotated[str | None, typer.Option(metavar="SHA256", help="Digest of the signed model.")] = None,
    executor: Annotated[str, typer.Option(metavar="TYPE", help="What runs it: ci, evalHarness, monitor...")] = "ci",
    executor_id: Annotated[str | None, typer.Option(metavar="URI", help="Which one; else after the command.")] = None,
    executor_name: Annotated[str | None, typer.Option(metavar="NAME", help="Else the last part of its id.")] = None,
    executor_version: Annotated[str | None, typer.Option(metavar="VERSION", help="Its version.")] = None,
    executor_run: Annotated[str | None, typer.Option(metavar="ID", help="Its run, such as the CI job's.")] = None,
    junit: Annotated[str | None, typer.Option(metavar="FILE", help="The JUnit XML that the command writes.")] = None,
    sarif: Annotated[str | None, typer.Option(metavar="FILE", help="The SARIF that the command writes.")] = None,
    not_checked: Annotated[list[str] | None, typer.Option(metavar="TEXT", help="What it does not cover.")] = None,
    ledger: Annotated[str | None, typer.Option(metavar="DIR", help="Else AIMSCTL_LEDGER, else the only one.")] = None,
    key: Annotated[
        str | None, typer.Option(metavar="FILE", help="The executor's key; else AIMSCTL_KEY, PEM text or a path.")
    ] = None,
) -> int:
    """Run a command, record how it ended, and end as it did.

    The receipt says `passed` only if the command ended with 0 and the report it wrote agrees.
    """
    session: Session = context.obj
    options: dict[str, Any] = dict(context.params)
    options["executor_id"] = executor_id or f"urn:aimsctl:command:{_UNUSUAL.sub('-', Path(command[0]).name)}"
    reports = [(form, Path(path)) for form, path in (("junit", junit), ("sarif", sarif)) if path]
    here = place(session)
    ours = desk(here.root / here.config.evidence, (here.tree, here.config.policies), options, workspace_trust(session))
    with as_usage():  # what is wrong with the options is told before anything is run
        predicate = ours.notary.predicate({"result": "passed"})
        ours.notary.envelope(predicate)
    ours.refuse(predicate)
    return _recorded(ours, command, reports)


def _recorded(ours: Desk, command: list[str], reports: list[tuple[str, Path]]) -> int:
    before = {path: _state(path) for _, path in reports}
    started = ours.notary.clock()
    code = _ended(command)
    fields: dict[str, Any] = {"startedOn": started, "finishedOn": max(started, ours.notary.clock())}
    told = _Told()
    for form, path in reports:
        if _state(path) in (None, before[path]):
            told.missing(path, "the command did not write it")
        else:
            told.read(form, path)
    fields |= told.fields()
    fields["result"] = _result(code, told.results if reports else None)
    try:
        ours.ledger.append([ours.notary.receipt(fields)])
    except AimsError as error:
        sys.stderr.write(one_line(f"error: the run is not recorded: {error.message}") + "\n")
        return code or error.exit_code
    return code


class _Told:
    """What the reports of a command tell: the results of their runs, and how many checks were in which state."""

    def __init__(self) -> None:
        self.results: list[str] = []
        self._counts: Counter[str] = Counter()
        self._files: list[dict[str, Any]] = []
        self._unread: list[str] = []

    def missing(self, path: Path, why: str) -> None:
        """A report that was promised and tells nothing."""
        self.results.append("error")
        self._unread.append(f"{path.name}: {why}")

    def read(self, form: str, path: Path) -> None:
        """A report that the command wrote."""
        from aimsctl.evidence.collect import SIZE_LIMIT, read_format  # noqa: PLC0415 - only where one is named
        from aimsctl.evidence.collect.collector import result_of  # noqa: PLC0415 - the same

        try:
            self._files.append(described(path, _MEDIA_TYPES[form]))
            reading = read_format(form, read_bytes(path, SIZE_LIMIT), {})
        except AimsError as error:
            self.missing(path, error.message)
            return
        self._unread += [f"{path.name}: {line}" for line in reading.unread]
        for run in reading.runs:
            states = Counter[str](item.state for item in run.items)
            self.results.append(result_of(run, states))
            self._counts += states

    def fields(self) -> dict[str, Any]:
        """The same as fields of the receipt."""
        unread = [one_line(line)[:_LONGEST] for line in self._unread[:_MOST]]
        counts = {"total": self._counts.total(), **{state: self._counts[state] for state in _STATES}}
        return {
            **({"counts": counts} if self._counts else {}),
            **({"evidence": self._files} if self._files else {}),
            **({"notChecked": unread} if unread else {}),
        }


def _ended(command: list[str]) -> int:
    """The exit code of the command, as a shell gives it. A request to stop is passed on and waited for."""
    started: list[subprocess.Popen[bytes]] = []
    asked: list[int] = []

    def stop(number: int, _: FrameType | None) -> None:
        asked.append(number)
        for process in started:
            process.send_signal(number)

    before = signal.signal(signal.SIGTERM, stop)
    try:
        process = subprocess.Popen(command, env={**os.environ, **STRANGE})
        started.append(process)
        if asked:
            process.send_signal(asked[0])
        code = _waited(process)
    except FileNotFoundError:
        sys.stderr.write(one_line(f"error: there is no command {command[0]}") + "\n")
        return NOT_FOUND
    except (OSError, ValueError) as error:
        sys.stderr.write(one_line(f"error: {command[0]} does not start: {error}") + "\n")
        return NOT_STARTED
    finally:
        signal.signal(signal.SIGTERM, before)
    return code if code >= 0 else 128 - code


def _waited(process: subprocess.Popen[bytes]) -> int:
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:  # the terminal has sent it to the command as well, which decides
            continue


def _state(path: Path) -> tuple[int, int, int] | None:
    """What changes when a file is written; nothing if there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def _result(code: int, told: list[str] | None) -> str:
    """Only a command that ended well has passed, and, where it was to write a report, one whose report agrees."""
    if code >= NOT_STARTED:
        return "error"
    if told is None:
        return "failed" if code else "passed"
    worst = next((one for one in ("error", "failed", "passed") if one in told), "skipped")
    if code and worst != "failed":
        return "error"  # it went wrong, though not by anything that its report tells
    return worst
