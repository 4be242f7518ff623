"""Reports to write, texts that mean harm, and a reader for each format that gives back what the format reported."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

from lxml import etree
from markdown_it import MarkdownIt

from aimsctl.diagnostics import Diagnostic, Rule, Severity, Span
from aimsctl.output.clean import one_line
from aimsctl.output.report import Report

if TYPE_CHECKING:
    from markdown_it.token import Token

ERROR = Rule("AIM203", "risk-without-owner", "A risk has an owner.", Severity.ERROR, "Nobody acts.", "", ("6.1.2",))
WARNING = Rule("AIM501", "review-due", "Reviews happen in time.", Severity.WARNING, "Text ages.", "Review it.")
NOTE = Rule("AIM299", "hint-only", "Something to know.", Severity.NOTE, "It may help.")
RULES = (ERROR, WARNING, NOTE)
PATH = "policies/risks.yaml"

HOSTILE = (
    "\x1b[2J\x1b]0;owned\x07",
    "\x1b]8;;https://evil.example\x1b\\x\x1b]52;c;cm0=\x07",
    "\x9b31m back\x08space\x7f\r over",
    "::error file=a.yaml,line=1::injected",
    "\n::error::injected",
    "\r\n::add-mask::e",
    "\n ::stop-commands::token",
    "##[error]injected",
    "##[add-mask]e",
    "##vso[task.setvariable variable=x]y",
    "#\ufe0f#[add-mask]e",
    "%0A::error::injected%25",
    "a,b:c=d",
    "[bold]x[/bold] [link=https://evil.example]y[/link] [/x] :smile:",
    "a | b || c",
    "\n| AIM203 | error | fake row |",
    "x\n\n# Approved\n\n---",
    "<script>alert(1)</script><img src=x onerror=alert(1)><!-- ",
    "[x](javascript:alert(1)) ![y](https://evil.example/p.png) <https://evil.example>",
    "https://evil.example www.evil.example mailto:a@evil.example",
    "@team #1 !2 GH-3 $x$ ~~y~~ *z* _q_ __b__ `code` ``` $(rm) ",
    "`` ` `|` \\| \\` @a|b`c\\d",
    "1. one - two + three > four === ",
    "]]></failure></testcase><!-- &amp; &lt; \"'",
    "\u202eevil\u2066\u200b\u200d\ufeff\u00ad",
    "\ud800\udcff\ufffe\uffff\U0001ffff\U000e0041",
    "\x00\x01\x02\x0b\x0c\x1f",
    "表計算\t漢字 e\u0301 🙂",
    "{0} {{1}} ${{ secrets.TOKEN }}",
    "=cmd|' /C calc'!A0",
)


def finding(  # noqa: PLR0913 -- what a finding is made of
    rule: Rule = ERROR,
    message: str = "risk R-1 has no owner",
    *,
    path: str = PATH,
    line: int = 1,
    column: int = 1,
    end: tuple[int, int] = (0, 0),
    pointer: str = "",
    **more: Any,
) -> Diagnostic:
    return Diagnostic(rule, Span(path, line, column, *end, pointer), message, **more)


def report(*findings: Diagnostic, **more: Any) -> Report:
    given = {"command": "validate", "findings": findings, "rules": RULES, "checked": (PATH,), **more}
    return Report(**given)


@dataclass(frozen=True)
class Command:
    """A workflow command as a runner would carry it out."""

    name: str
    properties: Mapping[str, str]
    data: str


RUNNER_COMMANDS = frozenset(
    (
        *("error", "warning", "notice", "debug", "group", "endgroup", "echo", "add-mask", "stop-commands"),
        *("set-output", "set-env", "save-state", "add-path", "internal-set-repo-path", "add-matcher", "remove-matcher"),
    )
)


def obeyed(line: str) -> Command | None:
    """What a runner does with a line of a log (actions/runner, ActionCommand.TryParseV2, then TryParse)."""
    trimmed = line.lstrip()
    head, separator, data = trimmed[2:].partition("::")
    if trimmed.startswith("::") and separator and head.split(" ")[0].lower() in RUNNER_COMMANDS:
        return _command(head, ",", data)
    # The second search, `##[`, compares as the culture does: it looks through characters that are ignorable.
    plain = re.sub("[\ufe00-\ufe0f\u200b-\u200f\u2060-\u2064\ufeff\u00ad\U000e0000-\U000e0fff]", "", line)
    _, prefix, rest = plain.partition("##[")
    head, bracket, data = rest.partition("]")
    if prefix and bracket and head.split(" ")[0].lower() in RUNNER_COMMANDS:
        return _command(head, ";", data)
    return Command("vso", {}, plain) if re.search(r"##vso\[", plain, re.IGNORECASE) else None


def _command(head: str, separator: str, data: str) -> Command:
    name, _, listed = head.partition(" ")
    pairs = (pair.split("=", 1) for pair in listed.strip().split(separator) if "=" in pair)
    return Command(name, {key: _decoded(value) for key, value in pairs}, _decoded(data))


def _decoded(text: str) -> str:
    for escaped, character in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(escaped, character)
    return text


Key = tuple[str, str, str, int, str]  # code, severity, path, line, message


def key(code: str, severity: str, path: str, line: int | str, message: str) -> Key:
    """A finding as far as every format tells it, apart from how each makes its text inert."""
    return code, severity, re.sub(r"^(\./ ?)+", "", _even(path)), int(line), _even(message)


def _even(text: str) -> str:
    return " ".join(one_line(text).replace("\\", "").split())


def keys(findings: Iterable[Diagnostic]) -> list[Key]:
    return sorted(key(one.code, one.severity.word, one.span.path, one.span.line, one.message) for one in findings)


_HEADLINE = re.compile(r"(?s)^([^ ].*?):(\d+):(\d+): (error|warning|note)\[(\w+)\] (.*)$")


def headlines(text: str) -> Iterator[Key]:
    for line in text.split("\n"):
        if found := _HEADLINE.match(line):
            path, number, _, severity, code, message = found.groups()
            yield key(code, severity, path, number, message)


def read_json(text: str) -> Iterator[Key]:
    for one in json.loads(text)["diagnostics"]:
        if one["suppressed"] is None:
            yield key(one["code"], one["severity"], one["path"], one["line"], one["message"])


def read_sarif(text: str) -> Iterator[Key]:
    (run,) = json.loads(text)["runs"]
    for one in run["results"]:
        if "suppressions" not in one:
            place = one["locations"][0]["physicalLocation"]
            path = unquote_to_bytes(place["artifactLocation"]["uri"]).decode("utf-8", "surrogateescape")
            message = one["message"]["text"].partition("\nHint: ")[0]
            assert run["tool"]["driver"]["rules"][one["ruleIndex"]]["id"] == one["ruleId"]
            yield key(one["ruleId"], one["level"], path, place["region"]["startLine"], message)


def read_github(text: str) -> Iterator[Key]:
    words = {"error": "error", "warning": "warning", "notice": "note"}
    for line in text.split("\n"):
        if command := obeyed(line):
            given = command.properties
            message = command.data.partition("\nHint: ")[0]
            yield key(given["title"].split()[0], words[command.name], given["file"], given["line"], message)


def read_gitlab(text: str) -> Iterator[Key]:
    words = {"critical": "error", "minor": "warning", "info": "note"}
    for one in json.loads(text):
        message, place = one["description"].partition(" Hint: ")[0], one["location"]
        yield key(one["check_name"], words[one["severity"]], place["path"], place["lines"]["begin"], message)


def read_junit(text: str) -> Iterator[Key]:
    root = etree.fromstring(text.encode())
    for element in (*root.iter("failure"), *root.iter("system-out")):
        yield from headlines(element.text or "")


def markdown_tables(text: str) -> list[list[list[str]]]:
    """The tables with the text of each cell, as a reader of CommonMark with tables sees them."""
    tables: list[list[list[str]]] = []
    for token in inert_markdown(text):
        if token.type == "table_open":
            tables.append([])
        elif token.type == "tr_open":
            tables[-1].append([])
        elif token.type == "inline" and token.level == 4 and tables:
            tables[-1][-1].append("".join(child.content for child in token.children or []))
    return tables


def inert_markdown(text: str) -> list[Token]:
    """The tokens; fails if anything is there that our own words do not put there."""
    tokens = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(text)
    for token in tokens:
        assert token.type not in {"html_block", "fence", "code_block", "hr", "ordered_list_open"}, token
        for child in token.children or []:
            assert child.type in {"text", "code_inline", "strong_open", "strong_close"}, child
            if child.type == "text":  # a forge looks for these in text, not in code
                assert not re.search(r"@\w|https?://|www\.|[#!]\d|\$\w", child.content), child.content
    return tokens


def read_markdown(text: str) -> Iterator[Key]:
    for table in markdown_tables(text):
        if table[0][-1] == "What to do":
            for severity, code, place, message, _ in table[1:]:
                path, line, _ = place.rsplit(":", 2)
                yield key(code, severity, path, line, message)


READERS: dict[str, Callable[[str], Iterator[Key]]] = {
    "text": headlines,
    "concise": headlines,
    "json": read_json,
    "sarif": read_sarif,
    "github": read_github,
    "gitlab": read_gitlab,
    "junit": read_junit,
    "markdown": read_markdown,
}
