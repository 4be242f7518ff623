"""Workbooks as programs and attackers make them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import xlsxwriter

CONTENT_TYPES = "[Content_Types].xml"


def book(path: Path, sheets: Mapping[str, list[list[object]]], *, hidden: tuple[str, ...] = ()) -> Path:
    """A workbook of those sheets; a text that begins with `=` is a formula, with the value that stands behind `->`."""
    made = xlsxwriter.Workbook(str(path))
    pages = {name: made.add_worksheet(name) for name in sheets}
    for name, rows in sheets.items():
        for row, values in enumerate(rows):
            for column, value in enumerate(values):
                if isinstance(value, str) and value.startswith("="):
                    formula, _, cached = value.partition("->")
                    pages[name].write_formula(row, column, formula, None, cached)
                elif value is not None:
                    pages[name].write(row, column, value)
        if name in hidden:
            pages[name].hide()
    made.close()
    return path


def changed(path: Path, add: Mapping[str, bytes] = {}, replace: Mapping[bytes, bytes] = {}) -> Path:
    """The workbook with parts added or replaced, and bytes replaced in every part."""
    target = io.BytesIO()
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name in source.namelist():
            data = add.get(name, source.read(name))
            for old, new in replace.items():
                data = data.replace(old, new)
            package.writestr(name, data)
        for name in add.keys() - set(source.namelist()):
            package.writestr(name, add[name])
    path.write_bytes(target.getvalue())
    return path
