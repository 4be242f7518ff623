"""Statements: what is written can be read, what nobody should sign is refused, and the quick check is the schema."""

from __future__ import annotations

import copy
import json
import uuid
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aimsctl.evidence.keys import from_seed
from aimsctl.evidence.problems import MalformedError
from aimsctl.evidence.receipts import Notary
from aimsctl.evidence.shape import Fixed, fixed, problem
from aimsctl.evidence.statement import (
    id_of,
    new_id,
    parse_time,
    pseudonym,
    read_statement,
    subject_of,
    time_text,
    write_statement,
)
from aimsctl.source.resources import schema_text

SCHEMA = json.loads(schema_text("evidence/control-execution"))
PREDICATE: dict[str, Any] = {
    "id": "019aafd2-6c00-7a10-8000-000000000002",
    "sequence": 48211,
    "ledger": "aims.example.com/ledger/prod",
    "control": {
        "id": "OPS-07",
        "annexA": ["A.6.2.6", "A.6.2.8"],
        "source": {"uri": "git+https://git.example.com/aims.git", "digest": {"gitCommit": "5ba5ee83" * 5}},
        "path": "controls/OPS-07.yaml",
        "digest": {"sha256": "3c" * 32},
    },
    "aiSystem": {"id": "claims-triage", "environment": "production"},
    "model": {"name": "claims-llm", "version": "2026.10.2", "digest": {"sha256": "81" * 32}},
    "executor": {
        "type": "guardrail",
        "id": "https://claims.example.com/guardrails/pii-output",
        "name": "pii-output",
        "version": "1.4.2",
    },
    "attestedBy": "executor",
    "target": {
        "kind": "output",
        "subtype": "llm",
        "id": "chatcmpl-123",
        "traceId": "5b" * 16,
        "spanId": "ee" * 8,
        "window": {"from": "2026-11-22T10:14:02Z", "to": "2026-11-22T10:15:02Z"},
    },
    "result": "passed",
    "verdict": "modify",
    "action": "modify",
    "scores": [{"name": "pii.entities", "value": 1, "comparator": "<=", "threshold": 0.5}],
    "counts": {"total": 3, "passed": 2, "failed": 1, "skipped": 0, "error": 0},
    "policy": {"id": "pii-policy", "rule": "rule-pii-email", "digest": {"sha256": "82" * 32}},
    "review": {"outcome": "approved", "reasonCode": "correct-and-complete"},
    "related": [{"id": "019aafd2-6c00-7a10-8000-000000000003", "relation": "reviews"}],
    "evidence": [{"name": "junit.xml", "digest": {"sha256": "aa" * 32}, "mediaType": "application/xml"}],
    "source": {"format": "junit", "digest": {"sha256": "bb" * 32}, "locator": "suite/0"},
    "sampling": {"method": "every-tenth", "rate": 0.1},
    "notChecked": ["attachments"],
    "startedOn": "2026-11-22T10:14:02.310Z",
    "finishedOn": "2026-11-22T10:14:02.317Z",
}
JSON_LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20)
JSON = st.recursive(
    JSON_LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner)
)


