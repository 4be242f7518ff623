"""Rows, as CSV with a header or as lines of JSON: a run for each. What a column means is said by the mapping alone."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from aimsctl.evidence.collect.reading import Reading, Run
from aimsctl.evidence.problems import MalformedError
from aimsctl.evidence.strict import parse_object

CELL_LIMIT: Final = 65_536
_ENCODINGS: Final = {"utf-8": "utf-8-sig", "cp1252": "cp1252", "iso-8859-1": "iso-8859-1", "utf-16": "utf-16"}


def read(content: bytes, options: Mapping[str, Any]) -> Reading:
    """The rows in the file. Raises MalformedError if it is neither CSV nor lines of JSON in the encoding named."""
    reading = Reading()
    if content.lstrip()[:1] == b"{":
        _lines(content, reading)
        return reading
    encoding = options.get("encoding", "utf-8")
    try:
        text = content.decode(_ENCODINGS[encoding])
    except (UnicodeError, KeyError) as error:
        raise MalformedError(
            f"it is not text in {encoding}", hint=f"`encoding:` in the mapping takes one of {', '.join(_ENCODINGS)}"
        ) from error
    _rows(text, options.get("delimiter", ","), reading)
    return reading


def _lines(content: bytes, reading: Reading) -> None:
    for number, line in enumerate(content.split(b"\n"), 1):
        if not line.strip():
            continue
        place = f"line {number}"
        try:
            reading.runs.append(Run(place, dict(_flat(parse_object(line, "the line")))))
        except MalformedError as error:
            reading.unread.append(f"{place}: {error.message}")


def _flat(value: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    """Values by their path: `a.b`, `a.0.b`. Truth values as JSON writes them; null is as good as absent."""
    for key, item in value.items():
        path = f"{above}{key}"
        if isinstance(item, list):
            yield from _flat({str(index): one for index, one in enumerate(item)}, f"{path}.")
        elif isinstance(item, dict):
            yield from _flat(item, f"{path}.")
        elif isinstance(item, bool):
            yield path, "true" if item else "false"
        elif item is not None and item != "":
            yield path, str(item)


def _rows(text: str, delimiter: str, reading: Reading) -> None:
    csv.field_size_limit(CELL_LIMIT)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        header = [name.strip() for name in next(rows, [])]
        _refuse_header(header)
        for row in rows:
            place = f"line {rows.line_num}"
            if not any(cell.strip() for cell in row):
                continue
            if len(row) != len(header):
                reading.unread.append(f"{place}: {len(row)} cells under {len(header)} headings")
                continue
            cells = {name: cell.strip() for name, cell in zip(header, row, strict=True) if name and cell.strip()}
            reading.runs.append(Run(place, cells))
    except csv.Error as error:
        raise MalformedError(f"it is not CSV from line {rows.line_num} on: {error}") from error


def _refuse_header(header: list[str]) -> None:
    twice = [name for name, count in Counter(header).items() if count > 1 and name]
    if twice:
        raise MalformedError(f"the heading {twice[0]!r} stands twice, so its cells could mean either")
    if not any(header):
        raise MalformedError("it has no headings")
