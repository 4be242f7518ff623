"""Files of results: each appears whole or not at all, and never where a link in the repository points.

The repository may be somebody else's. It can hold a link in the place of an output file or folder, and the user's
rights would then write wherever it points.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

from aimsctl.errors import RenderError

_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
_BINARY = getattr(os, "O_BINARY", 0)


def write_atomically(file: Path, content: str | bytes, root: Path) -> None:
    """The file holds the content, on disk; or it holds what it held before, and RenderError says why."""
    try:
        folder = real_folder(file, root)
        folder.mkdir(parents=True, exist_ok=True)
        _replace(
            folder / file.name, content if isinstance(content, bytes) else content.encode("utf-8", "backslashreplace")
        )
    except OSError as error:
        raise RenderError(f"cannot write {file}: {error.strerror or error}") from error


def append(file: Path, text_after: Callable[[int], str]) -> None:
    """Adds the text that is made for the number of bytes which stand there already; the file is never a link."""
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT | _NO_FOLLOW | _BINARY, 0o666)
        with os.fdopen(descriptor, "ab") as stream:
            size = os.fstat(descriptor).st_size
            stream.write(text_after(size).encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise RenderError(f"cannot write {file}: {error.strerror or error}") from error


def real_folder(file: Path, root: Path) -> Path:
    """The real folder of the file; refused if it looks to be inside a folder of the user's and is not."""
    seen = Path(os.path.normpath(Path.cwd() / file.parent))
    real = seen.resolve()
    for boundary in (Path.cwd(), Path(os.path.normpath(Path.cwd() / root))):
        if seen.is_relative_to(boundary) and not real.is_relative_to(boundary.resolve()):
            raise RenderError(
                f"cannot write {file}: a link leads its folder out of {boundary}",
                hint=f"if that is meant, name the folder itself: {real / file.name}",
            )
    return real


def _replace(file: Path, content: bytes) -> None:
    mode = _mode(file)
    draft = file.with_name(f".{file.name[:64]}.{os.urandom(8).hex()}.tmp")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_FOLLOW | _BINARY, mode)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(file)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    sync_folder(file.parent)


def _mode(file: Path) -> int:
    """The rights of the file that is replaced, so that nobody gains any; refused if it is no regular file."""
    try:
        there = file.lstat()
    except FileNotFoundError:
        return 0o666
    if not stat.S_ISREG(there.st_mode):
        what = "a link" if stat.S_ISLNK(there.st_mode) else "not a regular file"
        raise RenderError(f"cannot write {file}: there is already something that is {what}", hint="name another file")
    return stat.S_IMODE(there.st_mode)


def sync_folder(folder: Path) -> None:
    """Makes the new name last; where folders cannot be opened the system does so by itself."""
    directory = getattr(os, "O_DIRECTORY", None)
    if directory is None:
        return
    descriptor = os.open(folder, os.O_RDONLY | directory)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
