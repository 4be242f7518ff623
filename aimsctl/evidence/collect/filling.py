"""The fields of an imported receipt: what the format says, then the mapping for all, then the entry, then the file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from aimsctl.evidence.collect.mapping import Entry, ImportMapping
from aimsctl.evidence.collect.reading import Facts, Item, Run
from aimsctl.evidence.problems import MalformedError
from aimsctl.evidence.receipts import expanded
from aimsctl.evidence.statement import time_text

_MOMENT: Final = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))?\s?(Z|[+-]\d\d:?\d\d)?", re.ASCII)
_NUMBER: Final = re.compile(r"[+-]?\d{1,15}(?:\.\d{1,15})?(?:[eE][+-]?\d{1,2})?", re.ASCII)
_NUMBERS: Final = ("counts", "scores", "sampling", "sequence")
_SECONDS: Final = re.compile(r"\d{1,9}(?:\.\d{1,9})?", re.ASCII)


def filled(
    run: Run, entry: Entry, mapping: ImportMapping, items: Sequence[Item], finished: str | None
) -> dict[str, Any]:
    """The fields but those that say where the receipt comes from. Raises MalformedError for what is not understood."""
    given = {**deepcopy(dict(mapping.receipt)), **deepcopy(dict(entry.receipt))}
    fields = expanded({**{name: run.fields[name] for name in run.fields if name != "seconds"}, **numbered(given)})
    facts = {**run.facts, **(items[0].facts if len(items) == 1 else {})}
    for field, (fact, values) in entry.take.items():
        text = _taken(field, fact, values, facts)
        if text is not None:
            _assign(fields, field, text)
    for name in ("model", "aiSystem", "target"):
        if isinstance(fields.get(name), str):
            fields = expanded(fields)
    _times(fields, str(run.fields.get("seconds", "0")), mapping.options.get("timezone"), finished)
    return fields


def _taken(field: str, fact: str, values: Mapping[str, str] | None, facts: Facts) -> str | None:
    """What the file says for the field; nothing if it is silent. Raises MalformedError for a text without meaning."""
    text = facts.get(fact)
    if text is None or values is None:
        return text
    if text not in values:
        raise MalformedError(f"the mapping does not say what {field} is where {fact} is {text[:80]!r}")
    return values[text]


def _assign(fields: dict[str, Any], path: str, text: str) -> None:
    """Sets the field at the path; `scores.NAME` is the value of the score of that name."""
    top, _, rest = path.partition(".")
    if top == "scores" and rest:
        fields.setdefault("scores", []).append({"name": rest, "value": number(path, text)})
        return
    value: Any = number(path, text) if top in _NUMBERS and rest != "method" else text
    if not rest:
        fields[top] = value
        return
    holder = fields.setdefault(top, {})
    if isinstance(holder, str):
        holder = fields[top] = expanded({top: holder})[top]
    inner, _, last = rest.partition(".")
    if last:
        holder = holder.setdefault(inner, {})
        inner = last
    holder[inner] = value


def number(what: str, text: str) -> int | float:
    """The number in the text. Raises MalformedError, for 1,5 and 1'000 are numbers for some readers only."""
    if not _NUMBER.fullmatch(text):
        raise MalformedError(f"{what} is no plain number: {text[:40]!r}")
    return int(text) if text.lstrip("+-").isdigit() else float(text)


def numbered(value: Any, *, inside: bool = False) -> Any:
    """YAML is read with decimals as texts; below the fields that hold numbers they become numbers."""
    if isinstance(value, dict):
        return {
            key: item if key in {"name", "comparator", "method"} else numbered(item, inside=inside or key in _NUMBERS)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [numbered(item, inside=inside) for item in value]
    return number("it", value) if inside and isinstance(value, str) and _NUMBER.fullmatch(value) else value


def _times(fields: dict[str, Any], seconds: str, zone: str | None, fallback: str | None) -> None:
    for name in ("startedOn", "finishedOn"):
        if name in fields:
            fields[name] = time_text(moment(fields[name], zone))
    if "finishedOn" not in fields:
        if "startedOn" in fields:
            took = timedelta(seconds=float(seconds) if _SECONDS.fullmatch(seconds) else 0)
            try:
                fields["finishedOn"] = time_text(moment(fields["startedOn"], None) + took)
            except OverflowError as error:
                raise MalformedError("it ended after the last year there is") from error
        elif fallback is not None:
            fields["finishedOn"] = fallback
        else:
            raise MalformedError("it does not say when it ran; --finished-on can, or `finishedOn` in the mapping")
    fields.setdefault("startedOn", fields["finishedOn"])


def moment(text: object, zone: str | None) -> datetime:
    """The moment a text means, by its own time zone or else the one given. Raises MalformedError if neither says it."""
    found = _MOMENT.fullmatch(text.strip()) if isinstance(text, str) else None
    if found is None:
        raise MalformedError(f"{str(text)[:40]!r} is no time that is understood; RFC 3339 is")
    offset = found[4] or zone
    if offset is None:
        raise MalformedError(f"{found[0]!r} names no time zone; `timezone:` in the mapping can")
    try:
        local = datetime.fromisoformat(f"{found[1]}T{found[2]}.{(found[3] or '0').ljust(6, '0')[:6]}{offset}")
        return local.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise MalformedError(f"{found[0]!r} is no time there is") from error
