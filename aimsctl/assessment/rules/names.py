"""Rules about names within artefacts (AIM3): clauses, versions, audits, tests, records."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from aimsctl.assessment.rules.base import found, listed, rows, rule, values
from aimsctl.diagnostics import Diagnostic, Related, Rule, Severity
from aimsctl.workspace.hints import closest, did_you_mean, shown
from aimsctl.workspace.kinds import Kind, kind, kind_names

if TYPE_CHECKING:
    from datetime import date

    from aimsctl.source.yaml import Pointer
    from aimsctl.standard import Catalogue
    from aimsctl.workspace.artefacts import Artefact
    from aimsctl.workspace.kinds import Field
    from aimsctl.workspace.workspace import Workspace

UNKNOWN_REQUIREMENT: Final = Rule(
    code="AIM306",
    name="unknown-requirement",
    severity=Severity.ERROR,
    summary="An artefact names a clause or control that ISO/IEC 42001:2023 does not have.",
    why="Whatever it proves would be proof of nothing the standard asks.",
    fix="Write clauses as 6.1.3 and controls as A.6.2.4; `aimsctl explain ID` shows what each one asks.",
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
    requirements=("9.2.2",),
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
    summary="Evidence or proof names a kind or list of records that does not exist or has no dates.",
    why="No artefact could ever count, so the control or process would look as if it never ran.",
    fix="Name a kind, such as check, or a list of dated rows of one, such as supplier.reviews.",
)
LISTED_TWICE: Final = Rule(
    code="AIM312",
    name="control-listed-twice",
    severity=Severity.ERROR,
    summary="The statement of applicability lists a control twice.",
    why="The two rows can contradict each other, and only the first one is judged.",
    fix="Keep one row.",
    requirements=("6.1.3",),
)
ID_IN_TEXT: Final = Rule(
    code="AIM313",
    name="unknown-id-in-text",
    severity=Severity.WARNING,
    summary="A text that may hold an id holds one that no artefact has.",
    why="Fields such as audience take ids and plain words. What looks like an id and leads nowhere shows nothing.",
    fix="Correct the id; if it is the id of something elsewhere, say in words where.",
)
OTHER_VERSION: Final = Rule(
    code="AIM316",
    name="evaluation-of-another-version",
    severity=Severity.ERROR,
    summary="A release rests on the evaluation of another system or model version.",
    why="What was tested is not what went live. It is the first thing an auditor compares.",
    fix="Name the evaluation of the version that was released.",
    requirements=("A.6.2.4", "A.6.2.5"),
)
OTHER_TEST: Final = Rule(
    code="AIM317",
    name="test-of-another-requirement",
    severity=Severity.WARNING,
    summary="A waiver names a test that none of its requirements is judged by.",
    why="The waiver is about those requirements alone, so for this test it accepts nothing.",
    fix="Add the requirement, or take the test away.",
)

_ID: Final = re.compile(r"[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)+")
_MAY_HOLD_IDS: Final = (("audience",), ("effect_shown_by",), ("shown_by",), ("conditions", "shown_by"))
_NEVER_A_VERSION: Final = ("rework", "do_not_release")


def _present(workspace: Workspace) -> Iterator[tuple[Kind, tuple[Artefact, ...]]]:
    """The kinds that the workspace has valid artefacts of, with these."""
    for name in kind_names():
        artefacts = workspace.of(name)
        known = kind(name) if artefacts else None
        if known is not None:
            yield known, artefacts


@rule(UNKNOWN_REQUIREMENT)
def unknown_requirement(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """A finding for each clause or control named that the catalogue does not have."""
    known: Catalogue | None = None
    for one, artefacts in _present(workspace):
        fields = [(tuple(field.path.split(".")), field.type) for field in one.fields.values() if _names_one(field)]
        for artefact in artefacts if fields else ():
            for names, type_ in fields:
                for at, value in values(artefact.data, names):
                    if type_ == "link" and not value.startswith("A."):
                        continue
                    known = known or _catalogue()
                    if value not in known:
                        said = f"ISO/IEC 42001:2023 has no requirement {shown(value)}."
                        yield found(UNKNOWN_REQUIREMENT, artefact, at, said, _meant(value, known))


def _names_one(field: Field) -> bool:
    return field.type in ("requirement", "annex_a") or "annex_a" in field.links


def _catalogue() -> Catalogue:
    from aimsctl.standard import catalogue  # noqa: PLC0415 - read only where an artefact names a requirement

    return catalogue()


def _meant(value: str, known: Catalogue) -> str:
    """What to write instead: one of those below a heading, or one of those beside a number that does not exist."""
    below = [one for one in known.by_id if one.startswith(f"{value}.")]
    if below:
        return f"{value} is a heading; name one of {', '.join(below)}."
    parent = value.rpartition(".")[0]
    beside = [one for one in known.by_id if one.startswith(f"{parent}.")]
    return f"Under {parent} there are {', '.join(beside)}." if beside else ""


@rule(UNKNOWN_VERSION)
def unknown_version(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """A finding for each model version that none of the AI systems an artefact names lists."""
    versions = {system.id: _versions(system) for system in workspace.of("ai-system")}
    for name in ("evaluation", "deployment", "incident", "risk", "impact-assessment", "document"):
        for artefact in workspace.of(name):
            data = artefact.data
            named = data.get("model_version") or data.get("model_versions")
            if not named or data.get("decision") in _NEVER_A_VERSION:
                continue
            systems = listed(data.get("ai_systems")) or [data.get("ai_system")]
            known = [versions.get(str(system), ()) for system in systems]
            if all(known):  # a system that lists no version yet, or could not be read, settles nothing
                yield from _unlisted(artefact, {version for each in known for version in each})


def _versions(system: Artefact) -> tuple[str, ...]:
    return tuple(str(row.get("version")) for _, row in rows(system, "models"))


def _unlisted(artefact: Artefact, known: set[str]) -> Iterator[Diagnostic]:
    for name in ("model_version", "model_versions"):
        for at, value in values(artefact.data.get(name), (), (name,)):
            if value not in known:
                hint = did_you_mean(closest(value, known)) or f"Its versions are {', '.join(sorted(known)[:8])}."
                said = f"The AI systems named here list no version {shown(value)}."
                yield found(UNKNOWN_VERSION, artefact, at, said, hint)


@rule(UNKNOWN_PLANNED_AUDIT)
def unknown_planned_audit(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """A finding for each audit whose planned id its programme lacks."""
    programmes = {programme.id: programme for programme in workspace.of("audit-programme")}
    for audit in workspace.of("audit"):
        planned, programme = audit.data.get("planned"), programmes.get(str(audit.data.get("programme")))
        if planned is None or programme is None:
            continue
        known = [str(row.get("id")) for _, row in rows(programme, "planned")]
        if planned not in known:
            said = f"{programme.id} plans no audit {shown(planned)}."
            related = (Related(programme.span("planned", key=True), "what is planned"),)
            hint = f"It plans {', '.join(known[:8])}." if known else ""
            yield found(UNKNOWN_PLANNED_AUDIT, audit, ("planned",), said, hint, related=related)


@rule(UNKNOWN_TEST)
def unknown_test(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """A finding for each test that a waiver names and the judgement lacks."""
    for waiver, at, test in _waived_tests(workspace):
        from aimsctl.standard import judgement  # noqa: PLC0415 - read only where a waiver names tests

        known = judgement().tests
        if test not in known:
            hint = did_you_mean(closest(test, known))
            yield found(UNKNOWN_TEST, waiver, at, f"There is no test {shown(test)}.", hint)


@rule(OTHER_TEST)
def waived_elsewhere(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """A finding for each test that a waiver names and that no requirement it names is judged by."""
    for waiver, at, test in _waived_tests(workspace):
        from aimsctl.standard import judgement  # noqa: PLC0415 - the same

        named = [str(one) for one in listed(waiver.data.get("requirements"))]
        if test in judgement().tests and named and not any(_judges(test, one) for one in named):
            yield found(OTHER_TEST, waiver, at, f"{test} is no test of {' or '.join(named[:5])}.")


def _waived_tests(workspace: Workspace) -> Iterator[tuple[Artefact, Pointer, str]]:
    for waiver in workspace.of("waiver"):
        for at, test in values(waiver.data, ("tests",)):
            yield waiver, at, test


def _judges(test: str, requirement: str) -> bool:
    """Whether the requirement is judged by that test; one that does not exist is told elsewhere."""
    from aimsctl.standard import catalogue, judgement  # noqa: PLC0415 - the same

    if requirement not in catalogue():
        return True
    judged = judgement().tests_for(catalogue().get(requirement))
    return requirement in judgement().tests[test].about or any(one.id == test for own in judged.values() for one in own)


@rule(UNKNOWN_RECORD)
def unknown_record(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """A finding for each kind or list of records that evidence or proof names and that gives no dated record."""
    for name, names in (("control", ("evidence", "record")), ("process", ("proven_by",))):
        for artefact in workspace.of(name):
            for at, value in values(artefact.data, names):
                if not _is_record(value):
                    said = f"{shown(value)} is no kind of artefact and no list of dated rows of one."
                    near = "" if "." in value else closest(value, kind_names())
                    yield found(UNKNOWN_RECORD, artefact, at, said, did_you_mean(near))


def _is_record(value: str) -> bool:
    name, _, path = value.partition(".")
    known = kind(name)
    return known is not None and (not path or f"{path}.date" in known.fields)


@rule(LISTED_TWICE)
def listed_twice(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """A finding for each row of a statement of applicability whose control an earlier row has."""
    for soa in workspace.of("soa"):
        seen: dict[str, Pointer] = {}
        for at, value in values(soa.data, ("entries", "control")):
            first = seen.setdefault(value, at)
            if first != at:
                related = (Related(soa.span(first), "the first"),)
                yield found(LISTED_TWICE, soa, at, f"{value} is listed twice.", related=related)


@rule(ID_IN_TEXT)
def id_in_text(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """A finding for each text that is nothing but an unknown id, where ids and plain words may stand."""
    for known, artefacts in _present(workspace):
        fields = [names for names in _MAY_HOLD_IDS if ".".join(names) in known.fields]
        for artefact in artefacts if fields else ():
            for names in fields:
                for at, value in values(artefact.data, names):
                    if _ID.fullmatch(value) and value not in workspace.by_id:
                        yield found(ID_IN_TEXT, artefact, at, f"There is no artefact {shown(value)}.")


@rule(OTHER_VERSION)
def evaluation_of_another(workspace: Workspace, _as_of: date) -> Iterator[Diagnostic]:
    """A finding for each release whose evaluation looked at another system or version."""
    evaluations = {one.id: one for one in workspace.of("evaluation")}
    systems = {one.id: _versions(one) for one in workspace.of("ai-system")}
    for deployment in workspace.of("deployment"):
        evaluation = evaluations.get(str(deployment.data.get("evaluation")))
        if evaluation is None:
            continue
        versions = systems.get(str(deployment.data.get("ai_system")))
        if versions and deployment.data.get("model_version") not in versions:
            continue  # told already, as a version that is not listed
        released, tested = (f"{one.get('ai_system')} {one.get('model_version')}" for one in (deployment, evaluation))
        if released != tested:
            said = f"{evaluation.id} tested {tested}, but {released} was released."
            related = (Related(evaluation.span("model_version"), "what was tested"),)
            yield found(OTHER_VERSION, deployment, ("evaluation",), said, related=related)
