"""JSON that means one thing only: what two readers could read differently is refused (RFC 8259, RFC 7493).

Names that repeat, NaN and infinities, integers beyond 2^53, lone surrogates, a byte order mark, trailing data, deep
nesting: all of them are valid for some parser and another value for the next one.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any, Final, NoReturn

from aimsctl.evidence.problems import MalformedError

DEPTH: Final = 32
_EXACT: Final = 2**53
_OPENS: Final = re.compile(rb'"(?:[^"\\]|\\.)*+"|([\[{])|([\]}])', re.DOTALL)


def parse(content: bytes, what: str) -> Any:
    """The value of the JSON text. Raises MalformedError, whose message names `what`."""
    try:
        text = content.decode("utf-8")
        _shallow(content)
        value = _DECODER.decode(text)
        if "\\u" in text:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeError as error:
        raise MalformedError(f"{what} is not valid Unicode") from error
    except (ValueError, RecursionError) as error:
        reason = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
        raise MalformedError(f"{what} is not the JSON it should be: {reason}") from error
    return value


def parse_object(content: bytes, what: str) -> dict[str, Any]:
    """The same for a text that must be an object."""
    value = parse(content, what)
    if not isinstance(value, dict):
        raise MalformedError(f"{what} is not a JSON object")
    return value


def compact(value: Any) -> bytes:
    """One line of JSON without white space, in the order of the mapping, as UTF-8; `encode` gives it as text."""
    return encode(value).encode("utf-8")


def _shallow(content: bytes) -> None:
    """Nesting is measured before anything is built; few brackets need no look at their order."""
    if content.count(b"{") + content.count(b"[") <= DEPTH:
        return
    depth = 0
    for found in _OPENS.finditer(content):
        depth += 1 if found[1] else -1 if found[2] else 0
        if depth > DEPTH:
            raise ValueError(f"nested deeper than {DEPTH} levels")


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return value


def _integer(text: str) -> int:
    value = int(text) if len(text) < 18 else _EXACT + 1  # noqa: PLR2004 - 2^53 has 16 digits
    if not -_EXACT <= value <= _EXACT or text == "-0":
        raise ValueError("an integer that not every reader can hold")
    return value


def _decimal(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("a number that not every reader can hold")
    return value


def _constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is no JSON number")


encode: Final = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode
_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_pairs, parse_int=_integer, parse_float=_decimal, parse_constant=_constant
)
