"""Floor 1: text that stands where an answer should, as `placeholders.yaml` lists it."""

from __future__ import annotations

import functools
from typing import NamedTuple

from aimsctl.standard.data import load


class Placeholders(NamedTuple):
    """`words` count as the whole value of a field, in any case; `marks` anywhere in a text, as words, written so."""

    words: tuple[str, ...]
    marks: tuple[str, ...]


@functools.cache
def placeholders() -> Placeholders:
    """The placeholders of this release."""
    data = load("placeholders")
    return Placeholders(tuple(data["words"]), tuple(data["marks"]))
