"""Floor 2: an artefact as its findings speak of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from aimsctl.diagnostics import Diagnostic, Rule, Span
from aimsctl.source.yaml import Pointer
from aimsctl.workspace import hints
from aimsctl.workspace.artefacts import Artefact
from aimsctl.workspace.kinds import Field, Kind

MOST_LISTED: Final = 16


@dataclass(frozen=True, slots=True)
class View:
    """An artefact, the words for it and its fields, and findings at their places in it."""

    artefact: Artefact
    kind: Kind | None

    @property
    def noun(self) -> str:
        """The kind with its article, as in a sentence."""
        title = self.kind.title if self.kind else "Register"
        name = title if title[1:2].isupper() else title[0].lower() + title[1:]
        return f"{'an' if name[0].lower() in 'aeio' else 'a'} {name}"

    def field(self, pointer: Pointer) -> Field | None:
        """What the kind says about the field at a pointer; None if it knows none."""
        return self.kind.fields.get(dotted(pointer)) if self.kind else None

    def value(self, pointer: Pointer) -> Any:
        """The value at a pointer that exists."""
        value: Any = self.artefact.data
        for step in pointer:
            value = value[step]
        return value

    def fields_in(self, pointer: Pointer) -> str:
        """The hint that names the fields of a group; of a whole artefact there are too many."""
        prefix = f"{dotted(pointer)}." if pointer else ""
        paths = self.kind.fields if self.kind else ()
        names = [path.removeprefix(prefix) for path in paths if path.startswith(prefix)]
        names = [name for name in names if "." not in name]
        return f"Its fields are {', '.join(names)}." if 0 < len(names) <= MOST_LISTED else ""

    def _tell(self, rule: Rule, span: Span, pointer: Pointer, message: str, hint: str) -> Diagnostic:
        message = message[:1].upper() + message[1:]
        subject = f"{self.artefact.id}:{hints.address(self.artefact.data, pointer)}" if self.artefact.id else ""
        return Diagnostic(rule, span, message, hint, subject=subject)

    def at_value(self, rule: Rule, pointer: Pointer, message: str, hint: str = "") -> Diagnostic:
        """A finding at a value."""
        return self._tell(rule, self.artefact.span(pointer), pointer, message, hint)

    def at_key(self, rule: Rule, pointer: Pointer, message: str, hint: str = "") -> Diagnostic:
        """A finding at the key of a field."""
        return self._tell(rule, self.artefact.span(pointer, key=True), pointer, message, hint)

    def at_holder(self, rule: Rule, pointer: Pointer, message: str, hint: str = "") -> Diagnostic:
        """A finding at the key of the group that lacks a field; of a row or a whole artefact, at its first key."""
        holder = pointer[:-1]
        if not holder or isinstance(holder[-1], int):
            group = self.artefact.own if self.artefact.pointer and not holder else self.value(holder)
            holder = (*holder, *list(group)[:1])
        return self._tell(rule, self.artefact.span(holder, key=True), pointer, message, hint)


def dotted(pointer: Pointer) -> str:
    """The path of the field at a pointer, rows left out."""
    return ".".join(step for step in pointer if isinstance(step, str))


def label(pointer: Pointer) -> str:
    """What a message calls the value at a pointer."""
    name = f"`{dotted(pointer)}`"
    return f"an entry of {name}" if pointer and isinstance(pointer[-1], int) else name
