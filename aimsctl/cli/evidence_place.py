"""What the evidence commands share: where the ledger lies, whose trust is used, and where a private key comes from."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from aimsctl.assessment.calendar import parse_date
from aimsctl.cli.recording import ledger_folders, named_ledger, only_ledger
from aimsctl.cli.session import Session, day, place, policy_tree
from aimsctl.errors import UsageError, WorkspaceError
from aimsctl.evidence.ledger import Ledger
from aimsctl.evidence.problems import MalformedError
from aimsctl.evidence.statement import parse_time
from aimsctl.evidence.trust import FILE, NOBODY, Trust, read_trust
from aimsctl.source.files import FileRefusedError, WorkTree

if TYPE_CHECKING:
    from aimsctl.cli.session import Place
    from aimsctl.evidence.keys import PrivateKey
    from aimsctl.source.files import Tree

POLICY: Final = "logs.tlogpolicy"
LOG_KEY: Final = "AIMSCTL_LOG_KEY"
WITNESS_KEY: Final = "AIMSCTL_WITNESS_KEY"

LedgerOption = Annotated[
    Path | None, typer.Option("--ledger", metavar="DIR", help="The ledger; else the only one of the workspace.")
]


def ledger_folder(session: Session, named: Path | None) -> Path:
    """The ledger named, or the only one below the workspace's evidence folder. Raises UsageError."""
    chosen = named_ledger(named)
    if chosen is not None:
        return chosen
    here = place(session)
    return only_ledger(here.root / here.config.evidence)


def open_ledger(session: Session, named: Path | None) -> Ledger:
    """The ledger there."""
    return Ledger.open(ledger_folder(session, named))


def trust(session: Session, file: Path | None = None, policy_from: str | None = None) -> Trust:
    """The trust of --trust or --policy-from; else the workspace's own, which every output then says."""
    if file is not None and policy_from is not None:
        raise UsageError("--trust and --policy-from exclude each other")
    if file is not None:
        return read_trust(_reader(WorkTree(file.parent)), file.name, str(file), self_asserted=False)
    try:
        here = place(session)
    except WorkspaceError:
        if policy_from is not None:
            raise
        return NOBODY
    path = f"{here.config.evidence}/{FILE}"
    if policy_from is not None:
        tree = policy_tree(session, here.root, policy_from)
        return read_trust(_reader(tree), path, f"{tree.label}, {path}", self_asserted=False)
    return read_trust(_reader(here.tree), path, path, self_asserted=True) if (here.root / path).exists() else NOBODY


def workspace_trust(session: Session) -> Trust | None:
    """The workspace's own trust, for those who write; None where it has no such file and nobody can be refused yet."""
    found = trust(session)
    return found if found.digest else None


def _reader(tree: Tree) -> Callable[[str], bytes]:
    def read(path: str) -> bytes:
        try:
            return tree.read(path)
        except FileRefusedError as error:
            raise MalformedError(f"{path} cannot be read: {error.reason}") from error

    return read


def moment(as_of: str | None = None) -> datetime:
    """The time of judgement: now, or the end of the day of --as-of."""
    return datetime.now(UTC) if as_of is None else datetime.combine(day(as_of), time.max, UTC)


def key_folder() -> Path:
    """Where private keys lie: outside every repository, in the user's own configuration."""
    named = os.environ.get("AIMSCTL_KEYS")
    base = os.environ.get("XDG_CONFIG_HOME")
    return Path(named) if named else (Path(base) if base else Path.home() / ".config") / "aimsctl" / "keys"


def key_file(name: str) -> Path:
    """Where the private key of that name lies by default."""
    return key_folder() / f"{slug(name)}.pem"


def slug(name: str) -> str:
    """The name as a file can have it."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip(".-") or "key"


def private_key(file: Path | None, variable: str, default: Path | None = None) -> PrivateKey:
    """The key of --key, of the variable (PEM text, or a path), or the default file. Raises KeyRefusedError."""
    from aimsctl.evidence.keys import find_private  # noqa: PLC0415 - loads cryptography

    return find_private(file, variable, default)


def refuse_inside(here: Place, file: Path, *, allowed: bool) -> None:
    """Nothing if the file is outside the workspace's repository; raises UsageError otherwise."""
    real = Path(os.path.abspath(file)).parent.resolve()  # noqa: PTH100 - the file need not exist
    top = next((folder for folder in (here.root, *here.root.parents) if (folder / ".git").exists()), here.root)
    if real.is_relative_to(top.resolve()) and not allowed:
        raise UsageError(
            f"{file} is inside the repository, where a private key would be committed one day",
            hint="--out names a place outside; --inside-repository insists",
        )


def instant(text: str | None, option: str, *, end: bool = False) -> datetime | None:
    """The time that an option names: the beginning of a day, with `end` that of the next. Raises UsageError."""
    if text is None:
        return None
    if (whole := parse_date(text)) is not None:
        return datetime.combine(whole, time.min, UTC) + (timedelta(days=1) if end else timedelta())
    found = parse_time(text)
    if found is None:
        hint = "write a day as 2026-09-15, a time in UTC as 2026-09-15T06:00:00Z"
        raise UsageError(f"{option} {text!r} is no time", hint=hint)
    return found


def workspace_ledgers(session: Session) -> list[Path]:
    """The folders of the workspace's ledgers, in order."""
    here = place(session)
    return ledger_folders(here.root / here.config.evidence)


def opened(folders: Sequence[Path]) -> list[Ledger]:
    """The ledgers in these folders. Raises UsageError for none, and where a folder is no ledger."""
    if not folders:
        raise UsageError("there is no ledger here yet", hint="`aimsctl evidence init` makes one; --ledger names one")
    return [Ledger.open(folder) for folder in folders]
