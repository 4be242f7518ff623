"""The text of a control that a receipt names by its digest: from git, where every version of it is, or the work tree.

A text counts only if its SHA-256 is the one that was signed. Where none is found that is said, and nothing that looks
like it takes its place.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from aimsctl.errors import AimsError
from aimsctl.evidence.statement import Statement
from aimsctl.source.files import FILE_LIMIT, FileRefusedError, Tree
from aimsctl.source.git_objects import BrokenObjectError

if TYPE_CHECKING:
    from aimsctl.source.history import Repository

_FILE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
_COMMIT: Final = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_SHOWN: Final = 12  # characters of a digest in a file's name


@dataclass(frozen=True, slots=True, order=True)
class Named:
    """A control as receipts name it. What they leave out is empty."""

    id: str
    sha256: str = ""
    path: str = ""
    commit: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """Its text at that digest and where it was found; without a text, why there is none."""

    named: Named
    where: str
    content: bytes | None = None

    @property
    def file(self) -> str:
        """The file that holds it in a bundle; empty without a text."""
        return f"controls/{self.named.id}.{self.named.sha256[:_SHOWN]}.yaml" if self.content is not None else ""


@dataclass(frozen=True)
class Shelf:
    """Where the texts of a workspace are looked for: below its folder of artefacts, now and in its history."""

    tree: Tree
    folder: str
    repository: Repository | None = None
    inside: str = ""

    def texts(self, named: Iterable[Named]) -> list[Text]:
        """The texts in order, one for each control and digest."""
        found: dict[tuple[str, str], Text] = {}
        for one in sorted(named):
            known = found.get((one.id, one.sha256))
            if known is None or known.content is None:
                found[one.id, one.sha256] = self._text(one)
        return list(found.values())

    def _text(self, named: Named) -> Text:
        if not named.sha256:
            return Text(named, "the receipts name no text of it")
        if not self._may_be_read(named):
            return Text(named, "not found: the receipts name no file of the workspace's artefacts")
        for where, content in self._versions(named):
            if sha256(content).hexdigest() == named.sha256:
                return Text(named, where, content)
        return Text(named, "not found: no version here has the digest that was signed")

    def _may_be_read(self, named: Named) -> bool:
        """Whether it is an artefact's file. A receipt cannot name any other file of the workspace."""
        inside = self.folder in ("", ".") or named.path.startswith(f"{self.folder}/")
        return inside and named.path.endswith((".yaml", ".yml")) and _FILE.fullmatch(named.id) is not None

    def _versions(self, named: Named) -> Iterator[tuple[str, bytes]]:
        with contextlib.suppress(AimsError, BrokenObjectError):  # a damaged history has no version to give
            yield from self._committed(named)
        try:
            yield "the work tree", self.tree.read(named.path)
        except FileRefusedError:
            return

    def _committed(self, named: Named) -> Iterator[tuple[str, bytes]]:
        """The file in the commit that the receipt names, then as each commit left it, newest first."""
        repository = self.repository
        if repository is None:
            return
        if _COMMIT.fullmatch(named.commit):
            with contextlib.suppress(AimsError, FileRefusedError):  # of another repository, or without such a file
                commit = repository.resolve(named.commit)
                yield f"commit {commit.short}", repository.state(commit, self.inside).read(named.path)
        path = f"{self.inside}/{named.path}" if self.inside else named.path
        for touch in repository.touches(repository.resolve("HEAD"), path):
            if touch.after and touch.path == path:
                short = repository.commit(touch.commit).short
                yield f"commit {short}", repository.read(touch.after, "blob", FILE_LIMIT + 1)


def named_by(statement: Statement) -> Named:
    """The control that a control run names."""
    said = statement.text
    commit = said("control", "source", "digest", "gitCommit")
    return Named(said("control", "id"), said("control", "digest", "sha256"), said("control", "path"), commit)
