"""Everything a judgement may ask: the workspace, the day it is judged on, the standard, and what follows from them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from aimsctl.assessment import computed
from aimsctl.assessment.calendar import Duration, parse_date, parse_duration
from aimsctl.assessment.filled import is_placeholder, may_hold_placeholder, texts
from aimsctl.assessment.items import Item
from aimsctl.assessment.thresholds import in_force
from aimsctl.diagnostics import Span
from aimsctl.source.config import CONFIG_PATH
from aimsctl.standard import catalogue, judgement
from aimsctl.workspace.kinds import Field, kind, kind_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from aimsctl.assessment.approvals import Approvals
    from aimsctl.evidence.summary import Evidence
    from aimsctl.workspace.workspace import Workspace

CLASSES: Final = ("controlled", "register", "record")


class Facts:
    """A workspace on a day, with its history if that was read. All is worked out once and never changes."""

    def __init__(
        self, workspace: Workspace, as_of: date, approvals: Approvals | None = None, evidence: Evidence | None = None
    ) -> None:
        self.workspace = workspace
        self.as_of = as_of
        self.approvals = approvals
        self.evidence = evidence
        self.catalogue = catalogue()
        self.judgement = judgement()
        self.states: dict[str, dict[str, str]] = {}  # of each requirement, filled as they are judged
        self.standings: dict[tuple[str, int, str, str], tuple[str, str | None]] = {}  # of rows of evidence, the same
        self._items: dict[str, tuple[Item, ...]] = {}
        self._standing: dict[str, tuple[Item, ...]] = {}
        self._limits: dict[str, object] = {}

    # what there is

    def items(self, name: str) -> tuple[Item, ...]:
        """All items of a kind (`risk`) or of one of its lists (`risk.actions`), retired and draft ones included."""
        if name not in self._items:
            self._items[name] = tuple(self._collect(name))
        return self._items[name]

    def _collect(self, name: str) -> Iterable[Item]:
        if name == "requirement":
            return self._requirements()
        base, _, path = name.partition(".")
        if path:
            return (row for holder in self.items(base) for row in self._rows(holder, path))
        return (Item(self, name, artefact.data, artefact) for artefact in self.workspace.of(name))

    def _requirements(self) -> Iterable[Item]:
        for requirement in self.catalogue.requirements:
            data = {
                "id": requirement.id,
                "title": requirement.title,
                "type": requirement.type,
                "operational": requirement.operational,
                "applicable": self.applicable(requirement.id),
            }
            yield Item(self, "requirement", data)

    def _rows(self, holder: Item, path: str) -> Iterable[Item]:
        rows = holder.data.get(path)
        if not isinstance(rows, list):
            return
        for index, row in enumerate(rows):
            if isinstance(row, dict):
                yield Item(self, f"{holder.kind}.{path}", row, holder.artefact, (path, index), holder)

    @cached_property
    def by_id(self) -> Mapping[str, Item]:
        """The valid artefacts by id, retired and draft ones included."""
        found: dict[str, Item] = {}
        for name in sorted({artefact.kind for artefact in self.workspace.artefacts if artefact.valid}):
            for item in self.items(name):
                found.setdefault(item.id, item)
        return found

    def find(self, identifier: object, kind_name: str | None = None) -> Item | None:
        """The artefact of that id, of that kind if one is named."""
        item = self.by_id.get(identifier) if isinstance(identifier, str) else None
        return None if item is None or (kind_name is not None and item.kind != kind_name) else item

    def counts(self, item: Item) -> bool:
        """Whether the artefact counts: neither retired nor draft, and a record only from its date on."""
        if item.artefact is None:
            return True
        if item.artefact.status in ("draft", "retired"):
            return False
        if klass(item.kind) != "record":
            return True
        happened = self.dated(item)
        return item.artefact.status == "approved" and (happened is None or happened <= self.as_of)

    def standing(self, name: str) -> tuple[Item, ...]:
        """The items of that kind or list that count."""
        if name not in self._standing:
            base, _, path = name.partition(".")
            if path:
                standing = {id(holder) for holder in self.standing(base)}
                found = tuple(row for row in self.items(name) if id(row.holder) in standing)
            else:
                found = tuple(item for item in self.items(name) if self.counts(item))
            self._standing[name] = found
        return self._standing[name]

    def placeholders(self, item: Item) -> list[str]:
        """The names of the item's texts that are placeholders; files that cannot hold one are passed over quickly."""
        if item.artefact is None or id(item.artefact.document) not in self._suspect_documents:
            return []
        return [name for name, text in texts(item) if is_placeholder(text)]

    @cached_property
    def _suspect_documents(self) -> frozenset[int]:
        return frozenset(id(one) for one in self.workspace.documents if may_hold_placeholder(one.text))

    # fields, dates and limits

    def computes(self, item: Item, name: str) -> bool:
        """Whether that name is worked out for this item."""
        return computed.find(item, name) is not None

    def compute(self, item: Item, name: str) -> object:
        """The value worked out for that name; None if there is no such name."""
        work = computed.find(item, name)
        return None if work is None else work(item)

    def has_field(self, item: Item, name: str) -> bool:
        """Whether the schema gives this item a field of that name."""
        return self.field(item.kind, name) is not None

    def field(self, kind_name: str, name: str) -> Field | None:
        """The schema's description of a field of a kind or of a row of it."""
        base, _, path = kind_name.partition(".")
        known = kind(base)
        return None if known is None else known.fields.get(f"{path}.{name}" if path else name)

    def dated(self, item: Item, name: str | None = None) -> date | None:
        """The date an item goes by: the field named, its own `date`, or the one its kind or class is dated by."""
        if name is not None:
            return parse_date(item.get(name))
        if item.holder is not None:
            return parse_date(item.data.get("date")) or self.dated(item.holder)
        known = kind(item.kind)
        if known is None:
            return None
        by_class = {"controlled": "approval.date", "register": "review.last", "record": "date"}
        return parse_date(item.get(known.dated_by or by_class[known.klass]))

    def limit(self, name: str) -> object:
        """A threshold: the workspace's where it set a stricter one, else the standard one; durations as Duration."""
        if name not in self._limits:
            value: object = in_force(name, self.workspace.config.thresholds)
            self._limits[name] = parse_duration(value) or value
        return self._limits[name]

    def period(self, name: str) -> Duration:
        """A threshold that is a duration."""
        value = self.limit(name)
        return value if isinstance(value, Duration) else Duration(0, 0)

    def number(self, name: str) -> float:
        """A threshold that is a number."""
        value = self.limit(name)
        return float(value) if isinstance(value, int | float) else 0.0

    # what several judgements share

    @cached_property
    def method(self) -> Item | None:
        """The risk method in force: the newest approved one."""
        methods = [item for item in self.standing("risk-method") if item.get("status") == "approved"]
        return max(methods, key=lambda item: str(item.get("approval.date") or ""), default=None)

    @cached_property
    def risk_places(self) -> Mapping[Item, int]:
        """The place of each risk that counts among all of them; 1 is the most urgent."""
        return computed.risks.places(self.standing("risk"))

    @cached_property
    def soa_rows(self) -> Mapping[str, Item]:
        """The rows of the statement of applicability by control id."""
        rows: dict[str, Item] = {}
        for row in self.standing("soa.entries"):
            rows.setdefault(str(row.data.get("control")), row)
        return rows

    def applicable(self, requirement_id: str) -> bool:
        """Clauses always; controls unless the statement of applicability excludes them."""
        if not requirement_id.startswith("A."):
            return True
        row = self.soa_rows.get(requirement_id)
        return row is None or row.data.get("applicable") is not False

    def missing_place(self, requirement_id: str) -> Span:
        """Where something that is missing is reported: the control's row in the statement, else the configuration."""
        row = self.soa_rows.get(requirement_id)
        span = row.span() if row is not None else None
        return span if span is not None else Span(CONFIG_PATH)

    def systems_of(self, item: Item) -> tuple[Item, ...]:
        """The AI systems an artefact names; all in scope where it names none."""
        named = _listed(item.data.get("ai_systems"))
        if named:
            return tuple(found for name in named if (found := self.find(name, "ai-system")) is not None)
        return tuple(system for system in self.standing("ai-system") if system.get("in_scope") is True)

    @cached_property
    def _high_risk_controls(self) -> frozenset[str]:
        named: set[str] = set()
        for risk in self.standing("risk"):
            if risk.get("high") is True:
                named.update(map(str, _listed(risk.data.get("controls"))))
        return frozenset(named)

    def treats_high_risk(self, requirement_id: str) -> bool:
        """Whether a risk that is high before treatment names this control."""
        return requirement_id in self._high_risk_controls

    def touches_high_risk_system(self, requirement_id: str) -> bool:
        """Whether a control artefact that fulfils the requirement covers a high-risk system in scope."""
        return any(
            system.get("high_risk") is True and system.get("in_scope") is True
            for control in self.standing("control")
            if requirement_id in _listed(control.data.get("fulfils"))
            for system in self.systems_of(control)
        )


def klass(kind_name: str) -> str:
    """The class of a kind: controlled, register or record; empty for what is no kind."""
    known = kind(kind_name.partition(".")[0])
    return "" if known is None else known.klass


def kinds_named(name: str) -> tuple[str, ...]:
    """The kinds a selection's `of` stands for: a kind, a class, or `any` for all of them."""
    if name == "any":
        return kind_names()
    if name in CLASSES:
        return tuple(known for known in kind_names() if klass(known) == name)
    return (name,)


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []
