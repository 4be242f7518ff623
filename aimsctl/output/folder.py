"""A folder of results: it appears whole or not at all, and takes the place of nothing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from aimsctl.errors import RenderError, UsageError
from aimsctl.output.atomic import real_folder, sync_folder

_THREADS: Final = 8  # a disk that is asked for several files at once makes them last in one go
_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


def write_folder(folder: Path, files: Mapping[str, bytes], root: Path) -> None:
    """The folder holds exactly these files, on disk. Raises UsageError where something is there already, RenderError
    where it cannot be written; then there is nothing new.
    """
    refuse_taken(folder)
    draft: Path | None = None
    try:
        parent = real_folder(folder, root)
        parent.mkdir(parents=True, exist_ok=True)
        draft = parent / f".{folder.name[:64]}.{os.urandom(8).hex()}.tmp"
        draft.mkdir()
        _fill(draft, files)
        if folder.is_dir():
            folder.rmdir()  # it is empty; a folder is not renamed onto another everywhere
        draft.rename(parent / folder.name)
        draft = None
        sync_folder(parent)
    except OSError as error:
        raise RenderError(f"cannot write {folder}: {error.strerror or error}") from error
    finally:
        if draft is not None:
            shutil.rmtree(draft, ignore_errors=True)


def refuse_taken(folder: Path) -> None:
    """Nothing if the folder is not there yet, or is empty; raises UsageError otherwise."""
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise UsageError(f"{folder} is there already and is no folder", hint="name a new one")
    try:
        taken = folder.exists() and any(folder.iterdir())
    except OSError as error:
        raise RenderError(f"cannot look into {folder}: {error.strerror or error}") from error
    if taken:
        raise UsageError(f"{folder} is not empty", hint="nothing is ever written over; name a new folder")


def _fill(draft: Path, files: Mapping[str, bytes]) -> None:
    folders = {draft / path for name in files for path in Path(name).parents}
    for folder in sorted(folders):
        folder.mkdir(exist_ok=True)
    with ThreadPoolExecutor(_THREADS) as pool:
        for written in [pool.submit(_write, draft / path, content) for path, content in files.items()]:
            written.result()
    for folder in sorted(folders, reverse=True):
        sync_folder(folder)


def _write(file: Path, content: bytes) -> None:
    with os.fdopen(os.open(file, _NEW, 0o666), "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
