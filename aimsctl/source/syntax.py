"""Floor 1: what libyaml says about broken YAML, said again for the person who wrote the line.

libyaml's words stay in view of a developer's needs ("could not find expected ':'"); here each becomes what is wrong and
what to type. A message it may add one day is passed on as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from aimsctl.source import rules
from aimsctl.source.document import Lines
from aimsctl.source.problems import QUOTE_IT, Problem, shown

LONGEST_KEY: Final = 1024  # characters; YAML 1.2, 7.4, for keys without the ? indicator, and here for all

_NO_SPACE_AFTER_COLON: Final = re.compile(r"\s*(?:- +)*([A-Za-z_][\w-]*):(?!//)([^ \t].*)")
_NO_SPACE_AFTER_DASH: Final = re.compile(r"\s*-([^\s-].*)")
_ESCAPE: Final = re.compile(r"\\.[0-9A-Fa-f]*")
_HALF: Final = re.compile(r"\\(?:u|U0000)[dD][89a-fA-F]")
_MARKED: Final = re.compile(r"(?:^|\s)[&*]\S+$")
_WORD: Final = re.compile(r"\S*")


@dataclass(frozen=True, slots=True)
class Trouble:
    """An error of the parser: its words, where it is, and where what was being read began."""

    text: str
    lines: Lines
    problem: str
    at: int
    context: str
    opened: int | None

    @property
    def line(self) -> str:
        """The source line of the error."""
        return self.lines.line(self.number)

    @property
    def number(self) -> int:
        """Its number."""
        return self.lines.position(self.at)[0]

    @property
    def before(self) -> str:
        """What stands on the line before the error."""
        return self.line[: self.lines.position(self.at)[1] - 1]

    @property
    def character(self) -> str:
        """The character at the error; empty at the end."""
        return self.text[self.at : self.at + 1]

    def says(self, message: str, hint: str = QUOTE_IT, *, at: int | None = None, length: int = 1) -> Problem:
        """The problem in these words, at the error unless another place tells more."""
        place = self.at if at is None else at
        return Problem(rules.SYNTAX, place, min(place + length, len(self.text)), message, hint)


def explain(trouble: Trouble) -> Problem:
    """The problem in plain words, at the place where it can be mended."""
    if trouble.character == "\t" or "tab character" in trouble.problem:
        return tab(trouble.at)
    for words, say in _SAID:
        if words in f"{trouble.context}: {trouble.problem}":
            return say(trouble)
    return trouble.says(f"This is not valid YAML: {trouble.problem}.", "Compare the line with the ones around it.")


def tab(at: int) -> Problem:
    """A tab where only spaces may stand."""
    return Problem(rules.TAB, at, at + 1, "Here stands a tab; YAML wants spaces.", "Replace the tab by spaces.")


def missing_space(line: str) -> tuple[str, str] | None:
    """Message and hint if the line is a field or a list item that lacks only its space."""
    if found := _NO_SPACE_AFTER_COLON.match(line):
        key, value = found.groups()
        return f'A space is missing after the colon of "{key}:".', f"Write {shown(f'{key}: {value}')}."
    if found := _NO_SPACE_AFTER_DASH.match(line):
        return "A space is missing after the dash.", f"Write {shown(f'- {found.group(1)}')}."
    return None


def _second_colon(trouble: Trouble) -> Problem:
    """`mapping values are not allowed in this context`."""
    if trouble.before.startswith("---"):
        return trouble.says("The first key stands on the line of the marker ---.", "Start it on the next line.")
    if len(trouble.before) > LONGEST_KEY:
        message = f"This key is longer than {LONGEST_KEY} characters."
        return Problem(rules.TOO_LARGE, trouble.at, trouble.at, message, "Shorten the key; put the text in its value.")
    above = trouble.lines.line(trouble.number - 1)
    if not re.search(r":\s", trouble.before):
        if lacking := missing_space(above):
            start = trouble.at - len(trouble.before) - len(above) - 1
            return trouble.says(*lacking, at=max(start, 0), length=len(above))
        return trouble.says(
            "This line is indented further than the fields above it, so it is read as part of the text there.",
            "Give it the same indentation as the field it stands beside, or end the text above it.",
        )
    return trouble.says(
        'There is a second colon on this line; a text with ": " in it needs quotes.',
        f'Write it as {_key_of(trouble.line)}: "...".',
    )


def _key_of(line: str) -> str:
    return line.lstrip("- ").partition(":")[0].strip() or "key"


def _no_colon(trouble: Trouble) -> Problem:
    """`could not find expected ':'`; the parser opened a key it never closed."""
    at = trouble.at if trouble.opened is None else trouble.opened
    number = trouble.lines.position(at)[0]
    line = trouble.lines.line(number)
    if line.startswith("..."):
        return trouble.says("The marker ... must stand alone on its line.", at=at, length=3)
    if lacking := missing_space(line):
        return trouble.says(*lacking, at=at, length=len(line.strip()))
    return trouble.says(
        "This line is neither a field (key: value) nor a list item (- value).",
        "Add the colon. If the line continues the text above, indent it further than the key of that text.",
        at=at,
        length=len(line.strip()),
    )


def _cannot_start(trouble: Trouble) -> Problem:
    character = trouble.character
    return trouble.says(f"A text cannot start with {character}.", f'Put the text in quotes: "{character}...".')


def _expected_key(trouble: Trouble) -> Problem:
    """`did not find expected key` or `'-' indicator`: something that does not fit the block around it."""
    before = trouble.before.rstrip()
    if before.endswith(('"', "'")):
        return trouble.says(
            "The text goes on after its closing quote.",
            "Put the whole text in one pair of quotes; a quote inside 'single quotes' is written twice: ''.",
        )
    if before.endswith(("]", "}")):
        return trouble.says(
            f"Something follows the closing {before[-1]}.", "Remove it, or put the whole text in quotes."
        )
    if _MARKED.search(before):
        return trouble.says("An anchor or alias is followed by something that does not belong to it.")
    if trouble.character == ":":
        return trouble.says("The key before the colon is missing.", "Write key: value.")
    begins = 1 if trouble.opened is None else trouble.lines.position(trouble.opened)[0]
    return trouble.says(
        f"This line does not fit the block begun on line {begins}: its indentation or its first character differs.",
        "Give the fields of one group, and the dashes of one list, the same indentation.",
    )


def _not_closed(trouble: Trouble) -> Problem:
    """`did not find expected ',' or ']'` and its kin."""
    opened = trouble.at if trouble.opened is None else trouble.opened
    bracket = trouble.text[opened : opened + 1]
    closing = {"[": "]", "{": "}"}.get(bracket, "its end")
    if not trouble.text[trouble.at :].strip():
        return trouble.says(f"The {bracket} that opens here is never closed.", f"Add {closing}.", at=opened)
    return trouble.says(
        f"Between the {bracket} of line {trouble.lines.position(opened)[0]} and here a comma or {closing} is missing.",
        f"Separate the values by commas, close with {closing}, and put texts that hold , : [ ] {{ }} in quotes.",
    )


def _no_value(trouble: Trouble) -> Problem:
    """`did not find expected node content`."""
    if not trouble.text[trouble.at :].strip():
        return trouble.says("The list or mapping that opens above is never closed.", "Add the closing ] or }.")
    if trouble.line.startswith("..."):
        return trouble.says("The file ends (...) before it has begun.", "Delete this line.", length=3)
    if "block" in trouble.context:
        return _cannot_start(trouble)
    return trouble.says(f"Before {trouble.character} a value is missing.", f"Add it. {QUOTE_IT}")


def _quote_open(trouble: Trouble) -> Problem:
    opened = trouble.at if trouble.opened is None else trouble.opened
    quote = trouble.text[opened : opened + 1]
    return trouble.says(f"The quote {quote} that opens here is never closed.", f"Add {quote} at the end.", at=opened)


def _unknown_escape(trouble: Trouble) -> Problem:
    escape = trouble.text[trouble.at : trouble.at + 2]
    return trouble.says(
        f"{escape} means nothing inside double quotes.",
        "Use 'single quotes', where a backslash is only a backslash, or write \\\\.",
        length=2,
    )


def _no_character(trouble: Trouble) -> Problem:
    """`found invalid Unicode character escape code`: a surrogate, or a number beyond Unicode."""
    start = trouble.text.rfind("\\", 0, trouble.at + 1)
    escape = _at(_ESCAPE, trouble.text, start)
    if _HALF.match(escape):
        said = f"{escape} is half of a character (a lone surrogate)."
        hint = "Type the character itself, or its number with \\U and eight digits."
        return Problem(rules.LONE_SURROGATE, start, start + len(escape), said, hint)
    return trouble.says(
        f"{escape} is no Unicode character.", "Type the character itself.", at=start, length=len(escape)
    )


def _list_beside_key(trouble: Trouble) -> Problem:
    if trouble.before.rstrip().endswith(("]", "}")):
        return _expected_key(trouble)
    return trouble.says(
        "A list cannot start on the line of its key, nor a text with a dash and a space.",
        "Start each item on a line of its own, as - item; put a text that starts with a dash in quotes.",
    )


def _not_a_document(trouble: Trouble) -> Problem:
    """`did not find expected <document start>`: after a directive, or after the end marker."""
    if re.search(r"^\.\.\.", trouble.text[: trouble.at], re.MULTILINE):
        return trouble.says(
            "Something follows the end marker ... of the document.", "Delete the marker, or what follows it."
        )
    hint = "Delete the line that starts with %."
    return Problem(rules.DIRECTIVE, trouble.at, trouble.at, "After a line with % the marker --- is missing.", hint)


def _directive(trouble: Trouble) -> Problem:
    line = trouble.lines.line(trouble.number).strip()
    said = f"{shown(line)} is not read: files are YAML 1.2."
    return Problem(rules.DIRECTIVE, trouble.at, trouble.at, said, "Delete the line that starts with %.")


def _after_marker(trouble: Trouble) -> Problem:
    """`did not find expected comment or line break`, after the header of a block text."""
    return trouble.says(
        "After | or > the text starts on the next line.", "Move the text there, indented by two spaces."
    )


def _tag(trouble: Trouble) -> Problem:
    at = trouble.at if trouble.opened is None else trouble.opened
    written = _at(_WORD, trouble.text, at)
    hint = "Remove it, or put the text in quotes if the exclamation mark belongs to it."
    return Problem(rules.TAG, at, at + len(written), f"The tag {shown(written)} is not read.", hint)


def _name_expected(trouble: Trouble) -> Problem:
    at = trouble.at if trouble.opened is None else trouble.opened
    character = trouble.text[at : at + 1]
    return trouble.says(f"A text cannot start with {character}.", f'Put the text in quotes: "{character}...".', at=at)


def _too_deep(trouble: Trouble) -> Problem:
    """The parser looks ahead for the colon of a key, and may meet its own limit before ours is reached."""
    said = "Lists and mappings are nested far too deeply here."
    return Problem(rules.TOO_DEEP, trouble.at, trouble.at + 1, said, rules.TOO_DEEP.fix)


def _at(pattern: re.Pattern[str], text: str, index: int) -> str:
    found = pattern.match(text, index)
    return "" if found is None else found.group()


_SAID: Final[tuple[tuple[str, Callable[[Trouble], Problem]], ...]] = (
    ("maximum nesting depth", _too_deep),
    ("directive", _directive),
    ("mapping values are not allowed", _second_colon),
    ("could not find expected ':'", _no_colon),
    ("cannot start any token", _cannot_start),
    ("found unexpected end of stream", _quote_open),
    ("did not find expected key", _expected_key),
    ("did not find expected '-' indicator", _expected_key),
    ("did not find expected ','", _not_closed),
    ("did not find expected node content", _no_value),
    ("found unknown escape character", _unknown_escape),
    ("invalid Unicode character", _no_character),
    ("block sequence entries are not allowed", _list_beside_key),
    (
        "mapping keys are not allowed",
        lambda trouble: trouble.says("A text cannot start with a question mark and a space."),
    ),
    ("found unexpected ':'", lambda trouble: trouble.says("Inside [ ] or { } a text with a colon needs quotes.")),
    ("document indicator", lambda trouble: trouble.says("The marker --- or ... stands inside a quoted text.")),
    ("<document start>", _not_a_document),
    ("incompatible YAML document", _directive),
    ("expected comment or line break", _after_marker),
    ("tag", _tag),
    ("alphabetic or numeric character", _name_expected),
)
