"""Floor 1: the reading rules (AIM0). Each stands for one way in which a file cannot be read as it was meant."""

from __future__ import annotations

from typing import Final

from aimsctl.diagnostics import Rule, Severity

SYNTAX: Final = Rule(
    "AIM001",
    "invalid-yaml",
    "The file is not valid YAML.",
    Severity.ERROR,
    "What cannot be parsed cannot be judged, and guessing would give another reading than the author's editor. Some "
    "of what is refused here is let through by lenient parsers: a comment glued to a value, a list or a key without "
    "its space, a stray end marker.",
    "Correct the line. An editor with YAML support marks the same place.",
)
DUPLICATE_KEY: Final = Rule(
    "AIM002",
    "duplicate-key",
    "A key occurs twice in one mapping.",
    Severity.ERROR,
    "YAML 1.2 (3.2.1.1) wants unique keys; most parsers silently keep the last, so an approval or an owner can "
    "disappear without anyone noticing. Keys are equal whether quoted or not, and in every Unicode normal form.",
    "Keep one of the two, or turn the values into a list.",
)
TAG: Final = Rule(
    "AIM003",
    "tag",
    "A value carries a YAML tag.",
    Severity.ERROR,
    "Tags ask a parser to construct something: an object, a file's content, a secret. Artefacts are plain text, "
    "numbers and lists; the schema says which is which.",
    "Remove the tag. If the exclamation mark belongs to the text, put the text in quotes.",
)
KEY_NOT_TEXT: Final = Rule(
    "AIM004",
    "key-not-text",
    "A key is not plain text.",
    Severity.ERROR,
    "Keys that are numbers, dates, lists or references mean different things to different YAML readers and escape "
    "the checks of the schema.",
    "Put the key in quotes if it is meant as text.",
)
SEVERAL_DOCUMENTS: Final = Rule(
    "AIM005",
    "several-documents",
    "The file holds more than one YAML document.",
    Severity.ERROR,
    "Many tools read only the first document of a file, so what follows would go unchecked there.",
    "Move each document to a file of its own, or make one register of them.",
)
EMPTY: Final = Rule(
    "AIM006",
    "empty-file",
    "The file holds no data.",
    Severity.ERROR,
    "An empty file, or one that holds only comments, must never count as valid merely because nothing was found wrong.",
    "Write the artefact, or delete the file.",
)
NOT_A_MAPPING: Final = Rule(
    "AIM007",
    "not-a-mapping",
    "The file does not consist of `key: value` lines.",
    Severity.ERROR,
    "An artefact is a set of fields, and a register names what it lists; a bare list or text says neither.",
    "Start the file with `kind:`. A list of artefacts is a register: `kind: register`, `of:` and `items:`.",
)
NOT_UTF8: Final = Rule(
    "AIM008",
    "not-utf8",
    "The file is not UTF-8 text.",
    Severity.ERROR,
    "A guessed encoding turns names into other names without a word.",
    "Save the file as UTF-8; most editors show and change the encoding in the status bar.",
)
CONTROL_CHARACTER: Final = Rule(
    "AIM009",
    "control-character",
    "The file holds a control character.",
    Severity.ERROR,
    "Control characters are invisible, can drive a terminal, and break documents and reports.",
    "Delete the character and type the text again.",
)
LONE_SURROGATE: Final = Rule(
    "AIM010",
    "lone-surrogate",
    "The file holds half of a character.",
    Severity.ERROR,
    "A lone UTF-16 surrogate is no character: no file, report or signature can hold it.",
    "Type the character itself instead of its \\u escapes.",
)
TOO_DEEP: Final = Rule(
    "AIM011",
    "too-deep",
    "Lists and mappings are nested too deeply.",
    Severity.ERROR,
    "Deep nesting exhausts the memory of whatever reads the file next. Artefacts need fewer than ten levels.",
    "Flatten the structure.",
)
TOO_LARGE: Final = Rule(
    "AIM012",
    "too-large",
    "The file, or a key in it, is larger than the limit.",
    Severity.ERROR,
    "Sizes are bounded so that no single file can stall a check. The limit is named in the message.",
    "Split the register into several files; keep attachments out of YAML.",
)
EXPANSION: Final = Rule(
    "AIM013",
    "alias-budget",
    "Aliases or merge keys multiply the content beyond the budget.",
    Severity.ERROR,
    "A few lines of aliases can stand for billions of values. They are counted before anything is built.",
    "Repeat fewer values, or move the repeated ones into an artefact of their own and refer to its id.",
)
CYCLE: Final = Rule(
    "AIM014",
    "cyclic-alias",
    "An alias refers to the value it stands in.",
    Severity.ERROR,
    "A value that contains itself has no end.",
    "Refer to artefacts by their id instead of by a YAML alias.",
)
MERGE: Final = Rule(
    "AIM015",
    "merge-key",
    "The value of a merge key `<<` is not a mapping.",
    Severity.ERROR,
    "`<<` copies the fields of other mappings into this one; anything else cannot be copied.",
    "Write `<<: *name` where `&name` marks a mapping, or put the key in quotes if it is meant as text.",
)
TAB: Final = Rule(
    "AIM016",
    "tab",
    "A tab stands where YAML wants spaces.",
    Severity.ERROR,
    "Every editor shows tabs differently, and in YAML the indentation carries the meaning.",
    "Replace the tab by spaces.",
)
LINE_BREAK: Final = Rule(
    "AIM017",
    "unusual-line-break",
    "The file holds a line break that most editors do not show.",
    Severity.WARNING,
    "YAML 1.1 ends the line at NEL, LS and PS, YAML 1.2 does not: a reviewer may see one line where a parser saw two. "
    "They are read as a space.",
    "Replace the character by a space or a normal line break.",
)
INVISIBLE: Final = Rule(
    "AIM018",
    "invisible-character",
    "The file holds a character that cannot be seen.",
    Severity.WARNING,
    "Zero-width, direction and tag characters make people and programs read different texts (CVE-2021-42574).",
    "Delete the character.",
)
LOOKALIKE: Final = Rule(
    "AIM019",
    "lookalike-letter",
    "A word mixes Latin letters with letters of another script that look the same.",
    Severity.WARNING,
    "Such a word looks like a known name and is another one.",
    "Type the word again on one keyboard layout.",
)
DIRECTIVE: Final = Rule(
    "AIM020",
    "yaml-directive",
    "The file asks for another YAML version or defines tags.",
    Severity.ERROR,
    "Under YAML 1.1 the same words mean other values (NO is false, 12:30 is 750). Files are read as YAML 1.2.",
    "Delete the line that starts with %.",
)
LOST_TEXT: Final = Rule(
    "AIM021",
    "text-lost-in-comment",
    "Text after ` #` is a comment and is not read.",
    Severity.WARNING,
    "In YAML a space and a number sign start a comment, so `Case #12` is read as `Case`.",
    "Put the whole text in quotes. For a comment, leave a space after the number sign.",
)
SWALLOWED: Final = Rule(
    "AIM022",
    "swallowed-line",
    "A line that looks like a field is read as part of the text above it.",
    Severity.WARNING,
    "An indented line without a colon continues the text above, so the field it was meant to be does not exist.",
    "Add the colon and take the line back to the indentation of the other fields; or put the text in quotes.",
)
ENCRYPTED: Final = Rule(
    "AIM023",
    "encrypted-file",
    "The file is encrypted.",
    Severity.ERROR,
    "What is encrypted was not checked, which must not look like a pass.",
    "Decrypt the file before the check, or keep it outside the folders of the management system.",
)
LFS_POINTER: Final = Rule(
    "AIM024",
    "lfs-pointer",
    "The file is a Git LFS pointer, not the content.",
    Severity.ERROR,
    "The content was not fetched, so it was not checked, which must not look like a pass.",
    "Run `git lfs pull`, or keep YAML files out of Git LFS.",
)
UNKNOWN_ALIAS: Final = Rule(
    "AIM025",
    "unknown-alias",
    "An alias refers to a name that is not marked above it.",
    Severity.ERROR,
    "`*name` repeats the value that `&name` marks earlier in the same file.",
    "Mark the value with `&name`, or put the text in quotes if it starts with an asterisk.",
)
PATH_COLLISION: Final = Rule(
    "AIM030",
    "path-collision",
    "Two paths differ only in case or in Unicode form.",
    Severity.ERROR,
    "Windows and macOS keep only one of the two, so colleagues would check different files.",
    "Rename one of them.",
)
UNREADABLE: Final = Rule(
    "AIM031",
    "unreadable-folder",
    "A folder cannot be read.",
    Severity.ERROR,
    "What was not read was not checked, which must not look like a pass.",
    "Make the folder readable, or remove it.",
)
BAD_SUPPRESSION: Final = Rule(
    "AIM040",
    "malformed-suppression",
    "A suppression comment is incomplete or wrong.",
    Severity.ERROR,
    "A finding is set aside only with its code, a reason and a last day, so that someone looks at it again. Reading "
    "findings (AIM0) cannot be set aside.",
    "Write `# aimsctl: ignore[AIM203] until 2026-12-31: the reason`.",
)

RULES: Final[tuple[Rule, ...]] = (
    SYNTAX,
    DUPLICATE_KEY,
    TAG,
    KEY_NOT_TEXT,
    SEVERAL_DOCUMENTS,
    EMPTY,
    NOT_A_MAPPING,
    NOT_UTF8,
    CONTROL_CHARACTER,
    LONE_SURROGATE,
    TOO_DEEP,
    TOO_LARGE,
    EXPANSION,
    CYCLE,
    MERGE,
    TAB,
    LINE_BREAK,
    INVISIBLE,
    LOOKALIKE,
    DIRECTIVE,
    LOST_TEXT,
    SWALLOWED,
    ENCRYPTED,
    LFS_POINTER,
    UNKNOWN_ALIAS,
    PATH_COLLISION,
    UNREADABLE,
    BAD_SUPPRESSION,
)
