"""The closed set of predicates behind the tests of the judgement: data says what to ask, these say how."""

from aimsctl.assessment.predicates import approvals, content, dates, evidence, relations, standing
from aimsctl.assessment.predicates.base import PREDICATES, Outcome, Question, Result

__all__ = [
    "PREDICATES",
    "Outcome",
    "Question",
    "Result",
    "approvals",
    "content",
    "dates",
    "evidence",
    "relations",
    "standing",
]
