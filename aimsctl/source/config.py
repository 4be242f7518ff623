"""Floor 1: aimsctl.yaml. What the workspace is called, where things lie, and which limits it sets itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from aimsctl.diagnostics import Diagnostic, Rule, Severity, Span
from aimsctl.errors import ConfigError
from aimsctl.source import yaml
from aimsctl.source.files import CONFIG_NAME, FileRefusedError, Tree, contained
from aimsctl.source.problems import shown
from aimsctl.source.suppressions import CODE, is_date
from aimsctl.source.yaml import Document, Pointer

CONFIG_PATH: Final = CONFIG_NAME
GRADES: Final = ("major", "minor", "opportunity", "never")
DEFAULT: Final = "default"
_DURATION: Final = re.compile(  # as artefacts write it
    r"P(?:[0-9]{1,2}Y(?:[0-9]{1,3}M(?:[0-9]{1,5}D)?)?|[0-9]{1,3}M(?:[0-9]{1,5}D)?|[0-9]{1,4}W|[0-9]{1,5}D)"
)
_DECIMAL: Final = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,6})?")

UNKNOWN_SETTING: Final = Rule(
    code="AIM901",
    name="unknown-setting",
    severity=Severity.ERROR,
    summary="aimsctl.yaml has a setting that does not exist.",
    why="A misspelt setting would silently leave the default in force.",
    fix="Correct the name; `aimsctl config` lists all settings.",
)
BAD_SETTING: Final = Rule(
    code="AIM902",
    name="bad-setting",
    severity=Severity.ERROR,
    summary="A setting in aimsctl.yaml has a value it cannot take.",
    why="The default is in force instead, which is not what the file says.",
    fix="Write the value as the message says.",
)
MISSING_SETTING: Final = Rule(
    code="AIM903",
    name="missing-setting",
    severity=Severity.ERROR,
    summary="aimsctl.yaml lacks a setting that has no default.",
    why="`schema` says how the file is to be read, `organisation` whose system it is.",
    fix="Add the setting.",
)
RULES: Final = (UNKNOWN_SETTING, BAD_SETTING, MISSING_SETTING)


@dataclass(frozen=True, slots=True)
class ConfigSuppression:
    """A suppression in the configuration: which rule, for which paths (a glob), why, and until when."""

    rule: str
    path: str
    reason: str
    until: str
    span: Span


@dataclass(frozen=True, slots=True)
class ApprovalPolicy:
    """What the organisation asks of approvals beyond the record: a list of signers, a signature, a second person."""

    signers: str | None = None
    signed: bool = False
    second_person: bool = False

    @property
    def needs_history(self) -> bool:
        """Whether only the history can tell if it is kept."""
        return self != ApprovalPolicy()


@dataclass(frozen=True, slots=True)
class Config:
    """The settings in force. `origin` says for each where it came from: `aimsctl.yaml:LINE` or `default`."""

    organisation: str = ""
    policies: str = "policies"
    rules: str = "rules"
    evidence: str = "evidence"
    templates: str | None = None
    fail_on: str = "major"
    approvals: ApprovalPolicy = ApprovalPolicy()
    thresholds: Mapping[str, int | float | str] = field(default_factory=dict)
    suppress: tuple[ConfigSuppression, ...] = ()
    origin: Mapping[str, str] = field(default_factory=dict)
    document: Document | None = None


def load(tree: Tree) -> tuple[Config, list[Diagnostic]]:
    """The configuration of a tree and what is wrong with it. Raises ConfigError where it cannot be read at all."""
    try:
        document = yaml.read(CONFIG_PATH, tree.read(CONFIG_PATH))
    except FileRefusedError as error:
        raise ConfigError(f"{CONFIG_PATH} cannot be read: {error.reason}") from error
    if document.data is None:
        first = max(document.problems, key=lambda problem: problem.severity)
        raise ConfigError(first.message, hint=first.hint, span=first.span)
    reader = _Reader(document)
    return reader.config(), [*document.problems, *reader.findings]


def effective(config: Config) -> list[tuple[str, str, str]]:
    """Every setting as name, value and origin, in order of the names."""
    values: dict[str, object] = {
        "organisation": config.organisation,
        "policies": config.policies,
        "rules": config.rules,
        "evidence": config.evidence,
        "templates": config.templates or "none",
        "gap.fail_on": config.fail_on,
        "approvals.signers": config.approvals.signers or "none",
        "approvals.signed": str(config.approvals.signed).lower(),
        "approvals.second_person": str(config.approvals.second_person).lower(),
        **{f"thresholds.{name}": value for name, value in config.thresholds.items()},
        **{f"suppress.{at}": f"{one.rule} until {one.until}" for at, one in enumerate(config.suppress)},
    }
    return [(name, str(value), config.origin.get(name, DEFAULT)) for name, value in sorted(values.items())]


Check = Callable[[object], str]


def _text(value: object) -> str:
    return "" if isinstance(value, str) and value.strip() else "some text"


def _folder(value: object) -> str:
    return "" if isinstance(value, str) and contained(value) else "a folder below the workspace, such as policies"


def _file(value: object) -> str:
    return "" if isinstance(value, str) and contained(value) else "a file below the workspace"


def _flag(value: object) -> str:
    return "" if isinstance(value, bool) else "true or false"


def _grade(value: object) -> str:
    return "" if value in GRADES else f"one of {', '.join(GRADES)}"


def _limit(value: object) -> str:
    number = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    if number or (isinstance(value, str) and (_DURATION.fullmatch(value) or _decimal(value) is not None)):
        return ""
    return "a number, or a period such as P1Y or P90D"


def _decimal(value: str) -> float | None:
    return float(value) if _DECIMAL.fullmatch(value) else None


_PLAIN: Final[Mapping[str, Check]] = {
    "organisation": _text,
    "policies": _folder,
    "rules": _folder,
    "evidence": _folder,
    "templates": _folder,
}
_APPROVALS: Final[Mapping[str, Check]] = {"signers": _file, "signed": _flag, "second_person": _flag}
_TOP: Final = ("schema", *_PLAIN, "gap", "approvals", "thresholds", "suppress")
_SUPPRESS: Final[Mapping[str, Callable[[str], bool]]] = {
    "rule": lambda text: CODE.fullmatch(text) is not None,
    "path": lambda text: bool(text.strip()),
    "reason": lambda text: len(text.split()) > 1,
    "until": is_date,
}


class _Reader:
    """Takes the settings out of the document, one by one."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.data: dict[str, Any] = dict(document.data or {})
        self.findings: list[Diagnostic] = []
        self.origin: dict[str, str] = {}

    def config(self) -> Config:
        """The settings; what is wrong keeps its default and is a finding."""
        self._unknown(self.data, _TOP, ())
        self._schema()
        plain = {name: value for name, check in _PLAIN.items() if (value := self._value((name,), check)) is not None}
        if "organisation" not in self.data:
            self._missing("organisation")
        return Config(
            **plain,
            fail_on=self._fail_on(),
            approvals=self._approvals(),
            thresholds=dict(self._thresholds()),
            suppress=tuple(self._suppressions()),
            origin=self.origin,
            document=self.document,
        )

    def _schema(self) -> None:
        if "schema" not in self.data:
            self._missing("schema")
        elif self.data["schema"] != 1 or self.data["schema"] is True:
            self._bad(("schema",), "1, the only version there is")

    def _value(self, pointer: Pointer, check: Check) -> Any:
        value: Any = self.data
        for part in pointer:
            if not isinstance(value, dict) or part not in value:
                return None
            value = value[part]
        wanted = check(value)
        if wanted:
            self._bad(pointer, wanted, _near(value, GRADES) if check is _grade else "")
            return None
        self.origin[".".join(map(str, pointer))] = f"{CONFIG_PATH}:{self.document.span(pointer).line}"
        return value

    def _group(self, name: str) -> dict[str, Any]:
        value = self.data.get(name, {})
        if isinstance(value, dict):
            return value
        self._bad((name,), "a group of settings, each on a line of its own")
        return {}

    def _fail_on(self) -> str:
        self._unknown(self._group("gap"), ("fail_on",), ("gap",))
        return self._value(("gap", "fail_on"), _grade) or Config().fail_on

    def _approvals(self) -> ApprovalPolicy:
        self._unknown(self._group("approvals"), tuple(_APPROVALS), ("approvals",))
        values = {name: self._value(("approvals", name), check) for name, check in _APPROVALS.items()}
        return ApprovalPolicy(**{name: value for name, value in values.items() if value is not None})

    def _thresholds(self) -> Iterator[tuple[str, int | float | str]]:
        for name in self._group("thresholds"):
            value = self._value(("thresholds", name), _limit)
            if value is not None:
                number = _decimal(value) if isinstance(value, str) else None
                yield name, value if number is None else number

    def _suppressions(self) -> Iterator[ConfigSuppression]:
        rows = self.data.get("suppress", [])
        if not isinstance(rows, list):
            self._bad(("suppress",), "a list")
            return
        for index, row in enumerate(rows):
            pointer: Pointer = ("suppress", index)
            if not isinstance(row, dict):
                self._bad(pointer, "a group with rule, reason and until")
                continue
            self._unknown(row, tuple(_SUPPRESS), pointer)
            wrong = [name for name, fits in _SUPPRESS.items() if not _fits(row, name, fits)]
            for name in wrong:
                self._bad((*pointer, name), "there" if name not in row else _WANTED[name])
            if not wrong:
                self.origin[f"suppress.{index}"] = f"{CONFIG_PATH}:{self.document.span(pointer).line}"
                yield ConfigSuppression(
                    row["rule"], row.get("path", "**"), row["reason"], row["until"], self.document.span(pointer)
                )

    def _unknown(self, group: Mapping[str, Any], known: tuple[str, ...], at: Pointer) -> None:
        for name in group:
            if name not in known:
                hint = _near(name, known) or f"The settings here are {', '.join(known)}."
                span = self.document.span((*at, name), key=True)
                self.findings.append(Diagnostic(UNKNOWN_SETTING, span, f"There is no setting {shown(name)}.", hint))

    def _bad(self, pointer: Pointer, wanted: str, hint: str = "") -> None:
        said = f"`{'.'.join(map(str, pointer))}` must be {wanted}."
        self.findings.append(Diagnostic(BAD_SETTING, self.document.span(pointer), said, hint))

    def _missing(self, name: str) -> None:
        said = f"`{name}` is missing."
        hint = "Add `schema: 1`." if name == "schema" else f"Add `{name}: ...`."
        self.findings.append(Diagnostic(MISSING_SETTING, self.document.span((), key=True), said, hint))


_WANTED: Final = {
    "rule": "the code of a rule, such as AIM203",
    "path": "a path or a pattern such as policies/old/*",
    "reason": "a reason in a few words",
    "until": "a date such as 2026-12-31",
}


def _fits(row: Mapping[str, Any], name: str, fits: Callable[[str], bool]) -> bool:
    if name not in row:
        return name == "path"
    return isinstance(row[name], str) and fits(row[name])


def _near(written: object, known: Sequence[str]) -> str:
    """The setting or word that was probably meant, as a question; empty if none is close."""
    import difflib  # noqa: PLC0415 - only a mistake needs it

    near = difflib.get_close_matches(str(written), known, n=1)
    return f"Did you mean `{near[0]}`?" if near else ""
