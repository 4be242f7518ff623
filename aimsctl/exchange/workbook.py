"""Tables as a workbook that people can work in: a head that stays, filters, and the words that a column may hold."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from aimsctl.assessment.calendar import parse_date
from aimsctl.errors import MissingExtraError
from aimsctl.exchange.cells import Cell
from aimsctl.exchange.tables import Column, Table

if TYPE_CHECKING:
    from aimsctl.exchange.export import Filled

ABOUT: Final = "About these sheets"
_NO_TIME: Final = dt.datetime(1980, 1, 1, tzinfo=dt.UTC).replace(tzinfo=None)  # the same tables, the same bytes
_OPTIONS: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_date_format": "yyyy-mm-dd",
}
_FIRST_YEAR: Final = 1901  # workbooks count days from 1900, with one too many
_MORE_ROWS: Final = 500  # rows below the last one that offer the same choices
_LONGEST_CHOICES: Final = 255  # characters of a list of choices
_LONGEST_NAME: Final = 31
_WIDE, _NARROW = 44, 14
_WIDE_TYPES: Final = frozenset({"text", "string"})


def workbook(tables: Sequence[Filled]) -> bytes:
    """The workbook: a sheet for each table, and one that says what the columns hold. MissingExtraError without it."""
    try:
        import xlsxwriter  # noqa: PLC0415 - only who wants Excel needs it
    except ImportError as error:
        raise MissingExtraError("writing XLSX", "xlsx") from error
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, _OPTIONS)
    book.set_properties({"created": _NO_TIME})
    head = book.add_format({"bold": True, "bg_color": "#F3F5F8", "bottom": 2})
    body = {
        "text": book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"}),
        "number": book.add_format({"valign": "top"}),
        "date": book.add_format({"valign": "top", "num_format": "yyyy-mm-dd", "align": "left"}),
    }
    for table in tables:
        _sheet(book.add_worksheet(sheet_name(table.table)), table, head, body)
    _about(book.add_worksheet(ABOUT), tables, head, body["text"])
    book.close()
    return target.getvalue()


def sheet_name(table: Table) -> str:
    """The name of the table's sheet, which a program cuts off at 31 characters."""
    return table.name[:_LONGEST_NAME]


def _sheet(page: Any, filled: Filled, head: Any, body: dict[str, Any]) -> None:
    columns = filled.table.columns
    for place, column in enumerate(columns):
        page.write_string(0, place, column.path, head)
        wide = column.field is not None and column.field.type in _WIDE_TYPES and column.path != "id"
        page.set_column(place, place, _WIDE if wide else max(_NARROW, len(column.path) + 2))
        _choices(page, place, column, len(filled.rows))
    page.freeze_panes(1, 2)
    page.autofilter(0, 0, max(len(filled.rows), 1), len(columns) - 1)
    days = [column.field is not None and column.field.type == "date" for column in columns]
    for number, row in enumerate(filled.rows, start=1):
        for place, value in enumerate(row):
            if value is not None:
                _value(page, number, place, value, body, day=days[place])


def _value(page: Any, row: int, place: int, value: Cell, body: dict[str, Any], *, day: bool) -> None:  # noqa: PLR0913
    """A number as a number, a day as a day, and everything else as text that no program takes for a formula."""
    date = parse_date(value) if day else None
    if isinstance(value, int | float):
        page.write_number(row, place, value, body["number"])
    elif date is not None and date.year >= _FIRST_YEAR:
        page.write_datetime(row, place, date, body["date"])
    else:
        page.write_string(row, place, str(value), body["text"])


def _choices(page: Any, place: int, column: Column, rows: int) -> None:
    field = column.field
    words = () if field is None or field.many else ("yes", "no") if field.type == "boolean" else field.enum
    if words and len(",".join(words)) <= _LONGEST_CHOICES:
        allowed = {"validate": "list", "source": list(words), "error_type": "warning"}
        page.data_validation(1, place, rows + _MORE_ROWS, place, allowed)


def _about(page: Any, tables: Sequence[Filled], head: Any, text: Any) -> None:
    for place, (title, width) in enumerate((("Sheet", 16), ("Column", 28), ("What stands in it", 90), ("Words", 40))):
        page.write_string(0, place, title, head)
        page.set_column(place, place, width)
    number = 0
    for table in tables:
        for column in table.table.columns:
            number += 1
            field = column.field
            said = field.description if field is not None else "Worked out; a change here is not taken."
            words = ", ".join(field.enum) if field is not None else ""
            for place, value in enumerate((table.table.name, column.path, said, words)):
                page.write_string(number, place, value, text)
