"""The commands by name and the module each one lives in; a module is imported only when its command is called."""

from __future__ import annotations

from typing import Final

COMMANDS: Final[dict[str, str]] = {
    "validate": "aimsctl.cli.validate",
    "gap": "aimsctl.cli.gap",
    "explain": "aimsctl.cli.explain",
    "rules": "aimsctl.cli.rules",
    "rule": "aimsctl.cli.rules",
    "schema": "aimsctl.cli.schema",
    "config": "aimsctl.cli.config",
}
"""Each module has a function named after its command."""

GLOBAL_FLAGS: Final = frozenset({"-q", "--quiet", "--exit-zero", "--debug", "--version"})
GLOBAL_VALUES: Final = frozenset({"-C", "--root", "--color"})


def hoisted(arguments: list[str]) -> list[str]:
    """The arguments with the global options first, so that they may stand before or after the command's name."""
    first: list[str] = []
    rest: list[str] = []
    position = 0
    while position < len(arguments):
        word = arguments[position]
        if word == "--":
            return [*first, *rest, *arguments[position:]]
        if word in GLOBAL_VALUES:
            first += arguments[position : position + 2]
            position += 1
        elif word in GLOBAL_FLAGS or word.startswith(("--root=", "--color=")):
            first.append(word)
        else:
            rest.append(word)
        position += 1
    return [*first, *rest]


def named_command(arguments: list[str]) -> str | None:
    """The command that hoisted arguments call; None where there is none of that name, or help is asked for."""
    position = 0
    while position < len(arguments) and arguments[position].startswith("-"):
        position += 2 if arguments[position] in GLOBAL_VALUES else 1
    word = arguments[position] if position < len(arguments) else ""
    return word if word in COMMANDS else None
