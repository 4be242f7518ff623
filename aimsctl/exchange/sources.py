"""Files that people bring, as sheets of cells: workbooks, CSV in whatever encoding, and tables of Markdown."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from aimsctl.errors import MissingExtraError, UsageError
from aimsctl.exchange.cells import plain
from aimsctl.exchange.package import LARGEST_FILE, MOST_ROWS, Package, Place, checked

Read = str | int | float | bool | None
_BOMS: Final = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_SEPARATORS: Final = (",", ";", "\t", "|")
_RULE: Final = re.compile(r"\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*")
_BAR: Final = re.compile(r"(?<!\\)\|")
_MARKUP: Final = re.compile(
    r"\*\*|__|`|</?(?:a|b|br|code|em|i|span|strong|sub|sup)\b[^<>]*>|!?\[([^\]]*)\]\([^)]*\)", re.IGNORECASE
)


_PANIC: Final = "PanicException"  # how a defect of a library in Rust arrives; it is no Exception


@dataclass(slots=True)
class Sheet:
    """The cells of one sheet, row by row; rows and columns count from 0.

    `cached` are cells whose value a formula gave when somebody last saved, `unknown` those whose formula has no value.
    `unseen` are the rows and the columns that somebody has hidden.
    `numbers` are the numbers of the rows in the file, from 1, where they are not simply one after another.
    """

    name: str
    rows: list[list[Read]]
    cached: frozenset[Place] = frozenset()
    unknown: frozenset[Place] = frozenset()
    merged: tuple[tuple[Place, Place], ...] = ()
    hidden: bool = False
    unseen: tuple[frozenset[int], frozenset[int]] = (frozenset(), frozenset())
    numbers: list[int] = field(default_factory=list)

    def number(self, row: int) -> int:
        """The number of the row, as the file counts."""
        return self.numbers[row] if self.numbers else row + 1

    def address(self, row: int, column: int) -> str:
        """The cell's name, such as C12."""
        return f"{letters(column)}{self.number(row)}"


@dataclass(frozen=True, slots=True)
class Source:
    """A file as it was read: how, and what was not."""

    name: str
    form: str
    sheets: tuple[Sheet, ...]
    notes: tuple[str, ...]


