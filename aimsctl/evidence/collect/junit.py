"""JUnit XML, as test runners and scanners write it: a run for each test suite that has cases, an item for each case.

There is no schema that all tools keep to. Texts of failures and captured output are passed over on purpose: they can
hold prompts and names. A document type, and with it every entity, is refused before it is read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn
from xml.parsers import expat

from aimsctl.evidence.collect.reading import Item, Reading, Run, State, text_facts
from aimsctl.evidence.problems import MalformedError

DEPTH: Final = 32
_STATES: Final[Mapping[str, State]] = {"error": "error", "failure": "failed", "skipped": "skipped"}
_WORST: Final[tuple[State, ...]] = ("error", "failed", "skipped", "passed")
_KNOWN: Final = {"testsuites", "testsuite", "testcase", "properties", "property", "system-out", "system-err", *_STATES}


@dataclass(slots=True)
class _Suite:
    place: str
    attributes: Mapping[str, str]
    facts: dict[str, str]
    items: list[Item] = field(default_factory=list)
    children: int = 0


@dataclass(slots=True)
class _Case:
    place: str
    facts: dict[str, str]
    state: State = "passed"


def read(content: bytes, options: Mapping[str, Any]) -> Reading:  # noqa: ARG001 - the same for all formats
    """The suites in the file. Raises MalformedError if it is not XML, or XML that nobody sends in good faith."""
    return _Reader().read(content)


class _Reader:
    def __init__(self) -> None:
        self._reading = Reading()
        self._open: list[str] = []
        self._suites: list[_Suite] = []
        self._case: _Case | None = None
        self._roots = 0
        self._strange: Counter[str] = Counter()

    def read(self, content: bytes) -> Reading:
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.StartDoctypeDeclHandler = self._doctype
        parser.EntityDeclHandler = self._doctype
        try:
            parser.Parse(content, True)  # noqa: FBT003 - the parser takes it by position
        except expat.ExpatError as error:
            raise MalformedError(f"it is not well-formed XML: {error}") from error
        except (LookupError, ValueError) as error:
            raise MalformedError("it is XML in an encoding that is not known") from error
        self._reading.unread += [f"<{name}>: {count} not read" for name, count in sorted(self._strange.items())]
        return self._reading

    @staticmethod
    def _doctype(*_: object) -> NoReturn:
        raise MalformedError("it has a document type; JUnit files have none, and entities are not read")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._open.append(name)
        if len(self._open) > DEPTH:
            raise MalformedError(f"it is nested deeper than {DEPTH} elements")
        if len(self._open) == 1 and name not in {"testsuites", "testsuite"}:
            raise MalformedError(f"it is not JUnit XML: its root is <{name[:40]}>")
        if name == "testsuite":
            self._suite(attributes)
        elif name == "testcase" and self._suites:
            suite = self._suites[-1]
            facts = text_facts({"classname": attributes.get("classname", ""), "name": attributes.get("name", "")})
            self._case = _Case(f"{suite.place}/case[{len(suite.items)}]", facts)
        elif name == "property":
            facts = self._case.facts if self._case else self._suites[-1].facts if self._suites else {}
            facts[f"property.{attributes.get('name', '')}"] = attributes.get("value", "")
        elif name in _STATES and self._case:
            self._case.state = min(self._case.state, _STATES[name], key=_WORST.index)
        elif name not in _KNOWN:
            self._strange[name[:40]] += 1

    def _suite(self, attributes: dict[str, str]) -> None:
        if self._suites:
            parent = self._suites[-1]
            place, inherited = f"{parent.place}/suite[{parent.children}]", parent.facts
            parent.children += 1
        else:
            place, inherited = f"suite[{self._roots}]", {}
            self._roots += 1
        facts = {**inherited, **text_facts({"suite": attributes.get("name", "")})}
        self._suites.append(_Suite(place, attributes, facts))

    def _end(self, name: str) -> None:
        self._open.pop()
        if name == "testcase" and self._case:
            self._suites[-1].items.append(Item(self._case.place, self._case.facts, self._case.state))
            self._case = None
        elif name == "testsuite":
            suite = self._suites.pop()
            if suite.items or not suite.children:
                self._reading.runs.append(_run(suite))


def _run(suite: _Suite) -> Run:
    """What the suite's own totals say counts where it is worse than its cases: a run that broke lists few of them."""
    told = {state: _count(suite.attributes.get(name)) for name, state in _TOTALS.items()}
    seen = Counter(item.state for item in suite.items)
    fields: dict[str, Any] = {}
    if suite.attributes.get("timestamp"):
        fields["startedOn"] = suite.attributes["timestamp"]
        fields["seconds"] = suite.attributes.get("time", "0")
    broken = told["error"] > seen["error"]
    empty: State = "error" if broken else "failed" if told["failed"] > seen["failed"] else "skipped"
    if suite.items and told["failed"] > seen["failed"]:
        broken = True
    return Run(suite.place, suite.facts, fields, suite.items, broken, empty)


_TOTALS: Final[Mapping[str, State]] = {"errors": "error", "failures": "failed"}


def _count(text: str | None) -> int:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 10 else 0  # noqa: PLR2004
