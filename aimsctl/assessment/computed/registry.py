"""Where the computed values are registered, and the few readings that they share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final

from aimsctl.assessment.calendar import parse_date

if TYPE_CHECKING:
    from datetime import date

    from aimsctl.assessment.items import Item

Work = Callable[["Item"], object]

COMPUTED: Final[dict[tuple[str, str], Work]] = {}


def computed(name: str, *kinds: str) -> Callable[[Work], Work]:
    """Register the function as the value `name` of these kinds; `*` is every artefact, `*.action` every action row."""

    def register(work: Work) -> Work:
        for kind in kinds:
            COMPUTED[kind, name] = work
        return work

    return register


def listed(value: object) -> list[object]:
    """The value if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def rows(item: Item, name: str) -> list[dict[str, object]]:
    """The rows of a list field; what is no row is left out."""
    return [row for row in listed(item.data.get(name)) if isinstance(row, dict)]


def newest(item: Item, values: Iterable[object]) -> str | None:
    """The newest day among the values by the day of judgement, as ISO text; None if there is none."""
    days = [day for value in values if (day := past(item, value)) is not None]
    return max(days).isoformat() if days else None


def past(item: Item, value: object) -> date | None:
    """The day, if it is one and not after the day of judgement."""
    day = parse_date(value)
    return day if day is not None and day <= item.facts.as_of else None


def number(value: object) -> float | None:
    """The value if it is a number (a truth value is none)."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
