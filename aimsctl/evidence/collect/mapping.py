"""The mapping file: which runs of an imported file are runs of which control. What it does not say is not assumed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Final

from aimsctl.errors import AimsError
from aimsctl.evidence.collect.reading import Facts
from aimsctl.evidence.shape import problem
from aimsctl.source import yaml

_OURS: Final = ("id", "sequence", "ledger", "control", "attestedBy", "source")
"""What the import itself says of a receipt; a mapping that could set it could make a copy look like a first hand."""


class MappingRefusedError(AimsError):
    """A mapping file that cannot be used."""

    exit_code = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the mapping: which runs or items, the control, and what its receipts say."""

    match: Mapping[str, Sequence[str]]
    control: str
    ignore: Mapping[str, Sequence[str]]
    receipt: Mapping[str, Any]
    take: Mapping[str, tuple[str, Mapping[str, str] | None]]

    def takes(self, facts: Facts) -> bool:
        """Whether all that must fit does."""
        return fits(self.match, facts)

    def ignores(self, facts: Facts) -> bool:
        """Whether the item does not decide."""
        return bool(self.ignore) and fits(self.ignore, facts)


@dataclass(frozen=True, slots=True)
class ImportMapping:
    """The mapping as it was read."""

    entries: tuple[Entry, ...]
    receipt: Mapping[str, Any]
    options: Mapping[str, Any]


def fits(patterns: Mapping[str, Sequence[str]], facts: Facts) -> bool:
    """Whether each fact named is there and looks like one of its patterns."""
    return all(
        name in facts and any(fnmatchcase(facts[name], one) for one in wanted) for name, wanted in patterns.items()
    )


def read_mapping(path: str, content: bytes) -> ImportMapping:
    """The mapping in a YAML file. Raises MappingRefusedError with the place."""
    document = yaml.read(path, content)
    if document.data is None:
        first = document.problems[0]
        raise MappingRefusedError(f"the mapping cannot be read: {first.message}", span=first.span)
    data = _plain(document.data)
    wrong = problem("mapping", data)
    if wrong:
        raise MappingRefusedError(f"the mapping {path} is not valid: {wrong}")
    entries = tuple(_entry(one) for one in data["runs"])
    for receipt in (data.get("receipt", {}), *(one.receipt for one in entries)):
        _refuse_ours(path, receipt)
    for entry in entries:
        _refuse_ours(path, {field.partition(".")[0]: None for field in entry.take})
    return ImportMapping(entries, data.get("receipt", {}), data)


def _refuse_ours(path: str, receipt: Mapping[str, Any]) -> None:
    found = [name for name in _OURS if name in receipt]
    if found:
        raise MappingRefusedError(f"the mapping {path} is not valid: {found[0]} is set by the import itself")


def _entry(data: Mapping[str, Any]) -> Entry:
    take = {
        field: (one, None) if isinstance(one, str) else (one["from"], one.get("values"))
        for field, one in data.get("take", {}).items()
    }
    return Entry(
        _patterns(data["match"]), data["control"], _patterns(data.get("ignore", {})), data.get("receipt", {}), take
    )


def _patterns(data: Mapping[str, Any]) -> dict[str, Sequence[str]]:
    return {name: [wanted] if isinstance(wanted, str) else wanted for name, wanted in data.items()}


def _plain(value: Any) -> Any:
    """Numbers and truth values as texts in what is compared with texts; below `receipt` they stay what they are."""
    if isinstance(value, dict):
        return {key: item if key == "receipt" else _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else value
