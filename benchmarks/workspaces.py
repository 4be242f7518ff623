"""Workspaces of any size: realistic artefacts of about 1.2 kB, valid, linked, and the same bytes every time.

Nothing is random: the number of an artefact chooses its words, so no two are alike and every run is the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

CONFIG = "schema: 1\norganisation: Benchmark\n"
PER_FOLDER = 250
SYSTEMS, ROLES = 8, 12

SUBJECTS = (
    "The triage model",
    "The note writer",
    "The code suggester",
    "The intake form",
    "The gateway",
    "The reviewer's desk",
    "The export to the record system",
    "The training set of spring",
)
EVENTS = (
    "misreads abbreviations that two clinics use for different medicines",
    "gives lower urgency to messages that are written in short sentences",
    "answers with the wording of an older release after a restart",
    "loses the last line of messages longer than four thousand characters",
    "shows a suggestion before the second reader has seen the first one",
    "counts a corrected draft as accepted when the page is closed early",
    "keeps a transcript for two days longer than the agreement allows",
)
CONSEQUENCES = (
    "so a nurse may see an urgent message an hour late",
    "so a dose may stand in the record that nobody prescribed",
    "so the monthly figures look better than the work was",
    "so a patient may be asked twice for the same consent",
    "so the customer's own audit cannot follow the change",
)
MEASURES = (
    "The second look samples forty outputs a week and reports them by group.",
    "A rule beside the model lifts the tier and never lowers it.",
    "Releases wait until the evaluation of the same version is signed.",
    "The desk sees the original text beside each suggestion.",
    "The vendor announces a change of model thirty days ahead.",
)


HEAD = """\
kind: {kind}
id: {id}
title: {title}
owner: ROLE-{role:02}
status: approved
"""
CONTROLLED = """\
version: "1.{minor}"
approval: {{by: ROLE-00, date: {date}}}
review: {{last: {date}, every: P1Y}}
"""
RISK = """\
concerns: ai_system
ai_systems: [AI-SYSTEM-{system}]
description: {four}
source: C.3.{source}
consequence_organisation: {of_five}
consequence_individuals: {of_four}
consequence_society: {of_three}
likelihood: {of_five}
assessed: {date}
assessor: ROLE-{next_role:02}
trigger: planned
treatment: reduce
treatment_reason: {measure}
controls: [A.6.2.4, CTL-00]
actions:
  - what: Read forty outputs a week and write down what was wrong
    by: ROLE-{role:02}
    due: {later}
    done: {date}
    result: Three of forty were wrong, all in short messages
  - what: Tell the customers' desks what changed
    by: ROLE-{next_role:02}
    due: {next_year}
"""
CONTROL = """\
fulfils: [A.6.2.4]
ai_systems: [AI-SYSTEM-{system}]
how: {four}
performed_by: ROLE-{role:02}
operator: both
runs: periodic
every: P1M
in_force_since: {date}
watches: [errors, drift]
effectiveness: {two}
evidence:
  - id: monthly
    kind: records
    record: evaluation
    max_age: P2M
"""
INCIDENT = """\
date: {date}
occurred: {date}
ai_system: AI-SYSTEM-{system}
model_version: "2026.{month}"
what: {four}
affected: {of_five} patients of {of_three} customers, none harmed
severity: minor
containment: {measure}
cause: {two}
notices:
  - to: Customers concerned
    due: {later}
    sent: {date}
"""
EVALUATION = """\
ai_system: AI-SYSTEM-{system}
model_version: "2026.{month}"
date: {date}
criteria_set: 2026-01-02
method: {four}
datasets: [DATA-00]
results:
  - measure: Recall of urgent messages
    theme: performance
    at_least: 0.9
    value: 0.9{minor}
  - measure: Recall of urgent messages in Spanish
    theme: fairness
    at_least: 0.85
    value: 0.8{minor}
failures: {two}
decision: release_with_limits
decision_reason: {measure}
tester: ROLE-{role:02}
reviewer: ROLE-{next_role:02}
"""
TRAINING = """\
date: {date}
type: training
topics: [ai_policy, human_oversight, data]
content: {four}
expected: {source}4
attended: {source}2
missing_plan: Two were on leave and take part in the next one
understanding: {three}
"""
SHARES = (
    ("risk", "RISK", HEAD + RISK),
    ("control", "CTL", HEAD + CONTROLLED + CONTROL),
    ("risk", "RISK", HEAD + RISK),
    ("evaluation", "EVAL", HEAD + EVALUATION),
    ("incident", "INC", HEAD + INCIDENT),
    ("risk", "RISK", HEAD + RISK),
    ("control", "CTL", HEAD + CONTROLLED + CONTROL),
    ("risk", "RISK", HEAD + RISK),
    ("evaluation", "EVAL", HEAD + EVALUATION),
    ("training", "TRN", HEAD + TRAINING),
)
"""Ten artefacts as they follow each other, each with the prefix of its id."""


def sentence(number: int) -> str:
    """One of 280 plain sentences, with a figure that makes it this artefact's own."""
    subject, event = SUBJECTS[number % len(SUBJECTS)], EVENTS[number % len(EVENTS)]
    consequence = CONSEQUENCES[number % len(CONSEQUENCES)]
    return f"{subject} {event}, {consequence}; seen in {number % 97 + 3} of {number + 400} cases."


