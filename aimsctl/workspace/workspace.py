"""Floor 2: all artefacts of one AI management system, loaded, checked against their schemas and joined by their links.

A workspace is the one argument that rules and gap analysis take. Nothing here stops at the first bad file: what cannot
be used is told, and remembered as broken, so that no judgement can mistake it for something that is not there.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from aimsctl.diagnostics import Diagnostic, Span
from aimsctl.source.config import Config
from aimsctl.source.files import FileRefusedError, Listing, Tree
from aimsctl.source.yaml import Document
from aimsctl.workspace import rules
from aimsctl.workspace.artefacts import Artefact
from aimsctl.workspace.contents import UNKNOWN_KIND, Known
from aimsctl.workspace.links import Link, links_by_target, links_from

WAIVER: Final = "waiver"
MARKDOWN_LIMIT: Final = 2_000_000  # bytes of a policy or document


@dataclass(eq=False)
class Workspace:
    """Everything that was loaded, in the order of the paths.

    `findings` are those of reading and of the schemas. `broken` gives, for each kind, the places of files and artefacts
    of that kind that could not be used; under `*`, those of files whose kind cannot be told. `policy` is the tree that
    rules and waivers come from, where it is another one.
    """

    config: Config
    tree: Tree
    documents: tuple[Document, ...]
    artefacts: tuple[Artefact, ...]
    findings: tuple[Diagnostic, ...]
    broken: Mapping[str, tuple[Span, ...]]
    not_checked: tuple[tuple[str, str], ...]
    policy: Tree | None = None
    _texts: dict[str, bytes | None] = field(default_factory=dict)

    @cached_property
    def checked(self) -> tuple[str, ...]:
        """The paths of the files that were read, those with errors included."""
        unread = {path for path, _ in self.not_checked}
        return tuple(document.path for document in self.documents if document.path not in unread)

    @cached_property
    def by_id(self) -> Mapping[str, Artefact]:
        """The artefacts by id, those that miss their schema too; of several with one id, the first."""
        found: dict[str, Artefact] = {}
        for artefact in self.artefacts:
            found.setdefault(artefact.id, artefact)
        return found

    @cached_property
    def _by_kind(self) -> Mapping[str, tuple[Artefact, ...]]:
        found: dict[str, list[Artefact]] = {}
        for artefact in self.artefacts:
            if artefact.valid:
                found.setdefault(artefact.kind, []).append(artefact)
        return {name: tuple(artefacts) for name, artefacts in found.items()}

    def of(self, kind: str) -> tuple[Artefact, ...]:
        """The artefacts of that kind that satisfy its schema."""
        return self._by_kind.get(kind, ())

    @cached_property
    def links(self) -> Mapping[str, tuple[Link, ...]]:
        """The links of valid artefacts by the id they point to."""
        return links_by_target(artefact for artefact in self.artefacts if artefact.valid)

    def links_to(self, target: str) -> tuple[Link, ...]:
        """The links of valid artefacts that point to this id."""
        return self.links.get(target, ())

    def links_from(self, artefact: Artefact) -> Iterator[Link]:
        """The links that an artefact holds."""
        return links_from(artefact)

    def text_path(self, artefact: Artefact) -> str | None:
        """The path of the Markdown file that the artefact names, as it lies beside the artefact's own file."""
        named = artefact.data.get("file")
        if not isinstance(named, str):
            return None
        return posixpath.normpath(posixpath.join(posixpath.dirname(artefact.document.path), named))

    def text_of(self, artefact: Artefact) -> bytes | None:
        """The bytes of the Markdown file that the artefact names; None if it names none or it cannot be read."""
        path = self.text_path(artefact)
        if path is None:
            return None
        if path not in self._texts:
            try:
                self._texts[path] = self.tree.read(path, MARKDOWN_LIMIT)
            except FileRefusedError:
                self._texts[path] = None
        return self._texts[path]


def load(
    tree: Tree,
    config: Config,
    *,
    policy: Tree | None = None,
    tell: Callable[[int, int], None] | None = None,
    known: Known | None = None,
) -> Workspace:
    """Read and check every artefact below the configured folder; with `policy`, waivers come from that tree instead.

    `tell` is told, after each file, how many of how many were read. With `known`, shared by several calls, a file that
    stands with the same bytes in several states is read once. Raises nothing for what the files hold: every problem is
    a finding.
    """
    listing = tree.listing(config.policies)
    loaded = _Loading(config, tree, listing, Known() if known is None else known)
    for done, path in enumerate(listing.files):
        loaded.take(path)
        if tell is not None:
            tell(done + 1, len(listing.files))
    if policy is not None:
        loaded.waivers_from(policy)
    loaded.ensure_something(listing)
    return loaded.workspace()


class _Loading:
    """A workspace in the making."""

    def __init__(self, config: Config, tree: Tree, listing: Listing, known: Known) -> None:
        self.config = config
        self.tree = tree
        self.findings = list(listing.problems)
        self.not_checked = list(listing.not_checked)
        self.known = known
        self.documents: list[Document] = []
        self.artefacts: list[Artefact] = []
        self.broken: dict[str, list[Span]] = {}
        self.policy: Tree | None = None

    def take(self, path: str) -> None:
        """Read one file and check what it holds."""
        try:
            contents = self.known.contents(path, self.tree.blob_id(path), lambda: self.tree.read(path))
        except FileRefusedError as error:
            self.findings.append(Diagnostic(rules.NOT_READ, Span(path), f"The file was not read: {error.reason}."))
            self.not_checked.append((path, error.reason))
            self._break(UNKNOWN_KIND, Span(path))
            return
        self.documents.append(contents.document)
        self.findings += contents.findings
        self.artefacts += contents.artefacts
        if contents.document.not_checked:
            self.not_checked.append((path, contents.document.not_checked))
        for kind, span in contents.broken:
            self._break(kind, span)

    def waivers_from(self, policy: Tree) -> None:
        """Let waivers come from the policy tree alone: the audited tree does not accept its own gaps."""
        self.policy = policy
        theirs = load(policy, self.config, known=self.known)
        self.artefacts = [artefact for artefact in self.artefacts if artefact.kind != WAIVER]
        self.artefacts += [artefact for artefact in theirs.artefacts if artefact.kind == WAIVER]

    def ensure_something(self, listing: Listing) -> None:
        """An empty set of artefacts is an error, never a green run."""
        if self.artefacts or self.broken:
            return
        said = f"No artefact was found below {self.config.policies}/, so nothing was checked."
        if listing.files:
            said = f"None of the {len(listing.files)} files below {self.config.policies}/ holds an artefact."
        hint = "Set `policies` in aimsctl.yaml to the folder of the artefacts, or start with `aimsctl init`."
        self.findings.append(Diagnostic(rules.NO_ARTEFACT, Span("aimsctl.yaml"), said, hint))
        self._break(UNKNOWN_KIND, Span("aimsctl.yaml"))

    def _break(self, kind: str, span: Span) -> None:
        self.broken.setdefault(kind, []).append(span)

    def workspace(self) -> Workspace:
        """What was loaded."""
        return Workspace(
            config=self.config,
            tree=self.tree,
            documents=tuple(self.documents),
            artefacts=tuple(self.artefacts),
            findings=tuple(self.findings),
            broken={kind: tuple(spans) for kind, spans in self.broken.items()},
            not_checked=tuple(self.not_checked),
            policy=self.policy,
        )
