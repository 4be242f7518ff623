"""Examples of the judgement: small workspaces written in a few lines, unfolded into folders and judged.

An example is a mapping. `artefacts` lists its artefacts: the name of a kind stands for the complete artefact of that
kind in `tests/data/kinds`, another name for what `cast.yaml` says; a mapping with `like` starts from such a name,
overrides fields and leaves out those in `without` (`entries[A.9.4]` there is the row of a list that begins so); with
`each` it stands for several artefacts, one for every mapping in it. `texts` are further files of the policies folder by
name, written as they are. What git and a ledger would show is written down too: `history` says of an artefact who
wrote its approved text and whether it was reissued, `runs` lists receipts of a control. `as_of` and `thresholds` say
what they say; `invalid` lets artefacts miss their schemas.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from aimsctl.assessment.approvals import Approval, Approvals
from aimsctl.assessment.facts import Facts
from aimsctl.assessment.gap import GapReport, assess
from aimsctl.assessment.items import UNKNOWN
from aimsctl.diagnostics import Span
from aimsctl.evidence.summary import Evidence, Run
from aimsctl.source.config import load as load_config
from aimsctl.source.files import FileRefusedError, Listing
from aimsctl.workspace.artefacts import Artefact
from aimsctl.workspace.workspace import Workspace, load

FOLDER: Final = Path(__file__).parent
KINDS: Final = FOLDER.parent / "data" / "kinds"
AS_OF: Final = "2026-11-01"

Example = Mapping[str, Any]


class _Plain(yaml.CSafeLoader):
    """Reads scalars as the tool does: a date, a duration, `NO` and `2.1.0` are text."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML's own table, emptied


for _name, _words, _first in (
    ("bool", r"true|false", "tf"),
    ("null", r"null|~", "n~"),
    ("int", r"-?(?:0|[1-9][0-9]*)", "-0123456789"),
    ("float", r"-?[0-9]+\.[0-9]+", "-0123456789"),
):
    _Plain.add_implicit_resolver(f"tag:yaml.org,2002:{_name}", re.compile(rf"(?:{_words})\Z"), list(_first))


def read(path: Path) -> Any:
    """What a YAML file holds."""
    return yaml.load(path.read_bytes(), Loader=_Plain)  # noqa: S506 - a safe loader


def parse(text: str) -> Any:
    """What YAML text holds."""
    return yaml.load(text, Loader=_Plain)  # noqa: S506 - a safe loader


@cache
def _named() -> dict[str, dict[str, Any]]:
    named = {path.stem: read(path) for path in KINDS.glob("*.yaml")}
    named.update(read(FOLDER / "cast.yaml"))
    return named


def unfolded(entry: str | Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The artefacts, in full, that one entry of an example stands for."""
    if isinstance(entry, str):
        entry = _named()[entry]
    own = {name: value for name, value in entry.items() if name not in {"like", "without", "each"}}
    for whole in unfolded(entry["like"]) if "like" in entry else ({},):
        artefact = _left_out(whole, entry.get("without", ())) | own
        yield from (artefact | one for one in entry.get("each", ({},)))


def _left_out(whole: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    left = dict(whole)
    for name in names:
        field, _, row = name.removesuffix("]").partition("[")
        assert field in left, f"{field} cannot be left out: it is not there"
        kept = left.pop(field)
        if row:
            left[field] = [one for one in kept if row != next(iter(one.values()))]
            assert len(left[field]) < len(kept), f"{field} has no row {row}"
    return left


class Folder:
    """A tree of files that are not on disk."""

    label = "an example"

    def __init__(self, files: Mapping[str, str]) -> None:
        self.files = files

    @staticmethod
    def blob_id(_path: str) -> str:
        return ""

    def listing(self, folder: str) -> Listing:
        """The files below the folder."""
        inside = (path for path in self.files if path.startswith(f"{folder}/") and path.endswith(".yaml"))
        return Listing(tuple(sorted(inside)))

    def read(self, path: str, limit: int = 0) -> bytes:  # noqa: ARG002 - the shape of a tree
        """The content of a file."""
        if path not in self.files:
            raise FileRefusedError("it does not exist")
        return self.files[path].encode()


def written(example: Example) -> Folder:
    """The example as a folder: aimsctl.yaml, a file for each artefact under its id, and its texts."""
    settings = {"schema": 1, "organisation": "Harbour Triage", "thresholds": example.get("thresholds", {})}
    files = {"aimsctl.yaml": json.dumps(settings)}
    for artefact in (one for entry in example.get("artefacts", ()) for one in unfolded(entry)):
        path = f"policies/{artefact['id']}.yaml"
        assert path not in files, f"two artefacts with the id {artefact['id']}"
        files[path] = json.dumps(artefact, ensure_ascii=False)
    return Folder(files | {f"policies/{name}": text for name, text in example.get("texts", {}).items()})


class History(Approvals):
    """What git would show, as an example says it: `authors` and `reissued` of an artefact by its id."""

    def __init__(self, workspace: Workspace, said: Mapping[str, Mapping[str, Any]]) -> None:
        self.workspace, self.said, self.signers = workspace, said, None

    def all(self) -> Iterator[tuple[Artefact, str, Approval]]:
        yield from ()

    def changed_since(self, artefact: Artefact, part: str = "approval") -> None:  # noqa: ARG002 - as the real one
        return None

    def authors(self, artefact: Artefact) -> object:
        return self.said.get(artefact.id, {}).get("authors", UNKNOWN)

    def reissued(self, artefact: Artefact) -> object:
        return self.said.get(artefact.id, {}).get("reissued", UNKNOWN)


def _evidence(runs: Iterable[Mapping[str, Any]]) -> Evidence:
    """Receipts of a ledger, all verified: control, system, version, kind of executor, and for each day the result."""
    found: dict[str, list[Run]] = {}
    for said in runs:
        for day in said["days"]:
            on, _, result = str(day).partition(" ")
            finished = dt.datetime.fromisoformat(f"{on}T12:00:00+00:00")
            who = (said["control"], said["system"], said.get("version", ""), said["executor"], "executor")
            run = Run(*who, result or "passed", finished, finished, None, "example", 0, witnessed=False)
            found.setdefault(said["control"], []).append(run)
    ordered = {control: tuple(sorted(found, key=lambda run: run.finished)) for control, found in found.items()}
    return Evidence(ordered, read=("example",))


def asked(example: Example) -> Facts:
    """What may be asked about the example, after its artefacts proved valid."""
    tree = written(example)
    config, problems = load_config(tree)
    workspace = load(tree, config)
    if not example.get("invalid"):
        assert [f"{one.span.path}: {one.message}" for one in (*problems, *workspace.findings)] == []
    as_of = dt.date.fromisoformat(example.get("as_of", AS_OF))
    history = History(workspace, example["history"]) if "history" in example else None
    return Facts(workspace, as_of, history, _evidence(example["runs"]) if "runs" in example else None)


def judged(example: Example) -> GapReport:
    """The example judged."""
    facts = asked(example)
    return assess(facts.workspace, facts.as_of, facts.approvals, facts.evidence)


def at(span: Span) -> str:
    """Where something stands, as examples say it: the artefact's id and the dotted field, or the file."""
    artefact = span.path.removeprefix("policies/").removesuffix(".yaml") if span.path != "aimsctl.yaml" else span.path
    return f"{artefact} {span.pointer.removeprefix('/').replace('/', '.')}".rstrip()
