"""What was set aside, and what looks like paper: waivers, suppressions, and the tests for compliance on paper only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aimsctl.assessment.calendar import parse_date
from aimsctl.assessment.computed.registry import listed
from aimsctl.assessment.predicates import Result
from aimsctl.assessment.responsible import named, title_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aimsctl.assessment.gap import GapReport, Reason
    from aimsctl.assessment.states import Answer
    from aimsctl.diagnostics import Diagnostic, Span

Record = dict[str, Any]
_ENDED: Final = "it has ended"
_NOT_IN_FORCE: Final = "it is not in force"


def place(span: Span) -> Record:
    """Path and line, as every entry of the record tells them."""
    return {"path": span.path, "line": span.line}


def waivers(report: GapReport) -> list[Record]:
    """Every waiver on file with its requirements, ended ones included, and why it has no effect if it has none."""
    facts = report.facts
    in_force = {(waiver.id, one.id): waiver for one in report.requirements for waiver in one.waivers}
    covering = {(one.waived.id, one.id) for one in report.requirements if one.waived is not None}
    found = []
    for item in facts.items("waiver"):
        for requirement in listed(item.get("requirements")):
            waiver = in_force.get((item.id, str(requirement)))
            until = parse_date(item.get("until"))
            ended = until is not None and until < facts.as_of
            span = item.span()
            found.append(
                {
                    "id": item.id,
                    "title": str(item.get("title")),
                    "requirement": str(requirement),
                    "status": str(item.get("status")),
                    "until": item.get("until"),
                    "owner": title_of(facts, item.get("owner")),
                    "approved_by": title_of(facts, item.get("approval.by")),
                    "reason": str(item.get("reason") or ""),
                    "approved_on": item.get("approval.date"),
                    "compensating": [named(facts, one) for one in listed(item.get("compensating"))],
                    "tests": [str(test) for test in listed(item.get("tests"))],
                    "problem": waiver.problem if waiver is not None else _ENDED if ended else _NOT_IN_FORCE,
                    "covers": (item.id, str(requirement)) in covering,
                    **(place(span) if span is not None else {"path": "", "line": 1}),
                }
            )
    return found


def finding(one: Diagnostic) -> Record:
    """A finding with its place and what to do."""
    return {"code": one.code, "message": one.message, "do": one.hint, **place(one.span)}


def suppressed(findings: Iterable[Diagnostic]) -> list[Record]:
    """The findings that a comment, the configuration or a waiver sets aside, with the reason."""
    return [{**finding(one), "reason": one.suppressed} for one in findings if one.suppressed is not None]


def paper(report: GapReport) -> list[Record]:
    """Each test for compliance on paper once: whether it found something, and what."""
    asked: dict[str, Record] = {}
    for one in report.requirements:
        for answer in one.answers:
            if answer.state == "theatre" and answer.test.id not in asked:
                found = [reason for reason in one.reasons if reason.test == answer.test.id]
                asked[answer.test.id] = _asked(one.id, answer, found)
    return list(asked.values())


def _asked(requirement: str, answer: Answer, found: list[Reason]) -> Record:
    unknown = all(reason.result == Result.UNKNOWN.value for reason in found)
    return {
        "test": answer.test.id,
        "requirement": requirement,
        "why": answer.test.why,
        "result": "clear" if not found else "unknown" if unknown else "found",
        "findings": [{"message": reason.message, "do": reason.do, **place(reason.span)} for reason in found],
    }
