"""Floor 1: what a scalar without quotes means: the core schema of YAML 1.2 (10.3.2), as far as artefacts need it.

Whole numbers in their usual form, true, false and null are what they say. Everything else is text as it was written:
`NO`, `on`, `12:30`, `010`, `1.10`, `2026-03-01`. The schema of a kind says where a decimal or a date is meant.
"""

from __future__ import annotations

import re
from typing import Final

from aimsctl.source.document import Scalar

CORE: Final[dict[str, Scalar]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
STARTS: Final = frozenset({"", *"~nNtTfF-0123456789"})  # first characters of everything that may be no text

_INTEGER: Final = re.compile(r"0|-?[1-9][0-9]{0,17}")
# What some reader of YAML 1.1 or 1.2 takes for a number or a date (yaml.org/type).
_NUMBER_OR_DATE: Final = re.compile(
    r"[-+]?(?:0x[0-9a-fA-F_]+|0o[0-7_]+|0b[01_]+|[0-9][0-9_]*(?::[0-5]?[0-9])*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?"
    r"|\.[0-9][0-9_]*(?:[eE][-+]?[0-9]+)?|\.(?:inf|Inf|INF))|\.(?:nan|NaN|NAN)"
    r"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt \t].*)?"
)


def resolve(text: str) -> Scalar:
    """The value of a scalar without quotes."""
    if _INTEGER.fullmatch(text):
        return int(text)
    return CORE.get(text, text)


def is_text(text: str) -> bool:
    """Whether every reader of YAML takes this key, written without quotes, for text."""
    return text not in CORE and _NUMBER_OR_DATE.fullmatch(text) is None
