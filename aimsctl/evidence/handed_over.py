"""Whether a bundle of several ledgers holds: every ledger's part, the files as the manifest lists them, and the two
together. A part that is not listed, or one ledger handed on in two versions, is no bundle of ours.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from aimsctl.errors import AimsError
from aimsctl.evidence import tiles
from aimsctl.evidence.bundle import MANIFEST, MANIFEST_LIMIT, Given, changed, verify_bundle
from aimsctl.evidence.manifest import LEDGERS
from aimsctl.evidence.notes import NOTE_LIMIT
from aimsctl.evidence.problems import Fault, MalformedError, Problem, problem_of
from aimsctl.evidence.report import Counted, Report
from aimsctl.evidence.seal import CHECKPOINT
from aimsctl.evidence.strict import parse_object
from aimsctl.evidence.verify import read_anchor

_PARTS_LIMIT: Final = 1000


@dataclass(slots=True)
class HandedOver:
    """The outcome: a report for each part by its path, and what is wrong with the bundle around them."""

    parts: dict[str, Report] = field(default_factory=dict)
    around: Counted = field(default_factory=Counted)

    @property
    def code(self) -> int:
        """The exit code: the worst of all, and malformed where there is no part."""
        codes = [part.code for part in self.parts.values()] or [Fault.MALFORMED]
        return min((code for code in (*codes, *self.around.counts) if code), default=0)

    def to_dict(self) -> dict[str, Any]:
        """The outcome as data for JSON; see schemas/output/evidence-verify.schema.json."""
        return {
            "schema": 1,
            "kind": "ledgers",
            "exit_code": int(self.code),
            "problems": [one.to_dict() for one in self.around.problems],
            "ledgers": [{"path": path, "report": report.to_dict()} for path, report in self.parts.items()],
        }


def is_handed_over(folder: Path) -> bool:
    """Whether the folder is laid out as a bundle of ledgers."""
    return (folder / LEDGERS).is_dir() and not (folder / CHECKPOINT).exists()


def verify_handed_over(folder: Path, given: Given) -> HandedOver:
    """Everything about the bundle. Never raises on what it holds."""
    found = HandedOver()
    try:
        for path in _parts(folder):
            found.parts[path] = verify_bundle(folder / path, _for(folder / path, given))
        found.around.add_all(_twice(found.parts))
        found.around.add_all(changed(folder))
        manifest = parse_object(tiles.read_file(folder, MANIFEST, MANIFEST_LIMIT), MANIFEST)
        found.around.add_all(_unlisted(folder, manifest))
        found.around.add_all(_differing(manifest, found.parts))
    except AimsError as error:
        found.around.add(problem_of(error, MANIFEST))
    except OSError as error:
        found.around.add(Problem(Fault.MALFORMED, LEDGERS, f"it cannot be read: {error.strerror}"))
    return found


def _parts(folder: Path) -> list[str]:
    with os.scandir(folder / LEDGERS) as entries:
        found = sorted((one.name, one.is_dir(follow_symlinks=False)) for one in entries if not one.name.startswith("."))
    if len(found) > _PARTS_LIMIT:
        raise MalformedError(f"it holds more than {_PARTS_LIMIT} ledgers")
    for name, real in found:
        if not real:
            raise MalformedError(f"{LEDGERS}/{name} is no folder")
    return [f"{LEDGERS}/{name}" for name, _ in found]


def _for(part: Path, given: Given) -> Given:
    """What the part is verified with: a log's key that was given is that of one log only."""
    if given.log is None:
        return given
    try:
        origin = read_anchor(tiles.read_file(part, CHECKPOINT, NOTE_LIMIT), CHECKPOINT).checkpoint.origin
    except AimsError:
        return given
    return given if origin == given.log.name else replace(given, log=None)


def _twice(parts: Mapping[str, Report]) -> Iterator[Problem]:
    known: dict[str, str] = {}
    for path, report in parts.items():
        first = known.setdefault(report.origin, path)
        if first != path:
            yield Problem(Fault.MALFORMED, path, f"it is the same ledger as {first}, {report.origin}")


def _unlisted(folder: Path, manifest: Mapping[str, Any]) -> Iterator[Problem]:
    """The files that the manifest does not know; hidden ones, which desktops leave behind, are passed over."""
    listed = manifest.get("files")
    known = {MANIFEST, *(listed if isinstance(listed, dict) else ())}
    for here, folders, files in os.walk(folder):
        folders.sort()
        for name in folders:
            if (Path(here) / name).is_symlink():
                path = (Path(here) / name).relative_to(folder).as_posix()
                yield Problem(Fault.MALFORMED, path, "it is a link; a bundle has none")
        for name in sorted(files):
            path = (Path(here) / name).relative_to(folder).as_posix()
            if path not in known and not name.startswith("."):
                yield Problem(Fault.MALFORMED, path, "the manifest does not list it; it was added after the export")


def _differing(manifest: Mapping[str, Any], parts: Mapping[str, Report]) -> Iterator[Problem]:
    """Where the manifest says something else of a ledger than was found."""
    rows = manifest.get("ledgers")
    said = {str(row.get("path")): row for row in rows if isinstance(row, dict)} if isinstance(rows, list) else {}
    for path in sorted({*said, *parts}):
        report, row = parts.get(path), said.get(path)
        if report is None or row is None:
            where = "the bundle lacks it" if report is None else "the manifest does not know this ledger"
            yield Problem(Fault.MALFORMED, path, where)
            continue
        if report.checkpoint is None:
            continue
        checkpoint = report.checkpoint
        found = (checkpoint.origin, checkpoint.size, base64.b64encode(checkpoint.root).decode(), report.entries)
        if found != tuple(row.get(name) for name in ("origin", "size", "root", "receipts")):
            yield Problem(Fault.MALFORMED, path, "the manifest describes another ledger than is there")
