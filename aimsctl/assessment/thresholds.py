"""The limits that a judgement compares with: those of the standard, or stricter ones that a workspace sets itself."""

from __future__ import annotations

from collections.abc import Mapping

from aimsctl.assessment.calendar import parse_duration
from aimsctl.standard import judgement

Limit = int | float | str


def in_force(name: str, own: Mapping[str, Limit]) -> Limit:
    """The workspace's own limit of that name if it is no laxer, else the standard one; KeyError if there is none."""
    standard = judgement().thresholds[name]
    return own[name] if name in own and not why_not(name, own[name]) else standard


def why_not(name: str, value: Limit) -> str:
    """Why a workspace may not set a limit that exists to that value, in words; empty if it may."""
    standard = judgement().thresholds[name]
    ours, theirs = _size(value), _size(standard)
    if ours is None or theirs is None or _is_period(value) != _is_period(standard):
        return f"must be of the same sort as the standard value, {standard}"
    higher_is_stricter = name in judgement().stricter_when_higher
    if ours < theirs if higher_is_stricter else ours > theirs:
        return f"is {value}, which is laxer than the standard value, {standard}"
    return ""


def _size(value: Limit) -> float | None:
    duration = parse_duration(value)
    if duration is not None:
        return duration.length
    return float(value) if isinstance(value, int | float) else None


def _is_period(value: Limit) -> bool:
    return parse_duration(value) is not None
