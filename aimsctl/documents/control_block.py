"""The control block: which document this is, who answers for it, who approved it, and how far that is verified."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from aimsctl.assessment.facts import klass
from aimsctl.assessment.predicates.approvals import approval_problem
from aimsctl.assessment.responsible import owner_of
from aimsctl.documents.plain import Plain, Record, Records

if TYPE_CHECKING:
    from aimsctl.assessment.approvals import Approval
    from aimsctl.assessment.facts import Facts
    from aimsctl.assessment.items import Item
    from aimsctl.documents.definition import Definition
    from aimsctl.documents.provenance import Provenance

_SECRECY: Final = ("public", "internal", "confidential", "restricted")
_VERIFIED: Final = {
    "current": "Verified: the fingerprint kept at approval is that of this text",
    "suspect": "Suspect: the text has changed since it was approved",
    "claimed": "Claimed: the artefact says so; no fingerprint was kept to compare with",
}
_TEXT: Final = {
    "current": "; the fingerprint kept at approval is that of this text",
    "suspect": "; suspect, for the text has changed since it was approved",
    "claimed": "",
}
"""What the text adds to a signature."""
_UNFINISHED: Final = {"draft": "it is a draft", "in_review": "it is in review and not approved"}
_COMPILED: Final = "Compiled from the artefacts of the workspace"
_RECORD: Final = "A record: it is dated and kept, not approved"
UNTITLED: Final = "No artefact"


def block(  # noqa: PLR0913 - what a control block is made of
    definition: Definition,
    subject: Item | None,
    entries: Sequence[Item],
    *,
    facts: Facts,
    records: Records,
    provenance: Provenance,
    only: Sequence[str] = (),
    errors: int = 0,
) -> Record:
    """The `document` of the context."""
    own = _of_subject(subject, records) if subject is not None else _of_register(definition, entries, facts, records)
    return {
        "name": definition.name,
        "purpose": definition.purpose,
        "serves": [records.link(one) for one in definition.serves],
        **own,
        "document": definition.id,
        "draft": records.text(_draft(subject, errors)),
        "only": [records.link(one) or one for one in only],
        "revisions": _revisions(subject, provenance, records),
        "retired": [records.link(item.id) for item in facts.items(definition.kind) if item.get("status") == "retired"],
    }


def _of_subject(subject: Item, records: Records) -> Record:
    approver, day = subject.get("approval.by"), subject.get("approval.date")
    return {
        "id": records.text(subject.id),
        "title": records.text(subject.get("title")),
        "version": records.text(subject.get("version")),
        "issued": records.text(subject.get("issued")),
        "status": "recorded" if _kept(subject) else str(subject.get("status")),
        "owner": records.link(subject.get("owner")),
        "approver": records.link(approver),
        "approved": records.text(day),
        "verification": records.text(_RECORD if _kept(subject) else verification(subject)),
        "classification": records.text(subject.get("classification")),
        "last_review": records.text(subject.get("last_review")),
        "next_review": records.text(subject.get("next_review")),
        "path": records.text(span.path if (span := subject.span()) is not None else None),
        "data": records.record(subject),
    }


def _kept(subject: Item) -> bool:
    """Whether it is a record in force that nobody was to approve."""
    in_force = klass(subject.kind) == "record" and subject.get("status") == "approved"
    return in_force and subject.get("approval") is None


def verification(item: Item, field: str = "approval") -> str | None:
    """How the approval was verified, in words; None where there is none."""
    if item.get(field) is None:
        return None
    problem = approval_problem(item, field, {})
    if problem:
        return f"Does not hold: {problem}"
    state, history = str(item.get("approval_state")), item.facts.approvals
    if item.artefact is None or history is None or history.signers is None:
        return _VERIFIED[state]
    shown = history.of(item.artefact, field)
    if shown is None:
        return None
    commit = f", commit {shown.commit.short}" if shown.commit is not None else ""
    return f"{_signed(shown)}{commit}{_TEXT[state]}"


def _signed(shown: Approval) -> str:
    """What the signatures say that were checked against the keys of the verifier."""
    if shown.state == "verified":
        return f"Signature of {shown.key} verified"
    return f"{'Approved as claimed' if shown.state == 'claimed' else 'Signature does not show it'}: {shown.why}"


def _of_register(definition: Definition, entries: Sequence[Item], facts: Facts, records: Records) -> Record:
    owner = owner_of(facts, definition.serves[0]) if definition.serves else ""
    known = [name for item in entries if (name := item.get("classification")) in _SECRECY]
    reviews = [str(day) for item in entries if (day := item.get("next_review")) is not None]
    last = [str(day) for item in entries if (day := item.get("last_review")) is not None]
    status, approval = _state_of_register(definition, entries)
    return {
        "id": definition.id,
        "title": definition.name,
        "version": None,
        "issued": None,
        "status": status,
        "owner": {"id": "", "title": Plain(records.visible(owner)), "kind": "role"} if owner else None,
        "approver": None,
        "approved": None,
        "verification": approval,
        "classification": max(known, key=lambda name: _SECRECY.index(str(name)), default=None),
        "last_review": max(last, default=None),
        "next_review": min(reviews, default=None),
        "path": None,
        "data": None,
    }


def _state_of_register(definition: Definition, entries: Sequence[Item]) -> tuple[str, str]:
    """Its status, and how what is in it was approved."""
    if definition.compiled:
        return _COMPILED, "Each artefact is approved on its own"
    register = f"Register, {len(entries)} {'entry' if len(entries) == 1 else 'entries'}"
    if klass(definition.kind) == "record":
        return register, "Its entries are records: dated and kept, not approved"
    counted = Counter(str(item.get("status")) for item in entries)
    words = ", ".join(f"{count} {status.replace('_', ' ')}" for status, count in sorted(counted.items()))
    return f"{register}: {words}" if words else register, "Entries are approved one by one"


def _draft(subject: Item | None, errors: int) -> str | None:
    """Why the document is a draft, as the rest of a sentence; None if it is none."""
    reasons = []
    if errors:
        reasons.append(
            f"the workspace has {errors} {'error' if errors == 1 else 'errors'}, and what they touch is left out"
        )
    if subject is not None and (why := _UNFINISHED.get(str(subject.get("status")))):
        reasons.append(why)
    return "; ".join(reasons) or None


def _revisions(subject: Item | None, provenance: Provenance, records: Records) -> list[Record]:
    found = provenance.revisions(subject.id) if subject is not None else ()
    return [
        {
            "version": records.text(one.version),
            "date": records.text(one.day),
            "commit": records.text(one.commit[:12]),
            "author": records.text(one.author),
            "approver": records.link(one.approver) or records.text(one.approver),
            "what": records.text(one.what),
        }
        for one in found
    ]
