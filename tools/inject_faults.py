"""Fails or kills `append` and `seal` at each system call that writes, with strace, and looks at what is left.

    python tools/inject_faults.py [--limit N] [--work append|seal]

For each of the calls below, its first, second, third ... occurrence is made to fail with EIO or ENOSPC, or the process
is killed there; the next one follows until the work ends undisturbed. After each run the ledger must verify, hold all
that was accepted before, and take and seal a further receipt. Exits with 1 and names the call where one does not, and
with 3 where strace cannot be used. The tests run it with a small --limit; without one it is a sweep of some minutes.
"""

from __future__ import annotations

import argparse
import itertools
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from aimsctl.errors import AimsError  # noqa: E402 - found beside this script
from aimsctl.evidence import envelope, keys  # noqa: E402 - the same
from aimsctl.evidence.ledger import Ledger  # noqa: E402 - the same
from aimsctl.evidence.notes import verifier  # noqa: E402 - the same
from aimsctl.evidence.policy import NONE, LogPolicy  # noqa: E402 - the same
from aimsctl.evidence.trust import Grant, Trust  # noqa: E402 - the same
from aimsctl.evidence.verify import verify_ledger  # noqa: E402 - the same

ORIGIN = "aims.example.com/ledger/faults"
LOG, SIGNER = keys.from_seed(b"\x21" * 32), keys.from_seed(b"\x12" * 32)
TRUST = Trust(
    {SIGNER.public.keyid: SIGNER.public},
    {SIGNER.public.keyid: (Grant("signer"),)},
    LogPolicy([verifier(ORIGIN, LOG.public)], quorum=NONE),
)
CALLS = {
    "write": "write",
    "fsync": "fsync",
    "rename": "rename,renameat,renameat2",
    "unlink": "unlink,unlinkat",
    "ftruncate": "ftruncate",
}
FAULTS = {"EIO": "error=EIO", "ENOSPC": "error=ENOSPC", "kill": "signal=SIGKILL"}
WORKER = """
import sys
from pathlib import Path
from aimsctl.errors import AimsError
from aimsctl.evidence import durable, keys
from aimsctl.evidence.ledger import Ledger
durable._THREADS = 1
ledger = Ledger.open(Path(sys.argv[1]))
signer = keys.from_seed(bytes([0x21]) * 32)
batch = Path(sys.argv[2]).read_bytes().splitlines()
try:
    ledger.append(batch) if sys.argv[3] == "append" else ledger.seal(signer)
except AimsError as error:
    sys.exit(error.exit_code)
"""


def receipt(number: int) -> bytes:
    """A signed statement; what it says does not matter here."""
    subject = f'{{"name":"s","digest":{{"sha256":"{number:064x}"}}}}'
    text = (
        f'{{"_type":"https://in-toto.io/Statement/v1","subject":[{subject}],"predicateType":"urn:x","predicate":{{}}}}'
    )
    return envelope.sign(text.encode(), [SIGNER])


def template(folder: Path) -> Ledger:
    """A ledger with seals behind it, at the edge of a tile, and receipts that wait."""
    ledger = Ledger.create(folder, ORIGIN, LOG)
    ledger.append([receipt(number) for number in range(254)])
    ledger.seal(LOG)
    ledger.append([receipt(number) for number in range(254, 260)])
    return ledger


def everything(ledger: Ledger) -> list[bytes]:
    """What is sealed and what waits."""
    return [*(entry for _, entry in ledger.entries()), *ledger.unsealed()]


def wrong(folder: Path, before: list[bytes], added: list[bytes], *, done: bool) -> str:
    """What is wrong with the ledger after a fault; empty if nothing is."""
    try:
        ledger = Ledger.open(folder)
        if problems := verify_ledger(ledger, TRUST).problems:
            return problems[0].message
        found = everything(ledger)
        if lost := set(before) - set(found):
            return f"{len(lost)} receipts that were accepted are lost"
        if done and not set(added) <= set(found):
            return "a success was reported, and not all is there"
        ledger.append([receipt(999)])
        ledger.seal(LOG)
        report = verify_ledger(ledger, TRUST)
    except AimsError as error:
        return error.message
    if report.code or report.unsealed or report.entries != len(set(everything(ledger))):
        return "the next seal does not finish what was begun"
    return "" if not list((folder / ".drafts").iterdir()) else "drafts are left behind"


@dataclass(frozen=True)
class Fault:
    """Which occurrence of which call fails, and how."""

    call: str
    kind: str
    number: int

    def strike(self, folder: Path, batch: Path, work: str) -> tuple[int, bool]:
        """The exit code of the work, and whether it came to that occurrence."""
        trace = folder.with_suffix(".trace")
        calls = CALLS[self.call]
        options = ("-e", f"trace={calls}", "-e", f"inject={calls}:{FAULTS[self.kind]}:when={self.number}")
        worker = (sys.executable, "-B", "-c", WORKER, str(folder), str(batch), work)
        command = ("strace", "-f", "-qq", "-o", str(trace), *options, *worker)
        code = subprocess.run(command, cwd=ROOT, check=False, timeout=120).returncode
        text = trace.read_text(errors="replace")
        return code, "(INJECTED)" in text or "killed by SIGKILL" in text


def sweep(work: str, limit: int, scratch: Path) -> Iterator[str]:
    """Each fault that the ledger did not survive."""
    before = everything(template(scratch / "template"))
    added = [receipt(number) for number in range(500, 503)] if work == "append" else []
    batch = scratch / "batch"
    batch.write_bytes(b"\n".join(added))
    survived: set[tuple[str, str]] = set()  # the work ended before that many occurrences
    for (call, kind), number in itertools.product(itertools.product(CALLS, FAULTS), range(1, limit + 1)):
        if (call, kind) in survived:
            continue
        fault = Fault(call, kind, number)
        folder = Path(shutil.copytree(scratch / "template", scratch / "copy"))
        code, reached = fault.strike(folder, batch, work)
        if found := wrong(folder, before, added, done=code == 0):
            yield f"{work}, {call} {number}, {kind}: {found}"
        shutil.rmtree(folder)
        if not reached:
            survived.add((call, kind))


def usable() -> bool:
    """Whether strace is here and may trace."""
    if shutil.which("strace") is None:
        return False
    return subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True, check=False).returncode == 0


def main() -> int:
    """0 if every fault left the old or the new state."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--limit", type=int, default=200, help="the last occurrence of each call that is tried")
    parser.add_argument("--work", choices=("append", "seal"), action="append")
    options = parser.parse_args()
    if not usable():
        print("strace cannot be used here")
        return 3
    found = []
    for work in options.work or ("append", "seal"):
        with tempfile.TemporaryDirectory() as scratch:
            for told in sweep(work, options.limit, Path(scratch)):
                print(told, flush=True)
                found.append(told)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
