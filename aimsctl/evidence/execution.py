"""One run of a control while it happens: a context manager, and the decorator that makes one of each call."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Awaitable, Callable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, ParamSpec, Self, TypeVar, cast

from aimsctl.evidence.statement import digest_of

if TYPE_CHECKING:
    from aimsctl.evidence.recorder import Recorder

Arguments = ParamSpec("Arguments")
Returned = TypeVar("Returned")


class Execution:
    """A run that is recorded when its block ends: `passed` unless the block says otherwise, `error` if it raises.

    What the block raises goes on its way, whatever becomes of the receipt.
    """

    def __init__(self, recorder: Recorder, control: str, fields: dict[str, Any]) -> None:
        self.receipt_id: str | None = None
        self._recorder = recorder
        self._control = control
        self._fields = fields
        self._content: bytes | str | None = None

    def set(self, **fields: Any) -> None:
        """Fields of the receipt, named as in its schema: `result`, `verdict`, `action`, `target`, `review`, ..."""
        self._fields.update(fields)

    def content(self, content: bytes | str) -> None:
        """What the control looked at. Its digest is recorded, under the recorder's secret where it can be guessed."""
        self._content = content

    def score(self, name: str, value: float, comparator: str | None = None, threshold: float | None = None) -> None:
        """A number the control came to, and what it was held against."""
        row: dict[str, Any] = {"name": name, "value": _number(value)}
        if comparator is not None and threshold is not None:
            row |= {"comparator": comparator, "threshold": _number(threshold)}
        self._fields.setdefault("scores", []).append(row)

    def evidence(self, name: str, content: bytes, media_type: str | None = None) -> None:
        """A file that stays where it is; the receipt holds its SHA-256, so it can be told later whether it changed."""
        row: dict[str, Any] = {"name": name, "digest": digest_of(content)}
        if media_type is not None:
            row["mediaType"] = media_type
        self._fields.setdefault("evidence", []).append(row)

    def __enter__(self) -> Self:
        self._fields.setdefault("startedOn", self._recorder.clock())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self._fields["result"] = "error"
        self.receipt_id = self._recorder.record(self._control, content=self._content, **self._fields)


def _number(value: float) -> float:
    """A plain number; those of numerical libraries look like one and are not."""
    return value if type(value) is int else float(value)


def controlled(
    recorder: Recorder,
    control: str,
    target: str | Callable[..., str],
    outcome: Callable[[Any], Mapping[str, Any]] | None,
    fields: Mapping[str, Any],
) -> Callable[[Callable[Arguments, Returned]], Callable[Arguments, Returned]]:
    """The decorator of `Recorder.controlled`, for functions and for coroutine functions."""

    def running(arguments: tuple[Any, ...], named: dict[str, Any]) -> Execution:
        run = recorder.running(control, **fields)
        with recorder.guarded():
            run.set(target=target if isinstance(target, str) else target(*arguments, **named))
        return run

    def judge(run: Execution, returned: Any) -> None:
        if outcome is not None:
            run.set(result="error")  # and so it stays if the outcome cannot be told: unknown is never a pass
            with recorder.guarded():
                run.set(**{"result": "passed", **outcome(returned)})

    def decorate(function: Callable[Arguments, Returned]) -> Callable[Arguments, Returned]:
        @functools.wraps(function)
        async def later(*arguments: Arguments.args, **named: Arguments.kwargs) -> Any:
            with running(arguments, named) as run:
                returned = await cast("Awaitable[Any]", function(*arguments, **named))
                judge(run, returned)
            return returned

        @functools.wraps(function)
        def at_once(*arguments: Arguments.args, **named: Arguments.kwargs) -> Returned:
            with running(arguments, named) as run:
                returned = function(*arguments, **named)
                judge(run, returned)
            return returned

        return cast("Callable[Arguments, Returned]", later) if inspect.iscoroutinefunction(function) else at_once

    return decorate
