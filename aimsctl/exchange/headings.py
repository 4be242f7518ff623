"""Which table a sheet holds, where its headings stand, and which field each column is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from aimsctl.errors import UsageError
from aimsctl.exchange.sources import Read, Sheet, letters
from aimsctl.exchange.tables import ACTION, ID, ROW, SOA, TITLE, USUAL, Column, Table, table, table_names
from aimsctl.source import yaml
from aimsctl.workspace.hints import closest, did_you_mean

SCORE: Final = "score"
_SEARCHED: Final = 30  # rows in which headings are looked for
_FEWEST: Final = 2  # headings that make a row the head of a table
_GENERAL: Final = frozenset({ID, ROW, TITLE, "title", "owner", "status", "description", "date", "version"})
"""Fields of any kind, which say nothing about what a sheet holds."""
_EVERYWHERE: Final = {"ref": ID, "reference": ID, "no": ID, "number": ID, "name": "title", "owned by": "owner"}
_ALSO: Final[dict[str, dict[str, str]]] = {
    "risk": {
        "risk id": ID,
        "risk": "title",
        "risk title": "title",
        "risk name": "title",
        "risk owner": "owner",
        "risk description": "description",
        "probability": "likelihood",
        "system": "ai_systems",
        "ai system": "ai_systems",
        "treatment option": "treatment",
        "risk level": "level",
        "risk rating": "level",
        "rating": "level",
        "inherent level": "level",
        "residual risk": "residual_level",
        "residual rating": "residual_level",
        "risk score": SCORE,
        "score": SCORE,
        "inherent score": SCORE,
    },
    "ai-system": {
        "system id": ID,
        "system": "title",
        "system name": "title",
        "ai system": "title",
        "purpose": "intended_use",
        "risk class": "legal_class",
        "status in life cycle": "stage",
        "supplier": "suppliers",
    },
    SOA: {
        "control id": "control",
        "annex a control": "control",
        "title": TITLE,
        "control title": TITLE,
        "control name": TITLE,
        "name": TITLE,
        "applies": "applicable",
        "claimed status": "status",
        "reason for inclusion or exclusion": "justification",
        "exclusion reviewed by": "exclusion_review",
        "included": "applicable",
        "in scope": "applicable",
        "reason for inclusion": "justification",
        "justification for inclusion or exclusion": "justification",
        "implementation status": "status",
        "implemented by": "implemented_by",
    },
    "supplier": {"supplier id": ID, "supplier": "title", "vendor": "title", "supplier name": "title"},
    ACTION: {"action": "what", "responsible": "by", "due date": "due", "deadline": "due", "completed": "done"},
}


@dataclass(frozen=True, slots=True)
class Map:
    """What a person says about a file: the table of a sheet, the row of its head, the field of a column, of words.

    A sheet, a column or a word that stands for null is left out.
    """

    sheets: Mapping[str, Any] = field(default_factory=dict)
    header_row: Mapping[str, Any] = field(default_factory=dict)
    columns: Mapping[str, Any] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Layout:
    """A sheet that was understood: its table, the row of its head, and what each column is.

    `unknown` are columns that no field was found for, with a guess; `twice` those whose field another column has too;
    `skipped` those that the map leaves out.
    """

    table: Table
    head: int
    columns: dict[int, Column] = field(default_factory=dict)
    unknown: dict[int, str] = field(default_factory=dict)
    twice: dict[int, str] = field(default_factory=dict)
    skipped: list[int] = field(default_factory=list)


def map_of(name: str, content: bytes) -> Map:
    """The map in a YAML file. Raises UsageError with the place for one that is none."""
    document = yaml.read(name, content)
    data = document.data
    if data is None:
        told = document.problems[0].message if document.problems else "cannot be read"
        raise UsageError(f"{name} is no map of columns: {told}", span=document.span())
    for key, value in data.items():
        if key not in Map.__slots__:
            near = did_you_mean(closest(key, Map.__slots__)) or f"its keys are {', '.join(Map.__slots__)}"
            raise UsageError(f"{name} has an unknown key {key}", hint=near, span=document.span((key,), key=True))
        if not isinstance(value, dict):
            raise UsageError(f"{name}: {key} is no group of names", span=document.span((key,)))
    groups: dict[str, Any] = dict(data)
    found = Map(**groups)
    for sheet, of in found.sheets.items():
        if of is not None:
            _table(str(of), f"{name}: sheet {sheet}")
    return found


def _table(of: str, where: str) -> Table:
    try:
        return table(of)
    except UsageError as error:
        raise UsageError(f"{where}: {error.message}", hint=error.hint) from error


def layout(sheet: Sheet, said: Map) -> Layout | None:
    """How the sheet is laid out; None if it holds no table that is known."""
    if sheet.name in said.sheets:
        named: tuple[str, ...] = (str(said.sheets[sheet.name]),)
    else:
        exact = next((name for name in table_names() if name[:31] == sheet.name), "")
        named = (exact,) if exact else (sheet.name,) if "." in sheet.name and _is_list(sheet.name) else ()
    rows = _head_rows(sheet, said)
    others = tuple(name for name in table_names() if name not in USUAL)
    for names, fewest in [(named, 1)] if named else [(USUAL, _FEWEST), (others, _FEWEST + 1)]:
        best = _best(sheet, names, rows, said, fewest)
        if best is not None:
            return best
    return None


def _is_list(name: str) -> bool:
    try:
        table(name)
    except UsageError:
        return False
    return True


def _head_rows(sheet: Sheet, said: Map) -> list[int]:
    number = said.header_row.get(sheet.name)
    if isinstance(number, int) and not isinstance(number, bool):
        return [row for row in range(len(sheet.rows)) if sheet.number(row) == number]
    return list(range(min(len(sheet.rows), _SEARCHED)))


def _best(sheet: Sheet, names: Iterable[str], rows: list[int], said: Map, fewest: int) -> Layout | None:
    best, most = None, fewest - 1
    for name in names:
        of = table(name)
        known, own = _known(of), _ALSO.get(name, {}).keys() - {"title", "name"}
        for row in rows:
            words = {word for value in sheet.rows[row] if (word := normal(value)) in known}
            found = {known[word] for word in words}
            found |= {str(said.columns[str(value)]) for value in sheet.rows[row] if str(value) in said.columns}
            if len(found) > most and (fewest == 1 or found - _GENERAL or words & own):
                best, most = Layout(of, row), len(found)
    return _columns(best, sheet, said) if best is not None else None


def _columns(found: Layout, sheet: Sheet, said: Map) -> Layout:
    known, of = _known(found.table), {**found.table.column_of, SCORE: Column(SCORE)}
    seen: dict[str, int] = {}
    for place, heading in enumerate(sheet.rows[found.head]):
        name, letter = "" if heading is None else str(heading), letters(place)
        if letter in said.columns or name in said.columns:
            path = said.columns.get(letter, said.columns.get(name))
            if path is None:
                found.skipped.append(place)
                continue
            if path not in of:
                hint = did_you_mean(closest(str(path), of)) or f"`aimsctl schema {found.table.parts[0].kind.name}`"
                raise UsageError(f"the map names a field {path}, which {found.table.name} does not have", hint=hint)
        else:
            path = known.get(normal(name), "")
        if path in seen:
            found.twice |= {place: path, seen[path]: path}
            found.columns.pop(seen[path], None)
        elif path:
            seen[str(path)] = place
            found.columns[place] = of[str(path)]
        elif any(row[place : place + 1] not in ([], [None]) for row in sheet.rows[found.head :]):
            found.unknown[place] = closest(normal(name).replace(" ", "_"), of) or ""
    return found


def _known(of: Table) -> dict[str, str]:
    """The words of headings, and the field that each stands for."""
    words = {normal(column.path): column.path for column in of.columns}
    also = {**_EVERYWHERE, **_ALSO.get(of.name, {})}
    paths = {*of.column_of, SCORE}
    return {**{word: path for word, path in also.items() if path in paths}, **words, **_own_title(of)}


def _own_title(of: Table) -> dict[str, str]:
    return {"title": TITLE} if of.name == SOA else {"row": ROW} if ROW in of.column_of else {}


def normal(value: Read) -> str:
    """The words of a heading: small letters and digits, one space between."""
    return re.sub(r"[^a-z0-9]+", " ", str(value or "").casefold()).strip()
