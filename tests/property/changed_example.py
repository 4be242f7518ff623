"""The worked example in memory, each artefact in a file of its own, and what becomes of it when one place is changed.

The example is loaded once. A change reads and checks the changed artefact alone, as from its file; everything else is
shared, so a judgement that altered what it reads would show in the next one.
"""

from __future__ import annotations

import copy
import datetime as dt
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from aimsctl.assessment.gap import Assessed, GapReport, Reason, assess
from aimsctl.diagnostics import Span
from aimsctl.source import yaml
from aimsctl.source.config import load as load_config
from aimsctl.source.files import FileRefusedError, Listing, WorkTree
from aimsctl.workspace.artefacts import load_artefacts
from aimsctl.workspace.schema import check
from aimsctl.workspace.workspace import Workspace, load
from tests.packaging.distributions import ROOT

DAY = dt.date(2026, 11, 1)
NOBODY = "NOBODY-1"
"""An id that leads nowhere."""
WAIVERS = "waivers"
"""The name under which a picture holds what the tests of the waivers themselves found."""

Path = tuple[str | int, ...]
Data = dict[str, Any]


class Memory:
    """Files that are not on disk."""

    label = "changed"

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = files

    @staticmethod
    def blob_id(_path: str) -> str:
        return ""

    def listing(self, folder: str) -> Listing:
        return Listing(
            tuple(sorted(path for path in self.files if path.startswith(f"{folder}/") and path.endswith(".yaml")))
        )

    def read(self, path: str, limit: int = 0) -> bytes:  # noqa: ARG002 - the shape of a tree
        if path not in self.files:
            raise FileRefusedError("it does not exist")
        return self.files[path]


@cache
def story() -> Workspace:
    """The worked example as it lies in the repository."""
    tree = WorkTree(ROOT)
    return load(tree, load_config(tree)[0])


@cache
def example() -> Workspace:
    """The worked example, each artefact in a file of its own."""
    files = {"aimsctl.yaml": (ROOT / "aimsctl.yaml").read_bytes()}
    for artefact in story().artefacts:
        data = {**artefact.data, "kind": artefact.kind}
        content = story().text_of(artefact)
        if content is not None:
            data["file"] = f"{artefact.id.lower()}.md"
            files[f"policies/{data['file']}"] = content
        files[path_of(artefact.id)] = json.dumps(data).encode()
    tree = Memory(files)
    return load(tree, load_config(tree)[0])


def path_of(artefact_id: str) -> str:
    """The file of the artefact."""
    return f"policies/{artefact_id.lower()}.yaml"


@cache
def before() -> GapReport:
    """The unchanged example, judged."""
    return assess(example(), DAY)


@dataclass(frozen=True)
class Change:
    """Another value at a place of an artefact; without a place, the whole artefact is gone."""

    artefact: str
    at: Path = ()
    value: Any = None

    def made(self) -> Workspace:
        """The example with the change."""
        if not self.at:
            return without(self.artefact)
        data = copy.deepcopy(example().by_id[self.artefact].data)
        put(data, self.at, self.value)
        return with_data(self.artefact, data)

    def value_before(self) -> Any:
        """What stands at the place."""
        value: Any = example().by_id[self.artefact].data
        for step in self.at:
            value = value[step] if isinstance(step, int) else value.get(step)
        return value


def restored(change: Change) -> Workspace:
    """The example after the change was taken back: the artefact's file is written as it was."""
    changed, whole = change.made(), example()
    (again,) = (
        one
        for one in with_data(change.artefact, whole.by_id[change.artefact].data).artefacts
        if one.id == change.artefact
    )
    kept = {one.id: one for one in changed.artefacts} | {again.id: again}
    documents = {one.path: one for one in changed.documents} | {again.document.path: again.document}
    return replace(
        changed,
        documents=tuple(documents[one.path] for one in whole.documents),
        artefacts=tuple(kept[one.id] for one in whole.artefacts),
        broken={},
    )


