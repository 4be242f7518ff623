"""Floor 2: what one file of a workspace holds: its document, its artefacts, and what is wrong with them.

It follows from the file's path and bytes alone, so a file that is the same in several states is read once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from aimsctl.diagnostics import Diagnostic, Span
from aimsctl.source import yaml
from aimsctl.source.yaml import Document
from aimsctl.workspace import rules
from aimsctl.workspace.artefacts import Artefact, load_artefacts
from aimsctl.workspace.hints import closest, did_you_mean, shown
from aimsctl.workspace.kinds import REGISTER, kind_names
from aimsctl.workspace.schema import check

UNKNOWN_KIND: Final = "*"
MOST_EXPLAINED: Final = 100  # items of one register
_NAMES_KIND: Final = re.compile(rb"^[\"']?(kind|of)[\"']?[ \t]*:[ \t]*[\"']?([a-z][a-z-]*)", re.MULTILINE)


@dataclass(slots=True, eq=False)
class Contents:
    """What was read of a file. `broken` names the kind, or `*`, and the place of everything that cannot be used."""

    document: Document
    artefacts: list[Artefact] = field(default_factory=list)
    findings: list[Diagnostic] = field(default_factory=list)
    broken: list[tuple[str, Span]] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Known:
    """What was read so far, by path and bytes, and by path and object id where git keeps the bytes."""

    _by_bytes: dict[tuple[str, bytes], Contents] = field(default_factory=dict)
    _by_id: dict[tuple[str, str], Contents] = field(default_factory=dict)

    def contents(self, path: str, identifier: str, read: Callable[[], bytes]) -> Contents:
        """What a file holds. Bytes whose id is known are not fetched again, and bytes that are known not parsed."""
        found = self._by_id.get((path, identifier))
        if found is None:
            content = read()
            found = self._by_bytes.get((path, content))
            if found is None:
                found = self._by_bytes[path, content] = read_contents(path, content)
            if identifier:
                self._by_id[path, identifier] = found
        return found


def read_contents(path: str, content: bytes) -> Contents:
    """The artefacts of a file, checked against their schemas. Raises nothing for what it holds."""
    document = yaml.read(path, content)
    contents = Contents(document, findings=list(document.problems))
    if document.data is None:
        contents.broken.append((_kind_in(content), Span(path)))
    elif _kind_known(contents) and _register_fits(contents):
        _check(contents)
    return contents


def _check(contents: Contents) -> None:
    contents.artefacts = load_artefacts(contents.document)
    refused = [artefact for artefact in contents.artefacts if not check(artefact)]
    contents.broken += ((artefact.kind, artefact.span()) for artefact in refused)
    for artefact in refused[:MOST_EXPLAINED]:
        contents.findings += _explained(artefact)
    if len(refused) > MOST_EXPLAINED:
        said = f"{len(refused) - MOST_EXPLAINED} more items of this register do not fit their schema."
        at = refused[MOST_EXPLAINED].span()
        contents.findings.append(Diagnostic(rules.REFUSED, at, said, "Correct those above first."))


def _explained(artefact: Artefact) -> Iterator[Diagnostic]:
    from aimsctl.workspace.explain import explain  # noqa: PLC0415 - only what a schema refused is explained

    yield from explain(artefact)


def _kind_known(contents: Contents) -> bool:
    document = contents.document
    named = (document.data or {}).get("kind")
    if named in kind_names() or named == REGISTER:
        return True
    contents.broken.append((UNKNOWN_KIND, document.span()))
    if named is None:
        said = "The file does not say what it is: `kind` is missing."
        hint = "Add a line such as `kind: policy`; `aimsctl schema` lists the kinds."
        contents.findings.append(Diagnostic(rules.NO_KIND, document.span(key=True), said, hint))
    else:
        contents.findings.append(_unknown_kind(document, "kind", named))
    return False


def _unknown_kind(document: Document, at: str, named: object) -> Diagnostic:
    near = closest(named, (*kind_names(), REGISTER))
    hint = did_you_mean(near) if near else "`aimsctl schema` lists the kinds."
    return Diagnostic(rules.UNKNOWN_KIND, document.span((at,)), f"There is no kind {shown(named)}.", hint)


def _register_fits(contents: Contents) -> bool:
    """Whether the file is no register, or a register of a known kind that has the form of one."""
    document = contents.document
    data = document.data or {}
    if data.get("kind") != REGISTER:
        return True
    of = data.get("of")
    if isinstance(of, str) and of not in kind_names():
        contents.findings.append(_unknown_kind(document, "of", of))
        contents.broken.append((UNKNOWN_KIND, document.span()))
        return False
    form = Artefact(REGISTER, "", data, document)
    if check(form):
        return True
    contents.broken.append((of if isinstance(of, str) else UNKNOWN_KIND, document.span()))
    contents.findings += _explained(form)
    return isinstance(of, str) and isinstance(data.get("items"), list)


def _kind_in(content: bytes) -> str:
    """The kind that an unreadable file seems to hold, so that only what selects it becomes unknown."""
    named = {match[1]: match[2].decode("ascii") for match in _NAMES_KIND.finditer(content)}
    kind = named.get(b"kind", "")
    if kind == REGISTER:
        kind = named.get(b"of", "")
    return kind if kind in kind_names() else UNKNOWN_KIND
