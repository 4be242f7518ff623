"""Floor 1, the only module that imports yaml: text to plain data and places, refusing what can be read in two ways.

One loop over libyaml's events builds the data. The events come one by one, so depth and expansion are bounded before
anything is built, and no input can exhaust the interpreter, which composing nodes or objects cannot promise.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, Final, cast

import yaml
from yaml.events import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from aimsctl.diagnostics import Rule
from aimsctl.errors import ConfigError
from aimsctl.source import layout, rules, suppressions
from aimsctl.source.characters import UNUSUAL_BREAKS, controls, decode, inspect, invisibles
from aimsctl.source.document import MERGE_KEY, Document, Lines, Pointer, Scalar, Value
from aimsctl.source.expansion import LIMITS, OPEN, Expansion, Limits, too_deep
from aimsctl.source.places import FLOW, Mark, Place, locate
from aimsctl.source.problems import QUOTE_IT, Problem, Unreadable, fatal, shown, told
from aimsctl.source.rules import RULES
from aimsctl.source.scalars import STARTS, is_text, resolve
from aimsctl.source.sealed import sealed, sealed_by_sops
from aimsctl.source.suppressions import Suppression
from aimsctl.source.syntax import LONGEST_KEY, Trouble, explain, missing_space

__all__ = ["LIMITS", "RULES", "Document", "Limits", "Pointer", "Scalar", "Suppression", "Value", "read"]

_IDENTIFIER: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_KNOWN: Final[dict[str, str]] = {}  # keys that proved to be plain text: one string of each for all files
_MOST_KNOWN: Final = 4096


def read(path: str, content: bytes, limits: Limits = LIMITS) -> Document:
    """The file as data, or the problems that keep it from being data; whatever the bytes are, nothing else happens.

    Raises ConfigError only if PyYAML was installed without libyaml.
    """
    text, problems, not_checked = _text(content, limits)
    if fatal(problems):
        return Document(path, None, text, told(path, text, problems), not_checked=not_checked)
    # An unusual line break ends a line for libyaml, but not in YAML 1.2: it is read as the space it looks like.
    parsed = text.translate(UNUSUAL_BREAKS) if problems else text
    data = _build(parsed, limits, problems)
    covering: tuple[Suppression, ...] = ()
    if data is not None and (seal := sealed_by_sops(data)):
        not_checked = seal[1]
        problems.append(seal[0])
    elif not fatal(problems) and (suppressions.MARK in text or layout.suspicious(text)):
        covering = tuple(_between_values(path, parsed, limits, problems))
    diagnostics = told(path, text, problems) if problems else ()
    return Document(path, None if fatal(problems) else data, text, diagnostics, covering, not_checked, _locate)


def _text(content: bytes, limits: Limits) -> tuple[str, list[Problem], str]:
    """The text of the bytes, what is wrong with it, and a few words on what it is if it is no artefact's text."""
    if len(content) > limits.size:
        said = f"The file has more than {limits.size} bytes, the limit for one file."
        return "", [Problem(rules.TOO_LARGE, 0, 0, said, rules.TOO_LARGE.fix)], ""
    if seal := sealed(content):
        return "", [seal[0]], seal[1]
    text, broken = decode(content)
    return text, [broken] if broken else list(inspect(text)), ""


def _between_values(path: str, text: str, limits: Limits, problems: list[Problem]) -> Iterator[Suppression]:
    """The suppressions of a text; adds what is wrong with them and with what else stands between its values."""
    scalars = [mark for mark in _marks(text) if mark.kind == "scalar"]
    problems.extend(islice(layout.faults(text, scalars), limits.problems))
    if suppressions.MARK not in text or fatal(problems):
        return
    for found in suppressions.scan(path, Lines(text), layout.comments(text, scalars), text, _locate(text)):
        if isinstance(found, Problem):
            problems.append(found)
        else:
            yield found


def _locate(text: str) -> Place:
    """Where every value of a text stands that was read without an error."""
    text = text.translate(UNUSUAL_BREAKS)
    return locate(_marks(text), text)


def _marks(text: str) -> Iterator[Mark]:
    """The events of a text by their places."""
    for event in iter(_events(text), None):
        start, end = event.start_mark.index, event.end_mark.index
        kind = event.__class__
        if kind is ScalarEvent:
            yield Mark("scalar", start, end, event.style, event.value)
        elif kind is MappingStartEvent or kind is SequenceStartEvent:
            style = FLOW if event.flow_style else ""
            yield Mark("mapping" if kind is MappingStartEvent else "list", start, end, style)
        elif kind is AliasEvent:
            yield Mark("alias", start, end)
        else:
            yield Mark("end" if kind is MappingEndEvent or kind is SequenceEndEvent else "other", start, end)


