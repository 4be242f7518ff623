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
_UNPRINTED: Final = re.compile("[^ -~\u00a0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


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
        return " >-\n" + textwrap.fill(
            value,
            WIDTH,
            initial_indent=margin,
            subsequent_indent=margin,
            break_long_words=False,
            break_on_hyphens=False,
        )
    one_line = _text(value, ",") if isinstance(value, str) else inline(value)
    if isinstance(value, list) and value and (len(one_line) > WIDTH - indent - 20 or isinstance(value[0], dict)):
        return "\n" + "\n".join(line for one in value for line in entry(one, indent))
    return f" {one_line}"


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
        return json.dumps(value)
    return "'" + value.replace("'", "''") + "'"


def _foldable(value: str) -> bool:
    return " ".join(value.split(" ")) == value == " ".join(value.split()) and not _UNPRINTED.search(value)
