"""aimsctl.yaml: every setting, where it came from, every mistake at its line, and one schema that says the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml as pyyaml
from hypothesis import given
from hypothesis import strategies as st

from aimsctl.errors import ConfigError
from aimsctl.source.config import GRADES, Config, effective, load
from aimsctl.source.files import FileRefusedError, Listing, WorkTree
from aimsctl.source.resources import schema_text
from aimsctl.standard import judgement

SCHEMA = json.loads(schema_text("aimsctl"))
FULL = """\
schema: 1
organisation: Fernlough Health, Inc.
policies: artefacts/all
rules: own-rules
evidence: ledger
templates: our-templates
gap:
  fail_on: minor
thresholds:
  audit_interval: P6M
  systemic_items: 2
  systemic_share: 0.4
suppress:
  - rule: AIM203
    path: artefacts/old/*
    reason: The owner joins in January.
    until: 2026-12-31
  - {rule: ORG-001, reason: accepted for now, until: "2027-01-31"}
"""


class OneFile:
    """A tree that holds a configuration and nothing else."""

    label = "memory"

    def __init__(self, content: bytes) -> None:
        self._content = content

    @staticmethod
    def blob_id(_path: str) -> str:
        return ""

    def listing(self, folder: str) -> Listing:
        raise AssertionError(folder)

    def read(self, path: str, limit: int = 1_000_000) -> bytes:
        assert path == "aimsctl.yaml"
        return self._content[: limit + 1]


def of(text: str) -> tuple[Config, list[str]]:
    """The configuration, and its findings as `line:column code message hint`."""
    config, findings = load(OneFile(text.encode()))
    said = [f"{one.span.line}:{one.span.column} {one.code} {one.message} {one.hint}".strip() for one in findings]
    return config, said


def with_minimum(text: str) -> str:
    return f"schema: 1\norganisation: Fernlough\n{text}"


def test_every_setting_is_taken_over() -> None:
    config, findings = of(FULL)
    assert findings == []
    assert (config.organisation, config.policies, config.rules) == (
        "Fernlough Health, Inc.",
        "artefacts/all",
        "own-rules",
    )
    assert (config.evidence, config.templates, config.fail_on) == ("ledger", "our-templates", "minor")
    assert config.thresholds == {"audit_interval": "P6M", "systemic_items": 2, "systemic_share": 0.4}
    first, second = config.suppress
    assert (first.rule, first.path, first.reason, first.until, first.span.line) == (
        "AIM203", "artefacts/old/*", "The owner joins in January.", "2026-12-31", 14,
    )  # fmt: skip
    assert (second.rule, second.path, second.until) == ("ORG-001", "**", "2027-01-31")


def test_what_is_not_set_has_its_default() -> None:
    config, findings = of(with_minimum(""))
    assert findings == []
    assert (config.policies, config.rules, config.evidence, config.templates) == ("policies", "rules", "evidence", None)
    assert (config.fail_on, dict(config.thresholds), config.suppress) == ("major", {}, ())


def test_each_setting_says_where_it_came_from() -> None:
    rows = {name: (value, origin) for name, value, origin in effective(of(FULL)[0])}
    assert rows["organisation"] == ("Fernlough Health, Inc.", "aimsctl.yaml:2")
    assert rows["gap.fail_on"] == ("minor", "aimsctl.yaml:8")
    assert rows["thresholds.audit_interval"] == ("P6M", "aimsctl.yaml:10")
    assert rows["suppress.1"] == ("ORG-001 until 2027-01-31", "aimsctl.yaml:18")
    rows = {name: (value, origin) for name, value, origin in effective(of(with_minimum(""))[0])}
    assert rows["policies"] == ("policies", "default")


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("organisation: X\n", "1:1 AIM903 `schema` is missing. Add `schema: 1`."),
        ("schema: 1\n", "1:1 AIM903 `organisation` is missing. Add `organisation: ...`."),
        ("schema: 2\norganisation: X\n", "1:9 AIM902 `schema` must be 1, the only version there is."),
        ("schema: true\norganisation: X\n", "1:9 AIM902 `schema` must be 1, the only version there is."),
        ("schema: 1\norganisation: ' '\n", "2:15 AIM902 `organisation` must be some text."),
        ("schema: 1\norganisation: 7\n", "2:15 AIM902 `organisation` must be some text."),
        (with_minimum("policys: x\n"), '3:1 AIM901 There is no setting "policys". Did you mean `policies`?'),
        (with_minimum("gap: {fail-on: major}\n"), '3:7 AIM901 There is no setting "fail-on". Did you mean `fail_on`?'),
        (
            with_minimum("gap: {fail_on: majr}\n"),
            "3:16 AIM902 `gap.fail_on` must be one of major, minor, opportunity, never. Did you mean `major`?",
        ),
        (with_minimum("gap: minor\n"), "3:6 AIM902 `gap` must be a group of settings, each on a line of its own."),
        (
            with_minimum("thresholds:\n"),
            "3:12 AIM902 `thresholds` must be a group of settings, each on a line of its own.",
        ),
        (
            with_minimum("thresholds: {grace: soon}\n"),
            "3:21 AIM902 `thresholds.grace` must be a number, or a period such as P1Y or P90D.",
        ),
        (with_minimum("suppress: AIM203\n"), "3:11 AIM902 `suppress` must be a list."),
        (with_minimum("suppress: [AIM203]\n"), "3:12 AIM902 `suppress.0` must be a group with rule, reason and until."),
        (
            with_minimum("suppress:\n  - rule: AIM203\n    reason: it is so\n"),
            "4:5 AIM902 `suppress.0.until` must be there.",
        ),
        (
            with_minimum("suppress: [{rule: AIM203, reason: it is so, until: 2026-02-30}]\n"),
            "3:52 AIM902 `suppress.0.until` must be a date such as 2026-12-31.",
        ),
        (
            with_minimum("suppress: [{rule: '*', reason: it is so, until: 2026-12-31}]\n"),
            "3:19 AIM902 `suppress.0.rule` must be the code of a rule, such as AIM203.",
        ),
        (
            with_minimum("suppress: [{rule: AIM203, reason: x, until: 2026-12-31}]\n"),
            "3:35 AIM902 `suppress.0.reason` must be a reason in a few words.",
        ),
    ],
)
def test_a_mistake_is_told_at_its_place_with_the_way_out(text: str, finding: str) -> None:
    assert of(text)[1] == [finding]


@pytest.mark.parametrize("folder", ["..", "/etc", "~/x", "a/../../b", ".git/x", "C:\\x", "'%2e%2e'", "file:x", "''"])
def test_a_folder_outside_keeps_the_default(folder: str) -> None:
    config, findings = of(with_minimum(f"policies: {folder}\n"))
    assert config.policies == "policies"
    assert len(findings) == 1


def test_a_suppression_that_is_wrong_sets_nothing_aside() -> None:
    assert of(with_minimum("suppress: [{rule: AIM203, reason: it is so}]\n"))[0].suppress == ()


def test_all_mistakes_are_told_at_once() -> None:
    assert len(of("schema: 3\npolicies: ..\nx: 1\ngap: {y: 2}\n")[1]) == 5


@pytest.mark.parametrize("content", [b"", b"- a\n", b"a: [\n", b"\xff", b"a: 1\na: 2\n"])
def test_what_cannot_be_read_ends_the_run_at_its_place(content: bytes) -> None:
    with pytest.raises(ConfigError) as error:
        load(OneFile(content))
    assert error.value.span is not None
    assert error.value.span.path == "aimsctl.yaml"
    assert error.value.hint


def test_settings_behind_a_link_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "real.yaml").write_text(FULL)
    (tmp_path / "aimsctl.yaml").symlink_to("real.yaml")
    with pytest.raises(ConfigError, match="symbolic link"):
        load(WorkTree(tmp_path))


def test_settings_are_no_secret_to_the_refusal() -> None:
    """What cannot be opened is a configuration error, not a traceback."""

    class Refusing(OneFile):
        def read(self, path: str, limit: int = 0) -> bytes:
            raise FileRefusedError(f"no {path} within {limit}")

    with pytest.raises(ConfigError, match="cannot be read"):
        load(Refusing(b""))


# The schema for editors and the checks of the tool


def properties(schema: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = schema["properties"]
    return found


def test_the_schema_is_strict_and_explains_every_setting() -> None:
    jsonschema_rs.meta.validate(SCHEMA)
    groups = [
        SCHEMA,
        properties(SCHEMA)["gap"],
        properties(SCHEMA)["thresholds"],
        properties(SCHEMA)["suppress"]["items"],
    ]
    for group in groups:
        assert group["additionalProperties"] is False
        for name, setting in properties(group).items():
            assert setting["description"].endswith("."), name


def test_the_schema_knows_the_thresholds_of_the_standard_and_their_values() -> None:
    thresholds = properties(properties(SCHEMA)["thresholds"])
    assert {name: setting["default"] for name, setting in thresholds.items()} == dict(judgement().thresholds)
    for name, setting in thresholds.items():
        higher = name in judgement().stricter_when_higher
        word = setting["description"].rsplit(" ", 1)[1]
        assert word in ({"higher.", "longer."} if higher else {"lower.", "shorter."}), name


def test_the_schema_knows_the_defaults_and_choices_of_the_tool() -> None:
    default = Config()
    assert [properties(SCHEMA)[name]["default"] for name in ("policies", "rules", "evidence")] == [
        default.policies,
        default.rules,
        default.evidence,
    ]
    fail_on = properties(properties(SCHEMA)["gap"])["fail_on"]
    assert (tuple(fail_on["enum"]), fail_on["default"]) == (GRADES, default.fail_on)


texts = st.sampled_from(
    ["x", "two words", " ", "", "policies", "..", "/a", "~a", "a/../b", "a\\b", "%41", "a:b", ".git", "a/b"]
)
odd = st.sampled_from([None, True, 7, -1, [], {}, ["x"], {"a": 1}])
dates = st.sampled_from(["2026-12-31", "2026-02-30", "31.12.2026", "2026-1-1", ""])
codes = st.sampled_from(["AIM203", "ORG-001", "AIM2", "*", "aim203", "AIM2034"])
numbers = [name for name, value in judgement().thresholds.items() if not isinstance(value, str)]
periods = [name for name, value in judgement().thresholds.items() if isinstance(value, str)]
lengths = st.sampled_from(["P1Y", "P6M", "P2W", "P90D", "P1Y6M", "P", "1Y", "PT1H", "P1D1Y", "P1.5Y", "soon", ""])


def mostly(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """These values, and now and then one of another type."""
    return st.integers(0, 9).flatmap(lambda chance: odd if chance == 0 else values)


def entry(**optional: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional={name: mostly(values) for name, values in optional.items()})


suppressions = st.lists(mostly(entry(rule=codes, path=texts, reason=texts, until=dates, who=texts)), max_size=2)
# Whether a threshold is a number or a period is held against the standard by a rule of its own.
thresholds = st.dictionaries(st.sampled_from(periods), lengths | st.sampled_from([None, True, [], {}]), max_size=2)
configurations = entry(
    schema=st.sampled_from([1, 2]), organisation=texts, policies=texts, rules=texts, evidence=texts, templates=texts,
    gap=entry(fail_on=st.sampled_from([*GRADES, "majr"])), thresholds=thresholds, suppress=suppressions, polices=texts,
)  # fmt: skip


def agree(settings: dict[str, Any], accepts: Callable[[Any], bool]) -> None:
    document = pyyaml.safe_dump(settings, allow_unicode=True) if settings else "# nothing\nx: 1\n"
    findings = of(document)[1]
    assert (findings == []) == accepts(settings), findings


ACCEPTS = jsonschema_rs.validator_for(SCHEMA, validate_formats=True).is_valid


@given(configurations.map(lambda settings: {"schema": 1, "organisation": "Fernlough", **settings}))
def test_the_schema_and_the_tool_accept_the_same_settings(settings: dict[str, Any]) -> None:
    agree(settings, ACCEPTS)


@given(configurations)
def test_the_schema_and_the_tool_miss_the_same_settings(settings: dict[str, Any]) -> None:
    if "schema" not in settings or "organisation" not in settings:
        assert of(pyyaml.safe_dump(settings or {"x": 1}))[1] != []
        assert not ACCEPTS(settings)


@given(st.sampled_from(numbers), st.sampled_from(["0", "2", "0.4", "0.25", "1"]))
def test_numbers_are_numbers_in_both(name: str, written: str) -> None:
    config, findings = of(with_minimum(f"thresholds:\n  {name}: {written}\n"))
    assert findings == []
    assert config.thresholds == {name: float(written)}
