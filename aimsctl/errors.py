"""Floor 0: everything that ends a run because of the user or the surroundings, one exit code a class.

AimsError
├── UsageError       2   wrong arguments
├── ConfigError      3   aimsctl.yaml is missing or wrong
├── WorkspaceError   3   no workspace, or its root cannot be read
├── MissingExtraError 4  an optional library is not installed
├── RenderError      5   a document could not be made
└── GitError         6   git is missing or refused
"""

from __future__ import annotations

from typing import ClassVar, Final

from aimsctl.diagnostics import Span

OK: Final = 0
FINDINGS: Final = 1
BUG: Final = 70
INTERRUPTED: Final = 130
BROKEN_PIPE: Final = 141

EXIT_CODES: Final[dict[int, str]] = {
    OK: "ran; nothing at or above the failing threshold",
    FINDINGS: "ran; findings at or above the failing threshold",
    2: "wrong arguments",
    3: "no workspace, or its configuration is wrong",
    4: "an optional library is not installed",
    5: "a document could not be made",
    6: "git is missing or refused",
    10: "evidence is not in the form it must have",
    11: "evidence holds, but not as the verifier's policy asks",
    BUG: "a defect in aimsctl; please report it",
    INTERRUPTED: "interrupted",
    BROKEN_PIPE: "the reader of the output went away",
}


class AimsError(Exception):
    """A problem the user can solve; `hint` says how, `span` where."""

    exit_code: ClassVar[int]

    def __init__(self, message: str, *, hint: str = "", span: Span | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.span = span


class UsageError(AimsError):
    """The command line asks for something that does not exist or does not fit together."""

    exit_code = 2


class ConfigError(AimsError):
    """aimsctl.yaml cannot be used, or this Python lacks something the tool needs to judge alike everywhere."""

    exit_code = 3


class WorkspaceError(AimsError):
    """There is no workspace here, or its root cannot be read."""

    exit_code = 3


class MissingExtraError(AimsError):
    """An optional library is needed; the message prints the line that installs it."""

    exit_code = 4

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(f"{what} needs a library that is not installed", hint=f'pip install "aimsctl[{extra}]"')


class RenderError(AimsError):
    """A document or report could not be made."""

    exit_code = 5


class GitError(AimsError):
    """git is missing, too old, or refused what was asked."""

    exit_code = 6
