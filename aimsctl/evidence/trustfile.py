"""Changing trust.yaml: a key more, or a key revoked, with every other line left as people wrote it.

A change is made on the text and then read back: only if the file then says exactly what was meant is it handed out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from aimsctl.evidence.problems import KeyRefusedError, MalformedError
from aimsctl.evidence.shape import problem
from aimsctl.source import yaml

EMPTY: Final = """\
# Who may attest what. Reviewed like code: whoever can add a key here can make evidence.
policy: logs.tlogpolicy
keys: []
"""
_PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*")


def with_key(content: bytes, path: str, row: Mapping[str, Any]) -> bytes:
    """The file with one key more at its end. Raises MalformedError where it is not plain enough to be added to."""
    data = _data(content, path)
    text = content.decode().rstrip("\n") + "\n"
    if text.endswith("keys: []\n"):
        text = text.removesuffix(" []\n") + "\n"
    wanted = {**data, "keys": [*data["keys"], dict(row)]}
    return _confirmed(text + "".join(_lines(row)), path, wanted)


def with_revocation(content: bytes, path: str, keyid: str, index: int) -> bytes:
    """The file with every grant of that key revoked from that index on; one that ends earlier already stays."""
    data = _data(content, path)
    if not any(row["keyid"] == keyid for row in data["keys"]):
        raise KeyRefusedError(f"{path} has no key {keyid}")
    wanted = {**data, "keys": [_revoked(row, index) if row["keyid"] == keyid else row for row in data["keys"]]}
    rows = content.decode().splitlines(keepends=True)
    for line in range(len(rows) - 1, -1, -1):
        found = re.match(rf"( *)- keyid: ([\"']?){keyid}\2\s*$", rows[line])
        if found:
            _revoke_below(rows, line, found[1] + "  ", index)
    return _confirmed("".join(rows), path, wanted)


def _revoke_below(rows: list[str], line: int, indent: str, index: int) -> None:
    at = line + 1
    while at < len(rows) and rows[at].startswith(indent):
        found = re.match(rf"{indent}revokedAtIndex: *(\S+)", rows[at])
        if found:
            old = int(found[1]) if found[1].isdecimal() else index
            rows[at] = f"{indent}revokedAtIndex: {min(old, index)}\n"
            return
        at += 1
    rows.insert(at, f"{indent}revokedAtIndex: {index}\n")


def _revoked(row: Mapping[str, Any], index: int) -> dict[str, Any]:
    old = row.get("revokedAtIndex")
    return {**row, "revokedAtIndex": index if old is None else min(old, index)}


def _data(content: bytes, path: str) -> dict[str, Any]:
    data: Any = yaml.read(path, content).data
    if data is None or (wrong := problem("trust", data)):
        raise MalformedError(f"{path} is not a trust file" + (f": {wrong}" if data is not None else ""))
    return dict(data)


def _confirmed(text: str, path: str, wanted: Mapping[str, Any]) -> bytes:
    content = text.encode()
    if yaml.read(path, content).data != wanted or problem("trust", wanted):
        raise MalformedError(f"{path} is laid out in a way that is not edited here", hint="edit the file by hand")
    return content


def _lines(row: Mapping[str, Any]) -> list[str]:
    told = []
    for name, value in row.items():
        if isinstance(value, dict):
            told.append(f"    {name}:\n")
            told += [f"      {limit}: [{', '.join(map(_scalar, values))}]\n" for limit, values in value.items()]
        else:
            told.append(f"    {name}: {_scalar(value)}\n")
    return ["  - " + told[0].removeprefix("    "), *told[1:]]


def _scalar(value: Any) -> str:
    """Words stand as they are, all other text in quotes, which JSON and YAML write alike."""
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value.lower() not in {"null", "true", "false"}:
        return value
    return json.dumps(value, ensure_ascii=False)