def paragraph(number: int, sentences: int) -> str:
    """Folded text of so many sentences, what happens and what helps in turn."""
    choices = (sentence(number + step * 31) if step % 2 == 0 else measure(number + step) for step in range(sentences))
    return ">-\n  " + "\n  ".join(choices)


def measure(number: int) -> str:
    """One of the sentences that say what helps."""
    return MEASURES[number % len(MEASURES)]


def fields(number: int) -> dict[str, str | int]:
    """What the number of an artefact puts into its text."""
    subject, event = SUBJECTS[number % len(SUBJECTS)], EVENTS[number % len(EVENTS)]
    return {
        "title": f"{subject} {event[:40].rstrip()} ({number})",
        "role": number % ROLES,
        "next_role": (number + 1) % ROLES,
        "system": number % SYSTEMS,
        "date": f"2026-{number % 5 + 1:02}-{number % 28 + 1:02}",
        "later": f"2026-{number % 4 + 6:02}-{number % 28 + 1:02}",
        "next_year": f"2027-01-{number % 28 + 1:02}",
        "month": number % 12 + 1,
        "minor": number % 9 + 1,
        "source": number % 7 + 1,
        "of_five": number % 5 + 1,
        "of_four": number % 4 + 1,
        "of_three": number % 3 + 1,
        "measure": measure(number),
        "two": paragraph(number + 7, 2),
        "three": paragraph(number + 5, 3),
        "four": paragraph(number, 4),
    }


FOUNDATION = {
    "roles": "kind: register\nof: role\nitems:\n"
    + "".join(f"  - {{id: ROLE-{number:02}, title: Role {number}, status: draft}}\n" for number in range(ROLES)),
    "systems": "kind: register\nof: ai-system\nitems:\n"
    + "".join(f"  - {{id: AI-SYSTEM-{number}, title: System {number}, status: draft}}\n" for number in range(SYSTEMS)),
    "data": "kind: dataset\nid: DATA-00\ntitle: Messages of spring\nstatus: draft\n",
    "control": "kind: control\nid: CTL-00\ntitle: Second look\nstatus: draft\n",
}


def artefacts(count: int) -> Iterator[tuple[str, str, str]]:
    """Kind, id and text of so many artefacts."""
    for number in range(count):
        kind, prefix, template = SHARES[number % len(SHARES)]
        identifier = f"{prefix}-{number:06}"
        yield kind, identifier, template.format(kind=kind, id=identifier, **fields(number))


def write(root: Path, count: int, *, faults: int = 0) -> dict[str, list[Path]]:
    """Writes a workspace of `count` artefacts and returns their files by kind; `faults` unknown fields in each."""
    (root / "policies").mkdir(parents=True)
    (root / "aimsctl.yaml").write_text(CONFIG, encoding="utf-8")
    for name, text in FOUNDATION.items():
        (root / "policies" / f"{name}.yaml").write_text(text, encoding="utf-8")
    wrong = "".join(f"unheard_of_{number}: x\n" for number in range(faults))
    files: dict[str, list[Path]] = {kind: [] for kind, _, _ in SHARES}
    for number, (kind, identifier, text) in enumerate(artefacts(count)):
        folder = root / "policies" / f"{number // PER_FOLDER:04}"
        if number % PER_FOLDER == 0:
            folder.mkdir()
        path = folder / f"{identifier}.yaml"
        path.write_text(text + wrong, encoding="utf-8")
        files[kind].append(path)
    return files


def write_one(root: Path) -> Path:
    """Writes a workspace of one artefact that refers to no other, and returns its file."""
    (root / "policies").mkdir(parents=True)
    (root / "aimsctl.yaml").write_text(CONFIG, encoding="utf-8")
    text = (HEAD + TRAINING).format(kind="training", id="TRN-000001", **fields(1))
    path = root / "policies" / "TRN-000001.yaml"
    path.write_text(text.replace("owner: ROLE-01\n", "").replace("status: approved", "status: draft"), encoding="utf-8")
    return path


def write_register(root: Path, items: int) -> Path:
    """Writes a workspace whose risks are one register, and returns that file."""
    (root / "policies").mkdir(parents=True)
    (root / "aimsctl.yaml").write_text(CONFIG, encoding="utf-8")
    lines = (f"  - {{id: RISK-{number:06}, title: {sentence(number)[:60]}}}\n" for number in range(items))
    path = root / "policies" / "risks.yaml"
    path.write_text("kind: register\nof: risk\ndefaults: {status: draft}\nitems:\n" + "".join(lines), encoding="utf-8")
    return path
