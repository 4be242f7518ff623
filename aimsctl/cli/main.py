"""The entry: which command, what goes wrong, and which exit code follows."""

from __future__ import annotations

import gc
import importlib
import os
import sys
from collections.abc import Callable, Sequence
from keyword import iskeyword
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from aimsctl import __version__
from aimsctl.cli.commands import COMMANDS, GROUPS, hoisted, named_command
from aimsctl.cli.session import STRANGE, Session
from aimsctl.errors import BROKEN_PIPE, BUG, EXIT_CODES, INTERRUPTED, OK, AimsError

EPILOG = "Exit codes: " + "; ".join(f"{code} {meaning}" for code, meaning in EXIT_CODES.items()) + "."


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"aimsctl {__version__}")
        raise typer.Exit


def options(
    context: typer.Context,
    root: Annotated[
        Path | None,
        typer.Option("-C", "--root", metavar="DIR", help="The workspace's root; else AIMSCTL_ROOT, else found above."),
    ] = None,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Print only findings.")] = False,
    exit_zero: Annotated[bool, typer.Option("--exit-zero", help="End with 0 even if there are findings.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of a defect.")] = False,
    color: Annotated[
        Literal["auto", "always", "never"], typer.Option("--color", help="Colour on a terminal; NO_COLOR is honoured.")
    ] = "auto",
    version: Annotated[  # noqa: ARG001 - acts through its callback
        bool, typer.Option("--version", help="Print the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Keep an AI management system (ISO/IEC 42001) as YAML in git: validate it, find its gaps, see how ready it is."""
    context.obj = Session(root, quiet, exit_zero, debug, color)


def application(command: str | None, arguments: Sequence[str] = ()) -> typer.Typer:
    """The application with the one command that is called, or with all of them for help and for misspelt names."""
    app = typer.Typer(
        name="aimsctl",
        no_args_is_help=True,
        add_completion=command is None,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback(epilog=EPILOG)(options)
    for name, (module, line) in COMMANDS.items():
        if command in (None, name):
            if name in GROUPS and command is None:
                app.add_typer(typer.Typer(), name=name, help=line)  # only named, so that help loads none of them
                continue
            found = _function(module, name)
            if name in GROUPS:
                app.add_typer(found(list(arguments)), name=name, help=line)
            else:
                app.command(name, short_help=line)(found)
    return app


def _function(module: str, name: str) -> Callable[..., Any]:
    found: Callable[..., Any] = getattr(importlib.import_module(module), f"{name}_" if iskeyword(name) else name)
    return found


def run(arguments: list[str]) -> int:
    """Run the command line; returns the exit code. Errors of the user are told on standard error."""
    _neutral()
    gc.disable()  # a run is short, and collecting among the many objects of a workspace costs a tenth of it
    words = hoisted(arguments)
    try:
        command = named_command(words)
        rest = words[words.index(command) + 1 :] if command else []
        code = application(command, rest)(words, prog_name="aimsctl", standalone_mode=False)
        sys.stdout.flush()
    except AimsError as error:
        return _told(error)
    except (KeyboardInterrupt, typer.Abort):
        _say("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        return unread()
    except SystemExit as stop:
        if isinstance(stop.__context__, BrokenPipeError):  # Typer ends with 1, which would be a verdict
            return unread()
        raise
    except Exception as error:  # noqa: BLE001 - the last resort turns a defect into one paragraph and its own code
        return _failed(error, debug="--debug" in words)
    return code if isinstance(code, int) else OK


def _neutral() -> None:
    """What git hooks and callers set must not change what a run finds; GIT_INDEX_FILE names the index to read."""
    for name in [name for name in os.environ if name.startswith("GIT_") and name != "GIT_INDEX_FILE"]:
        STRANGE[name] = os.environ.pop(name)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")


def unread() -> int:
    """The reader of standard output went away; the flush at exit must not fail again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return BROKEN_PIPE


def _told(error: AimsError) -> int:
    where = f"{error.span.path}:{error.span.line}:{error.span.column}: " if error.span is not None else ""
    _say(f"error: {where}{error.message}")
    if error.hint:
        _say(f"  = hint: {error.hint}")
    return error.exit_code


def _failed(error: Exception, *, debug: bool) -> int:
    """Typer's own errors show themselves; anything else is a defect of ours."""
    show, code = getattr(error, "show", None), getattr(error, "exit_code", None)
    if callable(show) and isinstance(code, int):  # the base of Typer's errors has no public name
        show()
        return code
    if debug:
        import traceback  # noqa: PLC0415 - only for a defect

        traceback.print_exception(error)
    _say(f"error: aimsctl has a defect ({type(error).__name__}). Nothing was changed.")
    _say("  = hint: run again with --debug and report what it prints, without confidential text")
    return BUG


def _say(text: str) -> None:
    from aimsctl.output.clean import one_line  # noqa: PLC0415 - only when something went wrong

    sys.stderr.write(one_line(text) + "\n")
