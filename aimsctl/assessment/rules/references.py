"""Rules about references (AIM3): what an artefact names has to be there, of the right kind, and in use."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

from aimsctl.assessment.rules.base import checks
from aimsctl.diagnostics import Diagnostic, Related, Rule, Severity
from aimsctl.source.files import FileRefusedError
from aimsctl.standard import catalogue
from aimsctl.workspace.hints import closest, did_you_mean, shown
from aimsctl.workspace.kinds import Field, kind
from aimsctl.workspace.workspace import MARKDOWN_LIMIT

if TYPE_CHECKING:
    from datetime import date

    from aimsctl.diagnostics import Span
    from aimsctl.source.yaml import Pointer
    from aimsctl.workspace.artefacts import Artefact
    from aimsctl.workspace.links import Link
    from aimsctl.workspace.workspace import Workspace

_MOST_RELATED: Final = 5
_ID: Final = re.compile(r"\b[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)+\b")

UNKNOWN_ID: Final = Rule(
    code="AIM301",
    name="unknown-id",
    severity=Severity.ERROR,
    summary="An artefact names an id that no artefact has.",
    why="A link that leads nowhere looks like proof and is none: the control, risk or role it names does not exist.",
    fix="Correct the id, or write the artefact it names.",
)
WRONG_KIND: Final = Rule(
    code="AIM302",
    name="wrong-kind",
    severity=Severity.ERROR,
    summary="A link points to an artefact of a kind that its field does not take.",
    why="Only links of the right kind can be judged: an owner is a role, a treatment names controls.",
    fix="Name an artefact of one of the kinds that the message lists.",
)
RETIRED_TARGET: Final = Rule(
    code="AIM303",
    name="retired-target",
    severity=Severity.WARNING,
    summary="A link points to a retired artefact.",
    why="Retired artefacts stay readable and count for nothing, so what rests on this one rests on nothing.",
    fix="Point to what replaced it, or take the link away.",
)
DUPLICATE_ID: Final = Rule(
    code="AIM304",
    name="duplicate-id",
    severity=Severity.ERROR,
    summary="Two artefacts have the same id.",
    why="A link to the id could mean either, and only one of them is judged.",
    fix="Give one of them another id; ids are never used again.",
)
ALIKE_ID: Final = Rule(
    code="AIM305",
    name="ids-alike",
    severity=Severity.ERROR,
    summary="Two ids can be taken for each other, such as RISK-1 and RISK-01.",
    why="People mix them up in mail and meetings, and some systems sort or store them as one.",
    fix="Rename one of them.",
)
UNKNOWN_REQUIREMENT: Final = Rule(
    code="AIM306",
    name="unknown-requirement",
    severity=Severity.ERROR,
    summary="An artefact names a clause or control that ISO/IEC 42001:2023 does not have.",
    why="Whatever it proves would be proof of nothing the standard asks.",
    fix="Write clauses as 6.1.3 and controls as A.6.2.4; `aimsctl explain ID` shows what each one asks.",
)
NO_TEXT: Final = Rule(
    code="AIM307",
    name="text-not-there",
    severity=Severity.ERROR,
    summary="The text file that a policy or document names is not there or may not be read.",
    why="The artefact stands for a text; without it there is nothing to approve, to read or to follow.",
    fix="Put the file beside the artefact, or correct its name.",
)
UNKNOWN_VERSION: Final = Rule(
    code="AIM308",
    name="unknown-model-version",
    severity=Severity.ERROR,
    summary="An artefact names a model version that the AI system does not list.",
    why="Tests, releases and assessments speak for the version they looked at. An unknown one speaks for none.",
    fix="Correct the version, or add it to `models` of the AI system.",
)
UNKNOWN_PLANNED_AUDIT: Final = Rule(
    code="AIM309",
    name="unknown-planned-audit",
    severity=Severity.ERROR,
    summary="An audit names a planned audit that its programme does not have.",
    why="The programme would show the planned audit as not held.",
    fix="Write the id of the row in `planned` of the audit programme.",
)
UNKNOWN_TEST: Final = Rule(
    code="AIM310",
    name="unknown-test",
    severity=Severity.ERROR,
    summary="A waiver names a test that the judgement does not have.",
    why="It would accept nothing of what it means to accept.",
    fix="`aimsctl explain ID` lists the tests of a requirement.",
)
UNKNOWN_RECORD: Final = Rule(
    code="AIM311",
    name="unknown-record",
    severity=Severity.ERROR,
    summary="Evidence or proof names a kind or list of records that does not exist.",
    why="No artefact could ever count, so the control or process would look as if it never ran.",
    fix="Name a kind, such as check, or a list of one, such as supplier.reviews.",
)
LISTED_TWICE: Final = Rule(
    code="AIM312",
    name="control-listed-twice",
    severity=Severity.ERROR,
    summary="The statement of applicability lists a control twice.",
    why="The two rows can contradict each other, and only the first one is judged.",
    fix="Keep one row.",
)


@checks(UNKNOWN_ID)
def unknown_id(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """One finding for each id that is not there; further places that name it are related."""
    unread = _ids_in_unread_files(workspace)
    for target, links in workspace.links.items():
        if target in workspace.by_id or target in unread:
            continue
        dangling = [link for link in links if not _is_control(link)]
        if not dangling:
            continue
        first, *others = dangling
        wanted = [artefact.id for artefact in workspace.artefacts if artefact.kind in first.field.links]
        hint = did_you_mean(closest(target, wanted)) or f"it must be the id of {_either(first.field.links)}"
        related = tuple(Related(_place(link), "named here too") for link in others[:_MOST_RELATED])
        yield Diagnostic(
            UNKNOWN_ID,
            _place(first),
            f"There is no artefact {shown(target)}.",
            hint,
            related=related,
            subject=f"{first.source.id}/{first.field.path}/{target}",
        )


def _ids_in_unread_files(workspace: Workspace) -> set[str]:
    """What looks like an id in files that could not be read: that it is missing would only follow from that."""
    unread = (document.text for document in workspace.documents if document.data is None)
    return {found for text in unread for found in _ID.findall(text)}


def _is_control(link: Link) -> bool:
    """Whether the link names an Annex A control where its field takes one; AIM306 tells those that do not exist."""
    return "annex_a" in link.field.links and link.target.startswith("A.")


def _place(link: Link) -> Span:
    return link.source.span(link.path)


def _either(names: Iterable[str]) -> str:
    return " or ".join(name.replace("annex_a", "an Annex A control") for name in names)


@checks(WRONG_KIND)
def wrong_kind(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """A finding for each link to an artefact of another kind."""
    for target, links in workspace.links.items():
        artefact = workspace.by_id.get(target)
        for link in links if artefact is not None else ():
            if artefact is not None and artefact.kind not in link.field.links:
                said = (
                    f"{target} is of kind {artefact.kind}, but `{link.field.path}` takes {_either(link.field.links)}."
                )
                yield Diagnostic(WRONG_KIND, _place(link), said, related=(Related(artefact.span(), "it stands here"),))


@checks(RETIRED_TARGET)
def retired_target(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """A finding for each link from an artefact in use to a retired one."""
    for target, links in workspace.links.items():
        artefact = workspace.by_id.get(target)
        if artefact is None or artefact.status != "retired":
            continue
        for link in links:
            if link.source.status != "retired":
                yield Diagnostic(RETIRED_TARGET, _place(link), f"{target} ({shown(artefact.title)}) is retired.")


@checks(DUPLICATE_ID)
def duplicate_id(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """A finding for each artefact whose id an earlier one has."""
    for artefact in workspace.artefacts:
        first = workspace.by_id.get(artefact.id)
        if artefact.id and first is not None and first is not artefact:
            said = f"{artefact.id} is the id of two artefacts."
            yield Diagnostic(DUPLICATE_ID, artefact.span("id"), said, related=(Related(first.span("id"), "the first"),))


@checks(ALIKE_ID)
def ids_alike(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """A finding for each id that differs from an earlier one in capitals or leading zeros alone."""
    seen: dict[str, Artefact] = {}
    for artefact in workspace.artefacts:
        plain = re.sub(r"(?<![0-9])0+(?=[0-9])", "", artefact.id.casefold())
        first = seen.setdefault(plain, artefact)
        if first.id != artefact.id:
            said = f"{artefact.id} can be taken for {first.id}."
            yield Diagnostic(ALIKE_ID, artefact.span("id"), said, related=(Related(first.span("id"), "the other"),))


@checks(UNKNOWN_REQUIREMENT)
def unknown_requirement(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """A finding for each clause or control named that the catalogue does not have."""
    known = catalogue()
    fields: dict[str, list[Field]] = {}
    for artefact in workspace.artefacts:
        if artefact.kind not in fields:
            fields[artefact.kind] = _requirement_fields(artefact.kind)
        for field in fields[artefact.kind] if artefact.valid else ():
            for path, value in _values(artefact.data, field.path.split("."), ()):
                if value not in known and (field.type != "link" or value.startswith("A.")):
                    hint = did_you_mean(closest(value, known.by_id))
                    said = f"ISO/IEC 42001:2023 has no requirement {shown(value)}."
                    yield Diagnostic(UNKNOWN_REQUIREMENT, artefact.span(path), said, hint)


def _requirement_fields(name: str) -> list[Field]:
    known = kind(name)
    fields = known.fields.values() if known is not None else ()
    return [field for field in fields if field.type in ("requirement", "annex_a") or "annex_a" in field.links]


def _values(value: object, names: list[str], path: Pointer) -> Iterator[tuple[Pointer, str]]:
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _values(item, names, (*path, index))
    elif not names:
        if isinstance(value, str):
            yield path, value
    elif isinstance(value, Mapping) and names[0] in value:
        yield from _values(value[names[0]], names[1:], (*path, names[0]))


@checks(NO_TEXT)
def text_not_there(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """A finding for each policy or document whose text file cannot be read."""
    for artefact in (*workspace.of("policy"), *workspace.of("document")):
        path = workspace.text_path(artefact)
        if path is None:
            continue
        try:
            content = workspace.tree.read(path, MARKDOWN_LIMIT)
        except FileRefusedError as error:
            said = f"The text {shown(artefact.data.get('file'))} cannot be read: {error.reason}."
            yield Diagnostic(NO_TEXT, artefact.span("file"), said)
            continue
        if len(content) > MARKDOWN_LIMIT:
            said = f"The text {shown(artefact.data.get('file'))} is larger than {MARKDOWN_LIMIT:,} bytes."
            yield Diagnostic(NO_TEXT, artefact.span("file"), said)


@checks(UNKNOWN_VERSION)
def unknown_version(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """A finding for each model version that none of the AI systems an artefact names lists."""
    versions = {system.id: _versions(system) for system in workspace.of("ai-system")}
    for name in ("evaluation", "deployment", "incident", "risk", "impact-assessment", "document"):
        for artefact in workspace.of(name):
            if artefact.data.get("decision") in ("rework", "do_not_release"):
                continue  # a candidate that was tested and never became a version
            systems = [artefact.data.get("ai_system"), *_listed(artefact.data.get("ai_systems"))]
            known = {version for system in systems for version in versions.get(str(system), ())}
            for path, value in _named_versions(artefact):
                if known and value not in known:
                    hint = did_you_mean(closest(value, known)) or f"its versions are {', '.join(sorted(known)[:8])}"
                    said = f"The AI systems named here have no version {shown(value)}."
                    yield Diagnostic(UNKNOWN_VERSION, artefact.span(path), said, hint)


def _versions(system: Artefact) -> set[str]:
    return {str(row.get("version")) for row in _rows(system.data.get("models"))}


def _named_versions(artefact: Artefact) -> Iterator[tuple[Pointer, str]]:
    yield from _values(artefact.data, ["model_version"], ())
    yield from _values(artefact.data, ["model_versions"], ())


@checks(UNKNOWN_PLANNED_AUDIT)
def unknown_planned_audit(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """A finding for each audit whose planned id its programme lacks."""
    for audit in workspace.of("audit"):
        planned, programme = audit.data.get("planned"), workspace.by_id.get(str(audit.data.get("programme")))
        if planned is None or programme is None:
            continue
        known = [str(row.get("id")) for row in _rows(programme.data.get("planned"))]
        if planned not in known:
            said = f"{programme.id} plans no audit {shown(planned)}."
            yield Diagnostic(UNKNOWN_PLANNED_AUDIT, audit.span("planned"), said, did_you_mean(closest(planned, known)))


@checks(UNKNOWN_TEST)
def unknown_test(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """A finding for each test that a waiver names and the judgement lacks."""
    for waiver in workspace.of("waiver"):
        for path, value in _values(waiver.data, ["tests"], ()):
            from aimsctl.standard import judgement  # noqa: PLC0415 - read only where a waiver names tests

            if value not in judgement().tests:
                hint = did_you_mean(closest(value, judgement().tests))
                yield Diagnostic(UNKNOWN_TEST, waiver.span(path), f"There is no test {shown(value)}.", hint)


@checks(UNKNOWN_RECORD)
def unknown_record(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """A finding for each kind or list of records that evidence or proof names and that does not exist."""
    for name, field in (("control", ["evidence", "record"]), ("process", ["proven_by"])):
        for artefact in workspace.of(name):
            for path, value in _values(artefact.data, field, ()):
                if not _is_record(value):
                    said = f"{shown(value)} is no kind of artefact and no list of one."
                    yield Diagnostic(UNKNOWN_RECORD, artefact.span(path), said)


def _is_record(value: str) -> bool:
    name, _, path = value.partition(".")
    known = kind(name)
    return known is not None and (not path or (path in known.fields and known.fields[path].many))


@checks(LISTED_TWICE)
def listed_twice(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """A finding for each row of a statement of applicability whose control an earlier row has."""
    for soa in workspace.of("soa"):
        seen: dict[str, Pointer] = {}
        for path, value in _values(soa.data, ["entries", "control"], ()):
            first = seen.setdefault(value, path)
            if first != path:
                related = (Related(soa.span(first), "the first"),)
                yield Diagnostic(LISTED_TWICE, soa.span(path), f"{value} is listed twice.", related=related)


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _rows(value: object) -> list[Mapping[str, object]]:
    return [row for row in _listed(value) if isinstance(row, Mapping)]
