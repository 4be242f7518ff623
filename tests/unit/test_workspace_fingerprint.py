import pytest

from aimsctl.source import yaml
from aimsctl.workspace.artefacts import Artefact, load_artefacts
from aimsctl.workspace.fingerprint import fingerprint
from aimsctl.workspace.schema import check

POLICY = """kind: policy
id: POL-1
title: Politique générale
status: in_review
owner: ROLE-A
type: ai
file: policy.md
purpose: |
  First line.
  Second line.
principles: [one, two]
"""
RISK = """kind: risk
id: RISK-1
title: A risk
status: draft
concerns: ai_system
description: It happens.
source: C.3.4
controls: [CTL-1]
treatment: reduce
actions:
  - {what: Do it, by: ROLE-A, due: 2026-01-01}
residual_consequence: 2
"""


class Texts:
    def __init__(self, content: bytes | None = b"# Policy\n") -> None:
        self.content = content

    def text_of(self, artefact: Artefact) -> bytes | None:
        return self.content if artefact.get("file") else None


def loaded(text: str) -> Artefact:
    artefact = load_artefacts(yaml.read("policies/a.yaml", text.encode()))[0]
    check(artefact)
    return artefact


def of(text: str, part: str = "approval", content: bytes | None = b"# Policy\n") -> str:
    return fingerprint(loaded(text), Texts(content), part)


def test_is_a_sha256_that_never_changes_for_the_same_meaning() -> None:
    assert of(POLICY) == "sha256:c6083eec580d1e597624d07a991a958758f2e51a138ee55778bbc07b0a0d356c"


@pytest.mark.parametrize(
    "same",
    [
        POLICY.replace("\n", "\r\n"),
        POLICY.replace("é", "e\u0301"),
        "# a comment\n" + POLICY,
        POLICY.replace("ROLE-A", '"ROLE-A"'),
        POLICY.replace("[one, two]", "\n  - one\n  - two"),
        "\n".join(reversed(POLICY.splitlines()[:7])) + "\n" + "\n".join(POLICY.splitlines()[7:]) + "\n",
        POLICY + "approval: {by: ROLE-A, date: 2026-01-01}\nreview: {every: P1Y}\nclassification: internal\n",
        POLICY.replace("in_review", "approved"),
        POLICY + "reviews: [{date: 2026-01-01, by: ROLE-A, result: confirmed}]\n",
    ],
)
def test_form_status_and_what_the_kind_leaves_out_do_not_matter(same: str) -> None:
    assert of(same) == of(POLICY)


@pytest.mark.parametrize(
    ("old", "new"),
    [("one", "won"), ("POL-1", "POL-2"), ("ROLE-A", "ROLE-B"), ("[one, two]", "[two, one]"), ("générale", "generale"),
     ("Second", "2nd"), ("type: ai", "type: related"), ("status", "version: '2'\nstatus")],
)  # fmt: skip
def test_every_other_change_matters(old: str, new: str) -> None:
    assert of(POLICY.replace(old, new)) != of(POLICY)


def test_the_text_of_the_file_is_covered_and_its_form_is_not() -> None:
    assert of(POLICY, content=b"# Other\n") != of(POLICY)
    assert of(POLICY, content=None) != of(POLICY)
    assert of(POLICY, content=b"\xef\xbb\xbf# Policy\r\n") == of(POLICY)
    assert of(POLICY, content=b"\xff") != of(POLICY, content=b"\xfe")


def test_an_item_of_a_register_has_the_fingerprint_of_a_file_of_its_own() -> None:
    register = (
        "kind: register\nof: risk\ndefaults: {status: draft, concerns: ai_system}\nitems:\n"
        "  - id: RISK-1\n    title: A risk\n    description: It happens.\n    source: C.3.4\n    controls: [CTL-1]\n"
        "    treatment: reduce\n    actions:\n      - {what: Do it, by: ROLE-A, due: 2026-01-01}\n"
        "    residual_consequence: 2\n"
    )
    assert of(register) == of(RISK)


def test_numbers_count_as_numbers() -> None:
    metric = "kind: metric\nid: MET-1\ntitle: M\nstatus: draft\nat_most: 5\n"
    assert of(metric) == of(metric.replace("5", "5.0"))
    assert of(metric) != of(metric.replace("5", "5.1"))


def test_the_approval_of_a_part_covers_that_part_only() -> None:
    plan = of(RISK, "plan_approved")
    assert plan == of(RISK.replace("It happens", "It may happen"), "plan_approved")
    assert plan == of(RISK.replace("2026-01-01}", "2026-01-01, done: 2026-01-02}"), "plan_approved")
    assert plan != of(RISK.replace("Do it", "Do that"), "plan_approved")
    assert plan != of(RISK.replace("reduce", "avoid"), "plan_approved")
    assert plan != of(RISK, "residual_accepted")
    assert of(RISK, "residual_accepted") != of(RISK.replace("consequence: 2", "consequence: 3"), "residual_accepted")
    assert plan != of(RISK.replace("RISK-1", "RISK-2"), "plan_approved")


def test_rows_lose_only_the_fields_that_the_kind_leaves_out() -> None:
    rows = "entries:\n  - {control: A.2.2, applicable: true, status: planned}\n"
    soa = "kind: soa\nid: SOA-1\ntitle: S\nstatus: draft\n" + rows
    assert of(soa) == of(soa.replace("planned", "implemented"))
    assert of(soa) != of(soa.replace("true", "false"))
