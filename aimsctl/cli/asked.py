"""An incident question, answered from the ledgers and from what git says was owed then; and the answer delivered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
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
from aimsctl.evidence.query import Unread, Wanted, query
from aimsctl.evidence.summary import run_of, witnessed_up_to
from aimsctl.evidence.verify import open_sealed
from aimsctl.output.incident import incident_body, title
from aimsctl.source.files import FileRefusedError, Tree
from aimsctl.workspace.contents import Known
from aimsctl.workspace.workspace import load

if TYPE_CHECKING:
    from aimsctl.assessment.items import Item
    from aimsctl.cli.incident import Form
    from aimsctl.evidence.ledger import Ledger
    from aimsctl.evidence.summary import Run
    from aimsctl.evidence.trust import Trust

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
        present = Facts(load(self.here.tree, self.here.config, policy=self.here.policy, known=self.known), self.day)
        named, version, output = what
        item = system_named(present, named)
        runs = self._runs(ledgers, believed, item.id)
        taken = dict(counts(self.here, present.workspace, self.unread))
        asked = self._scope(item, Seen(runs, taken, {}), version, output, when)
        scope = replace(asked, settled=datetime.combine(self.day, time.min, UTC))
        then, state = self._then(scope.begin)
        seen = Seen(runs, taken, _texts(then))
        return {
            "as_of": self.day.isoformat(),
            "state": state,
            **answer(then, present, scope, seen),
            "changed": self._changed(then, scope),
            "trust": believed.provenance,
            "unread": self.unread,
        }

    def _runs(self, ledgers: list[Ledger], believed: Trust, system: str) -> tuple[tuple[Run, Mapping[str, Any]], ...]:
        """The runs of the system in all ledgers, oldest first; what could not be read is noted."""
        witnessed = dict(self._witnessed(ledgers, believed))
        found = []
        for hit in query(ledgers, believed, Wanted(system=system), self.now):
            if isinstance(hit, Unread):
                self.unread.append(f"{hit.origin}: {hit.problem.where}: {hit.problem.message}")
            elif (run := run_of(hit.receipt, hit.origin, witnessed.get(hit.origin, 0))) and run.finished <= self.now:
                found.append((run, hit.row()))
        return tuple(sorted(found, key=lambda pair: (pair[0].finished, pair[0].origin, pair[0].index)))

    def _witnessed(self, ledgers: list[Ledger], believed: Trust) -> Iterator[tuple[str, int]]:
        for one in ledgers:
            try:
                yield one.origin, witnessed_up_to(one, open_sealed(one, believed), believed)
            except AimsError:
                continue  # the query says what is wrong with it

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

    def _then(self, begin: datetime) -> tuple[Facts, dict[str, str]]:
        """The state in force at that time by git, else the present one; and which that is, in words."""
        tree, commit, told = self.here.tree, "", ""
        if self.rev is not None:
            tree, told = (
                state_at(self.session, self.here.root, self.rev),
                f"the controls as of {self.rev}, which was asked",
            )
        elif (found := self._in_git(begin)) is not None:
            tree, commit, told = found
        else:
            told = "the controls as they are now: git holds no state of that time"
        workspace = load(tree, self.here.config, policy=self.here.policy, known=self.known)
        return Facts(workspace, begin.date()), {"commit": commit, "told": told}

    def _in_git(self, begin: datetime) -> tuple[Tree, str, str] | None:
        from aimsctl.cli.line import Line  # noqa: PLC0415 - git is read only here

        try:
            line = Line(self.session, self.here, self.known)
            commit = line.before(begin)
            state = None if commit is None else line.state(commit)
        except AimsError:
            return None  # no repository, or none that can be read
        if commit is None or state is None or not state.folder_id(self.here.config.policies):
            return None
        return state, commit.id, f"the controls as they stood in git then, commit {commit.short} of {commit.day}"

    def _changed(self, then: Facts, scope: Scope) -> list[dict[str, str]]:
        """What changed meanwhile of the system, its controls and the statement of applicability."""
        found = self._in_git(scope.end)
        if found is None or getattr(then.workspace.tree, "commit", None) is None or self.rev is not None:
            return []
        from aimsctl.assessment.changes import changes  # noqa: PLC0415 - only where there is a history

        after = load(found[0], self.here.config, policy=self.here.policy, known=self.known)
        return [
            {"id": one.id, "title": one.title, "what": f"{one.what}: {'; '.join(one.details)}"}
            for one in changes(then.workspace, after)
            if one.kind in ("control", "soa") or one.id == scope.system
        ]


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
