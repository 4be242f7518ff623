"""Many changes of one YAML file at once: each on the lines of its own field, whatever its type.

The new text is read again before anybody gets it: it differs from the old data in exactly what was asked, or an error
is raised. Comments, order, quotes and layout of everything else stay as people wrote them.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from aimsctl.authoring.writing import after_key, entry, inline, refolded
from aimsctl.errors import RenderError
from aimsctl.source import yaml
from aimsctl.source.yaml import Document, Pointer, Value

_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Change:
    """One value to set. `before` names the fields that a new field is put behind: the last of them that is there.

    A pointer to the place behind the last entry of a list adds an entry.
    """

    pointer: Pointer
    value: Value
    before: tuple[str, ...] = ()


def rewritten(content: bytes, path: str, changes: Iterable[Change]) -> bytes:
    """The file with the changes made. Raises RenderError, and changes nothing, where that is not safely possible."""
    wanted = list(changes)
    document = yaml.read(path, content)
    if document.data is None:
        raise RenderError(f"{path} cannot be read, so it was not changed", span=document.span())
    expected = copy.deepcopy(document.data)
    editor = _Editor(document)
    for change in wanted:
        _put(expected, change)
        editor.change(change)
    result = (_BOM if content.startswith(_BOM) else b"") + editor.text().encode()
    if yaml.read(path, result).data != expected:
        said = f"{path} is written in a way that cannot be edited safely, so it was not changed"
        raise RenderError(said, hint="make the change by hand", span=document.span(wanted[0].pointer))
    return result


def _put(data: Any, change: Change) -> None:
    for part in change.pointer[:-1]:
        data = data[part]
    last = change.pointer[-1]
    if isinstance(data, list) and last == len(data):
        data.append(as_read(change.value))
    else:
        data[last] = as_read(change.value)


def as_read(value: Any) -> Any:
    """The value as the reader gives it: a decimal stays text until its schema asks for a number."""
    if isinstance(value, list):
        return [as_read(one) for one in value]
    if isinstance(value, dict):
        return {name: as_read(one) for name, one in value.items()}
    return str(value) if isinstance(value, float) else value


def _nested(*values: Value) -> bool:
    return any(isinstance(value, dict | list) for value in values)


class _Editor:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.source = document.text
        self.starts = [0, *(match.end() for match in re.finditer(r"\r\n|\r|\n", self.source))]
        self.newline = "\r\n" if "\r\n" in self.source else "\n"
        self.splices: list[tuple[int, int, str]] = []

    def text(self) -> str:
        """The text with all splices; those at one place in the order in which they were asked for."""
        parts, at = [], 0
        for start, end, new in sorted(self.splices, key=lambda splice: splice[:2]):
            parts += [self.source[at:start], new]
            at = end
        return "".join([*parts, self.source[at:]])

    def change(self, change: Change) -> None:
        """Note down what the change does to the text."""
        holder = self._value(change.pointer[:-1])
        last = change.pointer[-1]
        if isinstance(holder, list):
            self._entry(change, holder)
        elif isinstance(holder, dict) and last in holder:
            self._replace(change, holder[str(last)])
        elif isinstance(holder, dict) and holder:
            self._insert(change, holder)
        else:
            raise RenderError(f"{self.document.path} has no place for {last}", span=self.document.span(change.pointer))

    def _replace(self, change: Change, old: Value) -> None:
        start, end = self._range(change.pointer)
        if isinstance(old, list) and old and isinstance(change.value, list) and self.source[start] == "-":
            self._entries(change.pointer, old, change.value)
            return
        if self._in_brackets(change.pointer):
            self.splices.append((start, end, inline(change.value)))
            return
        key = self.document.span(change.pointer, key=True)
        colon = self._offset(key.end_line, key.end_column) + 1
        nested = isinstance(old, dict | list) and self.source[start : start + 1] not in ("{", "[")
        if old is None or nested or self.newline in self.source[colon:start]:
            new = after_key(change.value, key.column - 1).replace("\n", self.newline)
            self.splices.append((colon, max(end, colon) if old is not None else colon, new))
        else:
            self._set(change.pointer, old, change.value, key.column - 1)

    def _set(self, pointer: Pointer, old: Value, new: Value, indent: int) -> None:
        """Sets a value behind a key or a dash where it stands; what follows on its line stays there."""
        start, end = self._range(pointer)
        text = after_key(new, indent)
        if isinstance(old, str) and isinstance(new, str) and self.source.startswith(">-", start):
            text = refolded(self.source[start:end].replace("\r\n", "\n"), old, new) or text
        if "\n" in text and self._followed(end):
            text = inline(new)  # below a comment there is no place for more lines
        if text.startswith("\n"):
            start = len(self.source[:start].rstrip(" "))
        self.splices.append((start, end, text.removeprefix(" ").replace("\n", self.newline)))

    def _followed(self, at: int) -> bool:
        """Whether a comment stands behind this place on its line."""
        line_end = re.compile(r"[\r\n]|\Z").search(self.source, at)
        return line_end is not None and bool(self.source[at : line_end.start()].strip())

    def _entries(self, pointer: Pointer, old: list[Value], new: list[Value]) -> None:
        """Changes entries of a list with dashes where they stand, takes away and adds others, leaves the rest alone."""
        if not new:
            raise RenderError(f"{self.document.path}: a list cannot be emptied", span=self.document.span(pointer))
        indent = self.document.span(pointer).column - 1
        matcher = SequenceMatcher(None, list(map(repr, old)), list(map(repr, new)), autojunk=False)
        for what, first, last, new_first, new_last in matcher.get_opcodes():
            if what == "equal":
                continue
            while first < last and new_first < new_last and not _nested(old[first], new[new_first]):
                self._set((*pointer, first), old[first], new[new_first], indent)
                first, new_first = first + 1, new_first + 1  # noqa: PLW2901 - what is left is taken away or added
            lines = [line for one in new[new_first:new_last] for line in entry(one, indent)]
            self._lines(pointer, first, last, "".join(f"{line}\n" for line in lines).replace("\n", self.newline))

    def _lines(self, pointer: Pointer, first: int, last: int, text: str) -> None:
        """Puts lines in place of the entries from first up to last, or between two; comments in between stay."""
        for index in range(first, last):
            start, end = self.starts[self.document.span((*pointer, index)).line - 1], self._behind((*pointer, index))
            self.splices.append((start, end, text.rstrip("\r\n") if self._unfinished(end) else text))
            text = ""
        if text:
            before = self.starts[self.document.span(pointer).line - 1]
            self._add_lines(self._behind((*pointer, first - 1)) if first else before, text)

    def _unfinished(self, at: int) -> bool:
        """Whether this is the end of a file whose last line does not end."""
        return at == len(self.source) and not self.source.endswith(("\n", "\r"))

    def _entry(self, change: Change, holder: list[Value]) -> None:
        if int(change.pointer[-1]) < len(holder) or not holder or self._in_brackets(change.pointer):
            raise RenderError(f"{self.document.path} has a list that cannot be edited safely", span=self._span(change))
        indent = self.document.span(change.pointer[:-1]).column - 1
        text = self.newline.join(entry(change.value, indent)).replace("\r\n", "\n").replace("\n", self.newline)
        self._add_lines(self._behind((*change.pointer[:-1], len(holder) - 1)), text + self.newline)

    def _insert(self, change: Change, holder: dict[str, Value]) -> None:
        group, name = change.pointer[:-1], change.pointer[-1]
        found = [one for one in change.before if one in holder]
        neighbour = (*group, found[-1] if found else next(iter(holder)))
        if self._in_brackets((*group, name)):
            _, end = self._range(neighbour)
            self.splices.append((end, end, f", {name}: {inline(change.value)}"))
            return
        column = self.document.span(neighbour, key=True).column - 1
        line = f"{' ' * column}{name}:{after_key(change.value, column)}".replace("\n", self.newline)
        self._add_lines(self._behind(neighbour), line + self.newline)

    def _add_lines(self, at: int, text: str) -> None:
        """Whole lines at the start of a line, or behind a last line that does not end."""
        self.splices.append((at, at, self.newline + text.rstrip("\r\n") if self._unfinished(at) else text))

    def _behind(self, pointer: Pointer) -> int:
        """Where the line begins that follows the last line of a value."""
        line = self.document.span(pointer).end_line
        return self.starts[line] if line < len(self.starts) else len(self.source)

    def _in_brackets(self, pointer: Pointer) -> bool:
        """Whether a group or list around the value is written on one line, in braces or brackets."""
        return any(
            self.source[self._range(pointer[:depth])[0]] in "{["
            for depth in range(1, len(pointer))
            if self._value(pointer[:depth])
        ) or (self.source.lstrip().startswith("{") and len(pointer) > 0)

    def _value(self, pointer: Pointer) -> Any:
        value: Any = self.document.data
        for part in pointer:
            value = value[part]
        return value

    def _span(self, change: Change) -> Any:
        return self.document.span(change.pointer)

    def _range(self, pointer: Pointer) -> tuple[int, int]:
        span = self.document.span(pointer)
        return self._offset(span.line, span.column), self._offset(span.end_line, span.end_column)

    def _offset(self, line: int, column: int) -> int:
        return self.starts[line - 1] + column - 1
