"""The revisions of artefacts as a document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from aimsctl.output.report import counted
from aimsctl.output.tree import Block, Bullets, Heading, Item, Note, Paragraph

if TYPE_CHECKING:
    from aimsctl.assessment.approvals import Approval
    from aimsctl.assessment.revisions import Revision
    from aimsctl.output.colour import Tone

_APPROVALS: Final[dict[str, tuple[str, Tone]]] = {
    "verified": ("verified", "good"),
    "claimed": ("as claimed", "note"),
    "not_shown": ("not shown", "bad"),
}
CLAIMS: Final = "Authors and days are what the commits claim; only a verified signature shows who approved."


def revisions_body(
    heading: str, revisions: Sequence[Revision], current: Approval | None, *, complete: bool
) -> Iterator[Block]:
    """The revisions, newest first, after what is to be known about them. `current` is the approval in force."""
    yield Heading(1, heading)
    if not complete:
        yield Note("The history is shallow, so older revisions are missing here. Fetch all of it.")
    yield Paragraph(f"{counted(len(revisions), 'revision')}. {CLAIMS}")
    if current is not None:
        words, tone = _APPROVALS[current.state]
        yield Note(f"Approval in force: {words}; {current.why}.", tone)
    yield Bullets(tuple(_item(one) for one in revisions))


def _item(one: Revision) -> Item:
    version = f" version {one.version}" if one.version else ""
    approved = f"approved by {one.approved_by} on {one.approved_on}" if one.approved_by else ""
    details = (*((approved,) if approved else ()), *one.details)
    said = f"{one.day.isoformat()} {one.commit.author.name}: {one.id} {one.title}{version}, {one.what}"
    return Item(f"{said}. ({one.commit.short})", "", "", details)


def revisions_record(revisions: Sequence[Revision]) -> list[dict[str, Any]]:
    """The revisions as plain data."""
    return [
        {
            "id": one.id,
            "kind": one.kind,
            "title": one.title,
            "commit": one.commit.id,
            "date": one.day.isoformat(),
            "author": one.commit.author.name,
            "what": one.what,
            "details": list(one.details),
            "version": one.version,
            "approved_by": one.approved_by,
            "approved_on": one.approved_on,
        }
        for one in revisions
    ]
