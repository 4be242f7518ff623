"""The control that a receipt names, as its artefact stands in the workspace when it runs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, TypeAlias

from aimsctl.errors import AimsError
from aimsctl.source import plain
from aimsctl.source.files import FileRefusedError, Tree, WorkTree

ControlRef: TypeAlias = Mapping[str, Any]
_KIND: Final = "control"
_PLAIN: Final = frozenset({"kind", "id", "fulfils"})


class ControlError(AimsError):
    """The workspace has no such control, or more than one, so a receipt could not say which one ran."""

    exit_code = 3


class Controls:
    """The controls of a workspace by id. Each is read once: an execution is held to the text it started under."""

    def __init__(self, tree: Tree, folder: str) -> None:
        self._tree = tree
        self._folder = folder
        self._known: dict[str, ControlRef] = {}

    @classmethod
    def of(cls, root: Path) -> Controls:
        """Those of the workspace whose aimsctl.yaml lies in that folder. Raises ConfigError."""
        from aimsctl.source.config import load  # noqa: PLC0415 - reads YAML, which a caller may have spared

        tree = WorkTree(root)
        return cls(tree, load(tree)[0].policies)

    def __call__(self, identifier: str) -> ControlRef:
        """Id, Annex A controls, path and digest (SHA-256 of the file). Raises ControlError."""
        found = self._known.get(identifier)
        if found is None:
            self._known[identifier] = found = self._find(identifier)
        return found

    def _find(self, identifier: str) -> ControlRef:
        found = list(self._named(identifier))
        if len(found) != 1:
            places = " and ".join(str(one["path"]) for one in found)
            said = f"is in {places}" if found else f"does not exist below {self._folder}/"
            raise ControlError(
                f"the control {identifier} {said}; a receipt has to say which text was in force",
                hint="" if found else "`aimsctl new control` writes one",
            )
        return found[0]

    def _named(self, identifier: str) -> Iterator[ControlRef]:
        sought = identifier.encode()
        for path in self._tree.listing(self._folder).files:
            try:
                content = self._tree.read(path)
            except FileRefusedError:
                continue
            if sought not in content:
                continue
            for artefact in _read(path, content):
                if artefact.get("kind") == _KIND and artefact.get("id") == identifier:
                    yield _reference(identifier, artefact, path, content)


def _read(path: str, content: bytes) -> Iterator[Mapping[str, Any]]:
    """The artefacts in a file, without YAML where the file is plain enough."""
    top = plain.top(content)
    if top is not None and top.get("kind", "register") != "register" and None not in map(top.get, _PLAIN & top.keys()):
        yield {name: list(value) if isinstance(value, tuple) else value for name, value in top.items()}
        return
    from aimsctl.source.yaml import read  # noqa: PLC0415 - only where it is needed

    yield from _artefacts(read(path, content).data)


def _artefacts(data: Mapping[str, Any] | None) -> Iterator[Mapping[str, Any]]:
    """The artefact in a file, or the items of a register with what they inherit."""
    if data is None:
        return
    if data.get("kind") != "register":
        yield data
        return
    items, defaults = data.get("items"), data.get("defaults")
    inherited = {"kind": data.get("of"), **(defaults if isinstance(defaults, dict) else {})}
    for item in items if isinstance(items, list) else ():
        if isinstance(item, dict):
            yield {**inherited, **item}


def _reference(identifier: str, artefact: Mapping[str, Any], path: str, content: bytes) -> ControlRef:
    fulfils = artefact.get("fulfils")
    annex = (
        [one for one in fulfils if isinstance(one, str) and one.startswith("A.")] if isinstance(fulfils, list) else []
    )
    reference: dict[str, Any] = {"id": identifier}
    if annex:
        reference["annexA"] = annex
    return {**reference, "path": path, "digest": {"sha256": hashlib.sha256(content).hexdigest()}}
