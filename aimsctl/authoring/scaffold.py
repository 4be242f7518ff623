"""A new artefact as a commented draft: the four fields a draft needs, and every other field with what belongs in it.

Nothing is filled in that somebody has to decide. A draft counts for nothing, so a skeleton can never pass for coverage.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from aimsctl.authoring.edit import scalar
from aimsctl.standard import catalogue

if TYPE_CHECKING:
    from aimsctl.workspace.kinds import Field, Kind

WIDTH: Final = 118
_FIRST: Final = ("kind", "id", "title", "status")
_MOST_EXPECTED: Final = 6
_FORMS: Final = {"date": "2026-03-31", "duration": "P1Y", "boolean": "true", "integer": "1", "number": "0.95"}
_WHEN: Final = {"always": "needed from in_review on", "approved": "needed once approved", "optional": "optional"}


def skeleton(kind: Kind, identifier: str, title: str, schema: str, filled: Iterable[str] = ()) -> str:
    """The text of a new draft, with `filled` as further YAML lines; `schema` is the path for the editor's modeline."""
    lines = [f"# yaml-language-server: $schema={schema}", *_comment(f"{kind.title}. {kind.description}")]
    lines += _auditor(kind)
    lines += [f"kind: {kind.name}", f"id: {identifier}", f"title: {scalar(title)}", "status: draft", *filled]
    given = {line.split(":")[0] for line in filled}
    lines.append("")
    lines += _comment("Take away the # in front of a field and fill it in. Then set status to in_review.")
    for field in kind.fields.values():
        if field.path not in _FIRST and field.path not in given and "." not in field.path:
            lines += _field(kind, field)
    return "\n".join(lines) + "\n"


def rows(kind: Kind) -> list[str]:
    """The lines a new artefact of the kind starts with: a statement of applicability has all 38 controls, undecided."""
    if kind.name != "soa":
        return []
    lines = ["entries:"]
    for requirement in catalogue().requirements:
        if requirement.type == "control":
            lines += [f"- control: {requirement.id}  # {requirement.title}", "  # applicable: <true | false>"]
            lines += ["  # justification: <why it is needed here, or why not>"]
    return lines


def text_skeleton(kind: Kind, type_: str, title: str) -> str:
    """The Markdown text of a new document: a heading for each topic that its type needs, and nothing below it."""
    topics = kind.topics.get(type_, {}).get("topics", ())
    sections = [f"## {topic.replace('_', ' ').capitalize()}\n" for topic in topics]
    return "\n".join([f"# {title}\n", *sections])


def _auditor(kind: Kind) -> Iterator[str]:
    """What an auditor looks for where this kind is the evidence, from the requirements it serves."""
    known = catalogue()
    expected = [(name, text) for name in kind.serves for text in known.get(name).expects]
    if expected:
        yield "#"
        yield "# What an auditor looks for:"
    for name, text in expected[:_MOST_EXPECTED]:
        yield from _comment(f"- {text} ({name})")
    if len(expected) > _MOST_EXPECTED:
        yield from _comment(f"and more: `aimsctl explain {' '.join(kind.serves[:1])}` and its neighbours.")


def _field(kind: Kind, field: Field) -> Iterator[str]:
    yield "#"
    yield from _comment(f"{field.description} ({_WHEN[field.level]})")
    inner = [one for one in kind.fields.values() if one.path.startswith(f"{field.path}.")]
    if inner:
        yield f"# {field.path}:"
        opening = "- " if field.many else "  "
        for one in inner:
            yield f"# {opening}{one.path.rpartition('.')[2]}: {_form(one)}"
            opening = "  "
    else:
        yield f"# {field.path}: {_form(field)}"


def _form(field: Field) -> str:
    """What a value looks like, as a remark and never as a value that could be left standing."""
    if field.links:
        form = f"ID of {' or '.join(field.links)}"
    elif field.enum:
        form = " | ".join(field.enum)
    else:
        form = _FORMS.get(field.type, "clause or control" if field.type in ("requirement", "annex_a") else "text")
    return f"[{form}]" if field.many and not field.links else f"<{form}>"


def _comment(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent="# ", subsequent_indent="#   ")
