"""What the shell offers while somebody types: kinds, ids of artefacts, clauses and controls, roles.

A completion never fails and never prints: where there is no workspace, or it cannot be read, nothing is offered.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import typer  # noqa: TC002 - it asks what the arguments are annotated with, at run time

from aimsctl.cli.session import Session, place
from aimsctl.errors import AimsError
from aimsctl.workspace.kinds import kind_names
from aimsctl.workspace.workspace import Workspace, load

# Shells evaluate what completion prints, and artefacts come from anybody: only letters, digits and calm marks get out.
_PLAIN_ID: Final = re.compile(r"[A-Z0-9-]+")
_LIVELY: Final = re.compile(r"[^\w ,.-]")


def kinds(incomplete: str) -> list[str]:
    """The kinds that begin so."""
    return [name for name in kind_names() if name.startswith(incomplete)]


def ids(context: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """The ids that begin so, each with its title."""
    return list(_ids(context, incomplete))


def ids_and_controls(context: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """The ids of artefacts and of the controls of Annex A that begin so."""
    from aimsctl.standard import catalogue  # noqa: PLC0415 - only when somebody completes a control

    controls = (one for one in catalogue().requirements if one.type == "control")
    found = [(one.id, one.title) for one in controls if one.id.startswith(incomplete.upper())]
    return [*_ids(context, incomplete), *found]


def systems(context: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """The ids of AI systems that begin so."""
    return list(_ids(context, incomplete, "ai-system"))


def cases(context: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """The ids of certification cases that begin so."""
    return list(_ids(context, incomplete, "certification-case"))


def roles(context: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """The ids of roles that begin so."""
    return list(_ids(context, incomplete, "role"))


def _ids(context: Any, incomplete: str, kind: str = "") -> Iterator[tuple[str, str]]:
    workspace = _workspace(context)
    if workspace is None:
        return
    for identifier, artefact in sorted(workspace.by_id.items()):
        fits = identifier.startswith(incomplete.upper()) and (not kind or artefact.kind == kind)
        if fits and _PLAIN_ID.fullmatch(identifier):
            yield identifier, " ".join(_LIVELY.sub(" ", artefact.title).split())


def _workspace(context: typer.Context) -> Workspace | None:
    root = context.find_root().params.get("root")
    try:
        here = place(Session(Path(root) if root else None))
        return load(here.tree, here.config)
    except (AimsError, OSError):
        return None
