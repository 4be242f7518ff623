"""`aimsctl evidence record` without the command-line library, for the plain call with nothing wrong in it.

A receipt for each event of a shell loop pays for a whole process each time, and half of it would be spent on loading
what reads options and prints help. Whatever is not plain goes the long way, which says what is wrong.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from aimsctl.errors import BUG, INTERRUPTED, OK, AimsError
from aimsctl.source.files import FileRefusedError, WorkTree, find_root
from aimsctl.source.plain import top

ONCE: Final = frozenset(
    {
        *("control", "system", "environment", "model", "model-digest", "role", "target", "output", "input", "trace"),
        *("executor", "executor-id", "executor-name", "executor-version", "executor-run", "span", "content", "result"),
        *("verdict", "action", "policy", "rule", "review", "reason", "started-on", "finished-on", "ledger", "key"),
        "secret",
    }
)
OFTEN: Final = frozenset({"score", "count", "reviews", "supersedes", "evidence", "not-checked"})


def attempt(arguments: list[str]) -> int | None:
    """The exit code, if the receipt is recorded; None if the long way has to be gone, and then nothing is."""
    options = _plain(arguments)
    if options is None or "AIMSCTL_ROOT" in os.environ or "finished_on" in options:
        return None
    try:
        from aimsctl.cli.recording import desk, record_one  # noqa: PLC0415 - after the options proved to be plain

        root = find_root(Path.cwd(), walk=True)
        tree = WorkTree(root)
        evidence, policies = _folders(tree.read("aimsctl.yaml"))
        if not evidence or not policies:
            return None
        ours = desk(root / evidence, (tree, policies), options)
        identifier = record_one(ours, options, _agreed(root / evidence / "trust.yaml", ours.signer.keyid))
    except (AimsError, FileRefusedError):
        return None
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        return INTERRUPTED
    return _print(identifier) if identifier else None


def _agreed(file: Path, keyid: str) -> Callable[[Mapping[str, Any]], bool]:
    """Whether the workspace's trust plainly lets the key attest the receipt; where it has none, nobody is asked."""
    try:
        content = file.read_bytes() if not file.is_symlink() else b""
    except FileNotFoundError:
        return lambda _: True
    except OSError:
        return lambda _: False
    from aimsctl.evidence.granted import plainly_granted  # noqa: PLC0415 - only where it is asked

    return lambda predicate: plainly_granted(content, keyid, predicate)


def _folders(settings: bytes) -> tuple[str, str]:
    """Where evidence and artefacts lie; empty where reading it takes more than a look."""
    found = top(settings)
    if found is None:
        return "", ""
    evidence, policies = found.get("evidence", "evidence"), found.get("policies", "policies")
    if not isinstance(evidence, str) or not isinstance(policies, str) or "." in evidence + policies:
        return "", ""
    return evidence, policies


def _plain(arguments: list[str]) -> dict[str, Any] | None:
    options: dict[str, Any] = {}
    for flag, value in zip(arguments[::2], arguments[1::2], strict=False):
        name = flag.removeprefix("--")
        key = name.replace("-", "_")
        if not flag.startswith("--") or value.startswith("-"):
            return None
        if name in OFTEN:
            options.setdefault(key, []).append(value)
        elif name in ONCE and key not in options:
            options[key] = value
        else:
            return None
    return options if len(arguments) % 2 == 0 else None


def _print(identifier: str) -> int:
    try:
        sys.stdout.write(f"{identifier}\n")
        sys.stdout.flush()
    except BrokenPipeError:
        from aimsctl.cli.main import unread  # noqa: PLC0415 - nobody reads any more, so time does not matter

        return unread()
    except OSError as error:
        sys.stderr.write(f"error: {identifier} is recorded, but cannot be printed: {error.strerror}\n")
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # the flush at exit must not fail again
        return BUG
    return OK
