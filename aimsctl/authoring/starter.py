"""A new workspace: every document that the standard wants in writing as a draft, and what editors, hooks and CI need.

The files are texts by path. Whoever writes them leaves alone what is there already.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from aimsctl.authoring.edit import scalar
from aimsctl.authoring.scaffold import rows, skeleton, text_skeleton
from aimsctl.source.resources import template_text
from aimsctl.standard import documents
from aimsctl.workspace.bundle import UMBRELLA, umbrella
from aimsctl.workspace.kinds import Kind, kind, kind_names

if TYPE_CHECKING:
    from collections.abc import Mapping

Forge = Literal["github", "gitlab", "none"]
SCHEMA_PATH: Final = f".aimsctl/{UMBRELLA}.schema.json"
_FOLDERS: Final = {
    "4": "context",
    "5": "leadership",
    "6": "planning",
    "7": "support",
    "8": "operation",
    "9": "evaluation",
    "10": "improvement",
    "A": "systems",
}
_WRITTEN_FIRST: Final = ("impact_assessment_process", "document_control")


@dataclass(frozen=True, slots=True)
class Answers:
    """What init asks: whose system it is, the role it has toward AI, its field, and what it holds already."""

    organisation: str
    role: str = "provider"
    sector: str = ""
    held: tuple[str, ...] = ()
    forge: Forge = "github"


def starter(answers: Answers) -> dict[str, str]:
    """The files of a new workspace by path: configuration, drafts, schema, editor settings, hook, CI."""
    files = {"aimsctl.yaml": _configuration(answers)}
    files.update(_drafts(answers))
    files[SCHEMA_PATH] = json.dumps(umbrella(), indent=1, ensure_ascii=False) + "\n"
    files[".vscode/settings.json"] = template_text("init/vscode-settings.json")
    files[".gitattributes"] = template_text("init/gitattributes")
    files[".pre-commit-config.yaml"] = template_text("init/pre-commit-config.yaml")
    if answers.forge == "github":
        files[".github/workflows/aims.yml"] = template_text("init/github-workflow.yml")
        files[".github/CODEOWNERS.example"] = template_text("init/CODEOWNERS.example")
    elif answers.forge == "gitlab":
        files[".gitlab-ci.yml"] = template_text("init/gitlab-ci.yml")
    return files


def _configuration(answers: Answers) -> str:
    return template_text("init/aimsctl.yaml").replace("ORGANISATION", scalar(answers.organisation))


def _drafts(answers: Answers) -> Iterator[tuple[str, str]]:
    for known in _mandatory_kinds():
        yield _draft(known, f"{known.prefix}-001", _title(known), _filled(known, answers))
    document = kind("document")
    if document is not None:
        for number, type_ in enumerate(_WRITTEN_FIRST, start=1):
            yield from _document(document, f"{document.prefix}-{number:03}", type_)
    case = kind("certification-case")
    if case is not None:
        held = [f"held: [{', '.join(answers.held)}]"] if answers.held else []
        yield _draft(case, f"{case.prefix}-001", "Is a certificate worth it?", held)


def _mandatory_kinds() -> list[Kind]:
    """The kinds that carry what a clause wants in writing, and those that everything else hangs on."""
    carried = {one.id for one in documents().values() if one.mandatory}
    needed = {"context", "interested-party", "role", "person", "ai-system"}
    known = (found for name in kind_names() if name != "document" and (found := kind(name)) is not None)
    return [one for one in known if carried.intersection(one.carries) or one.name in needed]


def _title(known: Kind) -> str:
    """The name of the document that the kind carries, or the kind's own."""
    carried = (documents().get(name) for name in known.carries)
    return next((one.name for one in carried if one is not None and one.mandatory), known.title)


def _filled(known: Kind, answers: Answers) -> list[str]:
    """What the answers already say, as YAML lines."""
    lines: Mapping[str, list[str]] = {
        "scope": [f"organisation: {scalar(answers.organisation)}", f"roles: [{answers.role}]"],
        "ai-system": [f"roles: [{answers.role}]", *([f"domain: {scalar(answers.sector)}"] if answers.sector else [])],
        "policy": ["type: ai"],
    }
    return lines.get(known.name, rows(known))


def _draft(known: Kind, identifier: str, title: str, filled: list[str]) -> tuple[str, str]:
    path = f"{folder_of(known)}/{identifier.lower()}.yaml"
    return path, skeleton(known, identifier, title, f"../../{SCHEMA_PATH}", filled)


def _document(known: Kind, identifier: str, type_: str) -> Iterator[tuple[str, str]]:
    title = type_.replace("_", " ").capitalize()
    path, text = _draft(known, identifier, title, [f"types: [{type_}]", f"file: {identifier.lower()}.md"])
    yield path, text
    yield path.removesuffix(".yaml") + ".md", text_skeleton(known, type_, title)


def folder_of(known: Kind) -> str:
    """The folder below the workspace in which a new artefact of the kind is put."""
    if known.name == "document":
        return "policies/documents"
    first = known.serves[0] if known.serves else "8"
    return f"policies/{_FOLDERS[first.partition('.')[0]]}"
