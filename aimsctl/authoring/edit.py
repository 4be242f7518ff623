"""Changing single values in a YAML file: the text at their places, and nothing else.

Comments, order, quotes and layout stay as people wrote them. Every change is verified by reading the new text again: it
must differ from the old data in exactly what was asked, or nothing is changed.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from aimsctl.errors import RenderError
from aimsctl.source import yaml
from aimsctl.source.yaml import Document, Pointer

_BOM: Final = b"\xef\xbb\xbf"
_PLAIN: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 ./_-]*[A-Za-z0-9./_-])?")


@dataclass(frozen=True, slots=True)
class Setting:
    """One field to set: where, to which text, and the field of the same group after which a new line goes."""

    pointer: Pointer
    value: str
    after: str


def changed(content: bytes, path: str, settings: Iterable[Setting]) -> bytes:
    """The file with the fields set, each edit on the lines of its field alone. Raises RenderError, changing nothing.

    A field that is there gets its new value in place; one that is missing gets a line of its own, or a place within the
    braces of a group that is written on one line. A missing group is made as one line in braces.
    """
    wanted = list(settings)
    document = yaml.read(path, content)
    if document.data is None:
        raise RenderError(f"{path} cannot be read, so it was not changed", span=document.span())
    expected = copy.deepcopy(document.data)
    text = document.text
    for setting in wanted:
        _put(expected, setting)
        text = _set(yaml.read(path, text.encode()), setting)
    result = (_BOM if content.startswith(_BOM) else b"") + text.encode()
    if yaml.read(path, result).data != expected:
        said = f"{path} is written in a way that cannot be edited safely, so it was not changed"
        raise RenderError(said, hint="make the change by hand", span=document.span(wanted[0].pointer))
    return result


def scalar(value: str) -> str:
    """The text as a YAML scalar that reads back as this text: plain where that is safe, else in single quotes."""
    if _PLAIN.fullmatch(value) and yaml.read("", f"a: {value}\n".encode()).data == {"a": value}:
        return value
    return "'" + value.replace("'", "''") + "'"


def _put(data: Any, setting: Setting) -> None:
    for part in setting.pointer[:-1]:
        data = data.setdefault(part, {}) if isinstance(data, dict) else data[part]
    data[setting.pointer[-1]] = setting.value


def _set(document: Document, setting: Setting) -> str:
    group = setting.pointer[:-1]
    if _exists(document, setting.pointer):
        start, end = _range(document, setting.pointer)
        return document.text[:start] + scalar(setting.value) + document.text[end:]
    if _exists(document, group):
        return _insert(document, group, setting.after, f"{setting.pointer[-1]}: {scalar(setting.value)}")
    made = f"{group[-1]}: {{{setting.pointer[-1]}: {scalar(setting.value)}}}"
    return _insert(document, group[:-1], setting.after, made)


def _exists(document: Document, pointer: Pointer) -> bool:
    value: Any = document.data
    for part in pointer:
        value = _inside(value, part)
        if value is None:
            return False
    return True


def _inside(value: Any, part: str | int) -> Any:
    if isinstance(value, dict):
        return value.get(part)
    return value[part] if isinstance(value, list) and isinstance(part, int) and part < len(value) else None


def _insert(document: Document, group: Pointer, after: str, line: str) -> str:
    """The text with a new field in the group, behind the field `after`, or behind the group's first scalar field."""
    value: Any = document.data
    for part in group:
        value = value[part]
    names = [name for name, inner in value.items() if isinstance(inner, str | int | float | bool)]
    if not names:
        raise RenderError(f"{document.path} has no field to put the new one behind", span=document.span(group))
    neighbour = (*group, after if after in names else names[-1])
    text = document.text
    group_start, _ = _range(document, group)
    _, end = _range(document, neighbour)
    if text[group_start : group_start + 1] == "{":
        return f"{text[:end]}, {line}{text[end:]}"
    column = document.span(neighbour, key=True).column
    line_end = _line_end(text, end)
    newline = "\r\n" if "\r\n" in text else "\n"
    return f"{text[:line_end]}{newline}{' ' * (column - 1)}{line}{text[line_end:]}"


def _line_end(text: str, position: int) -> int:
    ends = [at for mark in ("\r\n", "\n") if (at := text.find(mark, position)) >= 0]
    return min(ends, default=len(text))


def _range(document: Document, pointer: Pointer) -> tuple[int, int]:
    span = document.span(pointer)
    return _offset(document.text, span.line, span.column), _offset(document.text, span.end_line, span.end_column)


def _offset(text: str, line: int, column: int) -> int:
    starts = [0, *(match.end() for match in re.finditer(r"\r\n|\r|\n", text))]
    return starts[line - 1] + column - 1
