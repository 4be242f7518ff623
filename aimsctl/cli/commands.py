"""The commands by name and the module each one lives in, which is imported only when the command is called."""

from __future__ import annotations

from typing import Final

COMMANDS: Final[dict[str, tuple[str, str]]] = {
    "init": ("aimsctl.cli.init", "Start a workspace, or copy the worked example."),
    "new": ("aimsctl.cli.new", "Write a new artefact as a commented draft."),
    "validate": ("aimsctl.cli.validate", "Check the artefacts, each finding at its line."),
    "gap": ("aimsctl.cli.gap", "Find the gaps against clauses 4 to 10 and Annex A."),
    "diff": ("aimsctl.cli.diff", "Say what changed between two states, in words."),
    "history": ("aimsctl.cli.history", "Show the revisions of an artefact."),
    "trend": ("aimsctl.cli.trend", "Show how readiness moved over the history."),
    "report": ("aimsctl.cli.report", "Write the readiness report as one page."),
    "render": ("aimsctl.cli.render", "Render the documents an auditor asks for."),
    "templates": ("aimsctl.cli.templates", "List or copy the templates of documents."),
    "explain": ("aimsctl.cli.explain", "Say what a requirement asks and how it is judged."),
    "list": ("aimsctl.cli.list", "List the artefacts of a kind."),
    "show": ("aimsctl.cli.show", "Show an artefact and what it is linked to."),
    "graph": ("aimsctl.cli.graph", "Draw how risks, controls and evidence hang together."),
    "todo": ("aimsctl.cli.todo", "List what is due, by whom."),
    "incident": ("aimsctl.cli.incident", "Show which controls ran for a time, version or output."),
    "decide": ("aimsctl.cli.decide", "Say whether a certificate is worth it, and why."),
    "crosswalk": ("aimsctl.cli.crosswalk", "Show what the AIMS shows of other frameworks."),
    "export": ("aimsctl.cli.export", "Write registers as a workbook or CSV."),
    "import": ("aimsctl.cli.import_", "Show what a spreadsheet would change; write it."),
    "approve": ("aimsctl.cli.approve", "Record that a text was approved."),
    "review": ("aimsctl.cli.approve", "Record that a text was looked at again."),
    "rules": ("aimsctl.cli.rules", "List every rule."),
    "rule": ("aimsctl.cli.rules", "Show the page of one rule."),
    "schema": ("aimsctl.cli.schema", "Print the JSON Schemas of the artefacts."),
    "evidence": ("aimsctl.cli.evidence", "Signed receipts that controls ran, in a ledger others can verify."),
    "config": ("aimsctl.cli.config", "Show the settings in force and their origin."),
}
"""Module and one line of help; each module has a function of the command's name (`import_` for `import`)."""

GROUPS: Final = frozenset({"evidence"})
"""Those whose function makes an application of commands below it, of which only the one that is called is loaded."""

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
