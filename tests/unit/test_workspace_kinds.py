import subprocess
import sys

import pytest

from aimsctl.workspace.kinds import Kind, kind, kind_names


def known(name: str) -> Kind:
    found = kind(name)
    assert found is not None
    return found


def test_a_kind_that_does_not_exist_is_none() -> None:
    assert kind("risks") is None
    assert kind("common") is None
    assert kind("register") is None


def test_facts_of_a_kind() -> None:
    risk = known("risk")
    assert (risk.title, risk.klass, risk.prefix, risk.dated_by, risk.reviewed) == (
        "Risk",
        "register",
        "RISK",
        "assessed",
        False,
    )
    assert risk.serves[0] == "6.1.1"
    assert risk.computed["treated"] == "it has actions and none is open"
    assert risk.approves_only["residual_accepted"] == ("residual_consequence", "residual_likelihood", "controls")
    assert {"status", "approval", "review"} <= set(risk.leaves_out)


@pytest.mark.parametrize(
    ("path", "type_", "many", "links", "level"),
    [
        ("id", "string", False, (), "always"),
        ("title", "string", False, (), "always"),
        ("kind", "enum", False, (), "always"),
        ("owner", "link", False, ("role",), "always"),
        ("status", "enum", False, (), "always"),
        ("retention", "duration", False, (), "optional"),
        ("approval", "object", False, (), "optional"),
        ("approval.by", "link", False, ("role", "person"), "always"),
        ("review.every", "duration", False, (), "optional"),
        ("description", "text", False, (), "always"),
        ("ai_systems", "link", True, ("ai-system",), "optional"),
        ("controls", "link", True, ("annex_a", "control"), "optional"),
        ("assessed", "date", False, (), "approved"),
        ("likelihood", "integer", False, (), "optional"),
        ("actions", "object", True, (), "optional"),
        ("actions.by", "link", False, ("role",), "always"),
        ("actions.due", "date", False, (), "always"),
        ("effect_shown_by", "string", True, (), "optional"),
    ],
)
def test_fields_of_a_risk(path: str, type_: str, many: bool, links: tuple[str, ...], level: str) -> None:  # noqa: FBT001
    field = known("risk").fields[path]
    assert (field.type, field.many, field.links, field.level) == (type_, many, links, level)


def test_requirements_numbers_lists_of_lists_and_nested_rows() -> None:
    assert known("process").fields["fulfils"].type == "requirement"
    assert known("metric").fields["results.value"].type == "number"
    assert known("deployment").fields["conditions.met"].type == "boolean"
    matrix = known("risk-method").fields["matrix"]
    assert (matrix.type, matrix.many) == ("string", True)
    assert known("dataset").fields["quality.measure"].level == "always"
    assert known("dataset").fields["quality.value"].type == "number"


def test_words_of_a_field_and_how_it_is_seen_from_its_target() -> None:
    assert known("incident").fields["severity"].enum == ("minor", "serious", "critical")
    assert known("scope").fields["roles"].enum[0] == "provider"
    assert known("risk").fields["kind"].enum == ("risk",)
    assert known("risk").fields["owner"].reverse == "owns"


def test_topics_of_a_document() -> None:
    topics = known("document").topics["incident_procedure"]
    assert topics["serves"] == ("A.8.4",)
    assert "deadlines" in topics["topics"]


def test_only_the_kinds_asked_for_are_read() -> None:
    script = (
        "import aimsctl.source.resources as r; read = []; text = r.schema_text\n"
        "r.schema_text = lambda name: read.append(name) or text(name)\n"
        "from aimsctl.workspace.kinds import kind; kind('risk'); kind('risk'); print(read)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['register', 'risk', 'common']"


def test_names_are_in_the_order_of_the_standard() -> None:
    names = kind_names()
    assert names[0] == "context"
    assert names.index("scope") < names.index("policy") < names.index("risk") < names.index("audit")
