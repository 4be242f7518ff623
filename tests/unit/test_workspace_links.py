from aimsctl.source import yaml
from aimsctl.workspace.artefacts import Artefact, load_artefacts
from aimsctl.workspace.links import links_by_target, links_from

RISK = """kind: risk
id: RISK-1
title: A risk
status: draft
owner: ROLE-A
controls: [A.6.2.4, CTL-1]
actions:
  - {what: Do, by: ROLE-B, due: 2026-01-01}
  - {what: Act, by: ROLE-A, due: 2026-01-01}
plan_approved: {by: PER-1, date: 2026-01-01}
"""


def loaded(text: str) -> Artefact:
    (artefact,) = load_artefacts(yaml.read("policies/a.yaml", text.encode()))
    return artefact


def test_links_stand_in_the_order_of_the_fields_with_their_places() -> None:
    found = [(link.field.path, link.path, link.target) for link in links_from(loaded(RISK))]
    assert found == [
        ("owner", ("owner",), "ROLE-A"),
        ("controls", ("controls", 0), "A.6.2.4"),
        ("controls", ("controls", 1), "CTL-1"),
        ("actions.by", ("actions", 0, "by"), "ROLE-B"),
        ("actions.by", ("actions", 1, "by"), "ROLE-A"),
        ("plan_approved.by", ("plan_approved", "by"), "PER-1"),
    ]


def test_a_link_knows_its_source_and_how_it_is_seen_from_the_other_end() -> None:
    risk = loaded(RISK)
    back = links_by_target([risk])["ROLE-B"]
    assert [(link.source, link.field.reverse) for link in back] == [(risk, "actions")]
    assert risk.span(back[0].path).line == 8


def test_what_is_no_text_is_no_link() -> None:
    odd = loaded("kind: risk\nid: R-1\nowner: 3\nactions: x\ncontrols: {a: b}\nobjectives: [OBJ-1, 2, {id: OBJ-2}]\n")
    assert [link.target for link in links_from(odd)] == ["OBJ-1"]


def test_an_artefact_of_no_known_kind_has_no_links() -> None:
    assert list(links_from(loaded("kind: thing\nid: R-1\nowner: ROLE-A\n"))) == []
