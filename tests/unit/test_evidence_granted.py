"""What the quick look at a trust file grants, the trust file itself grants."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aimsctl.errors import AimsError
from aimsctl.evidence.granted import plainly_granted
from aimsctl.evidence.keys import from_seed
from aimsctl.evidence.notes import verifier
from aimsctl.evidence.statement import CONTROL_EXECUTION, Statement
from aimsctl.evidence.trust import read_trust
from aimsctl.evidence.trustfile import EMPTY, with_key

KEYS = [from_seed(bytes([number]) * 32).public for number in (1, 2)]
NAMES = ("a", "z")
ORIGIN = "notes.example/ledger/prod"
POLICY = f"log {verifier(ORIGIN, KEYS[0]).text}\nquorum none\n"
PREDICATE: dict[str, Any] = {
    "control": {"id": "CTL-08"},
    "aiSystem": {"id": "AI-NOTES"},
    "executor": {"type": "guardrail"},
    "attestedBy": "executor",
    "ledger": ORIGIN,
}
LIMITS: dict[str, list[str]] = {
    "executorTypes": ["guardrail", "ci"],
    "controls": ["CTL-08", "CTL-0*", "*", "CTL-[0]8", "OPS-1"],
    "aiSystems": ["AI-NOTES", "AI-?OTES", "other"],
    "attestedBy": ["executor", "collector"],
    "ledgers": [ORIGIN, "other"],
    "predicateTypes": [CONTROL_EXECUTION],
}
ALLOW = st.fixed_dictionaries(
    {}, optional={name: st.lists(st.sampled_from(v), min_size=1, max_size=2, unique=True) for name, v in LIMITS.items()}
)


def row(key: int, allow: dict[str, list[str]]) -> dict[str, Any]:
    said = {"keyid": KEYS[key].keyid, "algorithm": "ed25519", "file": f"keys/{NAMES[key]}.pem", "name": f"key-{key}"}
    return {**said, **({"allow": allow} if allow else {}), "validFromIndex": 0, "revokedAtIndex": None}


def written(*rows: dict[str, Any]) -> bytes:
    content = EMPTY.encode()
    for one in rows:
        content = with_key(content, "trust.yaml", one)
    return content


def grants(content: bytes) -> bool:
    """What the trust file says, read as everybody else reads it."""

    def file(path: str) -> bytes:
        """The files beside it are there, whatever an edit made of their names."""
        if path == "trust.yaml":
            return content
        return KEYS["z" in path].pem() if "pem" in path or "key" in path else POLICY.encode()

    try:
        trust = read_trust(file, "trust.yaml", "", self_asserted=True)
    except AimsError:
        return False
    keyid = KEYS[0].keyid
    return keyid in trust.keys and not trust.refusal(keyid, Statement(CONTROL_EXECUTION, (), PREDICATE), None, ORIGIN)


@given(st.lists(st.tuples(st.integers(0, 1), ALLOW), min_size=1, max_size=3))
def test_it_never_grants_more_than_the_trust_file(rows: list[tuple[int, dict[str, list[str]]]]) -> None:
    content = written(*(row(key, allow) for key, allow in rows))
    if plainly_granted(content, KEYS[0].keyid, PREDICATE):
        assert grants(content)


@given(
    st.integers(0, 600),
    st.sampled_from(["\n", "#", "x", "'", '"', " ", "[", "]", ", ", "- ", "1", "null", "\n    allow: {}"]),
)
def test_it_never_grants_more_than_a_file_that_somebody_edited(at: int, more: str) -> None:
    text = written(row(0, {"controls": ["CTL-08"], "aiSystems": ["AI-NOTES"]}), row(1, {})).decode()
    content = (text[:at] + more + text[at:]).encode()
    if plainly_granted(content, KEYS[0].keyid, PREDICATE):
        assert grants(content)


def test_what_the_tool_writes_is_plain() -> None:
    content = written(
        row(1, {}), row(0, {"executorTypes": ["guardrail"], "controls": ["CTL-08"], "aiSystems": ["AI-NOTES"]})
    )
    assert grants(content)
    assert plainly_granted(content, KEYS[0].keyid, PREDICATE)
    assert not plainly_granted(content, KEYS[0].keyid, {**PREDICATE, "control": {"id": "CTL-09"}})
    assert not plainly_granted(content.replace(b"Index: null", b"Index: 7"), KEYS[0].keyid, PREDICATE)


@pytest.mark.parametrize("content", [b"", b"keys:\n", EMPTY.encode(), b"\xff", b"keys: [{keyid: x}]\n"])
def test_what_grants_nothing(content: bytes) -> None:
    assert not plainly_granted(content, KEYS[0].keyid, PREDICATE)
