"""Packages of Office files (ISO/IEC 29500-2) with the same bytes whenever they are written."""

from __future__ import annotations

import io
import zipfile
from typing import Final

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can say
_FIRST: Final = "[Content_Types].xml"
_RIGHTS: Final = 0o644 << 16


def normalised(package: bytes) -> bytes:
    """The package with its parts in the order of their names and no time of day in it."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(source.namelist(), key=lambda name: (name != _FIRST, name)):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, _RIGHTS, 3
            archive.writestr(entry, source.read(name))
    return target.getvalue()
