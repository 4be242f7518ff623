"""What belongs together across artefacts: who points at whom, and the row and the evidence of a control."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimsctl.documents.applicability import Evidence
from aimsctl.documents.plain import natural

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from aimsctl.assessment.facts import Facts
    from aimsctl.assessment.gap import GapReport
    from aimsctl.assessment.items import Item
    from aimsctl.documents.plain import Record, Records


def by_control(statement: Iterable[Record]) -> dict[str, Record]:
    """The rows of the statement of applicability by the id of their control."""
    return {str(row["control"]["id"]): row for row in statement}


def owed(report: GapReport, records: Records) -> dict[str, Record]:
    """For each control artefact that owes evidence the state of the worst and the day of the newest of it, by id."""
    proof = Evidence(report, records)
    return {name: proof.of_control([name])[0] for name in proof.owed}


def named_by(facts: Facts, records: Records) -> dict[str, list[Record | None]]:
    """The artefacts that point at an id and are not retired, by that id."""
    links = facts.workspace.links
    return {
        name: [
            records.link(one) for one in sorted({link.source.id for link in found if _stands(link.source)}, key=natural)
        ]
        for name, found in links.items()
    }


def _stands(artefact: object) -> bool:
    return getattr(artefact, "status", "") != "retired"


def concerns(facts: Facts, item: Item, only: Collection[str]) -> bool:
    """Whether the artefact is one of these, points at one of them, or one of them points at it."""
    if item.id in only:
        return True
    if item.artefact is not None and any(link.target in only for link in facts.workspace.links_from(item.artefact)):
        return True
    return any(link.source.id in only for link in facts.workspace.links_to(item.id))


def text_of(facts: Facts, records: Records, item: Item | None) -> str | None:
    """The Markdown file of a policy or document without its title; None where it names none that can be read."""
    from aimsctl.documents.prose import without_title  # noqa: PLC0415 - Markdown is read only where a text is taken in

    content = facts.workspace.text_of(item.artefact) if item is not None and item.artefact is not None else None
    return None if content is None else without_title(records.visible(content.decode("utf-8", "replace")))
