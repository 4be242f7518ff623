"""The gap analysis as a badge: one small SVG that says how far the organisation is, without a score."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from aimsctl.assessment.readiness import STAGE_1, blockers, summarise

if TYPE_CHECKING:
    from aimsctl.assessment.gap import GapReport

_LETTER: Final = 6.6  # width of a letter at 11 pixels; textLength makes every renderer keep to it
_PADDING: Final = 8
_COLOURS: Final = {"bad": "#b3261e", "warn": "#8a5a00", "good": "#1e6b34"}
_SVG: Final = """<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="20" role="img" aria-label="{label}">
<title>{label}</title>
<rect width="{left}" height="20" rx="3" fill="#3c4043"/>
<rect x="{left}" width="{right}" height="20" rx="3" fill="{colour}"/>
<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">
<text x="{x1}" y="14" textLength="{w1}" lengthAdjust="spacingAndGlyphs">{name}</text>
<text x="{x2}" y="14" textLength="{w2}" lengthAdjust="spacingAndGlyphs">{words}</text>
</g>
</svg>
"""


def badge(report: GapReport) -> str:
    """The badge as SVG: what is blocked, and the counts of major and minor gaps, as of the day of judgement."""
    name = "ISO/IEC 42001 readiness"
    words, tone = _words(report)
    w1, w2 = round(len(name) * _LETTER), round(len(words) * _LETTER)
    left, right = w1 + 2 * _PADDING, w2 + 2 * _PADDING
    return _SVG.format(
        width=left + right,
        left=left,
        right=right,
        colour=_COLOURS[tone],
        label=escape(f"{name}: {words}, as of {report.as_of.isoformat()}"),
        name=escape(name),
        words=escape(words),
        x1=_PADDING,
        x2=left + _PADDING,
        w1=w1,
        w2=w2,
    )


def _words(report: GapReport) -> tuple[str, str]:
    grades = summarise(report).grades
    counts = f"{grades['major'] + grades['unknown']} major, {grades['minor']} minor"
    blocked = {one.stage for one in blockers(report)}
    if STAGE_1 in blocked:
        return f"stage 1 blocked: {counts}", "bad"
    if blocked:
        return f"stage 2 blocked: {counts}", "warn"
    return f"nothing blocks the audit: {counts}", "good"
