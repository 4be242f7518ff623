from collections.abc import Callable, Mapping
from typing import Any

import pytest

from aimsctl.source import config
from aimsctl.source.files import FileRefusedError, Listing, WorkTree
from aimsctl.workspace.contents import MOST_EXPLAINED, UNKNOWN_KIND
from aimsctl.workspace.workspace import Workspace, load
from tests.conftest import Builder

Make = Callable[..., Workspace]


def draft(kind: str, id_: str, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "id": id_, "title": id_, "status": "draft", **more}


@pytest.fixture
def made(workspace: Callable[..., Builder]) -> Make:
    def make(files: Mapping[str, Any], policy: Mapping[str, Any] | None = None) -> Workspace:
        tree = WorkTree(workspace(files).root)
        settings, _ = config.load(tree)
        other = WorkTree(workspace(policy, name="elsewhere").root) if policy is not None else None
        return load(tree, settings, policy=other)

    return make


def codes(found: Workspace) -> list[tuple[str, str, int]]:
    return [(finding.code, finding.span.path, finding.span.line) for finding in found.findings]


def test_artefacts_stand_in_the_order_of_their_paths(made: Make) -> None:
    found = made({
        "policies/b.yaml": draft("risk", "RISK-2"),
        "policies/a/c.yml": draft("policy", "POL-1"),
        "policies/a.yaml": {"kind": "register", "of": "risk", "defaults": {"status": "draft"},
                            "items": [{"id": "RISK-9", "title": "A"}, {"id": "RISK-1", "title": "B"}]},
    })  # fmt: skip
    assert found.findings == ()
    assert [artefact.id for artefact in found.artefacts] == ["RISK-9", "RISK-1", "POL-1", "RISK-2"]
    assert found.checked == ("policies/a.yaml", "policies/a/c.yml", "policies/b.yaml")
    assert [artefact.id for artefact in found.of("risk")] == ["RISK-9", "RISK-1", "RISK-2"]
    assert found.of("soa") == ()
    assert found.by_id["POL-1"].kind == "policy"
    assert found.broken == {}


def test_the_first_of_two_with_one_id_is_found_and_both_are_there(made: Make) -> None:
    found = made({"policies/a.yaml": draft("risk", "X-1"), "policies/b.yaml": draft("policy", "X-1")})
    assert found.by_id["X-1"].kind == "risk"
    assert len(found.artefacts) == 2


def test_what_misses_its_schema_is_loaded_but_not_selected(made: Make) -> None:
    found = made(
        {"policies/a.yaml": draft("risk", "RISK-1", onwer="ROLE-A"), "policies/b.yaml": draft("risk", "RISK-2")}
    )
    assert [code for code, _, _ in codes(found)] == ["AIM102"]
    assert [artefact.id for artefact in found.of("risk")] == ["RISK-2"]
    assert not found.by_id["RISK-1"].valid
    assert [span.path for span in found.broken["risk"]] == ["policies/a.yaml"]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ("kind: risk\nid: RISK-1\ntitle: [", "risk"),
        ("'kind' : \"risk\"\n\tid: RISK-1\n", "risk"),
        ("id: RISK-1\nkind: risk\nid: RISK-2\n", "risk"),
        ("kind: register\nof: risk\nitems: [", "risk"),
        ("kind: register\nitems: [", UNKNOWN_KIND),
        ("kind: thing\nid: [", UNKNOWN_KIND),
        ("items:\n  kind: risk\n  a: [", UNKNOWN_KIND),
        ("", UNKNOWN_KIND),
        (b"\xff\xfe", UNKNOWN_KIND),
    ],
)
def test_an_unreadable_file_breaks_the_kind_that_it_seems_to_hold(made: Make, content: str | bytes, kind: str) -> None:
    found = made({"policies/a.yaml": content, "policies/b.yaml": draft("risk", "RISK-1")})
    assert set(found.broken) == {kind}
    assert found.findings
    assert all(code.startswith("AIM0") for code, _, _ in codes(found)), "no finding of the schema on top"
    assert [artefact.id for artefact in found.of("risk")] == ["RISK-1"]


def test_a_file_that_does_not_say_what_it_is(made: Make) -> None:
    found = made({"policies/a.yaml": "id: RISK-1\ntitle: A\n"})
    assert codes(found) == [("AIM110", "policies/a.yaml", 1)]
    assert set(found.broken) == {UNKNOWN_KIND}


@pytest.mark.parametrize(
    ("kind", "hint"), [("risks", "`risk`"), ("AI_system", "`ai-system`"), ("[risk]", "lists the kinds")]
)
def test_a_kind_that_does_not_exist(made: Make, kind: str, hint: str) -> None:
    found = made({"policies/a.yaml": f"title: A\nkind: {kind}\n"})
    assert codes(found) == [("AIM109", "policies/a.yaml", 2)]
    assert hint in found.findings[0].hint


def test_a_register_of_a_kind_that_does_not_exist(made: Make) -> None:
    found = made({"policies/a.yaml": "kind: register\nof: risks\nitems: []\n"})
    assert codes(found) == [("AIM109", "policies/a.yaml", 2)]


