"""One artefact with everything around it: its fields, its links both ways, and the requirements it serves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aimsctl.assessment import ageing
from aimsctl.assessment.computed.registry import COMPUTED, listed
from aimsctl.assessment.items import UNKNOWN
from aimsctl.assessment.responsible import title_of
from aimsctl.errors import UsageError
from aimsctl.standard.judging import STATES
from aimsctl.workspace.hints import closest, did_you_mean
from aimsctl.workspace.kinds import kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aimsctl.assessment.facts import Facts
    from aimsctl.assessment.gap import GapReport
    from aimsctl.assessment.items import Item
    from aimsctl.evidence.summary import Run
    from aimsctl.workspace.artefacts import Artefact
    from aimsctl.workspace.links import Link
    from aimsctl.workspace.workspace import Workspace

Record = dict[str, Any]


def named(workspace: Workspace, identifier: str) -> Artefact:
    """The artefact of that id, whatever the case of its letters. Raises UsageError with the nearest id."""
    from aimsctl.standard import catalogue  # noqa: PLC0415 - only to tell a control from a misspelt id

    found = workspace.by_id.get(identifier) or workspace.by_id.get(identifier.upper())
    if found is not None:
        return found
    if identifier in catalogue():
        hint = f"it is a requirement of the standard: `aimsctl explain {identifier}`"
        raise UsageError(f"there is no artefact {identifier}", hint=hint)
    near = closest(identifier.upper(), tuple(workspace.by_id))
    raise UsageError(
        f"there is no artefact {identifier}",
        hint=did_you_mean(near) if near else "`aimsctl list KIND` shows what there is",
    )


def receipts_of(report: GapReport, artefact: Artefact) -> list[Record] | None:
    """For a control, how often it ran for each system and version, and when last, by the ledgers; None without any."""
    evidence = report.facts.evidence
    if evidence is None:
        return None
    found: dict[tuple[str, str], list[Run]] = {}
    for run in evidence.of(artefact.id):
        found.setdefault((run.system, run.version), []).append(run)
    return [
        {
            "system": system,
            "version": version,
            "runs": len(runs),
            "not_passed": sum(run.result != "passed" for run in runs),
            "unverified": sum(bool(run.why) for run in runs),
            "last": runs[-1].finished.isoformat().replace("+00:00", "Z"),
            "last_result": runs[-1].result,
            "last_place": f"{runs[-1].origin} {runs[-1].index}",
        }
        for (system, version), runs in sorted(found.items())
    ]


def dossier(report: GapReport, artefact: Artefact, history: list[Record] | None = None) -> Record:
    """Everything the workspace knows about the artefact on that day, with its revisions if git was read."""
    facts = report.facts
    workspace = facts.workspace
    known = kind(artefact.kind)
    span, owner = artefact.span(), artefact.data.get("owner")
    return {
        "as_of": report.as_of.isoformat(),
        "id": artefact.id,
        "kind": artefact.kind,
        "kind_title": known.title if known is not None else artefact.kind,
        "title": artefact.title,
        "status": artefact.status,
        "owner": owner if isinstance(owner, str) else "",
        "owner_title": title_of(facts, owner),
        "valid": artefact.valid,
        "path": span.path,
        "line": span.line,
        "text": workspace.text_path(artefact),
        "also_at": [
            {"path": other.path, "line": other.line}
            for one in workspace.artefacts
            if one.id == artefact.id and one is not artefact
            for other in [one.span()]
        ],
        "fields": [{"field": name, "value": value} for name, value in _fields(artefact)],
        "computed": [{"name": name, "value": value} for name, value in _computed(facts, artefact)],
        "links": [_link_out(workspace, link) for link in workspace.links_from(artefact)],
        "linked_from": [_link_in(link) for link in workspace.links_to(artefact.id)],
        "requirements": _requirements(report, artefact),
        "history": history,
        "evidence": [row for row in ageing.evidence(report)["rows"] if row["control"] == artefact.id],
        "receipts": receipts_of(report, artefact),
    }


def _fields(artefact: Artefact) -> Iterator[tuple[str, str]]:
    for name, value in artefact.data.items():
        if name not in ("kind", "id", "title", "status", "owner"):
            yield from _flat(name, value)


def _flat(name: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(f"{name}.{key}", inner)
    elif isinstance(value, list) and any(isinstance(one, dict | list) for one in value):
        for number, one in enumerate(value, 1):
            yield from _flat(f"{name}.{number}", one)
    elif isinstance(value, list):
        yield name, ", ".join(map(said, value))
    else:
        yield name, said(value)


def said(value: object) -> str:
    """A value as people read it: yes and no, unknown, and nothing for nothing."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is UNKNOWN:
        return "unknown"
    if isinstance(value, list):
        return ", ".join(map(said, value))
    return "" if value is None else str(value)


