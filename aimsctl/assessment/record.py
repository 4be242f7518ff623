"""The gap report as plain data, the shape of `aimsctl gap --format json` (schemas/output/gap.schema.json)."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from aimsctl.assessment.readiness import blockers, summarise

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from aimsctl.assessment.approvals import Approval, Approvals
    from aimsctl.assessment.changes import Change
    from aimsctl.assessment.gap import Assessed, GapReport, Reason
    from aimsctl.assessment.movement import Moved
    from aimsctl.assessment.waivers import Waiver
    from aimsctl.diagnostics import Span

Record = dict[str, object]


def gap_record(report: GapReport, only: Collection[str] = ()) -> Record:
    """standard, as_of, requirements, stages and summary; with `only`, the requirements of those ids."""
    summary = summarise(report)
    return {
        "standard": f"{report.facts.catalogue.standard}:{report.facts.catalogue.edition}",
        "as_of": report.as_of.isoformat(),
        "requirements": [_requirement(one) for one in report.requirements if not only or one.id in only],
        "waivers": [_reason(reason) for reason in report.waiver_reasons],
        "stages": {
            stage: [
                {"requirement": one.requirement, "test": one.test, "why": one.why, "do": one.do, **_place(one.span)}
                for one in blockers(report)
                if one.stage == stage
            ]
            for stage in ("1", "2")
        },
        "summary": asdict(summary),
        "since": None,
        "approvals": None if report.facts.approvals is None else list(_approvals(report.facts.approvals)),
    }


def _approvals(approvals: Approvals) -> Iterator[Record]:
    for artefact, field, shown in approvals.all():
        yield {
            "id": artefact.id,
            "field": field,
            "by": artefact.get(f"{field}.by"),
            "date": artefact.get(f"{field}.date"),
            **approval_record(shown),
            **_place(artefact.span(field)),
        }


def approval_record(shown: Approval) -> Record:
    """What git shows about an approval."""
    commit = None if shown.commit is None else shown.commit.id
    return {"state": shown.state, "commit": commit, "key": shown.key, "why": shown.why}


def _requirement(one: Assessed) -> Record:
    return {
        "id": one.id,
        "title": one.requirement.title,
        "type": one.requirement.type,
        "applicable": one.applicable,
        **one.states,
        "grade": one.grade,
        "reasons": [_reason(reason) for reason in one.reasons],
        "waiver": _waiver(one),
    }


def _reason(reason: Reason) -> Record:
    return {
        "code": reason.rule.code,
        "test": reason.test,
        "message": reason.message,
        "do": reason.do,
        **_place(reason.span),
        "column": reason.span.column,
        "state": reason.state,
        "result": reason.result,
        "grade": reason.grade,
        "home": reason.home,
    }


def _place(span: Span) -> Record:
    return {"path": span.path, "line": span.line}


def _waiver(one: Assessed) -> Record | None:
    if not one.waivers:
        return None
    waiver: Waiver = one.waived or one.waivers[0]
    return {
        "id": waiver.id,
        "owner": waiver.owner,
        "until": waiver.until,
        "approved_by": waiver.approved_by,
        "reason": waiver.reason,
        "covers": one.waived is not None,
        "problem": waiver.problem,
    }


def movement_record(since: str, moved: Iterable[Moved], changed: Iterable[Change]) -> Record:
    """What a change does: requirements that moved, with new and fixed reasons, and artefacts in words."""
    return {
        "rev": since,
        "requirements": [
            {
                "id": one.id,
                "grade": [one.before.grade, one.after.grade],
                "states": {state: list(pair) for state, pair in one.states.items()},
                "opened": one.opened,
                "closed": one.closed,
                "new": [_reason(reason) for reason in one.new_reasons],
                "fixed": [_reason(reason) for reason in one.gone_reasons],
            }
            for one in moved
        ],
        "artefacts": [
            {"id": one.id, "kind": one.kind, "title": one.title, "what": one.what, "details": list(one.details)}
            for one in changed
        ],
    }
