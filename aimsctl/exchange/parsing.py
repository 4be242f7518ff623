"""What a cell says, as a value of its field: numbers with their words, days, yes and no, ids or titles."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from aimsctl.assessment.calendar import parse_date, parse_duration
from aimsctl.exchange.sources import Read
from aimsctl.source.characters import unwritable
from aimsctl.workspace.hints import closest, did_you_mean, shown
from aimsctl.workspace.kinds import Field

if TYPE_CHECKING:
    from aimsctl.assessment.facts import Facts
    from aimsctl.workspace.artefacts import Artefact

_TWICE: Final = re.compile(r"(-?\d{1,9})\s*\((-?\d{1,9})\)")
_WITH_WORD: Final = re.compile(r"(-?\d{1,9})\s*(?:[-:\u2013\u2014.)]\s*|\(\s*|\s)([^\d()][^()]*)\)?")
_CONTROL: Final = re.compile(r"A?[ .]*(\d{1,2}(?:\.\d{1,2}){1,3})\b[\s:.\u2013-]*(.*)", re.DOTALL)
_CLAUSE: Final = re.compile(r"(?:clause\s*)?(\d{1,2}(?:\.\d{1,2}){0,3})\b.*", re.IGNORECASE | re.DOTALL)
_NUMBERS: Final = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})")
_YES_NO: Final = {"yes": True, "y": True, "true": True, "no": False, "n": False, "false": False}
_RHYTHMS: Final = {
    "weekly": "P1W",
    "monthly": "P1M",
    "quarterly": "P3M",
    "half yearly": "P6M",
    "yearly": "P1Y",
    "annual": "P1Y",
    "annually": "P1Y",
    "once a year": "P1Y",
}
_PLAIN_DAY: Final = "write it as 2026-03-31"
_MONTHS: Final = 12
_MOST_GUESSES: Final = 20


class CellProblemError(Exception):
    """A cell that says nothing its field can hold; `hint` says what would."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class Reader:
    """Reads cells for one workspace, whose titles and scales people write where the YAML has ids and numbers."""

    def __init__(self, facts: Facts, words: Mapping[str, Any]) -> None:
        self.facts = facts
        self.words = words
        self.guesses = 0
        self.added: dict[str, str] = {}  # ids of rows that become artefacts, and their kinds
        self.added_titles: dict[str, list[str]] = {}
        self._readers: Mapping[str, Callable[[Read, Field], Any]] = {
            "boolean": _boolean,
            "integer": self._integer,
            "number": _number,
            "date": _date,
            "duration": _duration,
            "enum": _enum,
            "requirement": _requirement,
            "annex_a": _requirement,
            "link": self._link,
        }

    def add(self, identifier: str, title: str, kind: str) -> None:
        """From now on cells may link to a row that becomes an artefact."""
        self.added[identifier] = kind
        self.added_titles.setdefault(title.casefold(), []).append(identifier)

    def value(self, cell: Read, field: Field) -> Any:
        """The value that the cell says. Raises CellProblemError if it says none."""
        if isinstance(cell, str) and (sign := unwritable(cell)):
            raise CellProblemError(f"holds {sign}, which no artefact may hold", "type the cell anew")
        said = self.words.get(field.path)
        if isinstance(said, dict) and str(cell) in said:
            return said[str(cell)]
        if not field.many:
            return self._one(cell, field)
        return [self._one(part, field) for part in _parts(cell, field)]

    def _one(self, cell: Read, field: Field) -> Any:
        return self._readers.get(field.type, _text)(cell, field)

    def _integer(self, cell: Read, field: Field) -> int:
        if isinstance(cell, int) and not isinstance(cell, bool):
            return cell
        text = str(cell)
        if re.fullmatch(r"-?\d{1,15}", text):
            return int(text)
        scale = self.scale(field.path)
        if twice := _TWICE.fullmatch(text):
            if twice[1] != twice[2]:
                raise CellProblemError(f"{shown(text)} says two numbers", "write the one that counts")
            return int(twice[1])
        if text.casefold() in scale:
            return scale[text.casefold()]
        if (worded := _WITH_WORD.fullmatch(text)) is not None:
            word = worded[2].strip().casefold()
            if word in scale and scale[word] != int(worded[1]):
                said = f"{shown(text)}: in the risk method, {word} is {scale[word]}"
                raise CellProblemError(said, "write the one that counts")
            if word in scale:
                return int(worded[1])
        steps = ", ".join(f"{value} {name}" for name, value in scale.items())
        raise CellProblemError(f"{shown(text)} is no whole number", f"the scale is {steps}" if scale else "")

    def scale(self, path: str) -> dict[str, int]:
        """The names of the scale that a field is rated on, and their values."""
        method = self.facts.method
        which = "likelihood" if "likelihood" in path else "consequence" if "consequence" in path else ""
        found = method.get(f"{which}_scale") if method is not None and which else None
        rows = [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []
        return {str(row.get("name")).casefold(): value for row in rows if isinstance(value := row.get("value"), int)}

    def _link(self, cell: Read, field: Field) -> str:
        text = str(cell)
        if text in self.facts.workspace.by_id or text in self.added:
            return text
        if "annex_a" in field.links and (control := control_id(text)) is not None:
            return control
        named = [one.id for one in self._titles.get(text.casefold(), ()) if one.kind in field.links]
        named += [one for one in self.added_titles.get(text.casefold(), ()) if self.added[one] in field.links]
        if len(named) == 1:
            return named[0]
        what = " or ".join(one.replace("annex_a", "control of Annex A") for one in field.links)
        if named:
            raise CellProblemError(f"{shown(text)} is the title of several", ", ".join(named))
        raise CellProblemError(f"{shown(text)} is the id or title of no {what}", self._near(text, field))

    def _near(self, text: str, field: Field) -> str:
        """The id that was probably meant; for the first cells only, as it takes a look at every id."""
        self.guesses += 1
        if self.guesses > _MOST_GUESSES:
            return ""
        return did_you_mean(closest(text, [one.id for kind in field.links for one in self.facts.workspace.of(kind)]))

    @cached_property
    def _titles(self) -> dict[str, list[Artefact]]:
        found: dict[str, list[Artefact]] = {}
        for artefact in self.facts.workspace.artefacts:
            found.setdefault(artefact.title.casefold(), []).append(artefact)
        return found


def control_id(text: str) -> str | None:
    """The control of Annex A that a cell names, with or without the letter and the title."""
    found = _CONTROL.fullmatch(text.strip())
    return f"A.{found[1]}" if found else None


def control_words(text: str) -> str:
    """What stands behind the number of a control in the same cell."""
    found = _CONTROL.fullmatch(text.strip())
    return found[2].strip() if found else ""


def _parts(cell: Read, field: Field) -> Iterable[str]:
    text = str(cell)
    marks = r"[\n;,]" if field.type in ("link", "enum", "requirement", "annex_a") else r"\n" if "\n" in text else r";\s"
    return [part.strip() for part in re.split(marks, text) if part.strip()]


def _text(cell: Read, _field: Field) -> str:
    return ("yes" if cell else "no") if isinstance(cell, bool) else str(cell)


def _boolean(cell: Read, _field: Field) -> bool:
    found = cell if isinstance(cell, bool) else _YES_NO.get(str(cell).casefold())
    if found is None:
        raise CellProblemError(f"{shown(cell)} is neither yes nor no")
    return found


def _number(cell: Read, _field: Field) -> int | float:
    if isinstance(cell, int | float) and not isinstance(cell, bool) and "e" not in str(cell):
        return cell
    text = str(cell)
    if re.fullmatch(r"-?\d{1,15}(\.\d{1,12})?", text):
        return float(text) if "." in text else int(text)
    raise CellProblemError(f"{shown(text)} is no number", "write it with a point and without a unit, such as 97.5")


def _date(cell: Read, _field: Field) -> str:
    text = str(cell)
    if parse_date(text) is not None:
        return text
    numbers = _NUMBERS.fullmatch(text)
    if numbers is not None:
        first, second, year = int(numbers[1]), int(numbers[3]), int(numbers[4])
        if numbers[2] != "." and first <= _MONTHS and second <= _MONTHS and first != second:
            raise CellProblemError(f"{shown(text)} may be two days", _PLAIN_DAY)
        day, month = (first, second) if second <= _MONTHS else (second, first)
        try:
            return dt.date(year, month, day).isoformat()
        except ValueError:
            pass
    raise CellProblemError(f"{shown(text)} is no day", _PLAIN_DAY)


def _duration(cell: Read, _field: Field) -> str:
    text = str(cell)
    if parse_duration(text) is not None:
        return text
    found = _RHYTHMS.get(re.sub(r"[^a-z]+", " ", text.casefold()).strip())
    if found is None:
        raise CellProblemError(f"{shown(text)} is no period", "write it as P1Y, P6M, P2W or P90D")
    return found


def _enum(cell: Read, field: Field) -> str:
    word = re.sub(r"[\s-]+", "_", re.sub(r"^\W+", "", str(cell)).strip().casefold())
    for allowed in field.enum:
        if str(cell) == allowed or word == allowed.casefold():
            return allowed
    hint = did_you_mean(closest(word, field.enum)) or f"one of {', '.join(field.enum)}"
    raise CellProblemError(f"{shown(cell)} is no value of {field.path}", hint)


def _requirement(cell: Read, _field: Field) -> str:
    text = str(cell).strip()
    clause = _CLAUSE.fullmatch(text)
    return clause[1] if clause and not text.upper().startswith("A") else control_id(text) or text
