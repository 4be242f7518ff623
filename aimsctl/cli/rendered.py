"""The folder of rendered documents, the state they are rendered from, and the rendering itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from aimsctl.assessment.gap import assess
from aimsctl.cli.evidence_summary import Ledgers
from aimsctl.cli.git_record import Record
from aimsctl.cli.provenance import provenance, with_revisions
from aimsctl.cli.session import Place, Session, day
from aimsctl.cli.validate import check
from aimsctl.diagnostics import Severity, open_findings
from aimsctl.documents import manifest
from aimsctl.documents.confined import Confined
from aimsctl.documents.manifest import Manifest, Rendered
from aimsctl.documents.provenance import Provenance
from aimsctl.documents.rendering import Run
from aimsctl.documents.sources import renderer
from aimsctl.errors import RenderError
from aimsctl.output.atomic import write_atomically
from aimsctl.output.clean import clean
from aimsctl.source.files import FileRefusedError, WorkTree
from aimsctl.workspace.contents import Known

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from aimsctl.workspace.workspace import Workspace

_LARGEST: Final = 500_000_000  # bytes of a file that is compared


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line asks for."""

    names: tuple[str, ...]
    formats: tuple[str, ...]
    only: tuple[str, ...]
    draft: bool
    everything: bool
    signers: Path | None = None
    keyring: Path | None = None


@dataclass(frozen=True, slots=True)
class State:
    """What a rendering depends on besides the artefacts: the day, the commit it names, whether it is one of all."""

    as_of: date
    commit: str
    committed: date | None
    differs: bool | None
    draft: bool
    together: bool

    @classmethod
    def of(cls, one: Rendered) -> State:
        """The state that a manifest remembers."""
        found = one.provenance
        return cls(day(one.as_of), found.commit, found.day, found.differs, one.draft, one.together)

    @property
    def provenance(self) -> Provenance:
        """The commit as the documents name it."""
        return Provenance(self.commit, self.committed, self.differs)

    def entry(self, content: bytes) -> Rendered:
        """What the manifest remembers of a file."""
        committed = self.committed.isoformat() if self.committed is not None else ""
        digest = manifest.digest(content)
        return Rendered(digest, self.as_of.isoformat(), self.commit, committed, self.differs, self.draft, self.together)


def state_of(session: Session, here: Place, workspace: Workspace, as_of: str | None, asked: Asked) -> State:
    """The state now: the commit's day where what is read is that of a commit, unless a day is named; else today."""
    found = provenance(session, here, workspace)
    judged_on = found.day if as_of is None and found.day is not None and found.differs is False else day(as_of)
    return State(judged_on, found.commit, found.day, found.differs, asked.draft, asked.everything)


class Folder:
    """Where documents are written: what is there, and what was rendered into it."""

    def __init__(self, path: Path, root: Path) -> None:
        self.path = path
        self.root = root
        self.manifest: Manifest = manifest.read(self.read(manifest.NAME))

    def read(self, name: str) -> bytes | None:
        """The bytes of a file in the folder; None where there is none."""
        if not self.path.is_dir():
            return None
        try:
            return WorkTree(self.path.resolve()).read(name, _LARGEST)
        except FileRefusedError:
            return None

    def refuse_changed(self, files: Mapping[str, bytes]) -> None:
        """Raises RenderError where a file was changed by hand, or was never rendered here."""
        for name, content in files.items():
            there = self.read(name)
            if there is not None and there != content and not self.manifest.knows(name, there):
                raise RenderError(
                    f"{self.path / name} was not rendered by aimsctl, or was changed since",
                    hint="move it away, or --force to overwrite it",
                )

    def write(self, name: str, content: bytes) -> None:
        """The file, whole or not at all."""
        write_atomically(self.path / name, content, self.root)

    def remember(self, state: State, files: Mapping[str, bytes]) -> None:
        """Note what was rendered, for the next run and for checks."""
        known = {name: one for name, one in self.manifest.files.items() if (self.path / name).exists()}
        entries = {name: state.entry(content) for name, content in files.items()}
        self.write(manifest.NAME, Manifest({**known, **entries}).text().encode("utf-8"))


def recorded(folder: Folder, now: State, as_of: str | None) -> list[State]:
    """The states that the files of a folder name, on another day if one is named; without files the present one."""
    known = dict.fromkeys(State.of(one) for one in folder.manifest.files.values())
    states = [state if as_of is None else replace(state, as_of=now.as_of) for state in known]
    return list(dict.fromkeys(states)) or [now]


def produced(
    session: Session, workspace: Workspace, here: Place, asked: Asked, state: State, replaced: Mapping[str, str]
) -> dict[str, bytes]:
    """Every file asked for, by name, in that state. Raises RenderError where the workspace has errors."""
    record = Record(session, here, Known(), named=asked.signers, exported=asked.keyring)
    evidence = Ledgers(session, here).evidence(workspace, state.as_of)
    report = assess(workspace, state.as_of, record.approvals(workspace), evidence)
    found = open_findings(check(workspace, here, state.as_of))
    errors = sum(one.severity is Severity.ERROR for one in found)
    if errors and not state.draft:
        raise RenderError(
            f"the workspace has {errors} {'error' if errors == 1 else 'errors'}, so its documents would not be true",
            hint="`aimsctl validate` lists them; --draft renders in spite of them",
        )
    with Confined() as confined:
        run = Run(
            report,
            with_revisions(state.provenance, session, here),
            clean,
            renderer(replaced, confined),
            confined.pdf,
            asked.only,
            errors,
            together=state.together,
        )
        wanted = run.wanted(() if asked.everything else asked.names)
        neighbours = run.neighbours(wanted, asked.formats)
        made = dict(run.index(wanted, asked.formats, neighbours)) if asked.everything else {}
        return made | {name: content for one in wanted for name, content in run.files(one, asked.formats, neighbours)}
