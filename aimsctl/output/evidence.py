"""What a verification found, for people: who signed what, what is wrong, and what it does not prove."""

from __future__ import annotations

import base64
import textwrap
from collections.abc import Iterator
from typing import Final

from aimsctl.evidence.handed_over import HandedOver
from aimsctl.evidence.report import LISTED, Counted, Report, Tally, utc

_KEYID: Final = 16  # characters; the JSON has all of them


def lines(report: Report, width: int) -> Iterator[str]:
    """The report as lines of text."""
    yield f"{report.verdict}"
    yield ""
    yield from _facts(report)
    yield from _signers(report)
    yield from _wrong(report, width)
    yield ""
    yield "Not shown by this"
    for limit in report.limits:
        yield from _wrapped(limit, width)


def bundle_lines(found: HandedOver, width: int) -> Iterator[str]:
    """The same for a bundle of several ledgers: each part, and what is wrong with what is around them."""
    for path, report in found.parts.items():
        yield f"{path}: {next(told := lines(report, width))}"
        yield from told
        yield ""
    if found.around.problems:
        yield "The bundle itself: not what it should be"
        yield from _wrong(found.around, width)
    else:
        yield "The bundle itself: every file is as the manifest lists it, which nobody signed"


def _wrong(counted: Counted, width: int) -> Iterator[str]:
    if not counted.problems:
        return
    yield ""
    yield "Wrong"
    for problem in counted.problems:
        yield from _wrapped(f"{problem.fault.word}: {problem.told}", width)
    if (left := sum(counted.counts.values()) - LISTED) > 0:
        yield f"  and {left} more"


def _facts(report: Report) -> Iterator[str]:
    yield f"{report.kind:<12} {report.origin or 'unknown'}"
    if report.checkpoint is not None:
        root = base64.b64encode(report.checkpoint.root).decode()
        yield f"{'checkpoint':<12} {report.checkpoint.size} entries, root {root}"
    if report.log is not None:
        yield f"{'signed by':<12} {report.log.text}"
    yield f"{'trust':<12} {report.trust.provenance}"
    for name, seconds in sorted(report.witnesses.items()):
        yield f"{'witness':<12} {name}, {utc(seconds)}"
    for name in report.anchors:
        yield f"{'held against':<12} {name}"
    if report.complete is not None:
        yield f"{'complete':<12} all receipts from entry {report.complete[0]} up to entry {report.complete[1] - 1}"
    yield f"{'receipts':<12} {report.verified} of {report.entries} verified"
    if report.unsealed:
        yield f"{'unsealed':<12} {report.unsealed}"
    for where in report.torn:
        yield f"{'torn':<12} {where}: never accepted, left out by the next seal"


def _signers(report: Report) -> Iterator[str]:
    if report.signers:
        yield ""
        yield "Who signed"
    for keyid, tally in sorted(report.signers.items()):
        yield f"  {report.trust.name(keyid)}, key {keyid[:_KEYID]}: {_tally(tally)}"


def _tally(tally: Tally) -> str:
    says = ", ".join(f"{count} {what}" for what, count in sorted(tally.says.items())) or f"{tally.count} unreadable"
    return says if tally.first < 0 else f"{says}; entries {tally.first} to {tally.last}"


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, initial_indent="  - ", subsequent_indent="    ", break_long_words=False)
