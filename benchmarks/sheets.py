"""What the libraries for workbooks take by themselves: read every cell, or read and write every cell. A script."""

from __future__ import annotations

import sys
from collections.abc import Callable


def openpyxl_read(path: str) -> int:
    """The number of cells, read as values row by row, which is openpyxl's quickest way."""
    import openpyxl  # noqa: PLC0415 - each run pays for its own library alone

    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    return sum(len(row) for sheet in book for row in sheet.iter_rows(values_only=True))


def calamine_read(path: str) -> int:
    """The same with python-calamine."""
    import python_calamine  # noqa: PLC0415 - the same

    book = python_calamine.CalamineWorkbook.from_path(path)
    return sum(len(row) for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python())


def xlsxwriter_write(path: str, out: str) -> int:
    """The same cells written by XlsxWriter; they are read with python-calamine, which takes a tenth of it."""
    import python_calamine  # noqa: PLC0415 - the same
    import xlsxwriter  # noqa: PLC0415 - the same

    source = python_calamine.CalamineWorkbook.from_path(path)
    book = xlsxwriter.Workbook(out)
    wrap = book.add_format({"text_wrap": True})
    for name in source.sheet_names:
        page = book.add_worksheet(name)
        for number, row in enumerate(source.get_sheet_by_name(name).to_python()):
            for place, value in enumerate(row):
                if value != "":
                    page.write(number, place, value, wrap)
    book.close()
    return 0


PROGRAMS: dict[str, Callable[..., int]] = {
    "openpyxl": openpyxl_read,
    "calamine": calamine_read,
    "xlsxwriter": xlsxwriter_write,
}

if __name__ == "__main__":
    PROGRAMS[sys.argv[1]](*sys.argv[2:])
