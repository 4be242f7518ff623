"""Floor 1: OpenPGP signatures on commits, checked on request by gpgv against one keyring that the verifier names.

gpgv reads no configuration, asks no agent and fetches no key. It is taken from a fixed place, never from a setting or
from PATH, and runs in an empty folder with an environment of its own.
"""

from __future__ import annotations

import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aimsctl.errors import UsageError

PROGRAMS: Final = ("/usr/bin/gpgv", "/usr/local/bin/gpgv", "/opt/homebrew/bin/gpgv")
_SECONDS: Final = 30
_LARGEST: Final = 100_000  # bytes of a signature
_STATUS: Final = "[GNUPG:] "
_BAD: Final = ("BADSIG", "ERRSIG", "EXPSIG", "EXPKEYSIG", "REVKEYSIG", "FAILURE")


@dataclass(frozen=True, slots=True)
class Keyring:
    """A file of public keys in the binary form of `gpg --export`."""

    path: Path
    program: str

    @classmethod
    def at(cls, path: Path) -> Keyring:
        """The keyring in that file. Raises UsageError where it cannot be read or gpgv is not in its place."""
        program = next((one for one in PROGRAMS if Path(one).is_file()), None)
        if program is None:
            raise UsageError("OpenPGP signatures are checked by gpgv", hint=f"install it as {PROGRAMS[0]}")
        try:
            with path.open("rb") as file:
                file.read(1)
        except OSError as error:
            raise UsageError(f"{path} cannot be read: {error.strerror}") from error
        return cls(path.resolve(), program)

    def signer(self, signature: bytes, signed: bytes) -> str:
        """The fingerprint of the primary key that signed these bytes; empty where no good signature shows it."""
        if len(signature) > _LARGEST:
            return ""
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "signature").write_bytes(signature)
            (folder / "signed").write_bytes(signed)
            command = [self.program, "--status-fd", "1", "--homedir", name, "--keyring", str(self.path)]
            try:
                done = subprocess.run(
                    [*command, "signature", "signed"],
                    cwd=folder,
                    env={"HOME": name, "LC_ALL": "C", "PATH": ""},
                    stdin=subprocess.DEVNULL,
                    capture_output=True,
                    timeout=_SECONDS,
                    check=False,
                )
            except (OSError, subprocess.TimeoutExpired):
                return ""
        return _fingerprint(done.stdout.decode("utf-8", "replace")) if done.returncode == 0 else ""


def _fingerprint(status: str) -> str:
    """What gpgv says of exactly one good signature: the last word of VALIDSIG is the primary key."""
    told = [line.removeprefix(_STATUS).split() for line in status.splitlines() if line.startswith(_STATUS)]
    valid = [words for words in told if words and words[0] == "VALIDSIG"]
    bad = [words for words in told if words and words[0] in _BAD]
    return valid[0][-1].upper() if len(valid) == 1 and not bad else ""