def test_a_register_without_its_form_still_has_its_items(made: Make) -> None:
    text = "kind: register\nof: risk\nowner: R-1\nitems:\n  - {id: RISK-1, title: A, status: draft}\n"
    found = made({"policies/a.yaml": text})
    assert codes(found) == [("AIM102", "policies/a.yaml", 3)]
    assert [artefact.id for artefact in found.of("risk")] == ["RISK-1"]
    assert set(found.broken) == {"risk"}
    assert set(made({"policies/a.yaml": "kind: register\nof: risk\nitems: 3\n"}).broken) == {"risk"}


def test_a_register_full_of_errors_does_not_flood(made: Make) -> None:
    items = [{"id": f"R-{number}", "title": "A", "x": 1} for number in range(MOST_EXPLAINED + 50)]
    found = made(
        {"policies/a.yaml": {"kind": "register", "of": "risk", "defaults": {"status": "draft"}, "items": items}}
    )
    assert len(found.findings) == MOST_EXPLAINED + 1
    assert found.findings[-1].message == "50 more items of this register do not fit their schema."
    assert len(found.broken["risk"]) == MOST_EXPLAINED + 50


@pytest.mark.parametrize("files", [{}, {"policies/README.md": "# Nothing"}, {"elsewhere/a.yaml": "kind: risk\n"}])
def test_nothing_to_check_is_an_error(made: Make, files: dict[str, str]) -> None:
    found = made(files)
    assert [code for code, _, _ in codes(found)] == ["AIM090"]
    assert found.artefacts == ()


def test_empty_registers_alone_are_nothing_to_check(made: Make) -> None:
    found = made({"policies/a.yaml": "kind: register\nof: risk\nitems: []\n"})
    assert [code for code, _, _ in codes(found)] == ["AIM090"]


def test_links_are_seen_from_both_ends_among_valid_artefacts(made: Make) -> None:
    found = made({
        "policies/a.yaml": draft("risk", "RISK-1", owner="ROLE-A"),
        "policies/b.yaml": draft("risk", "RISK-2", owner="ROLE-A", wrong=1),
        "policies/c.yaml": draft("role", "ROLE-A"),
    })  # fmt: skip
    assert [(link.source.id, link.field.reverse) for link in found.links_to("ROLE-A")] == [("RISK-1", "owns")]
    assert [link.target for link in found.links_from(found.by_id["RISK-2"])] == ["ROLE-A"]
    assert found.links_to("ROLE-B") == ()


def test_the_text_of_a_policy_lies_beside_it(made: Make) -> None:
    found = made({
        "policies/p/a.yaml": draft("policy", "POL-1", file="text.md"),
        "policies/p/b.yaml": draft("policy", "POL-2", file="../shared/text.md"),
        "policies/p/c.yaml": draft("policy", "POL-3", file="missing.md"),
        "policies/p/d.yaml": draft("policy", "POL-4"),
        "policies/p/e.yaml": draft("policy", "POL-5", file="../../../secret.md"),
        "policies/p/text.md": "# A\n",
        "policies/shared/text.md": "# B\n",
        "../secret.md": "secret",
    })  # fmt: skip
    texts = {artefact.id: found.text_of(artefact) for artefact in found.artefacts}
    assert texts == {"POL-1": b"# A\n", "POL-2": b"# B\n", "POL-3": None, "POL-4": None, "POL-5": None}
    assert found.text_path(found.by_id["POL-2"]) == "policies/shared/text.md"


def test_waivers_come_from_the_policy_tree_alone(made: Make) -> None:
    own = {"policies/w.yaml": draft("waiver", "WVR-1"), "policies/r.yaml": draft("risk", "RISK-1")}
    found = made(own, {"policies/w.yaml": draft("waiver", "WVR-2"), "policies/r.yaml": draft("risk", "RISK-2")})
    assert [artefact.id for artefact in found.artefacts] == ["RISK-1", "WVR-2"]
    assert [artefact.id for artefact in found.of("waiver")] == ["WVR-2"]
    assert [artefact.id for artefact in made(own).of("waiver")] == ["WVR-1"]


def test_one_bad_file_hides_nothing_elsewhere(made: Make) -> None:
    found = made({
        "policies/a.yaml": "a: [",
        "policies/b.yaml": draft("risk", "RISK-1", likelihood="x"),
        "policies/c.yaml": "title: no kind\n",
        "policies/d.yaml": draft("risk", "RISK-2", owner=5),
    })  # fmt: skip
    assert {path for _, path, _ in codes(found)} == {f"policies/{name}.yaml" for name in "abcd"}


class Vanishing:
    """A tree whose files are gone when they are read."""

    label = "work tree"

    @staticmethod
    def blob_id(_path: str) -> str:
        return ""

    def listing(self, folder: str) -> Listing:
        return Listing((f"{folder}/a.yaml",))

    def read(self, path: str, limit: int = 0) -> bytes:
        raise FileRefusedError(f"it does not exist (asked for {path}, at most {limit} bytes)")


def test_a_file_that_cannot_be_read_is_an_error_and_listed_as_not_checked(workspace: Callable[..., Builder]) -> None:
    settings, _ = config.load(WorkTree(workspace({}).root))
    found = load(Vanishing(), settings)
    assert codes(found) == [("AIM091", "policies/a.yaml", 1)]
    assert [path for path, _ in found.not_checked] == ["policies/a.yaml"]
    assert set(found.broken) == {UNKNOWN_KIND}
    assert found.checked == ()