def _events(text: str) -> Callable[[], Any]:
    """A function that gives the next event at each call, and None after the last."""
    if not yaml.__with_libyaml__:
        raise ConfigError(
            "this Python has a PyYAML without libyaml, which reads some files differently",
            hint="install a wheel: pip install --force-reinstall --only-binary :all: pyyaml",
        )
    parser: Any = yaml.cyaml.CParser  # type: ignore[attr-defined]
    return cast("Callable[[], Any]", parser(text.encode()).get_event)


def _build(text: str, limits: Limits, problems: list[Problem]) -> dict[str, Value] | None:
    """The data of the one document in a text, as far as it can be told; adds what is wrong with it."""
    try:
        return _Builder(text, limits, problems).document()
    except Unreadable as error:
        problems.append(error.problem)
    except yaml.MarkedYAMLError as error:
        problems.append(explain(_trouble(text, error)))
    except yaml.YAMLError as error:
        problems.append(Problem(rules.SYNTAX, 0, 0, f"This is not valid YAML: {shown(str(error))}."))
    return None


def _trouble(text: str, error: yaml.MarkedYAMLError) -> Trouble:
    opened = None if error.context_mark is None else error.context_mark.index
    at = len(text) if error.problem_mark is None else error.problem_mark.index
    return Trouble(text, Lines(text), error.problem or "", at, error.context or "", opened)


