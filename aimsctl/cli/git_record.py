"""What commands take from git about the artefacts: their versions, and approvals against keys the verifier names."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from aimsctl.cli.session import Place, Session, history_of
from aimsctl.errors import UsageError
from aimsctl.source.files import FileRefusedError

if TYPE_CHECKING:
    from aimsctl.assessment.approvals import Approvals
    from aimsctl.source.openpgp import Keyring
    from aimsctl.source.signatures import Signer
    from aimsctl.workspace.contents import Known
    from aimsctl.workspace.versions import Versions
    from aimsctl.workspace.workspace import Workspace

_LARGEST: Final = 1_000_001  # bytes read of a file of allowed signers; one more than it may have


@dataclass(eq=False)
class Record:
    """The record in git as one run reads it: `asked` for or not, --allowed-signers in `named`, keys in `exported`."""

    session: Session
    here: Place
    known: Known
    asked: bool = False
    named: Path | None = None
    exported: Path | None = None

    @property
    def wanted(self) -> bool:
        """Whether the history has to be read: because the user or the configuration asks for what only it can tell."""
        return self.asked or bool(self.named or self.exported) or self.here.config.approvals.needs_history

    def approvals(self, workspace: Workspace) -> Approvals | None:
        """What git shows about the approvals of a state; None if nobody asked. Raises GitError and UsageError."""
        if not self.wanted:
            return None
        from aimsctl.assessment.approvals import Approvals  # noqa: PLC0415 - only where history is read

        return Approvals(workspace, self.versions(workspace), self.signers, self.keyring)

    def versions(
        self, workspace: Workspace | None = None, ids: frozenset[str] | None = None, until: str = ""
    ) -> Versions:
        """The versions of the artefacts up to a commit: that of the state, the one named, or HEAD. Raises GitError."""
        from aimsctl.workspace.versions import Versions  # noqa: PLC0415 - only where history is read

        tree = self.here.tree if workspace is None else workspace.tree
        repository, inside = history_of(self.session, self.here.root)
        last = repository.resolve(until) if until else getattr(tree, "commit", None) or repository.resolve("HEAD")
        return Versions(repository, last, inside, self.here.config.policies, self.known, ids)

    @cached_property
    def keyring(self) -> Keyring | None:
        """The OpenPGP keys that the command line names. Raises UsageError."""
        from aimsctl.source.openpgp import Keyring  # noqa: PLC0415 - only where it is asked for

        if self.exported is not None and self.signers is None:
            raise UsageError("--openpgp-keyring holds keys; whose they are says --allowed-signers FILE")
        return None if self.exported is None else Keyring.at(self.exported)

    @cached_property
    def signers(self) -> tuple[Signer, ...] | None:
        """The signers that the command line names, else the policy's. The judged tree names none. Raises UsageError."""
        from aimsctl.source.signatures import allowed_signers  # noqa: PLC0415 - only where history is read

        file, policy = self.here.config.approvals.signers, self.here.policy
        try:
            if self.named is not None:
                with self.named.open("rb") as opened:
                    return allowed_signers(opened.read(_LARGEST), str(self.named))
            if file is not None and policy is not None:
                return allowed_signers(policy.read(file, _LARGEST), file)
        except FileRefusedError as error:
            raise UsageError(f"the allowed signers in {file} cannot be read: {error.reason}") from error
        except OSError as error:
            raise UsageError(f"{self.named} cannot be read: {error.strerror}") from error
        return None

    @property
    def told(self) -> dict[str, str]:
        """Where trust in approvals came from, for the provenance of an output."""
        if not self.wanted:
            return {"approvals": "as claimed; the history was not read"}
        if self.signers is None:
            own = self.here.config.approvals.signers is not None
            why = "the workspace's own list does not count without --policy-from" if own else "none were named"
            return {"approvals": f"as claimed; allowed signers: {why}"}
        source = str(self.named or self.here.config.approvals.signers)
        return {"approvals": f"checked against {len(self.signers)} allowed signers of {source}"}
