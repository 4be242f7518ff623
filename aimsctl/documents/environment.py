"""The templates' surroundings: a sandbox in which every text is inert by itself and every misspelt name an error.

Whatever a template prints becomes Markdown that shows it: the formats are made from Markdown, so escaping follows the
form of the output and never a file's name. Only the filters here, and macros, give Markdown that stands as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from jinja2 import BaseLoader, FunctionLoader, StrictUndefined, TemplateError, TemplateNotFound, pass_context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from aimsctl.assessment.calendar import HOUR, parse_date, parse_duration, parse_limit
from aimsctl.documents.escaping import anchor_name, code, escape
from aimsctl.documents.figures import drawn
from aimsctl.documents.prose import block_markdown
from aimsctl.documents.tree import MARKS, Figure
from aimsctl.documents.writing import write
from aimsctl.errors import RenderError

if TYPE_CHECKING:
    from jinja2.runtime import Context

    from aimsctl.documents.sources import Sources

NOTHING: Final = "\u2013"
LONGEST: Final = 20_000_000  # characters of one document
_SOURCES: Final = re.compile(r"[a-z0-9-]+(?:\.md)?\.j2\Z")


@lru_cache(maxsize=4)
def environment(sources: Sources) -> ImmutableSandboxedEnvironment:
    """A sandbox that takes templates only from `sources`, each made ready once for all documents of a run."""

    def load(name: str) -> tuple[str, str, Callable[[], bool]] | None:
        text = sources(name) if _SOURCES.match(name) else None
        return None if text is None else (text, name, lambda: True)

    loader: BaseLoader = FunctionLoader(load)
    made = ImmutableSandboxedEnvironment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        finalize=finalised,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    for name in ("safe", "forceescape", "xmlattr", "urlize", "pprint", "random", "tojson"):
        made.filters.pop(name)  # they print markup of other languages, or differ from run to run
    made.globals.clear()
    made.filters |= _FILTERS
    return made


def rendered(sources: Sources, name: str, context: Mapping[str, Any]) -> str:
    """The Markdown that a template makes of the context. Raises RenderError with template, line and what is wrong."""
    try:
        pieces = environment(sources).get_template(name).generate(dict(context))
        return _joined(pieces, name)
    except TemplateNotFound as error:
        raise RenderError(f"there is no template {error.message}", hint="`aimsctl render --list` names them") from error
    except TemplateError as error:
        raise _told(error, name) from error
    except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError, RecursionError) as error:
        raise _told(error, name) from error


def _joined(pieces: Iterable[str], name: str) -> str:
    found: list[str] = []
    length = 0
    for piece in pieces:
        length += len(piece)
        if length > LONGEST:
            raise RenderError(f"template {name} writes more than {LONGEST:,} characters")
        found.append(piece)
    return "".join(found)


def _told(error: Exception, name: str) -> RenderError:
    """Which template, which line, and what the error says, which names the variable."""
    line = getattr(error, "lineno", None)
    where, trace = getattr(error, "name", None) or name, error.__traceback__
    while trace is not None:
        if _SOURCES.match(trace.tb_frame.f_code.co_filename):
            where, line = trace.tb_frame.f_code.co_filename, trace.tb_lineno
        trace = trace.tb_next
    said = str(error) or type(error).__name__
    return RenderError(f"template {where}, line {line or 1}: {said}", hint="nothing was written")


# what templates print


def finalised(value: object) -> object:
    """Any value as inert Markdown: nothing as a dash, truth as a word, numbers without needless zeros."""
    if isinstance(value, str) and len(value) > LONGEST:
        raise ValueError(f"it writes more than {LONGEST:,} characters")
    if hasattr(value, "__html__"):
        return value
    if value is None or value == []:
        return NOTHING
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, str):
        return Markup(escape(value))  # noqa: S704 - escaped for Markdown, the language of the output
    return value


def _markup(text: str) -> Markup:
    return Markup(text)  # noqa: S704 - made of escaped parts


def _shown(value: object) -> str:
    """A value as Markdown."""
    final = finalised(value)
    return final.__html__() if hasattr(final, "__html__") else escape(str(final))


def _anchor(value: object) -> Markup:
    """The place that links to an id lead to."""
    return _markup(f'<a id="{anchor_name(_id_of(value))}"></a>')


def _ref(value: object, document: str = "", text: object = None) -> Markup:
    """A link to the place of an artefact, showing its id; in another document if one is named."""
    if value is None:
        return _markup(NOTHING)
    shown = _shown(_id_of(value) if text is None else text)
    return _markup(f"[{shown}]({document}#{anchor_name(_id_of(value))})")


def _file(value: Mapping[str, object], name: str) -> Markup:
    """A link to the file of a document in that format."""
    return _markup(f"[{escape(name)}]({value['stem']}.{name})")


def _leads_to(title: object, stem: object) -> Markup:
    """A link to another document of the same run, showing its title."""
    return _markup(f"[{_shown(title)}]({anchor_name(stem)})")


def _figure(values: Iterable[Mapping[str, Any]], name: str) -> Markup:
    """Artefacts as a drawing of that kind, told in lines."""
    return _markup(write([Figure(name, tuple(drawn(name, values)))]).rstrip("\n"))


def _refs(values: Iterable[object], document: str = "") -> Markup:
    """Links to several artefacts, parted by commas."""
    return _markup(", ".join(_ref(one, document) for one in values) or NOTHING)


def _id_of(value: object) -> object:
    return value["id"] if isinstance(value, Mapping) else value


def _named(value: object) -> Markup:
    """An artefact by title, with its id behind it as a link."""
    if not isinstance(value, Mapping):
        return _markup(NOTHING)
    return _markup(f"{_shown(value['title'])} ({_ref(value)})")


def _lines(values: Iterable[object]) -> Markup:
    """Each value on a line of its own within a cell."""
    return _markup("<br>".join(_shown(one) for one in values) or NOTHING)


def _listed(values: Iterable[object], between: str = ", ") -> Markup:
    """Values one after the other; links by their titles."""
    shown = (_shown(one["title"] if isinstance(one, Mapping) else one) for one in values)
    return _markup(_shown_between(between).join(shown) or NOTHING)


def _shown_between(text: str) -> str:
    return f" {escape(text.strip())} " if text.startswith(" ") else f"{escape(text.strip())} "


def _worded(value: object) -> object:
    """The words behind a name of the schema: `not_expected` is `not expected`."""
    if isinstance(value, list | tuple):
        return [_worded(one) for one in value]
    return value.replace("_", " ") if isinstance(value, str) else value


def _titled(value: object) -> object:
    """The words with a capital."""
    words = _worded(value)
    return words[:1].upper() + words[1:] if isinstance(words, str) else words


def _day(value: object) -> object:
    """2026-10-28 as 28 October 2026."""
    found = parse_date(str(value)) if value is not None else None
    return f"{found.day} {found:%B} {found.year}" if found is not None else value


def _period(value: object) -> object:
    """P1Y as 1 year, PT24H as 24 hours."""
    found = parse_duration(str(value)) if value is not None else None
    if found is None and (limit := parse_limit(value)) is not None:
        return f"{limit // HOUR} hours"
    return found.words if found is not None else value


def _block(value: object, under: int = 2) -> Markup:
    """Markdown of an artefact as blocks, its headings below level `under`; nothing as a dash."""
    return _markup(block_markdown(str(value), under).rstrip("\n") if value else NOTHING)


def _code(value: object) -> Markup:
    return _markup(code(str(value)) if value is not None else NOTHING)


@pass_context
def _badge(context: Context, value: object) -> Markup:
    """A word with its colour, for use in text."""
    words = _worded(value)
    return _markup(f"{MARKS[_tone(context, value)]} **{escape(str(words))}**") if words else _markup(NOTHING)


@pass_context
def _tint(context: Context, value: object, shown: object = None) -> Markup:
    """A word that colours its whole cell; it stands first in the cell."""
    words = _worded(value) if shown is None else shown
    return _markup(f"{MARKS[_tone(context, value)]} {escape(str(words))}") if words else _markup(NOTHING)


def _tone(context: Context, value: object) -> Any:
    return context["tones"].get(str(value), "quiet")


_FILTERS: Final[dict[str, Callable[..., Any]]] = {
    "anchor": _anchor,
    "badge": _badge,
    "block": _block,
    "code": _code,
    "day": _day,
    "file": _file,
    "figure": _figure,
    "leads_to": _leads_to,
    "lines": _lines,
    "listed": _listed,
    "named": _named,
    "period": _period,
    "ref": _ref,
    "refs": _refs,
    "tint": _tint,
    "titled": _titled,
    "words": _worded,
}
