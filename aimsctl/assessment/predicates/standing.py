"""The predicate about requirements themselves: state."""

from __future__ import annotations

from aimsctl.assessment.predicates.base import Outcome, Question, Result, predicate
from aimsctl.assessment.selection import select


@predicate("state")
def state(question: Question) -> list[Outcome]:
    """An answer a requirement: whether that state of it is not among those named. With tolerate, one about the share.

    Judged after all other tests, when the states it asks for are known; nothing where the state is not_expected.
    """
    facts = question.facts
    ids = question.words("ids") or [item.id for item in select(facts, question.args, this=question.this).items]
    which, refused = question.text("state"), question.words("not_in")
    by_id = {item.id: item for item in facts.items("requirement")}
    asked = [(name, facts.states[name][which]) for name in ids]
    asked = [(name, found) for name, found in asked if found != "not_expected"]
    bad = [(name, found) for name, found in asked if found in refused]
    if "tolerate" not in question.args:
        return [
            Outcome(Result.FAIL, by_id[name], {"found": found, "id": name}, shows=_shows(found))
            if found in refused
            else Outcome(Result.UNKNOWN if found == "unknown" else Result.PASS, by_id[name])
            for name, found in asked
        ]
    if not asked:
        return []
    share = len(bad) / len(asked)
    if share <= facts.number(question.text("tolerate")):
        return [Outcome(Result.PASS)]
    words = {"found": [name for name, _ in bad], "share": f"{share:.0%}"}
    return [Outcome(Result.FAIL, None, words, shows=_shows(bad[0][1]))]


def _shows(found: str) -> str:
    return "absent" if found == "absent" else "failing"
