"""Rules about the text files that policies and documents name (AIM3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from aimsctl.assessment.headings import heading_words, sections
from aimsctl.assessment.rules.base import found, listed, rows, rule
from aimsctl.diagnostics import Diagnostic, Rule, Severity
from aimsctl.source.files import FileRefusedError
from aimsctl.workspace.hints import closest, did_you_mean, shown
from aimsctl.workspace.kinds import kind
from aimsctl.workspace.workspace import MARKDOWN_LIMIT

if TYPE_CHECKING:
    from datetime import date

    from aimsctl.workspace.artefacts import Artefact
    from aimsctl.workspace.workspace import Workspace

NO_TEXT: Final = Rule(
    code="AIM307",
    name="text-not-there",
    severity=Severity.ERROR,
    summary="The text file that a policy or document names is not there, holds no text, or may not be read.",
    why=(
        "The artefact stands for a text; without it there is nothing to approve, to read or to follow. Files outside"
        " the workspace, symbolic links and a repository's own files are never read."
    ),
    fix="Put the Markdown file beside the artefact, or correct its name.",
    requirements=("7.5.3",),
)
UNKNOWN_TOPIC: Final = Rule(
    code="AIM314",
    name="unknown-topic",
    severity=Severity.ERROR,
    summary="A document says where a topic stands that its types do not ask for.",
    why="Nobody looks for that topic, and the one that was meant counts as missing.",
    fix="Use a topic of one of its types.",
    requirements=("7.5.1",),
)
UNKNOWN_HEADING: Final = Rule(
    code="AIM315",
    name="unknown-heading",
    severity=Severity.ERROR,
    summary="A document names a heading that its text does not have.",
    why="The topic that stands under it cannot be found, by a reader or by the judgement, and counts as missing.",
    fix="Write the heading as it stands in the text.",
    requirements=("7.5.1",),
)


@rule(NO_TEXT)
def text_not_there(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """A finding for each policy or document whose text file cannot be read or holds nothing to read."""
    for artefact in (*workspace.of("policy"), *workspace.of("document")):
        path = workspace.text_path(artefact)
        problem = "" if path is None else _problem(workspace, path)
        if problem:
            said = f"The text {shown(artefact.data.get('file'))} cannot be used: {problem}."
            yield found(NO_TEXT, artefact, ("file",), said)


def _problem(workspace: Workspace, path: str) -> str:
    """Why a text file cannot be used, in a few words; empty if it can."""
    try:
        content = workspace.tree.read(path, MARKDOWN_LIMIT)
    except FileRefusedError as error:
        return error.reason
    if len(content) > MARKDOWN_LIMIT:
        return f"it is larger than {MARKDOWN_LIMIT:,} bytes"
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "it is not UTF-8 text"
    if "\0" in text:
        return "it is not text"
    return "" if text.strip() else "it is empty"


@rule(UNKNOWN_TOPIC)
def unknown_topic(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """A finding for each section of a document whose topic none of its types has."""
    for document in workspace.of("document"):
        for at, row in rows(document, "sections"):
            wanted = _topics(document)
            topic = row.get("topic")
            if wanted and topic is not None and topic not in wanted:
                hint = did_you_mean(closest(topic, wanted)) or f"Its topics are {', '.join(wanted)}."
                said = f"The types of this document have no topic {shown(topic)}."
                yield found(UNKNOWN_TOPIC, document, (*at, "topic"), said, hint)


def _topics(document: Artefact) -> list[str]:
    known = kind("document")
    types = listed(document.data.get("types"))
    topics = [known.topics.get(str(one), {}).get("topics", ()) for one in types] if known is not None else []
    return list(dict.fromkeys(topic for each in topics for topic in each))


@rule(UNKNOWN_HEADING)
def unknown_heading(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """A finding for each heading that a document names and its text lacks."""
    for document in workspace.of("document"):
        named = [(at, row.get("heading")) for at, row in rows(document, "sections")]
        content = workspace.text_of(document) if named else None
        if content is None:
            continue
        known = sections(content.decode("utf-8", "replace"))
        for at, heading in named:
            if isinstance(heading, str) and heading_words(heading) not in known:
                hint = did_you_mean(closest(heading, known))
                said = f"The text has no heading {shown(heading)}."
                yield found(UNKNOWN_HEADING, document, (*at, "heading"), said, hint)
