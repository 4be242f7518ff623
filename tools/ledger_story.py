"""What ran at Fernlough Health from August to October 2026: the runs of its controls that the ledgers tell of.

Outputs, counts, reviewers and the days on which something went wrong follow from the date alone, so that the same runs
come out every time. `tools.make_ledger` signs them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

FIRST, LAST = date(2026, 8, 1), date(2026, 10, 31)
DAYS: Final = tuple(FIRST + timedelta(days=number) for number in range((LAST - FIRST).days + 1))
WEEKDAYS: Final = tuple(day for day in DAYS if day.isoweekday() <= 5)  # noqa: PLR2004 - Friday
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
QUARTERS: Final = (0, 6, 12, 18)  # the hours in which the quarters of a day begin
IN, VN, CC = "AI-INBOX-URGENCY", "AI-VISIT-NOTES", "AI-CODE-COMPANION"
NAMES: Final = {IN: "inbox-urgency", VN: "visit-notes", CC: "code-companion"}
BLIND: Final = (datetime(2026, 9, 15, 6, tzinfo=UTC), datetime(2026, 9, 24, 6, tzinfo=UTC))
"""The time in which the grounding guard saw no draft."""
RELEASES: Final = {
    IN: (
        (datetime(2026, 3, 17, 6, tzinfo=UTC), "2.2.1"),
        (datetime(2026, 8, 18, 6, tzinfo=UTC), "2.3.0"),
        (datetime(2026, 10, 20, 6, tzinfo=UTC), "2.4.0"),
    ),
    VN: ((datetime(2026, 5, 12, 6, tzinfo=UTC), "4.1.0"), (BLIND[0], "4.2.0")),
    CC: ((datetime(2026, 4, 2, 6, tzinfo=UTC), "cf-9"),),
}
MESSAGES: Final = {IN: (3480, 3240, 3160, 3080, 2960, 1040, 880), VN: (6600, 6700, 6650, 6500, 5900, 820, 460)}
SHARES: Final = {IN: (12, 6, 46), VN: (5, 15, 50)}  # per cent of a day in its first three quarters
BYPASSED: Final = (IN, date(2026, 10, 6), 2, 71)  # a restart on that day: so many messages passed the floor by


@dataclass(frozen=True)
class Run:
    """One run of a control, as its receipt shall tell it."""

    control: str
    signer: str
    system: str
    finished: datetime
    target: str
    started: datetime | None = None
    result: str = "passed"
    version: str = ""
    person: str = ""
    fields: dict[str, Any] = field(default_factory=dict)


def at(day: date, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """That time of the day, UTC."""
    return datetime.combine(day, time(hour, minute, second), UTC)


def text(moment: datetime) -> str:
    """The moment to the second, as receipts write it."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def live(system: str, moment: datetime) -> str:
    """The version that was live at that moment."""
    return [version for since, version in RELEASES[system] if since <= moment][-1]


def counted(system: str, day: date) -> int:
    """What went through the gateway that day, by its own count."""
    shift = (37 * day.day + 11 * day.month) % 61 - 30
    return MESSAGES[system][day.weekday()] + shift * (2 if system == VN else 1)


