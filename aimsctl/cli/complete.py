"""What the shell offers while somebody types: kinds, ids of artefacts, clauses and controls, roles.

A completion never fails and never prints: where there is no workspace, or it cannot be read, nothing is offered.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aimsctl.cli.session import Session, place
from aimsctl.errors import AimsError
from aimsctl.output.clean import one_line
from aimsctl.workspace.kinds import kind_names
from aimsctl.workspace.workspace import Workspace, load

if TYPE_CHECKING:
    import typer


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


def roles(context: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """The ids of roles that begin so."""
    return list(_ids(context, incomplete, "role"))


def _ids(context: Any, incomplete: str, kind: str = "") -> Iterator[tuple[str, str]]:
    workspace = _workspace(context)
    if workspace is None:
        return
    for identifier, artefact in sorted(workspace.by_id.items()):
        fits = identifier.startswith(incomplete.upper()) and (not kind or artefact.kind == kind)
        if fits and identifier.isprintable():
            yield identifier, one_line(artefact.title)


def _workspace(context: typer.Context) -> Workspace | None:
    root = context.find_root().params.get("root")
    try:
        here = place(Session(Path(root) if root else None))
        return load(here.tree, here.config)
    except (AimsError, OSError):
        return None
