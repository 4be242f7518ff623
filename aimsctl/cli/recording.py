"""What the recording commands share: from options to the fields of a receipt, and where ledger and keys lie.

No command-line library is loaded here: recording one receipt has to be quick enough to stand in a shell loop.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from aimsctl.errors import UsageError

if TYPE_CHECKING:
    from aimsctl.evidence.keys import PublicKey
    from aimsctl.evidence.ledger import Ledger
    from aimsctl.evidence.receipts import Notary
    from aimsctl.evidence.trust import Trust
    from aimsctl.source.files import Tree

LEDGER_FILE: Final = "ledger.yaml"
LEDGER_VARIABLE: Final = "AIMSCTL_LEDGER"
SECRET_VARIABLE: Final = "AIMSCTL_SECRET"  # noqa: S105 - the name of a variable
CONTENT_LIMIT: Final = 64_000_000
_SCORE: Final = re.compile(r"([^=<>!]+)=([-+0-9.eE]+)(?:(<=|>=|==|!=|<|>)([-+0-9.eE]+))?")
_COUNT: Final = re.compile(r"(total|passed|failed|skipped|error)=([0-9]{1,15})")

Options = Mapping[str, Any]
"""The options of a command by their names without dashes; one that was not given is None or empty."""


def fields_of(options: Options) -> dict[str, Any]:
    """The fields that the options say, named as in the receipt. Raises UsageError for what cannot be read."""
    fields = {
        "control": options.get("control"),
        "aiSystem": _some(id=options.get("system"), environment=options.get("environment")),
        "model": _model(options),
        "executor": _executor(options),
        "target": _target(options),
        "result": options.get("result"),
        "verdict": options.get("verdict"),
        "action": options.get("action"),
        "scores": [_score(text) for text in options.get("score") or ()] or None,
        "counts": dict(_count(text) for text in options.get("count") or ()) or None,
        "policy": _some(id=options.get("policy"), rule=options.get("rule")),
        "review": _some(outcome=options.get("review"), reasonCode=options.get("reason")),
        "related": _related(options),
        "evidence": [described(Path(path)) for path in options.get("evidence") or ()] or None,
        "notChecked": list(options.get("not_checked") or ()) or None,
        "startedOn": options.get("started_on"),
        "finishedOn": options.get("finished_on"),
    }
    return {name: value for name, value in fields.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Desk:
    """Where receipts are made and where they go."""

    ledger: Ledger
    notary: Notary
    signer: PublicKey
    trust: Trust | None = None

    def refuse(self, predicate: Mapping[str, Any]) -> None:
        """Raises KeyRefusedError for a receipt that would never be sealed: trust.yaml does not let the key say it."""
        if self.trust is None:
            return
        from aimsctl.evidence.check import Checker  # noqa: PLC0415 - the trust file was read, so it costs nothing more
        from aimsctl.evidence.problems import KeyRefusedError  # noqa: PLC0415 - the same
        from aimsctl.evidence.statement import CONTROL_EXECUTION, Statement  # noqa: PLC0415 - the same

        if self.signer.keyid not in self.trust.keys:
            raise KeyRefusedError(
                f"the key {self.signer.keyid[:16]}... is not trusted", hint="`aimsctl evidence key add` trusts it"
            )
        checker = Checker(self.trust, self.ledger.origin, self.notary.clock())
        why = checker.refusals(Statement(CONTROL_EXECUTION, (), predicate), None, [self.signer.keyid])
        if why:
            raise KeyRefusedError(
                f"it would not be sealed: {why[0]}", hint="evidence/trust.yaml says who may attest what"
            )

    def refusal(self, envelope: bytes) -> str:
        """Why what somebody else signed would never be sealed; empty if it would."""
        if self.trust is None:
            return ""
        from aimsctl.evidence.check import Checker  # noqa: PLC0415 - the same

        problems = Checker(self.trust, self.ledger.origin, self.notary.clock()).receipt("", None, envelope).problems
        return problems[0].message if problems else ""


def desk(evidence: Path, policies: tuple[Tree, str], options: Options, trust: Trust | None = None) -> Desk:
    """Ledger, key and controls, found and opened before anything else happens.

    `policies` are the files of the workspace and the folder of its artefacts. Without `trust` nobody asks here whether
    the receipt will be sealed. Raises AimsError.
    """
    fields = fields_of(options)
    from aimsctl.evidence.controls import Controls  # noqa: PLC0415 - after the options proved to be right
    from aimsctl.evidence.ledger import Ledger  # noqa: PLC0415 - the same
    from aimsctl.evidence.receipts import Notary, signing_key  # noqa: PLC0415 - the same

    named = options.get("ledger")
    ledger = Ledger.open(named_ledger(Path(named) if named else None) or only_ledger(evidence))
    signer = signing_key(options.get("key"))
    with as_usage():
        made_by = Notary(
            [signer], Controls(*policies), defaults={"ledger": ledger.origin, **fields}, secret=secret_of(options)
        )
    return Desk(ledger, made_by, signer.public, trust)


@contextmanager
def as_usage() -> Iterator[None]:
    """What makes no valid receipt was said by the options here, and not by somebody else's file."""
    from aimsctl.evidence.problems import MalformedError  # noqa: PLC0415 - loaded by now

    try:
        yield
    except MalformedError as error:
        raise UsageError(error.message, hint=error.hint) from error


