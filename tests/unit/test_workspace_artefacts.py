from aimsctl.source import yaml
from aimsctl.workspace.artefacts import Artefact, load_artefacts

REGISTER = """kind: register
of: risk
defaults:
  status: approved
  owner: ROLE-A
  review:
    every: P1Y
items:
  - id: RISK-1
    title: First
  - id: RISK-2
    title: Second
    owner: ROLE-B
"""


def loaded(text: str) -> list[Artefact]:
    return load_artefacts(yaml.read("policies/a.yaml", text.encode()))


def test_a_file_is_one_artefact() -> None:
    (artefact,) = loaded("kind: policy\nid: POL-1\ntitle: AI policy\nstatus: in_review\nreview:\n  every: P1Y\n")
    assert (artefact.kind, artefact.id, artefact.title, artefact.status) == (
        "policy",
        "POL-1",
        "AI policy",
        "in_review",
    )
    assert artefact.get("review.every") == "P1Y"
    assert artefact.get("review.last") is None
    assert artefact.get("title.x") is None
    assert not artefact.valid
    assert artefact.span("review.every").line == 6
    assert artefact.span("review", key=True).line == 5
    assert artefact.span().line == 1


def test_a_register_is_its_items_with_the_defaults_filled_in() -> None:
    first, second = loaded(REGISTER)
    assert (first.kind, first.id, first.data["kind"]) == ("risk", "RISK-1", "risk")
    assert (first.get("owner"), second.get("owner")) == ("ROLE-A", "ROLE-B")
    assert first.get("review.every") == "P1Y"


def test_a_field_from_the_defaults_stands_there() -> None:
    first, second = loaded(REGISTER)
    assert first.span("owner").line == 5
    assert first.span("owner").pointer == "/defaults/owner"
    assert first.span("review.every").line == 7
    assert second.span("owner").pointer == "/items/1/owner"
    assert second.span("title").line == 12
    assert first.span("kind").line == 2
    assert first.span("absent").pointer == "/items/0"


def test_a_record_that_says_nothing_is_approved_and_anything_else_a_draft() -> None:
    (record,) = loaded("kind: audit\nid: AUD-1\ntitle: Audit\n")
    (policy,) = loaded("kind: policy\nid: POL-1\ntitle: Policy\n")
    (wrong,) = loaded("kind: audit\nid: AUD-1\ntitle: Audit\nstatus: [approved]\n")
    assert (record.status, policy.status, wrong.status) == ("approved", "draft", "draft")


def test_the_title_of_an_artefact_without_one_is_its_id() -> None:
    (artefact,) = loaded("kind: risk\nid: RISK-1\n")
    assert artefact.title == "RISK-1"


def test_files_without_kind_and_registers_without_items_hold_none() -> None:
    assert loaded("id: RISK-1\n") == []
    assert loaded("kind: [risk]\n") == []
    assert loaded("kind: register\nof: risk\n") == []
    assert loaded("kind: register\nof: risk\nitems: RISK-1\n") == []
    assert loaded("kind: register\nitems: []\n") == []
    assert loaded("a: [") == []
    assert [artefact.id for artefact in loaded("kind: register\nof: risk\nitems: [x, {id: RISK-1}]\n")] == ["RISK-1"]
