"""Keys, allowed signers and signed commits, made with the real ssh-keygen and the real git."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Key:
    """A private key on disk; the public one lies beside it."""

    path: Path

    @property
    def public(self) -> str:
        kind, key, *_ = self.path.with_suffix(".pub").read_text(encoding="ascii").split()
        return f"{kind} {key}"

    @property
    def fingerprint(self) -> str:
        told = subprocess.run(["ssh-keygen", "-lf", self.path], check=True, capture_output=True, text=True).stdout
        return told.split()[1]

    def line(self, principals: str, options: str = "") -> str:
        return " ".join(filter(None, (principals, options, self.public))) + "\n"


def new_key(folder: Path, name: str, kind: str = "ed25519", bits: int = 0) -> Key:
    path = folder / name
    size = ["-b", str(bits)] if bits else []
    command = ["ssh-keygen", "-q", "-t", kind, *size, "-N", "", "-C", "test key, do not trust", "-f", path]
    subprocess.run(command, check=True, capture_output=True)
    return Key(path)


def git(
    folder: Path,
    *arguments: str,
    author: str = "Somebody",
    day: str = "2026-01-01",
    key: Key | None = None,
    env: Mapping[str, str] | None = None,
) -> str:
    """Runs git as that author on that day; with a key, what it commits is signed."""
    signing = ("-c", "gpg.format=ssh", "-c", f"user.signingKey={key.path}", "-c", "commit.gpgSign=true") if key else ()
    person = {"NAME": author, "EMAIL": f"{author.replace(' ', '.').lower()}@example.org", "DATE": f"{day}T12:00:00Z"}
    named = {f"GIT_{role}_{name}": value for role in ("AUTHOR", "COMMITTER") for name, value in person.items()}
    command = ["git", "-c", "init.defaultBranch=main", "-c", "commit.gpgSign=false", *signing, *arguments]
    done = subprocess.run(
        command,
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, **named, "HOME": str(folder), **(env or {})},
    )
    return done.stdout.strip()


def commit(
    folder: Path, message: str, *, author: str = "Somebody", day: str = "2026-01-01", key: Key | None = None
) -> str:
    """Commits everything; the id of the commit."""
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", message, author=author, day=day, key=key)
    return git(folder, "rev-parse", "HEAD")