def record_one(ours: Desk, options: Options, agreed: Callable[[Mapping[str, Any]], bool] | None = None) -> str:
    """One receipt of what the options say, kept when it returns: its id; empty if not `agreed`. Raises AimsError."""
    content = options.get("content")
    with as_usage():
        predicate = ours.notary.predicate({})
        envelope = ours.notary.envelope(predicate, read_bytes(Path(content)) if content else None)
    if agreed is not None and not agreed(predicate):
        return ""
    ours.refuse(predicate)
    ours.ledger.append([envelope])
    return str(predicate["id"])


def named_ledger(named: Path | None) -> Path | None:
    """The ledger that --ledger or the variable names."""
    if named is not None:
        return named
    text = os.environ.get(LEDGER_VARIABLE)
    return Path(text) if text else None


def ledger_folders(evidence: Path) -> list[Path]:
    """The folders of the ledgers below the evidence folder, in order."""
    return sorted(path.parent for depth in ("*", "*/*") for path in evidence.glob(f"{depth}/{LEDGER_FILE}"))


def only_ledger(evidence: Path) -> Path:
    """The only ledger below the workspace's evidence folder. Raises UsageError if there is none or another."""
    found = ledger_folders(evidence)
    if len(found) == 1:
        return found[0]
    names = ", ".join(path.relative_to(evidence.parent).as_posix() for path in found)
    raise UsageError(
        f"there are {len(found)} ledgers: {names}" if found else "there is no ledger here yet",
        hint="--ledger names one" if found else "`aimsctl evidence init` makes one; --ledger names one elsewhere",
    )


def secret_of(options: Options) -> bytes | None:
    """The deployer's secret for digests of what could be guessed: a file, or the environment. Raises UsageError."""
    named = options.get("secret")
    if named:
        return read_bytes(Path(named), 4096).strip() or None
    return os.environ.get(SECRET_VARIABLE, "").encode() or None


def read_bytes(path: Path, limit: int = CONTENT_LIMIT) -> bytes:
    """The bytes of a file that the user named. Raises UsageError if it cannot be read or is larger than the limit."""
    try:
        with path.open("rb") as stream:
            content = stream.read(limit + 1)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
    if len(content) > limit:
        raise UsageError(f"{path} has more than {limit} bytes")
    return content


def described(path: Path, media_type: str | None = None) -> dict[str, Any]:
    """A file that stays outside the ledger: its name and the SHA-256 of its bytes. Raises UsageError."""
    import hashlib  # noqa: PLC0415 - only where a file is named

    row: dict[str, Any] = {"name": path.name, "digest": {"sha256": hashlib.sha256(read_bytes(path)).hexdigest()}}
    return row if media_type is None else {**row, "mediaType": media_type}


def _some(**parts: str | None) -> dict[str, str] | None:
    given = {name: value for name, value in parts.items() if value}
    return given or None


def _model(options: Options) -> dict[str, Any] | None:
    named, digest = options.get("model"), options.get("model_digest")
    if not named:
        return None
    name, mark, version = named.rpartition("@")
    if not mark:
        raise UsageError(f"--model {named} is not written as NAME@VERSION")
    model: dict[str, Any] = {"name": name, "version": version}
    return {**model, "digest": {"sha256": digest}} if digest else model


def _executor(options: Options) -> dict[str, str] | None:
    identifier = options.get("executor_id")
    if not identifier:
        return _some(type=options.get("executor"), name=options.get("executor_name"))
    last = re.split(r"[/:]", identifier.rstrip("/"))[-1]
    return _some(
        type=options.get("executor"),
        id=identifier,
        name=options.get("executor_name") or last,
        version=options.get("executor_version"),
        run=options.get("executor_run"),
        role=options.get("role"),
    )


def _target(options: Options) -> dict[str, str] | None:
    named = options.get("target")
    given = [("output", options.get("output")), ("input", options.get("input"))]
    if named:
        kind, mark, identifier = named.partition(":")
        if not mark:
            raise UsageError(f"--target {named} is not written as KIND:ID")
        given.append((kind, identifier))
    chosen = [(kind, identifier) for kind, identifier in given if identifier]
    if len(chosen) > 1:
        raise UsageError("--output, --input and --target exclude each other")
    if not chosen:
        return None
    kind, identifier = chosen[0]
    return _some(kind=kind, id=identifier, traceId=options.get("trace"), spanId=options.get("span"))


def _score(text: str) -> dict[str, Any]:
    found = _SCORE.fullmatch(text)
    try:
        row: dict[str, Any] = {"name": found[1], "value": _number(found[2])} if found else {}
        if found and found[3]:
            row |= {"comparator": found[3], "threshold": _number(found[4])}
    except ValueError:
        row = {}
    if not row:
        raise UsageError(f"--score {text} is not written as NAME=VALUE or NAME=VALUE<=THRESHOLD")
    return row


def _number(text: str) -> int | float:
    return int(text) if text.lstrip("+-").isdigit() else float(text)


def _count(text: str) -> tuple[str, int]:
    found = _COUNT.fullmatch(text)
    if found is None:
        raise UsageError(f"--count {text} is not written as total=N, passed=N, failed=N, skipped=N or error=N")
    return found[1], int(found[2])


def _related(options: Options) -> list[dict[str, str]] | None:
    rows: Sequence[tuple[str, str]] = [
        (identifier, relation) for relation in ("reviews", "supersedes") for identifier in options.get(relation) or ()
    ]
    return [{"id": identifier, "relation": relation} for identifier, relation in rows] or None
