"""What changed between two states of a workspace, artefact by artefact, in words a governance lead uses.

`RISK-007: residual likelihood 2 → 4` instead of lines of text. Layout, comments and the order of fields are no change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from aimsctl.workspace.fingerprint import covered
from aimsctl.workspace.kinds import kind

if TYPE_CHECKING:
    from aimsctl.diagnostics import Span
    from aimsctl.workspace.artefacts import Artefact
    from aimsctl.workspace.workspace import Workspace

What = Literal["added", "changed", "retired", "removed"]
_KEYS: Final = ("id", "control", "date", "what", "name", "value", "due")
_SHOWN: Final = 60


@dataclass(frozen=True, slots=True)
class Change:
    """One artefact that differs: what happened to it, and each difference in words. `span` is where it stands now."""

    what: What
    kind: str
    id: str
    title: str
    details: tuple[str, ...]
    span: Span


def changes(before: Workspace, after: Workspace) -> list[Change]:
    """The artefacts that differ, by kind and id. Of an id that occurs twice the first artefact is compared."""
    old, new = before.by_id, after.by_id
    found = [_added(new[name]) for name in new.keys() - old.keys()]
    found += [_removed(old[name]) for name in old.keys() - new.keys()]
    for name in old.keys() & new.keys():
        change = _changed(before, after, old[name], new[name])
        if change is not None:
            found.append(change)
    return sorted(found, key=lambda change: (change.kind, change.id))


def _added(artefact: Artefact) -> Change:
    return Change("added", artefact.kind, artefact.id, artefact.title, (f"status {artefact.status}",), artefact.span())


def _removed(artefact: Artefact) -> Change:
    return Change("removed", artefact.kind, artefact.id, artefact.title, (), artefact.span())


def _changed(before: Workspace, after: Workspace, old: Artefact, new: Artefact) -> Change | None:
    details = list(differences(old.data, new.data))
    if before.text_of(old) != after.text_of(new):
        details.append("the text of its file changed")
    if not details:
        return None
    what: What = "retired" if new.status == "retired" and old.status != "retired" else "changed"
    return Change(what, new.kind, new.id, new.title, tuple(details), new.span())


def differences(old: Mapping[str, object], new: Mapping[str, object], prefix: str = "") -> Iterator[str]:
    """Each difference between two groups of fields, in words, in the order of the fields as they are now."""
    for name in dict.fromkeys([*new, *old]):
        label = f"{prefix}{name.replace('_', ' ')}"
        was, is_now = old.get(name), new.get(name)
        if was == is_now:
            continue
        if isinstance(was, Mapping) and isinstance(is_now, Mapping):
            yield from differences(was, is_now, f"{label} ")
        elif isinstance(was, list) and isinstance(is_now, list):
            yield from _lists(label, was, is_now)
        else:
            yield _value(label, was, is_now)


def covered_differences(old: Artefact, new: Artefact, part: str) -> Iterator[str]:
    """The differences in what the approval in the field `part` covers, in words."""
    yield from differences(covered(old, part), covered(new, part))


def _value(label: str, was: object, is_now: object) -> str:
    if was is None:
        return f"{label} set" if _long(is_now) else f"{label} set to {_shown(is_now)}"
    if is_now is None:
        return f"{label} taken away" if _long(was) else f"{label} taken away (was {_shown(was)})"
    if _long(was) or _long(is_now):
        return f"{label} reworded"
    return f"{label} {_shown(was)} → {_shown(is_now)}"


def _long(value: object) -> bool:
    return isinstance(value, list | Mapping) or (isinstance(value, str) and len(value) > _SHOWN)


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return " ".join(str(value).split())


def _lists(label: str, was: list[object], is_now: list[object]) -> Iterator[str]:
    if all(isinstance(one, Mapping) for one in (*was, *is_now)):
        yield from _rows(label, was, is_now)
        return
    gone = [_shown(one) for one in was if one not in is_now]
    come = [_shown(one) for one in is_now if one not in was]
    if come:
        yield f"{label} now with {', '.join(come)}"
    if gone:
        yield f"{label} without {', '.join(gone)}"
    if not come and not gone:
        yield f"{label} in another order"


def _rows(label: str, was: list[object], is_now: list[object]) -> Iterator[str]:
    """Rows are compared by what names them: an id, a date, or what is to be done."""
    old, new = _named(was), _named(is_now)
    for name in new:
        if name not in old:
            yield f"{label} now with {name}"
        else:
            yield from differences(old[name], new[name], f"{label} {name}: ")
    for name in old:
        if name not in new:
            yield f"{label} without {name}"


def _named(rows: list[object]) -> dict[str, Mapping[str, object]]:
    named: dict[str, Mapping[str, object]] = {}
    for position, row in enumerate(rows, start=1):
        if isinstance(row, Mapping):
            key = next((row[name] for name in _KEYS if isinstance(row.get(name), str | int)), position)
            name = _shown(key)[:_SHOWN]
            named[name if name not in named else f"{name} ({position})"] = row
    return named


def kind_title(name: str) -> str:
    """The title of a kind for headings; the name itself where there is none."""
    known = kind(name)
    return name if known is None else known.title
