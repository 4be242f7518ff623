"""What git shows about the approvals that artefacts claim: who wrote the text, who committed the approval, who signed.

A commit's author, date and trailers are claims of whoever made it. Only a signature that verifies under keys which the
verifier names is more than that, and it counts for the approver alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal

from aimsctl.assessment.items import UNKNOWN
from aimsctl.workspace.fingerprint import WHOLE, fingerprint
from aimsctl.workspace.kinds import kind

if TYPE_CHECKING:
    from aimsctl.source.git_objects import Commit
    from aimsctl.source.openpgp import Keyring
    from aimsctl.source.signatures import Check, Signer
    from aimsctl.workspace.artefacts import Artefact
    from aimsctl.workspace.versions import Snapshot, Version, Versions
    from aimsctl.workspace.workspace import Workspace

State = Literal["verified", "claimed", "not_shown"]
FORGE: Final = "forge"
"""The principal under which a verifier lists the key with which a forge signs what it merges."""
_FORGES: Final = frozenset({"noreply@github.com"})


@dataclass(frozen=True, slots=True)
class Approval:
    """An approval and what git shows about it.

    `verified`: the commit that brought it carries a signature of the approver. `claimed`: nothing speaks for it but the
    artefact. `not_shown`: there is a signature, and it does not show what the artefact claims. `why` is for people.
    """

    state: State
    commit: Commit | None
    why: str
    key: str = ""


@dataclass(eq=False)
class Approvals:
    """The approvals of a workspace against its history; without `signers` no signature is looked at."""

    workspace: Workspace
    versions: Versions
    signers: tuple[Signer, ...] | None
    keyring: Keyring | None = None

    def of(self, artefact: Artefact, part: str = WHOLE) -> Approval | None:
        """What git shows about the approval in that field; None if the artefact has none. Raises GitError."""
        claimed = artefact.get(part)
        if not isinstance(claimed, Mapping):
            return None
        version = self._approving(artefact, part)
        if version is None:
            known = self.versions.of(artefact.id)
            why = "it is not committed yet" if self.versions.complete or known else "the history is shallow"
            return Approval("claimed", None, why)
        if self.signers is None:
            return Approval("claimed", version.commit, "no allowed signers were named, so no signature was checked")
        return self._shown(str(claimed.get("by")), version.commit)

    def all(self) -> Iterator[tuple[Artefact, str, Approval]]:
        """Every approval of a valid artefact that is neither a draft nor retired, with the field that holds it."""
        for artefact in self.workspace.artefacts:
            if artefact.valid and artefact.status not in ("draft", "retired"):
                known = kind(artefact.kind)
                for part in (WHOLE, *(known.approves_only if known else ())):
                    shown = self.of(artefact, part)
                    if shown is not None:
                        yield artefact, part, shown

    def changed_since(self, artefact: Artefact, part: str = WHOLE) -> Snapshot | None:
        """The artefact as it was approved, if the text that the approval covers is another one now."""
        now, kept = fingerprint(artefact, self.workspace, part), artefact.get(f"{part}.fingerprint")
        version = self._approving(artefact, part)
        approved = None if version is None else version.after
        if kept is None:
            differs = approved is not None and fingerprint(approved.artefact, approved, part) != now
            return approved if differs else None
        if kept == now:
            return None
        snapshots = (one.after for one in self.versions.of(artefact.id) if one.after is not None)
        return next((one for one in snapshots if fingerprint(one.artefact, one, part) == kept), None)

    def authors(self, artefact: Artefact) -> object:
        """The ids of the persons who wrote the approved text, sorted; UNKNOWN where one of them cannot be told."""
        approving = self._approving(artefact, WHOLE)
        if approving is None:
            return UNKNOWN
        written = list(self._written(artefact, approving))
        people = {self._person(version.commit) for version in written}
        reaches_back = self.versions.complete or _carries_another(written[-1:], artefact)
        return sorted(people) if people and "" not in people and reaches_back else UNKNOWN

    def reissued(self, artefact: Artefact) -> object:
        """Whether another text of the artefact was approved before; UNKNOWN where the history does not reach back."""
        now = fingerprint(artefact, self.workspace)
        for version in self.versions.of(artefact.id):
            was = version.before
            if was is not None and _is_approved(was) and fingerprint(was.artefact, was) != now:
                return True
        return False if self.versions.complete else UNKNOWN

    # the commits behind an approval

    def _approving(self, artefact: Artefact, part: str) -> Version | None:
        """The commit that brought the approval as it is now; None if no commit did."""
        claimed, found = artefact.get(part), None
        for version in self.versions.of(artefact.id):
            if version.after is None or version.after.artefact.get(part) != claimed:
                break
            found = version
        if found is not None and found.before is not None and found.before.artefact.get(part) == claimed:
            return None  # a shallow history ends above it
        return found

    def _written(self, artefact: Artefact, approving: Version) -> Iterator[Version]:
        """The commits that made the approved text, newest first: those after the approval of the text before it."""
        versions, told = self.versions.of(artefact.id), False
        for version in versions[versions.index(approving) :]:
            was, is_now = version.before, version.after
            if is_now is None:
                return
            if was is None or fingerprint(was.artefact, was) != fingerprint(is_now.artefact, is_now):
                told = True
                yield version
            if told and was is not None and _approved_otherwise(was, artefact):
                return

    # people and keys

    def _shown(self, approver: str, commit: Commit) -> Approval:
        check = self._check(commit)
        if check.state == "verified":
            if FORGE in check.principals:
                return Approval("claimed", commit, "the forge signed the commit, not the approver", check.key)
            if set(check.principals) & self._behind(approver):
                return Approval("verified", commit, f"signature of {check.key} verified", check.key)
            why = f"the key {check.key} of {', '.join(check.principals)} signed it, not {approver}"
            return Approval("not_shown", commit, why, check.key)
        if check.state in ("not_checked", "unsigned"):
            forge = check.state == "not_checked" and commit.committer.email in _FORGES
            why = "its commit seems to be signed by the forge, not by the approver" if forge else f"commit: {check.why}"
            return Approval("claimed", commit, why)
        return Approval("not_shown", commit, f"commit: {check.why}", check.key)

    def _check(self, commit: Commit) -> Check:
        from aimsctl.source.signatures import check  # noqa: PLC0415 - only where signers are named

        return check(commit, self.signers or (), self.keyring)

    def _behind(self, approver: str) -> set[str]:
        """The approver and, of a role, who holds it."""
        found = self.workspace.by_id.get(approver)
        holder = None if found is None else found.get("holder")
        return {approver, holder} if isinstance(holder, str) else {approver}

    def _person(self, commit: Commit) -> str:
        """The id of the person who claims to have written the commit; empty if the name is not on file, or twice."""
        if self.signers is not None:
            principals = self._check(commit).principals
            signed = [name for name in principals if name in self._people.values()]
            if signed:
                return signed[0]
        return self._people.get(_folded(commit.author.name), "")

    @cached_property
    def _people(self) -> Mapping[str, str]:
        """Persons by what a commit may call them: title, title up to its comma, or id; what fits two is nobody."""
        people: dict[str, str] = {}
        for person in self.workspace.of("person"):
            for name in {_folded(person.title), _folded(person.title.partition(",")[0]), _folded(person.id)}:
                people[name] = "" if people.get(name, person.id) != person.id else person.id
        return people


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())


def _is_approved(was: Snapshot) -> bool:
    return was.artefact.status == "approved" and was.artefact.get("approval") is not None


def _approved_otherwise(was: Snapshot, artefact: Artefact) -> bool:
    earlier = was.artefact.get("approval")
    return earlier is not None and earlier != artefact.get("approval")


def _carries_another(oldest: list[Version], artefact: Artefact) -> bool:
    """Whether the oldest commit that wrote the text began from a text approved before, or from nothing."""
    return any(one.before is None or _approved_otherwise(one.before, artefact) for one in oldest)
