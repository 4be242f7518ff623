"""How a rule is written: a `Rule` with its page, and a generator over the workspace registered under it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

from aimsctl.diagnostics import Diagnostic
from aimsctl.workspace.hints import address

if TYPE_CHECKING:
    from datetime import date

    from aimsctl.diagnostics import Related, Rule
    from aimsctl.source.yaml import Pointer
    from aimsctl.workspace.artefacts import Artefact
    from aimsctl.workspace.workspace import Workspace

Check = Callable[["Workspace", "date"], Iterator["Diagnostic"]]
Row = Mapping[str, object]

REGISTERED: Final[dict[str, tuple[Rule, Check]]] = {}


def rule(described: Rule) -> Callable[[Check], Check]:
    """Register the generator as the check behind a rule; it yields findings of that rule alone.

    It looks at valid artefacts only: what missed its schema is told there, and not told again.
    """

    def register(check: Check) -> Check:
        REGISTERED[described.code] = (described, check)
        return check

    return register


def found(  # noqa: PLR0913 - a finding is exactly these things
    described: Rule, artefact: Artefact, at: Pointer, said: str, hint: str = "", *, related: tuple[Related, ...] = ()
) -> Diagnostic:
    """The finding at a field of an artefact, recognised again by the artefact's id and the field when lines move."""
    subject = f"{artefact.id}:{address(artefact.data, at)}"
    return Diagnostic(described, artefact.span(at), said, hint or described.fix, related=related, subject=subject)


def listed(value: object) -> list[object]:
    """The value if it is a list, else an empty list."""
    return value if isinstance(value, list) else []


def rows(artefact: Artefact, name: str) -> Iterator[tuple[Pointer, Row]]:
    """The rows of a list field with where they stand; for no name, the artefact itself as the one row."""
    if not name:
        yield (), artefact.data
        return
    for index, row in enumerate(listed(artefact.data.get(name))):
        if isinstance(row, Mapping):
            yield (name, index), row


def values(value: object, names: tuple[str, ...], at: Pointer = ()) -> Iterator[tuple[Pointer, str]]:
    """The texts at a path of field names, through the rows of lists on the way, with where they stand."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from values(item, names, (*at, index))
    elif not names:
        if isinstance(value, str):
            yield at, value
    elif isinstance(value, Mapping) and names[0] in value:
        yield from values(value[names[0]], names[1:], (*at, names[0]))
