"""Rules about contents (AIM2): what is required has to be an answer, not a placeholder."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Final

from aimsctl.assessment.filled import is_placeholder
from aimsctl.assessment.rules.base import found, rule, values
from aimsctl.diagnostics import Diagnostic, Rule, Severity
from aimsctl.standard import placeholders
from aimsctl.workspace.hints import shown
from aimsctl.workspace.kinds import kind

if TYPE_CHECKING:
    from datetime import date

    from aimsctl.source.yaml import Document, Pointer
    from aimsctl.workspace.artefacts import Artefact
    from aimsctl.workspace.workspace import Workspace

PLACEHOLDER: Final = Rule(
    code="AIM201",
    name="placeholder-in-required-field",
    severity=Severity.ERROR,
    summary="A field that is required holds placeholder text.",
    why="`TBD` is not an answer. From in_review on others rely on the field, so a placeholder counts as missing.",
    fix="Write the answer, or set the status back to draft.",
    requirements=("7.5.1", "7.5.2"),
)

_LONGEST: Final = 40  # a placeholder word with what may stand around it; a longer text can only hold a mark
_Path = tuple[str, tuple[str, ...]]


@rule(PLACEHOLDER)
def placeholder(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """A finding for each required text that is a placeholder, in artefacts that are no drafts."""
    marked: dict[int, bool] = {}
    for artefact in workspace.artefacts:
        if not artefact.valid or artefact.status == "draft":
            continue
        document = artefact.document
        if id(document) not in marked:
            marked[id(document)] = _may_hold_mark(document)
        paths = _required(artefact.kind, approved=artefact.status == "approved")
        for at, value in _suspects(artefact, paths, marked=marked[id(document)]):
            if is_placeholder(value):
                name = ".".join(step for step in at if isinstance(step, str))
                what = next((mark for mark in placeholders().marks if mark in value), value.strip(" ."))
                yield found(PLACEHOLDER, artefact, at, f"`{name}` is required, but holds {shown(what)}.")


def _suspects(artefact: Artefact, paths: tuple[_Path, ...], *, marked: bool) -> Iterator[tuple[Pointer, str]]:
    """The texts at these paths that can be a placeholder: the short ones, all of them in a file that holds a mark."""
    data, longest = artefact.data, sys.maxsize if marked else _LONGEST
    for first, rest in paths:
        value = data.get(first)
        if value.__class__ is str:
            if len(value) <= longest:
                yield (first,), value
        elif value is not None:
            for at, text in values(value, rest, (first,)):
                if len(text) <= longest:
                    yield at, text


@cache
def _required(name: str, *, approved: bool) -> tuple[_Path, ...]:
    """The texts that the schema of a kind asks for: the first name of the path, and the rest."""
    known = kind(name)
    levels = ("always", "approved") if approved else ("always",)
    fields = (field for field in known.fields.values() if field.level in levels) if known is not None else ()
    paths = (field.path.split(".") for field in fields if field.type in ("string", "text"))
    return tuple((first, tuple(rest)) for first, *rest in paths)


def _may_hold_mark(document: Document) -> bool:
    """Whether a placeholder mark can stand in a file; where a text escapes characters, it always can."""
    text = document.text
    return "\\" in text or any(mark in text for mark in _marks())


@cache
def _marks() -> tuple[str, ...]:
    """The first word of each mark: the others may stand on the next line."""
    return tuple(mark.split()[0] for mark in placeholders().marks)
