"""Values as YAML that reads back as exactly these values: plain where that is safe, folded where a line gets long."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any, Final

from aimsctl.source.yaml import Value

WIDTH: Final = 120
_PLAIN: Final = re.compile(r"[^\W\d_](?:[\w ./()&%+;?!'\u2019\u2013\u2014-]*[\w.)%?!])?|[0-9]{4}-[0-9]{2}-[0-9]{2}")
_OTHER_TYPES: Final = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})  # here or in YAML 1.1
_UNPRINTED: Final = re.compile("[^ -~\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


def inline(value: Value) -> str:
    """The value on one line, as it may stand within brackets too."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {inline(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(inline(one) for one in value) + "]"
    return _text(value) if isinstance(value, str) else "null" if value is None else str(value)


def after_key(value: Value, indent: int) -> str:
    """What follows the colon of a key that stands at this indent: on its line, or on indented lines below it."""
    if isinstance(value, str) and len(value) > WIDTH - indent - 20 and _foldable(value):
        margin = " " * (indent + 2)
        return " >-\n" + _filled(value, margin, WIDTH)
    if isinstance(value, str) and "\n" in value and _literal(value):
        margin = " " * (indent + 2)
        return " |-\n" + "\n".join(f"{margin}{line}" if line else "" for line in value.split("\n"))
    one_line = _text(value, ",") if isinstance(value, str) else inline(value)
    if isinstance(value, list) and value and (len(one_line) > WIDTH - indent - 20 or isinstance(value[0], dict)):
        return "\n" + "\n".join(line for one in value for line in entry(one, indent))
    return f" {one_line}"


def refolded(block: str, old: str, new: str) -> str | None:
    """The lines of a folded paragraph with another text: those whose words stay as they are, from both ends.

    None where that cannot be done: the text has lines of its own, or is one that does not fold.
    """
    head, *lines = block.rstrip("\n").split("\n")
    if "\n" in old or not _foldable(new) or not new or not all(map(str.strip, lines)):
        return None
    words, first, last = new.split(" "), 0, len(lines)
    begin, end = 0, len(words)
    while first < last and (line := lines[first].split()) == words[begin : begin + len(line)]:
        first, begin = first + 1, begin + len(line)
    while last > first and end - len(line := lines[last - 1].split()) >= begin and words[end - len(line) : end] == line:
        last, end = last - 1, end - len(line)
    margin = " " * (len(lines[0]) - len(lines[0].lstrip(" ")))
    width = max(map(len, lines)) if len(lines) > 1 else WIDTH
    middle = _filled(" ".join(words[begin:end]), margin, width) if begin < end else ""
    return "\n".join([head, *lines[:first], *filter(None, [middle]), *lines[last:]])


def _filled(text: str, margin: str, width: int) -> str:
    return textwrap.fill(
        text,
        width,
        initial_indent=margin,
        subsequent_indent=margin,
        break_long_words=False,
        break_on_hyphens=False,
    )


def entry(value: Value, indent: int) -> Iterator[str]:
    """The lines of one entry of a list whose dashes stand at this indent."""
    margin = " " * indent
    if not isinstance(value, dict):
        yield f"{margin}-{after_key(value, indent)}" if isinstance(value, str) else f"{margin}- {inline(value)}"
        return
    opening = f"{margin}- "
    for name, one in value.items():
        yield f"{opening}{name}:{after_key(one, indent + 2)}"
        opening = f"{margin}  "


def file_text(data: Mapping[str, Any], remark: str, schema: str) -> str:
    """A new file, with a remark on where it comes from; `schema` is for the editor's modeline."""
    head = [f"# yaml-language-server: $schema={schema}", *textwrap.wrap(f"# {remark}", WIDTH, subsequent_indent="# ")]
    return "\n".join([*head, *(f"{name}:{after_key(value, 0)}" for name, value in data.items())]) + "\n"


def _text(value: str, harmless: str = "") -> str:
    """The text as a scalar; `harmless` are signs that need no quotes where it does not stand in brackets."""
    if (
        _PLAIN.fullmatch(value.translate(dict.fromkeys(map(ord, harmless))))
        and not value.endswith((*harmless, " "))
        and value.casefold() not in _OTHER_TYPES
    ):
        return value
    if _UNPRINTED.search(value):
        return _UNPRINTED.sub(_escaped, json.dumps(value, ensure_ascii=False))
    return "'" + value.replace("'", "''") + "'"


def _escaped(sign: re.Match[str]) -> str:
    return f"\\U{ord(sign[0]):08x}"


def _literal(value: str) -> bool:
    """Whether the text can stand line by line as it is."""
    lines = value.split("\n")
    return (
        bool(lines[0] and lines[-1])
        and all(line == line.rstrip() and not _UNPRINTED.search(line) for line in lines)
        and not lines[0].startswith(" ")
    )


def _foldable(value: str) -> bool:
    return " ".join(value.split(" ")) == value == " ".join(value.split()) and not _UNPRINTED.search(value)
