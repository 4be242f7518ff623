"""Receipts from lines of JSON: what has arrived is signed and kept at once, so a quick sender makes large batches.

A line that cannot become a receipt is named by its number and reason; the others are recorded all the same.
"""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Iterator
from types import FrameType
from typing import TYPE_CHECKING, Any, Final, TextIO

from aimsctl.errors import AimsError, UsageError
from aimsctl.output.clean import one_line

if TYPE_CHECKING:
    from aimsctl.cli.recording import Desk

STDIN: Final = 0
LINE_LIMIT: Final = 65_536
_CHUNK: Final = 1 << 20
_PAUSE: Final = 0.2  # seconds until a request to stop is seen while nothing arrives


def record_lines(desk: Desk, errors: TextIO, descriptor: int = STDIN) -> tuple[int, int]:
    """How many lines were recorded and how many refused. Raises AimsError if the ledger takes no more.

    Asked to stop, it still records what it has read.
    """
    recorded = refused = 0
    for batch in _batches(descriptor):
        envelopes = []
        for number, line in batch:
            try:
                predicate = desk.notary.predicate(_object(line))
                envelope = desk.notary.envelope(predicate)
                desk.refuse(predicate)
                envelopes.append(envelope)
            except AimsError as error:
                refused += 1
                errors.write(one_line(f"line {number}: {error.message}") + "\n")
        if envelopes:
            try:
                desk.ledger.append(envelopes)
            except AimsError as error:
                error.hint = f"nothing from line {batch[0][0]} on is recorded; {recorded} lines before it are"
                raise
            recorded += len(envelopes)
    return recorded, refused


def _object(line: bytes) -> dict[str, Any]:
    from aimsctl.evidence.problems import MalformedError  # noqa: PLC0415 - the desk has loaded both
    from aimsctl.evidence.strict import parse_object  # noqa: PLC0415 - the same

    if len(line) > LINE_LIMIT:
        raise MalformedError(f"it has more than {LINE_LIMIT} bytes")
    return parse_object(line, "it")


def _batches(descriptor: int) -> Iterator[list[tuple[int, bytes]]]:
    """The lines that have arrived, with their numbers; of one that is too long only its beginning is kept."""
    number, rest = 0, b""
    for chunk in _chunks(descriptor):
        *lines, rest = (rest + chunk).split(b"\n")
        rest = rest[: LINE_LIMIT + 1]
        batch = [(number + at, line) for at, line in enumerate(lines, 1) if line.strip()]
        number += len(lines)
        if batch:
            yield batch
    if rest.strip():
        yield [(number + 1, rest)]


def _chunks(descriptor: int) -> Iterator[bytes]:
    """What arrives, until the sender ends or somebody asks us to stop, which ends the process afterwards."""
    asked: list[int] = []

    def stop(number: int, _: FrameType | None) -> None:
        asked.append(number)

    before: dict[int, Any] = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        while not asked:
            try:
                if os.name == "posix" and not select.select([descriptor], [], [], _PAUSE)[0]:
                    continue
                chunk = os.read(descriptor, _CHUNK)
            except OSError as error:
                raise UsageError(f"standard input cannot be read: {error.strerror}") from error
            if not chunk:
                return
            yield chunk
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    signal.raise_signal(asked[0])
