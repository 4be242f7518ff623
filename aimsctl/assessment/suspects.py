"""Suspect links: who relies on a text that was changed after he last looked at it. Only the history can tell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from aimsctl.assessment.calendar import parse_date
from aimsctl.assessment.revisions import FORMAL, changed_words
from aimsctl.workspace.fingerprint import fingerprint
from aimsctl.workspace.kinds import kind

if TYPE_CHECKING:
    from aimsctl.assessment.facts import Facts
    from aimsctl.diagnostics import Span
    from aimsctl.workspace.artefacts import Artefact
    from aimsctl.workspace.versions import Version, Versions

CONTROLLED: Final = "controlled"
MODELS: Final = "ai-system"
"""Whoever names a system relies on what it is: its models and versions above all."""
RATES_BY: Final = {"risk": "risk-method"}
"""Kinds that rely on another one without naming it: ratings mean something in the scales of the method alone."""
_TOLD: Final = 3


@dataclass(frozen=True, slots=True, eq=False)
class Suspect:
    """An artefact that relies on another one, when each was last looked at or changed, and the difference in words."""

    artefact: Artefact
    target: Artefact
    span: Span
    looked: date
    changed: date
    words: str


def suspects(facts: Facts) -> Iterator[Suspect]:
    """Every link to a text that covers something else now than when the artefact was last looked at, one a target.

    Nothing without history, and nothing for an artefact that does not say when it was looked at.
    """
    if facts.approvals is None:
        return
    changes = _Changes(facts, facts.approvals.versions)
    for item in facts.by_id.values():
        artefact = item.artefact
        looked = None if artefact is None or not facts.counts(item) else looked_at(artefact)
        if artefact is None or looked is None:
            continue
        for target, span in _relied_on(facts, artefact):
            version = changes.last(target)
            if version is not None and looked < version.commit.committer.day <= facts.as_of:
                words = changes.words_since(target, looked)
                if words:
                    yield Suspect(artefact, target, span, looked, version.commit.committer.day, words)


def looked_at(artefact: Artefact) -> date | None:
    """The newest of the days on which somebody approved or reviewed it, or on which it came about."""
    known = kind(artefact.kind)
    names = ("approval.date", "review.last", *((known.dated_by,) if known and known.dated_by else ()))
    days = [day for name in names if (day := parse_date(artefact.get(name))) is not None]
    return max(days, default=None)


def _relied_on(facts: Facts, artefact: Artefact) -> Iterator[tuple[Artefact, Span]]:
    """The texts that an artefact relies on, each with the first place that names it."""
    seen = {artefact.id}
    for link in facts.workspace.links_from(artefact):
        target = facts.workspace.by_id.get(link.target)
        if target is not None and target.id not in seen and target.valid and _is_text(target):
            seen.add(target.id)
            yield target, artefact.span(link.path)
    for target in facts.workspace.of(RATES_BY.get(artefact.kind, "")):
        if target.id not in seen and target.status == "approved":
            yield target, artefact.span()


def _is_text(target: Artefact) -> bool:
    known = kind(target.kind)
    return target.kind == MODELS or (known is not None and known.klass == CONTROLLED)


class _Changes:
    """When what a text covers was last changed, each text looked up once."""

    def __init__(self, facts: Facts, versions: Versions) -> None:
        self.workspace = facts.workspace
        self.versions = versions
        self._last: dict[str, Version | None] = {}

    def last(self, target: Artefact) -> Version | None:
        """The newest commit that changed what an approval of the text covers; its first one is no change."""
        if target.id not in self._last:
            found = (one for one in self.versions.of(target.id) if _covers_another(one))
            self._last[target.id] = next(found, None)
        return self._last[target.id]

    def words_since(self, target: Artefact, looked: date) -> str:
        """What differs from the text as it stood at the end of that day; empty where it stands as it did."""
        newer = [one for one in self.versions.of(target.id) if one.commit.committer.day > looked]
        if not newer or newer[0].after is None or newer[-1].before is None:
            return ""
        then, now = newer[-1].before, newer[0].after
        if fingerprint(then.artefact, then) == fingerprint(now.artefact, now):
            return ""
        told = [words for words in changed_words(then, now) if not words.startswith(FORMAL)]
        more = f" and {len(told) - _TOLD} more" if len(told) > _TOLD else ""
        return "; ".join(told[:_TOLD]) + more


def _covers_another(version: Version) -> bool:
    was, is_now = version.before, version.after
    return (
        was is not None
        and is_now is not None
        and fingerprint(was.artefact, was) != fingerprint(is_now.artefact, is_now)
    )
