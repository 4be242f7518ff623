"""Options that several commands share, spelled once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Formats = Annotated[
    list[str] | None,
    typer.Option(
        "--format", metavar="NAME[:FILE]", help="text, concise, json, sarif, github, gitlab, junit, markdown."
    ),
]
AsOf = Annotated[
    str | None, typer.Option("--as-of", metavar="DATE", help="Judge as of the end of that day; else today.")
]
PolicyFrom = Annotated[
    str | None,
    typer.Option("--policy-from", metavar="REV|DIR", help="Take configuration, rules and waivers from this state."),
]
Rev = Annotated[str | None, typer.Option("--rev", metavar="REV", help="Read the artefacts from this commit.")]
Staged = Annotated[bool, typer.Option("--staged", help="Read the artefacts as they are staged for the next commit.")]
History = Annotated[
    bool, typer.Option("--history", help="Read in git who wrote and who approved what, and what was issued anew.")
]
TrustOption = Annotated[
    Path | None, typer.Option("--trust", metavar="FILE", help="Your own trust.yaml, instead of the workspace's.")
]
OpenpgpKeyring = Annotated[
    Path | None,
    typer.Option(
        "--openpgp-keyring",
        metavar="FILE",
        help="Check OpenPGP signatures too, by gpgv, with this `gpg --export` of keys that the allowed signers name.",
    ),
]
AllowedSigners = Annotated[
    Path | None,
    typer.Option(
        "--allowed-signers",
        metavar="FILE",
        help="Check the signatures of approvals against these keys (ssh-keygen's form).",
    ),
]
LedgersOption = Annotated[
    list[Path] | None, typer.Option("--ledger", metavar="DIR", help="A ledger; else all of the workspace. Repeatable.")
]
