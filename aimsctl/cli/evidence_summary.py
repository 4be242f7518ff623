"""What the workspace's ledgers show, as the commands that judge take it in."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from aimsctl.errors import AimsError
from aimsctl.source.files import FileRefusedError, WorkTree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aimsctl.assessment.gap import GapReport
    from aimsctl.cli.session import Place, Session
    from aimsctl.evidence.summary import Evidence
    from aimsctl.workspace.workspace import Workspace

_COUNTS_LIMIT: Final = 5_000_000  # bytes of a file of counts


@dataclass(frozen=True, slots=True)
class Ledgers:
    """The ledgers of the workspace's work tree, and whose trust they are read by."""

    session: Session
    here: Place
    trust_file: Path | None = None
    policy_from: str | None = None
    _read: dict[date, Evidence | None] = field(default_factory=dict, repr=False)

    @property
    def folders(self) -> list[Path]:
        """The folders of the ledgers below the evidence folder, in order."""
        from aimsctl.cli.recording import ledger_folders  # noqa: PLC0415 - commands without a workspace load less

        return ledger_folders(self.here.root / self.here.config.evidence)

    def assess(self, workspace: Workspace, as_of: date) -> GapReport:
        """The workspace judged on that day, with what the ledgers show."""
        from aimsctl.assessment.gap import assess  # noqa: PLC0415 - commands that judge load it themselves

        return assess(workspace, as_of, evidence=self.evidence(workspace, as_of))

    def evidence(self, workspace: Workspace, as_of: date, first: date | None = None) -> Evidence | None:
        """What they show of the time that matters on that day, or from `first` on; None where there is no ledger.

        Trust comes from the file or the policy named, else from the workspace itself. A ledger or a file of counts that
        cannot be read is named, so that nothing it might have shown counts as shown or as missing.
        """
        if as_of not in self._read:
            found = self._read[as_of] = self._summarised(workspace, as_of, first or as_of) if self.folders else None
            self.here.shown.update(told(found))
        return self._read[as_of]

    def _summarised(self, workspace: Workspace, as_of: date, first: date) -> Evidence:
        from aimsctl.assessment.facts import Facts  # noqa: PLC0415 - only where there is a ledger
        from aimsctl.assessment.receipts import first_needed  # noqa: PLC0415 - the same
        from aimsctl.cli.evidence_place import trust  # noqa: PLC0415 - the same
        from aimsctl.evidence.ledger import Ledger  # noqa: PLC0415 - the same
        from aimsctl.evidence.summary import summarise  # noqa: PLC0415 - the same

        facts = Facts(workspace, as_of)
        since = first_needed(facts.standing("control"), first, facts.period("lapse_window"))
        ledgers, unreadable = [], []
        for folder in self.folders:
            try:
                ledgers.append(Ledger.open(folder))
            except AimsError as error:
                unreadable.append(f"{folder.name}: {error.message}")
        found = summarise(ledgers, trust(self.session, self.trust_file, self.policy_from), since, as_of)
        taken = dict(counts(self.here, workspace, unreadable))
        return replace(found, counts=taken, unreadable=(*found.unreadable, *unreadable))


def counts(
    here: Place, workspace: Workspace, unreadable: list[str]
) -> Iterator[tuple[str, dict[tuple[str, date], int]]]:
    """The counts that others took, by the source that controls name; a file that cannot be read is named."""
    from aimsctl.evidence.summary import COUNTS, read_counts, source_file  # noqa: PLC0415 - only where there is a ledger

    entries = [entry for control in workspace.of("control") for entry in _entries(control.data.get("evidence"))]
    for source in sorted({str(entry["coverage_of"]) for entry in entries if "coverage_of" in entry}):
        path = f"{here.config.evidence}/{COUNTS}/{source_file(source)}"
        try:
            yield source, read_counts(WorkTree(here.root).read(path, _COUNTS_LIMIT))
        except FileRefusedError:
            continue  # nobody counted, so coverage cannot be told
        except ValueError as error:
            unreadable.append(f"{path}: {error}")


def _entries(value: object) -> list[dict[str, object]]:
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def told(evidence: Evidence | None) -> dict[str, str]:
    """Where evidence came from, for the provenance of an output; nothing where there is no ledger."""
    if evidence is None:
        return {}
    read = ", ".join(evidence.read) or "none"
    broken = f"; not readable: {'; '.join(evidence.unreadable)}" if evidence.unreadable else ""
    return {"evidence": f"ledgers {read}{broken}; trust: {evidence.trust}"}