def places(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    inside: list[tuple[str | int, ...]] = [path] if path else []
    for key, item in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        inside += places(item, (*path, key))
    return inside


def closed(schema: Any) -> Any:
    """The schema in which names it does not know are refused: what is meant by writing."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {key: closed(item) for key, item in schema.items()}
    if isinstance(schema.get("properties"), dict) and "type" in schema:
        inner.setdefault("additionalProperties", False)
    return inner


VALIDATORS = {
    False: jsonschema_rs.Draft202012Validator(SCHEMA),
    True: jsonschema_rs.Draft202012Validator(closed(SCHEMA)),
}


@st.composite
def nearly_valid(draw: st.DrawFn) -> dict[str, Any]:
    """The full predicate with one to three places removed, replaced or added to."""
    value = copy.deepcopy(PREDICATE)
    for _ in range(draw(st.integers(0, 3))):
        path = draw(st.sampled_from(places(value)))
        holder: Any = value
        for step in path[:-1]:
            holder = holder[step]
        change = draw(st.sampled_from(["remove", "replace", "text", "add"]))
        if change == "remove":
            del holder[path[-1]]
        elif change == "replace":
            holder[path[-1]] = draw(JSON)
        elif change == "text":
            holder[path[-1]] = draw(
                st.sampled_from(["", "\n", "a\n", "x" * 257, "x" * 1025, "passed", "urn:x:é", "1.0"])
            )
        elif isinstance(holder, dict):
            holder[draw(st.text(max_size=6))] = draw(JSON)
        else:
            holder.append(draw(JSON))
        if not places(value):
            break
    return value


@given(nearly_valid(), st.booleans())
def test_the_quick_check_is_the_schema(value: dict[str, Any], strict: bool) -> None:  # noqa: FBT001 - hypothesis
    assert (problem("control-execution", value, closed=strict) == "") == VALIDATORS[strict].is_valid(value)


@given(nearly_valid())
def test_what_is_written_is_read_back_and_nothing_else_is_written(value: dict[str, Any]) -> None:
    try:
        payload = write_statement(value, {"name": "x", "digest": {"sha256": "00" * 32}})
    except MalformedError:
        return
    statement = read_statement(payload)
    assert statement.predicate == value
    assert statement.is_execution


def test_the_whole_predicate_is_valid() -> None:
    assert problem("control-execution", PREDICATE, closed=True) == ""
    assert json.loads(write_statement(PREDICATE, subject_of(PREDICATE)))["predicate"] == PREDICATE


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"prompt": "Anna Smith has a fever"}, "prompt does not exist"),
        ({"target": {"kind": "output", "id": "x", "text": "secret"}}, "target.text does not exist"),
        ({"result": "ok"}, "result must be one of"),
        ({"finishedOn": "2026-11-22T10:14:02.309Z"}, "times in order"),
        ({"startedOn": "2026-02-30T10:14:02Z"}, "times in order"),
        ({"startedOn": "2026-11-22T10:14:02+01:00"}, "startedOn does not look"),
        ({"scores": [{"name": "x", "value": float("nan")}]}, "JSON cannot carry"),
        ({"scores": [{"name": "x", "value": 2**60}]}, "scores[0].value is more than"),
        ({"target": {"kind": "output", "id": "\ud800"}}, "JSON cannot carry"),
        ({"executor": {**PREDICATE["executor"], "type": "human"}}, "pseudonym"),
        ({"executor": {"type": "human", "id": "mailto:anna@example.com", "name": "r-0042"}}, "pseudonym"),
        ({"executor": {"type": "human", "id": "urn:x1:r-0042", "name": "Anna Smith"}}, "pseudonym"),
        ({"control": None}, "control must be object"),
        ({"notChecked": ["line\nbreak"]}, "notChecked[0] does not look"),
        ({"counts": {1: 2}}, "does not exist"),
        ({"model": {"name": "m", "version": "1", "digest": {1: "0" * 64}}}, "model.digest has a name"),
    ],
)
def test_what_nobody_should_sign(change: dict[str, Any], said: str) -> None:
    with pytest.raises(MalformedError) as refused:
        write_statement({**PREDICATE, **change}, {"digest": {"sha256": "00"}})
    assert said in refused.value.message


def test_a_reader_ignores_fields_it_does_not_know() -> None:
    data = json.loads(write_statement(PREDICATE, subject_of(PREDICATE)))
    data["predicate"]["later"] = {"version": 2}
    assert read_statement(json.dumps(data).encode()).text("control", "id") == "OPS-07"


def test_a_part_that_was_checked_once_cannot_be_changed_from_outside() -> None:
    system = {"id": "claims-triage"}
    part = fixed("control-execution", "aiSystem", system)
    system["id"] = ""
    assert part == {"id": "claims-triage"}
    assert isinstance(part, Fixed)
    with pytest.raises(ValueError, match="lacks id"):
        fixed("control-execution", "aiSystem", {})
    with pytest.raises(ValueError, match="prompt does not exist"):
        fixed("control-execution", "prompt", {})


def test_outputs_are_hashed_under_the_secret_or_not_at_all() -> None:
    named = subject_of(PREDICATE, None, b"the patient is well")
    assert named == subject_of(PREDICATE)
    keyed = subject_of(PREDICATE, b"secret", b"the patient is well")
    assert set(keyed["digest"]) == {"aimsHmacSha256"}
    assert keyed != subject_of(PREDICATE, b"other", b"the patient is well")
    assert keyed["name"] == "output/chatcmpl-123"


def test_the_subject_is_what_can_be_found_again() -> None:
    model = {**PREDICATE, "target": {"kind": "modelVersion", "id": "claims-llm@2026.10.2"}}
    assert subject_of(model)["digest"] == PREDICATE["model"]["digest"]
    commit = {**PREDICATE, "target": {"kind": "change", "id": "ab" * 20}}
    assert subject_of(commit)["digest"] == {"gitCommit": "ab" * 20}
    data = {**PREDICATE, "target": {"kind": "dataset", "id": "train-1"}}
    assert subject_of(data, b"secret", b"abc")["digest"] == {
        "sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    }


@given(st.integers(1_600_000_000_000, 7_000_000_000_000), st.binary(min_size=10, max_size=10))
def test_ids_carry_version_and_time(milliseconds: int, noise: bytes) -> None:
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    text = new_id(moment, lambda count: noise[:count])
    identifier = uuid.UUID(text)
    assert str(identifier) == text
    assert (identifier.version, identifier.variant) == (7, uuid.RFC_4122)
    assert identifier.int >> 80 == int(moment.timestamp() * 1000)
    assert new_id(moment + timedelta(milliseconds=2), lambda count: noise[:count]) > text


def test_ids_of_imports_depend_on_source_and_place_only() -> None:
    assert id_of("a", "b") == id_of("a", "b") != id_of("ab", "")


@given(st.datetimes(datetime(1, 1, 3), timezones=st.just(timezone(timedelta(hours=5, minutes=30)))))  # noqa: DTZ001
def test_times_are_written_in_utc_and_read_back(moment: datetime) -> None:
    found = parse_time(time_text(moment))
    assert found is not None
    assert abs(found - moment) < timedelta(milliseconds=1)


def test_a_pseudonym_says_nothing_without_the_secret() -> None:
    assert pseudonym("Anna Smith", b"s") == pseudonym("Anna Smith", b"s") != pseudonym("Anna Smith", b"t")
    executor = {"type": "human", "id": pseudonym("Anna Smith", b"s"), "name": "clinician"}
    write_statement({**PREDICATE, "executor": executor}, subject_of(PREDICATE))


def test_a_receipt_is_filled_in() -> None:
    now = datetime(2026, 10, 31, 12, tzinfo=UTC)
    notary = Notary(
        [from_seed(b"\x12" * 32)],
        defaults={"aiSystem": "claims-triage", "model": "claims-llm@2026.10.2", "executor": PREDICATE["executor"]},
        clock=lambda: now,
        noise=bytes,
    )
    predicate = notary.predicate({"control": "OPS-07", "target": "output:a:b", "result": "passed", "verdict": None})
    assert predicate == {
        "id": "01a191d4-ba00-7000-8000-000000000000",
        "control": {"id": "OPS-07"},
        "aiSystem": {"id": "claims-triage"},
        "model": {"name": "claims-llm", "version": "2026.10.2"},
        "executor": PREDICATE["executor"],
        "attestedBy": "executor",
        "target": {"kind": "output", "id": "a:b"},
        "result": "passed",
        "startedOn": "2026-10-31T12:00:00.000Z",
        "finishedOn": "2026-10-31T12:00:00.000Z",
    }
    assert list(predicate) == [name for name in SCHEMA["properties"] if name in predicate]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"model": "claims-llm"}, "NAME@VERSION"),
        ({"target": "chatcmpl-123"}, "KIND:ID"),
        ({"startedOn": datetime(2026, 1, 1)}, "25 hours"),  # noqa: DTZ001 - that is the point
    ],
)
def test_short_forms_that_could_be_read_in_two_ways(fields: dict[str, Any], said: str) -> None:
    with pytest.raises(MalformedError, match=said):
        Notary([from_seed(b"\x12" * 32)]).predicate(fields)
