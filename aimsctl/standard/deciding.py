"""Floor 1: how the advice on certification is reached: options, ladder, turns, arguments, cycle, drivers. Data."""

import functools
from collections.abc import Mapping
from typing import Any, NamedTuple

from aimsctl.standard.data import load


class Done(NamedTuple):
    """One line of a definition of done; `fact` names what tells whether it is met, empty where nobody can tell."""

    say: str
    fact: str


class First(NamedTuple):
    """What to do first on a way, told where its facts hold."""

    when: tuple[str, ...]
    say: str


class Option(NamedTuple):
    """One way to go, the decisions of management that agree with it, what to do first, and when it is done."""

    id: str
    title: str
    what: str
    decisions: tuple[str, ...]
    first: tuple[First, ...]
    done: tuple[Done, ...]


class Rung(NamedTuple):
    """A line of the ladder: where all its facts hold it decides for its option. `not x` asks that x does not hold."""

    option: str
    when: tuple[str, ...]
    because: str


class Turn(NamedTuple):
    """A fact that may turn over, and how each way reads."""

    fact: str
    if_true: str
    if_false: str


class Argument(NamedTuple):
    """A reason for or against options, told where its facts hold; names in braces are figures."""

    side: str
    options: tuple[str, ...]
    when: tuple[str, ...]
    say: str


class Step(NamedTuple):
    """A step of the audit cycle, so many months from the decision of the certification body."""

    id: str
    months: int
    title: str
    says: str


class Driver(NamedTuple):
    """What drives the cost, whether the organisation can move it, and how."""

    id: str
    say: str
    move: str
    how: str


class Decision(NamedTuple):
    """Everything the advice follows."""

    options: Mapping[str, Option]
    ladder: tuple[Rung, ...]
    turns: tuple[Turn, ...]
    arguments: tuple[Argument, ...]
    steps: tuple[Step, ...]
    cycle_source: str
    cycle_assumption: str
    lead_least: int
    lead_most: int
    lead_source: str
    theatre_share: float
    theatre_say: str
    drivers: tuple[Driver, ...]
    not_proven: tuple[str, ...]
    check_it: tuple[str, ...]


@functools.cache
def decision() -> Decision:
    """The data of the advice, in its order."""
    data = load("decision")
    lead, cycle, theatre = data["lead_time"], data["cycle"], data["theatre"]
    return Decision(
        options={name: _option(name, row) for name, row in data["options"].items()},
        ladder=tuple(Rung(row["option"], tuple(row["when"]), row["because"]) for row in data["ladder"]),
        turns=tuple(Turn(row["fact"], row["if_true"], row["if_false"]) for row in data["turns"]),
        arguments=tuple(
            Argument(row["side"], tuple(row["of"]), tuple(row["when"]), row["say"]) for row in data["arguments"]
        ),
        steps=tuple(Step(row["id"], row["months"], row["title"], row["says"]) for row in cycle["steps"]),
        cycle_source=cycle["source"],
        cycle_assumption=cycle["assumption"],
        lead_least=lead["least"],
        lead_most=lead["most"],
        lead_source=lead["source"],
        theatre_share=theatre["share"],
        theatre_say=theatre["say"],
        drivers=tuple(Driver(row["id"], row["say"], row["move"], row["how"]) for row in data["drivers"]),
        not_proven=tuple(data["not_proven"]),
        check_it=tuple(data["check_it"]),
    )


def _option(name: str, row: Mapping[str, Any]) -> Option:
    return Option(
        id=name,
        title=row["title"],
        what=row["is"],
        decisions=tuple(row["decisions"]),
        first=tuple(First(tuple(line["when"]), line["say"]) for line in row["first"]),
        done=tuple(Done(line["say"], line.get("fact", "")) for line in row["done"]),
    )
