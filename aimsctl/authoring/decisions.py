"""Approving and reviewing: the two decisions that people record again and again, as edits of their own lines."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from aimsctl.authoring.edit import Setting, changed
from aimsctl.errors import UsageError
from aimsctl.source import yaml
from aimsctl.workspace.artefacts import Artefact, load_artefacts
from aimsctl.workspace.explain import explain
from aimsctl.workspace.fingerprint import fingerprint
from aimsctl.workspace.hints import closest, did_you_mean
from aimsctl.workspace.schema import check

if TYPE_CHECKING:
    from datetime import date

    from aimsctl.workspace.workspace import Workspace

DEFAULT_INTERVAL: Final = "P1Y"
Files = dict[str, bytes]


def approve(workspace: Workspace, ids: Iterable[str], by: str, day: date) -> Files:
    """The changed files, by path, in which each artefact is approved by that role or person on that day.

    The approval keeps the fingerprint of the text it is about. Raises UsageError for an unknown id or approver, and for
    an artefact that is not complete enough to be approved; then nothing is changed.
    """
    approver = _found(workspace, by)
    if approver.kind not in ("role", "person"):
        raise UsageError(f"{by} is no role and no person", hint="name who decides: --by ROLE-CEO")
    files: Files = {}
    for name in ids:
        artefact = _found(workspace, name)
        settings = [_setting(artefact, "status", "approved")] if artefact.data.get("status") != "approved" else []
        settings += [_setting(artefact, "approval.by", by), _setting(artefact, "approval.date", day.isoformat())]
        settings.append(_setting(artefact, "approval.fingerprint", fingerprint(artefact, workspace)))
        _apply(workspace, files, artefact, settings)
    return files


def review(workspace: Workspace, ids: Iterable[str], day: date) -> Files:
    """The changed files, by path, in which each artefact was last reviewed on that day; yearly if no rhythm is set."""
    files: Files = {}
    for name in ids:
        artefact = _found(workspace, name)
        settings = [_setting(artefact, "review.last", day.isoformat())]
        every = artefact.get("review.every")
        if every is None or (artefact.own and "review" not in artefact.own):  # a group of its own hides the register's
            settings.append(_setting(artefact, "review.every", str(every or DEFAULT_INTERVAL)))
        _apply(workspace, files, artefact, settings)
    return files


def _found(workspace: Workspace, name: str) -> Artefact:
    artefact = workspace.by_id.get(name)
    if artefact is None:
        raise UsageError(f"there is no artefact {name}", hint=did_you_mean(closest(name, workspace.by_id)))
    return artefact


def _setting(artefact: Artefact, field: str, value: str) -> Setting:
    after = "status" if "status" in (artefact.own or artefact.data) else "title"
    if field.startswith("approval.") and isinstance(artefact.data.get("approval"), dict):
        after = "date"
    return Setting((*artefact.pointer, *field.split(".")), value, after)


def _apply(workspace: Workspace, files: Files, artefact: Artefact, settings: list[Setting]) -> None:
    path = artefact.document.path
    content = files.get(path) or workspace.tree.read(path)
    files[path] = changed(content, path, settings)
    again = load_artefacts(yaml.read(path, files[path]))
    now = next(one for one in again if one.id == artefact.id)
    if not check(now):
        first = explain(now)[0]
        raise UsageError(
            f"{artefact.id} cannot be recorded like this: {first.message}", hint=first.hint, span=first.span
        )
