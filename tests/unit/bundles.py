"""Bundles made on the spot, and the commands of their VERIFY.md run where nothing of ours is installed."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from aimsctl.cli.evidence_export import Bundle
from aimsctl.evidence import keys, notes
from aimsctl.evidence.control_texts import Named, Text
from aimsctl.evidence.handover import asked, complete
from aimsctl.evidence.ledger import Ledger
from aimsctl.evidence.policy import NONE, LogPolicy
from aimsctl.evidence.query import Wanted
from aimsctl.evidence.trust import Trust
from aimsctl.output.folder import write_folder
from tests.conftest import unavailable
from tests.unit.evidence_ledgers import CI, GUARDRAIL, HUMAN, LOG, ORIGIN, WITNESS, receipt, trusting

SECOND: Final = "aims.example.com/ledger/build"
CONTROL: Final = b"kind: control\nid: OPS-07\ntitle: Personal data is masked\n"
P256: Final = keys.generate("ecdsa-p256")
WITNESS_NAME: Final = "auditor.example.org/witness"
PATH: Final = "/usr/bin:/bin"
NAMED: Final = {
    "id": "OPS-07",
    "path": "policies/OPS-07.yaml",
    "digest": {"sha256": hashlib.sha256(CONTROL).hexdigest()},
}


def trusted() -> Trust:
    """The trust of exporter and auditor alike: the keys, two logs and a witness."""
    witness = notes.verifier(WITNESS_NAME, WITNESS.public, notes.WITNESS)
    logs = [notes.verifier(origin, LOG.public) for origin in (ORIGIN, SECOND)]
    return trusting(CI, GUARDRAIL, HUMAN, P256, policy=LogPolicy(logs, {"auditor": witness}, quorum=NONE))


def ledgers(folder: Path) -> list[Ledger]:
    """Two ledgers: one of three seals that a witness cosigned, one with a receipt of another kind of key."""
    first, second = (Ledger.create(folder / name, origin, LOG) for name, origin in (("a", ORIGIN), ("b", SECOND)))
    for start in (0, 5, 9):
        first.append([receipt(number, control=NAMED) for number in range(start, min(start + 5, 13))])
        first.seal(LOG)
    second.append([receipt(50, [P256], result="failed"), receipt(51, [CI])])
    second.seal(LOG)
    note, checkpoint = first.checkpoint()
    cosigned = notes.cosign(note.text, WITNESS_NAME, WITNESS, 1_795_000_000)
    first.add_signatures(note.text, checkpoint.size, [cosigned])
    return [first, second]


def texts() -> list[Text]:
    """The text of the control that the receipts name."""
    return [Text(Named("OPS-07", NAMED["digest"]["sha256"], NAMED["path"]), "the work tree", CONTROL)]  # type: ignore[index, arg-type]


def bundle(folder: Path, wanted: Wanted = Wanted()) -> Bundle:  # noqa: B008 - frozen
    """The receipts of both ledgers that fit."""
    return Bundle(asked(ledgers(folder), trusted(), wanted), wanted, trusted(), texts())


def window(folder: Path) -> Bundle:
    """All receipts of one ledger between two of its checkpoints."""
    return Bundle([complete(ledgers(folder)[0], trusted(), 5, None)], Wanted(), trusted(), texts())


def written(made: Bundle, folder: Path) -> Path:
    """The bundle as a folder."""
    write_folder(folder, made.files(), folder.parent)
    return folder


def relist(folder: Path) -> None:
    """Makes the manifest fit the files again, as whoever changed them would."""
    file = folder / "manifest.json"
    record: dict[str, Any] = json.loads(file.read_text())
    record["files"] = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path != file
    }
    file.write_text(json.dumps(record, indent=1) + "\n")


def commands(folder: Path) -> dict[str, str]:
    """The first commands of each step of VERIFY.md, by its number."""
    text = (folder / "VERIFY.md").read_text()
    steps = re.split(r"^## (?=\d)", text, flags=re.MULTILINE)[1:]
    block = re.compile(r"^```(?:bash|sh)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
    return {step[0]: found[1] for step in steps if (found := block.search(step))}


def run_step(folder: Path, step: str, home: Path) -> subprocess.CompletedProcess[str]:
    """The commands of a step, run in the bundle by a shell that finds no aimsctl."""
    for name in ("bash", "openssl", "node"):
        if not offered(home, name, shutil.which(name)):
            unavailable(f"{name} is not installed")
    path = f"{home / 'bin'}:{PATH}"
    assert shutil.which("aimsctl", path=path) is None
    command = [str(home / "bin/bash"), "-c", commands(folder)[step]]
    environment = {"PATH": path, "HOME": str(home), "TMPDIR": str(home), "LC_ALL": "C.UTF-8"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def offered(home: Path, name: str, program: str | Path | None) -> bool:
    """Puts a program where the shell finds it; False if there is none."""
    link = home / "bin" / name
    link.parent.mkdir(parents=True, exist_ok=True)
    if program is not None and Path(program).exists() and not link.exists():
        link.symlink_to(program)
    return link.exists()


def edit(path: str, change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    """A change to one file of a bundle, which must change it."""

    def apply(folder: Path) -> None:
        before = (folder / path).read_bytes()
        (folder / path).write_bytes(change(before))
        assert (folder / path).read_bytes() != before

    return apply
