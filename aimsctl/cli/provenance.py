"""The commit that artefacts are those of, and the revisions before it, as far as the git history can tell."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from aimsctl.cli.git_record import Record
from aimsctl.cli.session import Place, Session, history_of
from aimsctl.documents.provenance import Provenance, Revision, Revisions
from aimsctl.errors import AimsError, GitError
from aimsctl.source.config import CONFIG_PATH
from aimsctl.source.files import FileRefusedError
from aimsctl.workspace.contents import Known

if TYPE_CHECKING:
    from aimsctl.source.files import Tree
    from aimsctl.source.git_objects import Commit
    from aimsctl.source.history import Repository
    from aimsctl.workspace.workspace import Workspace


def provenance(session: Session, here: Place, workspace: Workspace) -> Provenance:
    """The newest commit that touched the artefacts, and whether what was read differs from it; else why not."""
    try:
        found, inside = history_of(session, here.root)
        read: Commit | None = getattr(here.tree, "commit", None)
        commit = _touching(found, read or found.resolve("HEAD"), here, inside)
        return Provenance(commit.id, commit.day, _differs(found.state(commit, inside), here, workspace))
    except AimsError as error:
        return Provenance(missing=error.message)


def with_revisions(known: Provenance, session: Session, here: Place) -> Provenance:
    """The provenance with the approved revisions up to its commit, newest first; none without the whole history."""
    try:
        shallow = bool(known.commit) and history_of(session, here.root)[0].shallow
    except AimsError:
        return known
    if shallow:
        return replace(known, shallow=True)
    return replace(known, revisions=_revisions_until(session, here, known.commit))


def is_of_commit(session: Session, here: Place, workspace: Workspace, commit: str) -> bool:
    """Whether what was read is what a commit holds. Raises UsageError without it, GitError if history is shallow."""
    found, inside = history_of(session, here.root)
    if found.shallow:
        raise GitError("the history is shallow, so documents cannot be checked", hint="fetch all of it")
    return not _differs(found.state(found.resolve(commit), inside), here, workspace)


def _revisions_until(session: Session, here: Place, commit: str) -> Revisions:
    def of(identifier: str) -> tuple[Revision, ...]:
        from aimsctl.assessment.revisions import approved_revisions  # noqa: PLC0415 - only where a document shows them

        try:
            versions = Record(session, here, Known()).versions(ids=frozenset({identifier}), until=commit)
            return tuple(
                Revision(one.version, one.approved_on, one.commit, one.author, one.approved_by, one.what)
                for one in approved_revisions(versions.of(identifier))
            )
        except AimsError:
            return ()

    return of


def _touching(found: Repository, head: Commit, here: Place, inside: str) -> Commit:
    """The newest commit up to there that changed the configuration or an artefact; commits of renderings are none."""
    paths = [f"{inside}/{path}" if inside else path for path in (CONFIG_PATH, here.config.policies)]
    return found.touching(head, paths) or head


def _differs(committed: Tree, here: Place, workspace: Workspace) -> bool:
    """Whether a file that was read is another one in the commit, or the commit has more of them."""
    names = {document.path for document in workspace.documents}
    if names != set(committed.listing(here.config.policies).files):
        return True
    texts = (workspace.text_path(artefact) for artefact in workspace.artefacts)
    paths = dict.fromkeys([CONFIG_PATH, *names, *filter(None, texts)])
    return any(_content(committed, path) != _content(here.tree, path) for path in paths)


def _content(tree: Tree, path: str) -> bytes | None:
    try:
        return tree.read(path)
    except FileRefusedError:
        return None
