"""The Recorder: what an application holds to leave a receipt each time one of its controls runs.

    recorder = Recorder(ledger="evidence/ledger", key="guardrail.pem", system="AI-VISIT-NOTES",
                        executor={"type": "guardrail", "id": "https://notes.example/grounding", "name": "grounding"})

    with recorder.running("CTL-08", target=f"output:{draft.id}") as run:
        ...

Unless it is told to be strict, nothing that goes wrong with a receipt reaches the application: it is logged under
`aimsctl.evidence` and counted in `lost`, and the hole in the sequence numbers shows it to whoever reads the ledger.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeAlias

from aimsctl.evidence.execution import Arguments, Execution, Returned, controlled
from aimsctl.evidence.keys import PrivateKey
from aimsctl.evidence.outbox import LOG, Outbox, Sink
from aimsctl.evidence.receipts import Clock, ControlSource, Notary, signing_key, unlooked, utc_now
from aimsctl.evidence.statement import new_id

ControlsFrom: TypeAlias = str | Path | Mapping[str, Mapping[str, Any]]


class Recorder:
    """Leaves receipts in a ledger. One for a process; threads share it, and a forked child goes on with its own run.

    `fields` are those that all its receipts have in common, named as in the receipt.
    """

    def __init__(  # noqa: PLR0913 - all but one by name
        self,
        ledger: str | Path | Sink,
        *,
        system: str | Mapping[str, Any],
        executor: Mapping[str, Any],
        key: str | Path | PrivateKey | None = None,
        controls: ControlsFrom | None = None,
        secret: bytes | None = None,
        strict: bool = False,
        interval: float = 0.2,
        batch: int = 1000,
        most: int = 10_000,
        clock: Clock = utc_now,
        noise: Callable[[int], bytes] = os.urandom,
        **fields: Any,
    ) -> None:
        self.clock = clock
        self.recorded = 0
        self._fields = {"aiSystem": system, "executor": dict(executor), **fields}
        self._ledger, self._key, self._controls, self._secret, self._noise = ledger, key, controls, secret, noise
        self._strict = strict
        self._outbox = Outbox(self, interval=interval, batch=batch, most=most, reborn=self._begin)
        self._begin()
        if strict:
            self._ready()

    def _begin(self) -> None:
        """A run of its own: in a new process nothing is shared with the one it came from but what was configured."""
        self._lock = threading.Lock()
        self._sequence = 0
        self._sink: Sink | None = None
        self._notary: Notary | None = None

    def record(
        self,
        control: str,
        *,
        target: str | Mapping[str, Any] | None = None,
        result: str = "passed",
        content: bytes | str | None = None,
        **fields: Any,
    ) -> str | None:
        """Leaves one receipt and returns its id; None if that failed and the recorder is not strict.

        `target` is `KIND:ID` with one of the kinds input, output, modelVersion, dataset, change and period. The content
        is hashed, under the secret where it can be guessed, and not kept. A strict recorder has written when it
        returns, and raises AimsError when it could not.
        """
        given = {**fields, "control": control, "target": target, "result": result}
        data = content.encode() if isinstance(content, str) else content
        try:
            with self._lock:
                notary = self._ready()
                given["sequence"] = self._sequence + 1
                predicate = notary.predicate(given)
                envelope = notary.envelope(predicate, data)
                self._sequence += 1
                taken = not self._strict and self._outbox.put(envelope)
                self.recorded += taken
            if self._strict:
                self._outbox.now(envelope)
                with self._lock:
                    self.recorded += 1
        except Exception as error:
            if self._strict:
                raise
            self._outbox.lose(f"{type(error).__name__}: {error}")
            return None
        return str(predicate["id"]) if taken or self._strict else None

    def running(self, control: str, **fields: Any) -> Execution:
        """A run of the control as a `with` block; it is recorded when the block ends."""
        return Execution(self, control, fields)

    def controlled(
        self,
        control: str,
        *,
        target: str | Callable[..., str],
        outcome: Callable[[Any], Mapping[str, Any]] | None = None,
        **fields: Any,
    ) -> Callable[[Callable[Arguments, Returned]], Callable[Arguments, Returned]]:
        """A decorator: each call is a run of the control.

        `target` is given the call's arguments, `outcome` what it returned, to tell the fields that follow from it.
        """
        return controlled(self, control, target, outcome, fields)

    @property
    def lost(self) -> int:
        """How many receipts of this process will never be in the ledger."""
        return self._outbox.lost

    def flush(self) -> None:
        """Writes what waits. If that fails, a strict recorder raises AimsError; another logs it and tries again."""
        try:
            self._outbox.send()
        except Exception as error:
            if self._strict:
                raise
            LOG.warning("receipts wait: %s: %s", type(error).__name__, error)

    def close(self) -> None:
        """Writes what waits and stops; it is done by itself when the process ends."""
        self._outbox.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """What fails inside leaves a receipt incomplete and is not the caller's failure, unless strict."""
        try:
            yield
        except Exception as error:
            if self._strict:
                raise
            LOG.error("a receipt lacks something: %s: %s", type(error).__name__, error)

    def append(self, envelopes: Sequence[bytes]) -> None:
        """For the outbox: to the ledger, opened when it is first needed."""
        if self._sink is None:
            self._sink = _opened(self._ledger)
        self._sink.append(envelopes)

    def _ready(self) -> Notary:
        if self._notary is None:
            self._sink = self._sink or _opened(self._ledger)
            fields = dict(self._fields)
            origin = getattr(self._sink, "origin", None)
            if origin is not None:
                fields["ledger"] = origin
            run = {"run": new_id(self.clock(), self._noise), **fields["executor"]}
            fields["executor"] = run
            self._notary = Notary(
                [signing_key(self._key)],
                control_source(self._controls),
                defaults=fields,
                secret=self._secret,
                clock=self.clock,
                noise=self._noise,
            )
        return self._notary


def _opened(ledger: str | Path | Sink) -> Sink:
    if not isinstance(ledger, str | Path):
        return ledger
    from aimsctl.evidence.ledger import Ledger  # noqa: PLC0415 - not needed where receipts go elsewhere

    return Ledger.open(Path(ledger))


def control_source(controls: ControlsFrom | None) -> ControlSource:
    """Where the text of a control comes from: a workspace's folder, references by id, or nowhere but its id."""
    if controls is None:
        return unlooked
    if isinstance(controls, Mapping):
        return lambda identifier: {"id": identifier, **controls.get(identifier, {})}
    from aimsctl.evidence.controls import Controls  # noqa: PLC0415 - reads YAML, which not every application needs

    return Controls.of(Path(controls))
