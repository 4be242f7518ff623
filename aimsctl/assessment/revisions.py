"""The revisions of an artefact, as its revision table tells them: when, by whom, approved by whom, what changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from aimsctl.assessment.changes import differences

if TYPE_CHECKING:
    from datetime import date

    from aimsctl.source.git_objects import Commit
    from aimsctl.workspace.versions import Snapshot, Version

What = Literal["added", "changed", "retired", "removed"]
FORMAL: Final = ("approval", "status", "review", "version ", "issued ")
"""How the words begin that say that there is another text, not what it says."""
_TOLD: Final = 3


@dataclass(frozen=True, slots=True)
class Revision:
    """One commit that changed an artefact. Its author and day are what the commit claims."""

    position: int
    id: str
    kind: str
    title: str
    commit: Commit
    what: What
    details: tuple[str, ...]
    version: str
    approved_by: str
    approved_on: str

    @property
    def day(self) -> date:
        """The day (UTC) on which the author claims to have written it."""
        return self.commit.author.day


def revisions(identifier: str, versions: Iterable[Version]) -> Iterator[Revision]:
    """The revisions of the artefact of that id, in the order of the versions. An approval is named where it is new."""
    for version in versions:
        stood = version.after or version.before
        if stood is None:
            continue
        was = None if version.before is None else version.before.artefact.get("approval")
        approval = None if version.after is None else version.after.artefact.get("approval")
        new = approval if isinstance(approval, dict) and approval != was else {}
        yield Revision(
            position=version.position,
            id=identifier,
            kind=stood.artefact.kind,
            title=stood.artefact.title,
            commit=version.commit,
            what=_what(version),
            details=tuple(changed_words(version.before, version.after)),
            version=str(stood.artefact.get("version") or ""),
            approved_by=str(new.get("by") or ""),
            approved_on=str(new.get("date") or ""),
        )


@dataclass(frozen=True, slots=True)
class Approved:
    """An approved text of an artefact: when and by whom it was approved, who wrote it last, what it changed."""

    version: str
    approved_on: str
    approved_by: str
    commit: str
    author: str
    what: str


def approved_revisions(versions: Sequence[Version]) -> Iterator[Approved]:
    """The approved texts in the order of the versions, newest first, each against the approved text before it."""
    marks = [at for at, one in enumerate(versions) if _brings_approval(one)]
    for number, at in enumerate(marks):
        after = versions[at].after
        if after is None:
            continue
        before = versions[marks[number + 1]].after if number + 1 < len(marks) else None
        written = versions[at + 1 : marks[number + 1] if number + 1 < len(marks) else None] or versions[at : at + 1]
        approval = after.artefact.get("approval")
        words = [one for one in changed_words(before, after) if not one.startswith(FORMAL)]
        more = f" and {len(words) - _TOLD} more" if len(words) > _TOLD else ""
        yield Approved(
            version=str(after.artefact.get("version") or ""),
            approved_on=str(approval.get("date") or "") if isinstance(approval, dict) else "",
            approved_by=str(approval.get("by") or "") if isinstance(approval, dict) else "",
            commit=versions[at].commit.id,
            author=written[0].commit.author.name,
            what="first approved version" if before is None else "; ".join(words[:_TOLD]) + more or "approved anew",
        )


def _brings_approval(version: Version) -> bool:
    was = None if version.before is None else version.before.artefact.get("approval")
    approval = None if version.after is None else version.after.artefact.get("approval")
    return isinstance(approval, dict) and approval != was


def _what(version: Version) -> What:
    if version.before is None:
        return "added"
    if version.after is None:
        return "removed"
    retired = version.after.artefact.status == "retired" and version.before.artefact.status != "retired"
    return "retired" if retired else "changed"


def changed_words(before: Snapshot | None, after: Snapshot | None) -> Iterator[str]:
    """What differs between two snapshots, in words; nothing where there is only one."""
    if before is None or after is None:
        return
    yield from differences(before.artefact.data, after.artefact.data)
    if before.text != after.text:
        yield _text_changed(before.text, after.text)


def _text_changed(before: bytes | None, after: bytes | None) -> str:
    if before is None:
        return "its text was added"
    if after is None:
        return "its text was taken away"
    old, new = set(before.splitlines()), set(after.splitlines())
    return f"its text reworded, {len(new - old)} lines new and {len(old - new)} gone"
