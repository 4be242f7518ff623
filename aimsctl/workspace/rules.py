"""Floor 2: the rules that a schema stands behind (AIM1), and those of loading a workspace."""

from __future__ import annotations

from typing import Final

from aimsctl.diagnostics import Rule, Severity

MISSING_FIELD: Final = Rule(
    code="AIM101",
    name="missing-field",
    summary="A field that the artefact needs at its status is missing.",
    severity=Severity.ERROR,
    why=(
        "A draft needs only kind, id, title and status. From in_review on, others read the artefact and decide on it,"
        " so what the decision rests on has to be there; an approved artefact also says who approved it and when it"
        " is looked at again. A requirement cannot be shown to be documented by an artefact with holes."
    ),
    fix="Add the field, or set the status back to draft until you know what belongs there.",
    requirements=("7.5.2", "7.5.3"),
)
UNKNOWN_FIELD: Final = Rule(
    code="AIM102",
    name="unknown-field",
    summary="The artefact has a field that its kind does not know.",
    severity=Severity.ERROR,
    why=(
        "A misspelt field is a field nobody reads: the owner or the review date seems to be set and is not. So fields"
        " that the kind does not know are refused instead of passed over."
    ),
    fix="Correct the spelling, move the field to where it belongs, or remove it.",
    requirements=("7.5.2",),
)
WRONG_TYPE: Final = Rule(
    code="AIM103",
    name="wrong-type",
    summary="A value is of another type than its field takes.",
    severity=Severity.ERROR,
    why="A list where one value is meant, or text where a number is meant, cannot be compared, counted or linked.",
    fix="Write the value in the form that the message names.",
    requirements=("7.5.2",),
)
NOT_ALLOWED: Final = Rule(
    code="AIM104",
    name="value-not-allowed",
    summary="A value is not one of the words that its field takes.",
    severity=Severity.ERROR,
    why="Fields that are counted and compared take fixed words, so that the same thing is called the same everywhere.",
    fix="Use one of the words that the message lists.",
    requirements=("7.5.2",),
)
MALFORMED: Final = Rule(
    code="AIM105",
    name="malformed-value",
    summary="An id or another value is not written the way its field asks for.",
    severity=Severity.ERROR,
    why=(
        "Ids join artefacts to each other, to receipts and to documents. They use capital letters, digits and hyphens"
        " only, so that they survive file names, spreadsheets and speech, and no look-alike letter can hide in them."
    ),
    fix="Write the value as the message shows.",
    requirements=("7.5.2",),
)
BAD_DATE: Final = Rule(
    code="AIM106",
    name="bad-date",
    summary="A date or a period is not a day of the calendar or not a period of days, weeks, months or years.",
    severity=Severity.ERROR,
    why=(
        "Whether a review is due or a record is stale is worked out from dates. A day that does not exist, or one that"
        " two countries read differently, would make that answer a guess."
    ),
    fix="Write dates as 2026-03-31, and periods as P1Y, P6M, P2W or P90D.",
    requirements=("7.5.2",),
)
OUT_OF_RANGE: Final = Rule(
    code="AIM107",
    name="number-out-of-range",
    summary="A number is below or above what its field allows.",
    severity=Severity.ERROR,
    why="A value outside its scale has no meaning there, and nothing can be worked out from it.",
    fix="Correct the number.",
    requirements=("7.5.2",),
)
TOO_FEW: Final = Rule(
    code="AIM108",
    name="too-few-items",
    summary="A list that needs entries is empty.",
    severity=Severity.ERROR,
    why="An empty list says that there is nothing; where the artefact lives from its entries, that cannot be.",
    fix="Add at least one entry, or set the status back to draft.",
    requirements=("7.5.2",),
)
UNKNOWN_KIND: Final = Rule(
    code="AIM109",
    name="unknown-kind",
    summary="The kind of an artefact does not exist.",
    severity=Severity.ERROR,
    why="The kind decides which fields an artefact has and what it serves; without one nothing is checked.",
    fix="Use one of the kinds that `aimsctl schema` lists.",
    requirements=("7.5.2",),
)
NO_KIND: Final = Rule(
    code="AIM110",
    name="no-kind",
    summary="A file among the artefacts does not say what it is.",
    severity=Severity.ERROR,
    why="A file that nobody can check must not look as if it had been checked.",
    fix="Add `kind:`, or move the file out of the folder of artefacts.",
    requirements=("7.5.2",),
)
REFUSED: Final = Rule(
    code="AIM111",
    name="refused-by-schema",
    summary="The artefact does not fit the schema of its kind in another way, or in too many ways to list.",
    severity=Severity.ERROR,
    why="An artefact that does not fit its schema is not judged, so nothing can rest on it.",
    fix="Compare the artefact with `aimsctl schema KIND`.",
    requirements=("7.5.2",),
)
EMPTY: Final = Rule(
    code="AIM112",
    name="empty-field",
    summary="A field is there but nothing stands in it.",
    severity=Severity.ERROR,
    why="An empty field looks answered and is not. What is not known yet is left out, which a draft may do.",
    fix="Fill the field in, or remove its line.",
    requirements=("7.5.2",),
)
NO_ARTEFACT: Final = Rule(
    code="AIM090",
    name="no-artefact",
    summary="The folder of artefacts holds none.",
    severity=Severity.ERROR,
    why="Nothing was checked, so nothing can be called good: a moved folder or a wrong path must not turn a run green.",
    fix="Set `policies` in aimsctl.yaml to the folder of the artefacts, or start with `aimsctl init`.",
)
NOT_READ: Final = Rule(
    code="AIM091",
    name="file-not-read",
    summary="A file of the workspace could not be read.",
    severity=Severity.ERROR,
    why="A file that was not read was not checked, and what stands in it is unknown.",
    fix="Make the file readable, or remove it.",
)
RULES: Final = (
    MISSING_FIELD,
    UNKNOWN_FIELD,
    WRONG_TYPE,
    NOT_ALLOWED,
    MALFORMED,
    BAD_DATE,
    OUT_OF_RANGE,
    TOO_FEW,
    UNKNOWN_KIND,
    NO_KIND,
    REFUSED,
    EMPTY,
    NO_ARTEFACT,
    NOT_READ,
)
