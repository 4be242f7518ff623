"""SARIF 2.1.0 (OASIS), the reports of scanners: a run for each run, an item for each result and each rule without one.

A run that says that its tool failed is an error, and so is one without a list of results: by 3.14.23 only an empty list
says that nothing was found. Messages, paths and snippets are passed over on purpose.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from aimsctl.evidence.collect.reading import Item, Reading, Run, State, text_facts
from aimsctl.evidence.problems import MalformedError
from aimsctl.evidence.strict import parse_object

VERSION: Final = "2.1.0"
_BOM: Final = b"\xef\xbb\xbf"
_KINDS: Final[Mapping[str, State]] = {  # 3.27.9; what a person still has to decide is not decided
    "pass": "passed",
    "fail": "failed",
    "open": "error",
    "review": "error",
    "notApplicable": "skipped",
    "informational": "skipped",
}


def read(content: bytes, options: Mapping[str, Any]) -> Reading:  # noqa: ARG001 - the same for all formats
    """The runs in the file. Raises MalformedError if it is not SARIF 2.1.0."""
    log = parse_object(content.removeprefix(_BOM), "the file")
    runs = log.get("runs")
    if log.get("version") != VERSION or not isinstance(runs, list):
        raise MalformedError(f"it is not SARIF {VERSION}")
    reading = Reading()
    for index, run in enumerate(runs):
        place = f"runs[{index}]"
        driver = _inside(run, "tool", "driver")
        if not isinstance(driver.get("name"), str):
            reading.unread.append(f"{place}: it names no tool")
            continue
        reading.runs.append(_run(place, run, driver, reading.unread))
        if run.get("externalPropertyFileReferences"):
            reading.unread.append(f"{place}: parts of it are in other files")
    return reading


def _run(place: str, run: Mapping[str, Any], driver: Mapping[str, Any], unread: list[str]) -> Run:
    provenance = _objects(run.get("versionControlProvenance"))
    facts = text_facts(
        {
            "tool": driver["name"],
            "version": driver.get("semanticVersion") or driver.get("version") or "",
            "category": _inside(run, "automationDetails").get("id") or "",
            "revision": provenance[0].get("revisionId") or "" if provenance else "",
        }
    )
    invocations = _objects(run.get("invocations"))
    results = run.get("results")
    broken = any(one.get("executionSuccessful") is not True for one in invocations) or not isinstance(results, list)
    items = list(_items(place, driver, results if isinstance(results, list) else [], unread))
    return Run(place, facts, _times(invocations), items, broken, "passed")


def _items(place: str, driver: Mapping[str, Any], results: Sequence[Any], unread: list[str]) -> Iterator[Item]:
    rules = _objects(driver.get("rules"))
    by_id = {one["id"]: one for one in rules if isinstance(one.get("id"), str)}
    found = set()
    for index, result in enumerate(results):
        here = f"{place}.results[{index}]"
        rule, defaults = _rule(result, rules, by_id) if isinstance(result, dict) else ("", {})
        kind = result.get("kind", "fail") if isinstance(result, dict) else None
        if not rule or not isinstance(kind, str) or kind not in _KINDS:
            unread.append(f"{here}: it names no rule, or is of no known kind")
            yield Item(here, {}, "error")
            continue
        found.add(rule)
        level = result.get("level") or _inside(defaults, "defaultConfiguration").get("level") or "warning"
        yield Item(here, text_facts({"rule": rule, "level": level, "kind": kind}), _state(result, kind))
    for index, one in enumerate(rules):
        if isinstance(one.get("id"), str) and one["id"] and one["id"] not in found:
            yield Item(f"{place}.tool.driver.rules[{index}]", text_facts({"rule": one["id"]}), "passed")


def _rule(
    result: Mapping[str, Any], rules: Sequence[Mapping[str, Any]], by_id: Mapping[str, Mapping[str, Any]]
) -> tuple[str, Mapping[str, Any]]:
    """Its id and definition; 3.27.5 to 3.27.7 know three ways to name it."""
    reference = _inside(result, "rule")
    index = result.get("ruleIndex", reference.get("index", -1))
    by_index = rules[index] if isinstance(index, int) and 0 <= index < len(rules) else {}
    name = result.get("ruleId") or reference.get("id") or by_index.get("id")
    if not isinstance(name, str):
        return "", {}
    return name, by_index or by_id.get(name, {})


def _state(result: Mapping[str, Any], kind: str) -> State:
    """Suppressed is skipped once the suppression is accepted (3.35.3), and so is what is gone since the baseline."""
    suppressions = _objects(result.get("suppressions"))
    if any(one.get("status", "accepted") == "accepted" for one in suppressions):
        return "skipped"
    return "skipped" if result.get("baselineState") == "absent" else _KINDS[kind]


def _times(invocations: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """From the first start to the last end."""
    starts = [text for one in invocations if isinstance(text := one.get("startTimeUtc"), str)]
    ends = [text for one in invocations if isinstance(text := one.get("endTimeUtc"), str)]
    return {**({"startedOn": min(starts)} if starts else {}), **({"finishedOn": max(ends)} if ends else {})}


def _inside(value: Any, *names: str) -> Mapping[str, Any]:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def _objects(value: Any) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