def quarters(system: str, day: date) -> list[int]:
    """The same by quarter of the day."""
    total = counted(system, day)
    first = [total * share // 100 for share in SHARES[system]]
    return [*first, total - sum(first)]


def seen(system: str, day: date) -> list[int]:
    """What the guard of the system counted, by quarter."""
    found = quarters(system, day)
    found[2] -= day.day % 3
    if (system, day) == BYPASSED[:2]:
        found[BYPASSED[2]] -= BYPASSED[3]
    return found


def blind(moment: datetime) -> bool:
    """Whether the grounding guard saw nothing then."""
    return BLIND[0] <= moment < BLIND[1]


def output(system: str, day: date, number: int) -> tuple[str, datetime]:
    """The id of a sampled output and when it was made."""
    if system == IN:
        return f"inb-{day:%Y%m%d}-{number:02}", at(day, 13) + timedelta(minutes=70 * (number - 1))
    return f"vn-{day:%Y%m%d}-{number:02}", at(day, 12, 30) + timedelta(minutes=55 * (number - 1))


def guards() -> Iterator[Run]:
    """CTL-01 and CTL-08: a count for each quarter of a day, and the sampled outputs."""
    for control, signer, system, each in (("CTL-01", "red-flag-floor", IN, 6), ("CTL-08", "grounding", VN, 8)):
        for day in DAYS:
            for hour, total in zip(QUARTERS, seen(system, day), strict=True):
                begin = at(day, hour)
                if control == "CTL-08" and blind(begin):
                    continue
                end = begin + timedelta(hours=6) - SECOND
                counts = {"counts": {"total": total}}
                yield Run(control, signer, system, end, f"period:{text(begin)}/PT6H", begin, fields=counts)
        for day in WEEKDAYS:
            for number in range(1, each + 1):
                name, made = output(system, day, number)
                if control == "CTL-08" and blind(made):
                    continue
                said = "modify" if struck(system, day, number) else "allow"
                verdict = {"verdict": said, "action": said}
                yield Run(control, signer, system, made + SECOND, f"output:{name}", made, fields=verdict)


def struck(system: str, day: date, number: int) -> bool:
    """Whether the guard changed that output: each third draft of an even day, the sixth message thrice a month."""
    if system == VN:
        return number == 3 and day.day % 2 == 0  # noqa: PLR2004
    return number == 6 and day.day in (5, 15, 25)  # noqa: PLR2004


def spread(days: list[date], most: int, each: int) -> set[tuple[date, int]]:
    """So many outputs of these days, evenly: the day and the number of the output."""
    return {(days[place * len(days) // most], place % each + 1) for place in range(most)}


def objected(system: str) -> set[tuple[date, int]]:
    """The reviewed outputs whose reviewer did not agree: as many in each month as the story says."""
    found: set[tuple[date, int]] = set()
    for month, most in ((8, 12), (9, 13), (10, 11)) if system == IN else ((8, 4), (10, 4)):
        days = [day for day in WEEKDAYS if day.month == month]
        found |= spread(days, most, 6 if system == IN else 8)
    if system == VN:
        september = [day for day in WEEKDAYS if day.month == 9]  # noqa: PLR2004
        found |= spread([day for day in september if 15 <= day.day <= 22], 6, 8)  # noqa: PLR2004
        found |= {(date(2026, 9, 3), 2), (date(2026, 9, 23), 7), (date(2026, 9, 29), 5)}
    return found


def reviewer(system: str, day: date, number: int) -> str:
    """Who reviews that output of the day."""
    if system == IN:
        return "r-0042" if number <= 3 else "r-0044"  # noqa: PLR2004
    name = ("r-0038", "r-0041", "r-0045", "r-0047")[(number - 1) // 2]
    return "r-0045" if name == "r-0047" and day < date(2026, 8, 10) else name


def reviews() -> Iterator[Run]:
    """CTL-03 and CTL-10: people look at each sampled output, six minutes at a draft and ten since September."""
    for control, system, each, minutes in (("CTL-03", IN, 6, 40), ("CTL-10", VN, 8, 30)):
        against, word = objected(system), "overridden" if system == IN else "changesRequested"
        for day in WEEKDAYS:
            for number in range(1, each + 1):
                name, made = output(system, day, number)
                ended = made + timedelta(minutes=minutes * number)
                if name == "inb-20260827-03":
                    ended = at(date(2026, 8, 29), 22, 20)  # the only late one
                window = {"window": {"from": text(made), "to": text(made)}}  # when the output was made
                said = {"outcome": word if (day, number) in against else "approved"}
                outcome = {"target": window, "review": said}
                begun = ended - timedelta(minutes=4 if system == IN else 6 if day < date(2026, 9, 4) else 10)
                person = reviewer(system, day, number)
                yield Run(control, "review-desk", system, ended, f"output:{name}", begun, person=person, fields=outcome)


@dataclass(frozen=True)
class Suite:
    """A suite of the gate: what it measures, and the threshold that was fixed before."""

    name: str
    comparator: str
    threshold: float

    def held(self, value: float) -> bool:
        """Whether the value meets the threshold."""
        return value >= self.threshold if self.comparator == ">=" else value <= self.threshold


SUITES: Final = {
    IN: (
        Suite("emergency sensitivity, %", ">=", 97.0),
        Suite("emergency sensitivity in Spanish, %", ">=", 97.0),
        Suite("two-tier misses", "<=", 0),
    ),
    VN: (
        Suite("faithfulness, %", ">=", 99.5),
        Suite("critical omissions, %", "<=", 1.0),
        Suite("drug names, %", ">=", 98.5),
    ),
}
GATES: Final[tuple[tuple[str, str, date, tuple[tuple[float, int, int], ...]], ...]] = (
    (IN, "2.3.0", date(2026, 8, 11), ((97.1, 400, 412), (97.6, 80, 82), (0, 0, 0))),
    (VN, "4.2.0", date(2026, 9, 8), ((99.6, 14331, 14388), (0.8, 595, 600), (98.9, 1842, 1862))),
    (IN, "2.4.0-rc1", date(2026, 10, 8), ((97.1, 400, 412), (95.1, 78, 82), (0, 0, 0))),
    (IN, "2.4.0", date(2026, 10, 14), ((97.3, 401, 412), (97.6, 80, 82), (0, 0, 0))),
)
"""System, candidate, day, and for each suite the value and, where it counts cases, how many were right of how many."""


def evaluations() -> Iterator[Run]:
    """CTL-04, three suites for each candidate; CTL-05, tables by language, age band and sex."""
    for system, version, day, values in GATES:
        for place, (suite, (value, right, cases)) in enumerate(zip(SUITES[system], values, strict=True)):
            score = {"name": suite.name, "value": value, "comparator": suite.comparator, "threshold": suite.threshold}
            fields: dict[str, Any] = {"scores": [score]}
            if cases:
                fields["counts"] = {"total": cases, "passed": right, "failed": cases - right}
            result = "passed" if suite.held(value) else "failed"
            target, ended = f"modelVersion:{NAMES[system]}@{version}", at(day, 14, 20 * place)
            yield Run("CTL-04", "release-gate", system, ended, target, result=result, version=version, fields=fields)
    for day in (date(2026, 8, 31), date(2026, 9, 30), date(2026, 10, 30)):
        for system in (IN, VN):
            yield Run("CTL-05", "release-gate", system, at(day, 16), f"period:{day:%Y-%m}")


def regrounding() -> Iterator[Run]:
    """The drafts that the guard had missed, checked again two days after it was back: one receipt for each 24 hours."""
    for number in range((BLIND[1] - BLIND[0]).days):
        begin = BLIND[0] + number * DAY
        total = sum(quarters(VN, begin.date())[1:]) + quarters(VN, begin.date() + DAY)[0]
        window = {"window": {"from": text(begin), "to": text(begin + DAY)}}
        ended = at(date(2026, 9, 26), 9 + number)
        fields = {"target": window, "counts": {"total": total}}
        yield Run("CTL-08", "regrounding", VN, ended, f"period:{text(begin)}/P1D", fields=fields)


DRIFT: Final = {"name": "stability index", "value": 0.23, "comparator": "<", "threshold": 0.2}
ALARM: Final = {"result": "failed", "fields": {"scores": [DRIFT]}}
ERROR: Final = {"result": "error", "fields": {"notChecked": ["input of the week: its table was locked"]}}


def daily() -> Iterator[Run]:
    """The controls that leave one receipt a day for each of their systems, and CTL-13, which does on Mondays."""
    for day in DAYS:
        first, last, target = at(day, 0), at(day, 23, 59, 59), f"period:{day}"
        yield Run("CTL-02", "ehr-import", IN, at(day, 23, 50), target, fields={"counts": {"total": counted(IN, day)}})
        for control, signer in (("CTL-07", "consent"), ("CTL-09", "sign-off")):
            yield Run(control, signer, VN, last, target, first, fields={"counts": {"total": counted(VN, day)}})
        yield Run("CTL-11", "prompt-filter", CC, last, target, first)
        for system in (IN, VN):
            alarm: dict[str, Any] = ALARM if (system, day) == (IN, date(2026, 9, 1)) else {}
            yield Run("CTL-06", "drift", system, at(day, 23, 30), target, **alarm)
            yield Run("CTL-14", "log-chain", system, at(day, 3), target)
            if day.isoweekday() == 1:
                locked: dict[str, Any] = ERROR if (system, day) == (IN, date(2026, 8, 24)) else {}
                yield Run("CTL-13", "data-limits", system, at(day, 5), target, **locked)


def code() -> Iterator[Run]:
    """CTL-11 for each blocked prompt, CTL-12 for each merge."""
    denied = {"verdict": "deny", "action": "block"}
    for month, blocks in ((8, 13), (9, 15), (10, 13)):
        days = [day for day in WEEKDAYS if day.month == month]
        for day, number in sorted(spread(days, blocks, 7)):
            ended = at(day, 8 + number, 17)
            yield Run("CTL-11", "prompt-filter", CC, ended, f"input:prompt-{ended:%Y%m%d-%H%M}", fields=denied)
    for day in WEEKDAYS:
        for hour in range(9, 18):
            refused = (day, hour) in {(date(2026, month, 14), 14) for month in (8, 9, 10)}
            target = f"change:merge-{day:%Y%m%d}-{hour:02}"
            yield Run("CTL-12", "merge-approval", CC, at(day, hour), target, fields=denied if refused else {})


def runs() -> list[Run]:
    """All of them in the order in which they ended."""
    every = [*guards(), *reviews(), *evaluations(), *regrounding(), *daily(), *code()]
    return sorted(every, key=lambda run: (run.finished, run.control, run.system, run.target))
