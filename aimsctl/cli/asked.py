"""An incident question, answered from the ledgers and from what git says was owed then; and the answer delivered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aimsctl.assessment.facts import Facts
from aimsctl.assessment.incident.answer import answer
from aimsctl.assessment.incident.scope import Scope, Seen, of_output, of_version, of_window, system_named
from aimsctl.cli.evidence_place import instant
from aimsctl.cli.evidence_summary import counts
from aimsctl.cli.printing import put, written
from aimsctl.cli.session import Place, Session, state_at
from aimsctl.errors import AimsError, UsageError
from aimsctl.evidence.problems import problem_of
from aimsctl.evidence.query import Unread, Wanted, found_in
from aimsctl.evidence.summary import run_of, witnessed_up_to
from aimsctl.evidence.verify import open_sealed
from aimsctl.output.incident import incident_body, title
from aimsctl.source.files import FileRefusedError, Tree
from aimsctl.workspace.contents import Known
from aimsctl.workspace.workspace import load

if TYPE_CHECKING:
    from aimsctl.assessment.items import Item
    from aimsctl.cli.incident import Form
    from aimsctl.cli.line import Line
    from aimsctl.evidence.ledger import Ledger
    from aimsctl.evidence.summary import Run
    from aimsctl.evidence.trust import Trust
    from aimsctl.source.git_objects import Commit
    from aimsctl.workspace.workspace import Workspace

_WAYS = "ask with --model-version, with --output, or with --from and --to"


@dataclass(eq=False)
class Asked:
    """A question about the workspace: on what day it is asked, and by which state controls are read (None: git's)."""

    session: Session
    here: Place
    day: date
    now: datetime
    rev: str | None
    known: Known = field(default_factory=Known)
    unread: list[str] = field(default_factory=list)

    def answer(
        self, ledgers: list[Ledger], believed: Trust, what: tuple[str, str, str], when: tuple[str | None, str | None]
    ) -> dict[str, Any]:
        """The record of the answer. Raises UsageError where the question cannot be understood."""
        present = Facts(self._loaded(self.here.tree), self.day)
        named, version, output = what
        item = system_named(present, named)
        runs = self._runs(ledgers, believed, item.id)
        seen = Seen(runs, {}, {}, whole=not self.unread)
        asked = self._scope(item, seen, version, output, when)
        scope = replace(asked, settled=datetime.combine(self.day, time.min, UTC))
        then, state = self._then(scope.begin, present)
        self.unread += _not_judged(then)
        seen = replace(seen, counts=dict(counts(self.here, present.workspace, self.unread)), texts=_texts(then))
        return {
            "as_of": self.day.isoformat(),
            "state": state,
            **answer(then, present, scope, seen),
            "changed": self._changed(then, scope, state["commit"]),
            "trust": believed.provenance,
            "unread": self.unread,
        }

    def _loaded(self, tree: Tree) -> Workspace:
        return load(tree, self.here.config, policy=self.here.policy, known=self.known)

    def _runs(self, ledgers: list[Ledger], believed: Trust, system: str) -> tuple[tuple[Run, Mapping[str, Any]], ...]:
        """The runs of the system in all ledgers, oldest first; what could not be read is noted."""
        found = []
        for ledger in ledgers:
            try:
                opened = open_sealed(ledger, believed)
                witnessed = witnessed_up_to(ledger, opened, believed)
                for hit in found_in(opened, believed, Wanted(system=system), self.now):
                    if isinstance(hit, Unread):
                        self.unread.append(hit.told)
                    elif (run := run_of(hit.receipt, hit.origin, witnessed)) and run.finished <= self.now:
                        found.append((run, hit.row()))
            except AimsError as error:
                self.unread.append(Unread(ledger.origin, problem_of(error, ledger.folder.name)).told)
        return tuple(sorted(found, key=lambda pair: (pair[0].finished, pair[0].origin, pair[0].index)))

    def _scope(self, system: Item, seen: Seen, version: str, output: str, when: tuple[str | None, str | None]) -> Scope:
        if version and (output or any(when)):
            raise UsageError("--model-version stands alone", hint=_WAYS)
        begin, end = instant(when[0], "--from"), instant(when[1], "--to", end=True)
        if begin is None and end is not None:
            raise UsageError("--to without --from", hint=_WAYS)
        now = self.now.replace(microsecond=0) + timedelta(seconds=1)
        given = None if begin is None else (begin, min(end or now, now))
        if version:
            return of_version(system, version, (run for run, _ in seen.runs), now)
        if output:
            return of_output(system, output, seen, given)
        if given is None:
            raise UsageError("nothing is asked about the system", hint=_WAYS)
        return of_window(system, *given)

    def _then(self, begin: datetime, present: Facts) -> tuple[Facts, dict[str, str]]:
        """The state in force at that time by git, else the present one; and which that is, in words."""
        if self.rev is not None:
            tree, told = state_at(self.session, self.here.root, self.rev), f"the controls as of {self.rev}, as asked"
            return Facts(self._loaded(tree), begin.date()), {"commit": "", "told": told}
        commit = self._in_git(begin)
        if commit is None:
            told = "the controls as they are now: git holds no state of that time"
            return Facts(present.workspace, begin.date()), {"commit": "", "told": told}
        told = f"the controls as they stood in git then, commit {commit.short} of {commit.day}"
        return Facts(self._loaded(self._line.state(commit)), begin.date()), {"commit": commit.id, "told": told}

    @cached_property
    def _line(self) -> Line:
        from aimsctl.cli.line import Line  # noqa: PLC0415 - git is read only here

        return Line(self.session, self.here, self.known)

    def _in_git(self, moment: datetime) -> Commit | None:
        """The commit of that moment; None where there is no repository to read, or no artefact in it then."""
        try:
            commit = self._line.before(moment)
            known = commit is not None and self._line.state(commit).folder_id(self.here.config.policies)
        except AimsError:
            return None
        return commit if known else None

    def _changed(self, then: Facts, scope: Scope, since: str) -> list[dict[str, str]]:
        """What changed since that commit of the system, the controls and the statement of applicability."""
        last = self._in_git(scope.end) if since else None
        if last is None or last.id == since:
            return []
        from aimsctl.assessment.changes import changes  # noqa: PLC0415 - only where there is a history

        return [
            {"id": one.id, "title": one.title, "what": f"{one.what}: {'; '.join(one.details)}"}
            for one in changes(then.workspace, self._loaded(self._line.state(last)))
            if one.kind in ("control", "soa") or one.id == scope.system
        ]


def _not_judged(then: Facts) -> list[str]:
    """The artefacts with errors that are controls, or may be."""
    places = (span for kind in ("control", "*") for span in then.workspace.broken.get(kind, ()))
    return [f"{span.path}:{span.line}: it has errors, so what it asks of controls is not known" for span in places]


def _texts(then: Facts) -> dict[str, str]:
    """The SHA-256 of the file of each control, as that state has it."""
    found = {}
    for control in then.items("control"):
        if control.artefact is not None:
            try:
                content = then.workspace.tree.read(control.artefact.document.path)
            except FileRefusedError:
                continue
            found[control.id] = sha256(content).hexdigest()
    return found


def deliver(session: Session, here: Place, form: Form, record: Mapping[str, Any], out: Path | None) -> None:
    """Print or write the answer in that form."""
    named = title(record)
    if form != "pdf":
        put(written(session, here, form, named, incident_body, record), out, here.root)
        return
    from aimsctl.documents.report_pdf import report_pdf  # noqa: PLC0415 - each format loads only what it needs

    text = written(session, here, "md", named, incident_body, record)
    pdf = report_pdf(text, here.config.organisation, date.fromisoformat(record["as_of"]), named)
    put(pdf, out, here.root)
