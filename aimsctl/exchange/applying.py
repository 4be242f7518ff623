"""A plan as changed and new files: one line a changed field, and one register for what is new of a kind."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final

from aimsctl.authoring.starter import SCHEMA_PATH, folder_of
from aimsctl.authoring.values import Change, as_read, rewritten
from aimsctl.authoring.writing import file_text
from aimsctl.errors import RenderError
from aimsctl.exchange.pending import put
from aimsctl.source import yaml
from aimsctl.workspace.kinds import Kind, kind

if TYPE_CHECKING:
    from aimsctl.exchange.plan import Plan, Row
    from aimsctl.source.files import Tree
    from aimsctl.workspace.artefacts import Artefact

Files = dict[str, bytes]
_LARGEST: Final = 250_000  # signs of a new register; a file may have a million bytes, and a sign up to four


def applied(plan: Plan, tree: Tree, policies: str, exists: Callable[[str], bool]) -> Files:
    """The files, by path, that the plan changes or makes. Raises RenderError if one cannot be edited safely."""
    changed: dict[str, list[tuple[Artefact, list[Row]]]] = {}
    for rows in _by_artefact([*plan.of("change"), *(row for row in plan.of("create") if row.artefact is not None)]):
        artefact = rows[0].artefact
        if artefact is not None:
            changed.setdefault(artefact.document.path, []).append((artefact, rows))
    files: Files = {}
    for path, artefacts in sorted(changed.items()):
        changes = [change for artefact, rows in artefacts for change in _changes(artefact, rows)]
        files[path] = rewritten(tree.read(path), path, changes)
    for path, text, data in _created(plan, policies, exists):
        if yaml.read(path, text.encode()).data != as_read(data):
            raise RenderError(f"{plan.source.name} holds text that cannot be written as YAML")
        files[path] = text.encode()
    return files


def _by_artefact(rows: list[Row]) -> list[list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.id, []).append(row)
    return list(found.values())


def _changes(artefact: Artefact, rows: list[Row]) -> Iterator[Change]:
    """What changes in one artefact: its own fields, those of entries that are there, and the entries that are new."""
    known = kind(artefact.kind)
    if known is None:
        raise RenderError(f"there is no kind {artefact.kind}")
    new: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        if not row.rows:
            yield from _fields(artefact, (), known, "", row)
        elif row.entry is not None:
            yield from _fields(artefact, (row.rows, row.entry), known, f"{row.rows}.", row)
        else:
            new.setdefault(row.rows, []).append(ordered(known, row, f"{row.rows}."))
    for name, entries in new.items():
        there = artefact.data.get(name)
        if isinstance(there, list) and there and (not artefact.pointer or name in artefact.own):
            for number, entry in enumerate(entries, start=len(there)):
                yield Change((*artefact.pointer, name, number), entry)
        else:
            whole = [*(there if isinstance(there, list) else []), *entries]
            yield Change((*artefact.pointer, name), whole, _before(known, "", name))


def _fields(artefact: Artefact, at: tuple[str | int, ...], known: Kind, prefix: str, row: Row) -> Iterator[Change]:
    own: Any = artefact.own if artefact.pointer and not at else artefact.data
    for step in at:
        own = own[step]
    groups: dict[str, dict[str, Any]] = {}
    for change in row.changes:
        first, _, last = change.field.partition(".")
        if not last:
            yield Change((*artefact.pointer, *at, first), change.value, _before(known, prefix, first))
        elif isinstance(own.get(first), dict):
            behind = _before(known, f"{prefix}{first}.", last)
            yield Change((*artefact.pointer, *at, first, last), change.value, behind)
        else:
            inherited = artefact.data.get(first) if not at else None
            group = groups.setdefault(first, dict(inherited) if isinstance(inherited, dict) else {})
            put(group, last, change.value)
    for first, group in groups.items():
        yield Change((*artefact.pointer, *at, first), group, _before(known, prefix, first))


def _before(known: Kind, prefix: str, name: str) -> tuple[str, ...]:
    """The fields of the same group that come before this one in the schema."""
    names = [path.removeprefix(prefix) for path in known.fields if path.startswith(prefix)]
    names = [one for one in names if "." not in one]
    return tuple(names[: names.index(name)]) if name in names else ()


def ordered(known: Kind, row: Row, prefix: str = "") -> dict[str, Any]:
    """The fields of a new artefact or entry in the order of the schema."""
    said = {change.field: change.value for change in row.changes}
    data: dict[str, Any] = {}
    for path in known.fields:
        name = path.removeprefix(prefix)
        if path.startswith(prefix) and name in said:
            put(data, name, said[name])
    return data


def _created(plan: Plan, policies: str, exists: Callable[[str], bool]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The new files: path, text, and the data that the text has to read back as."""
    rows = [row for row in plan.of("create") if row.artefact is None]
    remark = f"Imported from {plan.source.name}: drafts, until somebody has looked at each."
    taken: set[str] = set()
    for name in dict.fromkeys(row.kind for row in rows):
        known = kind(name)
        if known is None:
            continue
        stem = re.sub(r"[^a-z0-9]+", "-", plan.source.name.rpartition(".")[0].casefold()).strip("-")[:60] or name
        folder = f"{policies}{folder_of(known).removeprefix('policies')}"
        for data in _documents(known, [row for row in rows if row.kind == name]):
            path = _free(f"{folder}/{name if stem == name else f'{name}-{stem}'}", exists, taken)
            yield path, file_text(data, remark, "../" * path.count("/") + SCHEMA_PATH), data


def _documents(known: Kind, rows: list[Row]) -> Iterator[dict[str, Any]]:
    """One statement of applicability, or registers of which none is larger than a file may be."""
    if rows[0].rows:
        entries = [ordered(known, row, f"{row.rows}.") for row in rows]
        title = "Statement of applicability"
        yield {"kind": known.name, "id": rows[0].id, "title": title, "status": "draft", rows[0].rows: entries}
        return
    items: list[dict[str, Any]] = []
    size = 0
    for item in (_item(known, row) for row in rows):
        size += len(str(item))
        if items and size > _LARGEST:
            yield {"kind": "register", "of": known.name, "items": items}
            items, size = [], len(str(item))
        items.append(item)
    yield {"kind": "register", "of": known.name, "items": items}


def _item(known: Kind, row: Row) -> dict[str, Any]:
    data = ordered(known, row)
    status = data.pop("status", "draft")
    title = data.pop("title", row.title)
    return {"id": row.id, "title": title, "status": status, **data}


def _free(stem: str, exists: Callable[[str], bool], taken: set[str]) -> str:
    number = 1
    while (path := f"{stem}.yaml" if number == 1 else f"{stem}-{number}.yaml") in taken or exists(path):
        number += 1
    taken.add(path)
    return path
