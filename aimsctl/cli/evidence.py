"""`aimsctl evidence`: the commands about receipts and the ledger, each loaded when it is called."""

from __future__ import annotations

import importlib
from typing import Final

import typer

SUBCOMMANDS: Final[dict[str, tuple[str, str]]] = {
    "init": ("aimsctl.cli.evidence_init", "Start a ledger and the file of trusted keys."),
    "key new": ("aimsctl.cli.evidence_key", "Make a key; the private half stays outside the repository."),
    "key add": ("aimsctl.cli.evidence_key", "Trust a public key, and say what it may attest."),
    "key revoke": ("aimsctl.cli.evidence_key", "Trust a key no longer, from a place in the ledger on."),
    "key list": ("aimsctl.cli.evidence_key", "List the trusted keys and what each may attest."),
    "record": ("aimsctl.cli.evidence_record", "Leave a signed receipt that a control ran."),
    "run": ("aimsctl.cli.evidence_run", "Run a command that is a control, and record how it ended."),
    "import": ("aimsctl.cli.evidence_import", "Make receipts of the files of other tools."),
    "seal": ("aimsctl.cli.evidence_seal", "Give what was recorded its place in the tree, and sign the root."),
    "verify": ("aimsctl.cli.evidence_verify", "Verify a ledger, a bundle or a proof, offline."),
    "query": ("aimsctl.cli.evidence_query", "Find receipts, each verified from its ledger."),
    "export": ("aimsctl.cli.evidence_export", "Hand receipts on, so that others can verify them without this tool."),
    "checkpoint": ("aimsctl.cli.evidence_witness", "Print a checkpoint, or add a witness's signature to it."),
    "witness": ("aimsctl.cli.evidence_witness", "Cosign the checkpoint of somebody else's ledger."),
}
"""Module and one line of help; each module has a function named after the command's last word, with `_` after it where
Python has the word already."""

_GROUPS: Final = {"key": "Keys: who may attest what."}


def evidence(arguments: list[str]) -> typer.Typer:
    """The application with the one command that is called, or with all of them for help and for misspelt names."""
    words = [word for word in arguments if not word.startswith("-")]
    called = next((name for name in (" ".join(words[:2]), " ".join(words[:1])) if name in SUBCOMMANDS), None)
    app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
    groups: dict[str, typer.Typer] = {}
    for name, (module, line) in SUBCOMMANDS.items():
        if called not in (None, name):
            continue
        group, _, word = name.rpartition(" ")
        parent = app
        if group:
            if group not in groups:
                groups[group] = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
                app.add_typer(groups[group], name=group, help=_GROUPS[group])
            parent = groups[group]
        found = importlib.import_module(module)
        parent.command(word, short_help=line)(getattr(found, f"{word}_", None) or getattr(found, word))
    return app
