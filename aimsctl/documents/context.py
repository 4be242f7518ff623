"""What templates may use, the same for every document: plain values only, all of them made visible and inert.

`docs/documents.md` lists the names. Nothing in here can reach a file, the history or a function.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aimsctl.assessment import ageing, exceptions
from aimsctl.assessment.computed.registry import listed
from aimsctl.assessment.crossing import every_crossing
from aimsctl.assessment.findings import GRADE_WORDS
from aimsctl.assessment.readiness import summarise
from aimsctl.assessment.responsible import owner_of
from aimsctl.documents import applicability, exposed, references
from aimsctl.documents.plain import Plain, Prose, Record, Records, Visible
from aimsctl.documents.tree import Tone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aimsctl.assessment.gap import Assessed, GapReport
    from aimsctl.documents.provenance import Provenance

TONES: Final[dict[str, Tone]] = {
    **dict.fromkeys(
        ("complete", "current", "conforms", "approved", "implemented", "reached", "fresh", "closed"), "good"
    ),
    **dict.fromkeys(("effective", "passed", "good", "yes", "go", "release", "high_enough", "strength"), "good"),
    **dict.fromkeys(("done", "met"), "good"),
    **dict.fromkeys(("partial", "partly", "opportunity", "draft", "in_review", "claimed", "stale", "minor"), "notice"),
    **dict.fromkeys(("awaiting_check", "go_with_measures", "release_with_limits", "inconclusive", "open"), "notice"),
    **dict.fromkeys(("suspect", "unknown", "restrict", "serious", "in_action", "rework"), "warn"),
    **dict.fromkeys(("absent", "failing", "failed", "missing", "major", "missed", "overdue", "not_effective"), "bad"),
    **dict.fromkeys(("critical", "stop", "do_not_release", "no", "problem"), "bad"),
    **dict.fromkeys(("planned", "on_track"), "info"),
}
"""The colour of words that mean the same in every document; everything else is quiet."""
_SCALE: Final[tuple[Tone, ...]] = ("good", "notice", "warn", "bad")


def shared(report: GapReport, provenance: Provenance, visible: Visible) -> Record:
    """The context of every document of a run."""
    records = Records(report.facts, visible)
    soa = applicability.rows(report, records)
    config = report.facts.workspace.config
    return {
        "organisation": records.text(config.organisation),
        "standard": f"{report.facts.catalogue.standard}:{report.facts.catalogue.edition}",
        "as_of": report.as_of.isoformat(),
        "source": records.text(provenance.words),
        "artefacts": records.all(),
        "requirements": [_requirement(report, records, one) for one in report.requirements],
        "statement": soa,
        "statement_counts": applicability.counts(soa),
        "statement_by_control": references.by_control(soa),
        "owed": references.owed(report, records),
        "named_by": references.named_by(report.facts, records),
        "levels": _levels(report),
        "exposure": exposed.exposure(report.facts, records, _levels(report)),
        "evidence": _visible(ageing.evidence(report)["rows"], visible),
        "waivers": _visible(exceptions.waivers(report), visible),
        "frameworks": _visible(every_crossing(report), visible),
        "summary": _summary(report),
        "titles": _titles(report, records),
        "grade_words": GRADE_WORDS,
        "tones": {**TONES, **_level_tones(_levels(report))},
    }


def _requirement(report: GapReport, records: Records, one: Assessed) -> Record:
    group = one.requirement.group
    return {
        "id": one.id,
        "title": one.requirement.title,
        "type": one.requirement.type,
        "group": {"id": group.id, "title": group.title},
        "applicable": one.applicable,
        **one.states,
        "grade": one.grade,
        "waived": records.link(one.waived.id) if one.waived is not None else None,
        "owner": records.text(owner_of(report.facts, one.id)),
        "reasons": [
            {"message": records.text(reason.message), "do": records.text(reason.do), "grade": reason.grade}
            for reason in one.reasons
            if not reason.home
        ],
    }


def _summary(report: GapReport) -> Record:
    found = summarise(report)
    return {"requirements": found.requirements, "grades": found.grades, "states": found.states, "waived": found.waived}


def _titles(report: GapReport, records: Records) -> Record:
    """The title of every artefact and requirement by id."""
    facts = report.facts
    titles = {name: records.text(item.get("title")) for name, item in facts.by_id.items()}
    return {**titles, **{one.id: one.title for one in facts.catalogue.requirements}}


def _levels(report: GapReport) -> list[str]:
    """The names of the risk levels in force, lowest first."""
    method = report.facts.method
    rows = listed(method.data.get("levels")) if method is not None else []
    return [Plain(row["name"]) for row in rows if isinstance(row, dict) and isinstance(row.get("name"), str)]


def _level_tones(levels: Sequence[str]) -> dict[str, Tone]:
    last = max(len(levels) - 1, 1)
    return {str(name): _SCALE[round((len(_SCALE) - 1) * place / last)] for place, name in enumerate(levels)}


def _visible(value: Any, visible: Visible) -> Any:
    """The value with every text in it made visible and inert."""
    if isinstance(value, dict):
        return {key: _visible(one, visible) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_visible(one, visible) for one in value]
    if isinstance(value, str) and not isinstance(value, Plain | Prose):
        return Plain(visible(value))
    return value
