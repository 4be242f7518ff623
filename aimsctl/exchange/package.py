"""Workbooks from strangers: what the package may hold, checked before any library sees it.

Whatever is read later is read from a package made anew of the parts that were checked, so two readers of zip files
cannot see two different workbooks.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree as ET

from aimsctl.errors import UsageError

LARGEST_FILE: Final = 50_000_000
LARGEST_PACKAGE: Final = 200_000_000
MOST_PARTS: Final = 2_000
MOST_CELLS: Final = 2_000_000
MOST_ROWS: Final = 100_000
LONGEST_TEXTS: Final = 200_000_000
_WIDEST: Final = 16_384  # columns of a sheet
_RATIO, _RATIO_FROM = 100, 1_000_000
_MACROS: Final = re.compile(r"vba|macrosheets|dialogsheets|activex|ctrlprops|customui", re.IGNORECASE)
_ELSEWHERE: Final = re.compile(r"externallinks|connections\.xml|querytables|embeddings|webextensions", re.IGNORECASE)
_NEEDED: Final = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|xl/[^/]+\.xml|xl/_rels/[^/]+|xl/worksheets/[^/]+\.xml"
)
_ENCODING: Final = re.compile(rb"""<\?xml[^>]*encoding\s*=\s*["']([A-Za-z0-9._-]+)""")
_DTD: Final = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_EXTERNAL: Final = re.compile(rb"<Relationship\b[^>]*TargetMode\s*=\s*[\"']External[^>]*>", re.IGNORECASE)
_PLACE: Final = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{0,3})([0-9]{1,7})["']""")
_ROW_NUMBER: Final = re.compile(rb"""\br\s*=\s*["'][A-Za-z]{0,3}([0-9]{1,7})["']""")
_COLUMN_NAME: Final = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,3})[0-9]""")
_CELL: Final = re.compile(rb"<(?:\w+:)?c\b([^>]*)>\s*<(?:\w+:)?f\b(.*?)</(?:\w+:)?c\s*>", re.DOTALL)
_ERROR: Final = re.compile(rb"""<(?:\w+:)?c\b([^>]*\bt\s*=\s*["']e["'][^>]*)>""")
_CACHED: Final = re.compile(rb"<(?:\w+:)?v\s*>[^<]|<(?:\w+:)?is\b")
_SHARED: Final = re.compile(rb"<(?:\w+:)?si\b.*?</(?:\w+:)?si\s*>", re.DOTALL)
_SHARED_CELL: Final = re.compile(rb"""\bt\s*=\s*["']s["'][^>]*>\s*<(?:\w+:)?v\s*>([0-9]{1,9})<""")
_HIDDEN: Final = re.compile(rb"""<(?:\w+:)?(row|col)\b(?=[^>]{0,999}\bhidden\s*=\s*["'](?:1|true)["'])([^>]{0,999})>""")
_FIRST_AND_LAST: Final = re.compile(rb"""\b(min|max)\s*=\s*["']([0-9]{1,5})["']""")
_MAIN: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_REL: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Package:
    """A workbook that may be read: its parts in a package of our own, and by sheet the cells that a program worked out.

    `formulas` are cells with a value that was kept from when the formula last ran, `unknown` those without one or with
    an error; `hidden` are the rows and the columns that nobody sees. Rows and columns count from 0.
    """

    content: bytes
    formulas: dict[str, frozenset[Place]]
    unknown: dict[str, frozenset[Place]]
    hidden: dict[str, tuple[frozenset[int], frozenset[int]]]
    notes: tuple[str, ...]


def checked(content: bytes, name: str) -> Package:
    """The workbook, if it is one that can be read safely. Raises UsageError with the reason if not."""
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise _refused(name, "is an old or an encrypted workbook", "save it as .xlsx without a password")
    try:
        parts = dict(_parts(content, name))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        raise _refused(name, "is no workbook that can be read", "save it again as .xlsx") from error
    for part, data in parts.items():
        _check_part(name, part, data)
    sheets = _sheets(name, parts)
    for title, part in sheets.items():
        _check_size(name, title, parts[part], parts.get("xl/sharedStrings.xml", b""))
    notes = [f"{what} are not read" for what in ("comments", "drawings") if any(f"xl/{what}" in one for one in parts)]
    return Package(
        _anew(parts),
        {title: frozenset(_formulas(parts[part], cached=True)) for title, part in sheets.items()},
        {
            title: frozenset([*_formulas(parts[part], cached=False), *_errors(parts[part])])
            for title, part in sheets.items()
        },
        {title: _hidden(parts[part]) for title, part in sheets.items()},
        tuple(notes),
    )


def _refused(name: str, why: str, hint: str = "") -> UsageError:
    return UsageError(f"{name} {why}", hint=hint)


def _parts(content: bytes, name: str) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        entries = package.infolist()
        names = [entry.filename for entry in entries]
        if len(entries) > MOST_PARTS or len({each.casefold() for each in names}) < len(names):
            raise _refused(name, "has too many parts, or two of one name")
        if "xl/workbook.xml" not in names:
            raise _refused(name, "is no .xlsx workbook", "save it as .xlsx")
        left = LARGEST_PACKAGE
        for entry in entries:
            if _MACROS.search(entry.filename):
                raise _refused(name, f"holds macros ({entry.filename})", "save it as .xlsx, without macros")
            if _ELSEWHERE.search(entry.filename):
                hint = "break its links, save it, and try again"
                raise _refused(name, f"takes values from elsewhere ({entry.filename})", hint)
            data = _inflated(package, entry, name, left)
            left -= len(data)
            yield entry.filename, data


def _inflated(package: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str, left: int) -> bytes:
    """The bytes of a part, however long its entry says that it is."""
    if entry.flag_bits & 1:
        raise _refused(name, "is encrypted", "save it without a password")
    with package.open(entry) as stream:
        data = stream.read(left + 1)
    if len(data) > left or (len(data) > _RATIO_FROM and len(data) > _RATIO * max(entry.compress_size, 1)):
        raise _refused(name, f"unpacks to far more than it is ({entry.filename})")
    return data


def _check_part(name: str, part: str, data: bytes) -> None:
    if not part.endswith((".xml", ".rels", ".vml")):
        return
    declared = _ENCODING.search(data[:200])
    if b"\0" in data[:200] or (declared and declared[1].lower() not in (b"utf-8", b"us-ascii", b"ascii")):
        raise _refused(name, f"has a part that is not written in UTF-8 ({part})")
    if _DTD.search(data):
        raise _refused(name, f"has a document type declaration ({part}), which no workbook needs")
    if part == "[Content_Types].xml" and b"macroEnabled" in data:
        raise _refused(name, "holds macros", "save it as .xlsx, without macros")
    if any(b"/hyperlink" not in found[0] for found in _EXTERNAL.finditer(data)):
        raise _refused(name, f"links to something outside it ({part})", "break its links, save it, and try again")


def _sheets(name: str, parts: dict[str, bytes]) -> dict[str, str]:
    """The part of each sheet, by the sheet's name."""
    try:
        book = ET.fromstring(parts["xl/workbook.xml"])  # noqa: S314 - parts with a DTD were refused
        targets = {
            one.get("Id", ""): one.get("Target", "")
            for one in ET.fromstring(parts.get("xl/_rels/workbook.xml.rels", b"<none/>"))  # noqa: S314 - the same
        }
    except ET.ParseError as error:
        raise _refused(name, "is damaged: its list of sheets cannot be read") from error
    found = {}
    for sheet in book.iter(f"{_MAIN}sheet"):
        target = targets.get(sheet.get(_REL, ""), "")
        part = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
        if part not in parts:
            raise _refused(name, f"is damaged: the sheet {sheet.get('name', '')!r} has no part of its own")
        if part.startswith("xl/worksheets/"):
            found[sheet.get("name", "")] = part
    return found


def _check_size(name: str, title: str, sheet: bytes, shared: bytes) -> None:
    """Refuses a sheet that is small on disk and vast in memory: far corners, or one long text in every cell."""
    rows = max(map(int, set(_ROW_NUMBER.findall(sheet))), default=0)
    columns = max(map(_column, set(_COLUMN_NAME.findall(sheet))), default=0) + 1
    if rows > MOST_ROWS or rows * columns > MOST_CELLS:
        raise _refused(name, f"has a sheet of {rows:,} rows and {columns:,} columns ({title})", "delete what is empty")
    lengths = [len(one[0]) for one in _SHARED.finditer(shared)]
    used = sheet.count(b'"s"') + sheet.count(b"'s'")
    if used * max(lengths, default=0) > LONGEST_TEXTS:
        indices = (int(one[1]) for one in _SHARED_CELL.finditer(sheet))
        if sum(lengths[index] if index < len(lengths) else 0 for index in indices) > LONGEST_TEXTS:
            raise _refused(name, f"has a sheet with more text than can be read ({title})")


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number - 1


def _place(attributes: bytes) -> Place | None:
    found = _PLACE.search(attributes)
    return (int(found[2]) - 1, _column(found[1])) if found and found[1] else None


def _formulas(sheet: bytes, *, cached: bool) -> Iterator[Place]:
    for match in _CELL.finditer(sheet):
        place = _place(match[1])
        if place is not None and bool(_CACHED.search(match[2])) is cached:
            yield place


def _errors(sheet: bytes) -> Iterator[Place]:
    yield from filter(None, (_place(match[1]) for match in _ERROR.finditer(sheet)))


def _hidden(sheet: bytes) -> tuple[frozenset[int], frozenset[int]]:
    """The hidden rows and columns of a sheet."""
    rows: set[int] = set()
    columns: set[int] = set()
    for match in _HIDDEN.finditer(sheet):
        if match[1] == b"col":
            ends = {name: int(number) for name, number in _FIRST_AND_LAST.findall(match[2])}
            columns.update(range(ends.get(b"min", 1) - 1, min(ends.get(b"max", 0), _WIDEST)))
        elif number := _ROW_NUMBER.search(match[2]):
            rows.add(int(number[1]) - 1)
    return frozenset(rows), frozenset(columns)


def _anew(parts: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as package:
        for name, data in parts.items():
            if _NEEDED.fullmatch(name):
                package.writestr(name, data)
    return target.getvalue()
