"""Days and periods: ISO 8601 dates and durations of years, months, weeks and days."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, timedelta
from typing import Final

_DURATION: Final = re.compile(r"P(?=\d)(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?")
HOUR: Final = timedelta(hours=1)
_LIMIT: Final = re.compile(r"P(?:(\d{1,3})D|T(\d{1,3})H)")
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Duration:
    """A period of calendar months and days; two durations compare by their approximate length."""

    months: int
    days: int

    def before(self, day: date) -> date:
        """The day that lies this long before `day`; the last day of a month where the month is shorter."""
        return _add(day, -self.months, -self.days)

    def after(self, day: date) -> date:
        """The day that lies this long after `day`; the last day of a month where the month is shorter."""
        return _add(day, self.months, self.days)

    @property
    def length(self) -> float:
        """Approximate days, to tell which of two limits is stricter."""
        return self.months * 30.4369 + self.days

    @property
    def words(self) -> str:
        """The period as people say it: 1 year, 6 months, 90 days."""
        years, months = divmod(self.months, 12)
        parts = [(years, "year"), (months, "month"), (self.days, "day")]
        said = [f"{count} {unit}{'' if count == 1 else 's'}" for count, unit in parts if count]
        return " ".join(said) or "0 days"


def parse_date(value: object) -> date | None:
    """The day that a text such as 2026-03-01 names; None for anything else, an impossible day included."""
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def parse_duration(value: object) -> Duration | None:
    """The period that a text such as P1Y6M or P90D names; None for anything else."""
    match = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return None
    years, months, weeks, days = (int(part or 0) for part in match.groups())
    return Duration(years * 12 + months, weeks * 7 + days)


def parse_limit(value: object) -> timedelta | None:
    """The time that a text such as PT24H or P2D allows; None for anything else."""
    match = _LIMIT.fullmatch(value) if isinstance(value, str) else None
    return timedelta(days=int(match[1] or 0), hours=int(match[2] or 0)) if match is not None else None


def _add(day: date, months: int, days: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not MINYEAR <= year <= MAXYEAR:
        return date.min if year < MINYEAR else date.max
    moved = date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
    try:
        return moved + timedelta(days=days)
    except OverflowError:
        return date.min if days < 0 else date.max
