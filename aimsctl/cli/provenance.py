"""The commit that artefacts are those of, as far as the git history can tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimsctl.cli.session import Place, Session
from aimsctl.documents.provenance import Provenance
from aimsctl.errors import AimsError
from aimsctl.source.config import CONFIG_PATH
from aimsctl.source.files import FileRefusedError

if TYPE_CHECKING:
    from aimsctl.source.files import Tree
    from aimsctl.source.history import Commit, Repository, Revision
    from aimsctl.workspace.workspace import Workspace


def provenance(session: Session, here: Place, workspace: Workspace) -> Provenance:
    """The newest commit that touched the artefacts, and whether what was read differs from it; else why not."""
    from aimsctl.source.history import Revision, repository  # noqa: PLC0415 - git is loaded only where history is read

    try:
        found = repository(here.root, named=session.root_option is not None)
        folder = here.root.relative_to(found.top).as_posix()
        inside = "" if folder == "." else folder
        read = here.tree.commit if isinstance(here.tree, Revision) else None
        commit = _touching(found, read or found.resolve("HEAD"), here, inside)
        revision = found.revision(commit.id, inside)
        return Provenance(commit.id, commit.day, _differs(revision, here, workspace))
    except AimsError as error:
        return Provenance(missing=error.message)


def _touching(found: Repository, head: Commit, here: Place, inside: str) -> Commit:
    """The newest commit up to there that changed the configuration or an artefact; commits of renderings are none."""
    paths = [f"{inside}/{path}" if inside else path for path in (CONFIG_PATH, here.config.policies)]
    last = found.text("rev-list", "--max-count=1", head.id, "--", *paths)
    return found.commit(last) if last else head


def _differs(revision: Revision, here: Place, workspace: Workspace) -> bool:
    """Whether a file that was read is another one in the commit, or the commit has more of them."""
    names = {document.path for document in workspace.documents}
    if names != set(revision.listing(here.config.policies).files):
        return True
    texts = (workspace.text_path(artefact) for artefact in workspace.artefacts)
    paths = dict.fromkeys([CONFIG_PATH, *names, *filter(None, texts)])
    return any(_content(revision, path) != _content(here.tree, path) for path in paths)


def _content(tree: Tree, path: str) -> bytes | None:
    try:
        return tree.read(path)
    except FileRefusedError:
        return None