def _computed(facts: Facts, artefact: Artefact) -> Iterator[tuple[str, str]]:
    item = facts.find(artefact.id)
    if item is None or item.artefact is not artefact:
        return  # an artefact with errors is not judged, so nothing is worked out from it
    names = dict.fromkeys(name for shape, name in COMPUTED if shape in (artefact.kind, "*"))
    for name in names:
        value = item.get(name)
        if (
            value is not None
            and value != []
            and not (isinstance(value, list) and any(isinstance(v, dict) for v in value))
        ):
            yield name, said(value)


def _link_out(workspace: Workspace, link: Link) -> Record:
    found = workspace.by_id.get(link.target)
    return {
        "field": link.field.path,
        "id": link.target,
        "kind": found.kind if found is not None else "",
        "title": found.title if found is not None else _control_title(link.target),
        "found": found is not None or _control_title(link.target) != "",
    }


def _control_title(identifier: str) -> str:
    from aimsctl.standard import catalogue  # noqa: PLC0415 - loaded by the judgement already

    standard = catalogue()
    return standard.get(identifier).title if identifier in standard else ""


def _link_in(link: Link) -> Record:
    span = link.source.span(link.path)
    return {
        "field": link.field.path,
        "seen_as": link.field.reverse,
        "id": link.source.id,
        "kind": link.source.kind,
        "title": link.source.title,
        "path": span.path,
        "line": span.line,
    }


def _requirements(report: GapReport, artefact: Artefact) -> list[Record]:
    served = dict(_served(report.facts, artefact))
    return [
        {
            "id": one.id,
            "title": one.requirement.title,
            "by": served[one.id],
            "applicable": one.applicable,
            **{state: one.states[state] for state in STATES},
            "grade": one.grade,
            "waived": one.waived is not None,
        }
        for one in report.requirements
        if one.id in served
    ]


def _served(facts: Facts, artefact: Artefact) -> Iterator[tuple[str, str]]:
    """The requirements with why: the kind serves them, a field names them, or the statement of applicability does."""
    known = kind(artefact.kind)
    if known is None:
        return
    yield from ((name, "its kind") for name in known.serves)
    item = facts.find(artefact.id)
    if item is not None and item.artefact is artefact:
        yield from ((str(name), "its type") for name in listed(item.get("type_serves")))
    for field in known.fields.values():
        if field.type in ("requirement", "annex_a") or "annex_a" in field.links:
            for name in _named_in(artefact.data, field.path.split(".")):
                if name in facts.catalogue:
                    yield name, field.path
    yield from ((name, "the statement of applicability") for name in _declared(facts, artefact.id))


def _declared(facts: Facts, identifier: str) -> Iterator[str]:
    for name, row in facts.soa_rows.items():
        if identifier in listed(row.data.get("implemented_by")):
            yield name


def _named_in(value: object, names: list[str]) -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from _named_in(one, names)
    elif isinstance(value, dict) and names:
        yield from _named_in(value.get(names[0]), names[1:])
    elif isinstance(value, str) and not names:
        yield value


def item_of(facts: Facts, artefact: Artefact) -> Item | None:
    """The artefact as the judgement sees it; None where it has errors."""
    found = facts.find(artefact.id)
    return found if found is not None and found.artefact is artefact else None
