"""Where templates come from: those that are shipped, and overrides that somebody trusted has named."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

from aimsctl.documents.confined import Confined
from aimsctl.documents.registry import DEFINITIONS
from aimsctl.documents.rendering import Render
from aimsctl.errors import ConfigError, RenderError
from aimsctl.source.files import FileRefusedError, Tree
from aimsctl.source.resources import template_text

Sources = Callable[[str], str | None]
"""From the name of a template to its text; None if there is none."""
SHARED: Final = ("concern-parts.md.j2", "front.md.j2", "index.md.j2", "macros.md.j2", "process-parts.md.j2")
LIMIT: Final = 200_000  # bytes of a template
_ABSENT: Final = "it does not exist"


def names() -> list[str]:
    """The names of all shipped templates of documents."""
    return sorted({*SHARED, *(one.template_name for one in DEFINITIONS)})


def shipped(name: str) -> str | None:
    """The text of a shipped template; None if there is none of that name."""
    try:
        return template_text(f"documents/{name}")
    except ConfigError:
        return None


def overrides(tree: Tree, folder: str) -> dict[str, str]:
    """The templates in a folder of a tree that replace shipped ones. Raises RenderError for one that cannot be read."""
    found = {}
    for name in names():
        path = name if folder in ("", ".") else f"{folder}/{name}"
        try:
            content = tree.read(path, LIMIT)
        except FileRefusedError as error:
            if error.reason == _ABSENT:
                continue
            raise RenderError(f"template {path} was not read: {error.reason}") from error
        if len(content) > LIMIT:
            raise RenderError(f"template {path} is larger than {LIMIT:,} bytes")
        try:
            found[name] = content.decode("utf-8")
        except UnicodeDecodeError as error:
            raise RenderError(f"template {path} is not UTF-8") from error
    return found


def with_overrides(replaced: Mapping[str, str]) -> Sources:
    """The templates of the tool with some of them replaced; the same replacements give the same sources."""
    return _replacing(tuple(sorted(replaced.items())))


@lru_cache(maxsize=2)
def _replacing(items: tuple[tuple[str, str], ...]) -> Sources:
    replaced = dict(items)
    return lambda name: replaced[name] if name in replaced else shipped(name)


def renderer(replaced: Mapping[str, str], confined: Confined) -> Render:
    """How templates are rendered: the shipped ones here; with any of them replaced, all in the confined process."""
    if not replaced:
        from aimsctl.documents.environment import rendered  # noqa: PLC0415 - listing documents needs no templates

        return lambda name, context: rendered(shipped, name, context)
    return lambda name, context: confined.markdown(name, replaced, context)
