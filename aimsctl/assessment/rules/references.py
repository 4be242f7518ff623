"""Rules about references (AIM3): what an artefact links to has to be there, of the right kind, and in use."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from aimsctl.assessment.rules.base import found, rule
from aimsctl.diagnostics import Diagnostic, Related, Rule, Severity
from aimsctl.workspace.hints import closest, did_you_mean, shown

if TYPE_CHECKING:
    from datetime import date

    from aimsctl.diagnostics import Span
    from aimsctl.workspace.artefacts import Artefact
    from aimsctl.workspace.links import Link
    from aimsctl.workspace.workspace import Workspace

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
    summary="An artefact in force relies on a retired one.",
    why=(
        "Retired artefacts stay readable and count for nothing, so what rests on this one rests on nothing. Records"
        " and links that tell where something came from may name what has been retired since; they are left alone."
    ),
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
    summary="Two ids differ in capitals or leading zeros alone, such as RISK-1 and RISK-01.",
    why="People mix them up in mail and meetings, and some systems sort or store them as one.",
    fix="Rename one of them.",
)
REPORTING_CIRCLE: Final = Rule(
    code="AIM318",
    name="reporting-line-in-a-circle",
    severity=Severity.ERROR,
    summary="Roles report to each other in a circle.",
    why="Nobody stands at the top, so nobody can be said to have the authority that an acceptance needs.",
    fix="Correct `reports_to`; the topmost role has none.",
    requirements=("5.3",),
)

_MOST_RELATED: Final = 10
_MOST_GUESSES: Final = 25  # comparing one misspelt id with ten thousand takes long
_ID: Final = re.compile(r"\b[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)+\b")
_ZEROS: Final = re.compile(r"(?<![0-9])0+(?=[0-9])")
_PAST: Final = ("arises_from", "assessor", "shaped_by", "models.trained_on", "reviews.by", "approval.by")
"""Fields that tell who or what something came from: that may have been retired since."""


@rule(UNKNOWN_ID)
def unknown_id(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """One finding for each id that is not there; the first place in each other file that names it is related."""
    dangling = [(target, links) for target, links in _dangling(workspace) if links]
    if not dangling:
        return
    unread = _ids_in_unread_files(workspace)
    wanted = _ids_by_kind(workspace)
    guesses = 0
    for target, (first, *others) in dangling:
        if target in unread:
            continue
        guesses += 1
        meant = ""
        if guesses <= _MOST_GUESSES:
            meant = _meant(target, [one for kind in first.field.links for one in wanted.get(kind, ())])
        hint = did_you_mean(meant) or f"It must be the id of {_either(first.field.links)}."
        times = f" It is named in {len(others) + 1} places." if others else ""
        related = tuple(_one_a_file(first, others))
        said = f"There is no artefact {shown(target)}.{times}"
        yield found(UNKNOWN_ID, first.source, first.path, said, hint, related=related)


def _dangling(workspace: Workspace) -> Iterator[tuple[str, list[Link]]]:
    known = workspace.by_id
    for target, links in workspace.links.items():
        if target not in known:
            yield target, [link for link in links if not _is_control(link)]


def _ids_by_kind(workspace: Workspace) -> dict[str, list[str]]:
    found_ids: dict[str, list[str]] = {}
    for artefact in workspace.artefacts:
        found_ids.setdefault(artefact.kind, []).append(artefact.id)
    return found_ids


def _meant(target: str, wanted: list[str]) -> str:
    """The id that was probably meant: of numbered ones only one with the same number, since any other is a guess."""
    number = _number(target)
    return closest(target, [one for one in wanted if _number(one) == number] if number else wanted)


def _number(identifier: str) -> str:
    rest = identifier.partition("-")[2]
    return _ZEROS.sub("", rest) if rest.replace("-", "").isdigit() else ""


def _ids_in_unread_files(workspace: Workspace) -> set[str]:
    """What looks like an id in files that gave no artefact: that it is missing would only follow from that."""
    used = {id(artefact.document) for artefact in workspace.artefacts}
    unread = (document.text for document in workspace.documents if id(document) not in used)
    return {one for text in unread for one in _ID.findall(text)}


def _is_control(link: Link) -> bool:
    """Whether the link names an Annex A control where its field takes one; AIM306 tells those that do not exist."""
    return "annex_a" in link.field.links and link.target.startswith("A.")


def _one_a_file(first: Link, others: Sequence[Link]) -> Iterator[Related]:
    seen = {first.source.document.path}
    for link in others:
        path = link.source.document.path
        if path not in seen and len(seen) <= _MOST_RELATED:
            seen.add(path)
            yield Related(_place(link), "named here too")


def _place(link: Link) -> Span:
    return link.source.span(link.path)


def _either(names: Iterable[str]) -> str:
    said = ["an Annex A control" if name == "annex_a" else _with_article(name) for name in names]
    return " or ".join(filter(None, (", ".join(said[:-1]), said[-1])))


def _with_article(name: str) -> str:
    return f"{'an' if name[0] in 'aeio' else 'a'} {name}"


@rule(WRONG_KIND)
def wrong_kind(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """A finding for each link to an artefact of another kind."""
    known = workspace.by_id
    for target, links in workspace.links.items():
        artefact = known.get(target)
        if artefact is None:
            continue
        for link in links:
            if artefact.kind not in link.field.links:
                takes = _either(link.field.links)
                said = f"{target} is {_with_article(artefact.kind)}, but `{link.field.path}` takes {takes}."
                related = (Related(artefact.span("id"), "it stands here"),)
                yield found(WRONG_KIND, link.source, link.path, said, related=related)


@rule(RETIRED_TARGET)
def retired_target(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """A finding for each link from an artefact in force, save records, to a retired one."""
    for target, links in workspace.links.items():
        artefact = workspace.by_id.get(target)
        if artefact is None or artefact.status != "retired":
            continue
        for link in links:
            if link.source.status != "retired" and not _tells_of_the_past(link):
                said = f"{target} ({shown(artefact.title)}) is retired."
                related = (Related(artefact.span("status"), "retired here"),)
                yield found(RETIRED_TARGET, link.source, link.path, said, related=related)


def _tells_of_the_past(link: Link) -> bool:
    from aimsctl.workspace.kinds import kind  # noqa: PLC0415 - read only where something is retired

    known = kind(link.source.kind)
    path = link.field.path
    return (
        (known is not None and known.klass == "record")
        or path in _PAST
        or path.endswith(("_approved.by", "_accepted.by"))
    )


@rule(DUPLICATE_ID)
def duplicate_id(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """A finding for each artefact whose id an earlier one has."""
    known = workspace.by_id
    for artefact in workspace.artefacts:
        first = known[artefact.id]
        if first is not artefact and artefact.id:
            said = f"{artefact.id} is the id of another artefact too, {shown(first.title)}."
            related = (Related(first.span("id"), "the first"),)
            yield found(DUPLICATE_ID, artefact, ("id",), said, related=related)


@rule(ALIKE_ID)
def ids_alike(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """A finding for each id that differs from an earlier one in capitals or leading zeros alone."""
    seen: dict[str, Artefact] = {}
    for identifier, artefact in workspace.by_id.items():
        first = seen.setdefault(_ZEROS.sub("", identifier.casefold()), artefact)
        if first is not artefact:
            said = f"{identifier} can be taken for {first.id}."
            yield found(ALIKE_ID, artefact, ("id",), said, related=(Related(first.span("id"), "the other"),))


@rule(REPORTING_CIRCLE)
def reporting_circle(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """A finding for each circle of reporting lines, at the first of its roles."""
    above = {role.id: role.data.get("reports_to") for role in workspace.of("role")}
    told: set[object] = set()
    for role in workspace.of("role"):
        circle = _circle(role.id, above)
        if circle and not told & set(circle):
            told |= set(circle)
            lines = [f"{one} to {up}" for one, up in pairwise((*circle, role.id))]
            said = f"They report in a circle: {', '.join(lines)}."
            yield found(REPORTING_CIRCLE, role, ("reports_to",), said)


def _circle(start: str, above: Mapping[str, object]) -> tuple[str, ...]:
    """The roles from `start` upward if the line comes back to it, else nothing."""
    line = [start]
    while isinstance(up := above.get(line[-1]), str) and up not in line:
        line.append(up)
    return tuple(line) if above.get(line[-1]) == start else ()
