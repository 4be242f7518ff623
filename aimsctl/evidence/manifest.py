"""What a bundle is, as data: what was asked, what each ledger gave, and in the end every file with its digest.

The report and VERIFY.md are written from the same record, so that they cannot say anything else than it.
"""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

from aimsctl.evidence.bundle import MANIFEST
from aimsctl.evidence.control_texts import Text
from aimsctl.evidence.handover import Part
from aimsctl.evidence.notes import Verifier
from aimsctl.evidence.query import Wanted
from aimsctl.evidence.report import utc
from aimsctl.evidence.trust import Trust

LEDGERS: Final = "ledgers"
KEYS: Final = "keys"
VERSION: Final = 1


def described(parts: Sequence[Part], wanted: Wanted, texts: Iterable[Text], trust: Trust, tool: str) -> dict[str, Any]:
    """The manifest without its files. Nothing in it depends on where and when it was made."""
    rows = [row for part in parts for row in part.rows]
    return {
        "version": VERSION,
        "tool": tool,
        "query": asked_for(wanted),
        "trust": {"self_asserted": trust.self_asserted, "trust_sha256": trust.digest},
        "counts": {
            "receipts": len(rows),
            "verified": sum(part.verified for part in parts),
            "besides": sum(part.besides for part in parts),
            "by_control": _counted(rows, "control_id"),
            "by_result": _counted(rows, "result"),
        },
        "ledgers": [_ledger(part) for part in parts],
        "keys": [_key(trust, keyid, count) for keyid, count in _signers(parts)],
        "controls": [_control(text) for text in texts],
    }


def asked_for(wanted: Wanted) -> dict[str, str]:
    """What was asked, without what was not."""
    asked = {
        "system": wanted.system,
        "model_version": wanted.version,
        "output": wanted.output,
        "control": wanted.control,
        "executor": wanted.executor,
        "result": wanted.result,
        "since": _time(wanted.since),
        "until": _time(wanted.until),
    }
    return {name: value for name, value in asked.items() if value}


def part_files(parts: Iterable[Part]) -> dict[str, bytes]:
    """The files of the ledgers' parts."""
    return {f"{LEDGERS}/{part.name}/{path}": content for part in parts for path, content in part.files.items()}


def key_files(parts: Sequence[Part], trust: Trust) -> dict[str, bytes]:
    """Copies of the public keys that signed: a convenience, which proves nothing by itself."""
    pems = {f"{KEYS}/{keyid}.pem": trust.keys[keyid].pem() for keyid, _ in _signers(parts)}
    vkeys = {_vkey_file(part.name, part.log): part.log for part in parts}
    for part in parts:
        vkeys |= {_vkey_file("witness", one): one for one in part.witnesses}
    return pems | {path: f"{one.text}\n".encode() for path, one in vkeys.items()}


def with_files(record: Mapping[str, Any], files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files and the manifest that lists them; what it lists stands last and one file a line, fit for `sed`."""
    digests = {path: sha256(content).hexdigest() for path, content in sorted(files.items())}
    text = json.dumps({**record, "files": digests}, indent=1) + "\n"
    return {**files, MANIFEST: text.encode()}


def _ledger(part: Part) -> dict[str, Any]:
    checkpoint, window = part.anchor.checkpoint, part.window
    return {
        "path": f"{LEDGERS}/{part.name}",
        "origin": checkpoint.origin,
        "size": checkpoint.size,
        "root": base64.b64encode(checkpoint.root).decode(),
        "receipts": len(part.rows),
        "verified": part.verified,
        "window": None if window is None else {"from": window.start, "to": window.end},
        "between": None if part.between is None else {"from": part.between[0], "to": part.between[1]},
        "unread": part.unread,
        "log_key": _vkey_file(part.name, part.log),
        "witnesses": [
            {"name": one.name, "key": _vkey_file("witness", one), "time": utc(seconds)}
            for one, seconds in part.witnesses.items()
        ],
    }


def _vkey_file(name: str, one: Verifier) -> str:
    return f"{KEYS}/{name}-{one.hint.hex()}.vkey"


def _key(trust: Trust, keyid: str, count: int) -> dict[str, Any]:
    return {
        "keyid": keyid,
        "algorithm": trust.keys[keyid].algorithm,
        "name": trust.name(keyid),
        "file": f"{KEYS}/{keyid}.pem",
        "receipts": count,
    }


def _control(text: Text) -> dict[str, Any]:
    named = text.named
    return {"id": named.id, "sha256": named.sha256, "path": named.path, "file": text.file or None, "where": text.where}


def _signers(parts: Iterable[Part]) -> list[tuple[str, int]]:
    return sorted(sum((part.signers for part in parts), Counter[str]()).items())


def _counted(rows: Iterable[Mapping[str, Any]], column: str) -> dict[str, int]:
    return dict(sorted(Counter(row[column] or "none" for row in rows).items()))


def _time(moment: datetime | None) -> str:
    return "" if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