def put(data: Any, at: Path, value: Any) -> None:
    """Set the value at that place; None takes it away."""
    for step in at[:-1]:
        data = data[step]
    if value is None:
        del data[at[-1]]
    else:
        data[at[-1]] = value


def without(artefact_id: str) -> Workspace:
    """The example without the artefact."""
    whole, path = example(), path_of(artefact_id)
    return replace(
        whole,
        documents=tuple(one for one in whole.documents if one.path != path),
        artefacts=tuple(one for one in whole.artefacts if one.id != artefact_id),
    )


def with_data(artefact_id: str, data: Data) -> Workspace:
    """The example with the artefact's file written anew."""
    whole, path = example(), path_of(artefact_id)
    document = yaml.read(path, json.dumps({"kind": whole.by_id[artefact_id].kind, **data}).encode())
    (artefact,) = load_artefacts(document)
    broken: Mapping[str, tuple[Span, ...]] = {} if check(artefact) else {artefact.kind: (artefact.span(),)}
    return replace(
        whole,
        documents=tuple(document if one.path == path else one for one in whole.documents),
        artefacts=tuple(artefact if one.id == artefact_id else one for one in whole.artefacts),
        broken=broken,
    )


# pictures

Picture = dict[str, Any]


def pictures(report: GapReport) -> dict[str, Picture]:
    """All that a report says of each requirement, and of the waivers, as plain data."""
    found = {one.id: _picture(one) for one in report.requirements}
    found[WAIVERS] = {"reasons": [_reason(reason) for reason in report.waiver_reasons]}
    return found


def _picture(one: Assessed) -> Picture:
    return {
        "applicable": one.applicable,
        "grade": one.grade,
        **one.states,
        "reasons": [_reason(reason) for reason in one.reasons],
        "waivers": [(waiver.id, waiver.until, waiver.problem) for waiver in one.waivers],
        "waived": one.waived is not None,
    }


def _reason(reason: Reason) -> tuple[str, ...]:
    place = (reason.span.path, reason.span.pointer)
    return (reason.test, reason.result, reason.grade, reason.state, reason.message, reason.do, reason.home, *place)


def moves(old: Mapping[str, Picture], new: Mapping[str, Picture]) -> dict[str, str]:
    """What moved, by requirement, in words: `documented complete > partial; conforms > minor; +soa-reasons`."""
    return {name: "; ".join(_words(old[name], new[name])) for name in old if old[name] != new[name]}


def _words(old: Picture, new: Picture) -> Iterator[str]:
    for state in ("documented", "implemented", "operating"):
        if old.get(state) != new.get(state):
            yield f"{state} {old[state]} > {new[state]}"
    if old.get("grade") != new.get("grade"):
        yield f"{old['grade']} > {new['grade']}"
    gone, come = Counter(old["reasons"]), Counter(new["reasons"])
    yield from _reasons(gone - come, come - gone)
    if old.get("waivers") != new.get("waivers"):
        yield f"waiver {_waivers(old)} > {_waivers(new)}"


def _reasons(gone: Counter[tuple[str, ...]], come: Counter[tuple[str, ...]]) -> Iterator[str]:
    """Tests whose reasons came, went or say something else; `*` stands before those that are no failure."""
    left, arrived = Counter(one[0] for one in gone.elements()), Counter(one[0] for one in come.elements())
    for test in sorted(left | arrived):
        balance = arrived[test] - left[test]
        sign = "~" if not balance else "+" if balance > 0 else "-"
        results = {one[1] for one in come if one[0] == test} or {one[1] for one in gone if one[0] == test}
        soft = "".join(f" ({result})" for result in sorted(results - {"fail"}))
        yield f"{sign}{test}{f' x{abs(balance)}' if abs(balance) > 1 else ''}{soft}"


def _waivers(picture: Picture) -> str:
    return ", ".join(f"{one[0]}: {one[2] or 'in force'}" for one in picture["waivers"]) or "none"