class _Builder:
    """Builds plain data from the events of a text. A problem is noted and reading goes on, as far as it tells more."""

    def __init__(self, text: str, limits: Limits, problems: list[Problem]) -> None:
        self._text = text
        self._get = _events(text)
        self._limits = limits
        self._deepest = limits.depth
        self._problems = problems
        self._expansion = Expansion(len(text), limits)

    def document(self) -> dict[str, Value] | None:
        """The data of the document, None if there is none. Raises Unreadable, and what the parser raises."""
        get = self._get
        get()
        begin = get()
        if begin.__class__ is StreamEndEvent:
            raise Unreadable(Problem(rules.EMPTY, 0, 0, "The file holds no data.", rules.EMPTY.fix))
        if begin.tags or begin.version not in {None, (1, 2)}:
            said = "The file asks for another version of YAML or defines tags; files are YAML 1.2 without tags."
            self._note(rules.DIRECTIVE, begin, said)
        root = get()
        if root.__class__ is not MappingStartEvent:
            raise Unreadable(self._no_mapping(root))
        data = self._node(root, 1)
        end = get()
        if end.explicit and not begin.explicit:
            said = "The marker ... ends a document that no marker --- has begun."
            self._note(rules.SYNTAX, end, said, "Delete the line.")
        following = get()
        if following.__class__ is not StreamEndEvent:
            self._note(rules.SEVERAL_DOCUMENTS, following, "Here a second document starts.")
        return data if isinstance(data, dict) else None

    def _no_mapping(self, root: Any) -> Problem:
        start, end = root.start_mark.index, root.end_mark.index
        if root.__class__ is ScalarEvent:
            self._get()  # where the parser stumbles over the rest, that says more
            if not root.style and resolve(root.value) is None:
                return Problem(rules.EMPTY, start, end, "The document holds no data.", rules.EMPTY.fix)
            if lacking := missing_space(self._text[start:end]):
                return Problem(rules.SYNTAX, start, end, *lacking)
        what = {ScalarEvent: "one text", SequenceStartEvent: "a list"}.get(root.__class__, "an alias")
        said = f"The file is {what}, where fields (key: value) are wanted."
        return Problem(rules.NOT_A_MAPPING, start, end, said, rules.NOT_A_MAPPING.fix)

    def _note(self, rule: Rule, event: Any, message: str, hint: str = "", related: Any = None) -> None:
        first = None if related is None else (related.start_mark.index, "the first one stands here")
        self._add(Problem(rule, event.start_mark.index, event.end_mark.index, message, hint or rule.fix, first))

    def _add(self, problem: Problem) -> None:
        if len(self._problems) >= self._limits.problems:
            raise Unreadable(problem)
        self._problems.append(problem)

    def _node(self, event: Any, depth: int) -> Value:
        """The value that begins with an event; `depth` is its own if it is a list or mapping."""
        kind = event.__class__
        if kind is AliasEvent:
            return self._alias(event, depth)
        if event.anchor is not None or event.tag is not None:
            return self._marked(event, depth)
        if kind is ScalarEvent:
            text: str = event.value
            if event.style:
                if event.style == '"' and not text.isprintable():
                    self._escaped(event)
                return text
            if " " in text and event.start_mark.line != event.end_mark.line:
                self._folded(event)
            return resolve(text) if text[:1] in STARTS else text
        if depth > self._deepest:
            raise Unreadable(too_deep(event, self._limits))
        if kind is MappingStartEvent:
            return self._mapping(depth + 1)
        items = []
        get = self._get
        while (event := get()).__class__ is not SequenceEndEvent:
            items.append(self._node(event, depth + 1))
        return items

    def _mapping(self, below: int) -> dict[str, Value]:
        data: dict[str, Value] = {}
        first: dict[str, Any] = {}
        merged: list[tuple[Any, Value]] = []
        get, known = self._get, _KNOWN.get
        while (event := get()).__class__ is not MappingEndEvent:
            key = known(event.value) if event.__class__ is ScalarEvent else None
            if key is None or event.anchor is not None or event.tag is not None:
                key = self._key(event, below)
            value = self._node(get(), below)
            if key is None:
                continue
            if key in first:
                self._note(rules.DUPLICATE_KEY, event, f"The key {shown(key)} occurs twice.", related=first[key])
                continue
            first[key] = event
            if key == MERGE_KEY and not event.style:
                merged.append((event, value))
                continue
            if value is None and ":" in key:
                self._glued_colon(event)
            data[key] = value
        for event, value in merged:
            self._merge(data, event, value)
        return data

    def _key(self, event: Any, below: int) -> str | None:
        """The text of a key that is not known yet; None, with a problem, if it cannot be a key."""
        if event.__class__ is not ScalarEvent:
            said = "A key is an alias." if event.__class__ is AliasEvent else "A key is a list or a mapping."
            self._note(rules.KEY_NOT_TEXT, event, said, f"Write the key as a word. {QUOTE_IT}")
            if event.__class__ is not AliasEvent:
                self._node(event, below)
            return None
        text: str = event.value
        if event.anchor is not None or event.tag is not None:
            style, event.style = event.style, "'"  # an anchored key is text, whatever it looks like
            self._marked(event, below)
            event.style = style
        if not event.style and not is_text(text):
            said = f"The key {shown(text)} is a number, a date, true, false or null, not text."
            self._note(rules.KEY_NOT_TEXT, event, said, f'Put it in quotes: "{text}".')
            return None
        if event.style == '"' and not text.isprintable():
            self._escaped(event)
        if len(text) > LONGEST_KEY:
            said = f"The key has {len(text)} characters; the limit is {LONGEST_KEY}."
            self._note(rules.TOO_LARGE, event, said, "Shorten the key; put the text in its value.")
        elif len(_KNOWN) < _MOST_KNOWN and _IDENTIFIER.fullmatch(text) and is_text(text):
            return _KNOWN.setdefault(text, sys.intern(text))
        return text if text.isascii() else unicodedata.normalize("NFC", text)

    def _marked(self, event: Any, depth: int) -> Value:
        """The value of an event with an anchor or a tag."""
        anchor, tag = event.anchor, event.tag
        event.anchor = event.tag = None
        if tag is not None:
            written = re.search(r"!\S*", self._text[event.start_mark.index :])
            self._note(rules.TAG, event, f"The tag {shown(written.group() if written else tag)} is not read.")
        if anchor is None:
            return self._node(event, depth)
        return self._expansion.mark(anchor, lambda: self._node(event, depth))

    def _alias(self, event: Any, depth: int) -> Value:
        state = self._expansion.state(event.anchor)
        if state is None:
            self._note(rules.UNKNOWN_ALIAS, event, f"No &{event.anchor} stands above *{event.anchor}.")
        elif state == OPEN:
            self._note(rules.CYCLE, event, f"*{event.anchor} stands inside the value that &{event.anchor} marks.")
        else:
            return self._expansion.alias(depth, event)
        return None

    def _merge(self, data: dict[str, Value], key: Any, value: Value) -> None:
        """Adds the fields of merged mappings that the mapping does not have itself; earlier ones win."""
        for source in value if isinstance(value, list) else [value]:
            if not isinstance(source, dict):
                self._note(rules.MERGE, key, "The merge key << is not followed by a mapping.")
                continue
            for name, item in source.items():
                data.setdefault(name, item)

    def _escaped(self, event: Any) -> None:
        """Notes control and invisible characters that a double-quoted text spells with escapes."""
        text: str = event.value
        for problem in (*controls(text), *invisibles(text)):
            self._note(problem.rule, event, problem.message, problem.hint)

    def _folded(self, event: Any) -> None:
        """Notes a text over several lines that swallows what looks like fields."""
        if problem := layout.folded(self._text, event.start_mark.index, event.end_mark.index):
            self._add(problem)

    def _glued_colon(self, key: Any) -> None:
        """Notes `{a:b}`, which libyaml reads as a key without a value."""
        start, end = key.start_mark.index, key.end_mark.index
        if not key.style and self._text[end : end + 200].lstrip()[:1] in {",", "}"}:
            lacking = missing_space(self._text[start:end])
            if lacking:
                self._add(Problem(rules.SYNTAX, start, end, *lacking))