@cache
def letters(column: int) -> str:
    """The name of a column from 0: A, B, ..., AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def read(name: str, content: bytes, encoding: str = "") -> Source:
    """The sheets of a file, by what its name ends with. Raises UsageError for a file that cannot be read safely."""
    if len(content) > LARGEST_FILE:
        raise UsageError(f"{name} is larger than {LARGEST_FILE // 1_000_000} MB", hint="split it")
    ending = name.rpartition(".")[2].casefold()
    if ending in ("xlsx", "xlsm", "xltx", "xltm", "xlsb", "xls"):
        return _workbook(name, content)
    if ending in ("md", "markdown"):
        text, said = _decoded(name, content, encoding)
        return Source(name, "markdown", tuple(_markdown(text)), (said,))
    if ending in ("csv", "tsv", "txt"):
        text, said = _decoded(name, content, encoding)
        return _csv(name, text, said)
    raise UsageError(f"{name} is of no kind that can be read", hint="bring it as .xlsx, .csv or .md")


def _workbook(name: str, content: bytes) -> Source:
    package = checked(content, name)
    try:
        import python_calamine  # noqa: PLC0415 - only who brings a workbook needs it
    except ImportError as error:
        raise MissingExtraError("reading XLSX", "xlsx") from error
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(package.content))
        sheets = [
            _sheet(book, each, package)
            for each in book.sheets_metadata
            if each.typ == python_calamine.SheetTypeEnum.WorkSheet
        ]
    except BaseException as error:
        if isinstance(error, python_calamine.CalamineError | ValueError) or type(error).__name__ == _PANIC:
            raise UsageError(f"{name} is damaged: its sheets cannot be read", hint="save it again as .xlsx") from error
        raise
    return Source(name, "xlsx", tuple(sheets), package.notes)


def _sheet(book: Any, about: Any, package: Package) -> Sheet:
    found = book.get_sheet_by_name(about.name)
    rows = [[_plain(value) for value in row] for row in found.to_python(skip_empty_area=False)]
    return Sheet(
        name=about.name,
        rows=rows,
        cached=package.formulas.get(about.name, frozenset()),
        unknown=package.unknown.get(about.name, frozenset()),
        merged=tuple(found.merged_cell_ranges or ()),
        hidden=str(about.visible).rpartition(".")[2] != "Visible",
        unseen=package.hidden.get(about.name, (frozenset(), frozenset())),
    )


def _plain(value: Any) -> Read:
    """The value in the types of YAML: whole numbers whole, days as text, no space around."""
    if isinstance(value, str):
        return value.strip().replace("\r\n", "\n") or None
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 2**53 else value
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ")
    return value if isinstance(value, bool | int) else str(value)


def _decoded(name: str, content: bytes, encoding: str) -> tuple[str, str]:
    """The text, and in which encoding it was read: the one asked for, that of its mark, UTF-8, or Windows-1252."""
    marked = next((each for mark, each in _BOMS if content.startswith(mark)), "")
    for each in [encoding] if encoding else [marked] if marked else ["utf-8", "cp1252"]:
        try:
            text = content.decode(each)
        except LookupError as error:
            raise UsageError(f"there is no encoding {each}", hint="such as utf-8, cp1252 or utf-16") from error
        except UnicodeError:
            continue
        if "\0" in text:
            break
        how = "as asked" if encoding else "by its mark" if marked else "as it is valid" if each == "utf-8" else ""
        return text, f"read as {each}, {how}" if how else f"read as {each}, for it is no UTF-8; --encoding says another"
    raise UsageError(f"{name} is no text that can be read", hint="name its encoding: --encoding cp1252")


def _csv(name: str, text: str, said: str) -> Source:
    separator = _separator(text)
    sheet = Sheet(name.rpartition("/")[2].rpartition(".")[0], [])
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for row in reader:
            sheet.rows.append([plain(value).strip().replace("\r\n", "\n") or None for value in row])
            if len(sheet.rows) > MOST_ROWS:
                raise UsageError(f"{name} has more than {MOST_ROWS:,} rows", hint="split it")
    except csv.Error as error:
        raise UsageError(f"{name} is no CSV: line {reader.line_num}: {error}", hint="save it again") from error
    shown = {"\t": "tabs", ",": "commas", ";": "semicolons", "|": "bars"}[separator]
    return Source(name, "csv", (sheet,), (said, f"cells parted by {shown}"))


def _separator(text: str) -> str:
    """What parts the cells: the sign that is in most of the first lines most often, outside quotes."""
    first = re.sub(r'"[^"]*"', "", text[:20_000]).splitlines()[:20]
    counts = {sign: sorted(line.count(sign) for line in first if line.strip()) for sign in _SEPARATORS}
    return max(_SEPARATORS, key=lambda sign: counts[sign][len(counts[sign]) // 2] if counts[sign] else 0)


def _markdown(text: str) -> Iterator[Sheet]:
    """The tables, each named by the heading above it; the numbers of rows are those of lines."""
    heading, lines = "", text.splitlines()
    at = number = 0
    while at < len(lines):
        line = lines[at]
        if line.startswith("#"):
            heading = line.strip("# ").strip()
        if "|" in line and at + 1 < len(lines) and "|" in lines[at + 1] and _RULE.fullmatch(lines[at + 1]):
            number += 1
            sheet = Sheet(f"{heading or 'table'} ({number})", [_row(line)], numbers=[at + 1])
            at += 2
            while at < len(lines) and "|" in lines[at]:
                sheet.rows.append(_row(lines[at]))
                sheet.numbers.append(at + 1)
                at += 1
            yield sheet
            continue
        at += 1


def _row(line: str) -> list[Read]:
    inside = line.strip().removeprefix("|").removesuffix("|")
    return [_unmarked(part) or None for part in _BAR.split(inside)]


def _unmarked(text: str) -> str:
    shown = _MARKUP.sub(lambda mark: mark[1] or ("\n" if mark[0].startswith("<br") else ""), text)
    return shown.replace("\\|", "|").strip()
