"""Histories of any length over the generated workspaces, written by `git fast-import`: the same objects every time."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from benchmarks.workspaces import CONFIG, FOUNDATION, PER_FOLDER, artefacts

LAST = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
YEARS = 2
CHANGED = 3
"""Artefacts that a commit changes, one after the other through the whole workspace."""
ENVIRONMENT = {**os.environ, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}


def write_history(root: Path, count: int, commits: int) -> None:
    """Writes a repository whose main line has so many commits over two years, the first with all `count` artefacts."""
    root.mkdir(parents=True)
    git(root, "init", "--quiet", "--initial-branch=main")
    importing = ["git", "fast-import", "--quiet"]
    with subprocess.Popen(importing, cwd=root, env=ENVIRONMENT, stdin=subprocess.PIPE) as process:
        for part in _stream(count, commits):
            process.stdin.write(part)  # type: ignore[union-attr] # it is a pipe, as asked for
    git(root, "reset", "--quiet", "--hard", "main")


def git(root: Path, *arguments: str) -> None:
    """Runs git without the user's configuration."""
    subprocess.run(["git", *arguments], cwd=root, env=ENVIRONMENT, check=True, stdout=subprocess.DEVNULL)


def _stream(count: int, commits: int) -> Iterator[bytes]:
    files = {
        f"policies/{number // PER_FOLDER:04}/{identifier}.yaml": text
        for number, (_, identifier, text) in enumerate(artefacts(count))
    }
    paths = list(files)
    first = {"aimsctl.yaml": CONFIG, **{f"policies/{name}.yaml": text for name, text in FOUNDATION.items()}, **files}
    begin, step = LAST - dt.timedelta(days=365 * YEARS), dt.timedelta(days=365 * YEARS) / max(commits, 1)
    for position in range(commits):
        changed = first if not position else {}
        for number in range(position * CHANGED, (position + 1) * CHANGED) if position else ():
            path = paths[number % count]
            changed[path] = files[path].replace("\nowner:", f", revision {number // count + 1}\nowner:", 1)
        yield from _commit(position, int((begin + step * position).timestamp()), changed)


def _commit(position: int, seconds: int, files: dict[str, str]) -> Iterator[bytes]:
    said = f"Change {position}".encode()
    yield b"commit refs/heads/main\ncommitter Bench <bench@example.org> %d +0000\n" % seconds
    yield b"data %d\n%s\n" % (len(said), said)
    for path, text in files.items():
        content = text.encode()
        yield b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(content), content)
